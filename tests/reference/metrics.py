"""Write `metrics.safetensors`: insertion and deletion on the bundled model, by PyTorch.

    cargo build --release --features cli
    pip install -r tests/reference/requirements.txt && python tests/reference/metrics.py

Ten birds, taken through the built `c3lrp birds`, so that PyTorch sees the engine's pixels, each with a map by
a formula: the metric alone is tested. RISE's metric and the lab's patch variant are written out here as
their papers and released code define them, each curve point by point, without the engine's economies. Every
other map is zero where its formula is negative, as a filtered map is, so that ties count: they are broken
by a stable sort for RISE, and enter together for the patch variant.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from scipy.ndimage import gaussian_filter
from torch.nn import functional as F

from generate import HERE, ROOT, unit

sys.path.insert(0, str(ROOT / "training"))
from network import ResNet  # noqa: E402
from pictures import call, normalised  # noqa: E402

MODEL = ROOT / "www/public/models/birds-resnet50.safetensors"
GENERATOR = ROOT / "target/release/c3lrp"
FIRST_SEED, PICTURES, SIDE = 8_000_000, 10, 224
BLOCK = 8  # maps are constant on blocks of 8x8 pixels
RISE_STEP = 1792  # pixels a step: 29 points. RISE's own 224 would take eight times as long to test
PATCHES = ((1, 2000), (16, 8))  # pixels along a patch's edge, patches a step: 26 and 25 points


def formula_map(number):
    """[SIDE, SIDE] by `unit`, in float32: blocks, and a little of its own for each pixel."""
    y, x = np.indices((SIDE, SIDE), dtype=np.uint32)
    block = (y // BLOCK) * 32 + x // BLOCK
    fine = unit(f"fine {number}", (y * SIDE + x).ravel()).reshape(SIDE, SIDE)
    values = unit(f"map {number}", block.ravel()).reshape(SIDE, SIDE) + fine / np.float32(64)
    return np.maximum(values, 0) if number % 2 else values


def probabilities(network, pictures, target):
    out = []
    for start in range(0, len(pictures), 16):
        batch = torch.stack(pictures[start : start + 16])
        out.append(network(batch).softmax(1)[:, target])
    return torch.cat(out)


def rise_blur(x):
    """The released code's kernel: an 11x11 dirac smoothed with sigma 5, edges mirrored."""
    dirac = np.zeros((11, 11))
    dirac[5, 5] = 1
    kernel = torch.from_numpy(gaussian_filter(dirac, 5)).to(x.dtype)
    return F.conv2d(x[:, None], kernel[None, None], padding=5)[:, 0]


def rise(network, x, values, target):
    """(insertion, deletion): start to finish, a step of the order at a time, both ends counted."""
    order = np.argsort(-values.ravel(), kind="stable")
    curves = []
    for start, finish in ((rise_blur(x), x), (x, torch.zeros_like(x))):
        now, pictures = start.clone().reshape(3, -1), []
        finish = finish.reshape(3, -1)
        for step in range(-(-order.size // RISE_STEP) + 1):
            pictures.append(now.clone().reshape_as(x))
            places = order[step * RISE_STEP : (step + 1) * RISE_STEP]
            now[:, places] = finish[:, places]
        curves.append(probabilities(network, pictures, target))
    return curves


def patch(network, raw, values, target, side, step):
    """(insertion, deletion): every patch at least as strong as the step's, the others black raw pixels."""
    cells = SIDE // side
    strongest = values.reshape(cells, side, cells, side).max((1, 3))
    ordered = np.sort(strongest.ravel())[::-1]
    curves = []
    for insertion in (True, False):
        pictures = []
        for point in range(-(-ordered.size // step)):
            least = ordered[min(step * (point + 1), ordered.size - 1)]
            shown = (strongest >= least) == insertion
            mask = torch.from_numpy(np.kron(shown, np.ones((side, side))).astype(np.uint8))
            pictures.append(normalised((raw * mask[..., None])[None], "cpu")[0])
        curves.append(probabilities(network, pictures, target))
    return curves


def area(curve):
    return float((curve.sum() - curve[0] / 2 - curve[-1] / 2) / (len(curve) - 1))


def birds():
    with tempfile.TemporaryDirectory() as folder:
        rows = call(GENERATOR, folder, PICTURES, FIRST_SEED, SIDE)
        pictures = [np.asarray(Image.open(Path(folder) / row["file"]).convert("RGB")) for row in rows]
    return [torch.from_numpy(picture.copy()) for picture in pictures], [int(row["label"]) for row in rows]


def main():
    state = load_file(MODEL)
    network = ResNet(20)
    missing, _ = network.load_state_dict({key: value.float() for key, value in state.items()}, strict=False)
    assert all(key.endswith("num_batches_tracked") for key in missing), missing
    network = network.eval().requires_grad_(False).float()
    tensors = {}
    for number, (raw, target) in enumerate(zip(*birds())):
        x, values = normalised(raw[None], "cpu")[0], formula_map(number)
        found = {"rise": rise(network, x, values, target)}
        for side, step in PATCHES:
            found[f"patch:{side}:{step}"] = patch(network, raw, values, target, side, step)
        for protocol, (insertion, deletion) in found.items():
            tensors[f"{number} {protocol} insertion"] = insertion
            tensors[f"{number} {protocol} deletion"] = deletion
            print(f"{number} {protocol}: {area(insertion):.4f} {area(deletion):.4f}")
            tensors[f"{number} {protocol} scores"] = torch.tensor([area(insertion), area(deletion)])
    path = HERE / "metrics.safetensors"
    save_file({key: value.float().contiguous() for key, value in tensors.items()}, path)
    print(f"{path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
