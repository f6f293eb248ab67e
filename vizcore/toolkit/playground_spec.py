"""Everything that learning in the plane depends on, and what it reports."""

from dataclasses import dataclass

from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.parameters import check_seed
from vizcore.toolkit.small_net import ACTIVATIONS, LOSSES
from vizcore.toolkit.toys import FEATURES, TOYS
from vizcore.toolkit.training_spec import check, check_count

MAX_LAYERS = 6  # hidden ones
MAX_UNITS = 8  # of a hidden layer
MAX_EPOCHS = 100_000
# Settings that may change while a run goes on, each with its lowest and highest value.
LIVE = {"lr": (1e-6, 100.0), "l1": (0.0, 10.0), "l2": (0.0, 10.0), "pace": (0.0, 1e6)}
SLOWEST = 5.0  # epochs a second; slower, and a run would not hear what it is told


@dataclass(frozen=True)
class Spec:
    """Everything a run depends on: equal specs give equal runs."""

    data: str = "circle"  # key of toys.TOYS
    noise: float = 0.0  # standard deviation that is added to both coordinates, in units of the plane
    share: float = 0.5  # of the points that is learnt from
    draw: int = 0  # seed of the points
    features: tuple[str, ...] = ("x1", "x2")  # keys of toys.FEATURES
    layers: tuple[int, ...] = (4, 2)  # units of each hidden layer
    activation: str = "tanh"  # key of small_net.ACTIVATIONS
    loss: str = "cross_entropy"  # key of small_net.LOSSES
    lr: float = 0.03  # of plain gradient descent
    l1: float = 0.0  # strength of L1; moves no bias
    l2: float = 0.0  # strength of L2; moves no bias
    batch: int = 10
    epochs: int = 1000
    seed: int = 0  # of the weights and the order of the points
    pace: float = 0.0  # epochs a second at most; 0: as many as there can be

    def __post_init__(self) -> None:
        if not isinstance(self.features, list | tuple) or not isinstance(self.layers, list | tuple):
            raise InputError("Features are a list of names, and layers are a list of numbers of units.")
        object.__setattr__(self, "features", tuple(self.features))  # JSON has lists only
        object.__setattr__(self, "layers", tuple(self.layers))
        pick(TOYS, self.data, "data set")
        pick(ACTIVATIONS, self.activation, "activation function")
        pick(LOSSES, self.loss, "loss")
        for name in self.features:
            pick(FEATURES, name, "feature")
        if not self.features or len(set(self.features)) < len(self.features):
            raise InputError("A network needs one feature at least, and each of them once.")
        if len(self.layers) > MAX_LAYERS:
            raise InputError(f"There are {MAX_LAYERS} hidden layers at most, not {len(self.layers)}.")
        for units in self.layers:
            check_count("layers", units, 1, MAX_UNITS)
        for name, (low, high) in {**LIVE, "noise": (0.0, 2.0), "share": (0.1, 0.9)}.items():
            check(name, getattr(self, name), low, high)
        if 0 < self.pace < SLOWEST:
            raise InputError(f"The pace is 0, for any, or {SLOWEST:g} epochs a second at least.")
        check_count("batch", self.batch, 1, 100)
        check_count("epochs", self.epochs, 1, MAX_EPOCHS)
        check_seed(self.seed)
        check_seed(self.draw)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, units of each hidden layer, and the one output."""
        return (len(self.features), *self.layers, 1)


@dataclass(frozen=True)
class Report:
    """How far a run has come after an epoch."""

    step: int  # epochs so far, 0 first
    loss: float  # mean over the points that are learnt from
    test: float  # mean over those that are held out
    hits: float  # share of the points that are learnt from whose class is told right
    accuracy: float  # of those that are held out
    lr: float
