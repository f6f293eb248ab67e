"""What people do with a run that is there. An InputError says that there is no run with the id."""

import json
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from vizcore.runs import folder as folders
from vizcore.runs import functions, locks, orders, processes, record, slots
from vizcore.toolkit.errors import InputError

ATTEMPTS = 5  # to delete a folder; what is left after them goes with a later round


def description(run: str) -> dict[str, Any]:
    """What a run does.

    Returns:
        function, settings (as of now), began (the settings that it began with), created (s since 1970),
        label, and of a branch parent and step.
    """
    try:
        return json.loads((folders.of(run) / "spec.json").read_bytes())
    except (FileNotFoundError, ValueError):  # it is just being removed, or the computer lost its power
        raise InputError(folders.GONE) from None


def labelled(label: str) -> str:
    """The id of the newest run that was started with this label; empty where there is none."""
    found = {}
    for run in folders.everything():
        with suppress(InputError):  # it is just being made or removed
            entry = description(run)
            if entry.get("label") == label:
                found[entry["created"]] = run
    return found[max(found)] if found else ""


def pause(run: str, notice: str = "") -> None:
    """Let a run rest behind its next report, or wait no longer for its turn.

    Args:
        run: its id.
        notice: the sentence of its status while it rests.
    """
    folder = folders.of(run)
    with slots.alone():
        waited = slots.withdraw(run)
        if processes.alive(folder, record.read(folder)):
            orders.give(folder, {"do": "pause", "notice": notice})
        elif waited:
            record.amend(folder, state="paused", notice=notice)


def change(run: str, **settings: Any) -> None:
    """Change settings of a run while it works or rests.

    Raises:
        InputError: its Spec refuses them, or it has no process. What the work itself refuses stands in the
            sentence of the status.
    """
    folder = folders.of(run)
    entry = description(run)
    plain = functions.plain(settings)
    functions.function(entry["function"]).spec(entry["settings"] | plain)
    if not locks.held(folder / "process"):
        raise InputError("Only a run that is under way can be changed. Resume it first.")
    orders.give(folder, {"do": "change", "settings": plain})


def stop(run: str) -> None:
    """End a run. Its reports and checkpoints stay; a process that does not answer is killed."""
    folder = folders.of(run)
    with slots.alone():
        slots.withdraw(run)
        found = record.read(folder)
        if processes.alive(folder, found):
            orders.give(folder, orders.STOP)
            (folder / "stop").touch()
        elif found.state not in record.OVER:
            record.end(folder, "stopped")


def remove(run: str) -> None:
    """End a run and delete all that there is of it."""
    discard(folders.of(run))


def discard(folder: Path) -> None:
    """The same for a folder, whatever there is of a run in it."""
    with slots.alone():
        slots.withdraw(folder.name)
        (folder / "record").unlink(missing_ok=True)  # from now on it is gone for everybody
    for _ in range(ATTEMPTS):  # a process that is just coming up may write in the midst of it
        processes.kill(folder)
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            break
