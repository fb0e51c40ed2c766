"""Small networks of each family, as torchvision and timm build them: their tensors' names and shapes, and what PyTorch
makes of them in float64. Weights are the formula's (generate.py), so that only names, shapes and results are kept.

    pip install torch torchvision timm safetensors numpy
    python tests/reference/families.py

Writes training.pth and old.pth, the same network in PyTorch's two formats; and families.safetensors: for each network its logits, Input x Gradient and C3-LRP map of class 3 (epsilon 0.1, from
the logit's magnitude), [channels, height, width], every 5th value, or every 61st; its header has names and shapes of the tensors, and options that say what they don't.
Gates of channels are constants for both, as in the engine.
"""

import json
from functools import partial
from pathlib import Path

import numpy as np
import timm
import torch
from safetensors.torch import save_file
from timm.models.resnet import BasicBlock, Bottleneck, ResNet
from torch import nn

F32 = np.float32
CLASS, EPSILON = 3, 0.1


def fmix32(x):
    x = np.asarray(x, dtype=np.uint32).copy()
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    return x ^ (x >> np.uint32(16))


def unit(name, index):
    """Values in [-1, 1), multiples of 2^-23, exact in float32."""
    state = 0x811C9DC5
    for byte in name.encode():
        state = (state ^ byte) * 0x01000193 % 2**32
    bits = fmix32(np.uint32(state) ^ fmix32(index)) >> np.uint32(8)
    return bits.astype(F32) / F32(2**23) - F32(1)


def formula_tensor(name, shape):
    """As src/weights/formula.rs."""
    u = unit(name, np.arange(np.prod(shape), dtype=np.uint32)).reshape(shape)
    fan_in = np.prod(shape[1:])
    kind = name.rsplit(".", 1)[1]
    if len(shape) == 2:
        return u * F32(np.sqrt(4.0 / fan_in))
    if len(shape) > 2:
        return u * F32(np.sqrt(6.0 / fan_in))
    if kind == "running_var":
        return F32(1) + F32(0.25) * u
    if kind == "weight":
        last = name.endswith((".bn3.weight", ".downsample.1.weight"))
        return F32(0.5 if last else 1) + F32(0.1) * u
    return F32(0.1) * u


