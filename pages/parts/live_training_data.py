"""Data of a training run on pictures: which there are, what they look like, and people's own.

How the view uses it; the settings are its own (t_data, t_count, t_share, t_noise, t_augment, t_seed):

    choose()             # the list "Data" of the row of controls, with own pictures and public data
    data_controls()      # a panel, to be put into an expander: samples, balance, split, noise, augmentation
    data = taken()       # what a run with these settings gets
    if data.why: ...     # a sentence: these data are not here yet; the panel shows the way to them
    plan(spec, data.extent)
    runs.start("live_training.train", settings, data.arrays)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages import components
from pages.components.strips import Strip, View, pack
from pages.frame import downloading, links
from pages.frame.downloading import Download
from pages.parts import live_training_own as own_pictures
from pages.parts.convolution_controls import select, slide
from pages.server.errors import advice
from vizcore.toolkit import augmentation, datasets, public_data
from vizcore.toolkit.augmentation import AUGMENTATIONS
from vizcore.toolkit.errors import InputError

SHARE, NOISE = "Held out for validation", "Noise on pixels (standard deviation)"
SHARES = ("0.05", "0.1", "0.2", "0.25", "0.3", "0.5", "0.7", "0.9")
NOISES = ("0", "0.05", "0.1", "0.2", "0.3", "0.5", "1")
COUNTS = (200, 500, 1_000, 2_000, 4_000, 10_000, 20_000, 40_000)
SAMPLES = 14  # pictures of each class
BALANCED = 1.25  # the largest class over the smallest
PREVIEWED = 6  # pictures before and after augmentation


@dataclass(frozen=True, eq=False)
class Data:
    """What a run gets besides its settings."""

    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)  # for `runs.start`
    extent: datasets.Extent | None = None  # for `plan`
    why: str = ""  # why no run can be started: a sentence


def choose(width: int = 150) -> None:
    """The list of data.

    Args:
        width: px.
    """
    select("Data", datasets.TITLES, "t_data", "digits", width=width)


def taken() -> Data:
    """What a run with the settings in the link gets."""
    name = links.setting("t_data", "digits")
    if name in public_data.PUBLIC and not public_data.available(name):
        return Data(why=public_data.advice(name))
    if name != datasets.OWN:
        return Data()
    try:
        own = own_pictures.gathered()
    except InputError as error:
        return Data(why=str(error))
    arrays: dict[str, NDArray[Any]] = {
        "images": own.images,
        "labels": own.labels,
        "classes": np.array(own.classes),
    }
    return Data(arrays, own.extent)


def data_controls() -> None:
    """What the data are, samples and number of each class, the split, and what augmentation does."""
    name = links.setting("t_data", "digits")
    if name == datasets.OWN:
        own_pictures.controls()
    elif name in datasets.DATASETS:
        entry = datasets.DATASETS[name]
        st.caption(f"{entry.says} Source: {entry.source}.")
    data = taken()
    if name in public_data.PUBLIC and data.why:
        _missing(name)
    elif not data.why:
        _controls(datasets.extent(name, data.extent))
        try:
            _shown(_chosen(name))
        except InputError as error:
            advice(str(error))


def _controls(extent: datasets.Extent) -> None:
    size, share, noise = st.columns(3, gap="medium", vertical_alignment="bottom")
    counts = {str(count): f"{count:,}" for count in COUNTS if count < extent.most}
    every = {str(extent.most): f"All {extent.most:,}"}
    usual = {"0": f"{extent.usual:,} (usual)"} if extent.usual < extent.most else {"0": every.popitem()[1]}
    with size:
        select("Examples", usual | counts | every, "t_count", "0", width=190)
    with share:
        slide(SHARE, SHARES, "t_share", "0.25")
    with noise:
        slide(NOISE, NOISES, "t_noise", "0")


def _chosen(name: str) -> datasets.Dataset:
    """The data with size, split and noise as the link has them."""
    seed = links.setting("t_seed", "0")
    return datasets.dataset(
        name,
        own_pictures.gathered() if name == datasets.OWN else None,
        count=int(links.setting("t_count", "0")),
        share=float(links.setting("t_share", "0.25")),
        noise=float(links.setting("t_noise", "0")),
        seed=int(seed) if seed.isdecimal() and len(seed) < 10 else 0,
    )


def _shown(data: datasets.Dataset) -> None:
    held = np.bincount(data.held_labels, minlength=len(data.classes))
    balance = _balance(data.counts + held)
    rows = [
        Strip(name, data.images[np.flatnonzero(data.labels == label)[:SAMPLES]], (learnt, held[label]))
        for label, (name, learnt) in enumerate(zip(data.classes, data.counts, strict=True))
    ]
    alt = f"{SAMPLES} pictures of each class, and how many there are"
    view = View(alt, ("to learn from", "held out"))
    components.mount("strips", data=pack(view, rows), key="data.samples")
    st.markdown(
        f"**{len(data.labels):,}** pictures to learn from, **{len(data.held_labels):,}** held out: no step "
        f"ever sees these. {balance}"
    )
    _augmentation(data)


def _balance(counts: datasets.Labels) -> str:
    """Whether the classes have about the same number (K,) of pictures."""
    few, many = int(counts.min()), int(counts.max())
    if many <= BALANCED * few:
        return "The classes are balanced."
    return (
        f"The largest class has {many / few:.1f} times as many pictures as the smallest: always naming it "
        f"would be right for {many / counts.sum():.0%}."
    )


def _augmentation(data: datasets.Dataset) -> None:
    """Which changes pictures go through before each step, and six of them before and after."""
    names = [name for name in links.setting("t_augment").split(".") if name in AUGMENTATIONS]
    st.session_state["t_augment.control"] = names
    st.pills(
        "Augmentation: random changes of each picture before every step that learns from it",
        list(AUGMENTATIONS),
        format_func=lambda name: AUGMENTATIONS[name].title,
        selection_mode="multi",
        key="t_augment.control",
        on_change=_take_augmentation,
    )
    if names:
        _preview(data.images[:PREVIEWED], tuple(names))


def _take_augmentation() -> None:
    chosen = st.session_state["t_augment.control"]
    links.choose("t_augment", ".".join(name for name in AUGMENTATIONS if name in chosen))


@st.fragment
def _preview(pictures: datasets.Pixels, names: tuple[str, ...]) -> None:
    draw = st.session_state.setdefault("data.draw", 0)
    changed = augmentation.preview(pictures, names, draw)
    rows = [Strip("Before", pictures), Strip("After", changed)]
    alt = f"{len(pictures)} pictures before and after augmentation"
    components.mount("strips", data=pack(View(alt, side=64), rows), key="data.preview")
    st.caption(" ".join(AUGMENTATIONS[name].says for name in names))
    st.button("Draw again", on_click=_draw_again, icon=":material/casino:")


def _draw_again() -> None:
    st.session_state["data.draw"] += 1


def _missing(name: str) -> None:
    """How to get data that are not here."""
    download = _download(name)
    looks = 0.3 if download.running else 2.0  # s; somebody else may start it, or end it
    st.fragment(_panel, run_every=looks)(name, download, download.running)


@st.cache_resource(max_entries=8, show_spinner=False)
def _download(name: str) -> Download:
    return Download(lambda progress, cancelled: public_data.download(name, progress, cancelled))


def _panel(name: str, download: Download, running: bool) -> None:
    if public_data.available(name) or download.running != running:
        st.rerun()
    known = public_data.PUBLIC[name]
    with st.container(border=True, key="data.missing"):
        st.text(public_data.advice(name))
        downloading.controls(download, known.megabytes, running, "data")
