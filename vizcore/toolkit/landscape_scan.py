"""A loss landscape as long work: train where asked, find the plane, then grid after finer grid."""

import time
from collections.abc import Iterator
from itertools import tee
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from vizcore.toolkit import datasets, directions, hands, hessian, paths, refinement, subjects
from vizcore.toolkit.directions import Plane
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.landscape_spec import Report, Spec
from vizcore.toolkit.plane_losses import PlaneLosses, Row, loss_of
from vizcore.toolkit.subjects import Subject
from vizcore.toolkit.training import Training

Arrays = dict[str, NDArray[Any]]

CHECKPOINTS = 60  # of a training that comes first, evenly from its start to its end
PLANE = ("origin", "first", "second")
FACTS = ("explained", "eigenvalues")  # of a plane; one of them, or none
PART = 0.5  # s that points take which are computed between two reports, about
NEAREST = ("coordinates", "distances", "relative")  # of a path's projection
LOSSES = ("path_loss", "plane_loss")


class Scan(Iterator[Report]):
    """A landscape that is pulled row by row: an iterator over reports.

    Attributes:
        spec: the settings.
        total: updates of the training and points of the surface.
        device: where it is computed.
    """

    def __init__(self, spec: Spec, known: Arrays, own: datasets.Own | None = None) -> None:
        """Prepare a scan.

        Args:
            spec: the settings.
            known: nothing, a path with its buffers, or all that a state holds.
            own: the pictures, where the data are somebody's own.

        Raises:
            InputError: network, data and path are not there or do not fit one another.
        """
        self.spec, self._known = spec, (known := {**known})
        self._of: Subject | Training
        begun = known.pop("training", None)
        self._trains = spec.training is not None and (begun is not None or "path" not in known)
        updates, self._grids = 0, refinement.grids(spec.points)
        if spec.training is None:
            found = subjects.of_network(spec.net, data=spec.data, count=spec.pictures)
            self._of, self.device = found, found.images.device.type
            self._grids = _affordable(found, self._grids)
        else:
            run = Training(spec.trained(), None if begun is None else begun.tobytes(), own)
            self._of, self.device = run, run.device
            updates = run.total if self._trains else 0
        self._updates = int(known.setdefault("updates", np.array([updates]))[0])
        self.total = self._updates + self._grids[-1] ** 2
        for name in ("loss", "accuracy"):  # nan where nothing is computed yet
            known.setdefault(name, np.full((spec.points, spec.points), np.nan))
        self._places = np.linspace(-spec.span, spec.span, spec.points)  # along either direction
        self._shown = known["loss"], known["accuracy"]  # splines of the grid
        self._grid = 0  # points along each side of the finest that is complete
        self._error: float | None = None  # percent; of the spline before that one
        self._pictures = 0
        self._reports = self._work()

    def __next__(self) -> Report:
        """Go on to the next report. StopIteration: the surface is complete."""
        return next(self._reports)

    def _work(self) -> Iterator[Report]:
        if self._trains and isinstance(self._of, Training):
            yield from self._trained(self._of)
            self._trains = False
        subject = self.subject()
        if "origin" not in self._known:
            yield from self._directed(subject)
        yield from self._refined(subject)

    def _trained(self, run: Training) -> Iterator[Report]:
        """Train, and keep the weights of some steps."""
        wanted = {*np.linspace(0, run.total, CHECKPOINTS).round().tolist()}
        begun, first = time.monotonic(), run.step
        for report in run:
            if run.over == "diverged":
                raise InputError(
                    f"The training diverged at step {run.step}: its loss is not finite, so it has no "
                    "landscape. Lower the learning rate."
                )
            if run.step in wanted or run.over:
                self._append("path", subjects.weights_of(run.module))
                self._append("buffers", subjects.buffers_of(run.module))
            pace = (time.monotonic() - begun) / (run.step - first) if run.step > first else None
            eta = None if pace is None else pace * (run.total - run.step)
            yield Report(run.step, "training", run.step, run.total, report.loss, 0, None, eta)

    def _append(self, name: str, row: NDArray[np.float32]) -> None:
        before = [self._known[name]] if name in self._known else []
        self._known[name] = np.vstack([*before, row])

    def subject(self) -> Subject:
        """What the landscape is of, at the end of its path where it has one."""
        found = self._of
        if isinstance(found, Training):
            found = subjects.of_training(found).first(self.spec.pictures)
        if "path" in self._known:
            found = found.at(self._known["path"][-1], self._known["buffers"][-1])
        subjects.check(found)
        return found

    def _directed(self, subject: Subject) -> Iterator[Report]:
        """Find the plane, and where the path is on it."""
        path = self._known.get("path", subject.origin[None])
        match self.spec.plane:
            case "random":
                kind, seed = self.spec.normalisation, self.spec.seed
                plane = directions.random_plane(subject, normalisation=kind, seed=seed)
            case "pca":
                plane = directions.pca_plane(path)
            case "hessian":
                for found in hessian.leading(subject):
                    done = found.products
                    yield Report(self._updates, "directions", done, hessian.MOST, 0.0, 0, None, None)
                plane = directions.hessian_plane(subject, found)
        for name in (*PLANE, *FACTS):
            if (value := getattr(plane, name)) is not None:
                self._known[name] = np.asarray(value)
        if len(path) > 1:
            nearest = paths.projection(path, plane)
            for name in NEAREST:
                self._known[name] = getattr(nearest, name)

    def _refined(self, subject: Subject) -> Iterator[Report]:
        """Compute grid after grid; the losses of the path itself come behind the first one."""
        origin, first, second = (self._known[name] for name in PLANE)
        losses = PlaneLosses(subject, Plane(origin, first, second, title=""), self.spec.statistics)
        self._pictures = len(subject.labels)
        self._begun, self._before = time.monotonic(), self._done
        for grid in self._grids:
            lacking, asked = tee(self._lacking(grid))
            found = losses.rows(row for _, _, row in asked)
            for (row, columns, _), values in zip(lacking, found, strict=True):
                self._known["loss"][row, columns], self._known["accuracy"][row, columns] = values
                yield self._report()
            self._complete(grid)
            yield self._report()
            if "coordinates" in self._known and "path_loss" not in self._known:
                self._walk(subject, losses)
                yield self._report()

    def _lacking(self, grid: int) -> Iterator[tuple[int, NDArray[np.int64], Row]]:
        """What a grid lacks, as `refinement.rows`, in parts of PART s at the pace so far."""
        for number, columns, row in refinement.rows(self._places, grid, self._known["loss"]):
            begin = 0
            while begin < len(columns):
                computed = self._done - self._before
                spent = time.monotonic() - self._begun
                end = begin + max(1, int(PART * computed / spent / hands.count()))
                yield number, columns[begin:end], Row(row.b, row.a[begin:end])
                begin = end

    @property
    def _done(self) -> int:
        """Points that are computed."""
        return int((~np.isnan(self._known["loss"])).sum())

    def _report(self) -> Report:
        done, lowest = self._done, float(np.nanmin(self._known["loss"]))
        points, computed = self._grids[-1] ** 2, done - self._before
        eta = (time.monotonic() - self._begun) * (points - done) / computed if computed else None
        return Report(self._updates + done, "surface", done, points, lowest, self._grid, self._error, eta)

    def _complete(self, grid: int) -> None:
        """All points of a grid are there: put a spline through them, and measure the one before."""
        there = np.ix_(*[refinement.places(grid, self.spec.points)] * 2)
        loss, accuracy = self._known["loss"][there], self._known["accuracy"][there]
        if self._grid:
            self._error = refinement.error(self._shown[0][there], loss)
        shown = refinement.spread(loss, self.spec.points)
        self._shown = shown, refinement.spline(accuracy, self.spec.points).clip(0, 1)
        self._grid = grid

    def _walk(self, subject: Subject, losses: PlaneLosses) -> None:
        """The losses on the path and below it; of its weights, only the last are needed from now on."""
        path, buffers = self._known["path"], self._known["buffers"]
        steps = (subject.at(*each) for each in zip(path, buffers, strict=True))
        self._known["path_loss"] = np.array([loss_of(each, self.spec.statistics)[0] for each in steps])
        below = losses.rows(Row(b, (a,)) for a, b in self._known["coordinates"].tolist())
        self._known["plane_loss"] = np.array([loss[0] for loss, _ in below])
        self._known["path"], self._known["buffers"] = path[-1:], buffers[-1:]

    def look(self) -> Arrays:
        """The surface and the path as known by now; nothing before the first grid is complete.

        Returns:
            "a" and "b" (N,) places along the directions;
            "loss" and "accuracy" (N, N), row b and column a: computed, or a spline between what is;
            "computed" (N, N) which are; "pictures" () over which the loss is taken;
            "explained" (2,) share of the path's variance, or "eigenvalues" (2,), where the plane has them;
            and where there is a path, for its T checkpoints "coordinates" (T, 2) of the nearest points of the
            plane, "distances" (T,) from there to the weights, also "relative" to the length of the path, and
            soon the "path_loss" (T,) of the weights and the "plane_loss" (T,) at their nearest points.
        """
        if not self._grid:
            return {}
        computed = ~np.isnan(self._known["loss"])
        loss, accuracy = (
            np.where(computed, self._known[name], shown)
            for name, shown in zip(("loss", "accuracy"), self._shown, strict=True)
        )
        surface = {"a": self._places, "b": self._places, "loss": loss, "accuracy": accuracy}
        facts = {name: self._known[name] for name in (*FACTS, *NEAREST, *LOSSES) if name in self._known}
        return {**surface, "computed": computed, "pictures": np.array(self._pictures), **facts}

    def state(self) -> bytes:
        """All it takes to go on from here, as a safetensors file."""
        arrays = {name: np.ascontiguousarray(array) for name, array in self._known.items()}
        if self._trains and isinstance(self._of, Training):
            arrays["training"] = np.frombuffer(self._of.state(), np.uint8)
        return save(arrays)


def _affordable(subject: Subject, grids: tuple[int, ...]) -> tuple[int, ...]:
    """The grids that take some minutes at most.

    Raises:
        InputError: none of them does.
    """
    _, channels, height, width = subject.images.shape
    work = len(subject.labels) * subjects.operations(subject.module, (channels, height, width))
    found = tuple(grid for grid in grids if work * grid**2 <= subjects.WORK)
    if not found:
        most = int(len(subject.labels) * subjects.WORK / (work * grids[0] ** 2))
        raise InputError(
            f"{subject.title} is large: a surface over {len(subject.labels):,} pictures would take far "
            f"longer than some minutes. Take {most:,} pictures at most."
        )
    return found


def known(state: bytes) -> Arrays:
    """What a state holds.

    Raises:
        InputError: it is damaged.
    """
    try:
        return load(state)
    except SafetensorError as error:
        raise InputError("This checkpoint is damaged. Start the landscape again.") from error
