"""Draws epsilon.png, maps over epsilon, and epsilon.svg, the trade-off.

    python docs/evaluation/epsilon.py COMMAND SEARCH TAGS

COMMAND is c3lrp; SEARCH the folder of the search in docs/evaluation.md; TAGS its JSON on the network of the tags.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).resolve().parent
MODELS = HERE.parents[1] / "www/public/models"
SHARES = [0.1, 0.25, 0.5, 1, 2, 4, 8]
BIRDS = [0, 8, 13]
SIDE, GAP, TITLE = 150, 6, 26


def maps(command):
    columns = [("ε = 1e-6", {"name": "c3-lrp"})]
    columns += [(f"{r} rms", {"name": "c3-lrp-calibrated", "epsilon": r}) for r in (0.1, 0.25, 0.5, 1, 4)]
    columns += [("LRP-εz⁺", {"name": "lrp-epsilon-plus"})]
    rows = [(kind, bird) for kind in ("birds-resnet50", "birds-resnet50-spurious") for bird in BIRDS]
    sheet = Image.new("RGB", ((len(columns) + 1) * (SIDE + GAP) + GAP, TITLE + len(rows) * (SIDE + GAP) + GAP), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.truetype("DejaVuSans.ttf", 14)
    for at, title in enumerate(["picture", *(title for title, _ in columns)]):
        draw.text((GAP + at * (SIDE + GAP) + SIDE / 2, TITLE / 2 + 2), title, font=font, fill="#222", anchor="mm")
    with tempfile.TemporaryDirectory() as folder:
        for row, (network, bird) in enumerate(rows):
            out = Path(folder) / network
            tags = ["--spurious"] if "spurious" in network else []
            run = [command, "birds", "--out", str(out), "--count", "20", "--seed", "7000000", *tags]
            if not out.exists():
                subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
            picture, found = out / f"bird-{bird:06}.png", Path(folder) / "map.png"
            for column in range(len(columns) + 1):
                file = picture
                if column > 0:
                    asked = ["--method", json.dumps(columns[column - 1][1]), "--filter", "none", "--fit", "whole"]
                    weights = str(MODELS / f"{network}.safetensors")
                    asked += ["--device", "cpu", "--heatmap", str(found)]
                    run = [command, "explain", str(picture), "--weights", weights, *asked]
                    subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
                    file = found
                tile = Image.open(file).convert("RGB").resize((SIDE, SIDE), Image.LANCZOS)
                sheet.paste(tile, (GAP + column * (SIDE + GAP), TITLE + GAP + row * (SIDE + GAP)))
    sheet.quantize(128).save(HERE / "epsilon.png", optimize=True)


def area(probabilities):
    return sum(a + b for a, b in zip(probabilities, probabilities[1:])) / 2 / (len(probabilities) - 1)


def trade_off(search, tags):
    """{name: a share for each of SHARES}."""
    lines = [json.loads(line) for line in (Path(search) / "records.jsonl").read_text().splitlines()]
    records = [line["measured"] for line in lines if "measured" in line]
    mean = lambda values: sum(values) / len(values)
    curves = {"ID, with C3": [], "mass on the bird": [], "mass on the deciding parts": [], "mass on the tag": []}
    tagged = {json.loads(one["method"]).get("epsilon"): one for one in json.loads(Path(tags).read_text())["maps"]}
    for share in SHARES:
        found = [r for r in records if r["method"].startswith("{") and json.loads(r["method"])["epsilon"] == share]
        by_filter = lambda name: [m for r in found for m in r["maps"] if m["filter"] == name]
        curves["ID, with C3"].append(mean([area(m["curves"][0][0]) - area(m["curves"][0][1]) for m in by_filter("c3")]))
        curves["mass on the bird"].append(mean([m["object"]["mass"] for m in by_filter("none")]))
        curves["mass on the deciding parts"].append(mean([m["deciding"]["mass"] for m in by_filter("none")]))
        curves["mass on the tag"].append(tagged[share]["tag"]["mass"])
    return curves


def svg(curves):
    width, height, left, top = 620, 330, 46, 16
    x = lambda at: left + at * (width - left - 210) / (len(SHARES) - 1)
    y = lambda share: top + (1 - share) * (height - top - 46)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13">']
    parts.append(f'<rect width="{width}" height="{height}" fill="#fff"/>')
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<path d="M{left} {y(share):.1f}H{x(len(SHARES) - 1):.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y(share) + 4:.1f}" text-anchor="end" fill="#555">{share:g}</text>')
    for at, share in enumerate(SHARES):
        parts.append(f'<text x="{x(at):.1f}" y="{height - 28}" text-anchor="middle" fill="#555">{share:g}</text>')
    parts.append(f'<text x="{x(3):.1f}" y="{height - 8}" text-anchor="middle" fill="#222">ε, as a share of each layer\'s root mean square</text>')
    colours = ["#0f766e", "#b45309", "#9f1239", "#1d4ed8"]
    for (name, values), colour in zip(curves.items(), colours):
        line = " ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in enumerate(values))
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for at, value in enumerate(values):
            parts.append(f'<circle cx="{x(at):.1f}" cy="{y(value):.1f}" r="3" fill="{colour}"/>')
        offset = {"mass on the bird": -5, "mass on the tag": 9}.get(name, 4)
        end = x(len(SHARES) - 1) + 10
        parts.append(f'<text x="{end:.1f}" y="{y(values[-1]) + offset:.1f}" fill="{colour}">{name}</text>')
    (HERE / "epsilon.svg").write_text("\n".join([*parts, "</svg>", ""]))


def main():
    command, search, tags = sys.argv[1:]
    maps(command)
    curves = trade_off(search, tags)
    for name, values in curves.items():
        print(f"| {name} |", " | ".join(f"{value:.3f}" for value in values), "|")
    svg(curves)


main()
