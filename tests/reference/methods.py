"""The other methods' references: `methods.safetensors`, on the networks of `generate.py`.

zennit computes the composites (ResNetCanonizer, its defaults), captum Input x Gradient and
Grad-CAM, all in float64. What neither has (Relevance Splitting, BatchNorm passed or as its own layer, the other
pools and inputs) is written out here from the papers' formulas, and compared with zennit where both
can answer. The network is "methods": two blocks in stages 2 and 4, so that there are skips without a
projection, and every second channel's BatchNorm with a negative weight, so that a convolution's own
weights differ in sign from the merged ones. Its top class is explained, from the start "probability".
Maps without a channel axis are sums over the channels; `{method} sums` has the sum at each boundary.
"""

import numpy as np
import torch
import zennit.composites as composites
import zennit.rules as rules
from captum.attr import InputXGradient, LayerAttribution, LayerGradCam
from torch.nn import functional as F
from torchvision.models.resnet import Bottleneck
from zennit.torchvision import ResNetCanonizer
from zennit.types import Convolution, Linear

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
EPS, GAMMA = 1e-6, 0.25
RELEASED_EPS = 1e-5  # Relevance Splitting's released code


def box():
    """Black and white under ImageNet's normalisation, [1, 3, 1, 1] each."""
    mean, std = (torch.tensor(values).double().reshape(1, 3, 1, 1) for values in (MEAN, STD))
    return -mean / std, (1 - mean) / std


# --- zennit --------------------------------------------------------------------------------------


def epsilon_everywhere(eps):
    everywhere = [(Convolution, rules.Epsilon(eps)), (torch.nn.Linear, rules.Epsilon(eps))]
    return composites.LayerMapComposite(
        composites.layer_map_base(stabilizer=eps) + everywhere, canonizers=[ResNetCanonizer()]
    )


def zennit_composites():
    canonizers = [ResNetCanonizer()]
    low, high = box()
    return {
        "lrp-epsilon": epsilon_everywhere(EPS),
        "lrp-epsilon-plus": composites.EpsilonPlus(canonizers=canonizers),
        "lrp-epsilon-plus-flat": composites.EpsilonPlusFlat(canonizers=canonizers),
        "lrp-alpha2-beta1": composites.EpsilonAlpha2Beta1(canonizers=canonizers),
        "lrp-alpha2-beta1-flat": composites.EpsilonAlpha2Beta1Flat(canonizers=canonizers),
        "lrp-epsilon-gamma-box": composites.EpsilonGammaBox(low, high, canonizers=canonizers),
    }


