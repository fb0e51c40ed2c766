"""Weights as F16 safetensors with a header, and the model card beside them."""

import json

import torch
from safetensors.torch import save_file

from pictures import MEAN, STD

BATCHNORM_EPS = 1e-5
LARGEST_ERROR = 1e-3  # relative; F16's own rounding is 4.9e-4
LIMIT = {"resnet": 4_000_000, "abn": 6_000_000}


def rounded(state):
    """(tensors to store, names of those kept in F32).

    All are F16 but those that it can't hold: values that overflow, and BatchNorm variances v for
    which v + eps, which is what the network divides by, would be off by more than LARGEST_ERROR.
    """
    tensors, kept = {}, []
    for name, value in state.items():
        if name.endswith("num_batches_tracked"):
            continue
        value = value.detach().float().cpu().contiguous()
        assert value.isfinite().all(), f"{name} is not finite"
        half = value.half()
        fits = bool(half.isfinite().all())
        if fits and name.endswith("running_var"):
            error = ((half.float() - value).abs() / (value + BATCHNORM_EPS)).max()
            fits = float(error) <= LARGEST_ERROR
        if not fits:
            kept.append(name)
        tensors[name] = half if fits else value
    return tensors, kept


def write(path, tensors, species, command, figures):
    """Writes the weights, labels in the order of the network's outputs."""
    metadata = {
        "labels": json.dumps([entry["name"] for entry in species]),
        "mean": json.dumps(MEAN),
        "std": json.dumps(STD),
        "training": command,
        "accuracy": f"{figures['accuracy']:.4f}",
        "pictures": str(figures["pictures"]),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, metadata=metadata)
    path.chmod(0o644)
    sort_header(path)
    limit = LIMIT["abn" if any(name.startswith("attention.") for name in tensors) else "resnet"]
    size = path.stat().st_size
    if size > limit:
        raise SystemExit(f"{path.name} has {size} bytes; at most {limit} are allowed")
    return size


def sort_header(path):
    """Sorts the header's metadata, which is written in random order: same weights, same bytes."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode().ljust(length)
    assert len(text) == length
    path.write_bytes(data[:8] + text + data[8 + length :])


def percent(share):
    return f"{100 * share:.1f} %"


def card(name, details, reports, command, kept, size):
    """The model card as Markdown. `reports`: {what the pictures are: report}, the main one first."""
    main = next(iter(reports.values()))
    lines = [
        f"# {name}",
        "",
        details["what"],
        "",
        f"- **File:** F16 safetensors, {size} bytes, {details['parameters']} parameters. "
        + (f"In F32, as F16 is too coarse for them: {', '.join(kept)}." if kept else "Every tensor is F16."),
        f"- **Input:** 224×224, RGB in [0, 1], then (x − mean)/std; mean {list(MEAN)}, std {list(STD)}. "
        "A bird's picture should be given whole: a centre crop may cut parts off, and tags.",
        f"- **Data:** {details['data']}",
        f"- **Training:** `{command}`; {details['training']}",
        "- **Limits:** it knows this generator's twenty species and nothing else: no photograph, no "
        "other drawing. It has no class for \"no bird\".",
        "",
        "## Figures",
        "",
        "Of the file's own, rounded weights.",
        "",
        "| Pictures | Number | Accuracy |",
        "| --- | ---: | ---: |",
    ]
    lines += [f"| {what} | {r['pictures']} | {percent(r['accuracy'])} |" for what, r in reports.items()]
    lines += ["", "| Near pair | Part | Accuracy of both | Called the other |", "| --- | --- | ---: | ---: |"]
    for pair in main["near_pairs"]:
        names = " / ".join(pair["pair"])
        lines.append(f"| {names} | {pair['part']} | {percent(pair['accuracy'])} | {pair['confused']} of {pair['of']} |")
    lines += ["", "| Species | Accuracy |", "| --- | ---: |"]
    lines += [f"| {species} | {percent(share)} |" for species, share in main["species"].items()]
    return "\n".join(lines) + "\n"


def load_rounded(network, tensors):
    """Gives the network the stored values, so that what is measured is what was written."""
    state = {name: value.float() for name, value in tensors.items()}
    missing, unexpected = network.load_state_dict(state, strict=False)
    assert not unexpected and all(name.endswith("num_batches_tracked") for name in missing)
    return network.to(memory_format=torch.channels_last)
