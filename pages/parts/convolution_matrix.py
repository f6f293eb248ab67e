"""Convolution as a matrix: every window is a row, and most of the matrix is zero."""

from collections.abc import Mapping

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components, frame
from pages.components import matrix as matrix_part
from pages.frame import links
from pages.parts.convolution_controls import choice, slide
from pages.parts.convolution_kernels import kernel_choice
from vizcore.exhibits import convolution
from vizcore.toolkit import dense, kernels
from vizcore.toolkit.small import square

KINDS: Mapping[str, str] = {"shared": "shared (convolution)", "sparse": "sparse", "dense": "dense"}
DIRECTIONS: Mapping[str, str] = {"forward": "the matrix", "transposed": "its transpose"}
FORMULAS: Mapping[str, str] = {
    "forward": r"y = M x, \qquad y_r = \sum_c M_{rc}\, x_c",
    "transposed": r"z = M^\top y, \qquad z_c = \sum_r M_{rc}\, y_r",
}
PADDINGS: Mapping[str, str] = {"valid": "none", "zeros": "zeros", "circular": "circular"}
SIDES = ("5", "6", "7", "8")
STRIDES: Mapping[str, str] = {"1": "1", "2": "2"}
PIXELS: tuple[str, ...] = (
    "784",
    "1024",
    "4096",
    "10000",
    "50176",
    "100000",
    "262144",
    "1000000",
    "2000000",
    "5000000",
)
PIXELS += ("12000000", "24000000", "48000000")
DEPTHS: Mapping[str, str] = {"3": "3", "1": "1"}
TAPS = ("1", "3", "5", "9", "25", "49", "121")
WIDTHS = ("10", "100", "1000")
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "matrix_kernel": "sobel_x",
    "matrix_kind": "shared",
    "matrix_way": "forward",
    "matrix_side": "6",
    "matrix_stride": "1",
    "matrix_padding": "valid",
    "matrix_pixels": "1000000",
    "matrix_depth": "3",
    "matrix_taps": "3",
    "matrix_width": "100",
}
SETTINGS = tuple(STARTS)
Values = NDArray[np.float64]


def _preset(title: str, **settings: str) -> frame.Preset:
    return frame.Preset(
        title, {"view": "matrix"} | {f"matrix_{name}": value for name, value in settings.items()}
    )


