r"""A network that is a picture: it learns the colour at every place, with sines or with ReLUs.

The network takes a place in $[-1, 1]^2$ and gives its colour. With ReLUs it learns coarse shapes quickly and
fine detail hardly ever; with layers $\sin(\omega_0 (W x + b))$ it learns both (SIREN: Sitzmann et al. 2020,
*Implicit neural representations with periodic activation functions*, arXiv:2006.09661). What makes it work is
how weights start: $U(-1/n, 1/n)$ in the first layer and $U(-\sqrt{6/n}/\omega_0, \sqrt{6/n}/\omega_0)$ in the
others, which keeps $\omega_0 W x$ at variance 1 in all of these; the bias only shifts the phase.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.images import Image
from vizcore.toolkit.parameters import check_seed

KINDS = ("siren", "relu")
MAX_PIXELS = 128 * 128  # of the picture; a step there takes about 0.1 s
MAX_STEPS = 5_000
LAYERS = 3  # with a sine or ReLU each; a linear one follows
WIDTH = 128  # units of each


@dataclass(frozen=True)
class Spec:
    """Everything a fit depends on, besides the picture."""

    kind: str = "siren"
    omega: float = 30.0  # ω₀: how fine a detail the sines start with; no meaning for ReLUs
    lr: float = 1e-3  # of Adam
    steps: int = 500
    every: int = 10  # steps from one report to the next
    seed: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"A fit is one of {', '.join(KINDS)}, not {str(self.kind)[:40]!r}.")
        if not 1 <= self.omega <= 100:  # nan too
            raise InputError(f"The frequency ω₀ goes from 1 to 100, not {self.omega}.")
        if not 0 < self.lr <= 1:
            raise InputError(f"The learning rate must lie above 0 and not above 1, not {self.lr}.")
        for count, what in (
            (self.steps, "A fit takes"),
            (self.every, "From one report to the next it takes"),
        ):
            if not (isinstance(count, int) and 1 <= count <= MAX_STEPS):
                raise InputError(f"{what} 1 to {MAX_STEPS:,} steps, not {str(count)[:40]}.")
        check_seed(self.seed)


@dataclass(frozen=True, eq=False)
class Report:
    """How far a fit has come."""

    step: int  # updates so far, 0 first
    psnr: float  # dB, 20 is rough and 40 is hard to tell from the picture; nan once the fit has diverged
    picture: Image  # (H, W, 3) what the network draws, in [0, 1]


def fit(image: Image, spec: Spec) -> Iterator[Report]:
    """Learn a picture as far as the caller pulls; the last report is that of the last step.

    Args:
        image: (H, W, 3) in [0, 1], at most 128 x 128 px or as many in another shape.
        spec: the settings.

    Yields:
        A report before the first step, every `every` steps, and after the last; a fit that diverges ends.

    Raises:
        InputError: no such picture, or too large a one.
    """
    target = _target(image)
    places = _places(image.shape[0], image.shape[1])
    weights = [part.requires_grad_() for part in _start(spec)]
    optimiser = torch.optim.Adam(weights, lr=spec.lr)
    for step in itertools.count():
        with torch.enable_grad():
            drawn = _drawn(weights, places, spec)
            loss = (drawn - target).square().mean()
        finite = math.isfinite(loss.item())
        if step % spec.every == 0 or step == spec.steps or not finite:
            yield Report(step, _psnr(loss.item()), _picture(drawn, image.shape))
        if step == spec.steps or not finite:
            return
        for weight, slope in zip(weights, torch.autograd.grad(loss, weights), strict=True):
            weight.grad = slope
        optimiser.step()


@dataclass(frozen=True, eq=False)
class Pair:
    """How far a fit with sines and one with ReLUs have come, after as many updates."""

    step: int
    siren: float  # dB, the PSNR of its picture; nan once the fit has diverged
    relu: float
    siren_picture: Image  # (H, W, 3) in [0, 1]
    relu_picture: Image


def beside(image: Image, spec: Spec) -> Iterator[Pair]:
    """Learn a picture with sines and with ReLUs; arguments, errors and reports as of `fit`.

    The kind of the spec does not count. Where one of the fits diverges, both end.
    """
    fits = (fit(image, replace(spec, kind=kind)) for kind in KINDS)
    for siren, relu in zip(*fits, strict=False):
        yield Pair(siren.step, siren.psnr, relu.psnr, siren.picture, relu.picture)


def _target(image: Image) -> Tensor:
    """(H W, 3) in [-1, 1]."""
    if image.ndim != 3 or image.shape[2] != 3 or not image.size:
        raise InputError(f"A picture has the shape (H, W, 3), not {image.shape}.")
    if image.shape[0] * image.shape[1] > MAX_PIXELS:
        raise InputError(
            f"{image.shape[0]} × {image.shape[1]} px are too many to learn here: make it "
            f"{MAX_PIXELS:,} px or fewer, such as 128 × 128."
        )
    if not ((image >= 0) & (image <= 1)).all():  # nan too
        raise InputError("The values of a picture lie between 0 and 1.")
    return 2 * torch.from_numpy(image.astype(np.float32)).reshape(-1, 3) - 1


def _places(height: int, width: int) -> Tensor:
    """(H W, 2) row and column of the middle of every pixel, from -1 to 1 along the longer side."""
    longer = max(height, width)
    rows, cols = ((2 * torch.arange(side) + 1 - side) / longer for side in (height, width))
    return torch.cartesian_prod(rows, cols)


def _start(spec: Spec) -> list[Tensor]:
    """Weights (out, in) and biases (out,) of every layer by turns, as the kind of network needs them."""
    owner = torch.Generator().manual_seed(spec.seed)
    parts = []
    for layer, (fan_in, fan_out) in enumerate(itertools.pairwise([2, *[WIDTH] * LAYERS, 3])):
        end = math.sqrt(6 / fan_in)  # of He et al. 2015, for ReLUs
        if spec.kind == "siren":
            end = end / spec.omega if layer else 1 / fan_in
        for size, limit in (((fan_out, fan_in), end), ((fan_out,), 1 / math.sqrt(fan_in))):
            parts.append(limit * (2 * torch.rand(size, generator=owner) - 1))
    return parts


def _drawn(weights: list[Tensor], places: Tensor, spec: Spec) -> Tensor:
    """(H W, 3) in [-1, 1], or somewhat beyond."""
    signal = places
    for weight, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        sums = torch.addmm(bias, signal, weight.T)
        signal = torch.sin(spec.omega * sums) if spec.kind == "siren" else torch.relu(sums)
    return torch.addmm(weights[-1], signal, weights[-2].T)


def _psnr(error: float) -> float:
    """dB of a mean squared error over values in [-1, 1], whose span is 2."""
    if not math.isfinite(error):
        return math.nan
    return 10 * math.log10(4 / error) if error else math.inf


def _picture(drawn: Tensor, shape: tuple[int, ...]) -> NDArray[np.float32]:
    return ((drawn.detach() + 1) / 2).nan_to_num(0).clamp(0, 1).reshape(shape).numpy()
