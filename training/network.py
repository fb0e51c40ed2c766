"""The networks: ResNet-50's topology at a quarter of its width, and the same with an attention branch.

Parameters have torchvision's names (`conv1.weight`, `layer1.0.bn1.running_mean`, …, `fc.bias`), those
of the attention branch begin with `attention.`.
"""

import torch
from torch import nn
from torchvision.models.resnet import Bottleneck

DEPTHS = (3, 4, 6, 3)
STEM = 16  # ResNet-50 has 64


def stage(inplanes, planes, depth, stride):
    """`depth` bottlenecks: [B, inplanes, H, W] -> [B, 4 planes, H / stride, W / stride].

    As in torchvision ("v1.5"), the stride sits in the first block's 3x3 convolution, and the first
    block projects its skip by a 1x1 convolution and BatchNorm.
    """
    blocks = []
    for index in range(depth):
        step, downsample = (stride if index == 0 else 1), None
        if index == 0:
            downsample = nn.Sequential(
                nn.Conv2d(inplanes, 4 * planes, 1, stride=step, bias=False),
                nn.BatchNorm2d(4 * planes),
            )
        blocks.append(Bottleneck(inplanes, planes, step, downsample))
        inplanes = 4 * planes
    return nn.Sequential(*blocks)


class ResNet(nn.Module):
    """torchvision's bottleneck ResNet with any stem width w.

    [B, 3, S, S] -> conv1, max-pool [B, w, S/4, S/4] -> layer1 [B, 4w, S/4, S/4] -> layer2
    [B, 8w, S/8, S/8] -> layer3 [B, 16w, S/16, S/16] -> layer4 [B, 32w, S/32, S/32] -> mean over
    places [B, 32w] -> logits [B, classes].
    """

    def __init__(self, classes, width=STEM, depths=DEPTHS):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.layer1 = stage(width, width, depths[0], 1)
        self.layer2 = stage(4 * width, 2 * width, depths[1], 2)
        self.layer3 = stage(8 * width, 4 * width, depths[2], 2)
        self.layer4 = stage(16 * width, 8 * width, depths[3], 2)
        self.fc = nn.Linear(32 * width, classes)
        initialise(self)

    def features(self, x):
        """Stage 3's output, [B, 16w, S/16, S/16]."""
        x = torch.relu(self.bn1(self.conv1(x)))
        x = nn.functional.max_pool2d(x, 3, stride=2, padding=1)
        return self.layer3(self.layer2(self.layer1(x)))

    def classify(self, x):
        """Logits [B, classes] of stage 3's output."""
        return self.fc(self.layer4(x).mean((2, 3)))

    def forward(self, x):
        return self.classify(self.features(x))

    def loss(self, x, labels, criterion):
        return criterion(self(x), labels)


class Attention(nn.Module):
    """The branch of an Attention Branch Network (Fukui et al., CVPR 2019), at h x w places:

        f [B, 16w, h, w] -> blocks (stride 1), bn [B, 32w, h, w]
        c = relu(classes_bn(classes(f)))      1x1, [B, classes, h, w]
        logits = mean over places of logits(c)      1x1, [B, classes]
        map    = sigmoid(map_bn(map(c)))            1x1, [B, 1, h, w]

    The authors have three blocks here; one keeps the branch at a fifth of the network's weights, and
    training in its time on a CPU.
    """

    def __init__(self, inplanes, planes, classes, depth=1):
        super().__init__()
        self.blocks = stage(inplanes, planes, depth, 1)
        self.bn = nn.BatchNorm2d(4 * planes)
        self.classes = nn.Conv2d(4 * planes, classes, 1, bias=False)
        self.classes_bn = nn.BatchNorm2d(classes)
        self.logits = nn.Conv2d(classes, classes, 1)
        self.map = nn.Conv2d(classes, 1, 1, bias=False)
        self.map_bn = nn.BatchNorm2d(1)

    def forward(self, features):
        """(logits of the branch [B, classes], attention map [B, 1, h, w] in (0, 1))."""
        c = torch.relu(self.classes_bn(self.classes(self.bn(self.blocks(features)))))
        return self.logits(c).mean((2, 3)), torch.sigmoid(self.map_bn(self.map(c)))


class ABN(ResNet):
    """The ResNet whose stage 4 sees f (1 + map), with the attention branch after stage 3."""

    def __init__(self, classes, width=STEM, depths=DEPTHS):
        super().__init__(classes, width, depths)
        self.attention = Attention(16 * width, 8 * width, classes)
        initialise(self.attention)

    def branches(self, x):
        """(logits, logits of the attention branch, attention map)."""
        features = self.features(x)
        attended, attention_map = self.attention(features)
        return self.classify(features * (1 + attention_map)), attended, attention_map

    def forward(self, x):
        return self.branches(x)[0]

    def loss(self, x, labels, criterion):
        """The sum of both branches' losses, as the authors have it."""
        logits, attended, _ = self.branches(x)
        return criterion(logits, labels) + criterion(attended, labels)


def initialise(network):
    """He's normal weights; each block's last BatchNorm starts at 0, so that it begins as its skip."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        if isinstance(module, Bottleneck):
            nn.init.zeros_(module.bn3.weight)
