"""Everything a scan of a loss landscape depends on, and what it reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vizcore.toolkit import training_spec
from vizcore.toolkit.directions import NORMALISATIONS
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.parameters import check_seed
from vizcore.toolkit.training_spec import check, check_count

PLANES: Mapping[str, str] = {
    "random": "Random directions",
    "pca": "The plane of the path",
    "hessian": "The two most curved directions",
}
STATISTICS: Mapping[str, str] = {
    "running": "as measured while it was trained",
    "batch": "measured anew at every point",
}
GRIDS = (13, 25, 49, 97)  # points along each side: each grid has all points of the one before
SPAN = (1e-4, 100.0)  # least and most
MOST_PICTURES = 20_000


@dataclass(frozen=True)
class Spec:
    """A landscape: of what, along which plane, and how finely. Equal specs give equal landscapes."""

    net: str = "lenet5"  # reference of the network; has no meaning where there is a training
    data: str = ""  # key of DATASETS, for `net`; left out, what it was trained on
    training: Mapping[str, Any] | None = None  # settings of `training_spec.Spec`: it is trained first
    plane: str = "random"  # key of PLANES
    normalisation: str = "filter"  # of random directions, key of NORMALISATIONS
    span: float = 1.0  # how far the surface reaches each way, in lengths of the directions
    points: int = 49  # along each side in the end, one of GRIDS
    pictures: int = 0  # over which the loss is taken; 0: the usual number
    seed: int = 0  # of random directions
    statistics: str = "running"  # of batch norm, key of STATISTICS

    def __post_init__(self) -> None:
        if self.training is not None:
            self.trained()
        pick(PLANES, self.plane, "plane")
        pick(NORMALISATIONS, self.normalisation, "normalisation")
        pick(STATISTICS, self.statistics, "way to treat batch norm")
        check("span", self.span, *SPAN)
        if self.points not in GRIDS:
            counts = ", ".join(map(str, GRIDS))
            raise InputError(f"A surface has {counts} points along each side, not {str(self.points)[:40]}.")
        check_count("pictures", self.pictures, 0, MOST_PICTURES)
        check_seed(self.seed)

    def trained(self) -> training_spec.Spec:
        """The training that comes first.

        Raises:
            InputError: there is none, or its settings are wrong.
        """
        if not isinstance(self.training, Mapping) or not {*self.training} <= {*training_spec.SETTINGS}:
            raise InputError("The training has settings that there are not. Choose it once more.")
        return training_spec.Spec(**self.training)


@dataclass(frozen=True)
class Report:
    """How far a scan has come."""

    step: int  # updates of the training and points of the surface so far
    phase: str  # "training", "directions" or "surface"
    done: int  # of this phase: updates, products with the Hessian, points
    of: int  # how many there will be; of products, at most
    loss: float  # nats, of the newest batch of the training; then the lowest that the surface has so far
    grid: int  # points along each side of the finest grid that is complete; 0 before the first one
    error: float | None  # percent of the range: the largest error that the spline of the grid before had
    eta: float | None  # s to the end of this phase, as far as its pace so far tells; None: unknown
