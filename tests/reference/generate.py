"""Write the reference values that the Rust tests compare with.

    pip install -r tests/reference/requirements.txt && cargo build --release --features cli
    python tests/reference/generate.py

Weights, inputs and pictures come from integer formulas (`unit`), so that no checkpoint has to be
stored: the Rust side computes the same numbers bit for bit. Relevances are computed in float64 by
plain PyTorch, Equation 1 for every spatial layer and Equation 2 for the linear layer, and are
stored as float32 (their last bit can depend on the number of threads). Relevance maps have the
plain stabiliser, eps 1e-6, the probability start and the top class, which the metadata names as
`target`, unless the tensor's name says otherwise. What is written:

    tests/reference/small.safetensors        c3-lrp on the small network: logits, relevance, gradient
    tests/reference/crop_{w}x{h}.png         pictures after resizing and cropping
    tests/reference/concepts.safetensors     single channels of a layer (concepts.py)
    tests/reference/contrast.safetensors     classes set against others (contrast.py)
    tests/reference/methods.safetensors      the other methods on a network of mixed signs (methods.py)
    tests/reference/stages.safetensors       rules that differ from stage to stage (stages.py)
    tests/reference/resnet50.safetensors     all of them on the full network (c3-lrp: FULL_EPS)
    tests/reference/birds.safetensors        all of them on the bundled networks (bundled.py)
    tests/reference/chain.safetensors        captum's rules on a chain of layers (chain.py)
    src/device/known_answer.safetensors      "small": logits, relevance summed over 8x8 tiles
    www/public/labels/imagenet-1k.txt        ImageNet class names
"""

from pathlib import Path

import bundled
import chain
import concepts
import contrast
import methods
import numpy as np
import stages
import torch
import torchvision
from PIL import Image
from safetensors.torch import save_file
from torch import nn
from torchvision.models._meta import _IMAGENET_CATEGORIES
from torchvision.models.resnet import Bottleneck
from torchvision.transforms import CenterCrop, InterpolationMode, Resize

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
F32 = np.float32
FC_GAIN = 4  # F: the linear layer's weights are u * sqrt(F / in_features)
EPS = 1e-6
# The full network has 9 million units. One that lies so near zero that rounding in float32 decides
# whether it fires moves the relevance by up to 1e-2 of its maximum, and so does a block's output of
# about EPS, where z'/(z' + eps) takes any value from 0 to 1. No two float32 implementations agree
# there, so the reference has to stay away from it: this input is one of 600 on which no unit inside
# a block comes nearer to zero than 3.8e-6, and the full network's eps is far above rounding.
FULL_EPS = 1e-2
INPUTS = {"resnet50": "input 80", "small": "input", "methods": "input"}
# name: (blocks per stage, stem width, classes, input size)
NETWORKS = {
    "resnet50": ((3, 4, 6, 3), 64, 1000, 224),
    "small": ((1, 1, 1, 1), 8, 10, 64),
    "methods": ((1, 2, 1, 2), 8, 10, 64),
}
PICTURES = ((500, 375), (231, 640), (100, 90))  # width, height; the last one has an alpha ramp
PICTURE_BLOCK = 12


# --- formula values ------------------------------------------------------------------------------


def fmix32(x):
    """MurmurHash3's 32-bit finalizer on uint32 arrays (wrapping)."""
    x = np.array(x, dtype=np.uint32, ndmin=1)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    return x


def seed(name):
    """FNV-1a, 32 bits, of the name's UTF-8 bytes."""
    h = 0x811C9DC5
    for byte in name.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return np.uint32(h)


def unit(name, index):
    """Values in [-1, 1), multiples of 2^-23, exact in float32."""
    bits = fmix32(seed(name) ^ fmix32(index)) >> np.uint32(8)
    return bits.astype(F32) / F32(2**23) - F32(1)


