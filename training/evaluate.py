"""Accuracy of a network on a set of pictures: over all, per species, and within the near pairs."""

import torch
from torch.nn import functional as F

from pictures import normalised


@torch.inference_mode()
def logits_of(network, pictures, device, cropped=False, size=100):
    """Logits [n, classes] of whole pictures.

    `cropped`: of what remains of them where the engine is told to crop: enlarged from 224 to 256
    (bilinear), the centre 224 x 224 of that.
    """
    network.eval()
    result = []
    for start in range(0, len(pictures), size):
        batch, _ = pictures.take(range(start, min(start + size, len(pictures))))
        x = normalised(batch, device)
        if cropped:
            side = x.shape[-1]
            large = round(side * 256 / 224)
            at = (large - side) // 2
            x = F.interpolate(x, (large, large), mode="bilinear", antialias=True)
            x = x[:, :, at : at + side, at : at + side]
        result.append(network(x).float().cpu())
    return torch.cat(result)


def accuracy(logits, labels):
    return float((logits.argmax(1) == labels).double().mean())


def near_pairs(species):
    """Pairs of neighbours in the list that one part decides, the same for both."""
    pairs = []
    for a in range(len(species) - 1):
        deciding = species[a]["deciding"]
        if "+" not in deciding and species[a + 1]["deciding"] == deciding:
            pairs.append((a, a + 1))
    return pairs


def report(logits, labels, species):
    """Counts and shares, ready for JSON:

    accuracy; per species {name: share right}; confusion[i][j], pictures of species i called j; near
    pairs [{"pair", "part", "accuracy", "confused"}], `confused` being how many of both were called
    the other.
    """
    count = len(species)
    confusion = torch.zeros(count, count, dtype=torch.long)
    confusion.index_put_((labels, logits.argmax(1)), torch.tensor(1), accumulate=True)
    totals = confusion.sum(1)
    share = confusion.diagonal() / totals.clamp(min=1)
    pairs = []
    for a, b in near_pairs(species):
        right = int(confusion[a, a] + confusion[b, b])
        total = int(totals[a] + totals[b])
        pairs.append(
            {
                "pair": [species[a]["name"], species[b]["name"]],
                "part": species[a]["deciding"],
                "accuracy": right / max(total, 1),
                "confused": int(confusion[a, b] + confusion[b, a]),
                "of": total,
            }
        )
    return {
        "pictures": len(labels),
        "accuracy": accuracy(logits, labels),
        "species": {entry["name"]: float(share[i]) for i, entry in enumerate(species)},
        "near_pairs": pairs,
        "confusion": confusion.tolist(),
    }
