"""The same run from many seeds at once: a comparison is one of distributions, not of two lucky runs.

Copy i has the seed of the Spec + i, for its weights, its order and its split: step by step it is the
`Training` with that seed alone. Where that is faster, the weights of all copies are stacked, and torch.func
takes their steps in one computation (see `batched`); else the copies take turns.
"""

import math
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit import recipes, seed_state, training_spec
from vizcore.toolkit.copies import Copy, Stack
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.plans import plan
from vizcore.toolkit.seed_state import State
from vizcore.toolkit.training_spec import check_count

Numbers = NDArray[np.float64]
Band = tuple[float, float, float, float, float]  # least, lower quartile, median, upper quartile, largest

MOST_COPIES = 64
MOST_PIXELS = 128_000_000  # of all examples of all copies: half a GB
MOST_WEIGHTS = 10_000_000  # of all copies
SMALL_BATCH = 16  # up to here one computation is faster than turns on a CPU; see `batched`
TOGETHER = {"conv", "linear", "batch_norm", "max_pool", "avg_pool", "flatten", "add", *recipes.ACTIVATIONS}
CEILING = 1e4  # nats; a copy that has diverged counts as this high, and as if nothing were right


@dataclass(frozen=True)
class Spec(training_spec.Spec):
    """A run and how often it is made; `seed` is that of the first copy."""

    copies: int = 16

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count("copies", self.copies, 1, MOST_COPIES)
        if self.patience:
            raise InputError("Copies go the same number of steps. Set patience to 0.")

    def one(self, copy: int) -> training_spec.Spec:
        """The Spec of one copy, counted from 0."""
        settings = {field.name: getattr(self, field.name) for field in fields(training_spec.Spec)}
        return training_spec.Spec(**settings | {"seed": self.seed + copy})


@dataclass(frozen=True, eq=False)
class Report:
    """How far all copies have come after a step."""

    step: int  # updates so far, 0 first
    epoch: float  # passes over the training set so far
    measured: int  # the step after which validation was measured
    lr: float  # learning rate of the step
    diverged: int  # copies whose loss was no finite number; they no longer move
    seconds: float  # of all steps so far of all copies, without validation; on a CPU its own time
    loss: Band  # nats, each copy's mean over the steps of the last epoch
    validation: Band  # nats, over the validation set
    accuracy: Band  # share of the validation set that is right
    losses: Numbers  # (K,) nats, of the batch of this step; at step 0 those of the validation set
    hits: Numbers  # (K,) share of that batch that was right
    recent: Numbers  # (K,) what `loss` is the band of
    validations: Numbers  # (K,)
    accuracies: Numbers  # (K,)


