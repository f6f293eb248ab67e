"""What can be run: functions of vizcore by name, and nothing else."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from importlib import import_module
from typing import Any

from vizcore.toolkit.errors import InputError, pick


@dataclass(frozen=True)
class Function:
    """Where a function lies that takes arrays and a Spec and makes reports."""

    module: str
    name: str
    total: str  # what the work, or else its Spec, calls the number of steps that there are

    def load(self) -> Callable[..., Any]:
        """The function itself."""
        return getattr(import_module(self.module), self.name)

    def spec(self, settings: Mapping[str, Any]) -> Any:
        """The Spec of its module, with these settings.

        Raises:
            InputError: there is no such setting, or the Spec refuses what one is set to.
        """
        made = import_module(self.module).Spec
        names = [field.name for field in fields(made)]
        for setting in settings:
            if setting not in names:
                raise InputError(f"There is no setting {setting[:40]!r}. Choose among: {', '.join(names)}.")
        try:
            return made(**settings)
        except TypeError as error:  # a list where the Spec counts on a number, say
            raise InputError("A setting is of the wrong kind. Choose the settings once more.") from error


FUNCTIONS: Mapping[str, Function] = {
    "activation_functions.fit": Function("vizcore.toolkit.siren", "beside", "steps"),
    "activation_functions.dying": Function("vizcore.toolkit.dying", "train", "epochs"),
    "live_training.train": Function("vizcore.exhibits.live_training", "train", "total"),
    "live_training.seeds": Function("vizcore.toolkit.seed_groups", "train", "total"),
    "live_training.plane": Function("vizcore.toolkit.playground", "train", "epochs"),
    "live_training.rates": Function("vizcore.toolkit.rate_finder", "swept", "total"),
    "optimizers.network": Function("vizcore.toolkit.rivals", "train", "total"),
    "invariance.grid": Function("vizcore.toolkit.shift_grid", "grid", "total"),
    "loss_landscape.scan": Function("vizcore.exhibits.loss_landscape", "scan", "total"),
    "loss_landscape.line": Function("vizcore.toolkit.crossing", "cross", "total"),
    "loss_landscape.sharpness": Function("vizcore.toolkit.sharpness", "sharpness", "total"),
    "rehearsal.count": Function("vizcore.runs.rehearsal", "count", "steps"),
}
PRELOADED = ("torch._dynamo",)  # what works import on their way, a matter of seconds


def function(name: str) -> Function:
    """The function with this name. InputError: there is none."""
    return pick(FUNCTIONS, name, "run")


def plain(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as they will be read from the disk. TypeError: they are no plain data."""
    return json.loads(json.dumps(dict(settings)))


def preload() -> None:
    """Import everything that a run may need, and load the data that most of them need."""
    for module in (*PRELOADED, *(entry.module for entry in FUNCTIONS.values())):
        import_module(module)
    import_module("vizcore.toolkit.data").digits()
