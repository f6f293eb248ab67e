"""The threshold detector of the lectures: a window of three and a threshold, then the mean of four."""

import numpy as np
import streamlit as st

from pages.components.signal import Track
from pages.frame import links
from pages.parts.convolution_controls import line
from pages.parts.convolution_rows import draw, sample
from vizcore.toolkit import signals
from vizcore.toolkit.signals import Detected, Signal


def detector(start: str) -> None:
    """Zeros and ones, `start` at first, their sums of three, and the quarter of four decisions."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = line("Inputs, zeros and ones", "signal_bits", start, signals.MAX_BITS)
        st.button("Shift right", on_click=shift, icon=":material/arrow_forward:", key="signal_shift")
    bits = signals.read_bits(text)
    found = signals.detected(bits)
    at = sample(len(found.output))
    window, pooled = np.ones(signals.WINDOW), signals.average(signals.POOLED)
    tracks = [
        Track("Inputs a⁰", bits),
        Track(
            "Detectors a¹",
            found.hidden,
            window,
            np.arange(len(bits)),
            sums=found.sums,
            threshold=signals.THRESHOLD,
        ),
        Track("Output a²", found.output, pooled, np.arange(len(found.hidden))),
    ]
    draw(
        tracks,
        at,
        f"inputs {text}, detectors {written(found.hidden)}, output {found.output[at]:.3g}",
        bits=True,
    )
    words, formula = st.columns([1, 1.2], gap="medium")
    formula.latex(r"\textstyle\sum a^0 \ge 2 \rightarrow a^1 = 1 \qquad a^2 = \frac{1}{4} \sum a^1")
    seen = found.hidden[at : at + signals.POOLED]
    total = " + ".join(f"{value:.0f}" for value in seen)
    formula.latex(rf"a^2_{{{at}}} = \tfrac{{1}}{{4}} ({total}) = {found.output[at]:.3g}")
    words.markdown("**What to notice.** " + " ".join(said_of(bits, found)))
    words.caption(
        "Kainz, slides 27 to 30. Their figure is lost; three inputs a sum and four detectors an output are "
        "what the “3 parameters” and the quarter on the slides ask for."
    )


def said_of(bits: Signal, found: Detected) -> list[str]:
    """What the detector does with these inputs, and with the same ones shifted."""
    moved = signals.detected(np.roll(bits, 1))
    stays = np.array_equal(moved.output, found.output)
    verdict = "stays: it says that something is there, not where" if stays else "changes as well"
    return [
        f"{found.hidden.sum():.0f} of {len(found.hidden)} detectors find two ones among their three inputs.",
        f"With all inputs one place to the right the detectors say {written(moved.hidden)} instead of "
        f"{written(found.hidden)}, and the output {verdict}.",
        "All detectors share one window: that is what a convolution is. Click an input to turn it over.",
    ]


def written(bits: Signal) -> str:
    return "".join(f"{bit:.0f}" for bit in bits)


def shift() -> None:
    """Move all inputs one place to the right; the last comes in at the left."""
    bits = links.setting("signal_bits")
    links.choose("signal_bits", bits[-1:] + bits[:-1])
