"""Optimisers beside one another: the same network from the same seeds under each of them.

They take their steps in turns in one process, so that a moment in which the machine is busy costs all of them
alike, and their seconds can be compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from vizcore.toolkit import seeds
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.seeds import Band, Numbers, Seeds

MOST = 5  # optimisers


@dataclass(frozen=True)
class Spec(seeds.Spec):
    """Settings of all, and what differs; `optimiser` and `lr` are not used."""

    optimisers: tuple[str, ...] = ("sgd", "adam")  # keys of optimisation.OPTIMISERS
    rates: tuple[float, ...] = (0.05, 0.001)  # learning rate of each

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("optimisers", "rates"):
            object.__setattr__(self, name, tuple(getattr(self, name)))  # JSON has lists only
        if not 1 <= len(self.optimisers) <= MOST or len(self.rates) != len(self.optimisers):
            raise InputError(f"Choose 1 to {MOST} optimisers, and a learning rate for each.")
        for place in range(len(self.optimisers)):
            self.of(place)

    def of(self, place: int) -> seeds.Spec:
        """The Spec of the copies under one optimiser, counted from 0."""
        settings = {field.name: getattr(self, field.name) for field in fields(seeds.Spec)}
        differs = {"optimiser": self.optimisers[place], "lr": self.rates[place]}
        return seeds.Spec(**settings | differs)


@dataclass(frozen=True, eq=False)
class Report:
    """How far all R optimisers have come, with K copies each; one that has diverged stays where it was."""

    step: int  # updates so far, 0 first
    steps: tuple[int, ...]  # of each; fewer where all of its copies have diverged
    measured: tuple[int, ...]  # the step after which validation was measured
    seconds: tuple[float, ...]  # of all steps so far, without validation and rests
    diverged: tuple[int, ...]  # copies
    loss: tuple[Band, ...]  # nats, each copy's mean over the steps of the last epoch
    validation: tuple[Band, ...]  # nats, over the validation set
    accuracy: tuple[Band, ...]  # share of the validation set that is right
    validations: Numbers  # (R, K) nats
    accuracies: Numbers  # (R, K)


class Rivals(Iterator[Report]):
    """Optimisers that are pulled step by step, all at once.

    Attributes:
        spec: the settings.
        total: updates of each.
        device: where they are computed.
    """

    def __init__(self, spec: Spec) -> None:
        """Start all copies. InputError: data or network do not fit, or all copies together are too large."""
        self.spec = spec
        self._runs = [Seeds(spec.of(place)) for place in range(len(spec.optimisers))]
        self._newest: dict[int, seeds.Report] = {}  # of each, by its place
        self.total, self.device = self._runs[0].total, self._runs[0].device

    def __next__(self) -> Report:
        """Take one step with each that goes on; the first report comes before the first one.

        Raises:
            StopIteration: all are over.
        """
        new = {place: report for place, run in enumerate(self._runs) if (report := next(run, None))}
        if not new:
            raise StopIteration
        self._newest |= new
        found = [self._newest[place] for place in range(len(self._runs))]
        return Report(
            step=max(report.step for report in found),
            steps=tuple(report.step for report in found),
            measured=tuple(report.measured for report in found),
            seconds=tuple(report.seconds for report in found),
            diverged=tuple(report.diverged for report in found),
            loss=tuple(report.loss for report in found),
            validation=tuple(report.validation for report in found),
            accuracy=tuple(report.accuracy for report in found),
            validations=np.stack([report.validations for report in found]),
            accuracies=np.stack([report.accuracies for report in found]),
        )


def train(spec: Spec) -> Rivals:
    """Train under all optimisers as far as the caller pulls."""
    return Rivals(spec)
