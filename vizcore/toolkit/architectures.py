"""The bundled networks, layer by layer.

Every step is a leaf module with a name of its own, registered in the order in which it runs, so that all of
them can be listed and looked into: each ReLU, the flattening and the residual sum too.
"""

from collections import OrderedDict
from collections.abc import Iterator

from torch import Tensor, nn

from vizcore.toolkit.modules import Add, Concat


def lenet5(classes: int = 10) -> nn.Sequential:
    """LeNet-5 in its modern variant: (N, 1, 32, 32) -> (N, classes), 61,706 parameters for ten.

    Layer sizes of LeCun et al. 1998, "Gradient-based learning applied to document recognition"; what differs
    is usual today: ReLU for tanh, max pooling for averages with weights, every map of the second convolution
    sees all six maps of the first, and a linear last layer with softmax for radial basis functions.
    """
    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(1, 6, 5),
            relu1=nn.ReLU(),
            pool1=nn.MaxPool2d(2),
            conv2=nn.Conv2d(6, 16, 5),
            relu2=nn.ReLU(),
            pool2=nn.MaxPool2d(2),
            flatten=nn.Flatten(),
            fc1=nn.Linear(16 * 5 * 5, 120),
            relu3=nn.ReLU(),
            fc2=nn.Linear(120, 84),
            relu4=nn.ReLU(),
            fc3=nn.Linear(84, classes),
        )
    )


def tiny_vgg(classes: int = 10) -> nn.Sequential:
    """A small VGG: (N, 3, 64, 64) -> (N, classes), four blocks of two 3x3 convolutions and a max pooling.

    After Simonyan & Zisserman 2014, arXiv:1409.1556: small filters in pairs, more maps as they shrink.
    """

    def blocks() -> Iterator[tuple[str, nn.Module]]:
        channels = 3
        for block, width in enumerate((16, 32, 64, 64), start=1):
            for step in (1, 2):
                yield f"conv{block}_{step}", nn.Conv2d(channels, width, 3, padding=1)
                yield f"relu{block}_{step}", nn.ReLU()
                channels = width
            yield f"pool{block}", nn.MaxPool2d(2)
        yield "flatten", nn.Flatten()
        yield "fc", nn.Linear(channels * 4 * 4, classes)

    return nn.Sequential(OrderedDict(blocks()))


def small_resnet(classes: int = 10) -> nn.Sequential:
    """A small ResNet: (N, 3, 64, 64) -> (N, classes), a stem and three stages of two basic blocks.

    After He et al. 2015, arXiv:1512.03385: the 7x7 stem of the large networks, the widths of the small ones.
    """
    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(3, 16, 7, stride=2, padding=3, bias=False),
            bn1=nn.BatchNorm2d(16),
            relu1=nn.ReLU(),
            stage1=nn.Sequential(Block(16, 16), Block(16, 16)),
            stage2=nn.Sequential(Block(16, 32), Block(32, 32)),
            stage3=nn.Sequential(Block(32, 64), Block(64, 64)),
            pool=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
            fc=nn.Linear(64, classes),
        )
    )


class SmallUNet(nn.Module):
    """A small U-Net: (N, 3, H, W) -> (N, classes, H, W); H and W are multiples of 8.

    After Ronneberger, Fischer & Brox 2015, arXiv:1505.04597: the way down says what there is, the way up
    where, with the maps of the way down beside it. Repeated values and a convolution stand for the transposed
    convolutions, which leave a chequerboard (Odena, Dumoulin & Olah 2016, doi:10.23915/distill.00003).
    """

    def __init__(self, classes: int = 11) -> None:
        super().__init__()
        self.down1, self.pool1 = _convolutions(3, 8, 8), nn.MaxPool2d(2)
        self.down2, self.pool2 = _convolutions(8, 16, 16), nn.MaxPool2d(2)
        self.down3, self.pool3 = _convolutions(16, 32, 32), nn.MaxPool2d(2)
        self.bottom = _convolutions(32, 64, 64)
        self.up3, self.up2, self.up1 = Up(64, 32), Up(32, 16), Up(16, 8)
        self.head = nn.Conv2d(8, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) -> (N, classes, H, W), the logits of every pixel."""
        first = self.down1(x)
        second = self.down2(self.pool1(first))
        third = self.down3(self.pool2(second))
        bottom = self.bottom(self.pool3(third))
        return self.head(self.up1(self.up2(self.up3(bottom, third), second), first))


class Up(nn.Module):
    """Twice as many rows and columns, the maps of the way down beside them, and one convolution."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.upsample = nn.Upsample(scale_factor=2)
        self.concat = Concat()
        self.convolution = _convolutions(channels + width, width)

    def forward(self, below: Tensor, beside: Tensor) -> Tensor:
        """(N, channels, H, W) and (N, width, 2 H, 2 W) -> (N, width, 2 H, 2 W)."""
        return self.convolution(self.concat(self.upsample(below), beside))


def _convolutions(channels: int, *widths: int) -> nn.Sequential:
    """3x3 convolutions, each with batch norm and a ReLU."""

    def layers() -> Iterator[tuple[str, nn.Module]]:
        before = channels
        for step, width in enumerate(widths, start=1):
            yield f"conv{step}", nn.Conv2d(before, width, 3, padding=1, bias=False)
            yield f"bn{step}", nn.BatchNorm2d(width)
            yield f"relu{step}", nn.ReLU()
            before = width

    return nn.Sequential(OrderedDict(layers()))


class Block(nn.Module):
    """Two 3x3 convolutions and a shortcut around them; halves height and width when the width grows."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        stride = 1 if channels == width else 2
        self.conv1 = nn.Conv2d(channels, width, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.shortcut: nn.Module | None = None
        if stride > 1:
            project = nn.Conv2d(channels, width, 1, stride=stride, bias=False)
            self.shortcut = nn.Sequential(OrderedDict(conv=project, bn=nn.BatchNorm2d(width)))
        self.add = Add()
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) -> (N, width, H / stride, W / stride)."""
        residual = self.relu1(self.bn1(self.conv1(x)))
        residual = self.bn2(self.conv2(residual))
        shortcut = x if self.shortcut is None else self.shortcut(x)
        return self.relu2(self.add(residual, shortcut))
