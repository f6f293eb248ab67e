"""One pooling over one picture: every window, what wins it, and what can be put back."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import pooling as pooling_part
from pages.frame import links
from pages.parts import pooling_grid_files as files
from pages.parts import pooling_grid_settings as settings
from pages.parts.pooling_grid_settings import STARTS, Chosen
from pages.server import live
from vizcore.exhibits import pooling
from vizcore.exhibits.pooling import GRIDS, Pooled
from vizcore.toolkit import kernels, pools
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.latex import number
from vizcore.toolkit.pools import POOLS

settle = settings.settle
EXPLAINED = (pooling.pool, pooling.unpool, pools.pooled, pools.switches)
AGAIN = {"same": "the same", "other": "another one"}
SAME = 1e-9  # relative distance of outputs that are the same


def _preset(title: str, **settings: str) -> frame.Preset:
    return frame.Preset(title, {"view": "grid"} | settings)


PRESETS: Mapping[str, frame.Preset] = {
    "maxima": _preset("Maxima", grid_kind="max", grid_window="2", grid_input="picture"),
    "korenev": _preset("4 × 4 (Korenev)", grid_input="korenev"),
    "kainz": _preset("4 × 4 (Kainz)", grid_input="kainz"),
    "overlap": _preset("Overlapping", picture="cat", grid_window="3", grid_stride="2"),
    "ceil": _preset("Ceil mode", grid_input="numbered", grid_kind="average", grid_window="3",
                    grid_stride="3", grid_ceil="ceil"),
    "global": _preset("Global average", picture="cat", grid_kind="average", grid_window="global"),
}  # fmt: skip


@st.fragment
def show(stage: frame.Stage) -> None:
    """Input, output and unpooled input; below them the formulas, what to notice, and a question."""
    with frame.explained_errors():
        chosen = settings.controls(stage)
        found = chosen.pooled()
    unpooled = pooling.unpool(found, chosen.shape)
    laboratory(stage, chosen, found, unpooled)
    links.publish("pooling", "view", "picture", "net", *STARTS, starts=STARTS)
    words, formula = st.columns([1, 1.2], gap="medium")
    formula.latex(f"y = {POOLS[found.kind].formula}")
    formula.latex(found.formula)
    words.markdown("What to notice: " + " ".join(noticed(chosen, found, unpooled)))
    with words:
        frame.export_menu(partial(files.files, stage, chosen, found, unpooled), "grid")
    predict(stage, chosen, found, unpooled)


def laboratory(stage: frame.Stage, chosen: Chosen, found: Pooled, unpooled: NDArray[np.float64]) -> None:
    """Mount the component, with an address that answers while values are typed."""
    numbers = links.setting("grid_input") != "picture"
    view = pooling_part.View(
        identity=f"{'' if numbers else stage.digest} {chosen.shape} {chosen.settings} {chosen.shade}",
        selected=unit(found),
        turn=frame.turn("pooling"),
        editable=numbers,
        live=live.offer("grid", partial(answer, chosen)) if numbers else "",
        alts=alts(found, unpooled),
    )
    packed = pooling_part.pack(view, chosen.picture, found, unpooled)
    components.mount("pooling", data=packed, key="grid.lab", on_pick=take)


def answer(chosen: Chosen, question: Mapping[str, Any]) -> bytes:
    """What the pooling makes of other values, while they are typed.

    Raises:
        InputError: the question holds no grid of numbers as large as the one on the page.
    """
    values = kernels.checked(question.get("values", ()))
    if values.shape != chosen.shape:
        raise InputError(f"The input has {chosen.shape[0]} × {chosen.shape[1]} values, not {values.shape}.")
    found = chosen.pooled(values)
    return pooling_part.answer(found, pooling.unpool(found, chosen.shape))


def take() -> None:
    """Put what was clicked or typed into the link."""
    picked: dict[str, Any] = components.picked("grid.lab")
    if "unit" in picked:
        links.choose("grid_unit", ".".join(map(str, picked["unit"])))
    else:
        links.choose("grid_values", kernels.written(picked["values"]))
        links.choose("grid_input", settings.OWN)


def unit(found: Pooled) -> tuple[int, int]:
    """The output that the link names; else the largest one."""
    if named := links.indices(links.setting("grid_unit"), found.output.shape):
        return named[0], named[1]
    row, col = np.unravel_index(np.abs(found.output).argmax(), found.output.shape)
    return int(row), int(col)


def alts(found: Pooled, unpooled: NDArray[np.float64]) -> tuple[str, str, str]:
    """What is seen, in words."""
    (height, width), (rows, cols) = unpooled.shape, found.output.shape
    low, high = found.output.min(), found.output.max()
    filled = f"{np.count_nonzero(unpooled):,} of {unpooled.size:,} cells are not 0"
    return (
        f"input of {height} × {width} cells",
        f"output of {rows} × {cols} cells, from {low:.3g} to {high:.3g}",
        f"input made of the output alone, {filled}",
    )


def noticed(chosen: Chosen, found: Pooled, unpooled: NDArray[np.float64]) -> list[str]:
    """Sentences with this pooling's numbers."""
    lines = [f"**{POOLS[found.kind].title}.** {POOLS[found.kind].says}"]
    if (grid := GRIDS.get(links.setting("grid_input"))) is not None:
        lines = [grid.says, *([f"(From {grid.lecture}.)"] if grid.lecture else []), *lines]
    lines.append(f"{chosen.picture.size:,} values become {found.output.size:,}.")
    if unread := int(found.unread.sum()):
        lines.append(f"{unread:,} of {chosen.picture.size:,} input values are never read.")
    if any(axis.count > 1 and axis.stride < axis.window for axis in found.axes):
        lines.append("The windows overlap: a value can be read several times.")
    if found.kind == "max":
        winners = len(np.unique(found.winners.reshape(-1, 2), axis=0))
        lines.append(f"{winners:,} values win a window; the others leave no trace, not even in the gradient.")
    lines.append(left_over(chosen.picture, unpooled))
    return lines


def left_over(picture: NDArray[np.float64], unpooled: NDArray[np.float64]) -> str:
    """How far the unpooled picture is from the input."""
    size = float(np.linalg.norm(picture))
    if not size:
        return "The input is 0 everywhere, and so is what is unpooled."
    distance = float(np.linalg.norm(picture - unpooled)) / size
    return rf"Unpooled, it differs from the input by {number(100 * distance)} % of the input's length (L2)."


def predict(stage: frame.Stage, chosen: Chosen, found: Pooled, unpooled: NDArray[np.float64]) -> None:
    """What pooling makes of the unpooled picture."""

    def reveal() -> tuple[str, str]:
        again = chosen.pooled(unpooled).output
        size = float(np.linalg.norm(found.output)) or 1.0
        distance = float(np.linalg.norm(again - found.output)) / size
        overlap = any(axis.count > 1 and axis.stride < axis.window for axis in found.axes)
        why = " The windows overlap, and what one puts back the next one reads too." if overlap else ""
        return (
            "same" if distance <= SAME else "other",
            rf"$\lVert y' - y \rVert / \lVert y \rVert = {number(distance)}$.{why}",
        )

    settled = [links.setting(name) for name in STARTS if name != "grid_unit"]
    key = f"grid.predict.{stage.digest}.{settled}"
    frame.question("the unpooled picture were pooled again? The output would be …", AGAIN, key, reveal)
