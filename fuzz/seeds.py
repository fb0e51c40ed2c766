"""Writes the corpora that the fuzz targets start from: `python3 fuzz/seeds.py`."""

import json
import struct
import zipfile
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"


def seed(target, name, data):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)


def network():
    """Names and shapes of the smallest bottleneck ResNet: one channel, one block a stage, one class."""
    tensors = []

    def convolution(name, norm, shape):
        tensors.append((f"{name}.weight", shape))
        for part in ("weight", "bias", "running_mean", "running_var"):
            tensors.append((f"{norm}.{part}", [shape[0]]))

    convolution("conv1", "bn1", [1, 3, 7, 7])
    channels = 1
    for stage in range(4):
        name, width = f"layer{stage + 1}.0", 1
        convolution(f"{name}.conv1", f"{name}.bn1", [width, channels, 1, 1])
        convolution(f"{name}.conv2", f"{name}.bn2", [width, width, 3, 3])
        convolution(f"{name}.conv3", f"{name}.bn3", [2, width, 1, 1])
        # A stage's first block has a stride, or other channels: its skip is projected.
        convolution(f"{name}.downsample.0", f"{name}.downsample.1", [2, channels, 1, 1])
        channels = 2
    return tensors + [("fc.weight", [1, 2]), ("fc.bias", [1])]


def safetensors(tensors, metadata=None):
    header, start, data = {}, 0, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, shape in tensors:
        size = 1
        for side in shape:
            size *= side
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [start, start + 4 * size]}
        data += struct.pack("<f", 0.5) * size
        start += 4 * size
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text)) + text + data


def weights():
    metadata = {"labels": '["cat"]', "mean": "[0.5, 0.5, 0.5]", "std": "[0.25, 0.25, 0.25]"}
    seed("weights", "network", b"\0" + safetensors(network(), metadata))
    seed("weights", "cut", b"\0" + safetensors(network())[:200])
    seed("weights", "longest-header", b"\0" + b"\xff" * 8 + b"{}")
    tensor = {"dtype": "F32", "shape": [1, 1, 1, 1], "data_offsets": [0, 4]}
    for name, header in {
        "empty": {},
        "one": {"layer1.0.conv1.weight": tensor},
        "basic": {"module.layer1.0.conv1.weight": tensor, "__metadata__": {"format": "pt"}},
        "huge": {"layer1.0.conv1.weight": {**tensor, "shape": [25_000_000_000], "data_offsets": [0, 100_000_000_000]}},
        "overflowing": {"a": {**tensor, "shape": [2**63, 4]}},
        "empty-tensor": {"conv1.weight": {**tensor, "shape": [0, 3, 7, 7], "data_offsets": [0, 0]}},
    }.items():
        seed("weights", name, b"\1" + json.dumps(header).encode())
    text = json.dumps({"a": tensor})
    seed("weights", "twice", "\1" + text[:-1] + "," + text[1:])
    seed("weights", "nested", "\1" + '{"a":' * 200)
    for number in range(8):
        mixed = b"".join(struct.pack("<I", (number * 2654435761 + at * 40503) & 0xFFFFFFFF) for at in range(24))
        seed("weights", f"changed-{number}", b"\2" + mixed)
    seed("weights", "unchanged", b"\2" + bytes(64))


def labels():
    seed("labels", "lines", "cat\ndog\nbird\n")
    seed("labels", "windows", "\ufeffcat\r\n\r\n dog \r\nbird")
    seed("labels", "array", '["cat", "dog", "bird"]')
    seed("labels", "objects", '{"0": "cat", "1": "dog", "2": "bird"}')
    seed("labels", "indices", '{"cat": 0, "dog": 1, "bird": 2}')
    seed("labels", "pairs", '{"0": ["n02121808", "cat"], "1": ["n02084071", "dog"]}')
    seed("labels", "transformers", '{"architectures": ["A"], "id2label": {"0": "cat", "1": "dog"}}')
    seed("labels", "timm", '{"label_names": ["n1", "n2"], "label_descriptions": {"n1": "cat", "n2": "dog"}}')
    seed("labels", "synsets", "n02121808 cat\nn02084071 dog, domestic dog\n")
    seed("labels", "table", 'id,name\n0,cat\n1,"dog, domestic dog"\n')
    seed("labels", "semicolons", "Name;Index\r\ndog;1\r\ncat;0\r\n")
    seed("labels", "tabs", "0\tcat\n1\tdog\n")
    seed("labels", "nested", "[" * 200)
    seed("labels", "escapes", '["\\u0000", "\\ud83d\\ude00", "\\\\"]')
    seed("labels", "no-text", b"cat\xff\ndog\nbird")
    seed("labels", "empty", "")


