"""What has come of a run so far. An InputError says that there is no run with the id."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vizcore.runs import folder as folders
from vizcore.runs import reports, states
from vizcore.runs.reports import Line
from vizcore.runs.states import Checkpoint
from vizcore.toolkit.errors import InputError


def history(run: str, since: int = 0) -> tuple[list[Line], int]:
    """The numbers that were reported.

    Args:
        run: its id.
        since: number of the first report that is asked for.

    Returns:
        A dict for each report, with "report" (its number) and "step" before its own fields; and what to ask
        for the next time.
    """
    found = reports.lines(folders.of(run), since)
    return found, found[-1]["report"] + 1 if found else since


def newest(run: str, since: int = 0) -> Line | None:
    """The newest report with its arrays, by field, and "report" and "step".

    Args:
        run: its id.
        since: number of the first report that is asked for; before that one there is None.
    """
    return reports.newest(folders.of(run), since)


def arrays(run: str) -> dict[str, NDArray[Any]]:
    """What its function takes besides the Spec, by name; read-only, and on the disk until it is used."""
    return {path.stem: np.load(path, "r", allow_pickle=False) for path in folders.of(run).glob("*.npy")}


def checkpoints(run: str) -> tuple[int, ...]:
    """The steps to which one can go back."""
    return states.steps(folders.of(run))


def state_of(run: str, step: int) -> bytes:
    """What the function of a run takes as `state` to go on from a step.

    Raises:
        InputError: there is no checkpoint of this step, or it is damaged.
    """
    return checkpoint(run, step).state


def checkpoint(run: str, step: int) -> Checkpoint:
    """The checkpoint of a step. InputError: there is none, or it is damaged."""
    found = states.read(folders.of(run), step)
    if found is None:
        raise InputError(f"There is no checkpoint of step {step}. Choose another one.")
    return found