def formula_input(channels, size):
    c, y, x = np.indices((channels, size, size), dtype=np.uint32)
    index = (c * 32 + y // 8) * 32 + x // 8
    return torch.from_numpy(F32(2) * unit("input", index.ravel()).reshape(1, channels, size, size)).double()


class Padded(nn.Module):
    """The skip without parameters of He et al.'s networks for CIFAR."""

    def __init__(self, planes):
        super().__init__()
        self.planes = planes

    def forward(self, x):
        return nn.functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.planes // 4, self.planes // 4))


class Small(nn.Module):
    """Three stages of basic blocks behind a 3x3 convolution; the head is called linear."""

    def __init__(self, widths, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, widths[0], 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        before = widths[0]
        for stage, width in enumerate(widths):
            block = BasicBlock(before, width, stride=2 if width != before else 1)
            block.downsample = Padded(width) if width != before else None
            self.add_module(f"layer{stage + 1}", nn.Sequential(block, BasicBlock(width, width)))
            before = width
        self.linear = nn.Linear(before, classes)

    def segments(self):
        stem = nn.Sequential(self.conv1, self.bn1, nn.ReLU())
        blocks = [*self.layer1, *self.layer2, *self.layer3]
        return [stem, *blocks, nn.AdaptiveAvgPool2d(1)], self.linear


class Vgg(nn.Module):
    """torchvision's, with few channels."""

    def __init__(self, widths, norm, hidden, classes):
        super().__init__()
        layers, before = [], 3
        for width in widths:
            if width == "M":
                layers.append(nn.MaxPool2d(2, 2))
                continue
            layers.append(nn.Conv2d(before, width, 3, padding=1))
            layers.extend([nn.BatchNorm2d(width)] if norm else [])
            layers.append(nn.ReLU())
            before = width
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(
            nn.Linear(before * 49, hidden), nn.ReLU(), nn.Dropout(),
            nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout(),
            nn.Linear(hidden, classes),
        )

    def segments(self):
        segments, group = [], []
        for layer in self.features:
            if isinstance(layer, nn.MaxPool2d):
                segments.append(layer)
                continue
            group.append(layer)
            if isinstance(layer, nn.ReLU):
                segments.append(nn.Sequential(*group))
                group = []
        flat = nn.Flatten()
        first, second = self.classifier[0], self.classifier[3]
        return [*segments, (nn.Sequential(flat), first), (None, second)], self.classifier[6]


def timm_segments(net):
    if isinstance(net.conv1, nn.Sequential):
        layers = [*net.conv1, net.bn1, net.act1]
        stem = [nn.Sequential(*layers[at : at + 3]) for at in (0, 3, 6)]
    else:
        stem = [nn.Sequential(net.conv1, net.bn1, net.act1)]
    blocks = [block for stage in range(1, 5) for block in getattr(net, f"layer{stage}")]
    return [*stem, net.maxpool, *blocks, nn.AdaptiveAvgPool2d(1)], net.fc


def constant_gates(net):
    """Squeeze and excitation, and ECA, with their factors taken for constants."""

    def squeeze(self, x):
        factor = self.gate(self.fc2(self.act(self.bn(self.fc1(x.mean((2, 3), keepdim=True))))))
        return x * factor.detach()

    def eca(self, x):
        factor = self.gate(self.conv(x.mean((2, 3))[:, None]))
        return x * factor.detach().reshape(*x.shape[:2], 1, 1)

    for module in net.modules():
        forward = {"SEModule": squeeze, "EcaModule": eca}.get(type(module).__name__)
        if forward:
            module.forward = forward.__get__(module)


def c3_lrp(segments, head, x):
    """Equation 1 of each segment, Equation 2 of linear layers."""
    steps = []
    for segment in segments:
        if isinstance(segment, tuple):
            flat, linear = segment
            if flat is not None:
                shape, x = x.shape, flat(x)
                steps.append(("flat", shape, None))
            steps.append(("linear", x, linear))
            x = torch.relu(linear(x))
        else:
            steps.append(("layer", x, segment))
            x = segment(x)
    features = x.flatten(1)
    logits = head(features)

    def linear_step(x, linear, relevance):
        z = x @ linear.weight.T
        return x * ((relevance / (z + EPSILON)) @ linear.weight)

    z = features @ head.weight[CLASS]
    start = torch.zeros_like(logits)
    start[0, CLASS] = logits[0, CLASS].abs() * torch.sign(z + EPSILON)[0]
    relevance = linear_step(features, head, start).reshape(x.shape)
    for kind, given, layer in reversed(steps):
        if kind == "flat":
            relevance = relevance.reshape(given)
        elif kind == "linear":
            relevance = linear_step(given, layer, relevance)
        else:
            given = given.detach().requires_grad_()
            out = layer(given)
            (back,) = torch.autograd.grad(out, given, relevance / (out.detach() + EPSILON))
            relevance = given.detach() * back
    return logits, relevance


def network(build, segments, channels, size):
    net = build().double().eval()
    shapes = {}
    with torch.no_grad():
        for name, tensor in net.state_dict().items():
            if not name.endswith("num_batches_tracked"):
                shapes[name] = list(tensor.shape)
                tensor.copy_(torch.from_numpy(formula_tensor(name, tuple(tensor.shape))))
    x = formula_input(channels, size)
    with torch.no_grad():
        plain = net(x) if not isinstance(net, (Small, Vgg)) else None
    constant_gates(net)
    layers, head = segments(net)
    logits, relevance = c3_lrp(layers, head, x)
    if plain is not None:
        assert torch.allclose(plain, logits, rtol=1e-9), (plain, logits)
    x = x.requires_grad_()
    y = x
    for layer in layers:
        if isinstance(layer, tuple):
            y = torch.relu(layer[1](y.flatten(1)))
        else:
            y = layer(y)
    (gradient,) = torch.autograd.grad(head(y.flatten(1))[0, CLASS], x)
    every = 5 if size < 224 else 61
    return shapes, {
        "logits": logits.detach()[0],
        "input-x-gradient": (x * gradient).detach()[0].flatten()[::every],
        "c3-lrp": relevance.detach()[0].flatten()[::every],
    }


def timm_network(block, layers=(1, 1, 1, 1), channels=3, **arguments):
    build = lambda: ResNet(block, layers, num_classes=10, in_chans=channels, channels=(8, 12, 16, 20), **arguments)
    return build, timm_segments, channels, 64


def still(net):
    """The last stage without a stride, as networks for finding the same person again have it."""
    block = net.layer4[0]
    for convolution in (block.conv2, block.downsample[0]):
        convolution.stride = (1, 1)
    return net


def first(net):
    """Bottlenecks with their stride in the first 1x1 (v1)."""
    for stage in (net.layer2, net.layer3, net.layer4):
        stage[0].conv1.stride, stage[0].conv2.stride = (2, 2), (1, 1)
    return net


def changed(change, what):
    build, segments, channels, size = what
    return lambda: change(build()), segments, channels, size


def of_size(size, what):
    return (*what[:3], size)


SE, ECA = {"block_args": {"attn_layer": "se"}}, {"block_args": {"attn_layer": "eca"}}
VGG = [4, "M", 6, "M", 8, 8, "M", 8, 8, "M", 8, 8, "M"]
NETWORKS = {
    "basic blocks": timm_network(BasicBlock, (2, 1, 2, 1)),
    "bottlenecks": timm_network(Bottleneck),
    "grey": timm_network(BasicBlock, channels=1),
    "deep stem": timm_network(BasicBlock, stem_width=4, stem_type="deep"),
    "average before projections": timm_network(Bottleneck, stem_width=4, stem_type="deep", avg_down=True),
    "squeeze and excitation": timm_network(Bottleneck, **SE),
    "squeeze and excitation of basic blocks": timm_network(BasicBlock, **SE),
    "ECA": timm_network(Bottleneck, avg_down=True, **ECA),
    "small pictures": (lambda: Small([8, 16, 32], 10), lambda net: net.segments(), 3, 32),
    "dilated": of_size(72, timm_network(Bottleneck, (1, 1, 2, 2), output_stride=8)),
    "dilated basic blocks": of_size(72, timm_network(BasicBlock, (1, 1, 1, 2), output_stride=16)),
    "last stage without a stride": changed(still, timm_network(Bottleneck)),
    "stride in the first convolution": changed(first, timm_network(Bottleneck)),
    "another epsilon": timm_network(BasicBlock, norm_layer=partial(nn.BatchNorm2d, eps=0.01)),
    "VGG": (lambda: Vgg(VGG, False, 24, 10), lambda net: net.segments(), 3, 224),
    "VGG with BatchNorm": (lambda: Vgg(VGG, True, 24, 10), lambda net: net.segments(), 3, 224),
}


OPTIONS = {
    "dilated": {"dilations": [1, 1, 2, 4]},
    "dilated basic blocks": {"dilations": [1, 1, 1, 2]},
    "last stage without a stride": {"strides": [1, 2, 2, 1]},
    "stride in the first convolution": {"strideIn": "1x1"},
    "another epsilon": {"normEpsilon": 0.01},
}


def main():
    tensors, header = {}, {}
    for name, what in NETWORKS.items():
        shapes, found = network(*what)
        header[name] = {"channels": what[2], "size": what[3], "tensors": shapes, "options": OPTIONS.get(name, {})}
        tensors.update({f"{name}: {key}": value.float().contiguous() for key, value in found.items()})
        print(name, {key: float(value.abs().max()) for key, value in found.items()})
    metadata = {"networks": json.dumps(header), "versions": f"torch {torch.__version__}, timm {timm.__version__}"}
    save_file(tensors, Path(__file__).parent / "families.safetensors", metadata)
    write_checkpoints(Path(__file__).parent)


def write_checkpoints(folder):
    """A small network in F16 as people keep it: a dictionary with two copies of which one is an average of the training's
    last steps (here its halves), as a zip; and by itself, in the format of PyTorch before 1.6."""
    net = ResNet(BasicBlock, (1, 1, 1, 1), num_classes=10, channels=(4, 4, 8, 8)).eval()
    state = {
        name: torch.from_numpy(formula_tensor(name, tuple(tensor.shape))).half() if tensor.is_floating_point() else tensor
        for name, tensor in net.state_dict().items()
    }
    average = {name: tensor / 2 if tensor.is_floating_point() else tensor for name, tensor in state.items()}
    training = {
        "epoch": 7,
        "arch": "resnet10",
        "state_dict": {f"module.{name}": tensor for name, tensor in state.items()},
        "state_dict_ema": average,
    }
    torch.save(training, folder / "training.pth")
    # As channels_last leaves the weights, which is another order in the file.
    conv = {"conv1.weight": state["conv1.weight"].to(memory_format=torch.channels_last)}
    torch.save({**state, **conv}, folder / "old.pth", _use_new_zipfile_serialization=False)


if __name__ == "__main__":
    main()
