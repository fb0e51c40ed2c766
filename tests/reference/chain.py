"""captum's LRP as a second oracle of the rules: `chain.safetensors`.

captum has no rule for residual additions, so the network is a chain: three convolutions with ReLUs
between them, no biases (its rules leave them as they are, others' change them), on a positive input.
Float64; the largest output is explained, from its value.
"""

import torch
from captum.attr import LRP
from captum.attr._utils import lrp_rules
from torch import nn

EPS, GAMMA = 1e-3, 0.25
RULES = {
    "epsilon": lambda: lrp_rules.EpsilonRule(EPS),
    "gamma": lambda: lrp_rules.GammaRule(GAMMA),
    "z-plus": lrp_rules.Alpha1_Beta0_Rule,
}


def chain(unit):
    """`unit(name, count)` gives the weights."""
    layers = {
        "conv1": nn.Conv2d(3, 6, 3, stride=2, padding=1, bias=False),
        "conv2": nn.Conv2d(6, 8, 3, padding=1, groups=2, bias=False),
        "conv3": nn.Conv2d(8, 4, 1, bias=False),
    }
    for name, layer in layers.items():
        values = unit(f"chain {name}", layer.weight.numel()).reshape(layer.weight.shape)
        layer.weight.data = torch.from_numpy(values).double()
    conv1, conv2, conv3 = layers.values()
    return nn.Sequential(conv1, nn.ReLU(), conv2, nn.ReLU(), conv3).eval()


def references(unit):
    x = torch.from_numpy(unit("chain x", 3 * 12 * 10)).double().abs().reshape(1, 3, 12, 10)
    tensors = {"output": chain(unit)(x)[0]}
    flat = int(tensors["output"].argmax())
    target = tuple(int(at) for at in torch.unravel_index(torch.tensor(flat), tensors["output"].shape))
    for name, rule in RULES.items():
        net = chain(unit)
        for layer in net:
            if hasattr(layer, "weight"):
                layer.rule = rule()
        tensors[name] = LRP(net).attribute(x.clone().requires_grad_(), target=target)[0]
    return tensors, flat
