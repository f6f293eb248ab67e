"""Charts that are drawn as a run goes: what run_charts.js needs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from numpy.typing import NDArray

from pages import components
from pages.components import charts
from pages.components.charts import Chart
from vizcore.runs import Status


def pack(
    figures: Sequence[Chart],
    *,
    run: str,
    url: str,
    status: Status,
    alt: str,
    unit: str = "step",
    columns: int = 1,
    cursor: float | None = None,
) -> bytes:
    """The message for run_charts.js, which reports {"again": run}, {"over": run} or, of the cursor, {"x": x}.

    Args:
        figures: one at least.
        run: its id.
        url: where to ask how it goes on.
        status: how it stands.
        alt: what is seen, for people who don't see it.
        unit: what the run counts.
        columns: how many charts stand side by side where there is room.
        cursor: where it stands on the x of the first chart; None: there is none.
    """
    header, blocks = drawn(figures)
    texts = {"run": run, "url": url, "status": asdict(status), "over": status.over, "alt": alt}
    return components.pack(texts | {"unit": unit, "columns": columns, "cursor": cursor} | header, *blocks)


def drawn(figures: Sequence[Chart]) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """Header and arrays of the charts, for the messages of the run."""
    return {"charts": charts.figures(figures)}, list(charts.blocks(figures))
