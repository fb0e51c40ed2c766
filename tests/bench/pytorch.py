"""PyTorch's side of `native.mjs`: python pytorch.py WEIGHTS THREADS cpu|cuda

Each line that comes in is a picture's number; the answer is how long the forward pass took, and how long the
forward pass with the gradient of the largest logit at the picture. The network is torchvision's ResNet in
evaluation mode, eager; its weights need no gradient, so that autograd computes the picture's alone.
"""

import json
import sys
import time

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional


class Bottleneck(nn.Module):
    def __init__(self, inputs: int, width: int, outputs: int, stride: int, projected: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        skip = [nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)]
        self.downsample = nn.Sequential(*skip) if projected else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = functional.relu(self.bn1(self.conv1(x)), inplace=True)
        y = functional.relu(self.bn2(self.conv2(y)), inplace=True)
        y = self.bn3(self.conv3(y))
        y += x if self.downsample is None else self.downsample(x)
        return functional.relu(y, inplace=True)


class ResNet(nn.Module):
    def __init__(self, weights: dict[str, torch.Tensor]) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, weights["conv1.weight"].shape[0], 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(self.conv1.out_channels)
        for stage in range(1, 5):
            blocks: list[nn.Module] = []
            while f"layer{stage}.{len(blocks)}.conv1.weight" in weights:
                name = f"layer{stage}.{len(blocks)}"
                width, inputs = weights[f"{name}.conv1.weight"].shape[:2]
                outputs = weights[f"{name}.conv3.weight"].shape[0]
                stride = 2 if stage > 1 and not blocks else 1
                blocks.append(Bottleneck(inputs, width, outputs, stride, f"{name}.downsample.0.weight" in weights))
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
        self.fc = nn.Linear(*reversed(weights["fc.weight"].shape))
        self.load_state_dict(weights, strict=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.relu(self.bn1(self.conv1(x)), inplace=True)
        x = functional.max_pool2d(x, 3, 2, 1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


def picture(number: int) -> torch.Tensor:
    """As in `runtimes.mjs` and `native.rs`."""
    i = np.arange(3 * 224 * 224, dtype=np.float64)
    values = np.sin(i * 0.37 + number) + 0.5 * np.cos(i * 0.011)
    return torch.from_numpy(values.astype(np.float32).reshape(1, 3, 224, 224))


_, weights, threads, device = sys.argv
torch.set_num_threads(int(threads))
network = ResNet(load_file(weights)).eval().requires_grad_(False).to(device)
print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    # From the picture in memory to the answer in memory, as ours.
    x = picture(int(line))
    begin = time.perf_counter()
    with torch.inference_mode():
        logits = network(x.to(device)).cpu()
    forward = time.perf_counter() - begin

    begin = time.perf_counter()
    pixels = x.to(device, copy=True).requires_grad_(True)
    network(pixels)[0].max().backward()
    pixels.grad.cpu()
    gradient = time.perf_counter() - begin
    answer = {"forward": forward * 1e3, "gradient": gradient * 1e3, "largest": logits.max().item()}
    print(json.dumps(answer), flush=True)
