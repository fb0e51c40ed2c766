"""contrast.safetensors: C3-LRP with an epsilon in each layer's own unit, and classes set against others.

zennit and captum explain sum_k v_k z_k from the same start, v_k z_k at
each output; C3-LRP is transcribed. All in float64, as maps summed over the channels.
"""

import torch
from captum.attr import InputXGradient, LayerGradCam
from torch.nn.functional import interpolate

import methods

SHARE = 0.5  # epsilon as a share of the root mean square of a layer's outputs


def weights(logits, target, against):
    """v: 1 for the target; what is taken off for the others."""
    v = torch.zeros_like(logits)
    others = torch.arange(len(logits)) != target
    if against == "rest":
        v[others] = -1 / (len(logits) - 1)
    elif against == "softmax":
        p = logits.softmax(0)
        v = -p[target] * p / (p[target] * (1 - p[target]))
    else:
        v[against] = -1
    v[target] = 1
    return v


def calibrated(net, x, of_features, share=lambda layer: SHARE):
    """C3-LRP's Equation 1 with epsilon in each layer's unit, from the relevance that `of_features` makes of them."""
    steps, z = [], x
    for name, layer in net.spatial_layers():
        z = z.detach().requires_grad_()
        out = layer(z)
        steps.append((z, out, share(name)))
        z = out
    relevance = of_features(z.detach().flatten(1)).reshape(z.shape)
    for z, out, share in reversed(steps):
        epsilon = share * out.detach().square().mean().sqrt()
        (vjp,) = torch.autograd.grad(out, z, relevance / (out.detach() + epsilon))
        relevance = z.detach() * vjp
    return relevance[0].sum(0)


class Margin(torch.nn.Module):
    """sum_k v_k z_k as a network's only output."""

    def __init__(self, net, v):
        super().__init__()
        self.net, self.v = net, v

    def forward(self, x):
        return (self.net(x) * self.v).sum(1, keepdim=True)


def references(net, x):
    """(tensors, target) of a network in float64 and its input."""
    logits = net(x)[0]
    order = logits.argsort(descending=True)
    target, second = int(order[0]), int(order[1])
    tensors = {"classes": torch.tensor([target, second])}

    def one(hidden):
        contribution = net.fc.weight[target] * hidden
        return contribution / contribution.sum().abs() * logits.softmax(0)[target]

    tensors["c3-lrp-calibrated"] = calibrated(net, x, one)
    for name, against in {"second": second, "rest": "rest", "softmax": "softmax"}.items():
        v = weights(logits, target, against)
        tensors[f"weights {name}"] = v
        tensors[f"c3-lrp-calibrated {name}"] = calibrated(net, x, lambda hidden: hidden * (v @ net.fc.weight))
        for method, composite in methods.zennit_composites().items():
            relevance = methods.zennit_relevance(net, x, slice(None), v * logits, composite)
            tensors[f"{method} {name}"] = relevance.sum(0)
        margin = Margin(net, v)
        gradient = InputXGradient(margin).attribute(x.clone().requires_grad_(), target=0)
        tensors[f"input-x-gradient {name}"] = gradient[0].detach().sum(0)
        cam = LayerGradCam(margin, net.layer4[-1]).attribute(
            x.clone().requires_grad_(), target=0, relu_attributions=True
        )
        tensors[f"grad-cam {name}"] = interpolate(cam, x.shape[2:], mode="bilinear")[0, 0].detach()
    return tensors, target
