"""The picture on the stage and the network in the tube: chosen once, kept on every page."""

import base64
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages import components
from pages.frame import links
from pages.server.errors import advice
from vizcore.plots import thumbnails
from vizcore.toolkit import images, labels, samples
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.images import Image

MINE = "mine"  # what a link says of an uploaded picture: it never leaves the visit
LOST = (
    "This link was made with somebody's own picture, which is never part of a link; this is a sample. "
    "Upload the picture again to see it here."
)
NOT_HERE = "The link names a picture that is not here; this is another one."
FIRST_PICTURE, FIRST_NET = "shape-star", "tiny_vgg"


@dataclass(frozen=True, eq=False)
class Stage:
    """What every page looks at, and through."""

    picture: str  # a name in samples.SAMPLES, or MINE
    title: str  # of the picture, safe to show as text
    image: Image
    digest: str  # of the image: the key of whatever is cached about it
    net: str  # a name in nets.NETS

    @property
    def label(self) -> str:
        """Both in words, to be shown as text."""
        from vizcore.toolkit import nets

        return f"{self.title}, through {nets.NETS[self.net].title}"


@dataclass(frozen=True, eq=False)
class Upload:
    """A picture of the visitor's own; lives in the session and nowhere else."""

    title: str
    image: Image
    digest: str
    notes: tuple[str, ...]


def sidebar(stage: Stage) -> None:
    """Show both in the sidebar, with a way to change them."""
    with st.sidebar:
        picture = _card(
            stage.picture,
            stage.title,
            _picture_note(stage),
            thumbnail(stage.digest, stage.image),
            "the picture",
        )
        components.mount("cards", data=_single(picture), key="stage.picture")
        net = _net_card(stage.net)
        components.mount("cards", data=_single(net | {"note": f"{net['size']}. Change"}), key="stage.net")
        for sentence in _notes(stage):
            st.caption(sentence)
    if components.picked("stage.picture"):
        choose_picture()
    elif components.picked("stage.net"):
        choose_net()


def current() -> Stage:
    """What is chosen now; the first of all for a link to nothing, or to another visitor's picture."""
    from vizcore.toolkit import nets

    net = links.setting("net", FIRST_NET)
    if net not in nets.NETS:
        links.miss("net", FIRST_NET, "The link names a network that is not here; this is another one.")
        net = FIRST_NET
    name = links.setting("picture", FIRST_PICTURE)
    mine: Upload | None = st.session_state.get("stage.upload")
    if name == MINE and mine is not None:
        return Stage(MINE, mine.title, mine.image, mine.digest, net)
    if name not in samples.SAMPLES:
        links.miss("picture", FIRST_PICTURE, LOST if name == MINE else NOT_HERE)
        name = FIRST_PICTURE
    image, digest = sample(name)
    return Stage(name, samples.SAMPLES[name].title, image, digest, net)


def receive(data: bytes, name: str) -> None:
    """Put an uploaded picture on the stage.

    Raises:
        InputError: the bytes are no picture that can be read; nothing changes then.
    """
    picture = images.read(data)
    title = labels.clean_label(name)
    st.session_state["stage.upload"] = Upload(
        title, picture.pixels, images.digest(picture.pixels), picture.notes
    )
    links.choose("picture", MINE)


@st.dialog("Choose a picture", width="large")
def choose_picture() -> None:
    """Upload one, or take one from the gallery."""
    file = st.file_uploader("Your own picture: PNG, JPEG, WebP, BMP or GIF, up to 20 MB", key="stage.file")
    if file is not None and file.file_id != st.session_state.get("stage.received"):
        try:
            receive(file.getvalue(), file.name)
        except InputError as error:
            advice(str(error))
        else:
            st.session_state["stage.received"] = file.file_id
            st.rerun()
    components.mount("cards", data=_gallery(links.setting("picture")), key="stage.gallery")
    if name := components.picked("stage.gallery"):
        links.choose("picture", str(name))
        st.rerun()


@st.dialog("Choose a network", width="medium")
def choose_net() -> None:
    """One of the bundled networks."""
    from vizcore.toolkit import nets

    chosen = links.setting("net")
    cards = [_net_card(name) | {"chosen": name == chosen} for name in nets.NETS]
    components.mount(
        "cards", data={"look": "wide", "groups": [{"title": "", "cards": cards}]}, key="stage.nets"
    )
    if name := components.picked("stage.nets"):
        links.choose("net", str(name))
        links.choose("layer", "")
        links.choose("channel", "")
        st.rerun()


@st.cache_resource(max_entries=64, show_spinner=False)
def sample(name: str) -> tuple[Image, str]:
    """A picture of the gallery and its digest."""
    image = samples.sample(name)
    return image, images.digest(image)


@st.cache_data(max_entries=256, show_spinner=False)
def thumbnail(digest: str, _image: Image) -> str:
    """A small version of a picture as a data: address."""
    return data_url(thumbnails.photo(_image))


def data_url(png: bytes) -> str:
    """PNG bytes as an address that a page can show without asking the server."""
    return "data:image/png;base64," + base64.b64encode(png).decode()


@st.cache_data(max_entries=2, show_spinner=False)
def _samples() -> list[dict[str, Any]]:
    """Every picture of the gallery as a card, in order."""
    return [
        _card(
            name,
            entry.title,
            entry.credit if entry.group == "Photographs" else "",
            thumbnail(*reversed(sample(name))),
            entry.alt,
        )
        | {"group": entry.group}
        for name, entry in samples.SAMPLES.items()
    ]


def _gallery(chosen: str) -> dict[str, Any]:
    groups: dict[str, list[dict[str, Any]]] = {}
    mine: Upload | None = st.session_state.get("stage.upload")
    if mine:
        own = _card(MINE, mine.title, "", thumbnail(mine.digest, mine.image), "your own picture")
        groups["Yours"] = [own | {"chosen": chosen == MINE}]
    for card in _samples():
        groups.setdefault(card["group"], []).append(card | {"chosen": card["name"] == chosen})
    return {
        "look": "gallery",
        "groups": [{"title": title, "cards": cards} for title, cards in groups.items()],
    }


@st.cache_data(max_entries=32, show_spinner=False)
def _net_card(name: str) -> dict[str, Any]:
    from vizcore.exhibits import feature_maps
    from vizcore.toolkit import nets

    entry, layers = nets.NETS[name], feature_maps.layers(name)
    strip = thumbnails.network([layer.shape for layer in layers], [layer.group for layer in layers])
    weights = sum(layer.parameters for layer in layers)
    card = _card(
        name,
        entry.title,
        f"{entry.summary} {weights:,} parameters.",
        data_url(strip),
        f"{len(layers)} layers of {entry.title}",
    )
    return card | {"size": f"{weights:,} parameters"}


def _card(name: str, title: str, note: str, picture: str, alt: str) -> dict[str, Any]:
    return {"name": name, "title": title, "note": note, "picture": picture, "alt": alt}


def _single(card: dict[str, Any]) -> dict[str, Any]:
    return {"look": "row", "groups": [{"title": "", "cards": [card]}]}


def _picture_note(stage: Stage) -> str:
    height, width = stage.image.shape[:2]
    return f"{width} × {height} px. Change or upload"


def _notes(stage: Stage) -> list[str]:
    """Whose picture it is, or what was done to it."""
    mine: Upload | None = st.session_state.get("stage.upload")
    if stage.picture == MINE:
        return list(mine.notes) if mine else []
    entry = samples.SAMPLES[stage.picture]
    return [f"Photograph: {entry.credit}"] if entry.group == "Photographs" else []
