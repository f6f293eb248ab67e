"""What is chosen for a run of metric learning: settings in the link, and what they mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from pages.frame import links
from pages.parts.convolution_controls import choice, slide
from vizcore.toolkit.embedding_losses import EMBEDDINGS
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.metric_learning import Placed, Spec, learned

RATES = ("0.01", "0.02", "0.05", "0.1", "0.2", "0.5")
CLASSES = {str(count): str(count) for count in (2, 3, 4, 5)}
EACH = ("2", "4", "6", "8", "10")
SEEDS = tuple("0123456789")
STEPS = 200
MOST = 12  # points that somebody puts elsewhere
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "embedding_loss": "triplet",
    "embedding_contrastive": "1",
    "embedding_triplet": "0.5",
    "embedding_cosine": "0",
    "embedding_rate": "0.1",
    "embedding_classes": "3",
    "embedding_each": "8",
    "embedding_seed": "0",
    "embedding_step": "8",
    "embedding_dot": "10",
    "embedding_placed": "",
}
_PLACED = re.compile(r"(\d{1,3})\.(\d{1,2}):(-?\d{1,2}(?:\.\d{1,3})?),(-?\d{1,2}(?:\.\d{1,3})?)", re.ASCII)


@dataclass(frozen=True)
class Chosen:
    """What is looked at."""

    spec: Spec
    placed: tuple[Placed, ...]
    step: int
    dot: int


def controls() -> Chosen:
    """The settings, which are all in range whatever the link says."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        titles = {name: entry.title for name, entry in EMBEDDINGS.items()}
        loss = choice("Loss", titles, "embedding_loss", start=STARTS["embedding_loss"])
        classes = int(choice("Classes", CLASSES, "embedding_classes", start=STARTS["embedding_classes"]))
        with st.popover("More", icon=":material/tune:"):
            each = int(slide("Points of each class", EACH, "embedding_each", STARTS["embedding_each"]))
            seed = int(slide("Seed of the places", SEEDS, "embedding_seed", STARTS["embedding_seed"]))
    left, right = st.columns(2, gap="medium")
    with left:
        margin = slide(
            EMBEDDINGS[loss].margin.title, margins(loss), f"embedding_{loss}", STARTS[f"embedding_{loss}"]
        )
    with right:
        rate = slide("Rate: share of its pull that a point follows", RATES, "embedding_rate", "0.1")
    spec = Spec(loss=loss, margin=margin, classes=classes, each=each, rate=rate, steps=STEPS, seed=seed)
    step, dot = whole("embedding_step", STEPS), whole("embedding_dot", classes * each - 1)
    return Chosen(spec, possible(spec, read(links.setting("embedding_placed"))), step, dot)


def margins(loss: str) -> tuple[str, ...]:
    """The margins that can be chosen."""
    margin = EMBEDDINGS[loss].margin
    count = round((margin.high - margin.low) / margin.step)
    return tuple(f"{margin.low + at * margin.step:.4g}" for at in range(count + 1))


def whole(key: str, last: int) -> int:
    """A whole number of the link, up to the last one; that of the start where it is none."""
    text = links.setting(key)
    if not (text.isascii() and text.isdigit() and int(text) <= last):
        links.choose(key, str(min(int(STARTS[key]), last)))
    return int(links.setting(key))


def read(text: str) -> tuple[Placed, ...]:
    """Points that are put elsewhere, "step.point:x,y" each; none of them where one cannot be read."""
    found = [_PLACED.fullmatch(part) for part in text.split(";")]
    if len(found) > MOST or not all(found):
        return ()
    return tuple(Placed(int(each[1]), int(each[2]), float(each[3]), float(each[4])) for each in found if each)


def written(placed: tuple[Placed, ...]) -> str:
    """The same for a link."""
    return ";".join(f"{one.step}.{one.point}:{one.x:.3f},{one.y:.3f}" for one in placed)


def possible(spec: Spec, placed: tuple[Placed, ...]) -> tuple[Placed, ...]:
    """What is put elsewhere, if this run has such points; else nothing."""
    try:
        next(learned(spec, placed))
    except InputError:
        placed = ()
    if not placed:
        links.choose("embedding_placed", "")
    return placed


def with_one_more(placed: tuple[Placed, ...], one: Placed) -> tuple[Placed, ...]:
    """What was put elsewhere before that, and this; what came later has not happened yet."""
    before = [
        each for each in placed if each.step < one.step or (each.step == one.step and each.point != one.point)
    ]
    return (*before, one)[-MOST:]
