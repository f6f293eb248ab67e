"""From where to where a line leads: the solutions at its ends, by what the link says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from numpy.typing import NDArray

from pages import frame
from pages.frame import networks
from pages.parts.convolution_controls import choice, select, slide
from pages.parts.loss_landscape_plane_source import of_a_run
from vizcore.toolkit import crossing, nets
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.solutions import PAIRS, Pair

JOINED = {name: pair for name, pair in PAIRS.items() if pair.one_net}
OF: Mapping[str, str] = {name: pair.title for name, pair in JOINED.items()} | {
    "begin": "Start and end of one training",
    "run": "A run of live training",
    "network": "Network in the tube",
}
TRAINED = (*JOINED, "begin")  # those whose ends are trained here
SCALES = {"linear": "Linear", "log": "Log"}
EPOCHS = ("1", "2", "5", "10", "15", "30", "40")
SEEDS = tuple("0123456789")
LEARNT, HELD, KNOWN = "pictures learnt from", "pictures held out", "pictures it knows"
FEWER = 20  # steps from end to end, for networks that are larger than those trained here
BEGIN = (
    "Goodfellow et al. 2015 (arXiv:1412.6544) found that the loss falls evenly on the straight line from "
    "where training starts to where it ends, though training takes another way."
)
INTO = (
    "These random weights are not those that its training began with, so nothing says that the loss has to "
    "fall all the way."
)
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "ll_line_of": "seeds",
    "ll_line_epochs": "15",
    "ll_line_seed": "0",
    "ll_line_scale": "linear",
    "ll_line_at": "0.5",
    "ll_run": "",
    "ll_until": "",
}


SLIDERS = {  # key of the setting -> label and steps
    "ll_line_epochs": ("Epochs", EPOCHS),
    "ll_line_seed": ("Seed", SEEDS),
}
WORDS: Mapping[str, tuple[str, Mapping[str, str]]] = {  # key of the setting -> label and options
    "ll_line_of": ("From where to where", OF),
    "ll_line_scale": ("Loss", SCALES),
}


def _preset(title: str, **chosen: str) -> frame.Preset:
    named = {f"ll_line_{name}": value for name, value in chosen.items()}
    return frame.Preset(title, {"view": "line", **STARTS, **named})


PRESETS: Mapping[str, frame.Preset] = {
    "seeds": _preset("Two seeds"),
    "optimiser": _preset("The same start, two optimisers", of="optimiser"),
    "batch": _preset("Small and large batches", of="batch", scale="log", epochs="40"),
    "begin": _preset("From start to end", of="begin"),
    "network": _preset("Into the network in the tube", of="network"),
}


@dataclass(frozen=True, eq=False)
class Ends:
    """Two solutions, and what a run needs to join them."""

    names: tuple[str, str]  # at 0 and at 1
    says: str  # what is known of such lines
    settings: Mapping[str, Any]  # of crossing.Spec
    rows: tuple[str, ...] = (LEARNT, HELD)  # which pictures the rows of a report are of
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)  # what `crossing.cross` takes besides
    digest: str = ""  # another one for other arrays


def controls() -> tuple[str, int, int, bool]:
    """What the line joins, epochs and seed of both ends, and whether losses are shown in powers of ten."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        of = select("From where to where", OF, "ll_line_of", STARTS["ll_line_of"], width=260)
        epochs, seed = 0, 0
        if of in TRAINED:
            with st.container(width=300):
                epochs = int(slide("Epochs", EPOCHS, "ll_line_epochs", STARTS["ll_line_epochs"]))
        if of != "run":
            with st.container(width=160):
                seed = int(slide("Seed", SEEDS, "ll_line_seed", STARTS["ll_line_seed"]))
        log = choice("Loss", SCALES, "ll_line_scale") == "log"
    return of, epochs, seed, log


def _pair(of: str) -> Pair:
    """The pair of this name; two seeds where there is none, of which one is used."""
    return JOINED.get(of, JOINED["seeds"])


def ends(of: str, net: str, epochs: int, seed: int) -> Ends:
    """The solutions at both ends of the line.

    Args:
        of: key of OF.
        net: reference of the network in the tube.
        epochs: for which they are trained.
        seed: of the weights.

    Raises:
        InputError: there are none, and why.
    """
    if of == "network":
        return _into(net, seed)
    if of == "run":
        return _of_run()
    trained = _pair(of).trainings(epochs, seed)
    (first, second), settings = trained, list(trained.values())
    if of == "begin":
        return Ends(("start", "end"), BEGIN, {"first": settings[0], "second": settings[0], "begins": True})
    return Ends((first, second), _pair(of).says, {"first": settings[0], "second": settings[1]})


def _into(net: str, seed: int) -> Ends:
    """From random weights into a network."""
    start = f"{networks.architecture(net)}~{seed}"
    references, arrays = crossing.carried(start, net)
    settings = {"first": references[0], "second": references[1], "steps": FEWER}
    title = nets.find(net).title
    return Ends((f"random weights, seed {seed}", title), INTO, settings, (KNOWN,), arrays, net)


def _of_run() -> Ends:
    """From the first checkpoint of a run of live training to the last one that it had when it was looked at.

    Raises:
        InputError: the link names no such run, or one that has less than two checkpoints.
    """
    source = of_a_run()
    if source is None:
        raise InputError(
            "The link names no run. Train a network under “Live training”, and choose “See its landscape” "
            "there."
        )
    if len(source.steps) < 2:
        raise InputError("This run has only one checkpoint yet. Let it take some more steps.")
    rest = dict(source.arrays)
    ends = {"weights": rest.pop("path")[[0, -1]], "buffers": rest.pop("buffers")[[0, -1]]}
    settings = source.settings["training"]
    return Ends(
        (f"step {source.steps[0]:,}", f"step {source.steps[-1]:,}"),
        BEGIN,
        {"first": settings, "second": settings},
        arrays=ends | rest,
        digest=source.digest,
    )
