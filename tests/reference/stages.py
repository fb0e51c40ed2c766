"""stages.safetensors: methods whose rules differ from stage to stage.

zennit computes those of its rules; C3-LRP with an epsilon for each stage in each layer's unit is transcribed. All in
float64, as maps summed over the channels. What comes before stage 1 takes the first value, the average the last one.
"""

import torch
import zennit.rules as rules
from zennit.composites import layer_map_base
from zennit.core import Composite
from zennit.torchvision import ResNetCanonizer
from zennit.types import Convolution

import contrast
import methods

GAMMAS = (0.5, 0.25)  # the last one is that of stages 3 and 4 as well
ALPHAS = (1, 1.5, 2, 3)
SHARES = (4, 2, 1, 0.25)


def of_stage(values, name):
    """What a layer takes, by its name."""
    stage = int(name[5]) if name.startswith("layer") else 4 if name == "avgpool" else 1
    return values[min(stage, len(values)) - 1]


def composite(convolution):
    """Epsilon in the linear layer, and for a convolution the rule that its name gets."""

    def rule(_, name, module):
        own = [(Convolution, convolution(name)), (torch.nn.Linear, rules.Epsilon(methods.EPS))]
        return next((rule for kind, rule in layer_map_base(stabilizer=methods.EPS) + own if isinstance(module, kind)), None)

    return Composite(module_map=rule, canonizers=[ResNetCanonizer()])


def references(net, x):
    """(tensors, target) of a network in float64 and its input."""
    logits = net(x)[0]
    target = int(logits.argmax())
    start = float(logits.softmax(0)[target])
    stabilized = dict(stabilizer=methods.EPS)
    kinds = (
        rules.ZPlus(**stabilized),
        rules.Gamma(methods.GAMMA, **stabilized),
        rules.AlphaBeta(2, 1, **stabilized),
        rules.Epsilon(methods.EPS),
    )
    gamma = lambda name: rules.Gamma(of_stage(GAMMAS, name), **stabilized)
    low, high = methods.box()
    box = lambda name: rules.ZBox(low, high, **stabilized) if name == "conv1" else gamma(name)
    alpha = lambda name: rules.AlphaBeta(of_stage(ALPHAS, name), of_stage(ALPHAS, name) - 1, **stabilized)
    composites = {
        "gamma": composite(box),
        "alpha": composite(alpha),
        "convolution": composite(lambda name: of_stage(kinds, name)),
    }
    tensors = {
        name: methods.zennit_relevance(net, x, target, start, rule).sum(0) for name, rule in composites.items()
    }

    def one(hidden):
        contribution = net.fc.weight[target] * hidden
        return contribution / contribution.sum().abs() * start

    tensors["epsilon"] = contrast.calibrated(net, x, one, lambda name: of_stage(SHARES, name))
    for name, lower in composites.items():
        low = methods.zennit_relevance(net.float(), x.float(), target, start, lower).sum(0)
        net = net.double()
        print(f"  stages {name}: float32 against float64 {methods.error(low, tensors[name]):.1e}")
    return tensors, target
