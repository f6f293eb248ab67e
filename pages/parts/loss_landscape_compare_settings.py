"""Which two landscapes are compared, by what the link says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages import frame
from pages.parts.convolution_controls import choice, select, slide
from pages.parts.loss_landscape_plane_settings import LENGTHS, MIDDLE
from vizcore.toolkit import sharpness
from vizcore.toolkit.landscape_spec import STATISTICS, Spec
from vizcore.toolkit.solutions import PAIRS, Pair

TITLES = {name: pair.title for name, pair in PAIRS.items()}
SPANS = ("0.1", "0.2", "0.5", "1", "2")
POINTS = ("13", "25", "49")
SEEDS = tuple("0123456789")
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "ll_two_pair": "skips",
    "ll_two_norm": "filter",
    "ll_two_span": "0.5",
    "ll_two_points": "25",
    "ll_two_statistics": "running",
    "ll_two_seed": "0",
    "ll_two_start": "0",
    "ll_at": MIDDLE,
    "ll_scale": "log",
    "ll_camera": "",
}
SLIDERS = {  # key of the setting -> label and steps
    "ll_two_span": ("Reaches", SPANS),
    "ll_two_points": ("Points along each side", POINTS),
    "ll_two_seed": ("Seed of the directions", SEEDS),
    "ll_two_start": ("Seed of the weights", SEEDS),
}
WORDS: Mapping[str, tuple[str, Mapping[str, str]]] = {  # key of the setting -> label and options
    "ll_two_pair": ("What differs", TITLES),
    "ll_two_norm": ("Normalisation of the directions", LENGTHS),
    "ll_two_statistics": ("Statistics of batch norm", STATISTICS),
}


def _preset(title: str, **chosen: str) -> frame.Preset:
    named = {f"ll_two_{name}": value for name, value in chosen.items()}
    return frame.Preset(title, {"view": "compare", **STARTS, **named})


PRESETS: Mapping[str, frame.Preset] = {
    "skips": _preset("Skip connections"),
    "batch": _preset("Batch size", pair="batch", span="1"),
    "norm": _preset("Batch norm", pair="norm", span="1"),
    "decay": _preset("Weight decay", pair="decay", span="1"),
    "none": _preset("Weight decay, not normalised", pair="decay", norm="none"),
}


@dataclass(frozen=True)
class Chosen:
    """Two landscapes."""

    pair: Pair
    specs: Mapping[str, dict[str, Any]]  # name of each -> settings of landscape_spec.Spec

    @property
    def total(self) -> int:
        """Steps of both runs."""
        return sum(sharpness.total(Spec(**settings)) for settings in self.specs.values())


def controls() -> Chosen:
    """The controls."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(horizontal=True, width="content"):  # their labels are at one height
            pair = PAIRS[select("What differs", TITLES, "ll_two_pair", STARTS["ll_two_pair"], width=260)]
            normalisation = choice("Normalisation of the directions", LENGTHS, "ll_two_norm")
            with st.container(width=180):
                span = slide("Reaches", SPANS, "ll_two_span", STARTS["ll_two_span"])
        with st.popover("More", icon=":material/tune:"):
            points = int(slide("Points along each side", POINTS, "ll_two_points", STARTS["ll_two_points"]))
            seed = int(slide("Seed of the directions", SEEDS, "ll_two_seed", STARTS["ll_two_seed"]))
            statistics = select(
                "Statistics of batch norm",
                STATISTICS,
                "ll_two_statistics",
                STARTS["ll_two_statistics"],
                width=260,
            )
            start = int(slide("Seed of the weights", SEEDS, "ll_two_start", STARTS["ll_two_start"]))
    shared = {"normalisation": normalisation, "span": span, "points": points, "seed": seed}
    shared["statistics"] = statistics
    trainings = pair.trainings(seed=start).items()
    return Chosen(pair, {name: {"training": settings, **shared} for name, settings in trainings})
