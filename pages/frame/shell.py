"""The script that Streamlit runs for every page: the menu, then the page."""

from pathlib import Path

import streamlit as st

from pages import components
from pages.frame.home import home
from pages.server import health, warmup
from pages.server.addresses import below
from vizcore import catalog

st.set_page_config(
    page_title="Convoscope",
    page_icon=str(Path(__file__).with_name("icon.png")),
    layout="wide",
    initial_sidebar_state=280,
)

st.html(Path(__file__).with_name("page.css"))

sections: dict[str, list["st.Page"]] = {
    "": [st.Page(home, title="Home", icon=":material/home:", default=True)]
}
st.session_state["pages"] = {}
for exhibit in catalog.CATALOG:
    page = st.Page(f"../{exhibit.key}.py", title=exhibit.title, icon=exhibit.icon, url_path=exhibit.path)
    sections.setdefault(exhibit.section, []).append(page)
    st.session_state["pages"][exhibit.key] = page

chosen = st.navigation(sections)
components.mount("boot", data={"boot": health.BOOT, "url": below(health.HEALTH)}, key="boot")
if chosen.title != "Home" and not warmup.ready():
    with st.empty():
        st.caption("Loading PyTorch. This takes a few seconds after each start of the server, and only then.")
        warmup.page_shown()
        warmup.wait()
    st.rerun()
chosen.run()
