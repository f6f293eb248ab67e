"""Several runs in the same charts: what compare.js needs, at first and of what is new."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages import components
from vizcore.runs import Status

Lines = Sequence[Mapping[str, Any]]
QUANTITIES = ("validation", "accuracy", "loss")  # in the order of the charts
BAND = 5  # numbers of a band, from the least to the largest
STATES = ("running", "queued", "paused", "lost", "stopped", "failed")  # what counts first when runs differ


@dataclass(frozen=True)
class Shown:
    """A run as a curve."""

    name: str
    wide: int  # numbers of each quantity in a report: BAND for copies, 1 for a single run
    back: int  # steps of an epoch
    total: int  # steps that there will be
    style: int = -1  # colour and dashes of its line; -1: its place


def pack(runs: Sequence[Shown], *, key: str, x: str, url: str, over: bool, alt: str) -> bytes:
    """The message for compare.js.

    Args:
        runs: one at least.
        key: another one for other runs.
        x: what the horizontal axis counts.
        url: where to ask how they go on.
        over: whether Python has words for their ends.
        alt: what is seen, for people who don't see it.
    """
    entries = [asdict(run) | {"style": at if run.style < 0 else run.style} for at, run in enumerate(runs)]
    return components.pack({"runs": entries, "key": key, "x": x, "url": url, "over": over, "alt": alt})


def news(
    runs: Sequence[Shown], statuses: Sequence[Status], lines: Sequence[Lines], scales: Sequence[float]
) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """Header and arrays of what is new.

    Args:
        runs: as in `pack`.
        statuses: how each stands.
        lines: of each what is new of its history.
        scales: of each, how far a step goes on the horizontal axis.
    """
    blocks: list[NDArray[Any]] = []
    for run, found in zip(runs, lines, strict=True):
        blocks += [np.array([line[name] for line in found], np.int32) for name in ("step", "measured")]
        for name in QUANTITIES:
            blocks.append(np.array([line[name] for line in found], np.float32).reshape(-1, run.wide))
    entries = [{"reports": len(found), "scale": scale} for found, scale in zip(lines, scales, strict=True)]
    said = (f"{run.name}: {each.sentence}" for run, each in zip(runs, statuses, strict=True) if each.sentence)
    status = together(statuses, sum(run.total for run in runs)) | {"sentence": next(said, "")}
    header = {"runs": entries, "status": status, "over": all(each.over for each in statuses)}
    return header | {"told": told(runs, statuses)}, blocks


def together(statuses: Sequence[Status], total: int) -> dict[str, Any]:
    """How several runs with so many steps stand, as one: their steps are counted together."""
    states = {status.state for status in statuses}
    step = sum(status.step for status in statuses)
    return {
        "state": next((state for state in STATES if state in states), "finished"),
        "step": step,
        "total": total if any(status.total for status in statuses) else None,
        "place": max(status.place for status in statuses),
        "eta": _eta(statuses, total - step),
        "sentence": next((status.sentence for status in statuses if status.sentence), ""),
    }


def _eta(statuses: Sequence[Status], steps: int) -> float | None:
    """Seconds to come: of the slowest run, or of all steps at the pace so far where some still wait."""
    left = [status.eta for status in statuses if status.eta is not None]
    done = sum(status.step for status in statuses)
    if left and done:
        left.append(sum(status.seconds for status in statuses) / done * steps / len(left))
    return max(left, default=None)


def told(runs: Sequence[Shown], statuses: Sequence[Status]) -> str:
    """How each run stands, in words; nothing once all are done."""
    if all(status.state == "finished" for status in statuses):
        return ""
    return "; ".join(_stands(*each) for each in zip(runs, statuses, strict=True))


def _stands(run: Shown, status: Status) -> str:
    far = f"step {status.step:,} of {run.total:,}"
    words = {
        "finished": "done",
        "queued": f"waits at place {status.place}",
        "running": far if status.total else "starts",
    }
    return f"{run.name}: {words.get(status.state, f'{status.state} at {far}')}"
