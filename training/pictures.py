"""Pictures of birds: drawn by the generator into shards, read and augmented in batches.

A shard is a pair `NNNN.npy` (uint8 [n, side, side, 3]) and `NNNN.labels.npy` (int64 [n]). A shard is
written whole or not at all, so drawing goes on where it was broken off. Masks are not kept.

Sets differ in their seeds: a picture's seed is its set's first one plus its number, and the ranges
are disjoint as long as a set has fewer than a million pictures.
"""

import csv
import json
import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

SPECIES = 20
FIRST_SEED = {"train": 1_000_000, "validation": 2_000_000, "test": 3_000_000}
TAGS = ("none", "own", "wrong")
# ImageNet's, as the engine normalises every picture.
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


def species_table(generator):
    """The species in the order of their labels, as [{"name", "deciding"}], from a call for one each."""
    with tempfile.TemporaryDirectory() as folder:
        rows = call(generator, folder, SPECIES, 0, 96)
    assert [int(row["label"]) for row in rows] == list(range(SPECIES))
    return [{"name": row["species"], "deciding": row["deciding"]} for row in rows]


def call(generator, folder, count, seed, side, *options):
    """Runs the generator; the rows of its table."""
    command = [str(generator), "birds", "--out", str(folder), "--count", str(count)]
    command += ["--seed", str(seed), "--side", str(side), *options]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise SystemExit(f"The generator failed: {result.stderr.strip()}")
    with open(Path(folder) / "birds.csv", newline="", encoding="utf-8") as table:
        return list(csv.DictReader(table))


def tag_options(tag, number, names):
    """The generator's options for a shard.

    Wrong tags: shard k plants the tag of species k mod 20 on birds of all others, taken in turn from
    the next one on. With 100 pictures a shard, 20 shards show every species exactly 100 times.
    """
    if tag == "none":
        return []
    if tag == "own":
        return ["--spurious"]
    at = number % SPECIES
    others = [names[(at + step) % SPECIES] for step in range(1, SPECIES)]
    return ["--tag", names[at], "--species", ",".join(others)]


def draw(generator, root, part, count, side, tag="none", cores=None):
    """Draws a set (where shards are missing) and returns its folder; `tag` is one of TAGS."""
    folder = Path(root) / f"{part}-{tag}-{side}"
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / "species.json"
    if not table.exists():
        write_whole(table, lambda file: file.write(json.dumps(species_table(generator)).encode()))
    names = [species["name"] for species in json.loads(table.read_text("utf-8"))]
    size = 100 if tag == "wrong" else 500
    sizes = [min(size, count - start) for start in range(0, count, size)]

    def shard(number):
        pixels, labels = folder / f"{number:04}.npy", folder / f"{number:04}.labels.npy"
        if pixels.exists() and len(np.load(pixels, mmap_mode="r")) >= sizes[number]:
            return False
        seed = FIRST_SEED[part] + number * size
        with tempfile.TemporaryDirectory() as out:
            options = tag_options(tag, number, names)
            rows = call(generator, out, sizes[number], seed, side, *options)
            pictures = [np.asarray(Image.open(Path(out) / row["file"]).convert("RGB")) for row in rows]
        labels_of = np.array([int(row["label"]) for row in rows], dtype=np.int64)
        # The pixels come last: a shard is as long as they are.
        write_whole(labels, lambda file: np.save(file, labels_of))
        write_whole(pixels, lambda file: np.save(file, np.stack(pictures)))
        return True

    with ThreadPoolExecutor(cores or os.cpu_count()) as pool:
        drawn = sum(pool.map(shard, range(len(sizes))))
    print(f"{folder.name}: {count} pictures, {drawn} of {len(sizes)} shards drawn", flush=True)
    return folder


