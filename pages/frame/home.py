"""The first page: every exhibit with its question and a picture that it computed itself."""

from importlib import import_module

import streamlit as st

from pages import components
from pages.components.cards import Card, card, data_for, data_url
from pages.frame import links, pictures, stage
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
    groups: dict[str, list[Card]] = {}
    for exhibit in catalog.CATALOG:
        computed = picture(exhibit.key) if loaded else _EMPTY
        alt = f"a picture that {exhibit.title} computed"
        entry = card(exhibit.key, exhibit.title, exhibit.question, computed, alt)
        groups.setdefault(exhibit.section, []).append(entry)
    components.mount("cards", data=data_for("home", groups), key="home.cards")
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
        pictures.choose_picture()


@st.cache_data(max_entries=64, show_spinner=False)
def picture(key: str) -> str:
    """What the exhibit computes for its card, coloured, as a data: address."""
    values, limits = import_module(f"vizcore.exhibits.{key}").card()
    return data_url(mosaic.png(mosaic.tiles(values, limits, columns=4, gap=2), colours.LUTS["viridis"]))
