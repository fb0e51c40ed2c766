"""Networks as people have them, in full size and in every kind of file, with what PyTorch makes of one input of each.

    pip install -r tests/reference/requirements.txt
    python tests/bench/networks.py OUT [NAME...]   makes all of them, or some; what is there already is kept
    python tests/bench/networks.py --list

Writes OUT/NAME/ for each row, OUT/references/NETWORK/ and OUT/networks.json, which `networks.mjs` reads. Weights are
random from fixed seeds; CASES=FOLDER takes resnet20-12fca82f.th from there, a network that learnt from photographs.
Logits are of float64, and so are the maps (summed over the channels), which start from the logit's size. Rules are
methods.py's, walked here over any ResNet or VGG; where zennit knows the network, its maps are compared with them.
"""

import argparse
import copy
import json
import os
import re
import shutil
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

# In place of this folder, whose pytorch.py torchvision would take for a package of that name.
sys.path[0] = str(Path(__file__).resolve().parent.parent / "reference")

import methods
import numpy as np
import timm
import torch
import torchvision
import transformers
from families import Padded, constant_gates
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F
from torchvision.models import resnet

# As in docs/parity.md: at 1e-6, f32 decides about units that are near zero.
EPS = {"c3-lrp": 1e-2, "lrp-epsilon": 1e-2}
RULES = {"lrp-epsilon": "epsilon", "lrp-epsilon-plus": "z-plus", "lrp-alpha2-beta1": "alpha2-beta1"}
METHODS = {
    "input-x-gradient": {},
    "c3-lrp": {"start": "logit", "epsilon": EPS["c3-lrp"]},
    "lrp-epsilon": {"start": "logit", "epsilon": EPS["lrp-epsilon"]},
    "lrp-epsilon-plus": {"start": "logit"},
    "lrp-alpha2-beta1": {"start": "logit"},
}


# --- a network's parts ---------------------------------------------------------------------------


class Layer(NamedTuple):
    """A convolution or a linear layer, with its BatchNorm, before its ReLU."""

    conv: nn.Module
    norm: nn.Module | None = None

    def __call__(self, x):
        x = self.conv(x.flatten(1) if isinstance(self.conv, nn.Linear) else x)
        return x if self.norm is None else self.norm(x)

    def merged(self):
        """Weight and bias with the BatchNorm's factor in them."""
        w, b = self.conv.weight, self.conv.bias
        b = w.new_zeros(len(w)) if b is None else b
        if self.norm is None:
            return w, b
        scale = self.norm.weight / torch.sqrt(self.norm.running_var + self.norm.eps)
        return w * scale[:, None, None, None], (b - self.norm.running_mean) * scale + self.norm.bias

    def function(self):
        """A map of x, w and b, linear in x, as the rules of methods.py take it."""
        conv = self.conv
        if isinstance(conv, nn.Linear):
            return F.linear, *self.merged()
        how = conv.stride, conv.padding, conv.dilation, conv.groups
        return lambda x, w, b: F.conv2d(x, w, b, *how), *self.merged()


class Block(NamedTuple):
    """A branch of layers with ReLUs between, times a gate's factor, and a skip."""

    layers: list
    gate: Callable | None
    pool: Callable | None  # of the skip, before its convolution
    skip: Callable | None

    def hidden(self, x):
        inputs = [x]
        for layer in self.layers[:-1]:
            inputs.append(torch.relu(layer(inputs[-1])))
        return inputs

    def branch(self, x):
        x = self.layers[-1](self.hidden(x)[-1])
        return x if self.gate is None else self.gate(x)

    def side(self, x):
        x = x if self.pool is None else self.pool(x)
        return x if self.skip is None else self.skip(x)


def applied(part, x):
    if isinstance(part, Block):
        return torch.relu(part.branch(x) + part.side(x))
    return torch.relu(part(x)) if isinstance(part, Layer) else part(x)


def block_parts(block):
    """torchvision's and timm's."""
    numbers = [number for number in (1, 2, 3) if hasattr(block, f"conv{number}")]
    layers = [Layer(getattr(block, f"conv{number}"), getattr(block, f"bn{number}")) for number in numbers]
    pool, skip = None, block.downsample
    if isinstance(skip, nn.Sequential):
        pool = skip[0] if isinstance(skip[0], nn.AvgPool2d) else None
        skip = Layer(skip[-2], skip[-1])
    return Block(layers, getattr(block, "se", None), pool, skip)


def resnet_parts(net):
    if isinstance(net.conv1, nn.Sequential):
        norms = net.conv1[1], net.conv1[4], net.bn1
        stem = [Layer(net.conv1[at], norm) for at, norm in zip((0, 3, 6), norms)]
    else:
        stem = [Layer(net.conv1, net.bn1)]
    pool = [net.maxpool] if isinstance(getattr(net, "maxpool", None), nn.MaxPool2d) else []
    stages = [getattr(net, f"layer{stage}") for stage in (1, 2, 3, 4) if hasattr(net, f"layer{stage}")]
    blocks = [block_parts(block) for stage in stages for block in stage]
    return [*stem, *pool, *blocks, nn.AdaptiveAvgPool2d(1)], net.fc


def hugging_face_parts(net):
    layer = lambda conv: Layer(conv.convolution, conv.normalization)
    embedder, blocks = net.resnet.embedder, []
    for stage in net.resnet.encoder.stages:
        for block in stage.layers:
            skip = None if isinstance(block.shortcut, nn.Identity) else layer(block.shortcut)
            blocks.append(Block([layer(conv) for conv in block.layer], None, None, skip))
    return [layer(embedder.embedder), embedder.pooler, *blocks, nn.AdaptiveAvgPool2d(1)], net.classifier[1]


