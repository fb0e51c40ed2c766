"""References on the networks that come with the page: `birds.safetensors`.

The picture is the bird that the page opens with, drawn by the command line, and each network explains
its top class. Values are float64 from the F16 weights, by the same hands as in `methods.py`, and every
13th of them is kept.
"""

import subprocess
import tempfile
from pathlib import Path

import concepts
import methods
import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

SPECIES, SEED, SIDE = "Masked Sunwren", 63, 224


def picture(generator):
    """The bird [1, 3, SIDE, SIDE], normalised, in float64."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(generator), "birds", "--out", folder, "--count", "1", "--seed", str(SEED)]
        subprocess.run([*command, "--side", str(SIDE), "--species", SPECIES], check=True, capture_output=True)
        [path] = Path(folder).glob("*.png")
        pixels = np.asarray(Image.open(path).convert("RGB")).astype(np.float64) / 255
    mean, std = np.array(methods.MEAN), np.array(methods.STD)
    return torch.from_numpy(((pixels - mean) / std).transpose(2, 0, 1)[None].copy())


def references(models, generator, resnet, explain, mix):
    """`resnet()` makes an empty network of their shape; `explain` is c3-lrp."""
    x = picture(generator)
    net = load(resnet(), load_file(models / "birds-resnet50.safetensors"))
    logits = net(x)[0]
    target, start = int(logits.argmax()), float(logits.softmax(0)[logits.argmax()])
    print(f"birds: target {target}, probability {start:.4f}")
    maps = {"c3-lrp": explain(net, x)[1], **methods.every(net, x, target, start)}
    lower = {"c3-lrp": explain(net.float(), x.float())[1], **methods.every(net, x.float(), target, start)}
    methods.conditioned("birds", maps, lower)
    net = net.double()
    maps["rise"] = methods.rise(net, x, target, mix)

    attended = methods.Attended(resnet(), 128)
    state = load_file(models / "birds-abn.safetensors")
    named = {key if key.startswith("attention.") else f"net.{key}": value for key, value in state.items()}
    attended = load(attended, {key: value for key, value in named.items() if not key.startswith("attention.logits.")})
    attended(x)
    maps["abn"] = methods.LayerAttribution.interpolate(attended.attention_map, x.shape[2:], "bilinear")[0, 0]

    tensors = {name: methods.sampled(relevance) for name, relevance in maps.items()}
    tensors["logits"] = logits
    of_class = torch.zeros_like(logits)
    of_class[target] = start
    tensors |= concepts.bundled(net, x, of_class, "layer3.0")
    return tensors, target


def load(net, state):
    """Weights of a file, in float64 and evaluation mode."""
    missing, unexpected = net.load_state_dict({key: value.double() for key, value in state.items()}, strict=False)
    assert not unexpected and all(key.endswith("num_batches_tracked") for key in missing), (missing, unexpected)
    return net.eval().requires_grad_(False).double()
