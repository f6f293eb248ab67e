"""Where pictures come from: the gallery, a file, the camera, the drawing pad, and this visit so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from pages import components
from pages.components import pad as pad_part
from pages.components.cards import Card, card, data_for, data_url
from pages.frame import links
from pages.server import uploads
from pages.server.errors import advice
from vizcore.plots import thumbnails
from vizcore.toolkit import images, labels, samples
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.images import Image

MINE = "mine"  # how links name pictures of a visit, which never leave it: mine-<start of the digest>
DRAWING = "drawing"  # how links name what is on the pad
LOST = (
    "This link was made with somebody's own picture, which is never part of a link; this is a sample. "
    "Upload the picture again to see it here."
)
NOT_HERE = "The link names a picture that is not here; this is another one."
KEPT, KEPT_BYTES = 8, 60_000_000  # own pictures of a visit; a large one takes 20 MB
SOURCES = {"file": "A file", "camera": "The camera", "drawing": "A drawing"}
# A pencil in the grey that both themes bear; a small version of the drawing would soon be out of date.
PENCIL = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='-12 -12 48 48'%3E"
    "%3Cpath fill='%237a8ca3' d='M3 17.25V21h3.75L17.8 9.94l-3.75-3.75zM20.7 7.04a1 1 0 0 0 0-1.41"
    "l-2.34-2.34a1 1 0 0 0-1.41 0l-1.83 1.83 3.75 3.75z'/%3E%3C/svg%3E"
)
_VISIT, _DRAWN = "stage.visit", "stage.drawn"  # in the session: tuple[Picture, ...], newest first; Drawing


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture that can stand on the stage."""

    name: str  # in links
    title: str  # to be shown as text
    image: Image
    digest: str  # of the image
    notes: tuple[str, ...]  # sentences in Markdown on whose it is, or on what was done to it


def put(image: Image, title: str, notes: Sequence[str] = ()) -> None:
    """Put a picture on the stage. It stays in this visit, among the last few, and goes nowhere else.

    Args:
        image: (H, W, 3) in [0, 1].
        title: of the picture, whatever it contains.
        notes: sentences in Markdown on what was done to it.
    """
    links.choose("picture", _keep(image, title, notes))


def chosen(slot: str, default: str) -> Picture:
    """The picture that a setting names; the default one for a link to nothing, or to an own picture."""
    name = links.setting(slot) or default
    try:
        return _find(name, drawable=slot == "picture")
    except InputError as error:
        links.miss(slot, default, str(error))
        return _sample(default)


def own(name: str) -> bool:
    """Whether the picture is the visitor's own, which no link carries."""
    return name not in samples.SAMPLES and not name.startswith(samples.HELD)


def notes(name: str) -> tuple[str, ...]:
    """Sentences on whose picture it is, or on what was done to it."""
    return _find(name, drawable=True).notes


def next_to(name: str) -> str:
    """The sample behind this one in its group; the first of all for an own picture."""
    if name not in samples.SAMPLES:
        return next(iter(samples.SAMPLES))
    group = [other for other, entry in samples.SAMPLES.items() if entry.group == samples.SAMPLES[name].group]
    return group[(group.index(name) + 1) % len(group)]


def pad() -> None:
    """The drawing pad; what is drawn on it becomes the picture on the stage, thirty times a second."""
    drawing = _drawing()
    components.mount("pad", data=pad_part.data_for(drawing, reset=""), key="stage.pad", on_pick=_draw)
    if not drawing.strokes:
        st.caption("A drawing lasts as long as the visit. No link carries it; reloading the page ends it.")
    if refused := st.session_state.pop("stage.refused", ""):
        advice(refused)


@st.dialog("Choose a picture", width="large")
def choose_picture(slot: str = "picture") -> None:
    """Bring one, or take one from the gallery.

    Args:
        slot: the setting that is to name it: "picture", or "picture2" of the second stage, which has no pad.
    """
    sources = [source for source in SOURCES if source != DRAWING or slot == "picture"]
    source = st.segmented_control(
        "Your own",
        sources,
        format_func=SOURCES.__getitem__,
        default="file",
        required=True,
        key="stage.source",
    )
    if source == DRAWING:
        _drawing()
        links.choose(slot, DRAWING)
        st.rerun()
    _receive(slot, camera=source == "camera")
    components.mount(
        "cards", data=data_for("gallery", _gallery(slot), links.setting(slot)), key="stage.gallery"
    )
    if name := components.picked("stage.gallery"):
        links.choose(slot, str(name))
        st.rerun()