def zennit_relevance(net, x, target, start, composite):
    x = x.detach().clone().requires_grad_()
    net = net.requires_grad_(True)  # zennit reads the parameters' gradients' graph
    norms = [module for module in net.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    eps = [norm.eps for norm in norms]
    with composite.context(net) as modified:
        for norm in norms:
            norm.eps = 0  # merged; what is left of it would divide by sqrt(1 + eps) once more
        output = modified(x)
        onehot = torch.zeros_like(output)
        onehot[0, target] = start
        (relevance,) = torch.autograd.grad(output, x, onehot)
    for norm, before in zip(norms, eps):
        norm.eps = before
    net.requires_grad_(False)
    return relevance[0].detach()


# --- the papers' formulas ------------------------------------------------------------------------


def divide(relevance, value, eps):
    """relevance / (value + eps sign(value)), sign(0) = 1."""
    return relevance / (value + eps * torch.where(value >= 0, 1.0, -1.0))


def vjp(function, x, value, cotangent):
    """x * (d function / d x)' cotangent, at x."""
    x = x.detach().requires_grad_()
    (back,) = torch.autograd.grad(function(x), x, cotangent)
    return value * back


def layer_rule(rule, layer, x, relevance, eps):
    """One rule on `layer(x, w, b)`, a map that is linear in x; `layer.w` and `layer.b` are its own."""
    f, w, b = layer
    low, high = box()

    def terms(*parts):
        """Sum over (sign, x, w, b) of x * vjp(R / stab(sum of outputs))."""
        outputs = sum(sign * f(x, w, b) for sign, x, w, b in parts)
        cotangent = divide(relevance, outputs, eps)
        return sum(sign * vjp(lambda x: f(x, w, b), x, x, cotangent) for sign, x, w, b in parts)

    zero = torch.zeros_like(b)
    up, down = lambda t: t.clamp(min=0), lambda t: t.clamp(max=0)
    if rule == "epsilon":
        return terms((1, x, w, b))
    if rule == "z-plus":
        return terms((1, up(x), up(w), up(b)), (1, down(x), down(w), zero))
    if rule == "alpha2-beta1":
        positive = terms((1, up(x), up(w), up(b)), (1, down(x), down(w), zero))
        return 2 * positive - terms((1, up(x), down(w), down(b)), (1, down(x), up(w), zero))
    if rule == "flat":
        ones = torch.ones_like(x)
        return terms((1, ones, torch.ones_like(w), zero))
    if rule == "w-square":
        ones = torch.ones_like(x)
        return terms((1, ones, w * w, zero))
    if rule == "z-box":
        low, high = low.expand_as(x), high.expand_as(x)
        return terms((1, x, w, b), (-1, low, up(w), up(b)), (-1, high, down(w), down(b)))
    if rule == "gamma":  # only for x >= 0
        assert bool((x >= 0).all())
        whole, result = f(x, w, b), 0
        for part, side in ((up, whole > 0), (down, whole < 0)):
            wider, shift = w + GAMMA * part(w), b + GAMMA * part(b)
            cotangent = side * divide(relevance, f(x, wider, shift), eps)
            result = result + vjp(lambda x: f(x, wider, shift), x, x, cotangent)
        return result
    raise ValueError(rule)


def transcribed(net, x, target, start, table):
    """(relevance [3, H, W], {boundary: sum}); `table` is the composite."""
    eps = table["eps"]
    sums = {}

    def keep(name, relevance):
        sums[name] = float(relevance.sum())
        return relevance

    def convolution(rule, conv, norm, x, relevance):
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        shift = norm.bias - norm.running_mean * scale
        f = lambda x, w, b: F.conv2d(x, w, b, conv.stride, conv.padding, groups=conv.groups)
        zero = torch.zeros_like(shift)
        if table["norm"] == "merged":
            return layer_rule(rule, (f, conv.weight * scale[:, None, None, None], shift), x, relevance, eps)
        if table["norm"] == "own":
            z = f(x, conv.weight, zero)
            scaled = z * scale[:, None, None]
            relevance = scaled * divide(relevance, scaled + shift[:, None, None], eps)
        return layer_rule(rule, (f, conv.weight, zero), x, relevance, eps)

    def block_layers(block, z, relevance):
        h1 = torch.relu(block.bn1(block.conv1(z)))
        h2 = torch.relu(block.bn2(block.conv2(h1)))
        main = block.bn3(block.conv3(h2))
        skip = z if block.downsample is None else block.downsample(z)
        if table["addition"] == "normalised":
            shares = [divide(h * relevance, main + skip, eps) for h in (main, skip)]
        elif block.downsample is None and not table["identity"]:
            shares = [relevance, torch.zeros_like(relevance)]
        else:
            share = torch.full_like(main, 0.5)
            if table["addition"] == "ratio":
                whole = main.abs() + skip.abs()
                share = torch.where(whole == 0, 0.5, main.abs() / torch.where(whole == 0, 1.0, whole))
            shares = [relevance * share, relevance * (1 - share)]
        rule = table["convolution"]
        r = convolution(rule, block.conv3, block.bn3, h2, shares[0])
        r = convolution(rule, block.conv2, block.bn2, h1, r)
        r = convolution(rule, block.conv1, block.bn1, z, r)
        if block.downsample is None:
            return r + shares[1]
        return r + convolution(rule, *block.downsample, z, shares[1])

    layers, inputs = net.spatial_layers(), []
    z = x
    for _, layer in layers:
        inputs.append(z)
        z = layer(z)
    names = [name for name, _ in layers]
    hidden = z.flatten(1)
    initial = torch.zeros(1, net.fc.out_features, dtype=x.dtype)
    initial[0, target] = start
    keep("fc", initial)
    bias = net.fc.bias if table["bias"] else torch.zeros_like(net.fc.bias)
    relevance = layer_rule(table["linear"], (F.linear, net.fc.weight, bias), hidden, initial, eps)
    relevance = relevance.reshape(z.shape)
    for name, layer, z in reversed(list(zip(names, [layer for _, layer in layers], inputs))):
        keep(name, relevance)
        if name == "avgpool":
            relevance = vjp(layer, z, z, divide(relevance, layer(z), eps))
        elif name == "maxpool" and table["pool"] == "max":
            relevance = vjp(layer, z, 1, relevance)
        elif name == "maxpool" and table["pool"] == "average":
            pool = lambda z: F.avg_pool2d(z, 2)
            relevance = vjp(pool, z, z, divide(relevance, pool(z), eps))
        elif name == "maxpool" or name != "stem" and table["convolution"] is None:
            relevance = vjp(layer, z, z, divide(relevance, layer(z), eps))
        elif name == "stem":
            z = torch.ones_like(z) if table["input"] == "ones" else z
            relevance = convolution(table["first"], net.conv1, net.bn1, z, relevance)
        else:
            relevance = block_layers(layer, z, relevance)
    keep("input", relevance)
    return relevance[0], sums


def table(linear, convolution, first=None, **other):
    defaults = dict(eps=EPS, norm="merged", addition="normalised", identity=True, pool="max", input="picture", bias=True)
    return {**defaults, "linear": linear, "convolution": convolution, "first": first or convolution, **other}


SPLITTING = dict(
    eps=RELEASED_EPS, norm="pass", addition="ratio", identity=True, pool="average", input="ones", bias=False
)
PLUS = dict(norm="pass", pool="equation 1", input="ones", bias=False)
TABLES = {
    "lrp-epsilon": table("epsilon", "epsilon"),
    "lrp-epsilon-plus": table("epsilon", "z-plus"),
    "lrp-epsilon-plus-flat": table("epsilon", "z-plus", "flat"),
    "lrp-alpha2-beta1": table("epsilon", "alpha2-beta1"),
    "lrp-alpha2-beta1-flat": table("epsilon", "alpha2-beta1", "flat"),
    "lrp-epsilon-gamma-box": table("epsilon", "gamma", "z-box"),
    "lrp-splitting": table("z-plus", "z-plus", **SPLITTING),
    "c3-lrp-plus": table("z-plus", None, "z-plus", **PLUS),
}
VARIANTS = {
    "lrp-splitting symmetric": table("z-plus", "z-plus", **{**SPLITTING, "addition": "symmetric"}),
    "lrp-splitting symmetric without identity": table(
        "z-plus", "z-plus", **{**SPLITTING, "addition": "symmetric", "identity": False}
    ),
    "lrp-splitting without identity": table("z-plus", "z-plus", **{**SPLITTING, "identity": False}),
    "lrp-epsilon-plus own": table("epsilon", "z-plus", norm="own"),
    "lrp-epsilon-plus pass": table("epsilon", "z-plus", norm="pass"),
    "lrp-epsilon-plus average": table("epsilon", "z-plus", pool="average"),
    "lrp-epsilon-plus w-square": table("epsilon", "z-plus", "w-square"),
    "c3-lrp-plus average": table("z-plus", None, "z-plus", **{**PLUS, "pool": "average"}),
    "c3-lrp-plus epsilon picture": table("epsilon", None, "epsilon", **{**PLUS, "input": "picture"}),
    "c3-lrp-plus own": table("z-plus", None, "z-plus", **{**PLUS, "norm": "own"}),
}


# --- the attention branch ------------------------------------------------------------------------


class Attended(torch.nn.Module):
    """A network whose stage 4 sees f (1 + M), with M from an attention branch (Fukui et al.)."""

    def __init__(self, net, planes):
        super().__init__()
        inplanes, classes = net.layer3[-1].conv3.out_channels, net.fc.out_features
        out = 4 * planes
        projection = torch.nn.Sequential(
            torch.nn.Conv2d(inplanes, out, 1, bias=False), torch.nn.BatchNorm2d(out)
        )
        self.net = net
        self.attention = torch.nn.Module()
        self.attention.blocks = torch.nn.Sequential(Bottleneck(inplanes, planes, 1, projection))
        self.attention.bn = torch.nn.BatchNorm2d(out)
        self.attention.classes = torch.nn.Conv2d(out, classes, 1, bias=False)
        self.attention.classes_bn = torch.nn.BatchNorm2d(classes)
        self.attention.map = torch.nn.Conv2d(classes, 1, 1, bias=False)
        self.attention.map_bn = torch.nn.BatchNorm2d(1)

    def map(self, features):
        branch = self.attention
        attended = torch.relu(branch.classes_bn(branch.classes(branch.bn(branch.blocks(features)))))
        return torch.sigmoid(branch.map_bn(branch.map(attended)))

    def forward(self, x):
        for name, layer in self.net.spatial_layers():
            if name == "layer4.0":
                self.attention_map = self.map(x)
                x = x * (1 + self.attention_map)
            x = layer(x)
        return self.net.fc(x.flatten(1))


def attended(net, x, formula):
    """The attention map at the picture's size and the gradient's maps, of the top class."""
    net = Attended(net, 64)
    for key, value in net.attention.state_dict().items():
        if not key.endswith("num_batches_tracked"):
            value.copy_(torch.from_numpy(np.array(formula(f"attention.{key}", tuple(value.shape)))))
    net, x = net.eval().requires_grad_(False).double(), x.double()
    logits = net(x)[0]
    target = int(logits.argmax())
    attention_map = LayerAttribution.interpolate(net.attention_map, x.shape[2:], "bilinear")[0, 0]
    gradient = InputXGradient(net).attribute(x.clone().requires_grad_(), target=target)[0]
    cam = grad_cam(net, net.net, x, target, 3)
    print(f"abn: target {target}, attention from {float(attention_map.min()):.2f} to {float(attention_map.max()):.2f}")
    return {
        "abn logits": logits,
        "abn": attention_map,
        "abn input-x-gradient": gradient.sum(0),
        "abn grad-cam 3": cam,
    }


# --- RISE ----------------------------------------------------------------------------------------


def rise(net, x, target, mix, masks=37, grid=7, keep=0.5, seed=5):
    """The mean of masks weighted by the class's probability, with the masks that Rust draws."""
    height, width = x.shape[2:]
    cells, cell = grid * grid, [-(-side // grid) for side in (height, width)]
    total = torch.zeros(height, width, dtype=x.dtype)
    for index in range(masks):
        at = np.arange(index * (cells + 2), (index + 1) * (cells + 2), dtype=np.uint32)
        draws = (mix(np.uint32(seed) ^ mix(at)) >> np.uint32(8)).astype(np.float32) / np.float32(2**24)
        kept = torch.from_numpy((draws[:cells] < keep).reshape(1, 1, grid, grid)).to(x.dtype)
        large = F.interpolate(kept, size=[(grid + 1) * side for side in cell], mode="bilinear")[0, 0]
        top, left = (int(draw * np.float32(side)) for draw, side in zip(draws[cells:], cell))
        mask = large[top : top + height, left : left + width]
        total += net(x * mask)[0].softmax(0)[target] * mask
    return total / (masks * keep)


# --- fixtures ------------------------------------------------------------------------------------


def flip(net):
    """Every second channel of each BatchNorm gets a negative weight."""
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.weight[1::2] *= -1
    return net


def error(value, reference):
    return float((value.double() - reference.double()).abs().max() / reference.double().abs().max())


SAMPLE = 13  # of a picture's values every 13th is kept: all rows, columns and channels take part


def sampled(values):
    return values.flatten()[::SAMPLE]


def every(net, x, target, start, composites=None):
    """{method: relevance [3, H, W], or map [H, W]} of all but c3-lrp, rise and abn."""
    maps = {
        name: zennit_relevance(net, x, target, start, composite)
        for name, composite in (composites or zennit_composites()).items()
    }
    for name in ("c3-lrp-plus", "lrp-splitting"):
        maps[name] = transcribed(net, x, target, start, TABLES[name])[0]
    return {**maps, **gradients(net, x, target)}


def gradients(net, x, target):
    """captum's, with Grad-CAM of the last stage."""
    return {
        "input-x-gradient": InputXGradient(net).attribute(x.clone().requires_grad_(), target=target)[0].detach(),
        "grad-cam": grad_cam(net, net, x, target, 4),
    }


def grad_cam(net, trunk, x, target, stage):
    """captum's map [H, W] of a stage of `trunk`, which is `net` or a part of it."""
    cam = LayerGradCam(net, getattr(trunk, f"layer{stage}")[-1])
    small = cam.attribute(x.clone().requires_grad_(), target=target, relu_attributions=True)
    return LayerAttribution.interpolate(small, x.shape[2:], "bilinear")[0, 0].detach()


def conditioned(title, maps, lower):
    """Prints how far the same maps in float32 are off: no implementation in float32 can promise less."""
    for name, relevance in maps.items():
        print(f"  {title} {name}: float32 against float64 {error(lower[name], relevance):.1e}")


# On the full network float32 alone moves lrp-epsilon by 1e-2 of the map's maximum at epsilon 1e-6, and
# by 3e-5 at 1e-2: at the additions sums of either sign come near zero in 9 million units.
FULL_EPS = 1e-2


def full(net, x):
    """All but c3-lrp and rise on the full network, sampled."""
    logits = net.double()(x.double())[0]
    target, start = int(logits.argmax()), float(logits.softmax(0)[logits.argmax()])
    composites = {**zennit_composites(), "lrp-epsilon": epsilon_everywhere(FULL_EPS)}
    maps = every(net, x.double(), target, start, composites)
    conditioned("resnet50", maps, every(net.float(), x.float(), target, start, composites))
    return {name: sampled(relevance) for name, relevance in maps.items()}


def write(path, net, x, small, formula, mix, save):
    """`net`, `x` and `small`, the network that gets an attention branch by `formula`, in float32."""
    tensors = attended(small, x, formula)
    net, x = flip(net).double(), x.double()
    logits = net(x)[0]
    target = int(logits.argmax())
    start = float(logits.softmax(0)[target])
    tensors["logits"] = logits
    print(f"methods: target {target}, probability {start:.4f}")

    tensors["rise"] = rise(net, x, target, mix)
    tensors["input-x-gradient"] = gradients(net, x, target)["input-x-gradient"]
    for stage in range(1, 5):
        tensors[f"grad-cam {stage}"] = grad_cam(net, net, x, target, stage)

    oracles = {name: zennit_relevance(net, x, target, start, c) for name, c in zennit_composites().items()}
    for name, composite in zennit_composites().items():
        tensors[name] = oracles[name]
        ours, _ = transcribed(net, x, target, start, TABLES[name])
        lower = zennit_relevance(net.float(), x.float(), target, start, composite)
        net = net.double()
        print(f"  {name}: formulas against zennit {error(ours, oracles[name]):.1e}, "
              f"float32 against float64 {error(lower, oracles[name]):.1e}")
        assert error(ours, oracles[name]) < 1e-8, name
    for name, composite in {**TABLES, **VARIANTS}.items():
        relevance, sums = transcribed(net, x, target, start, composite)
        if name not in oracles:
            tensors[name] = relevance if name in TABLES else relevance.sum(0)
            print(f"  {name}: sum {float(relevance.sum()):.4f} of {start:.4f}")
        if name in TABLES:
            tensors[f"{name} sums"] = torch.tensor(list(sums.values()))
    save(path, tensors, target)
