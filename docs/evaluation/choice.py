"""Applies the rules of docs/evaluation.md, "Choosing again", to what `c3lrp evaluate` measured.

    python docs/evaluation/choice.py contrasts FOLDER   # rule 1: --against nearest, no filter
    python docs/evaluation/choice.py default FOLDER     # rule 2: with insertion and deletion
    python docs/evaluation/choice.py difference FOLDER METHOD FILTER METHOD FILTER   # of ID, the first map's less the second's

FOLDER holds records.jsonl, or one for each shard.
"""

import json
import random
import sys
from pathlib import Path

DEFAULT = ("lrp-epsilon-plus", "c3")
# They know nothing of the picture, and can't be chosen.
BASELINES = {"uniform", "gaussian"}
RESAMPLES = 2000


def area(probabilities):
    return sum(a + b for a, b in zip(probabilities, probabilities[1:])) / 2 / (len(probabilities) - 1)


def read(folder):
    """{(method, filter): {picture: {"id", "mass"}}}"""
    found = {}
    for file in sorted(Path(folder).glob("records*.jsonl")):
        for line in file.read_text().splitlines():
            record = json.loads(line).get("measured")
            for of in record["maps"] if record else []:
                curves = of.get("curves") or [[[0, 0], [0, 0]]]
                insertion, deletion = curves[0]
                scores = {"id": area(insertion) - area(deletion), "mass": (of.get("deciding") or {}).get("mass") or 0.0}
                found.setdefault((record["method"], of["filter"]), {})[record["picture"]] = scores
    return found


def mean(values):
    return sum(values) / len(values)


def difference(of, other, score):
    """The mean of the difference, paired by picture, and its 95 % interval."""
    pairs = [of[picture][score] - other[picture][score] for picture in sorted(of)]
    draws = random.Random(0)
    means = sorted(mean(draws.choices(pairs, k=len(pairs))) for _ in range(RESAMPLES))
    return mean(pairs), means[RESAMPLES // 40], means[-RESAMPLES // 40 - 1]


def ranked(found, names, score):
    """Best first: name, mean, and the interval of its difference to the best."""
    order = sorted(names, key=lambda name: -mean([scores[score] for scores in found[name].values()]))
    return [(name, mean([s[score] for s in found[name].values()]), difference(found[name], found[order[0]], score)) for name in order]


def show(rows, score):
    print(f"| method | filter | {score} | less the best one's, 95 % |\n| --- | --- | ---: | ---: |")
    for (method, of), value, (_, low, high) in rows:
        print(f"| {method} | {of} | {value:.3f} | [{low:+.3f}, {high:+.3f}] |")


def equals(rows):
    """Those whose interval holds 0, and the best one."""
    return [row for at, row in enumerate(rows) if at == 0 or row[2][2] >= 0]


def numbers(method):
    """How many numbers and rules a method sets beyond a preset."""
    options = json.loads(method) if method.startswith("{") else {}
    return sum(len(value) if isinstance(value, list) else 1 for key, value in options.items() if key != "name")


def main():
    rule, folder, *maps = sys.argv[1:]
    found = read(folder)
    print(f"{len(next(iter(found.values())))} pictures\n")
    if rule == "difference":
        print("%+.3f [%+.3f, %+.3f]" % difference(found[tuple(maps[:2])], found[tuple(maps[2:])], "id"))
        return
    found = {name: scores for name, scores in found.items() if name[0] not in BASELINES}
    if rule == "contrasts":
        rows = ranked(found, [name for name in found if name[1] == "none"], "mass")
        show(rows, "mass on the parts that differ")
        chosen = min(equals(rows), key=lambda row: (numbers(row[0][0]), -row[1]))
    else:
        rows = ranked(found, found, "id")
        show(rows, "ID")
        rows = ranked(found, [name for name, *_ in equals(rows)], "mass")
        print()
        show(rows, "mass on the deciding parts")
        chosen = next((row for row in equals(rows) if row[0] == DEFAULT), rows[0])
    print(f"\nchosen: {' with '.join(chosen[0])}")


main()
