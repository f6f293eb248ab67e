"""One kernel slid over one picture: the laboratory."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import convolution as convolution_part
from pages.components import panels as panels_part
from pages.components.convolution import Slider
from pages.frame import links
from pages.parts import convolution_slide_files as files
from pages.parts import convolution_slide_settings as chosen_settings
from pages.parts.convolution_slide_settings import STARTS, Chosen, kernel, numbers, shaped, starts
from pages.server import live
from pages.server.errors import advice
from vizcore.exhibits import convolution
from vizcore.exhibits.convolution import GRIDS, Response
from vizcore.toolkit import convolutions, kernels, spectra
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.kernels import KERNELS
from vizcore.toolkit.latex import number

SETTINGS = tuple(STARTS)
EXPLAINED = (
    convolution.convolve,
    convolution.transposed,
    convolutions.correlate,
    spectra.spectrum,
    spectra.separable,
)
KERNEL = ("weights", "slide_kernel", "slide_numbers", "slide_unit")  # do not say where windows lie
FLAT = 1e-9  # a sum of weights below it is 0
TURNED = {"same": "the same", "sign": "the same with the opposite sign", "other": "another one"}


def _preset(title: str, **settings: str) -> frame.Preset:
    return frame.Preset(title, {"view": "slide"} | settings)


PRESETS: Mapping[str, frame.Preset] = {
    "edges": _preset("Edges", slide_kernel="sobel_x"),
    "blur": _preset("Blur", picture="coffee", slide_size="256", slide_kernel="gaussian",
                    slide_rows="11", slide_cols="11", slide_padding="same", slide_mode="reflect"),
    "box": _preset("Box (ML lecture 15)", slide_input="hole", slide_kernel="box"),
    "x": _preset("X (ML lecture 15)", slide_input="x", slide_kernel="x_detector"),
    "cross": _preset("Cross (Korenev)", slide_input="binary", slide_kernel="cross"),
    "stride": _preset("Stride 2 (Kainz)", slide_input="numbered", slide_kernel="box",
                      slide_stride="2"),
    "stamp": _preset("Stamps", slide_input="binary", slide_kernel="gaussian", slide_rows="3",
                     slide_cols="3", slide_as="transposed", slide_stride="2"),
}  # fmt: skip


@st.fragment
def show(stage: frame.Stage) -> None:
    """Input, kernel and output; below them the formula, the kernel as a filter, and a question."""
    try:
        chosen = chosen_settings.controls(stage)
        found = chosen.response()
    except InputError as error:
        advice(str(error))
    else:
        shown(stage, chosen, found)
    links.publish("convolution", "view", "picture", "net", *SETTINGS, starts=starts())


def shown(stage: frame.Stage, chosen: Chosen, found: Response) -> None:
    """All that follows from what is chosen."""
    laboratory(stage, chosen, found)
    words, formula = st.columns([1, 1.2], gap="medium")
    formula.latex(sums(chosen))
    formula.latex(found.formula)
    words.markdown("What to notice: " + " ".join(noticed(chosen, found)))
    with words.container(horizontal=True):
        st.button(
            "Normalise",
            key="slide.normalise",
            on_click=normalise,
            disabled=bool(abs(chosen.kernel.sum()) < FLAT),
            help="divide the weights by their sum, so that flat ground keeps its brightness",
        )
        if st.button("Put it into a network", icon=":material/filter_center_focus:", key="slide.send"):
            links.choose("kernel", kernels.written(chosen.kernel))
            st.switch_page(st.session_state["pages"]["filters"])
        frame.export_menu(partial(files.files, stage, chosen, found), "slide")
    as_a_filter(chosen.kernel)
    predict(chosen)


def laboratory(stage: frame.Stage, chosen: Chosen, found: Response) -> None:
    """Mount the component, with an address that answers while it is dragged."""
    name, size = links.setting("slide_kernel"), chosen.kernel.shape
    (top, _), (left, _) = found.padding
    place = [links.setting(key) for key in STARTS if key not in KERNEL]
    view = convolution_part.View(
        identity=f"{stage.digest} {place} {size}",
        stride=chosen.settings["stride"],
        dilation=chosen.settings["dilation"],
        before=(top, left),
        transposed=chosen.kind == "transposed",
        flipped=chosen.kind == "convolution",
        selected=unit(chosen, found),
        turn=frame.turn("convolution"),
        editable=True,
        live=live.offer("slide", partial(answer, chosen, name)),
        sliders=sliders(name),
        alts=alts(chosen, found),
    )
    packed = convolution_part.pack(view, chosen.picture, chosen.kernel, found.output, found.rows, found.cols)
    components.mount("convolution", data=packed, key="slide.lab", on_pick=take)


def answer(chosen: Chosen, name: str, question: Mapping[str, Any]) -> bytes:
    """The output for other weights, while they are dragged or typed."""
    weights = shaped(question, name, (chosen.kernel.shape[0], chosen.kernel.shape[1]))
    return convolution_part.answer(weights, chosen.response(weights).output)


def take() -> None:
    """Put what was clicked, typed or dragged into the link."""
    picked: dict[str, Any] = components.picked("slide.lab")
    if "unit" in picked:
        links.choose("slide_unit", ".".join(map(str, picked["unit"])))
    elif "kernel" in picked:
        links.choose("weights", kernels.written(picked["kernel"]))
    else:
        links.choose(
            "slide_numbers", ";".join(f"{name}:{value:g}" for name, value in picked["sliders"].items())
        )


def normalise() -> None:
    links.choose("weights", kernels.written(kernels.normalised(kernel())))


def sliders(name: str) -> list[Slider]:
    """The numbers that shape a kernel."""
    if name not in KERNELS:
        return []
    values = numbers()
    return [
        Slider(entry.name, entry.title, entry.low, entry.high, entry.step, values[entry.name], entry.unit)
        for entry in KERNELS[name].parameters
    ]


def unit(chosen: Chosen, found: Response) -> tuple[int, int]:
    """The output that the link names; else the one furthest from 0 among those that read no padding."""
    if named := links.indices(links.setting("slide_unit"), found.output.shape):
        return named[0], named[1]
    size = np.abs(found.output)
    if chosen.kind != "transposed":
        inside = np.logical_and.outer(*(whole(chosen, found, axis) for axis in (0, 1)))
        size = np.where(inside | ~inside.any(), size, -1)
    row, col = np.unravel_index(size.argmax(), size.shape)
    return int(row), int(col)


def whole(chosen: Chosen, found: Response, axis: int) -> NDArray[np.bool_]:
    """Of each row (axis 0) or column (1) of the output, whether its window lies in the picture."""
    start = np.arange(found.output.shape[axis]) * chosen.settings["stride"] - found.padding[axis][0]
    reach = (chosen.kernel.shape[axis] - 1) * chosen.settings["dilation"]
    inside: NDArray[np.bool_] = (start >= 0) & (start + reach < chosen.picture.shape[axis])
    return inside


def alts(chosen: Chosen, found: Response) -> tuple[str, str]:
    """What is seen, in words."""
    height, width = chosen.picture.shape
    low, high = found.output.min(), found.output.max()
    rows, cols = found.output.shape
    return (
        f"input of {height} × {width} cells",
        f"output of {rows} × {cols} cells, from {low:.3g} to {high:.3g}",
    )


def sums(chosen: Chosen) -> str:
    """The formula of one output, with the stride, the padding and the dilation of this page."""
    s, d = chosen.settings["stride"], chosen.settings["dilation"]

    def place(axis: str, weight: str) -> str:
        step = axis if s == 1 else f"{s}{axis}"
        return f"{step} + {weight if d == 1 else f'{d}{weight}'}"

    if chosen.kind == "transposed":
        return rf"y_{{{place('i', 'm')},\,{place('j', 'n')}}} \mathrel{{+}}= x_{{i,j}}\; w_{{m,n}}"
    read = rf"\tilde x_{{{place('i', 'm')},\,{place('j', 'n')}}}"
    rows, cols = chosen.kernel.shape
    weights = rf"w_{{{rows - 1}-m,\,{cols - 1}-n}}" if chosen.kind == "convolution" else "w_{m,n}"
    return rf"y_{{i,j}} = \sum_{{m=0}}^{{{rows - 1}}} \sum_{{n=0}}^{{{cols - 1}}} {read}\; {weights}"


def noticed(chosen: Chosen, found: Response) -> list[str]:
    """Sentences with this kernel's and this output's numbers."""
    name, weights, lines = links.setting("slide_kernel"), chosen.kernel, []
    total, stamped = float(weights.sum()), chosen.kind == "transposed"
    if (grid := GRIDS.get(links.setting("slide_input"))) is not None and not stamped:
        lines.append(grid.says)
        if grid.lecture:
            lines.append(f"(From {grid.lecture}.)")
    if name in KERNELS and not stamped:
        lines.append(f"**{KERNELS[name].title}.** {KERNELS[name].says}")
    if stamped:
        s = chosen.settings["stride"]
        lines.append(
            f"Each input cell stamps the kernel, times its value; the stamps lie {s} px apart and add up "
            f"where they overlap. Flat ground comes out {number(total / s**2)} times as bright on average."
        )
    elif abs(total) < FLAT:
        lines.append("The weights sum to 0: flat ground gives 0, and what remains has two signs.")
    elif abs(total - 1) < FLAT:
        lines.append("The weights sum to 1: flat ground keeps its brightness.")
    else:
        lines.append(
            f"The weights sum to {number(total)}: flat ground comes out {number(total)} times as bright."
        )
    if unread := int(found.unread.sum()):
        what = "have their whole stamp cut off" if chosen.kind == "transposed" else "are never read"
        lines.append(f"{unread:,} of {found.unread.size:,} input cells {what}.")
    if name == "x_detector":
        lines.append(
            "The lecture shows the mean of nine products, cut off after two decimals: 7/9 is .778, not .77."
        )
    return lines


def as_a_filter(weights: NDArray[np.float64]) -> None:
    """The kernel's spectrum, and how near it is to one column times one row."""
    rows, cols = weights.shape
    st.subheader("The kernel as a filter", anchor=False)
    pictures, words = st.columns([1.6, 1], gap="medium")
    column, row = spectra.separable_factors(weights)
    nearest = np.outer(column, row)
    rest = np.where(np.abs(weights - nearest) > FLAT * np.abs(weights).max(), weights - nearest, 0)
    most = float(max(np.abs(weights).max(), np.abs(nearest).max())) or 1.0
    spectrum = spectra.spectrum(weights)
    shown = [
        panels_part.Panel("spectrum |W|", spectrum, "magnitude", (0.0, float(spectrum.max()) or 1.0)),
        panels_part.kernel("one column × one row", nearest, most=most),
        panels_part.kernel("what that leaves out", rest, most=most, sign="+"),
    ]
    view = panels_part.View(
        f"{kernels.written(weights)}", 3, (32, 32), "spectrum of the kernel, zero frequency in the middle"
    )
    with pictures:
        components.mount("panels", data=panels_part.pack(view, shown), key="slide.spectrum")
    values = spectra.singular_values(weights)
    values = np.where(values > FLAT * values[0], values, 0)
    rank, share = spectra.rank(weights), spectra.separable(weights)
    with words:
        st.latex(
            r"\sigma = ("
            + ",\\; ".join(number(float(value)) for value in values[:6])
            + (r",\; \dots)" if len(values) > 6 else ")")
        )
        st.latex(rf"\frac{{\sigma_1^2}}{{\sum_k \sigma_k^2}} = {100 * share:.3g}\,\%")
        kind = f"Rank {rank}: "
        if rank == 1:
            kind += "it **is** one column times one row. "
            kind += f"{rows} + {cols} = {rows + cols} products do the work of {rows * cols}."
        elif rank == 0:
            kind += "all weights are 0."
        else:
            kind += f"**{share:.0%} separable**. One column times one row comes that near; "
            kind += f"exactly it takes {rank} such pairs."
        st.markdown(kind)
        st.markdown(heard(weights))
        st.caption(
            "The middle of the spectrum is frequency 0 (flat ground), its border ½ cycle per px (the finest "
            "stripes)."
        )


