"""The picture on the stage and the network in the tube: chosen once, kept on every page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from pages import components
from pages.components.cards import Card, card, data_for
from pages.frame import links, networks, pictures
from pages.frame.pictures import Picture
from vizcore.toolkit.images import Image

FIRST_PICTURE, FIRST_NET = "shape-star", "tiny_vgg"
BESIDE = ("beside", "picture2", "net2")  # settings of the second stage, for pages that have one
SECOND: Mapping[str, str] = {"": "nothing", "picture": "another picture", "net": "another network"}


@dataclass(frozen=True, eq=False)
class Stage:
    """What a page looks at, and through."""

    picture: str  # a name that samples.sample takes, pictures.DRAWING, or that of an own picture
    title: str  # of the picture, to be shown as text
    image: Image
    digest: str  # of the image: the key of whatever is cached about it
    net: str  # a reference, see vizcore.toolkit.nets

    @property
    def own(self) -> bool:
        """Whether the picture is the visitor's own, which no link carries."""
        return pictures.own(self.picture)

    @property
    def drawn(self) -> bool:
        """Whether the picture comes from the drawing pad, which the page has to show: `pictures.pad`."""
        return self.picture == pictures.DRAWING

    @property
    def label(self) -> str:
        """Both in words, to be shown as text."""
        from vizcore.toolkit import nets

        return f"{self.title}, through {nets.find(self.net).title}"


def current() -> Stage:
    """What is chosen now; the first of all for a link to nothing, or to another visitor's picture."""
    links.setting("picture", FIRST_PICTURE)  # now, so that it stands in the address
    links.setting("net", FIRST_NET)
    net = networks.chosen("net", FIRST_NET)
    return _stage(pictures.chosen("picture", FIRST_PICTURE), net)


def beside(stage: Stage) -> Stage | None:
    """The second stage: the first with another picture or another network; None where there is none."""
    match links.setting("beside"):
        case "picture":
            return _stage(pictures.chosen("picture2", pictures.next_to(stage.picture)), stage.net)
        case "net":
            return replace(stage, net=networks.chosen("net2", networks.untrained(stage.net)))
        case _:
            return None


def beside_control(stage: Stage) -> None:
    """Choose whether something stands beside the stage, and what."""
    st.session_state["stage.beside"] = links.setting("beside") if beside(stage) else ""
    st.segmented_control(
        "Side by side with",
        list(SECOND),
        format_func=SECOND.__getitem__,
        required=True,
        key="stage.beside",
        on_change=lambda: links.choose("beside", st.session_state["stage.beside"]),
    )


def beside_card(second: Stage) -> None:
    """Show what is another one in the second stage, with a way to change it."""
    if links.setting("beside") == "picture":
        if _shown(_picture_card(second), "stage.picture2"):
            pictures.choose_picture("picture2")
    elif _shown(_net_card(second), "stage.net2"):
        networks.choose_net("net2")


def sidebar(stage: Stage) -> None:
    """Show both in the sidebar, with a way to change them."""
    with st.sidebar:
        picture = _shown(_picture_card(stage), "stage.picture")
        for sentence in pictures.notes(stage.picture):
            st.caption(sentence)
        net = _shown(_net_card(stage), "stage.net")
        st.caption(f"{networks.facts(stage.net)}.")
        for sentence in networks.notes(stage.net):
            st.caption(sentence)
    if picture:
        pictures.choose_picture()
    elif net:
        networks.choose_net()


def _stage(picture: Picture, net: str) -> Stage:
    return Stage(picture.name, picture.title, picture.image, picture.digest, net)


def _shown(entry: Card, key: str) -> bool:
    """Show one card; whether it was clicked."""
    components.mount("cards", data=data_for("row", {"": [entry]}), key=key)
    return components.picked(key) is not None


def _picture_card(stage: Stage) -> Card:
    height, width = stage.image.shape[:2]
    small = pictures.PENCIL if stage.drawn else pictures.thumbnail(stage.digest, stage.image)
    return card(stage.picture, stage.title, f"{width} × {height} px. Change or upload", small, "the picture")


def _net_card(stage: Stage) -> Card:
    return networks.net_card(stage.net) | {"note": "Change"}
