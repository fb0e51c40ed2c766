"""Write `parts.json`: FunnyBirds' protocols on ten birds, by numpy and scipy.

    cargo build --release --features cli
    BLESS=1 cargo test --release --features cli --test engine parts_are_as_their_definitions
    pip install -r tests/reference/requirements.txt && python tests/reference/parts.py

Maps come from a formula, masks from the built `c3lrp birds`, the species' choices from the source of their table,
and the network's logits of birds without some of their parts from `parts-logits.json`, which the first command
writes: the scores alone are tested. They are written out here from the definitions of Hesse, Schaub-Meyer, Roth
(FunnyBirds, ICCV 2023), without the engine's economies. Run the first command again where a set of parts is missing.
"""

import json
import re
import tempfile
from itertools import combinations
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import maximum_filter
from scipy.stats import spearmanr

from generate import HERE, ROOT
from metrics import GENERATOR, SIDE, call, formula_map

PARTS = ("beak", "crest", "head", "breast", "wing", "tail", "legs", "body", "eye")
SPECIES = (0, 2, 3, 6, 7, 10, 13, 15, 17, 19)
FIRST_SEED = 8_100_000
THRESHOLDS = np.linspace(0.01, 0.50, 80)


def choices():
    """(name, {part: its source}) of every species, in the order of their labels."""
    source = re.sub(r"//.*", "", (ROOT / "src/birds/table.rs").read_text())

    def read(body, base):
        found = {}
        for part in PARTS:
            match = re.search(rf"\b{part}: ([A-Z]\w*\(.*?\)|[\w:]+),", body)
            found.update({part: match[1]} if match else {})
        return re.search(r'name: "(.*?)"', body)[1], {**base, **found}

    constants = {m[1]: read(m[2], {}) for m in re.finditer(r"const (\w+): Species = Species \{(.*?)\n\};", source, re.S)}
    table = source.split("static SPECIES")[1]
    species = []
    for match in re.finditer(r"Species \{(.*?)\.\.(\w+)\s*\}|^    (\w+),$", table, re.S | re.M):
        species.append(constants[match[3]] if match[3] else read(match[1], constants[match[2]][1]))
    assert len(species) == 20 and all(len(parts) == len(PARTS) for _, parts in species)
    return species


def scene(name, seed):
    """({part: mask}, [mask of each object]) of those that show."""
    with tempfile.TemporaryDirectory() as folder:
        call(GENERATOR, folder, 1, seed, SIDE, "--species", name)
        masks = {path.stem[12:]: np.asarray(Image.open(path)) > 0 for path in Path(folder, "masks").iterdir()}
    parts = {part: masks[part] for part in PARTS if part in masks}
    objects = {f"object {at}": masks[f"object-{at}"] for at in range(15) if f"object-{at}" in masks}
    return parts, objects


def central(number):
    """A map whose sum is positive, in the middle of the picture, where most birds are."""
    values = formula_map(number) if number % 2 else formula_map(number) + np.float32(0.125)
    inside = np.zeros_like(values)
    inside[48:176, 48:176] = values[48:176, 48:176]
    return inside


def importance(values, mask):
    return float(values[maximum_filter(mask, 5, mode="constant")].astype(np.float64).sum())


def key(parts):
    return "+".join(part for part in PARTS if part in parts)


def rivals(species, own):
    """The two classes of target sensitivity, each with the parts it shares with the bird; None where there are none."""
    mine = species[own][1]
    has = [part for part in PARTS if mine[part] != "NO_CREST"]
    shared = {at: {part for part in has if parts[part] == mine[part]} for at, (_, parts) in enumerate(species) if at != own}
    pairs = [(a, b) for a, b in combinations(shared, 2) if shared[a] and shared[b] and not shared[a] & shared[b]]
    if not pairs:
        return None
    size = lambda pair: sorted(len(shared[at]) for at in pair)
    a, b = max(pairs, key=lambda pair: (size(pair)[0], sum(size(pair))))  # the first of equals
    return [(a, shared[a]), (b, shared[b])]


def sufficient(species, own, shown):
    """Sets of parts that show, on all of which no other species is alike, without those that hold a smaller one."""
    found = []
    for size in range(1, len(shown) + 1):
        for chosen in combinations(shown, size):
            lone = not any(
                all(parts[part] == species[own][1][part] for part in chosen)
                for at, (_, parts) in enumerate(species)
                if at != own
            )
            if lone and not any(set(smaller) <= set(chosen) for smaller in found):
                found.append(chosen)
    return found


def scores(number, own, species, logits):
    parts, objects = scene(species[own][0], FIRST_SEED + number)
    # The values as stored, in float32.
    logits = {name: np.array(values, np.float32).astype(np.float64) for name, values in logits.items()}
    values = central(number)
    total = float(values.astype(np.float64).sum())
    things = {name: importance(values, mask) for name, mask in {**parts, **objects}.items()}
    whole = logits[""]
    loss = {name: whole[own] - logits[name][own] for name in things}
    irrelevant = {name for name in things if loss[name] < 0.05 * abs(whole[own])}
    sets = sufficient(species, own, list(parts)) if whole.argmax() == own else []

    checks = []
    for threshold in THRESHOLDS:
        important = {name for name, value in things.items() if value > threshold * total}
        kept = important & set(parts)
        alone = logits[key(set(PARTS) - kept)].argmax() == whole.argmax()
        changed = logits[key(kept)].argmax() != whole.argmax()
        held = max((len(set(one) & kept) / len(one) for one in sets), default=None)
        calm = 1 - len(irrelevant & important) / len(irrelevant) if irrelevant else None
        checks.append([float(alone), float(changed), held, calm])

    correlation = spearmanr([things[part] for part in parts], [loss[part] for part in parts]).statistic
    sensitivity, pair = None, rivals(species, own)
    if pair:
        (a, of_a), (b, of_b) = pair
        drop = lambda target, removed: whole[target] - logits[key(removed)][target]
        if drop(a, of_a) > drop(b, of_a) and drop(b, of_b) > drop(a, of_b):
            maps = [central(number + 20), central(number + 40)]
            in_a, in_b = ({part: importance(one, mask) for part, mask in parts.items()} for one in maps)
            more = lambda one, other, own_parts: sum(one.get(p, 0) for p in own_parts) > sum(other.get(p, 0) for p in own_parts)
            sensitivity = (more(in_a, in_b, of_a) + more(in_b, in_a, of_b)) / 2
    return {
        "importances": things,
        "sufficient": sorted(key(one) for one in sets),
        "rivals": pair and [[at, key(shared)] for at, shared in pair],
        "background": [len(irrelevant & set(objects)), len(objects)],
        "single_deletion": None if np.isnan(correlation) else float(correlation / 2 + 0.5),
        "target_sensitivity": sensitivity,
        "checks": checks,
    }


def main():
    species = choices()
    logits = json.loads((HERE / "parts-logits.json").read_text())
    found = [scores(number, own, species, logits[number]) for number, own in enumerate(SPECIES)]
    for number, bird in enumerate(found):
        mean = [np.mean([check[at] for check in bird["checks"] if check[at] is not None] or [np.nan]) for at in range(4)]
        print(number, np.round(mean, 3), bird["single_deletion"], bird["target_sensitivity"], bird["background"])
    path = HERE / "parts.json"
    path.write_text(json.dumps(found, separators=(",", ":")) + "\n")
    print(f"{path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
