"""Writes the checkpoints that the tests read, and beside each what it holds, as PyTorch reads it back:
`python3 crates/pytorch/tests/fixtures.py` with torch and NumPy."""

import json
import warnings
from argparse import Namespace
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import datetime
from pathlib import Path, PurePosixPath

import numpy
import torch

FOLDER = Path(__file__).parent / "pytorch-fixtures"
KINDS = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "Bool",
}


def found(value, name, into):
    """Notes all tensors and plain values by their names."""
    inside = lambda key: f"{name}.{key}" if name else str(key)
    if isinstance(value, Namespace):
        value = vars(value)
    if isinstance(value, torch.Tensor):
        if value.layout != torch.strided or value.is_quantized or value.dtype not in KINDS or value.is_conj():
            into["unreadable"].append(name)
            return
        value = value.detach()
        packed = value.contiguous().reshape(-1).view(torch.uint8) if value.numel() else []
        into["tensors"][name] = {
            "kind": KINDS[value.dtype],
            "shape": list(value.shape),
            "strides": list(value.stride()),
            "bytes": bytes(packed.tolist() if value.numel() else []).hex(),
        }
    elif isinstance(value, dict):
        for key, item in value.items():
            if type(key) in (str, int):
                found(item, inside(key), into)
    elif isinstance(value, (list, tuple)):
        for key, item in enumerate(value):
            found(item, inside(key), into)
    elif type(value) is bool:
        into["metadata"][name] = str(value).lower()
    elif type(value) in (str, int, float):
        into["metadata"][name] = str(value)


def write(name, make):
    """By both formats, and by each protocol where one file is to tell of them."""
    expected = None
    protocols = (2, 3, 4, 5) if name == "nested" else (2,)
    for protocol in protocols:
        for zipped in (True, False):
            path = FOLDER / f"{name}-{'zip' if zipped else 'legacy'}-{protocol}.pt"
            torch.save(make(zipped), path, pickle_protocol=protocol, _use_new_zipfile_serialization=zipped)
            into = {"tensors": {}, "unreadable": [], "metadata": {}}
            found(torch.load(path, weights_only=False), "", into)
            assert expected in (None, into), path
            expected = into
    text = json.dumps(expected, indent=1, ensure_ascii=False)
    (FOLDER / f"{name}.json").write_text(text + "\n")


def numbers(*shape, dtype=torch.float32):
    count = torch.Size(shape).numel()
    return (torch.arange(count) % 100 - 7).to(dtype).reshape(shape)


def network():
    """A network's state dict: convolution, normalisation, and a scalar counter."""
    parts = OrderedDict(conv1=torch.nn.Conv2d(2, 3, 3), bn1=torch.nn.BatchNorm2d(3), fc=torch.nn.Linear(3, 2))
    network = torch.nn.Sequential(parts)
    with torch.no_grad():
        for at, parameter in enumerate(network.parameters()):
            parameter.copy_(numbers(*parameter.shape) / (at + 4))
    return network


def views():
    base = numbers(4, 3, 2, 5)
    flat = numbers(24)
    return {
        "whole": flat,
        "again": flat,
        "part": flat[5:17],
        "second": flat[1::2],
        "matrix": flat[4:].reshape(4, 5),
        "transposed": flat[4:].reshape(4, 5).t(),
        "channels_last": base.to(memory_format=torch.channels_last),
        "permuted": base.permute(2, 0, 3, 1)[1:, :, 2:],
        "repeated": numbers(3, 1).expand(3, 4),
        "windows": flat.as_strided((5, 4), (2, 3), 1),
    }


def kinds():
    tensors = {str(dtype).removeprefix("torch."): numbers(3, dtype=dtype) for dtype in KINDS}
    tensors["bool"] = torch.tensor([True, False, True])
    return tensors


def shapes():
    return {
        "scalar": torch.tensor(2.5),
        "empty": torch.empty(0),
        "no_rows": torch.empty(0, 3),
        "no_columns": torch.empty(3, 0, 2),
        "end": numbers(6)[6:],
        "one": numbers(1, 1, 1),
        "deep": numbers(*[1] * 20),
    }


def nested():
    return {
        "epoch": 12,
        "arch": "resnet50",
        "best": 0.76125,
        "tiny": 1e-08,
        "done": True,
        "nothing": None,
        "large": 2**40,
        "negative": -3,
        "larger": 2**70,
        "name": "Gänseblümchen",
        "model": {"layers": [{"weight": numbers(2)}, (numbers(1), {"deep": {"deeper": numbers(3)}})]},
        "classes": ["cat", "dog"],
        "parameter": torch.nn.Parameter(numbers(2, 2)),
        "buffer": torch.nn.Buffer(numbers(2)),
        "by_number": {7: numbers(1), (1, 2): numbers(2), None: 4},
        "size": numbers(2, 5).shape,
        "type": torch.float32,
        "device": torch.device("cpu"),
        "set": {1, 2},
        "frozen": frozenset([3]),
        "bytes": b"\x00\xff",
        "counter": Counter("abca"),
        "default": defaultdict(int, a=1),
        "ordered": OrderedDict(b=numbers(1), a=2),
        "deque": deque([1, 2]),
        "complex": 1 + 2j,
        "storage": torch.FloatStorage([1.0, 2.0]),
    }


def unreadable(zipped):
    # PyTorch can't read the first in its old format.
    short = torch.tensor([1, 2], dtype=torch.uint16 if zipped else torch.complex128)
    return {
        "plain": numbers(3),
        "sparse": numbers(2, 3).to_sparse(),
        "complex": torch.tensor([1 + 2j]),
        "conjugated": torch.tensor([1 + 2j, 3j]).conj(),
        "quantised": torch.quantize_per_tensor(numbers(4), 0.5, 0, torch.qint8),
        "other": short,
        "after": numbers(2),
    }


def lightning():
    trained = network()
    optimiser = torch.optim.Adam(trained.parameters(), lr=1e-3)
    return {
        "epoch": 3,
        "global_step": 120,
        "pytorch-lightning_version": "2.1.0",
        "state_dict": {f"model.{name}": value for name, value in trained.state_dict().items()},
        "optimizer_states": [optimiser.state_dict()],
        "callbacks": {
            "ModelCheckpoint{'monitor': 'loss'}": {
                "best_model_score": numpy.float64(0.25),
                "best_k_models": {"a.ckpt": numbers(1)[0]},
                "current": numpy.int64(3),
                "path": PurePosixPath("logs/a.ckpt"),
            }
        },
        "hyper_parameters": Namespace(lr=0.1, name="run", layers=[3, 4], nested=Namespace(deep=True)),
        "when": datetime(2020, 1, 2, 3, 4, 5),
        "history": numpy.arange(3.0),
        "dtype": numpy.dtype("float32"),
    }


def attributes():
    """Parameters and tensors with attributes of their own are saved by other functions."""
    parameter, tensor = torch.nn.Parameter(numbers(3)), numbers(2, 2)
    parameter.note, tensor.note = "kept", "kept"
    return {"parameter": parameter, "tensor": tensor}


def main():
    FOLDER.mkdir(exist_ok=True)
    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    write("network", lambda _: network().state_dict())
    for make in (views, kinds, shapes, nested, lightning, attributes):
        write(make.__name__, lambda _: make())
    write("bare", lambda _: numbers(2, 3))
    write("unreadable", unreadable)
    # What is refused.
    torch.save(network(), FOLDER / "module-zip.pt")


main()
