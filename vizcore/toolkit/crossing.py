r"""The straight line from one solution to another, and the losses along it; both are trained first.

Places on it are $\theta(\alpha) = (1 - \alpha)\,\theta_A + \alpha\,\theta_B$, so that the solutions stand at
0 and 1 (Goodfellow et al. 2015, arXiv:1412.6544). What batch norm has measured moves along like a weight.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from vizcore.toolkit import datasets, subjects, training_spec
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.plane_losses import loss_of
from vizcore.toolkit.subjects import Floats, Subject
from vizcore.toolkit.training import Training
from vizcore.toolkit.training_spec import check_count

Numbers = NDArray[np.float64]
Source = Mapping[str, Any] | str  # settings of a training, or a network of the list

NAMES = ("first", "second")
BEYOND = 4  # the line goes on behind both ends, each time by one part in so many of what lies between them
MOST_STEPS = 200
SHARED = ("data", "count", "share", "noise")  # settings that both trainings have in common
PICTURES = ("data", "images", "labels", "held_images", "held_labels")


@dataclass(frozen=True)
class Spec:
    """Two solutions, and how finely the line between them is looked at."""

    first: Source = field(default_factory=dict)  # at 0
    second: Source = field(default_factory=lambda: {"seed": 1})  # at 1
    begins: bool = False  # the first is not the end of its training, but where that begins
    steps: int = 40  # from 0 to 1

    def __post_init__(self) -> None:
        if isinstance(self.first, str) != isinstance(self.second, str):
            raise InputError("A line leads from a training to a training, or from a network to a network.")
        check_count("steps", self.steps, BEYOND, MOST_STEPS)
        if self.steps % BEYOND:
            raise InputError(f"The number of steps is a multiple of {BEYOND}, not {self.steps}.")
        if len({tuple(getattr(each, name) for name in SHARED) for each in self.trainings}) > 1:
            raise InputError("Both trainings need the same pictures: choose the same data for both.")

    @property
    def trainings(self) -> tuple[training_spec.Spec, ...]:
        """Settings of both trainings; none where the solutions are networks of the list."""
        given = [each for each in (self.first, self.second) if not isinstance(each, str)]
        return tuple(training_spec.Spec(**settings) for settings in given)

    @property
    def alphas(self) -> Numbers:
        """(N,) the places, rising; 0 and 1 are among them."""
        behind = self.steps // BEYOND
        return np.arange(-behind, self.steps + behind + 1) / self.steps


@dataclass(frozen=True, eq=False)
class Report:
    """How far it has come. Rows of pictures: those learnt from and those held out; only one for networks."""

    step: int  # updates of weights, then places on the line, so far
    phase: str  # "first" or "second": the solution that is trained; "line"
    loss: float  # nats, of the newest batch; 0 on the line
    distance: float  # L2, from one solution to the other; 0 until both are there
    alphas: Numbers  # (N,)
    losses: Numbers  # (2, N) or (1, N) nats; nan where it is not known yet
    accuracies: Numbers  # like losses, 0 to 1


class Crossing(Iterator[Report]):
    """Two trainings that are pulled step by step, and then the line from one to the other.

    Attributes:
        spec: the settings.
        total: updates and places that there will be.
    """

    def __init__(
        self,
        spec: Spec,
        state: bytes | None = None,
        ends: tuple[Floats, Floats] | None = None,
        own: datasets.Own | None = None,
    ) -> None:
        """Begin, or take it up.

        Args:
            spec: the settings.
            state: of an earlier one with these settings, as `state()` gave it.
            ends: weights (2, P) and buffers (2, B) of solutions that are there already.
            own: the pictures, where the data are somebody's own.

        Raises:
            InputError: data or network are not there or do not fit, or the state is another one's.
        """
        known = _taken(state) if state else {}
        self.spec, self._ends = spec, ends
        self._runs: dict[str, Training] = {}
        for name, each in zip(NAMES, spec.trainings, strict=False):
            self._runs[name] = Training(each, known[name].tobytes() if name in known else None, own)
        _share(list(self._runs.values()))
        left_out = NAMES if ends else NAMES[:1] if spec.begins else ()
        self._due = {name: run for name, run in self._runs.items() if name not in left_out}
        self.total = sum(run.total for run in self._due.values()) + len(spec.alphas)
        unknown = np.full((2, len(self._runs) or 1, len(spec.alphas)), np.nan)
        self._values: Numbers = known.get("values", unknown)  # losses and accuracies
        self._at = int(known.get("at", 0))  # places that are known

    def __next__(self) -> Report:
        """Take a step of a training, or look at another place.

        Raises:
            StopIteration: all places are known, or a training has diverged.
            InputError: the solutions do not fit one another.
        """
        for name, run in self._due.items():
            if not run.over:
                return self._report(name, next(run).loss)
            if run.over == "diverged":
                raise StopIteration
        if self._at == len(self.spec.alphas):
            raise StopIteration
        alpha = float(self.spec.alphas[self._at])
        for row, ends in enumerate(self._solutions):
            self._values[:, row, self._at] = loss_of(between(*ends, alpha))
        self._at += 1
        return self._report("line", 0.0)

    def _report(self, phase: str, loss: float) -> Report:
        step = sum(run.step for run in self._due.values()) + self._at
        return Report(step, phase, loss, self._distance, self.spec.alphas, *self._values.copy())

    @property
    def _distance(self) -> float:
        """From one solution to the other, once both are there."""
        if not self._at:
            return 0.0
        first, second = self._solutions[0]
        return float(np.linalg.norm(second.origin.astype(np.float64) - first.origin))

    def state(self) -> bytes:
        """All it takes to go on from here, as a safetensors file."""
        states = {name: np.frombuffer(run.state(), np.uint8) for name, run in self._due.items()}
        return save(states | {"values": self._values, "at": np.array(self._at)})

    @cached_property
    def _solutions(self) -> list[tuple[Subject, Subject]]:
        """Both solutions, once with each set of pictures."""
        if self._runs:
            runs = self._runs.values()
            found = [[subjects.of_training(run, held=held) for run in runs] for held in (False, True)]
        else:
            found = [[subjects.of_network(str(each)) for each in (self.spec.first, self.spec.second)]]
        if self._ends:
            found = [
                [each.at(*its) for each, its in zip(pair, zip(*self._ends, strict=True), strict=True)]
                for pair in found
            ]
        return [_join(pair) for pair in found]


def cross(
    spec: Spec,
    state: bytes | None = None,
    weights: Floats | None = None,
    buffers: Floats | None = None,
    images: datasets.Pixels | None = None,
    labels: datasets.Labels | None = None,
    classes: NDArray[np.str_] | None = None,
) -> Crossing:
    """Train two solutions, and look at the line from one to the other, as far as the caller pulls.

    Args:
        spec: the settings.
        state: of an earlier one with these settings, to go on from there.
        weights: (2, P) of both solutions, where they are there already: nothing is trained then.
        buffers: (2, B) what batch norm has measured in both.
        images: (N, 3, S, S) own pictures in colour, where these are the data.
        labels: (N,) their classes.
        classes: the names of these.

    Returns:
        An iterator of reports: one after each step of a training, and one for each place.

    Raises:
        InputError: data or network are not there, or do not fit one another.
    """
    own = None
    if images is not None and labels is not None and classes is not None:
        own = datasets.own(images, labels, classes)
    ends = None if weights is None or buffers is None else (weights, buffers)
    return Crossing(spec, state, ends, own)


def between(first: Subject, second: Subject, alpha: float) -> Subject:
    """The network at a place of the line, with the pictures of the first.

    Halfway between two networks what batch norm has measured may fit neither (Jordan et al. 2022, REPAIR,
    arXiv:2211.08403); it is interpolated all the same.
    """
    pairs = ((first.origin, second.origin), (first.buffers, second.buffers))
    weights, buffers = (np.float32(1 - alpha) * one + np.float32(alpha) * other for one, other in pairs)
    return first.at(weights, buffers)


def barrier(alphas: Numbers, losses: Numbers) -> tuple[float, float]:
    """How far the loss rises above the straight line between its values at both ends, and where most.

    Source: Entezari et al. 2021, The role of permutation invariance in linear mode connectivity of neural
    networks, arXiv:2110.06296.

    Args:
        alphas: (N,) rising, with 0 and 1 among them.
        losses: (N,) nats.

    Returns:
        The largest L(α) - (1 - α) L(0) - α L(1) for α from 0 to 1, at least 0, and the α where it is.
    """
    inner = (alphas >= 0) & (alphas <= 1)
    places, values = alphas[inner], losses[inner]
    rise = values - (1 - places) * values[0] - places * values[-1]
    highest = int(rise.argmax())
    return float(rise[highest]), float(places[highest])


def _join(ends: Sequence[Subject]) -> tuple[Subject, Subject]:
    """Two solutions that a line leads through. InputError: their weights do not mean the same."""
    first, second = ends
    if first.parts != second.parts:
        raise InputError(
            f"{first.title} and {second.title} do not have the same layers, so no line leads from one to the "
            "other. Choose two solutions of one network."
        )
    return first, second


def carried(first: str, second: str) -> tuple[tuple[str, str], dict[str, Floats]]:
    """What another process needs for a line between two networks of the list: see `subjects.carried`.

    Returns:
        References for a Spec, and arrays for `cross`.
    """
    (one, own), (other, others) = subjects.carried(first), subjects.carried(second)
    if not (own or others):
        return (one, other), {}
    ends = _join([subjects.of_network(each) for each in (first, second)])
    arrays = {
        "weights": np.stack([each.origin for each in ends]),
        "buffers": np.stack([each.buffers for each in ends]),
    }
    return (one, other), arrays


def _share(runs: Sequence[Training]) -> None:
    """Let all trainings see the pictures of the first one, whatever their seeds."""
    for run in runs[1:]:
        for name in PICTURES:
            setattr(run, name, getattr(runs[0], name))


def _taken(state: bytes) -> dict[str, NDArray[Any]]:
    """What a state holds."""
    try:
        return {name: each.copy() for name, each in load(state).items()}
    except SafetensorError as error:
        raise InputError("This checkpoint is damaged. Choose another step.") from error
