"""Top of a page: its title, its question, states worth seeing, and its link."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

import streamlit as st

from pages import components
from pages.frame import links
from pages.frame.stage import Stage, beside
from vizcore import catalog

LEFT = {"channel": "", "unit": "", "beside": ""}  # what a preset leaves behind, unless it says otherwise


@dataclass(frozen=True)
class Preset:
    """A state of a page that is worth seeing."""

    title: str  # two or three words
    settings: Mapping[str, str]  # name in the address -> value


def header(
    key: str, presets: Mapping[str, Preset], stage: Stage, starts: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Show title, question and presets of the exhibit called `key`.

    Presets may set what stands in the address by `links` and what widgets bind to it; what they do not
    speak of goes back to `starts`.
    """
    exhibit, second = catalog.exhibit(key), beside(stage)  # before what the link misses is told
    st.title(exhibit.title, anchor=False)
    st.markdown(exhibit.question)
    for sentence in links.missed():
        with st.container(horizontal=True, wrap=False):
            st.markdown(":orange[:material/link_off:]", width="content")
            st.text(sentence, width="stretch")  # it may quote the link
    where = f"{key}.presets"

    def apply() -> None:
        preset = presets.get(str(components.picked(where)))
        links.forgive()
        for name, value in ({**LEFT, **starts, **preset.settings} if preset else {}).items():
            links.choose(name, value)

    pills = [
        {"name": name, "title": preset.title, "query": urlencode(preset.settings)}
        for name, preset in presets.items()
    ]
    chosen = next((name for name, preset in presets.items() if _shown(preset)), None)
    own = stage.own or (second is not None and second.own)
    data = {"presets": pills, "chosen": chosen, "stage": stage.label, "own": own}
    components.mount("links", data=data, key=where, on_pick=apply)


def _shown(preset: Preset) -> bool:
    """Whether the page stands as the preset says."""
    return all(links.setting(name) == value for name, value in preset.settings.items())