def vgg_parts(net):
    parts, layers = [], list(net.features)
    for layer, after in zip(layers, [*layers[1:], None]):
        if isinstance(layer, nn.Conv2d):
            parts.append(Layer(layer, after if isinstance(after, nn.BatchNorm2d) else None))
        elif isinstance(layer, nn.MaxPool2d):
            parts.append(layer)
    return [*parts, Layer(net.classifier[0]), Layer(net.classifier[3])], net.classifier[6]


# --- weights -------------------------------------------------------------------------------------


def put(tensor, value, kind):
    tensor.copy_(value.to(kind))


def away_from_zero(sums, share=0.1):
    """What each channel is to be shifted by, so that none of its values is so near zero that f32's rounding decides
    whether the ReLU passes it: a single unit moves a map by up to 1e-2 of its largest value."""
    values = sums.transpose(0, 1).flatten(1)
    reach = share * values.std()
    ends = reach * torch.tensor([-1.0, 1.0]).double().expand(len(values), 2)
    values = torch.cat([values.clamp(-reach, reach), ends], 1).sort(1).values
    gaps, at = values.diff(dim=1).max(1)
    return -(values.gather(1, at[:, None])[:, 0] + gaps / 2)


def calibrate(layer, x, kind, scale=1.0):
    """Statistics near those of what the layer is given, so that activations stay of order 1 through all layers."""
    sums = layer.conv(x.flatten(1) if isinstance(layer.conv, nn.Linear) else x)
    if isinstance(layer.conv, nn.Linear):
        # Equation 2 divides by the sums without the bias: none of them is to be near zero.
        put(layer.conv.weight, layer.conv.weight / sums.std(), kind)
        x, sums = x.flatten(1), F.linear(x.flatten(1), layer.conv.weight)
        by = sums.sign() * (0.3 - sums.abs()).clamp(min=0)
        put(layer.conv.weight, layer.conv.weight + by.T * x / (x * x).sum(), kind)
        put(layer.conv.bias, 0.1 * torch.rand(len(layer.conv.bias)).double() - 0.05, kind)
        return
    if layer.norm is None:
        put(layer.conv.weight, layer.conv.weight / sums.std(), kind)
        put(layer.conv.bias, 0.1 * torch.randn(len(layer.conv.bias)).double(), kind)
        return
    norm, noise = layer.norm, lambda: torch.randn(layer.norm.num_features).double()
    std, mean = torch.std_mean(sums, (0, 2, 3))
    put(norm.running_mean, mean + 0.1 * std * noise(), kind)
    put(norm.running_var, std**2 * (1 + 0.5 * torch.rand(len(std)).double()) + 1e-4, kind)
    weight = scale * (1 + 0.1 * noise())
    weight[::8] *= -1
    put(norm.weight, weight, kind)
    put(norm.bias, 0.1 * noise(), kind)


def shift(layer, x, kind):
    bias = (layer.norm or layer.conv).bias
    put(bias, bias + away_from_zero(layer(x)), kind)


def nearest(parts, x):
    """How near the two largest values of a max-pool's window come to each other."""
    least = float("inf")
    for part in parts:
        if isinstance(part, nn.MaxPool2d):
            windows = F.unfold(x, part.kernel_size, padding=part.padding, stride=part.stride)
            windows = windows.reshape(x.shape[1], part.kernel_size**2, -1)
            first, second = windows.topk(2, dim=1).values.unbind(1)
            least = min(least, float((first - second)[first > 0].min()))
        x = applied(part, x)
    return least


@torch.no_grad()
def settle(net, parts, head, x, kind):
    """Weights that are exact in `kind`, and logits up to 5."""
    for parameter in net.parameters():
        put(parameter, parameter, kind)
    for part in parts:
        if isinstance(part, Layer):
            calibrate(part, x, kind)
            shift(part, x, kind)
        elif isinstance(part, Block):
            within = x
            for layer in part.layers:
                last = layer is part.layers[-1]
                calibrate(layer, within, kind, 0.5 if last else 1.0)
                if not last:
                    shift(layer, within, kind)
                    within = torch.relu(layer(within))
            if isinstance(part.skip, Layer):
                calibrate(part.skip, x if part.pool is None else part.pool(x), kind)
            last = part.layers[-1]
            # A shift moves the gate's factor a little, which a small one hardly does.
            for share in (0.1,) if part.gate is None else (0.01, 0.001):
                within, branch = last(part.hidden(x)[-1]), part.branch(x)
                factor = branch.abs().sum((0, 2, 3)) / within.abs().sum((0, 2, 3))
                by = away_from_zero(branch + part.side(x), share) / factor
                put(last.norm.bias, last.norm.bias + by, kind)
        x = applied(part, x)
    put(head.bias, 0.1 * torch.randn(len(head.bias)).double(), kind)
    put(head.weight, head.weight * 5 / (x.flatten(1) @ head.weight.T).abs().max(), kind)


