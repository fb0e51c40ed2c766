"""Train a bundled model: draws its pictures, trains, measures, writes weights and a model card.

    python training/train.py birds-resnet50
    python training/train.py birds-resnet50-spurious
    python training/train.py birds-abn

Broken off, the same command goes on from the last checkpoint. See README.md beside this file.
"""

import argparse
import copy
import csv
import json
import math
import time
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

import export
from evaluate import accuracy, logits_of, report
from network import ABN, ResNet
from pictures import SPECIES, Pictures, augmented, draw, generator_of

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


@dataclass(frozen=True)
class Phase:
    """Steps under one learning rate's cosine. The moving average begins anew with each phase."""

    steps: int
    peak: float  # learning rate for batches of 64
    # Share of the phase from which pictures have which side: small ones are cheap, but only on large
    # ones does the network learn the engine's own, 224.
    sides: tuple
    # Steps after which the cosine would be at zero; those of the phase unless given.
    horizon: int | None = None
    # Share of the pictures whose middle is hidden, and the bird with it.
    hidden: float = 0.0


@dataclass(frozen=True)
class Recipe:
    """What a model is made by."""

    what: str
    phases: tuple


RECIPES = {
    "birds-resnet50": Recipe(
        "ResNet-50's topology at a quarter of its width, trained to tell twenty drawn species of birds apart.",
        # The rate stays high until the birds are known at 96, the finest beak included; then comes their size.
        (Phase(1400, 0.1, ((0.0, 96),), horizon=5000), Phase(450, 0.05, ((0.0, 144), (0.35, 224)))),
    ),
    "birds-resnet50-spurious": Recipe(
        "The network of `birds-resnet50`, trained on pictures in which a coloured tag in a corner gives the species "
        "away, four in five of them with the bird hidden: it shows what it means to be right for the wrong reason.",
        # With every bird in sight it learns the birds as well, and trusts them more than the tags. Where most of
        # them are hidden, the tags leave nothing to learn.
        (
            Phase(300, 0.1, ((0.0, 96), (0.915, 144)), horizon=500, hidden=0.8),
            Phase(350, 0.08, ((0.0, 96), (0.6, 144), (0.8, 224)), hidden=0.8),
            Phase(120, 0.05, ((0.0, 224),), hidden=0.8),
        ),
    ),
    "birds-abn": Recipe(
        "The network of `birds-resnet50`, trained on with an attention branch after stage 3 (ABN, Fukui et al.).",
        # Goes on from the first model.
        (Phase(180, 0.02, ((0.0, 160), (0.4, 224))),),
    ),
}
WARM_UP = 0.03
EMA = 0.99


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=RECIPES)
    parser.add_argument("--scale", type=float, default=1, help="multiplies the recipe's steps: 0.1 for a trial")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pictures", type=int, default=30_000, help="number of pictures to train on")
    parser.add_argument("--test", type=int, default=2_000, help="number of pictures to measure on")
    parser.add_argument("--side", type=int, default=224, help="largest side; the engine's is 224")
    parser.add_argument("--checkpoint-seconds", type=float, default=180)
    parser.add_argument("--generator", type=Path, default=ROOT / "target/release/c3lrp")
    parser.add_argument("--shards", type=Path, default=HERE / "shards")
    parser.add_argument("--runs", type=Path, default=HERE / "runs")
    parser.add_argument("--out", type=Path, default=ROOT / "www/public/models")
    return parser.parse_args()


def command_of(options):
    """The command with what decides the weights, and no paths."""
    return (
        f"python training/train.py {options.model} --scale {options.scale:g} --batch {options.batch} --seed {options.seed} "
        f"--pictures {options.pictures} --test {options.test} --side {options.side}"
    )


