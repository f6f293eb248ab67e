"""The first page: every exhibit with its question and a picture that it computed itself."""

from importlib import import_module
from typing import Any

import streamlit as st

from pages import components
from pages.frame import links, stage
from pages.server import warmup
from vizcore import catalog
from vizcore.plots import colours, mosaic

_EMPTY = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="  # one clear pixel


def home() -> None:
    """Words at once; the pictures follow as soon as PyTorch is there."""
    st.title("Convoscope", anchor=False)
    st.markdown(
        "A microscope for convolutional networks. Put a picture on the stage and a network in the tube; "
        "PyTorch computes every number that you see, when you ask for it."
    )
    loaded = warmup.ready()
    own = st.button("Use your own picture", icon=":material/upload:", disabled=not loaded)
    groups: dict[str, list[dict[str, Any]]] = {}
    for exhibit in catalog.CATALOG:
        groups.setdefault(exhibit.section, []).append(
            {
                "name": exhibit.key,
                "title": exhibit.title,
                "note": exhibit.question,
                "picture": picture(exhibit.key) if loaded else _EMPTY,
                "alt": f"a picture that {exhibit.title} computed",
            }
        )
    data = {"look": "home", "groups": [{"title": title, "cards": cards} for title, cards in groups.items()]}
    components.mount("cards", data=data, key="home.cards")
    if name := components.picked("home.cards"):
        st.switch_page(st.session_state["pages"][name])
    if not loaded:
        warmup.page_shown()
        warmup.wait()
        st.rerun()
    links.follow("home", "picture", "net")
    shown = stage.current()
    stage.sidebar(shown)
    links.publish("home", "picture", "net")
    if st.session_state.get("home.before", shown.digest) != shown.digest:
        del st.session_state["home.before"]
        st.switch_page(st.session_state["pages"][catalog.CATALOG[0].key])
    if own:
        st.session_state["home.before"] = shown.digest
        stage.choose_picture()


@st.cache_data(max_entries=64, show_spinner=False)
def picture(key: str) -> str:
    """What the exhibit computes for its card, coloured, as a data: address."""
    values, limits = import_module(f"vizcore.exhibits.{key}").card()
    return stage.data_url(mosaic.png(mosaic.tiles(values, limits, columns=4, gap=2), colours.LUTS["viridis"]))