def heard(weights: NDArray[np.float64]) -> str:
    """Which edges and which waves a kernel answers to."""
    angle, waves = spectra.orientation(weights), spectra.frequency(weights)
    parts = []
    if np.isfinite(angle):
        parts.append(f"It answers most to edges at {angle:.0f}°.")
    if np.isfinite(waves):
        parts.append(f"What passes has {waves:.2f} cycles per px on average.")
    return " ".join(parts) or "It has no direction and no frequency of its own."


def predict(chosen: Chosen) -> None:
    """What turning the kernel does."""

    def reveal() -> tuple[str, str]:
        before, after = chosen.response().output, chosen.response(chosen.kernel[::-1, ::-1].copy()).output
        size = max(float(np.linalg.norm(before)), 1e-12)
        same, sign = (float(np.linalg.norm(after - factor * before)) / size for factor in (1, -1))
        truth = "same" if same < FLAT else "sign" if sign < FLAT else "other"
        return truth, (
            rf"$\lVert y' - y \rVert / \lVert y \rVert = {number(same)}$ and "
            rf"$\lVert y' + y \rVert / \lVert y \rVert = {number(sign)}$. That is all "
            "that tells a convolution from a cross-correlation."
        )

    key = f"slide.predict.{kernels.written(chosen.kernel)[:200]}"
    frame.question("the kernel were turned by half a turn? The output would be …", TURNED, key, reveal)
