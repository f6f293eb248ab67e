"""A landscape and how sharp its minimum is: behind the surface come the leading eigenvalue and the trace.

It is that of a training, so that two which differ in one thing can be compared.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from vizcore.toolkit import hessian, landscape_scan, landscape_spec, subjects
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.landscape_scan import Scan
from vizcore.toolkit.landscape_spec import Spec
from vizcore.toolkit.plane_losses import loss_of
from vizcore.toolkit.plans import plan
from vizcore.toolkit.subjects import Subject
from vizcore.toolkit.training import Training

SAMPLES = 16  # of the trace
LEADING = 1  # eigenvalues
NEARBY = 0.1  # length of a step along the most curved direction


@dataclass(frozen=True)
class Report(landscape_spec.Report):
    """How far it has come: as of the scan, whose phases are followed by "curvature"."""

    end_loss: float | None = None  # nats, at the middle of the surface: over all pictures of the training
    end_accuracy: float | None = None  # 0 to 1
    held_loss: float | None = None  # the same over the pictures held out
    held_accuracy: float | None = None
    leading: float | None = None  # the largest eigenvalue of the Hessian of that loss
    leading_error: float | None = None  # an eigenvalue is within this of it
    above: float | None = None  # nats, the loss NEARBY along the most curved direction, computed
    below: float | None = None  # the same the other way
    trace: float | None = None  # the sum of all eigenvalues, estimated
    trace_error: float | None = None  # its standard error


class Sharpness(Iterator[Report]):
    """A scan that is pulled, and then what tells how sharp the minimum is.

    Attributes:
        total: steps of the scan, and samples of the trace.
        device: where it is computed.
    """

    def __init__(self, spec: Spec, state: bytes | None = None) -> None:
        """Begin, or take it up.

        Args:
            spec: the settings; there is a training.
            state: of an earlier one with these settings, as `state()` gave it.

        Raises:
            InputError: there is no training, data or network do not fit, or the state is damaged.
        """
        if spec.training is None:
            raise InputError("Minima are compared where trainings end. Choose a training.")
        self._scan = Scan(spec, landscape_scan.known(state) if state else {})
        self.total, self.device = total(spec), self._scan.device
        self.look, self.state = self._scan.look, self._scan.state
        self._reports = self._work(spec)

    def __next__(self) -> Report:
        """Go on to the next report. StopIteration: all is known."""
        return next(self._reports)

    def _work(self, spec: Spec) -> Iterator[Report]:
        for scanned in self._scan:
            report = Report(**vars(scanned))
            yield report
        for found in measured(self._scan.subject(), Training(spec.trained())):
            samples = found.pop("samples", 0)
            progress = {"step": self._scan.total + samples, "done": samples, "of": SAMPLES, "eta": None}
            report = replace(report, phase="curvature", **progress, **found)
            yield report


def sharpness(spec: Spec, state: bytes | None = None) -> Sharpness:
    """Train, look at the landscape around the end, and measure its curvature; as far as the caller pulls.

    Args and errors as of `Sharpness`.
    """
    return Sharpness(spec, state)


def total(spec: Spec) -> int:
    """Steps that there are: updates, points, and samples of the trace."""
    return plan(spec.trained()).total + spec.points**2 + SAMPLES


def measured(subject: Subject, run: Training) -> Iterator[dict[str, Any]]:
    """Losses and curvature at the end of a training, as they become known.

    Args:
        subject: its network, with the pictures over which the curvature is taken.
        run: that training as it begins, of which only the pictures count.

    Yields:
        Fields of a Report, and "samples" of the trace.
    """
    seen_by, held_by = (subjects.of_training(run, held=held) for held in (False, True))
    seen, held = (loss_of(each.at(subject.origin, subject.buffers)) for each in (seen_by, held_by))
    known = dict(zip(("end_loss", "end_accuracy"), seen, strict=True))
    known |= zip(("held_loss", "held_accuracy"), held, strict=True)
    yield known
    for top in hessian.leading(subject, LEADING):
        yield {"leading": float(top.values[0]), "leading_error": float(top.errors[0])}
    step = NEARBY * top.vectors[0]
    above, below = (loss_of(seen_by.at(subject.origin + way, subject.buffers))[0] for way in (step, -step))
    yield {"above": above, "below": below}
    for estimate in islice(hessian.trace(subject, known=top), SAMPLES):
        error = estimate.error if math.isfinite(estimate.error) else None
        yield {"trace": estimate.value, "trace_error": error, "samples": estimate.samples}
