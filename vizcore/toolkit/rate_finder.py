"""Which learning rate to begin with: it rises from batch to batch until the loss blows up.

Smith 2017, *Cyclical learning rates*, arXiv:1506.01186 (section 3.3), there with the accuracy and an even
rise; here with the loss and an exponential one, as most libraries do since.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit import datasets, training_spec
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.optimisation import OPTIMISERS
from vizcore.toolkit.training import Training

BATCHES = 150
LOWEST, HIGHEST = 1e-6, 10.0  # rates of the first and the last batch
KEPT = 0.9  # what the smoothed loss keeps of itself from batch to batch
BEGINS = 15  # batches after which the smoothed loss is one; before, it is that of a few pictures
SPAN = 10  # batches over which the loss falls fastest: from one to the next it is up to their pictures
BLOWN = 4.0  # times its least value, from where on the smoothed loss has blown up
FALL = 0.95  # of what it was at first: above this, the loss has not fallen

Floats = NDArray[np.float64]
RATES: Floats = np.geomspace(LOWEST, HIGHEST, BATCHES)  # (N,) that of each batch
RATES.setflags(write=False)


@dataclass(frozen=True)
class Spec(training_spec.Spec):
    """A training run, whose own optimiser and rate are not used, and what is tried."""

    optimisers: tuple[str, ...] = ("momentum",)  # keys of OPTIMISERS, each once

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.optimisers, list | tuple) or not self.optimisers:
            raise InputError("Choose at least one optimiser.")
        for name in self.optimisers:
            pick(OPTIMISERS, name, "optimiser")
        object.__setattr__(self, "optimisers", tuple(dict.fromkeys(self.optimisers)))

    @property
    def total(self) -> int:
        """Batches that there will be at most."""
        return BATCHES


@dataclass(frozen=True, eq=False)
class Report:
    """How far O optimisers have come through the N rates."""

    step: int  # batches so far
    losses: Floats  # (O, N) nats, before the update; nan where there was none
    smoothed: Floats  # (O, N) its running mean, which looks back over some ten batches
    suggestions: Floats  # (O,) rate up to which the smoothed loss falls most; nan where it does not
    ends: Floats  # (O,) rate at which it blew up; nan where it has not


class Sweep:
    """One optimiser on its way through the rates."""

    def __init__(self, spec: training_spec.Spec, own: datasets.Own | None) -> None:
        self.run = Training(spec, own=own)
        self.losses, self.smoothed = np.full(BATCHES, np.nan), np.full(BATCHES, np.nan)
        self.end = math.nan  # rate at which it blew up
        self._mean = 0.0

    def take(self, batch: int) -> None:
        """Train on one more batch, unless the loss has blown up."""
        if not math.isnan(self.end):
            return
        rate = float(RATES[batch])
        loss, _ = self.run.update(*self.run.batch(batch), rate)
        self.run.step += 1
        self._mean = KEPT * self._mean + (1 - KEPT) * loss
        smooth = self._mean / (1 - KEPT ** (batch + 1))
        if not math.isfinite(loss) or smooth > BLOWN * np.nanmin([smooth, *self.smoothed[:batch]]):
            self.end = rate
        self.losses[batch], self.smoothed[batch] = loss, smooth


def swept(
    spec: Spec,
    images: datasets.Pixels | None = None,
    labels: datasets.Labels | None = None,
    classes: NDArray[np.str_] | None = None,
) -> Iterator[Report]:
    """Train from the start with a rate that rises, as far as the caller pulls.

    Args:
        spec: all optimisers begin with the same weights and get the same batches.
        images: (N, 3, S, S) own pictures in colour, where these are the data; S is 32 or 64.
        labels: (N,) their classes.
        classes: the names of these.

    Yields:
        A report after each batch, until all losses have blown up or the last rate is reached.

    Raises:
        InputError: data or network are not there or do not fit one another.
    """
    own = None
    if images is not None and labels is not None and classes is not None:
        own = datasets.own(images, labels, classes)
    sweeps = [Sweep(replace(spec, optimiser=name), own) for name in spec.optimisers]
    for batch in range(BATCHES):
        for sweep in sweeps:
            sweep.take(batch)
        yield Report(
            step=batch + 1,
            losses=np.array([sweep.losses for sweep in sweeps]),
            smoothed=np.array([sweep.smoothed for sweep in sweeps]),
            suggestions=np.array([suggestion(sweep.smoothed) for sweep in sweeps]),
            ends=np.array([sweep.end for sweep in sweeps]),
        )
        if all(not math.isnan(sweep.end) for sweep in sweeps):
            return


def suggestion(smoothed: Floats) -> float:
    """The rate up to which the smoothed loss has fallen most, over the last ten batches.

    Args:
        smoothed: (N,) nan where there is none.

    Returns:
        One of RATES, not above that of the least loss; nan where the loss has not fallen.
    """
    known = smoothed[BEGINS:][np.isfinite(smoothed[BEGINS:])]
    down = known[: known.argmin() + 1] if known.size else known
    if len(down) <= SPAN or down[-1] > FALL * down[0]:
        return math.nan
    falls = down[SPAN:] - down[:-SPAN]
    return float(RATES[BEGINS + SPAN + falls.argmin()])