def options():
    def case(name, json_text, width=3, height=2, off=0x40):
        seed("options", name, struct.pack("<HHB", width, height, off) + json_text.encode())

    walk = {"start": "logit", "stabilizer": "signed", "epsilon": 1e-6, "linear": "epsilon", "linearBias": True}
    walk |= {"convolution": "z-plus", "first": "z-box", "gamma": 0.25, "alpha": 2, "norm": "own"}
    walk |= {"addition": "ratio", "identitySkips": False, "pool": "average", "input": "ones"}
    case("empty", "{}")
    case("null", "null", 1, 1)
    case("walk", json.dumps({"target": 3, "method": {"name": "lrp-splitting", **walk}, "fit": "whole"}), 300, 200)
    case("rise", json.dumps({"method": {"name": "rise", "masks": 5, "grid": 7, "keep": 0.5, "seed": 4294967295}}))
    case("grad-cam", json.dumps({"method": {"name": "grad-cam", "stage": 4}, "filter": "none"}), 65535, 1)
    # Squeezed to a square, from left to right and from top to bottom, by both interpolations.
    for width, height, way in ((65535, 1, "across"), (1, 65535, "down")):
        case(f"strip-{way}", "{}", width, height, 0x41)
        case(f"strip-{way}-bicubic", "{}", width, height, 0x4A)
    case("beside", json.dumps({"method": "c3-lrp", "start": "probability", "epsilon": 5e-324}), 1, 65535)
    c3 = {"kind": "c3", "size": 28, "threshold": {"fraction": 0.5}, "connectivity": 4, "component": "total"}
    case("c3", json.dumps({"filter": {**c3, "contour": "peak", "filled": False}}), 40, 40)
    case("otsu", json.dumps({"filter": {"kind": "c1c", "threshold": "otsu", "component": "area"}}), 17, 23)
    case("levels", json.dumps({"filter": {"kind": "heat-quantization", "levels": 256}}), 64, 64)
    case("too-few-bytes", "{}", 9, 9, 0x1F)
    case("no-size", "{}", 0, 5)
    case("nested", "[" * 200)
    geometry = {"batch": 1, "inputs": 3, "outputs": 8, "groups": 1, "kernel": 7, "stride": 2, "padding": 3}
    geometry |= {"input": [224, 224], "output": [112, 112]}
    timing = {"direction": "forward", "geometry": geometry, "chosen": "tiled", "milliseconds": [["burn", 2.5]]}
    kernels = [{"edition": 1, "adapter": "a", "layers": [{**timing, "dropped": [["tiled", "it is off"]]}]}]
    case("kernels", json.dumps(kernels))
    case("candidate", '"tiled"')
    for protocol in ("paper", "rise", "patch", "patch:16", "patch:1:500", "patch:18446744073709551615:2"):
        case(protocol.replace(":", "-"), json.dumps(protocol), 51)


def npy():
    def case(name, header, values=12, version=1, size=None):
        text = header.encode()
        text += b" " * (-(len(text) + 11) % 64) + b"\n"
        length = struct.pack("<H" if version == 1 else "<I", len(text) if size is None else size)
        seed("npy", name, b"\x93NUMPY" + bytes([version, 0]) + length + text + struct.pack("<f", 0.25) * values)

    plain = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 2, 2), }"
    case("plain", plain)
    case("three", plain.replace("(1, 3, 2, 2)", "(3, 2, 2)"))
    case("grey", plain.replace("3, 2, 2", "1, 2, 2"), values=4)
    case("version-2", plain, version=2)
    case("version-3", plain, version=3)
    case("fortran", plain.replace("False", "True"))
    case("big-endian", plain.replace("<f4", ">f4"))
    case("double", plain.replace("<f4", "<f8"))
    case("structure", plain.replace("'<f4'", "[('a', '<f4')]"))
    case("pickled", plain.replace("<f4", "|O"))
    case("huge", plain.replace("2, 2)", "18446744073709551615, 2)"))
    case("negative", plain.replace("2, 2)", "-2, 2)"))
    case("short", plain, values=3)
    case("longest-header", plain, version=2, size=0xFFFFFFFF)
    case("nested", "[" * 500)


