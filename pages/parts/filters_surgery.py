"""Channel surgery: other weights in the network, and what becomes of its maps and of its answer."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.frame import links
from pages.parts.filters_mosaic import filters_of
from pages.server.errors import advice
from vizcore.exhibits import filters
from vizcore.exhibits.filters import ConvLayer, Effect
from vizcore.plots import curves
from vizcore.toolkit import kernels, nets, surgery
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.labels import escaped
from vizcore.toolkit.surgery import Edit, Operation

REFUSED = "filters.refused"  # in the session: why the last operation was not done
EDITED = "filters.one"  # key of the component whose weights can be changed


@st.cache_data(max_entries=64, show_spinner=False)
def effect_on(digest: str, before: str, after: str, _image: NDArray[np.float32]) -> Effect:
    return filters.effect(_image, before, after)


def operate(operation: Operation) -> None:
    """Do one thing more to the network in the tube, or remember why it cannot be done."""
    base, before = surgery.split(links.setting("net"))
    reference = surgery.joined(base, added(before, operation))
    try:
        nets.find(reference)
    except InputError as error:
        st.session_state[REFUSED] = str(error)
    else:
        links.choose("net", reference)
        links.choose("channel", str(operation.channel))  # the one on the page, whichever is strongest now


def added(before: Sequence[Operation], new: Operation) -> list[Operation]:
    """The operations and a new one.

    Edits of one kernel in a row can be undone one by one, until a link has no room for more: then the new
    one stands for all of them.
    """
    kept = list(before)
    try:
        surgery.parse(surgery.written([*kept, new]))
    except InputError:
        while kept and isinstance(new, Edit) and _kernel(kept[-1]) == _kernel(new):
            kept.pop()
    return [*kept, new]


def _kernel(operation: Operation) -> tuple[object, ...] | None:
    """Which kernel an operation replaces; None where it does something else."""
    if not isinstance(operation, Edit):
        return None
    return operation.layer, operation.channel, operation.source


def undo(count: int) -> None:
    """Take back the last operations."""
    base, done = surgery.split(links.setting("net"))
    links.choose("net", surgery.joined(base, done[: len(done) - count]))


def edit_weight(layer: str, channel: int) -> None:
    """Take in the weight that was changed in the browser."""
    picked: dict[str, Any] = components.picked(EDITED)
    source = int(picked["input"])
    kernel = filters_of(links.setting("net"), layer).weights[channel, source].copy()
    kernel[int(picked["row"]), int(picked["col"])] = float(picked["value"])
    operate(surgery.edit(layer, channel, source, kernel))


def controls(layer: ConvLayer, channel: int) -> None:
    """What can be done to one filter, and undone."""
    _, done = surgery.split(links.setting("net"))
    st.subheader(f"Surgery on filter {channel}", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button("Zero it", key="filters.zero", on_click=operate, args=[surgery.Zero(layer.name, channel)])
        far = surgery.LARGEST_FACTOR
        factor = st.number_input("Factor", -far, far, 2.0, 0.5, key="filters.factor", width=120)
        scale = surgery.Scale(layer.name, channel, factor)
        st.button("Scale it", key="filters.scale", on_click=operate, args=[scale])
        other = _filter("Other filter", layer, "filters.other")
        swap = surgery.Swap(layer.name, channel, other)
        st.button("Swap them", key="filters.swap", on_click=operate, args=[swap], disabled=other == channel)
        st.button("Undo", key="filters.undo", on_click=undo, args=[1], disabled=not done)
        st.button("Undo all", key="filters.undo_all", on_click=undo, args=[len(done)], disabled=not done)
    if refused := st.session_state.pop(REFUSED, ""):
        advice(refused)
    if done:
        st.text("Done so far: " + "; ".join(operation.says for operation in done) + ".")
    else:
        st.caption("Or change a weight in its field above. Nothing is written to disk; the link carries it.")


def _filter(label: str, layer: ConvLayer, key: str, start: int = 0) -> int:
    """The number of one of a layer's filters."""
    last = layer.shape[0] - 1
    st.session_state[key] = min(st.session_state.get(key, start), last)  # another layer may have fewer
    return st.number_input(label, 0, last, key=key, width=120)


