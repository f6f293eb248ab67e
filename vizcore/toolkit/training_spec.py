"""Everything a training run depends on, and what it reports."""

from dataclasses import dataclass, fields

from vizcore.toolkit import augmentation, optimisation, recipes
from vizcore.toolkit.errors import InputError, pick
from vizcore.toolkit.parameters import check_seed

MAX_EPOCHS = 1_000
MAX_BATCH = 512
MAX_PATIENCE = 1_000
MAX_RATE = 100.0
MAX_EXAMPLES = 70_000
DEVICES = ("auto", "cpu", "cuda", "mps")
# Settings that may change while a run goes on, each with its lowest and highest value.
LIVE = {
    "lr": (1e-8, MAX_RATE),
    "weight_decay": (0.0, 10.0),
    "l1": (0.0, 10.0),
    "smoothing": (0.0, 0.9),
    "clip": (0.0, 1e6),
    "probe": (0, 10_000),
}


@dataclass(frozen=True)
class Spec:
    """Everything a run depends on: equal specs give equal runs on the same device."""

    data: str = "digits"  # key of datasets.DATASETS, or datasets.OWN
    count: int = 0  # examples to learn from and to measure on together; 0: all
    share: float = 0.25  # of them that is held out for validation
    noise: float = 0.0  # standard deviation that is added to pixels in [0, 1]
    net: str = "lenet5"  # key of recipes.RECIPES, or the token of an own architecture
    activation: str = "relu"  # key of recipes.ACTIVATIONS
    norm: bool = False  # batch norm behind every convolution
    dropout: float = 0.0  # before the last layer
    start: str = "kaiming"  # key of optimisation.STARTS
    optimiser: str = "momentum"  # key of optimisation.OPTIMISERS
    lr: float = 0.01
    schedule: str = "constant"  # key of optimisation.SCHEDULES
    weight_decay: float = 0.0  # L2
    l1: float = 0.0  # strength of L1
    smoothing: float = 0.0  # of labels
    clip: float = 0.0  # largest norm of the gradient of all weights; 0: any
    batch: int = 32
    epochs: int = 30
    patience: int = 0  # epochs without a lower validation loss after which a run stops; 0: it does not
    augment: tuple[str, ...] = ()  # keys of augmentation.AUGMENTATIONS
    seed: int = 0  # of weights, order, augmentation and dropout
    probe: int = 0  # number of the held-out example whose maps are shown; changes nothing else
    device: str = "auto"

    def __post_init__(self) -> None:
        if not isinstance(self.augment, list | tuple) or not isinstance(self.norm, bool):
            raise InputError("Augmentations are a list of names, and batch norm is on or off.")
        if not isinstance(self.data, str) or not isinstance(self.net, str):
            raise InputError("Data and network are given by their names. Choose both once more.")
        object.__setattr__(self, "augment", tuple(self.augment))  # JSON has lists only
        for name in self.augment:
            pick(augmentation.AUGMENTATIONS, name, "augmentation")
        pick(optimisation.OPTIMISERS, self.optimiser, "optimiser")
        pick(optimisation.SCHEDULES, self.schedule, "schedule")
        pick(optimisation.STARTS, self.start, "initialisation")
        pick(recipes.ACTIVATIONS, self.activation, "activation function")
        if self.device not in DEVICES:
            raise InputError(f"A device is one of {', '.join(DEVICES)}, not {str(self.device)[:40]!r}.")
        for name, (low, high) in {
            **LIVE,
            "share": (0.05, 0.9),
            "noise": (0.0, 1.0),
            "dropout": (0.0, 0.95),
        }.items():
            check(name, getattr(self, name), low, high)
        for name, low, high in (
            ("count", 0, MAX_EXAMPLES),
            ("batch", 1, MAX_BATCH),
            ("epochs", 1, MAX_EPOCHS),
            ("patience", 0, MAX_PATIENCE),
        ):
            check_count(name, getattr(self, name), low, high)
        check_seed(self.seed)


def check(name: str, value: float, low: float, high: float) -> None:
    """Let a setting pass that is a number from low to high.

    Raises:
        InputError: it is none.
    """
    if isinstance(value, bool) or not (isinstance(value, int | float) and low <= value <= high):  # nan too
        raise InputError(f"The setting {name} goes from {low:g} to {high:g}, not {str(value)[:40]}.")


def check_count(name: str, value: int, low: int, high: int) -> None:
    """Let a setting pass that is a whole number from low to high.

    Raises:
        InputError: it is none.
    """
    if isinstance(value, bool) or not (isinstance(value, int) and low <= value <= high):
        raise InputError(
            f"The setting {name} is a whole number from {low} to {high:,}, not {str(value)[:40]}."
        )


@dataclass(frozen=True)
class Report:
    """How far a run has come after a step."""

    step: int  # updates so far, 0 first
    epoch: float  # passes over the training set so far
    loss: float  # nats, of the batch of this step before the update; at step 0 that of the validation set
    hits: float  # share of that batch that was right
    validation: float  # nats, mean loss over the validation set when it was last measured
    accuracy: float  # share of the validation set that was right then, 0 to 1
    measured: int  # the step after which that was
    lr: float  # learning rate of the step
    over: str = ""  # why this report is the last one: "epochs", "patience" or "diverged"


SETTINGS = tuple(field.name for field in fields(Spec))
