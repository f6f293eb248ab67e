"""One dimension: a row of detectors, what is pooled from it, and what stays when everything moves by one."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages import components, frame
from pages.components import pooling_detector as detector_part
from pages.frame import links
from pages.parts.convolution_controls import choice, select
from vizcore.exhibits import pooling
from vizcore.exhibits.pooling import GRIDS, Moved
from vizcore.toolkit import kernels, pools
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.latex import number
from vizcore.toolkit.pools import POOLS

MOST = kernels.MOST_CELLS  # detectors in the row
WINDOWS = {str(side): str(side) for side in range(1, 7)}
CEIL = {"floor": "if it fits", "ceil": "always (ceil mode)"}
STAYS = {"more": "more than half", "half": "half of them", "less": "less than half"}
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "detector_values": "0.1,1,0.2,0.1",
    "detector_entering": "0.3",
    "detector_kind": "max",
    "detector_window": "3",
    "detector_stride": "1",
    "detector_padding": "1",
    "detector_ceil": "floor",
}
EXPLAINED = (pooling.detectors, pools.pooled)


def _preset(title: str, **settings: str) -> frame.Preset:
    named = {f"detector_{name}": each for name, each in settings.items()}
    return frame.Preset(title, {"view": "detector"} | named)


PRESETS: Mapping[str, frame.Preset] = {
    "shift": _preset("Invariance (Vandin)", values="0.1,1,0.2,0.1", entering="0.3", window="3", stride="1",
                     padding="1"),
    "stride": _preset("Stride 2 (Vandin)", values="0.1,1,0.2,0.1,0,0.1", entering="0", stride="2",
                      padding="0", ceil="ceil"),
    "average": _preset("Averages", values="0.1,1,0.2,0.1", entering="0.3", kind="average"),
    "lone": _preset("A lone detector", values="0,0,1,0,0,0,0,0", entering="0", window="2", stride="2",
                    padding="0"),
}  # fmt: skip


def settle() -> None:
    """Forget detectors of the link that cannot be read, before the header says what could not be followed."""
    given()


@st.fragment
def show(stage: frame.Stage) -> None:
    """Detectors and outputs, before and after a shift by one; below them the formula and what to notice."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = choice("Pooling", {name: entry.title for name, entry in POOLS.items()}, "detector_kind")
        settings = {"kind": kind} | window_controls()
    values, entering = given()
    with frame.explained_errors():
        found = pooling.detectors(values, entering=entering, **settings)
    data = detector_part.data_for(values, found, f"{len(values)} {settings}")
    components.mount("pooling_detector", data=data, key="detector.row", on_pick=take)
    with st.container(horizontal=True):
        st.button("Move on", icon=":material/arrow_forward:", key="detector.move", on_click=move)
        st.button(
            "Add a detector", key="detector.add", on_click=resize, args=(1,), disabled=len(values) == MOST
        )
        st.button(
            "Remove the last", key="detector.less", on_click=resize, args=(-1,), disabled=len(values) == 2
        )
    links.publish("pooling", "view", "picture", "net", *STARTS, starts=STARTS)
    words, formula = st.columns([1, 1.2], gap="medium")
    formula.latex(f"y = {POOLS[kind].formula}")
    formula.latex(rf"n' = {found.before.axes[1].formula}")
    words.markdown("What to notice: " + " ".join(noticed(values, found)))
    words.caption(
        "The figures of Vandin's slides are lost; the numbers are those of the book that they credit: "
        "Goodfellow, Bengio & Courville 2016, figures 9.8 and 9.10."
    )
    predict(values, settings)


