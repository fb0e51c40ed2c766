"""concepts.safetensors: what single channels of a layer owe to each pixel, of a network in float64.

zennit's composites with all other channels' gradients masked at the layer, as zennit-crp does it; C3-LRP is transcribed.
Maps are summed over the channels of the picture.
"""

import torch

import methods

LAYERS = ("layer3.0", "layer2.1")
ZENNIT = ("lrp-epsilon-plus", "lrp-alpha2-beta1", "lrp-epsilon-gamma-box")
TOP = 2


def block(net, name):
    stage, at = name.split(".")
    return getattr(net, stage)[int(at)]


def masked(net, x, v, layer, composite, mask=None):
    """(relevance of the layer's output [C, h, w], map [H, W]) with that relevance times a mask."""
    seen = []

    def at_output(module, inputs, output):
        def on_the_way_back(relevance):
            seen.append(relevance.detach())
            return relevance if mask is None else relevance * mask

        output.register_hook(on_the_way_back)

    handle = block(net, layer).register_forward_hook(at_output)
    try:
        relevance = methods.zennit_relevance(net, x, slice(None), v, composite)
    finally:
        handle.remove()
    return seen[-1][0], relevance.sum(0)


def chain(net, x, of_features, layer, share, mask=None):
    """The same by C3-LRP's Equation 1, with epsilon in each layer's unit."""
    steps, z = [], x
    for name, module in net.spatial_layers():
        z = z.detach().requires_grad_()
        out = module(z)
        steps.append((name, z, out))
        z = out
    relevance = of_features(z.detach().flatten(1)).reshape(z.shape)
    seen = None
    for name, z, out in reversed(steps):
        if name == layer:
            seen = relevance
            relevance = relevance if mask is None else relevance * mask
        epsilon = share * out.detach().square().mean().sqrt()
        (vjp,) = torch.autograd.grad(out, z, relevance / (out.detach() + epsilon))
        relevance = z.detach() * vjp
    return seen[0], relevance[0].sum(0)


def without(net, x, layer, channels):
    """Each class's probability where channels of a layer give 0."""

    def silenced(module, inputs, output):
        output = output.clone()
        output[:, channels] = 0
        return output

    handle = block(net, layer).register_forward_hook(silenced)
    try:
        return net(x)[0].softmax(0)
    finally:
        handle.remove()


def references(net, x):
    """(tensors, target) of a network in float64 and its input."""
    logits = net(x)[0]
    target = int(logits.argmax())
    start = torch.zeros_like(logits)
    start[target] = logits.softmax(0)[target]

    def of_features(hidden):
        contribution = net.fc.weight[target] * hidden
        return contribution / contribution.sum().abs() * start[target]

    composites = methods.zennit_composites()
    walks = {
        name: lambda layer, mask=None, name=name: masked(net, x, start, layer, composites[name], mask) for name in ZENNIT
    }
    walks["c3-lrp-calibrated"] = lambda layer, mask=None: chain(net, x, of_features, layer, 0.5, mask)
    tensors = {f"without {layer}": without(net, x, layer, [0, 2]) for layer in LAYERS}
    for method, walk in walks.items():
        for layer in LAYERS:
            tensors |= {f"{method} {layer} {name}": values for name, values in strongest(walk, layer, TOP)}
    return tensors, target


def strongest(walk, layer, top):
    """Each channel's relevance ("channels"), and the maps of those with most (the channel's number)."""
    relevance, _ = walk(layer)
    channels = relevance.sum((1, 2))
    yield "channels", channels
    for channel in channels.argsort(descending=True)[:top].tolist():
        mask = torch.zeros(1, len(channels), 1, 1, dtype=relevance.dtype)
        mask[0, channel] = 1
        yield str(channel), walk(layer, mask)[1]


def bundled(net, x, start, layer):
    """The same of a network that comes with the page, by zennit: the strongest channel alone, every 13th value of its map."""
    tensors = {}
    for method, composite in methods.zennit_composites().items():
        if method not in ZENNIT:
            continue
        walk = lambda layer, mask=None: masked(net, x, start, layer, composite, mask)
        for name, values in strongest(walk, layer, 1):
            tensors[f"{method} {layer} {name}"] = values if name == "channels" else methods.sampled(values)
    return tensors