def write_whole(path, write):
    """Writes a file beside its place and moves it there."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")  # trainings may draw the same set at once
    with open(part, "wb") as file:
        write(file)
    part.replace(path)


class Pictures:
    """The first `count` pictures of a set, on disk until they are asked for."""

    def __init__(self, folder, count):
        files = sorted(path for path in Path(folder).glob("*.npy") if ".labels" not in path.name)
        self.shards = [np.load(path, mmap_mode="r") for path in files]
        labels = [np.load(path.with_name(path.stem + ".labels.npy")) for path in files]
        labels = [of[: len(shard)] for of, shard in zip(labels, self.shards)]
        self.labels = torch.from_numpy(np.concatenate(labels)[:count])
        ends = np.cumsum([len(shard) for shard in self.shards])
        starts = ends - [len(shard) for shard in self.shards]
        self.where = [(s, i - starts[s]) for s in range(len(ends)) for i in range(starts[s], ends[s])]
        self.where = self.where[:count]

    def __len__(self):
        return len(self.where)

    def take(self, indices):
        """(uint8 [B, side, side, 3], labels [B])."""
        pictures = [self.shards[s][i] for s, i in (self.where[index] for index in indices)]
        return torch.from_numpy(np.stack(pictures)), self.labels[list(indices)]

    def batch(self, step, size, seed):
        """Batch number `step` of an endless sequence of shuffled passes: the seed decides all."""
        passes, at = divmod(step, len(self) // size)
        order = torch.randperm(len(self), generator=generator_of(seed, passes))
        return self.take(order[at * size : (at + 1) * size].tolist())

    def batches(self, first, size, seed):
        """Batches from number `first` on, the next one read by a thread while one is worked on."""
        with ThreadPoolExecutor(1) as pool:
            step = first
            coming = pool.submit(self.batch, step, size, seed)
            while True:
                now, step = coming.result(), step + 1
                coming = pool.submit(self.batch, step, size, seed)
                yield now


def generator_of(seed, number):
    """A generator for random numbers that depend on nothing but these two."""
    return torch.Generator().manual_seed((seed << 32) + number)


def normalised(pictures, device):
    """uint8 [B, H, W, 3] -> float [B, 3, H, W], (x / 255 - mean) / std, channels last in memory."""
    x = pictures.to(device, non_blocking=True).permute(0, 3, 1, 2).float() / 255
    mean, std = (torch.tensor(v, device=device).view(1, 3, 1, 1) for v in (MEAN, STD))
    return (x - mean) / std


def augmented(pictures, device, side, random, zoom, flip, hidden=0.0):
    """A batch for training, normalised, [B, 3, side, side].

    Three pictures in four show a window of side s in [zoom, 1] at a random place, one in four is
    whole; `flip` mirrors every other one (where tags are planted it must not: a mirrored tag is
    another species' own). Then x <- c (x - m) + m + b with contrast c in [0.85, 1.15], brightness b
    in [-0.1, 0.1] and m the picture's mean, in units of the full range. A share `hidden` of the
    pictures shows the mean colour where tags never are: in the middle, 14 to 86 % of each side.
    """
    x = normalised(pictures, device)
    if hidden:
        first, last = round(0.14 * x.shape[-1]), round(0.86 * x.shape[-1])
        x[: round(hidden * len(x)), :, first:last, first:last] = 0
    if x.shape[-1] != side:
        x = F.interpolate(x, (side, side), mode="bilinear", antialias=True)
    u = torch.rand(7, len(x), generator=random)
    s = torch.where(u[0] < 0.25, 1.0, zoom + (1 - zoom) * u[1])
    theta = torch.zeros(len(x), 2, 3)
    theta[:, 0, 0] = torch.where(u[2] < 0.5, -s, s) if flip else s
    theta[:, 1, 1] = s
    theta[:, :, 2] = ((2 * u[3:5] - 1) * (1 - s)).T  # the window stays in the picture
    grid = F.affine_grid(theta.to(device), list(x.shape), align_corners=False)
    x = F.grid_sample(x, grid, padding_mode="border", align_corners=False)
    contrast = (0.85 + 0.3 * u[5]).view(-1, 1, 1, 1).to(device)
    brightness = (0.2 * u[6] - 0.1).view(-1, 1, 1, 1).to(device) / torch.tensor(STD, device=device).view(1, 3, 1, 1)
    mean = x.mean((2, 3), keepdim=True)
    return (contrast * (x - mean) + mean + brightness).contiguous(memory_format=torch.channels_last)
