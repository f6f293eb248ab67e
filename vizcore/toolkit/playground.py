"""A small network learns to tell two classes of points in the plane, epoch by epoch.

The order of the points depends on the seed and the number of the epoch only, so a run can be taken up
anywhere: from its `state` it goes on bit for bit as if it had never stopped.
"""

import json
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from vizcore.toolkit import small_net, toys
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.playground_look import Plane
from vizcore.toolkit.playground_spec import LIVE, Report, Spec
from vizcore.toolkit.small_net import Floats, Pass

__all__ = ["Report", "Run", "Spec", "train"]


class Run(Iterator[Report]):
    """Learning that is pulled epoch by epoch: an iterator over reports.

    Attributes:
        spec: the settings, as changed since.
        step: epochs so far.
        weights: (out, in + 1) of each layer, biases last; changed in place with every step.
    """

    def __init__(self, spec: Spec, state: bytes | None = None) -> None:
        """Start a run, or take one up.

        Args:
            spec: the settings.
            state: of an earlier run with this network, as `state()` gave it.

        Raises:
            InputError: the state is not that of such a run.
        """
        self.spec, self.step, self._fresh = spec, 0, True
        self._loss = small_net.LOSSES[spec.loss]
        self._due = 0.0  # s, when the next epoch may begin
        self._all = small_net.started(spec.sizes, spec.activation, spec.seed)
        if state is not None:
            self._restore(state)
        self.weights = small_net.layers(self._all, spec.sizes)
        self._gradient = np.zeros_like(self._all)
        self._gradients = small_net.layers(self._gradient, spec.sizes)
        self._shrinks = _weights_only(spec.sizes)
        found = toys.points(spec.data, noise=spec.noise, share=spec.share, seed=spec.draw)
        self._inputs, self._classes = toys.inputs(found.places, spec.features), found.classes
        self._known = len(self._classes)
        held = toys.inputs(found.held_places, spec.features)
        self._every_input = np.concatenate([self._inputs, held], axis=1)
        self._every_class = np.concatenate([found.classes, found.held_classes])
        self._measuring = self._pass(len(self._every_class))
        rest = self._known % spec.batch
        self._passes = {count: self._pass(count) for count in {min(spec.batch, self._known), rest} - {0}}
        self._slopes = np.empty(spec.batch)

    def __next__(self) -> Report:
        """Take one epoch; the first report comes before the first one.

        Raises:
            StopIteration: the run is over.
        """
        if not self._fresh:
            if self.step >= self.spec.epochs or not np.isfinite(self._all).all():
                raise StopIteration
            self._wait()
            with np.errstate(all="ignore"):  # whoever diverges overflows
                self._epoch()
            self.step += 1
        self._fresh = False
        with np.errstate(all="ignore"):
            return self._report()

    def change(self, **settings: float) -> None:
        """Change settings while the run goes on.

        Args:
            settings: new values of LIVE.

        Raises:
            InputError: a setting cannot change, or its value is out of range; none has changed then.
        """
        for name in settings:
            if name not in LIVE:
                raise InputError(f"The setting {name[:40]!r} cannot change during a run: begin another one.")
        self.spec = replace(self.spec, **settings)  # type: ignore[arg-type]
        self._due = 0.0

    def state(self) -> bytes:
        """All it takes to go on from here with the same settings, as a safetensors file."""
        return save({"weights": self._all}, {"playground": json.dumps(self.step)})

    def look(self) -> dict[str, NDArray[Any]]:
        """What the plane looks like to the network; see `Plane.look`."""
        return self.plane.look(self._all)

    @cached_property
    def plane(self) -> Plane:
        """The plane as this network may see it."""
        return Plane(self.spec, self._inputs)

    def _pass(self, count: int) -> Pass:
        return Pass(self.spec.sizes, self.spec.activation, count)

    def _restore(self, state: bytes) -> None:
        """Take up where `state` was given."""
        try:
            found = load(state)["weights"]
            size = int.from_bytes(state[:8], "little")
            step = json.loads(json.loads(state[8 : 8 + size])["__metadata__"]["playground"])
        except (SafetensorError, ValueError, KeyError) as error:
            raise InputError("This checkpoint is damaged. Choose another step.") from error
        if found.shape != self._all.shape or found.dtype != self._all.dtype:
            raise InputError("This checkpoint belongs to another network. Choose another one.")
        self._all, self.step, self._fresh = found.copy(), int(step), False

    def _wait(self) -> None:
        """Keep to the pace."""
        if self.spec.pace:
            now = time.monotonic()
            time.sleep(max(0.0, self._due - now))
            self._due = max(now, self._due) + 1 / self.spec.pace

    def _epoch(self) -> None:
        """All points that are learnt from, once, in another order every time."""
        order = np.random.default_rng((self.spec.seed, self.step)).permutation(self._known)
        inputs, classes = self._inputs[:, order], self._classes[order]
        for begin in range(0, self._known, self.spec.batch):
            end = begin + self.spec.batch
            self._descend(inputs[:, begin:end], classes[begin:end])

    def _descend(self, inputs: Floats, classes: Floats) -> None:
        """One step of gradient descent."""
        room, slopes, lr = self._passes[len(classes)], self._slopes[: len(classes)], self.spec.lr
        sums = room.forward(self.weights, inputs)
        self._loss.slope(sums, classes, slopes)
        np.multiply(slopes, lr / len(classes), out=slopes)
        room.backward(self.weights, inputs, slopes, self._gradients)
        if self.spec.l2:
            self._gradient += lr * self.spec.l2 * self._shrinks * self._all
        np.subtract(self._all, self._gradient, out=self._all)
        if self.spec.l1:  # the proximal step, which stops at 0 (Parikh & Boyd 2014, 6.5.2)
            shrunk = np.maximum(np.abs(self._all) - lr * self.spec.l1 * self._shrinks, 0)
            np.copysign(shrunk, self._all, out=self._all)

    def _report(self) -> Report:
        sums = self._measuring.forward(self.weights, self._every_input)
        losses, right = self._loss.value(sums, self._every_class), sums * self._every_class > 0
        parts = np.split(losses, [self._known]) + np.split(right, [self._known])
        loss, test, hits, accuracy = (float(part.mean()) for part in parts)
        return Report(self.step, loss, test, hits, accuracy, self.spec.lr)


def train(spec: Spec, state: bytes | None = None) -> Run:
    """Learn as far as the caller pulls; stop pulling to pause, drop it to cancel.

    Args:
        spec: the settings.
        state: of an earlier run, to go on from there.

    Returns:
        An iterator over a report before the first epoch and one after each. A run that diverges ends with a
        report whose loss is not finite.
    """
    return Run(spec, state)


def _weights_only(sizes: Sequence[int]) -> NDArray[np.float64]:
    """1 for every weight, 0 for every bias."""
    ones = np.ones(sum(map(math.prod, small_net.shapes(sizes))))
    for layer in small_net.layers(ones, sizes):
        layer[:, -1] = 0
    return ones