def cub():
    def case(name, choices, *parts):
        data = b"\0".join(part.encode() if isinstance(part, str) else part for part in parts)
        seed("cub", name, bytes([choices]) + data)

    images = "1 001.Black_footed_Albatross/a.png\n2 002.Laysan_Albatross/b.png\n"
    classes, boxes = "1 1\n2 2\n", "1 0.0 1.0 2.0 2.0\n2 1.0 0.0 3.0 2.0\n"
    split, names = "1 0\n2 1\n", "1 001.Black_footed_Albatross\n2 002.Laysan_Albatross\n"
    # Two bytes stand for a picture of that width and height.
    case("all", 0, images, classes, boxes, split, names, b"\4\3", b"\2\5")
    case("train", 2, images, classes, boxes, split, names)
    case("test-by-number", 4 + 8, images, classes, boxes, split, "")
    case("outside", 0, "1 ../../a.png\n2 /etc/hosts\n", classes, boxes, split, names)
    case("boxes", 0, images, classes, "1 nan inf -1 1e999\n2 1 2 3\n", split, names)
    case("numbers", 8, images, "1 18446744073709551616\n2 0\n", boxes, "", "")
    case("cut", 0, "1\n", classes)
    case("folder", 1, "001.Black_footed_Albatross/a.png", b"\4\3", "b.jpg", "none", "masks/a-bird.png", b"\4\3")


def records():
    settings = {
        "format": 1, "pictures": "birds:1:2, whole", "count": 2, "birds": True, "weights": "w, 0123456789abcdef",
        "device": "cpu", "explain": "truth", "methods": ["c3-lrp", "uniform"], "filters": [["none", "c3"], ["none"]],
        "masks": None, "protocols": ["paper", "patch:1:500"], "ties": ["stable", "together"], "steps": 3,
        "batch": 8, "sanity": 1, "seed": 0,
    }  # fmt: skip
    agreement = {"pointing": 1.0, "mass": 0.5, "rank": None}
    a_map = {"filter": "none", "fallback": False, "object": agreement, "deciding": None, "outcome": "attended"}
    a_map["curves"] = [[[0.1, 0.2, 0.3], [0.3, 0.2, 0.1]]]
    record = {
        "picture": 0, "name": "a", "method": "c3-lrp", "class": 1, "target": 1, "predicted": 1, "probability": 0.5,
        "conservation": 0.25, "maps": [a_map], "sanity": [["fc", None], ["layer4", 0.5]],
    }  # fmt: skip
    failure = {"picture": 1, "name": "b", "method": "uniform", "reason": "it is broken"}
    lines = [{"settings": settings}, {"measured": record}, {"failed": failure}]
    text = [json.dumps(line, separators=(",", ":")) + "\n" for line in lines]
    seed("records", "whole", "".join(text))
    seed("records", "settings", text[0])
    seed("records", "cut", "".join(text)[:-9])
    seed("records", "twice", text[0] + text[1] + text[1].replace("0.5", "0.75"))
    seed("records", "steps", json.dumps({"settings": {**settings, "steps": 2**64 - 1}}) + "\n")
    seed("records", "ties", json.dumps({"settings": {**settings, "ties": ["stable"] * 9}}) + "\n")
    taken = {"single_deletion": 0.5, "target_sensitivity": None, "checks": [[1.0, 0.0, 0.5, None]] * 80}
    parts = {**record, "background": [3, 4], "maps": [{**a_map, "curves": [], "taken": taken}]}
    lines = [{"settings": {**settings, "protocols": ["parts"], "filters": [["none"], ["none"]]}}, {"measured": parts}]
    seed("records", "parts", "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    seed("records", "no-settings", text[1])


def pytorch():
    # What torch wrote: as it is, and the pickle of a zip by itself, to be wrapped in either format.
    folder = Path(__file__).parent.parent / "crates/pytorch/tests/pytorch-fixtures"
    for name in ("nested-zip-2", "nested-legacy-2", "lightning-zip-2", "kinds-legacy-2", "shapes-zip-2", "module-zip"):
        file = folder / f"{name}.pt"
        seed("pytorch", name, b"\0" + file.read_bytes())
        if "-zip" in name:
            with zipfile.ZipFile(file) as archive:
                record = next(record for record in archive.namelist() if record.endswith("data.pkl"))
                pickle = archive.read(record)
            seed("pytorch", f"{name}-pickle", b"\x0a" + pickle)
            seed("pytorch", f"{name}-as-legacy", b"\x05" + pickle)


for make in (weights, labels, options, npy, cub, records, pytorch):
    make()
