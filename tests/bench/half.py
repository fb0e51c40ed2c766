"""What weights stored in 16 bits would change: python half.py PICTURE

Each convolution with its BatchNorm merged in, as a device would hold it, once in 32 bits and once rounded to 16;
the relevance of one class by each, summed over the colours, and how far they are apart. From the project's root,
after `cargo build --release --features cli --bins` and `./build.sh bench native`, which makes full ResNet-50's file.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

ROOT = Path(__file__).parents[2]
MODELS = {
    "birds-resnet50": ROOT / "www/public/models/birds-resnet50.safetensors",
    "formula-made ResNet-50": ROOT / "target/bench/resnet50.safetensors",
}
METHODS = ["c3-lrp", "lrp-epsilon", "lrp-epsilon-plus", "input-x-gradient"]
EPSILON = 1e-5  # PyTorch's, in BatchNorm


def merged(tensors: dict[str, np.ndarray], precision: type) -> dict[str, np.ndarray]:
    """Weights times their BatchNorm's scale, in a precision, each before a BatchNorm that adds the bias alone."""
    result = {name: tensor.astype(np.float32) for name, tensor in tensors.items()}
    for norm in [name.removesuffix(".running_var") for name in tensors if name.endswith("running_var")]:
        convolution = norm.removesuffix("1") + "0" if "downsample" in norm else norm.replace("bn", "conv")
        weight, bias, mean, variance = (
            result[f"{norm}.{name}"].astype(np.float64) for name in ("weight", "bias", "running_mean", "running_var")
        )
        scale = weight / np.sqrt(variance + EPSILON)
        filters = result[f"{convolution}.weight"].astype(np.float64) * scale[:, None, None, None]
        result[f"{convolution}.weight"] = filters.astype(precision).astype(np.float32)
        ones = np.ones_like(scale, dtype=np.float32)
        result |= {
            f"{norm}.weight": ones,
            f"{norm}.bias": (bias - mean * scale).astype(np.float32),
            f"{norm}.running_mean": 0 * ones,
            f"{norm}.running_var": ones * np.float32(1 - EPSILON),
        }
    result["fc.weight"] = result["fc.weight"].astype(precision).astype(np.float32)
    return result


def relevance(weights: Path, method: str, into: Path) -> np.ndarray:
    program = ROOT / "target/release/c3lrp"
    options = ["--device", "cpu", "--target", "3", "--method", method, "--weights", weights, "--relevance", into]
    subprocess.run([program, "explain", *options, sys.argv[1]], check=True, stdout=subprocess.DEVNULL)
    return np.load(into).sum(0)


with tempfile.TemporaryDirectory() as folder:
    for model, file in MODELS.items():
        with safe_open(file, "np") as opened:
            tensors, metadata = {name: opened.get_tensor(name) for name in opened.keys()}, opened.metadata()
        files = {precision: Path(folder, f"{precision.__name__}.safetensors") for precision in (np.float32, np.float16)}
        for precision, path in files.items():
            save_file(merged(tensors, precision), path, metadata)
        for method in METHODS:
            whole, half = (relevance(path, method, Path(folder, "map.npy")) for path in files.values())
            print(f"{model}, {method}: {np.abs(half - whole).max() / np.abs(whole).max():.4f} of the maximum")