_SMALL = {"kernel": "sobel_x", "side": "6", "stride": "1", "padding": "valid", "way": "forward"}
_LECTURE = {"pixels": "12000000", "depth": "3", "taps": "3", "width": "100"}
PRESETS: Mapping[str, frame.Preset] = {
    "shared": _preset("Shared weights", **_SMALL, kind="shared"),
    "sparse": _preset("Sparse", **_SMALL, kind="sparse"),
    "dense": _preset("Dense", **_SMALL, kind="dense"),
    "circular": _preset("Round and round", **_SMALL | {"padding": "circular"}, kind="shared"),
    "transposed": _preset("Transposed", **_SMALL | {"way": "transposed", "stride": "2"}, kind="shared"),
    "lecture": _preset("36 million inputs (Kainz)", **_LECTURE, kind="shared"),
}
FACTORS = {"same": 1.0, "half": 0.5, "quarter": 0.25}
EXPLAINED = (dense.matrix, dense.counts)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The matrix between two small pictures, and what such matrices take for large ones."""
    with st.container(horizontal=True):
        name = kernel_choice("Kernel", "matrix_kernel", STARTS["matrix_kernel"])
        kind = choice("Weights", KINDS, "matrix_kind")
        way = choice("Shown", DIRECTIONS, "matrix_way")
    with st.container(horizontal=True):
        side = int(slide("Side of the picture (px)", SIDES, "matrix_side", STARTS["matrix_side"]))
        stride = int(choice("Stride", STRIDES, "matrix_stride"))
        padding = choice("Padding", PADDINGS, "matrix_padding")
    kernel = kernels.kernel(name, 3, 3)
    picture = square(convolution.grey(stage.image)[..., None], side)[..., 0]
    table, reads, shape = matrices(kernel, side, stride, padding, kind)
    if way == "transposed":
        given, table, reads, shape = (table @ picture.ravel()).reshape(shape), table.T, reads.T, picture.shape
    else:
        given = picture
    output = (table @ given.ravel()).reshape(shape)
    draw(f"{side} {stride} {padding} {kind} {way}", way, table, reads, given, output)
    words, formula = st.columns([1, 1.2], gap="medium")
    formula.latex(FORMULAS[way])
    formula.latex(sizes(table, reads, kind))
    words.markdown("**What to notice.** " + " ".join(noticed(kind, way, reads)))
    predict(kernel, side, stride, padding)
    large()
    links.publish("convolution", "view", "picture", "net", *SETTINGS, starts=STARTS)


def predict(kernel: Values, side: int, stride: int, padding: str) -> None:
    """What a larger picture does to the share of weights in the matrix."""

    def reveal() -> tuple[str, str]:
        before, after = (
            float(matrices(kernel, size, stride, padding, "sparse")[1].mean()) for size in (side, 2 * side)
        )
        truth = min(FACTORS, key=lambda name: abs(float(FACTORS[name]) - after / before))
        return truth, (
            f"{before:.1%} of the entries hold a weight here, {after:.1%} at {2 * side} × {2 * side} px "
            f"({after / before:.2f} times): each output reads as many inputs as before, out of four times "
            "as many."
        )

    answers = {"same": "the same", "half": "half as large", "quarter": "a quarter as large"}
    ask = (
        "the picture had twice as many rows and columns? The share of weights in the matrix would be about …"
    )
    frame.question(ask, answers, f"matrix.predict.{side}.{stride}.{padding}", reveal)


def matrices(
    kernel: Values, side: int, stride: int, padding: str, kind: str
) -> tuple[Values, NDArray[np.bool_], tuple[int, int]]:
    """The matrix, where it has weights, and rows and columns of what comes out."""
    how = {"stride": stride, "padding": 0 if padding == "valid" else 1}
    mode = "zeros" if padding == "valid" else padding
    ones = dense.matrix(np.ones_like(kernel), (side, side), padding_mode=mode, **how)
    out = (side + 2 * how["padding"] - 3) // stride + 1
    if kind == "shared":
        shared = dense.matrix(kernel, (side, side), padding_mode=mode, **how)
        return shared, ones > 0, (out, out)
    drawn = np.random.default_rng(0).standard_normal(ones.shape) / 3
    reads = ones > 0 if kind == "sparse" else np.ones_like(ones, np.bool_)
    return drawn * reads, reads, (out, out)


def draw(
    identity: str, way: str, table: Values, reads: NDArray[np.bool_], given: Values, output: Values
) -> None:
    """The equation: what comes out = matrix times what goes in."""
    names = ("picture x", "output y") if way == "forward" else ("output y", "back: z = Mᵀ y")
    alt = f"a matrix of {table.shape[0]} rows and {table.shape[1]} columns, {reads.mean():.0%} of it weights"
    view = matrix_part.View(identity, names, busiest(reads), alt)
    components.mount("matrix", data=matrix_part.pack(view, table, reads, given, output), key="matrix.table")


def busiest(reads: NDArray[np.bool_]) -> int:
    """The row that reads most, in the middle of several."""
    counts = reads.sum(axis=1)
    rows = np.flatnonzero(counts == counts.max())
    return int(rows[len(rows) // 2])


def sizes(table: Values, reads: NDArray[np.bool_], kind: str) -> str:
    """How many entries, how many of them weights, and how many different ones, as LaTeX."""
    different = 9 if kind == "shared" else int(reads.sum())
    parts = (
        rf"{table.shape[0]} \cdot {table.shape[1]} = {table.size}\ \text{{entries}}",
        rf"{int(reads.sum())}\ \text{{of them weights}}",
        rf"{different}\ \text{{of their own}}",
    )
    return r",\quad ".join(parts)


def noticed(kind: str, way: str, reads: NDArray[np.bool_]) -> list[str]:
    """What the pattern of the matrix says."""
    share = float(reads.mean())
    said = [
        {
            "shared": f"{share:.0%} of the entries hold a weight, and the same 9 numbers come back for every "
            "output, moved on.",
            "sparse": f"The same {share:.0%} of the entries hold a weight, but every one is its own: the "
            "layer looks at windows, and may look differently everywhere (locally connected).",
            "dense": "Every output reads every input: a fully connected layer. Nothing of the picture's "
            "neighbourhoods is in it; it would have to be learned.",
        }[kind]
    ]
    if way == "transposed":
        said.append(
            "The transpose sends every value back along the weights that read it: it stamps the kernel, and "
            "the result is as large as the picture. That is transposed convolution, and what "
            "backpropagation does. It is no inverse."
        )
    return said


def large() -> None:
    """What the three kinds of matrix take for a picture of any size."""
    st.markdown("**For a picture of any size**")
    with st.container(horizontal=True):
        pixels = int(slide("Pixels", PIXELS, "matrix_pixels", STARTS["matrix_pixels"]))
        depth = int(choice("Channels", DEPTHS, "matrix_depth"))
        taps = int(slide("Inputs k of one output", TAPS, "matrix_taps", STARTS["matrix_taps"]))
        width = int(slide("Hidden units of an MLP", WIDTHS, "matrix_width", STARTS["matrix_width"]))
    found = dense.counts(pixels * depth, taps=taps, width=width)
    st.markdown(table_of(found, taps, width))
    st.markdown(
        f"{pixels:,} pixels in {depth} {'channels' if depth > 1 else 'channel'} are {found.inputs:,} inputs. "
        f"A matrix for all of them would take {dense.memory(found.dense)} in float32; the convolution takes "
        f"{dense.memory(found.shared)}."
    )


def table_of(found: dense.Counts, taps: int, width: int) -> str:
    """The counts as Markdown, each with how it comes about."""
    rows = (
        ("dense, as many outputs as inputs: $n^2$", found.dense),
        (f"dense, to {width} hidden units: ${width}\\,n$", found.mlp),
        (f"sparse, each weight its own: $k\\,n = {taps}\\,n$", found.sparse),
        (f"shared, a convolution: $k = {taps}$", found.shared),
    )
    lines = [f"| n = {found.inputs:,} | weights | float32 |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {count:,} | {dense.memory(count)} |" for name, count in rows]
    return "\n".join(lines)
