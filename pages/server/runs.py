"""Runs for pages: which one a link names, and what a component gets that follows it (follow.js)."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from numpy.typing import NDArray

from pages.components import pack
from pages.frame import links
from pages.server import live
from vizcore import runs
from vizcore.toolkit.errors import InputError, pick

Lines = list[dict[str, Any]]
# Makes header and arrays of a message from the new lines of the history, and the newest report if it is new.
# JSON has no nan: numbers that may not be finite belong into an array.
View = Callable[[Lines, dict[str, Any] | None], tuple[dict[str, Any], list[NDArray[Any]]]]

ACTIONS: Mapping[str, Callable[[str], None]] = {
    "pause": runs.pause,
    "resume": runs.resume,
    "step": runs.step,
    "stop": runs.stop,
}


def linked(setting: str) -> str:
    """The id that a setting of the link has; empty where it has none, or names no run that is kept.

    The header of the page then says so.
    """
    run = links.setting(setting)
    if not run:
        return ""
    try:
        runs.status(run)
    except InputError as error:
        links.miss(setting, "", str(error))
        return ""
    return run


def follow(key: str, run: str, view: View) -> str:
    """The address for `followRun`; call it in a run of the page.

    Args:
        key: names the place on the page.
        run: id of the run.
        view: what the component gets of it.
    """
    return f"{live.offer(key, partial(answer, run, view))}?{run}"


def answer(run: str, view: View, question: dict[str, Any]) -> bytes:
    """A message about a run: `status`, `over`, what `mark` says, and what the view makes.

    Args:
        run: its id.
        view: takes what is new.
        question: `since` (number of a report), perhaps `lives`, and perhaps `do`, a key of ACTIONS.
    """
    if "do" in question:
        pick(ACTIONS, question["do"], "action")(run)
    status = runs.status(run, watching=True)  # first: once it is over, all lines are there
    since = first_new(status, question.get("since", 0), question.get("lives"))
    lines, following = runs.history(run, since)
    newest = runs.newest(run, since)  # last: it is as new as any line
    header, blocks = view(lines, newest)
    return pack(
        {"status": asdict(status), "over": status.over, **mark(status, since, following), **header}, *blocks
    )


def first_new(status: runs.Status, since: object, lives: object) -> int:
    """Number of the first report that is new to a component.

    That is 0 where the run has had another process since: it went on from a checkpoint, and what was
    reported behind that is reported once more.

    Args:
        status: of the run.
        since: the number up to which the component was told.
        lives: how many processes there had been by then; None where it does not know.
    """
    if type(since) is not int:
        raise InputError("Reports are counted in whole numbers. Reload the page to go on.")
    return since if lives is None or lives == status.lives else 0


def mark(status: runs.Status, since: int, following: int) -> dict[str, Any]:
    """How far a component has been told: `next` and `lives`, to be asked with; `anew` for a whole history."""
    return {"next": following, "lives": status.lives, "anew": since == 0}