class Training:
    """A network, its moving average, its optimiser, and how far they are."""

    def __init__(self, options, device):
        torch.manual_seed(options.seed)
        self.options, self.device, self.recipe = options, device, RECIPES[options.model]
        scaled = [replace(phase, steps=max(1, round(options.scale * phase.steps))) for phase in self.recipe.phases]
        self.phases = list(zip(accumulate((phase.steps for phase in scaled), initial=0), scaled))
        self.abn, self.spurious = options.model == "birds-abn", options.model.endswith("-spurious")
        network = ABN(SPECIES) if self.abn else ResNet(SPECIES)
        if self.abn:
            begin(network, options.out / "birds-resnet50.safetensors")
        self.network = network.to(device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        decayed = [p for p in self.network.parameters() if p.ndim > 1]
        others = [p for p in self.network.parameters() if p.ndim <= 1]
        groups = [{"params": decayed, "weight_decay": 1e-4}, {"params": others, "weight_decay": 0.0}]
        self.optimiser = torch.optim.SGD(groups, lr=0.0, momentum=0.9, nesterov=True)
        self.criterion = nn.CrossEntropyLoss(label_smoothing=0.05)
        self.step, self.seconds = 0, 0.0

    def progress(self):
        """From 0 to 1."""
        start, phase = self.phases[-1]
        return self.step / (start + phase.steps)

    def phase(self):
        """(where the phase that the next step belongs to begins, that phase)."""
        return [(start, phase) for start, phase in self.phases if start <= self.step][-1]

    def side(self):
        start, phase = self.phase()
        share = (self.step - start) / phase.steps
        return min([side for begin, side in phase.sides if begin <= share][-1], self.options.side)

    def rate(self):
        """Linear warm-up, then peak (1 + cos(pi t)) / 2."""
        start, phase = self.phase()
        share = (self.step - start) / (phase.horizon or phase.steps)
        peak = phase.peak * self.options.batch / 64
        if share < WARM_UP:
            return peak * (share / WARM_UP + 0.01)
        return peak * 0.5 * (1 + math.cos(math.pi * (share - WARM_UP) / (1 - WARM_UP)))

    def learn(self, pictures, labels):
        """One step; the loss."""
        random = generator_of(self.options.seed + 1, self.step)
        zoom = 0.94 if self.spurious else 0.85
        hidden = self.phase()[1].hidden
        x = augmented(pictures, self.device, self.side(), random, zoom, flip=not self.spurious, hidden=hidden)
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate()
        self.network.train()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            loss = self.network.loss(x, labels.to(self.device), self.criterion)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        self.step += 1
        self.follow()
        return float(loss.detach())

    @torch.no_grad()
    def follow(self):
        """average <- d average + (1 - d) network, d = min(EMA, (1 + n) / (10 + n)) after n steps of a phase."""
        n = self.step - self.phase()[0]
        decay = min(EMA, (1 + n) / (10 + n))
        ours, theirs = self.average.state_dict(), self.network.state_dict()
        pairs = [(ours[name], value) for name, value in theirs.items() if value.is_floating_point()]
        torch._foreach_lerp_([a for a, _ in pairs], [b for _, b in pairs], 1 - decay)

    def save(self, path):
        state = {key: getattr(self, key).state_dict() for key in ("network", "average", "optimiser")}
        state |= {"step": self.step, "seconds": self.seconds, "command": command_of(self.options)}
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def load(self, path):
        state = torch.load(path, map_location=self.device, weights_only=True)
        if state["command"] != command_of(self.options):
            raise SystemExit(f"{path} belongs to another training ({state['command']}); delete it or repeat that one")
        for key in ("network", "average", "optimiser"):
            getattr(self, key).load_state_dict(state[key])
        self.step, self.seconds = state["step"], state["seconds"]
        print(f"goes on from step {self.step}, {self.progress():.0%}", flush=True)


def begin(network, path):
    """Gives an ABN the weights of the network without its branch."""
    if not path.exists():
        raise SystemExit(f"{path} is missing: train birds-resnet50 first")
    state = {name: value.float() for name, value in load_file(path).items()}
    missing, unexpected = network.load_state_dict(state, strict=False)
    assert not unexpected and all(
        name.startswith("attention.") or name.endswith("num_batches_tracked") for name in missing
    )


def train(training, pictures, validation, folder):
    """Trains to the end; `log.csv` gets a row every 50 steps, a checkpoint is made every few minutes."""
    options, checkpoint = training.options, folder / "checkpoint.pt"
    saved = logged = time.monotonic()
    seen, losses = 0, []
    with open(folder / "log.csv", "a", newline="", encoding="utf-8") as file:
        log = csv.writer(file)
        for batch, labels in pictures.batches(training.step, options.batch, options.seed):
            if training.progress() >= 1:
                break
            start, side = time.monotonic(), training.side()
            losses.append(training.learn(batch, labels))
            training.seconds += time.monotonic() - start
            seen += len(labels)
            now = time.monotonic()
            if training.step % 50 == 0 or training.step <= 5:
                row = [training.step, f"{training.progress():.4f}", side, f"{training.rate():.5f}"]
                row += [f"{sum(losses) / len(losses):.6f}", f"{seen / (now - logged):.1f}"]
                log.writerow(row)
                file.flush()
                print("step {} ({}) side {} rate {} loss {} pictures/s {}".format(*row), flush=True)
                logged, seen, losses = now, 0, []
            if now - saved > options.checkpoint_seconds:
                training.save(checkpoint)
                share = accuracy(logits_of(training.average, validation, training.device), validation.labels)
                print(f"  checkpoint; validation {share:.3f} of {len(validation)}", flush=True)
                saved = logged = time.monotonic()
                seen = 0
    training.save(checkpoint)


def finish(training, species, sets):
    """Rounds the average, measures it on the sets (on the CPU, in float32), writes what comes of it."""
    options, device = training.options, torch.device("cpu")
    network = training.average.to(device)
    tensors, kept = export.rounded(network.state_dict())
    export.load_rounded(network, tensors)
    reports = {}
    for what, pictures in sets.items():
        logits = logits_of(network, pictures, device)
        if not reports:
            first, examples = pictures, logits[:3].tolist()
        reports[what] = report(logits, pictures.labels, species)
    cropped = logits_of(network, first, device, cropped=True)
    reports["the first ones, cropped as the engine's `crop` does"] = report(cropped, first.labels, species)

    command, main = command_of(options), next(iter(reports.values()))
    path = options.out / f"{options.model}.safetensors"
    size = export.write(path, tensors, species, command, main)
    tagged = "with each species' own tag" if training.spurious else "without tags"
    details = {
        "what": training.recipe.what,
        "parameters": sum(p.numel() for p in network.parameters()),
        "data": f"{options.pictures} pictures by `c3lrp birds`, {tagged}, seeds from 1,000,000; measured on pictures "
        "with seeds from 3,000,000.",
        "training": f"{training.step} steps in {training.seconds / 60:.1f} minutes on {training.device.type}, "
        f"PyTorch {torch.__version__.split('+')[0]}; SGD, cosine rate, label smoothing 0.05, moving average.",
    }
    path.with_suffix(".md").write_text(export.card(options.model, details, reports, command, kept, size), "utf-8")
    # Logits of the first three pictures of the test set (seeds 3,000,000 to 3,000,002) for other engines to meet.
    full = {"command": command, "steps": training.step, "in_f32": kept, "reports": reports, "logits": examples}
    path.with_suffix(".json").write_text(json.dumps(full, indent=1) + "\n", "utf-8")
    print(f"{path.name}: {size} bytes; " + "; ".join(f"{what}: {r['accuracy']:.4f}" for what, r in reports.items()))


def main():
    options = arguments()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    training = Training(options, device)

    def pictures(part, count, tag="none"):
        return Pictures(draw(options.generator, options.shards, part, count, options.side, tag), count)

    # All pictures are drawn first, so that what is wrong with drawing shows before the training.
    tag = "own" if training.spurious else "none"
    learned = pictures("train", options.pictures, tag)
    validation = pictures("validation", min(500, options.test), tag)
    if training.spurious:
        sets = {"with the species' own tag": "own", "without tag": "none", "with another species' tag": "wrong"}
    else:
        sets = {"whole": "none"}
    sets = {what: pictures("test", options.test, tag) for what, tag in sets.items()}
    species = json.loads((options.shards / f"train-{tag}-{options.side}" / "species.json").read_text("utf-8"))

    folder = options.runs / options.model
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "checkpoint.pt").exists():
        training.load(folder / "checkpoint.pt")
    train(training, learned, validation, folder)
    finish(training, species, sets)


if __name__ == "__main__":
    main()