def formula_tensor(name, shape):
    """The parameter `name` (torchvision's name); every product and sum is rounded to float32."""
    u = unit(name, np.arange(np.prod(shape), dtype=np.uint32)).reshape(shape)
    kind = name.rsplit(".", 1)[1]
    if len(shape) == 4:
        return u * F32(np.sqrt(6.0 / (shape[1] * shape[2] * shape[3])))
    if name == "fc.weight":
        return u * F32(np.sqrt(FC_GAIN / shape[1]))
    if kind == "running_var":
        return F32(1) + F32(0.25) * u
    if kind == "weight":
        last = name.endswith((".bn3.weight", ".downsample.1.weight"))
        return F32(0.5 if last else 1) + F32(0.1) * u
    return F32(0.1) * u  # running_mean and every bias


def formula_input(name):
    """[1, 3, size, size] of a network, constant on blocks of 8x8 pixels."""
    size = NETWORKS[name][3]
    c, y, x = np.indices((3, size, size), dtype=np.uint32)
    index = (c * 32 + y // 8) * 32 + x // 8
    return torch.from_numpy(F32(2) * unit(INPUTS[name], index.ravel()).reshape(1, 3, size, size))


# --- network -------------------------------------------------------------------------------------


class ResNet(nn.Module):
    """torchvision's bottleneck ResNet (stride in the 3x3 convolution), with any stem width."""

    def __init__(self, depths, width, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        inplanes = width
        for stage, depth in enumerate(depths):
            blocks, planes = [], width << stage
            for i in range(depth):
                stride = 2 if i == 0 and stage > 0 else 1
                downsample = None
                if i == 0:
                    downsample = nn.Sequential(
                        nn.Conv2d(inplanes, planes * 4, 1, stride=stride, bias=False),
                        nn.BatchNorm2d(planes * 4),
                    )
                # Bottleneck's own width is planes * base_width / 64, which is planes here.
                blocks.append(Bottleneck(inplanes, planes, stride, downsample))
                inplanes = planes * 4
            self.add_module(f"layer{stage + 1}", nn.Sequential(*blocks))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(inplanes, classes)

    def stem(self, x):
        return self.relu(self.bn1(self.conv1(x)))

    def spatial_layers(self):
        """(name, function) of every layer of Equation 1, in order; a whole block is one layer."""
        layers = [("stem", self.stem), ("maxpool", self.maxpool)]
        for stage in range(1, 5):
            for i, block in enumerate(getattr(self, f"layer{stage}")):
                layers.append((f"layer{stage}.{i}", block))
        return [*layers, ("avgpool", self.avgpool)]

    def forward(self, x):
        for _, layer in self.spatial_layers():
            x = layer(x)
        return self.fc(x.flatten(1))


def formula_network(name):
    """The network in float32, evaluation mode, with formula weights."""
    depths, width, classes, _ = NETWORKS[name]
    net = ResNet(depths, width, classes).eval()
    state = {
        key: torch.from_numpy(formula_tensor(key, tuple(value.shape)))
        for key, value in net.state_dict().items()
        if not key.endswith("num_batches_tracked")
    }
    missing, unexpected = net.load_state_dict(state, strict=False)
    assert not unexpected and all(key.endswith("num_batches_tracked") for key in missing)
    return net.requires_grad_(False)


# --- relevance -----------------------------------------------------------------------------------


def quotient(relevance, value, eps, signed):
    """relevance / stabilised value; 0 where the relevance is 0."""
    sign = torch.where(value >= 0, 1.0, -1.0).to(value.dtype) if signed else 1.0
    zero = relevance == 0
    return torch.where(zero, 0.0, relevance / torch.where(zero, 1.0, value + eps * sign))


def explain(net, x, target=None, start="probability", signed=False, eps=EPS):
    """(logits, relevance of x, target); the target is the top class unless given."""
    steps = []  # (input, output) of every spatial layer, each with its own small graph
    z = x
    for _, layer in net.spatial_layers():
        z = z.detach().requires_grad_()
        out = layer(z)
        steps.append((z, out))
        z = out
    hidden = z.detach().flatten(1)
    logits = net.fc(hidden)[0]
    target = int(logits.argmax()) if target is None else target
    initial = (logits.softmax(0) if start == "probability" else logits)[target]

    # Equation 2: contributions w h of the target's row, no bias in the denominator.
    contribution = net.fc.weight[target] * hidden
    # The start has the sign of what it is divided by, so that what speaks for the target stays positive.
    initial = initial.abs() * (1 if contribution.sum() + eps * (not signed) >= 0 else -1)
    relevance = contribution * quotient(initial, contribution.sum(), eps, signed)
    relevance = relevance.reshape(z.shape)
    # Equation 1: R = z * VJP(R' / stab(z')).
    for z, out in reversed(steps):
        cotangent = quotient(relevance, out.detach(), eps, signed)
        (vjp,) = torch.autograd.grad(out, z, cotangent)
        relevance = z.detach() * vjp
    return logits, relevance[0], target


def gradient(net, x, target):
    """d logit_target / d input."""
    x = x.detach().requires_grad_()
    (result,) = torch.autograd.grad(net(x)[0, target], x)
    return result[0]


# --- checks --------------------------------------------------------------------------------------


def error(value, reference):
    """Largest absolute error, relative to the largest absolute reference value."""
    return float((value.double() - reference).abs().max() / reference.abs().max())


def check_layout(net):
    """The full size is torchvision's resnet50: same names, same output."""
    theirs = torchvision.models.resnet50(weights=None).eval()
    theirs.load_state_dict(net.state_dict())
    x = formula_input("resnet50")
    with torch.no_grad():
        assert torch.equal(theirs(x), net(x)), "not torchvision's resnet50"


def check_oracle(net, x, target):
    """As eps goes to 0 the chain is input * gradient * R / (y - b)."""
    logits, relevance, _ = explain(net, x, target, eps=0.0)
    scale = logits.softmax(0)[target] / (logits[target] - net.fc.bias[target])
    expected = x[0] * gradient(net, x, target) * scale
    result = error(relevance, expected)
    assert result < 1e-8, f"oracle: {result}"
    print(f"  oracle (eps 0, target {target}): {result:.1e}")


@torch.no_grad()
def print_activations(net, x):
    for name, layer in net.spatial_layers():
        x = layer(x)
        mean, zeros = float(x.mean()), float((x == 0).double().mean())
        print(f"  {name:9} mean {mean:8.4f}  zeros {zeros:.3f}")


# --- fixtures ------------------------------------------------------------------------------------


def save(path, tensors, target):
    path.parent.mkdir(parents=True, exist_ok=True)
    tensors = {key: value.detach().float().contiguous() for key, value in tensors.items()}
    assert all(bool(value.isfinite().all()) for value in tensors.values())
    save_file(tensors, path, metadata={"target": str(target)})
    path.chmod(0o644)


def write_network(name):
    net32, x32 = formula_network(name), formula_input(name)
    if name == "resnet50":
        check_layout(net32)
    net, x = formula_network(name).double(), x32.double()
    eps = FULL_EPS if name == "resnet50" else EPS
    logits, relevance, target = explain(net, x, eps=eps)
    probability = float(logits.softmax(0)[target])
    print(f"{name}: target {target}, probability {probability:.4f}, logit {logits[target]:.4f}")
    assert 0.1 < probability < 0.9
    print_activations(net, x)
    check_oracle(net, x, target)
    logits32, relevance32, _ = explain(net32, x32, target, eps=eps)
    print(
        f"  float32 against float64: logits {error(logits32, logits):.1e}, "
        f"relevance {error(relevance32, relevance):.1e}"
    )
    print(f"  relevance: sum {float(relevance.sum()):.6f}, max {float(relevance.abs().max()):.3e}")

    if name == "resnet50":
        tensors = {"logits": logits, "c3-lrp": methods.sampled(relevance), **methods.full(net32, x32)}
        save(HERE / "resnet50.safetensors", tensors, target)
        return
    check_oracle(net, x, 3)
    tensors = {
        "logits": logits,
        "relevance_plain_probability": relevance,
        "relevance_signed_probability": explain(net, x, target, signed=True)[1],
        "relevance_plain_logit": explain(net, x, target, start="logit")[1],
        "relevance_target3": explain(net, x, 3)[1],
        # The stabilisers differ only where a denominator is negative: every spatial output is >= 0,
        # so only at the linear layer. Target 3's sum is negative, and a large eps makes it show.
        "relevance_target3_signed_eps1e-2": explain(net, x, 3, signed=True, eps=1e-2)[1],
        "gradient": gradient(net, x, target),
    }
    save(HERE / "small.safetensors", tensors, target)
    tiles = relevance.reshape(3, 8, 8, 8, 8).sum((2, 4))
    save(ROOT / "src/device/known_answer.safetensors", {"logits": logits, "tiles": tiles}, target)


def formula_picture(w, h, ramp):
    """RGBA, uint8 [h, w, 4]: a horizontal ramp plus flat blocks; alpha 255 or a vertical ramp."""
    c, y, x = np.indices((3, h, w), dtype=np.uint32)
    index = (c * 64 + y // PICTURE_BLOCK) * 64 + x // PICTURE_BLOCK
    blocks = (fmix32(seed("picture") ^ fmix32(index.ravel())) >> np.uint32(24)).reshape(3, h, w)
    rgb = (x * (c + 1) * 255) // (w * (c + 1)) // 2 + blocks // 2
    rows = np.arange(h) * 255 // (h - 1) if ramp else np.full(h, 255)
    alpha = np.broadcast_to(rows[:, None], (h, w))
    return np.dstack([*rgb, alpha]).astype(np.uint8)


def write_pictures():
    for w, h in PICTURES:
        rgba = formula_picture(w, h, ramp=(w, h) == PICTURES[-1]).astype(np.uint32)
        rgb, alpha = rgba[..., :3], rgba[..., 3:]
        on_white = ((rgb * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
        resized = Resize(256, InterpolationMode.BILINEAR, antialias=True)(Image.fromarray(on_white))
        CenterCrop(224)(resized).save(HERE / f"crop_{w}x{h}.png", optimize=True)
    # As timm prepares pictures of 96 pixels by a share of 0.95 bicubically, and grey ones squeezed to 64.
    w, h = PICTURES[1]
    rgb = Image.fromarray(formula_picture(w, h, ramp=False)[..., :3])
    resized = Resize(int(96 / 0.95), InterpolationMode.BICUBIC, antialias=True)(rgb)
    CenterCrop(96)(resized).save(HERE / "bicubic_96.png", optimize=True)
    Resize((64, 64), InterpolationMode.BILINEAR, antialias=True)(rgb.convert("L")).save(HERE / "grey_64.png", optimize=True)


def write_labels():
    path = ROOT / "www/public/labels/imagenet-1k.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(_IMAGENET_CATEGORIES) + "\n", encoding="utf-8")


def main():
    for name in ("resnet50", "small"):
        write_network(name)
    net, x = formula_network("methods"), formula_input("methods")
    methods.write(HERE / "methods.safetensors", net, x, formula_network("small"), formula_tensor, fmix32, save)
    save(HERE / "contrast.safetensors", *contrast.references(methods.flip(formula_network("methods")).double(), x.double()))
    save(HERE / "concepts.safetensors", *concepts.references(methods.flip(formula_network("methods")).double(), x.double()))
    save(HERE / "stages.safetensors", *stages.references(methods.flip(formula_network("methods")).double(), x.double()))
    models, command = ROOT / "www/public/models", ROOT / "target/release/c3lrp"
    birds = bundled.references(models, command, lambda: ResNet((3, 4, 6, 3), 16, 20), explain, fmix32)
    save(HERE / "birds.safetensors", *birds)
    values = lambda name, count: unit(name, np.arange(count, dtype=np.uint32))
    save(HERE / "chain.safetensors", *chain.references(values))
    write_pictures()
    write_labels()
    files = sorted([*HERE.glob("*.safetensors"), *HERE.glob("*.png")])
    for path in [*files, ROOT / "src/device/known_answer.safetensors"]:
        print(f"{path.stat().st_size:8} {path.relative_to(ROOT)}")
    print(f"{sum(path.stat().st_size for path in files):8} tests/reference, all fixtures")


if __name__ == "__main__":
    main()