def picture(channels, side, number):
    """A normalised input: large patches, small ones and noise."""
    generator = torch.Generator().manual_seed(1000 * number + channels * side)
    drawn = lambda side: torch.randn(1, channels, side, side, generator=generator)
    grown = lambda x: F.interpolate(x, size=(side, side), mode="bilinear")
    return 0.8 * grown(drawn(5)) + 0.6 * grown(drawn(max(side // 8, 6))) + 0.2 * drawn(side)


# --- maps ----------------------------------------------------------------------------------------


def equation1(function, x, relevance, eps):
    """x * VJP(R / (z + eps)); what it is used on is 0 or more."""
    x = x.detach().requires_grad_()
    out = function(x)
    (back,) = torch.autograd.grad(out, x, relevance / (out.detach() + eps))
    return x.detach() * back


def through_block(block, x, relevance, rule, eps):
    main, side = block.branch(x), block.side(x)
    quotient = methods.divide(relevance, main + side, eps)
    relevance = main * quotient
    for layer, given in zip(reversed(block.layers), reversed(block.hidden(x))):
        relevance = methods.layer_rule(rule, layer.function(), given, relevance, eps)
    side = side * quotient
    if isinstance(block.skip, Layer):
        given = x if block.pool is None else block.pool(x)
        side = methods.layer_rule(rule, block.skip.function(), given, side, eps)
        if block.pool is not None:
            side = equation1(block.pool, x, side, eps)
    elif block.skip is not None:
        side = methods.vjp(block.skip, x, 1, side)
    return relevance + side


def lrp(method, parts, head, x, target, sign):
    """Relevance of x, from the class's logit; `sign` is -1 where what speaks against the one output is explained."""
    whole, eps = method == "c3-lrp", EPS.get(method, methods.EPS)
    rule, steps = RULES.get(method), []
    for part in parts:
        steps.append((part, x))
        x = applied(part, x)
    features = x.flatten(1)
    w, b = sign * head.weight, sign * head.bias * (0 if whole else 1)
    divisor = F.linear(features, w, b)
    start = torch.zeros_like(divisor)
    start[0, target] = head(features)[0, target].abs() * (1 if divisor[0, target] + eps * whole >= 0 else -1)
    linear = lambda x, w, b, relevance: (
        x * ((relevance / (F.linear(x, w) + eps)) @ w)
        if whole
        else methods.layer_rule("epsilon", (F.linear, w, b), x, relevance, eps)
    )
    relevance = linear(features, w, b, start).reshape(x.shape)
    for part, given in reversed(steps):
        if isinstance(part, Layer) and isinstance(part.conv, nn.Linear):
            relevance = linear(given.flatten(1), *part.merged(), relevance.flatten(1)).reshape(given.shape)
        elif isinstance(part, nn.MaxPool2d) and not whole:
            relevance = methods.vjp(part, given, 1, relevance)
        elif whole or not isinstance(part, (Layer, Block)):
            relevance = equation1(lambda x: applied(part, x), given, relevance, eps)
        elif isinstance(part, Layer):
            relevance = methods.layer_rule(rule, part.function(), given, relevance, eps)
        else:
            relevance = through_block(part, given, relevance, rule, eps)
    return relevance


def input_x_gradient(parts, head, x, target, sign):
    x = x.detach().requires_grad_()
    out = x
    for part in parts:
        out = applied(part, out)
    (gradient,) = torch.autograd.grad(sign * head(out.flatten(1))[0, target], x)
    return x.detach() * gradient


def hold_against_zennit(net, x, target, start, maps):
    composites = {**methods.zennit_composites(), "lrp-epsilon": methods.epsilon_everywhere(EPS["lrp-epsilon"])}
    for method in RULES:
        theirs = methods.zennit_relevance(copy.deepcopy(net), x, target, start, composites[method])
        off = methods.error(maps[method], theirs.sum(0))
        print(f"  {method}: formulas against zennit {off:.0e}", flush=True)
        assert off < 1e-6, method


def write(path, values):
    values.detach().float().contiguous().numpy().astype("<f4").tofile(path)


def reference(folder, network, net, x):
    """Writes input, logits and maps, unless they are there; gives their entry."""
    done = folder / "reference.json"
    if done.exists():
        return json.loads(done.read_text())
    folder.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        plain = net(x)
        plain = plain if isinstance(plain, torch.Tensor) else plain.logits
    constant_gates(net)
    parts, head = network.parts(net)
    with torch.no_grad():
        out = x
        for part in parts:
            out = applied(part, out)
        logits = head(out.flatten(1))
    assert torch.allclose(plain, logits, rtol=1e-9, atol=1e-9), "the parts are not the network"
    output = int(logits[0].argmax())
    sign = -1 if logits.shape[1] == 1 and logits[0, 0] <= 0 else 1
    target = int(logits[0, 0] > 0) if logits.shape[1] == 1 else output
    maps = {}
    for method in network.maps:
        how = parts, head, x, output, sign
        values = input_x_gradient(*how) if method == "input-x-gradient" else lrp(method, *how)
        maps[method] = values[0].sum(0)
        assert bool(maps[method].isfinite().all()), method
    if network.zennit:
        hold_against_zennit(net, x, output, float(logits[0, output]), maps)
    write(folder / "input.f32", x)
    write(folder / "logits.f32", logits)
    for method, values in maps.items():
        write(folder / f"{method}.f32", values)
    at = f"references/{folder.name}"
    entry = {
        "channels": x.shape[1],
        "side": x.shape[2],
        "target": target,
        "input": f"{at}/input.f32",
        "logits": f"{at}/logits.f32",
        "maps": {method: f"{at}/{method}.f32" for method in maps},
    }
    done.write_text(json.dumps(entry))
    return entry


# --- networks ------------------------------------------------------------------------------------


# Where two values of a pool's window are nearer to each other than this, rounding decides which one it takes: some
# pictures are tried, and the best of them is taken.
FAR, PICTURES = 1e-6, 5


@dataclass
class Network:
    build: Callable
    parts: Callable = resnet_parts
    side: int = 224
    channels: int = 3
    kind: torch.dtype = torch.float32
    maps: tuple = tuple(METHODS)
    zennit: bool = False
    state: Callable | None = None  # its weights, where they are not to be made

    def made(self, name):
        """(network in float64, input)"""
        best = None
        for number in range(PICTURES):
            torch.manual_seed(zlib.crc32(name.encode()) + number)
            net = self.build().eval().double().requires_grad_(False)
            x = picture(self.channels, self.side, number).double()
            parts, head = self.parts(net)
            if state := self.state and self.state():
                net.load_state_dict(state)
            else:
                settle(net, parts, head, x, self.kind)
            best = max(best or (-1,), (nearest(parts, x), -number, net, x))
            if best[0] > FAR:
                break
        return best[2:]


class Cifar(nn.Module):
    """Three stages of basic blocks, with skips without parameters (He et al. 2016, for CIFAR)."""

    def __init__(self, depth=3, widths=(16, 32, 64), classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(3, widths[0], 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        before = widths[0]
        for number, width in enumerate(widths, 1):
            blocks = []
            for _ in range(depth):
                wider = width != before
                blocks.append(resnet.BasicBlock(before, width, 2 if wider else 1, Padded(width) if wider else None))
                before = width
            self.add_module(f"layer{number}", nn.Sequential(*blocks))
        self.fc = nn.Linear(before, classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(torch.relu(self.bn1(self.conv1(x))))))
        return self.fc(x.mean((2, 3)))


def learnt():
    """ResNet-20's weights, where they are there."""
    path = Path(os.environ.get("CASES", "cases")) / "resnet20-12fca82f.th"
    if not path.exists():
        return None
    state = torch.load(path, map_location="cpu", weights_only=True)["state_dict"]
    return renamed(renamed(state, r"^module\.", ""), r"^linear\.", "fc.")


def small_pictures():
    net = torchvision.models.resnet18(num_classes=10)
    net.conv1, net.maxpool = nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.Identity()
    return net


def grey():
    net = torchvision.models.resnet18(num_classes=14)
    net.conv1 = nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False)
    return net


def stride_first():
    """The stride of the original networks: in a bottleneck's first 1x1."""
    net = torchvision.models.resnet50()
    for block in net.modules():
        if isinstance(block, resnet.Bottleneck):
            block.conv1.stride, block.conv2.stride = block.conv2.stride, block.conv1.stride
    return net


def another_epsilon(net, eps=1e-3):
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eps = eps
    return net


def vgg(name):
    """torchvision's; but for VGG-16, with 512 features in place of 4096, for the disk's sake."""
    build = getattr(torchvision.models, name)
    if name == "vgg16":
        return build()
    net = build(num_classes=10)
    for at, (inputs, outputs) in {0: (25088, 512), 3: (512, 512), 6: (512, 1000)}.items():
        net.classifier[at] = nn.Linear(inputs, outputs)
    return net


def hugging_face(depths, sizes, kind, **other):
    config = transformers.ResNetConfig(depths=depths, hidden_sizes=sizes, layer_type=kind, num_labels=1000, **other)
    return transformers.ResNetForImageClassification(config)


DEEP = ([3, 4, 6, 3], [256, 512, 1024, 2048], "bottleneck")
# Of the deeper VGGs, which take a minute a map.
FEW = ("input-x-gradient", "c3-lrp", "lrp-epsilon-plus")
VGGS = [f"vgg{depth}{norm}" for depth in (11, 13, 16, 19) for norm in ("", "_bn")]
TIMM = {
    "resnet10t": 176, "resnet14t": 176, "resnet26t": 256, "resnet18d": 224, "resnet50c": 224, "resnet50s": 224,
    "resnet50d": 224, "resnext50d_32x4d": 224, "seresnet50": 224, "seresnext50_32x4d": 224, "ecaresnet26t": 256,
    "ecaresnet50t": 256, "test_resnet": 160,
}  # fmt: skip
TORCHVISION = ["resnet18", "resnet34", "resnet50", "resnet101", "resnext50_32x4d", "wide_resnet50_2"]
of_torchvision = lambda name, **options: lambda: getattr(torchvision.models, name)(**options)
NETWORKS = {
    **{name: Network(of_torchvision(name), zennit=name in ("resnet18", "resnet50")) for name in TORCHVISION},
    # timm's networks are registered by other names than torchvision's.
    **{name: Network(lambda name=name: timm.create_model(name), side=side) for name, side in TIMM.items()},
    "hugging face 18": Network(
        lambda: hugging_face([2, 2, 2, 2], [64, 128, 256, 512], "basic"), hugging_face_parts
    ),
    "hugging face 50": Network(lambda: hugging_face(*DEEP), hugging_face_parts),
    "hugging face v1": Network(lambda: hugging_face(*DEEP, downsample_in_bottleneck=True), hugging_face_parts),
    "dilated": Network(of_torchvision("resnet50", replace_stride_with_dilation=[False, True, True])),
    "stride in the 1x1": Network(stride_first),
    "cifar resnet20": Network(Cifar, side=32, state=learnt),
    "cifar resnet18": Network(small_pictures, side=32),
    "grey": Network(grey, channels=1),
    "one output": Network(of_torchvision("resnet18", num_classes=1)),
    "14 labels": Network(of_torchvision("resnet18", num_classes=14)),
    "another epsilon": Network(lambda: another_epsilon(torchvision.models.resnet18())),
    "resnet18 f64": Network(of_torchvision("resnet18"), kind=torch.float64),
    "resnet18 f16": Network(of_torchvision("resnet18"), kind=torch.float16),
    "resnet18 bf16": Network(of_torchvision("resnet18"), kind=torch.bfloat16),
    **{name: Network(lambda name=name: vgg(name), vgg_parts, **({} if "11" in name else {"maps": FEW})) for name in VGGS},
}


# --- files ---------------------------------------------------------------------------------------


def renamed(state, pattern, by):
    return {re.sub(pattern, by, name): tensor for name, tensor in state.items()}


def under(prefix):
    return lambda state: renamed(state, "^", prefix)


def head_named(name):
    return lambda state: renamed(state, r"^fc\.", f"{name}.")


def numbered(state, inner=""):
    """As in nn.Sequential(*net.children())."""
    names = {"conv1": 0, "bn1": 1, "layer1": 4, "layer2": 5, "layer3": 6, "layer4": 7}
    replaced = lambda found: f"{inner}{names[found[0]]}"
    return {re.sub(r"^(conv1|bn1|layer\d)", replaced, name): tensor for name, tensor in state.items()}


def safetensors(change=lambda state: state, metadata=None, name="model.safetensors"):
    def save(folder, state, net):
        tensors = {key: tensor.clone(memory_format=torch.contiguous_format) for key, tensor in change(state).items()}
        save_file(tensors, folder / name, metadata)
        return [name]

    return save


def pytorch(change=lambda state: state, name="model.pth", **options):
    """`change` gives what is saved, of the state."""

    def save(folder, state, net):
        torch.save(change(state), folder / name, **options)
        return [name]

    return save


def sharded(folder, state, net):
    """Three files and their index, as transformers names them."""
    names, shards = list(state), 3
    parts = [names[len(names) * at // shards : len(names) * (at + 1) // shards] for at in range(shards)]
    file = lambda at: f"model-{at + 1:05}-of-{shards:05}.safetensors"
    for at, part in enumerate(parts):
        save_file({name: state[name].contiguous() for name in part}, folder / file(at), {"format": "pt"})
    places = {name: file(at) for at, part in enumerate(parts) for name in part}
    size = sum(tensor.nbytes for tensor in state.values())
    index = {"metadata": {"total_size": size}, "weight_map": places}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    return [file(at) for at in range(shards)]


def whole_module(folder, state, net):
    torch.save(net, folder / "model.pth")
    return ["model.pth"]


def script(folder, state, net):
    torch.jit.save(torch.jit.trace(net.float(), torch.zeros(1, 3, 64, 64)), folder / "model.pt")
    return ["model.pt"]


def cut(save, share):
    """The first part of what `save` writes."""

    def shortened(folder, state, net):
        (name,) = save(folder, state, net)
        os.truncate(folder / name, int(share * (folder / name).stat().st_size))
        return [name]

    return shortened


def bytes_of(content, name="model.safetensors"):
    def save(folder, state, net):
        (folder / name).write_bytes(content)
        return [name]

    return save


def half(state):
    return {name: tensor / 2 if tensor.is_floating_point() else tensor for name, tensor in state.items()}


def adam(state):
    """As after a step."""
    moments = lambda tensor: {
        "step": torch.tensor(1.0), "exp_avg": tensor * 1e-3, "exp_avg_sq": tensor**2 * 1e-6
    }  # fmt: skip
    tensors = [tensor for name, tensor in state.items() if tensor.is_floating_point() and "running" not in name]
    group = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0, "params": list(range(len(tensors)))}
    return {"state": dict(enumerate(map(moments, tensors))), "param_groups": [group]}


def lightning(state):
    callback = {"monitor": "val_loss", "best_model_score": torch.tensor(0.5), "best_model_path": "best.ckpt"}
    return {
        "epoch": 9,
        "global_step": 1000,
        "pytorch-lightning_version": "2.5.0",
        "state_dict": under("model.")(state),
        "loops": {"fit_loop": {"state_dict": {}, "epoch_progress": {"total": {"ready": 10, "completed": 9}}}},
        "callbacks": {"ModelCheckpoint{'monitor': 'val_loss', 'mode': 'min'}": callback},
        "optimizer_states": [adam(state)],
        "lr_schedulers": [{"last_epoch": 9, "_last_lr": [1e-3]}],
        "hparams_name": "kwargs",
        "hyper_parameters": {"learning_rate": 1e-3, "arch": "resnet18", "classes": 1000},
    }


def moco(state):
    names = {"encoder_q.": state, "encoder_k.": half(state)}
    both = {f"module.{prefix}{name}": tensor for prefix, of in names.items() for name, tensor in of.items()}
    both.update({"module.queue": torch.randn(128, 4096), "module.queue_ptr": torch.zeros(1, dtype=torch.int64)})
    return {"epoch": 200, "arch": "resnet50", "state_dict": both, "optimizer": {"state": {}, "param_groups": []}}


def fastai(state):
    """fastai's own head: two pools side by side, BatchNorms and two linear layers."""
    body = numbered({name: tensor for name, tensor in state.items() if not name.startswith("fc.")}, "0.")
    norm = lambda at, size: {
        f"1.{at}.weight": torch.ones(size), f"1.{at}.bias": torch.zeros(size),
        f"1.{at}.running_mean": torch.zeros(size), f"1.{at}.running_var": torch.ones(size),
    }  # fmt: skip
    first, last = {"1.4.weight": torch.randn(512, 1024)}, {"1.8.weight": torch.randn(37, 512)}
    return {"model": {**body, **norm(2, 1024), **first, **norm(6, 512), **last}, "opt": {"hypers": [], "state": []}}


def timm_config(name, **other):
    net = timm.create_model(name)
    cfg = net.pretrained_cfg
    keys = ("input_size", "interpolation", "crop_pct", "crop_mode", "mean", "std", "first_conv", "classifier")
    return {
        "architecture": name,
        "num_classes": net.num_classes,
        "num_features": net.num_features,
        "pretrained_cfg": {key: cfg[key] for key in keys},
        **other,
    }


def hugging_face_config(name, **other):
    net = NETWORKS[name].build()
    config = {**net.config.to_dict(), "architectures": ["ResNetForImageClassification"], **other}
    size = {"shortest_edge": 224}
    given = {
        "crop_pct": 0.875, "do_normalize": True, "do_rescale": True, "do_resize": True, "image_mean": [0.485, 0.456, 0.406],
        "image_processor_type": "ConvNextImageProcessor", "image_std": [0.229, 0.224, 0.225], "resample": 3, "size": size,
    }  # fmt: skip
    return {"config.json": config, "preprocessor_config.json": given}


# --- rows ----------------------------------------------------------------------------------------


@dataclass
class Row:
    """A file, or files, with what is expected of them."""

    name: str
    family: str
    kind: str
    save: Callable | str  # or the name of a row whose files they are
    network: str | None = None
    build: Callable | None = None  # what is refused needs no reference
    options: dict = field(default_factory=dict)
    config: Callable = dict  # texts beside the file
    says: tuple = ()  # what the refusal has to name


def loads(name, kind, save, network="resnet18", family="torchvision ResNet-18", **other):
    return Row(name, family, kind, save, network, **other)


def refused(name, family, kind, save, build=None, says=(), **other):
    return Row(name, family, kind, save, build=build, says=says, **other)


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d7a" * 16 + b"\nsize 102502400\n"
HTML = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>You need to sign in.</body></html>\n"
resnet18 = of_torchvision("resnet18")
of_timm = lambda name, **options: lambda: timm.create_model(name, **options)
as_json = lambda name, **other: lambda: {"config.json": timm_config(name, **other)}
tuned = lambda state: {"net": under("module.")(renamed(renamed(state, "downsample", "shortcut"), r"^fc\.", "linear.")), "acc": 95.4, "epoch": 199}  # fmt: skip
ROWS = [
    # torchvision
    loads("resnet18", "safetensors, F32", safetensors()),
    loads("resnet34", ".pth", pytorch(), "resnet34", "torchvision ResNet-34"),
    loads("resnet50", "safetensors, F32", safetensors(), "resnet50", "torchvision ResNet-50"),
    loads("resnet101", ".pth", pytorch(), "resnet101", "torchvision ResNet-101"),
    loads("resnext50", ".pth", pytorch(), "resnext50_32x4d", "torchvision ResNeXt-50 32x4d"),
    loads("wide-resnet50", "safetensors, F32", safetensors(), "wide_resnet50_2", "torchvision Wide ResNet-50-2"),
    loads("dilated", "safetensors, dilation asked for", safetensors(), "dilated", "torchvision ResNet-50 with dilation",
          options={"dilations": [1, 1, 2, 4]}),
    loads("stride-1x1", "safetensors, stride asked for", safetensors(), "stride in the 1x1", "ResNet-50 v1",
          options={"strideIn": "1x1"}),
    loads("epsilon", "safetensors, epsilon asked for", safetensors(), "another epsilon", "ResNet-18 with BatchNorm's epsilon 1e-3",
          options={"normEpsilon": 1e-3}),
    # timm
    *[loads(f"timm-{name}", "safetensors with config.json", safetensors(metadata={"format": "pt"}), name, f"timm {name}",
            config=as_json(name)) for name in TIMM],
    loads("timm-resnet50d-alone", "safetensors, nothing beside it", safetensors(), "resnet50d", "timm resnet50d"),
    # transformers
    *[loads(f"hugging-face-{name}", "safetensors with config.json and preprocessor_config.json", safetensors(metadata={"format": "pt"}),
            f"hugging face {name}", f"transformers ResNet{title}", config=lambda name=name: hugging_face_config(f"hugging face {name}"))
      for name, title in {"18": "-18", "50": "-50", "v1": "-50, downsample_in_bottleneck"}.items()],
    loads("hugging-face-bin", "pytorch_model.bin with config.json", pytorch(name="pytorch_model.bin"), "hugging face 18",
          "transformers ResNet-18", config=lambda: hugging_face_config("hugging face 18")),
    loads("sharded", "three safetensors and their index", sharded, "hugging face 50", "transformers ResNet-50",
          config=lambda: hugging_face_config("hugging face 50")),
    # small pictures, other pictures, other outputs
    loads("cifar-resnet20", ".th, state_dict, module.", pytorch(lambda state: {
        "state_dict": under("module.")(renamed(state, r"^fc\.", "linear.")), "best_prec1": 91.7}, "resnet20.th"),
        "cifar resnet20", "ResNet-20 for CIFAR"),
    loads("cifar-resnet18", ".pth, net, module., shortcut, linear", pytorch(tuned), "cifar resnet18", "ResNet-18 for CIFAR"),
    loads("grey", "safetensors", safetensors(), "grey", "ResNet-18, one channel"),
    loads("one-output", ".pth", pytorch(), "one output", "ResNet-18, one output"),
    loads("14-labels", "safetensors, output in its header", safetensors(metadata={"output": "sigmoid"}), "14 labels", "ResNet-18, 14 labels"),
    # kinds of numbers and of files
    loads("f64", "safetensors, F64", safetensors(), "resnet18 f64"),
    loads("f16", "safetensors, F16", safetensors(), "resnet18 f16"),
    loads("bf16", "safetensors, BF16", safetensors(), "resnet18 bf16"),
    loads("pt-f16", ".pt, F16", pytorch(name="model.pt"), "resnet18 f16"),
    loads("pth-legacy", ".pth of PyTorch before 1.6", pytorch(_use_new_zipfile_serialization=False)),
    loads("channels-last", ".pth, channels_last", pytorch(lambda state: {
        name: tensor.contiguous(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor for name, tensor in state.items()})),
    loads("pth-tar", ".pth.tar, state_dict, optimizer", pytorch(lambda state: {
        "epoch": 90, "arch": "resnet18", "state_dict": under("module.")(state), "best_acc1": torch.tensor(69.8), "optimizer": adam(state)}, "checkpoint.pth.tar")),
    loads("namespace", ".pth of torchvision's script, args of argparse", pytorch(lambda state: {
        "model": state, "optimizer": adam(state), "lr_scheduler": {"last_epoch": 89, "_last_lr": [1e-3]}, "epoch": 89,
        "args": argparse.Namespace(model="resnet18", lr=0.1)})),
    loads("numpy-scalar", ".pth, a number of NumPy's beside it", pytorch(lambda state: {"state_dict": state, "best_acc": np.float64(0.7)})),
    loads("lightning", ".ckpt of Lightning", pytorch(lightning, "last.ckpt")),
    # names
    loads("module", "safetensors, module.", safetensors(under("module."))),
    loads("orig-mod", "safetensors, _orig_mod.", safetensors(under("_orig_mod."))),
    loads("orig-mod-module", ".pth, module._orig_mod.", pytorch(under("module._orig_mod."))),
    loads("head-fc.1", ".pth, fc.1", pytorch(head_named("fc.1"))),
    loads("head-classifier", "safetensors, classifier", safetensors(head_named("classifier"))),
    loads("head-last_linear", ".pth, last_linear", pytorch(head_named("last_linear"))),
    loads("head-beside", "safetensors, encoder. and classifier", safetensors(lambda state: {
        ("" if name.startswith("classifier") else "encoder.") + name: tensor for name, tensor in head_named("classifier")(state).items()})),
    loads("mmpretrain", ".pth of mmpretrain, backbone. and head.fc", pytorch(lambda state: {
        "meta": {"mmcls_version": "1.0.0", "CLASSES": ["a", "b"]},
        "state_dict": {("head." if name.startswith("fc.") else "backbone.") + name: tensor for name, tensor in state.items()}})),
    loads("loss-weights", ".pth, a loss's weights beside it", pytorch(lambda state: {**under("net.")(state), "criterion.weight": torch.ones(1000)})),
    loads("numbered", ".pth, nn.Sequential(*children)", pytorch(lambda state: renamed(numbered(state), r"^fc\.", "10."))),
    loads("numbered-twice", ".pth, a body and a head, numbered", pytorch(lambda state: renamed(numbered(state, "0."), r"^fc\.", "1.2."))),
    loads("ema", ".pth, model and model_ema, network asked for", pytorch(lambda state: {
        "model": half(state), "model_ema": state, "optimizer": adam(state), "epoch": 12}), options={"network": "model_ema."}),
    loads("moco", ".pth.tar of MoCo, network asked for", pytorch(moco, "moco.pth.tar"), "resnet50", "ResNet-50 of MoCo",
          options={"network": "state_dict.module.encoder_q."}),
    # VGG
    *[loads(name.replace("_", "-"), "safetensors" if at % 2 else ".pth", safetensors() if at % 2 else pytorch(), name,
            f"torchvision {name.replace('vgg', 'VGG-').replace('_bn', ' with BatchNorm')}") for at, name in enumerate(VGGS)],
    # which network
    refused("two-networks", "torchvision ResNet-18", ".pth, model and model_ema", "ema", says=("model.", "model_ema.")),
    refused("no-head", "torchvision ResNet-18", "safetensors without a head", safetensors(lambda state: {
        name: tensor for name, tensor in state.items() if not name.startswith("fc.")}), resnet18, ("fc",)),
    refused("fastai", "fastai's ResNet-18", ".pth of fastai, a head of two linear layers", pytorch(fastai), resnet18),
    # other networks by ResNet's names
    refused("group-norm", "timm resnet50_gn", "safetensors", safetensors(), of_timm("resnet50_gn"), ("GroupNorm",)),
    refused("blur", "timm resnetblur50", "safetensors with config.json", safetensors(), of_timm("resnetblur50"), ("resnetblur50",), config=as_json("resnetblur50")),
    refused("blur-named", "timm resnetblur50", "safetensors of that name", safetensors(name="resnetblur50.safetensors"), of_timm("resnetblur50"), ("resnetblur50",)),
    refused("anti-alias", "timm resnetaa50", "safetensors with config.json", safetensors(), of_timm("resnetaa50"), ("resnetaa50",), config=as_json("resnetaa50")),
    refused("resnetrs50", "timm resnetrs50, a convolution for a pool", "safetensors", safetensors(), of_timm("resnetrs50"), ("maxpool",)),
    refused("legacy-senet", "timm legacy_seresnet18", ".pth", pytorch(), of_timm("legacy_seresnet18")),
    refused("selective-kernels", "timm skresnet18", "safetensors", safetensors(), of_timm("skresnet18")),
    refused("resnest", "timm resnest14d", "safetensors", safetensors(), of_timm("resnest14d")),
    refused("res2net", "timm res2net50_26w_4s", "safetensors", safetensors(), of_timm("res2net50_26w_4s")),
    refused("preactivation", "timm resnetv2_50", "safetensors", safetensors(), of_timm("resnetv2_50")),
    refused("gelu", "transformers ResNet-18, hidden_act gelu", "safetensors with config.json", safetensors(),
            lambda: NETWORKS["hugging face 18"].build(), ("gelu",), config=lambda: hugging_face_config("hugging face 18", hidden_act="gelu")),
    # other networks
    refused("vit", "timm vit_tiny_patch16_224", "safetensors", safetensors(), of_timm("vit_tiny_patch16_224")),
    refused("densenet", "torchvision DenseNet-121", ".pth", pytorch(), of_torchvision("densenet121")),
    refused("mobilenet", "torchvision MobileNet v3", ".pth", pytorch(), of_torchvision("mobilenet_v3_small")),
    refused("convnext", "timm convnext_atto", "safetensors", safetensors(), of_timm("convnext_atto")),
    # files
    refused("whole-module", "torchvision ResNet-18", ".pth of the module itself", whole_module, resnet18, ("torchvision.models.resnet.ResNet",)),
    refused("torchscript", "torchvision ResNet-18", ".pt of TorchScript", script, resnet18),
    refused("numpy", "timm resnet10t", ".pth of NumPy arrays", pytorch(lambda state: {
        name: tensor.numpy() for name, tensor in state.items()}), of_timm("resnet10t"), ("NumPy",)),
    refused("numpy-large", "torchvision ResNet-18", ".pth of NumPy arrays", pytorch(lambda state: {
        name: tensor.numpy() for name, tensor in state.items()}), resnet18),
    refused("truncated", "torchvision ResNet-18", "safetensors, cut off", cut(safetensors(), 0.6), resnet18),
    refused("truncated-pth", "torchvision ResNet-18", ".pth, cut off", cut(pytorch(), 0.6), resnet18),
    refused("lfs", "-", "pointer of Git LFS", bytes_of(LFS)),
    refused("html", "-", "web page named .safetensors", bytes_of(HTML)),
    refused("empty", "-", "empty file", bytes_of(b"")),
    refused("hdf5", "-", ".h5 of Keras", bytes_of(b"\x89HDF\r\n\x1a\n" + bytes(2040), "model.h5")),
    refused("onnx", "-", ".onnx", bytes_of(b"\x08\x08\x12\x07pytorch\x1a\x062.15.0:" + bytes(200), "model.onnx")),
]  # fmt: skip


def state_of(net, kind):
    return {
        name: tensor.to(kind).clone() if tensor.is_floating_point() else tensor.clone()
        for name, tensor in net.state_dict().items()
    }


def make(out, row, made):
    """Writes a row's files; gives its entry."""
    entry = {"name": row.name, "family": row.family, "kind": row.kind, "expected": "loads" if row.network else "refused"}
    entry.update({"options": row.options, "says": list(row.says)})
    folder = out / row.name
    net = state = None
    if row.network:
        network = NETWORKS[row.network]
        if row.network not in made:
            made.clear()
            net, x = network.made(row.network)
            state = state_of(net, network.kind)
            entry_of = reference(out / "references" / row.network.replace(" ", "-"), network, net, x)
            entry_of["learnt"] = bool(network.state and network.state())
            made[row.network] = net, state, entry_of
        net, state, entry_of = made[row.network]
        entry.update(entry_of)
    elif row.build:
        torch.manual_seed(0)
        net = row.build().eval()
        state = state_of(net, torch.float32)
    if isinstance(row.save, str):
        return {**entry, "files": row.save, "config": []}
    folder.mkdir(parents=True, exist_ok=True)
    entry["files"] = [f"{row.name}/{name}" for name in row.save(folder, state, net)]
    for name, content in row.config().items():
        (folder / name).write_text(json.dumps(content, indent=2))
    entry["config"] = sorted(f"{row.name}/{path.name}" for path in folder.glob("*.json"))
    return entry


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("out", nargs="?", type=Path)
    arguments.add_argument("names", nargs="*")
    arguments.add_argument("--list", action="store_true")
    given = arguments.parse_args()
    if given.list or given.out is None:
        for row in ROWS:
            print(f"{row.name:24} {'loads  ' if row.network else 'refused'} {row.family}; {row.kind}")
        return
    unknown = set(given.names) - {row.name for row in ROWS}
    if unknown:
        sys.exit(f"there is no row {', '.join(sorted(unknown))}")
    given.out.mkdir(parents=True, exist_ok=True)
    table = given.out / "networks.json"
    entries = {row["name"]: row for row in json.loads(table.read_text())["rows"]} if table.exists() else {}
    # Rows of the same network one after another, so that it is made once.
    order = list(NETWORKS)
    wanted = [row for row in ROWS if not given.names or row.name in given.names]
    wanted.sort(key=lambda row: (0, order.index(row.network)) if row.network else (1, 0))
    made = {}
    for row in wanted:
        if row.name in entries and not isinstance(row.save, str):
            continue
        print(f"{row.name}: {row.family}; {row.kind}", flush=True)
        try:
            entries[row.name] = make(given.out, row, made)
        except BaseException:
            # What is half written would pass for a file that is to be refused.
            shutil.rmtree(given.out / row.name, ignore_errors=True)
            raise
        found = [{**entries[row.name]} for row in ROWS if row.name in entries]
        for entry in found:
            if isinstance(entry["files"], str):
                other = entries.get(entry["files"])
                entry["files"] = other["files"] if other else []
        table.write_text(json.dumps({"methods": METHODS, "rows": found}, indent=1))


if __name__ == "__main__":
    main()