@st.cache_data(max_entries=256, show_spinner=False)
def thumbnail(digest: str, _image: Image) -> str:
    """A small version of a picture as an address."""
    return data_url(thumbnails.photo(_image))


def _receive(slot: str, camera: bool) -> None:
    """Take a picture in, which closes the dialog, or say why it can't be read."""
    if camera:
        file = st.camera_input(
            "What the camera sees", key="stage.camera", label_visibility="collapsed", width=480
        )
    else:
        file = st.file_uploader("PNG, JPEG, WebP, BMP or GIF", key="stage.file", max_upload_size=20)
    if file is None or file.file_id == st.session_state.get("stage.received"):
        return
    try:
        with uploads.taken(file, "picture") as data:
            read = images.read(data)
    except InputError as error:
        advice(str(error))
        return
    title = "From the camera" if camera else file.name
    links.choose(slot, _keep(read.pixels, title, read.notes))
    st.session_state["stage.received"] = file.file_id
    st.rerun()


def _keep(image: Image, title: str, notes: Sequence[str]) -> str:
    """Make a picture the newest of this visit, and return its name."""
    digest = images.digest(image)
    picture = Picture(f"{MINE}-{digest[:8]}", labels.clean_label(title), image, digest, tuple(notes))
    kept = [picture, *(other for other in _visit() if other.name != picture.name)][:KEPT]
    while len(kept) > 1 and sum(other.image.nbytes for other in kept) > KEPT_BYTES:
        kept.pop()
    st.session_state[_VISIT] = tuple(kept)
    return picture.name


def _visit() -> tuple[Picture, ...]:
    """Own pictures of this visit, newest first."""
    kept: tuple[Picture, ...] = st.session_state.get(_VISIT, ())
    return kept


def _find(name: str, drawable: bool) -> Picture:
    """The picture of this name.

    Args:
        name: as in a link.
        drawable: whether it may be the drawing; nobody's drawing yet becomes an empty pad.

    Raises:
        InputError: there is none.
    """
    if name == DRAWING and drawable:
        pixels = _drawing().pixels
        return Picture(DRAWING, "Your drawing", pixels, images.digest(pixels), ())
    if name in samples.SAMPLES:
        return _sample(name)
    if name.startswith(samples.HELD):
        return _example(name)
    for picture in _visit():
        if picture.name == name:
            return picture
    raise InputError(LOST if name == MINE or name.startswith(f"{MINE}-") else NOT_HERE)


@st.cache_resource(max_entries=64, show_spinner=False)
def _sample(name: str) -> Picture:
    entry = samples.SAMPLES[name]
    image = samples.sample(name)
    notes = (f"Photograph: {entry.credit}",) if entry.group == "Photographs" else ()
    return Picture(name, entry.title, image, images.digest(image), notes)


@st.cache_resource(max_entries=64, show_spinner=False)
def _example(name: str) -> Picture:
    from vizcore.toolkit.held_out import example

    image, title = example(name)
    return Picture(name, title, image, images.digest(image), ())


def _drawing() -> pad_part.Drawing:
    """What is on the pad of this visit; empty at first."""
    drawing: pad_part.Drawing = st.session_state.setdefault(_DRAWN, pad_part.blank())
    return drawing


def _draw() -> None:
    """Take in what the pad sent."""
    try:
        st.session_state[_DRAWN] = pad_part.received(components.picked("stage.pad"))
    except InputError as error:
        st.session_state["stage.refused"] = str(error)
    else:
        links.choose("picture", DRAWING)


def _gallery(slot: str) -> Mapping[str, Sequence[Card]]:
    """Cards by group: own pictures first."""
    own = [_card(picture, "your own picture") for picture in _visit()]
    if _DRAWN in st.session_state and slot == "picture":
        own = [_card(_find(DRAWING, drawable=True), "your drawing"), *own]
    return ({"This visit": own} if own else {}) | _samples()


@st.cache_data(max_entries=2, show_spinner=False)
def _samples() -> dict[str, list[Card]]:
    """Every picture of the gallery as a card, by group, in order."""
    groups: dict[str, list[Card]] = {}
    for name, entry in samples.SAMPLES.items():
        credit = entry.credit if entry.group == "Photographs" else ""
        groups.setdefault(entry.group, []).append(_card(_sample(name), entry.alt, credit))
    return groups


def _card(picture: Picture, alt: str, note: str = "") -> Card:
    return card(picture.name, picture.title, note, thumbnail(picture.digest, picture.image), alt)
