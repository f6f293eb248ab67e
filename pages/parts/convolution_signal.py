"""One dimension: a noisy signal under a sliding window, and the threshold detector of the lectures."""

from collections.abc import Mapping

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages import frame
from pages.components.signal import Track
from pages.frame import links
from pages.parts.convolution_controls import choice, line, slide
from pages.parts.convolution_detector import detector
from pages.parts.convolution_rows import draw, sample
from pages.server.errors import advice
from vizcore.exhibits import convolution
from vizcore.toolkit import signals
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.signals import Filtered, Signal

KERNELS = {
    "average": "moving average",
    "weighted": "weighted",
    "own": "own",
    "detector": "detector",
}
SOURCES = {name: shape.title for name, shape in signals.SHAPES.items()} | {"row": "A row of the picture"}
FLIPS = {"correlation": "correlation", "convolution": "convolution"}
SUMS = {"as-written": "as written", "one": "divided by their sum"}
LENGTHS = ("16", "24", "32", "48", "64", "96", "128", "192", "256")
LEVELS = ("2", "3", "4", "6", "8", "12", "16", "32", "64", "256")
NOISES = ("0", "0.02", "0.05", "0.1", "0.15", "0.2", "0.3")
SEEDS = tuple("0123456789")
ROWS = tuple(str(share) for share in range(0, 101, 2))
WIDTHS = tuple(str(width) for width in range(1, signals.MAX_WEIGHTS + 1))
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "signal_kernel": "average",
    "signal_width": "5",
    "signal_weights": "1 2 1",
    "signal_sum": "as-written",
    "signal_flip": "correlation",
    "signal_border": "replicate",
    "signal_source": "wave",
    "signal_row": "50",
    "signal_length": "64",
    "signal_noise": "0.1",
    "signal_levels": "12",
    "signal_seed": "0",
    "signal_bits": "001100",
    "signal_at": "",
}
LEFT = {"quarter": 0.25, "half": 0.5, "root": 0.7}  # answers of the question, as factors
SETTINGS = tuple(STARTS)
PRESETS: Mapping[str, frame.Preset] = {
    "average": frame.Preset(
        "Moving average", {"view": "signal", "signal_kernel": "average", "signal_source": "wave"}
    ),
    "weighted": frame.Preset(
        "Weighted average", {"view": "signal", "signal_kernel": "weighted", "signal_source": "wave"}
    ),
    "edges": frame.Preset(
        "Blurred steps",
        {"view": "signal", "signal_kernel": "average", "signal_source": "steps", "signal_width": "9"},
    ),
    "flip": frame.Preset(
        "Flipped",
        {
            "view": "signal",
            "signal_kernel": "own",
            "signal_weights": "1 2 3",
            "signal_flip": "convolution",
            "signal_border": "zeros",
            "signal_source": "impulse",
            "signal_length": "24",
            "signal_noise": "0",
            "signal_levels": "256",
        },
    ),
    "row": frame.Preset(
        "Edges of a photograph",
        {
            "view": "signal",
            "picture": "camera",
            "signal_kernel": "own",
            "signal_weights": "-1 0 1",
            "signal_source": "row",
            "signal_row": "40",
            "signal_length": "128",
            "signal_noise": "0",
            "signal_levels": "256",
        },
    ),
    "detector": frame.Preset("Threshold detector", {"view": "signal", "signal_kernel": "detector"}),
}
EXPLAINED = (signals.filtered, signals.observed, signals.detected)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, the signal with what the window makes of it below, the formula, and what to notice."""
    tools = st.container(horizontal=True, vertical_alignment="bottom")
    with tools:
        kernel = choice("Window", KERNELS, "signal_kernel")
    try:
        if kernel == "detector":
            detector(STARTS["signal_bits"])
        else:
            smoothing(stage, kernel, tools)
    except InputError as error:
        advice(str(error))
    links.publish("convolution", "view", "picture", "net", *SETTINGS, starts=STARTS)


def smoothing(stage: frame.Stage, kernel: str, tools: DeltaGenerator) -> None:
    """A signal, and the output of one kernel below it."""
    with tools:
        flip = choice("slides as a", FLIPS, "signal_flip") == "convolution"
        place = st.container(width=210)
        with st.popover("More", icon=":material/tune:"):
            length = int(slide("Samples", LENGTHS, "signal_length", STARTS["signal_length"]))
            seed = int(slide("Seed of the noise", SEEDS, "signal_seed", STARTS["signal_seed"]))
            border = choice("Beyond the ends", signals.BORDERS, "signal_border")
            divided = kernel == "own" and choice("Own weights", SUMS, "signal_sum") == "one"
    given, disturbed, coarse = st.columns([1.7, 1, 1], gap="medium")
    with given:
        source = choice("Signal", SOURCES, "signal_source")
        clean, where = row_of(stage, length) if source == "row" else shape_of(source, length)
    with disturbed:
        noise = slide("Noise (standard deviation)", NOISES, "signal_noise", STARTS["signal_noise"])
    with coarse:
        levels = int(slide("Levels from 0 to 1", LEVELS, "signal_levels", STARTS["signal_levels"]))
    with place:
        weights = weights_of(kernel)
        weights = signals.normalised(weights) if divided else weights
    signal = signals.observed(clean, noise=noise, levels=levels, seed=seed)
    found = signals.filtered(signal, weights, border=border, flip=flip)
    other = signals.filtered(signal, weights, border=border, flip=not flip)
    at = sample(len(found.output))
    draw(rows(clean, signal, where, found, other, flip), at, f"{where}, and below it the output")
    words, formula = st.columns([1, 1.2], gap="medium")
    formula.latex(signals.formula(found, flip=flip))
    formula.latex(signals.sum_written(found, signal, at))
    words.markdown("**What to notice.** " + " ".join(noticed(clean, signal, weights, found, other)))
    if kernel != "own":
        predict(kernel)


def predict(kernel: str) -> None:
    """What a window four times as wide leaves of the noise."""
    width, make = (
        int(links.setting("signal_width")),
        signals.average if kernel == "average" else signals.weighted,
    )

    def reveal() -> tuple[str, str]:
        before, after = (signals.noise_gain(make(count)) for count in (width, 4 * width))
        factor = after / before
        truth = min(LEFT, key=lambda name: abs(float(LEFT[name]) - factor))
        return truth, (
            rf"$\sqrt{{\sum w^2}}$ is {before:.3g} with {width} weights and {after:.3g} with {4 * width}: "
            f"{factor:.2f} times. That of a plain average falls with the root of its width."
        )

    ask = "the window were four times as wide? White noise would be left with about …"
    answers = {"quarter": "a quarter as much", "half": "half as much", "root": "0.7 times as much"}
    frame.question(ask, answers, f"signal.predict.{kernel}.{width}", reveal)


def rows(
    clean: Signal, signal: Signal, where: str, found: Filtered, other: Filtered, flip: bool
) -> list[Track]:
    """The signal and the output, each with what it is to be compared with."""
    name, opposite = ("convolution", "correlation") if flip else ("correlation", "convolution")
    as_given, agree = np.allclose(signal, clean, atol=1 / 255), np.allclose(found.output, other.output)
    return [
        Track(
            f"Input x: {where}",
            signal,
            behind=None if as_given else clean,
            behind_title="" if as_given else "clean",
        ),
        Track(
            f"Output y: {name}",
            found.output,
            found.kernel,
            found.sources,
            found.before,
            behind=None if agree else other.output,
            behind_title="" if agree else opposite,
        ),
    ]


def shape_of(source: str, length: int) -> tuple[Signal, str]:
    """A signal of the table, and what it is called."""
    return signals.shape(source, length), SOURCES[source].lower()


def row_of(stage: frame.Stage, length: int) -> tuple[Signal, str]:
    """The middle of a row of the picture, in grey, and where that is."""
    grey = convolution.grey(stage.image)
    height, width = grey.shape
    share = slide("Row (% of the height)", ROWS, "signal_row", STARTS["signal_row"])
    row, left = round(share / 100 * (height - 1)), max(0, (width - length) // 2)
    clean = grey[row, left : left + length]
    return clean, f"row {row}, from column {left}"


def weights_of(kernel: str) -> Signal:
    """The weights that the controls ask for."""
    if kernel != "own":
        width = int(slide("Weights", WIDTHS, "signal_width", STARTS["signal_width"]))
        return signals.average(width) if kernel == "average" else signals.weighted(width)
    return signals.read(line("Weights", "signal_weights", STARTS["signal_weights"], 60))


def noticed(clean: Signal, signal: Signal, weights: Signal, found: Filtered, other: Filtered) -> list[str]:
    """Sentences with the numbers of what is shown."""
    said = []
    before = signals.distance(signal, clean)
    if before > 1 / 255 and abs(weights.sum() - 1) < 1e-9 and len(found.output) == len(clean):
        after = signals.distance(found.output, clean)
        verdict = (
            "the window helps" if after < before - 1e-12 else "here its blur costs more than the noise did"
        )
        said.append(
            "Root mean square distance from the clean signal, without noise and levels (dashed): "
            f"{before:.3g} before the window, {after:.3g} behind it; {verdict}."
        )
    said.append(
        r"White noise leaves this window with $\sqrt{\sum w^2}$ times its standard deviation: "
        f"{signals.noise_gain(weights):.3g}."
    )
    said.append(
        f"The signal takes {len(np.unique(signal))} different values, "
        f"the output {len(np.unique(found.output.round(9)))}."
    )
    if np.array_equal(weights, weights[::-1]):
        said.append("Correlation and convolution agree: mirrored, this kernel is itself.")
    else:
        change = np.abs(found.output - other.output).max()
        said.append(f"Mirroring the kernel changes the output by up to {change:.3g} (the dashed line).")
    return said