def window_controls() -> dict[str, Any]:
    """Where the windows lie along the row: settings of `detectors`."""
    window = int(select("Window", WINDOWS, "detector_window", STARTS["detector_window"], width=90))
    steps = {step: step for step in ("1", "2", "3")}
    stride = select("Stride", steps, "detector_stride", STARTS["detector_stride"], width=90)
    paddings = {str(cells): str(cells) for cells in range(window // 2 + 1)}
    start = min(STARTS["detector_padding"], max(paddings))
    padding = select("Padding", paddings, "detector_padding", start, width=90)
    ceil = choice("Keep a last window", CEIL, "detector_ceil")
    return {
        "window": window,
        "stride": int(stride),
        "padding": int(padding),
        "ceil_mode": ceil == "ceil",
    }


def given() -> tuple[list[float], float]:
    """The detectors, and what comes in from the left, as the link says; else those of the lecture."""
    values, entering = _row("detector_values"), _row("detector_entering")
    return values, entering[0]


def _row(key: str) -> list[float]:
    """The numbers of a setting."""
    try:
        rows = kernels.read(links.setting(key)).tolist()
        if len(rows) > 1 or (key == "detector_values" and len(rows[0]) < 2):
            raise InputError("Detectors stand in one row, and there are two of them at least.")
    except InputError:
        links.miss(key, STARTS[key], "The link names detectors that cannot be read.")
        return _row(key)
    return list(rows[0])


def take() -> None:
    """Put what was typed into the link."""
    picked: dict[str, Any] = components.picked("detector.row")
    links.choose("detector_values", kernels.written([picked["values"]]))
    links.choose("detector_entering", kernels.written([[picked["entering"]]]))


def move() -> None:
    """Move the detectors by one to the right for good; what came in comes in again."""
    values, entering = given()
    links.choose("detector_values", kernels.written([[entering, *values[:-1]]]))


def resize(by: int) -> None:
    """Add a detector that answers 0, or take the last one away."""
    values, _ = given()
    links.choose("detector_values", kernels.written([[*values, 0.0] if by > 0 else values[:-1]]))


def noticed(values: Sequence[float], found: Moved) -> list[str]:
    """Sentences with the numbers of this row."""
    changed, outputs = int(found.inputs_changed.sum()), int(found.outputs_changed.sum())
    lines = [
        f"{changed} of {len(values)} detectors changed ({found.share_of_inputs:.0%}), and {outputs} of "
        f"{found.outputs_changed.size} outputs ({found.share_of_outputs:.0%})."
    ]
    for grid in GRIDS.values() if as_the_lecture_says(found) else ():
        if len(grid.values) == 1 and grid.values[0].tolist() == list(values):
            lines.append(f"{grid.says} (From {grid.lecture}.)")
    if found.share_of_outputs < found.share_of_inputs:
        lines.append(
            "The network behind sees less of the move than the detectors did: approximate invariance."
        )
    elif found.before.kind == "max" and outputs:
        lines.append(
            "Here the maximum hides nothing: strong detectors left their windows or came into new ones."
        )
    return lines


def as_the_lecture_says(found: Moved) -> bool:
    """Whether the windows are those of a preset, so that its sentence fits."""
    windows = ("detector_window", "detector_stride", "detector_padding", "detector_ceil")
    return found.before.kind == "max" and any(
        all(links.setting(name) == {**STARTS, **preset.settings}[name] for name in windows)
        for preset in PRESETS.values()
    )


def predict(values: Sequence[float], settings: Mapping[str, Any]) -> None:
    """How many outputs another value from the left would change."""
    strong = 2 * max(1.0, *map(abs, values))

    def reveal() -> tuple[str, str]:
        found = pooling.detectors(values, entering=strong, **settings)
        share = 1 - found.share_of_outputs
        stays = found.outputs_changed.size - int(found.outputs_changed.sum())
        return (
            "half" if share == 0.5 else "more" if share > 0.5 else "less",
            f"{stays} of {found.outputs_changed.size} outputs stay.",
        )

    ask = f"a strong value of {number(strong)} came in from the left? Of the outputs would stay as they are …"
    frame.question(ask, STAYS, f"detector.predict.{list(values)}.{settings}", reveal)