def effect(stage: frame.Stage, layer: ConvLayer, channel: int) -> None:
    """The answer before and after, how far the maps of each later layer moved, and a way to see them."""
    base, done = surgery.split(stage.net)
    if not done:
        return
    try:
        found = effect_on(stage.digest, base, stage.net, stage.image)
    except InputError as error:
        advice(str(error))
        return
    st.markdown(verdict(found))
    answers, moved = st.columns(2, gap="medium")
    with answers:
        for title, shares in (("Before", found.before), ("After", found.after)):
            st.markdown(f"**{title}**")
            named = zip(found.classes, shares, strict=True)
            alt = ", ".join(f"{name} {share:.1%}" for name, share in named)
            options = curves.ranking(found.classes, shares)
            st.echarts_chart(options, height=26 * len(shares), key=f"filters.{title}", alt=f"{title}: {alt}")
    with moved:
        changes(found)
        if st.button("See the maps of both", icon=":material/blur_on:", key="filters.maps"):
            settings = {"net": stage.net, "net2": base, "beside": "net", "layer": layer.name, "unit": ""}
            for name, value in (settings | {"channel": str(channel)}).items():
                links.choose(name, value)
            st.switch_page(st.session_state["pages"]["feature_maps"])


def verdict(found: Effect) -> str:
    """What the operations did to the answer, in a sentence."""
    before, after = (found.classes[int(np.argmax(shares))] for shares in (found.before, found.after))
    if before != after:
        return f"The answer changes from **{escaped(before)}** to **{escaped(after)}**."
    shares = f"{curves.percent(max(found.before))} before, {curves.percent(max(found.after))} now"
    return f"The answer stays **{escaped(before)}**: {shares}."


def changes(found: Effect) -> None:
    """How far the maps of each later layer moved, in the order in which the layers run."""
    st.markdown(
        "**Change of the maps**",
        help=r"$\lVert y' - y \rVert \,/\, \lVert y \rVert$ over all maps of a layer",
    )
    moved = {name: value for name, value in found.change.items() if value}
    if not moved:
        st.caption("No map of this picture has changed.")
        return
    names, values = list(moved), list(moved.values())
    options = curves.ranking(names, values)
    options["xAxis"]["max"] = max([1.0, *values])
    alt = ", ".join(f"{name} {value:.0%}" for name, value in moved.items())
    with st.container(height=min(300, 24 * len(names) + 40), border=False):
        st.echarts_chart(options, height=24 * len(names), key="filters.changes", alt=alt)


def offer(net: str, selected: int) -> None:
    """Put a kernel that came along from the page of the convolution into the first layer.

    Args:
        net: a reference.
        selected: the filter that is proposed.
    """
    text = links.setting("kernel")
    if not text:
        return
    kernel, first = kernels.read(text), filters.layers(net)[0]
    rows, cols = kernel.shape
    with st.container(border=True, key="filters.offer"):
        st.markdown(
            f"**A kernel came along**: {rows} × {cols}. The first layer, {escaped(first.name)}, has "
            f"{first.shape[0]} filters of {first.shape[2]} × {first.shape[3]}."
        )
        st.latex(matrix(kernel))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            channel = _filter("Filter", first, "filters.target", selected)
            st.button(
                "Put it in",
                key="filters.put",
                type="primary",
                on_click=put,
                args=[first.name, channel, kernel],
            )
            st.button("Leave it", key="filters.leave", on_click=links.choose, args=["kernel", ""])
        if first.shape[1] > 1:
            st.caption(f"All {first.shape[1]} input channels get the same kernel, as for a grey picture.")


def put(layer: str, channel: int, kernel: NDArray[np.float64]) -> None:
    """Make a kernel the filter of all input channels, and look at it."""
    operate(surgery.edit(layer, channel, None, kernel))
    if REFUSED not in st.session_state:
        for name, value in {"kernel": "", "layer": layer, "channel": str(channel)}.items():
            links.choose(name, value)


def matrix(kernel: NDArray[np.float64]) -> str:
    """A kernel as LaTeX."""
    rows = (" & ".join(f"{value:.3g}" for value in row) for row in kernel)
    return r"\begin{bmatrix}" + r"\\".join(rows) + r"\end{bmatrix}"
