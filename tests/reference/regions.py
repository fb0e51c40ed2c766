"""Write `regions.json`: boxes around what stands out in maps, by numpy and scipy.

    pip install -r tests/reference/requirements.txt && python tests/reference/regions.py

Maps and masks come from a formula. A map's largest region is what hangs together above a fifth of its largest value
(Zhou et al., CVPR 2016). MaxBoxAcc and MaxBoxAccV2 are written out from the definitions of Choe et al. (CVPR 2020,
TPAMI 2022), level by level, with scipy's components in place of OpenCV's contours, and boxes of whole pixels.
"""

import json
from pathlib import Path

import numpy as np
from scipy.ndimage import label

HERE = Path(__file__).parent
WIDTH, HEIGHT, BLOCK, MAPS = 48, 36, 6, 8
OVERLAPS = (0.3, 0.5, 0.7)
EIGHT = np.ones((3, 3))


def unit(name, index):
    """Values in [-1, 1), as `generate.py` has them."""

    def mix(x):
        x = (x ^ (x >> 16)) * 0x85EBCA6B % 2**32
        x = (x ^ (x >> 13)) * 0xC2B2AE35 % 2**32
        return x ^ (x >> 16)

    seed = 0x811C9DC5
    for byte in name.encode():
        seed = (seed ^ byte) * 0x01000193 % 2**32
    return np.float32((mix(seed ^ mix(index)) >> 8) / 2**23 - 1)


def formula_map(number):
    """[HEIGHT, WIDTH] in float32; every other one is 0 where its formula is negative, as a filtered map is."""
    values = np.empty((HEIGHT, WIDTH), np.float32)
    for y in range(HEIGHT):
        for x in range(WIDTH):
            coarse = unit(f"region {number}", y // BLOCK * 64 + x // BLOCK)
            value = coarse + unit(f"region fine {number}", y * WIDTH + x) / np.float32(8)
            values[y, x] = value if number % 2 == 0 else max(value, np.float32(0))
    return values


def formula_mask(number):
    """[HEIGHT, WIDTH]: an ellipse."""
    y, x = np.indices((HEIGHT, WIDTH))
    left, top = 8 + 3 * number, 26 - 2 * number
    return 4 * (x - left) ** 2 + 9 * (y - top) ** 2 < 900 + 60 * number


def box_of(mask):
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return [int(columns[0]), int(rows[0]), int(columns[-1] + 1 - columns[0]), int(rows[-1] + 1 - rows[0])]


def box_iou(one, other):
    (x, y, w, h), (a, b, c, d) = one, other
    both = max(0, min(x + w, a + c) - max(x, a)) * max(0, min(y + h, b + d) - max(y, b))
    return both / (w * h + c * d - both)


def components(standing):
    """Masks, in the order of their first pixels."""
    labels, count = label(standing, EIGHT)
    found = [labels == number for number in range(1, count + 1)]
    return sorted(found, key=lambda mask: int(np.flatnonzero(mask)[0]))


def largest(masks):
    """The first of the largest."""
    return max(masks, key=lambda mask: int(mask.sum()))


def region(values, mask):
    found = largest(components(values > values.max() * np.float32(0.2)))
    return {
        "box": box_of(found),
        "area": int(found.sum()),
        "first": int(np.flatnonzero(found)[0]),
        "maskIou": int((found & mask).sum()) / int((found | mask).sum()),
        "boxIou": box_iou(box_of(found), box_of(mask)),
    }


def levels(values, mask):
    """At each level: of the largest component's box, and of the best one's."""
    steps = values.astype(np.float64)
    steps = np.floor((steps - steps.min()) / (steps.max() - steps.min()) * 255)
    rows = []
    for level in range(255):
        found = components(steps > level)
        ious = [box_iou(box_of(component), box_of(mask)) for component in found]
        rows.append((box_iou(box_of(largest(found)), box_of(mask)), max(ious)))
    return np.array(rows)


def main():
    maps, all_levels = [], []
    for number in range(MAPS):
        values, mask = formula_map(number), formula_mask(number)
        all_levels.append(levels(values, mask))
        maps.append({**region(values, mask), "largest": all_levels[-1][:, 0].tolist(), "best": all_levels[-1][:, 1].tolist()})
    all_levels = np.array(all_levels)
    right = [float((all_levels[:, :, 1] >= overlap).mean(0).max()) for overlap in OVERLAPS]
    found = {
        "maps": maps,
        "right": right,
        "maxBoxAcc": float((all_levels[:, :, 0] >= 0.5).mean(0).max()),
    }
    path = HERE / "regions.json"
    path.write_text(json.dumps(found) + "\n")
    print(f"{path.stat().st_size} bytes, right {right}, MaxBoxAcc {found['maxBoxAcc']}")


if __name__ == "__main__":
    main()