class Seeds(Iterator[Report]):
    """Copies of a run that are pulled step by step.

    Attributes:
        spec: the settings.
        copies: the runs, each with its own data, order and weights.
        total: updates of each.
        device: where they are computed.
    """

    def __init__(self, spec: Spec, state: bytes | None = None) -> None:
        """Start the copies, or take them up.

        Args:
            spec: the settings.
            state: of earlier copies with these settings, as `state()` gave it.

        Raises:
            InputError: data or network do not fit, all copies together are too large, or the state is not
                theirs.
        """
        check_size(spec)
        self.spec = spec
        known = seed_state.unpacked(state, spec.copies)
        self.copies = [Copy(spec.one(at), each or None) for at, each in enumerate(known.copies)]
        self.total, self.device = self.copies[0].total, self.copies[0].device
        self._stack = Stack(self.copies) if batched(spec, self.device) else None
        # Loss and hits of each copy at its last steps, as many as an epoch has.
        self._recent = deque(known.recent, maxlen=self.copies[0].steps)
        self._seconds = known.seconds
        for _ in range(known.ahead):
            next(self, None)

    def __next__(self) -> Report:
        """Take one step with each copy that has not diverged; the first report comes before the first one.

        Raises:
            StopIteration: the runs are over, or all have diverged.
        """
        going = [at for at, copy in enumerate(self.copies) if not copy.over]
        if not going:
            raise StopIteration
        first = self.copies[going[0]]
        if first.measured < 0:
            reports = {at: next(self.copies[at]) for at in going}
        else:
            lr = first.rate(first.step)
            steps = self._steps(going, first.step, lr)
            reports = {at: self.copies[at].counted(*steps[at], lr) for at in going}
        newest = np.array([[CEILING] * len(self.copies), [0.0] * len(self.copies)])
        for at, report in reports.items():
            newest[:, at] = report.loss, report.hits
        if first.step <= 1:
            self._recent.clear()  # the report before the first step tells of no batch
        self._recent.append(newest)
        return self._report(reports[going[0]])

    def _steps(self, going: Sequence[int], step: int, lr: float) -> dict[int, tuple[float, float]]:
        """Take a step with these copies: of each the loss before it, and the share of hits."""
        clock = time.process_time if self.device == "cpu" else time.perf_counter
        began = clock()
        if self._stack:
            found = dict(enumerate(self._stack.step(step, lr)))
        else:
            found = {at: self.copies[at].update(*self.copies[at].batch(step), lr) for at in going}
        self._seconds += clock() - began
        return found

    def _report(self, one: training_spec.Report) -> Report:
        gone = np.array([copy.over == "diverged" for copy in self.copies])
        newest, hits = self._recent[-1]
        recent = np.mean([losses for losses, _ in self._recent], axis=0)
        validations, accuracies = np.array([[copy.validation, copy.accuracy] for copy in self.copies]).T
        recent, validations = _bounded(recent, gone), _bounded(validations, gone)
        accuracies = np.where(gone, 0.0, accuracies)
        return Report(
            step=one.step,
            epoch=one.epoch,
            measured=one.measured,
            lr=one.lr,
            diverged=int(gone.sum()),
            seconds=self._seconds,
            loss=band(recent),
            validation=band(validations),
            accuracy=band(accuracies),
            losses=_bounded(newest, gone),
            hits=np.where(gone, 0.0, hits),
            recent=recent,
            validations=validations,
            accuracies=accuracies,
        )

    def state(self) -> bytes:
        """All it takes to go on from here: the states of all copies, as a safetensors file."""
        if self._stack:
            self._stack.hand_back()
        copies = tuple(copy.state() for copy in self.copies)
        recent = np.array(self._recent).reshape(-1, 2, len(copies))
        return State(copies, recent, self._seconds).packed()


def train(spec: Spec, state: bytes | None = None) -> Seeds:
    """Train all copies as far as the caller pulls; arguments as of `Seeds`."""
    return Seeds(spec, state)


def batched(spec: Spec, device: str) -> bool:
    """Whether one computation takes the steps of all copies.

    On a CPU its grouped convolutions run at half speed, but PyTorch is called less often: with 16 copies and
    8, 16 or 32 pictures a step it is 1.5, 1.2 and 0.9 times as fast as turns for LeNet-5, and 0.7, 1.2 and
    1.2 times for the MLP (one thread). Clipping and L1 look at one network only.
    """
    kinds = {layer.kind for layer in plan(spec.one(0)).net.layers}
    together = kinds <= TOGETHER and not (spec.clip or spec.l1)
    return together and (device != "cpu" or spec.batch <= SMALL_BATCH)


def check_size(spec: Spec) -> None:
    """See that all copies together have room.

    Raises:
        InputError: they have none; the sentence says how many would.
    """
    known = plan(spec.one(0))
    pixels = (known.examples + known.held) * math.prod(known.net.input_shape)
    for each, most, what in (
        (pixels, MOST_PIXELS, "pixels of examples"),
        (known.parameters, MOST_WEIGHTS, "weights"),
    ):
        if spec.copies * each > most:
            raise InputError(
                f"{spec.copies} copies with {each:,} {what} each are too many: there is room for "
                f"{most // each}. Take fewer copies, fewer examples or a smaller network."
            )


def band(values: Numbers) -> Band:
    """Least value, quartiles with the median, and largest value of (K,) numbers."""
    low, lower, median, upper, high = np.quantile(values, [0, 0.25, 0.5, 0.75, 1]).tolist()
    return low, lower, median, upper, high


def _bounded(values: Numbers, gone: NDArray[np.bool_]) -> Numbers:
    """Losses (K,) up to CEILING, which those of copies that have diverged are."""
    return np.where(gone | np.isnan(values), CEILING, np.minimum(values, CEILING))
