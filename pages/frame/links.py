"""Settings that stand in the address, so that every state of a page is a link.

Widgets of Streamlit do this by themselves (`bind="query-params"`); this is for the others: the
picture, the network, and what is clicked inside a component. The session holds the value under
the name of the setting, and the address shows it.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st

_LONGEST = 60  # characters; a link is written by anybody
# An own architecture stands in the link as a whole, and so do operations on a network, kernels and grids.
_LONGER = {
    "net": 8_200,
    "net2": 8_200,
    "t_net": 4_000,
    "kernel": 4_000,
    "weights": 4_000,
    "channels_weights": 400,
    "channels_bias": 200,
    "grid_values": 4_000,
    "map_slopes": 600,
    "vector_logits": 200,
    "softmax_logits": 200,
    "embedding_placed": 400,
    "line_points": 500,
    "margin_points": 500,
    "compare_runs": 200,
    "race_formula": 200,
}
_SHOWN = "links.shown"  # (page, what was last written into the address)
_MISSED = "links.missed"  # setting -> why the link could not be followed


def entered(page: str) -> bool:
    """Whether another page was shown before this run."""
    before, _ = st.session_state.get(_SHOWN, ("", {}))
    return bool(before != page)


def follow(page: str, *names: str) -> None:
    """Let the address win where somebody changed it since the last run: by Back, Forward or a link.

    Opening a page leaves an entry in the history that names nothing yet; there, what is chosen stays.
    """
    shown: dict[str, str] = {} if entered(page) else st.session_state[_SHOWN][1]
    if _bare(shown):
        return
    query = st.query_params.to_dict()
    for name in names:
        value = _cut(name, query.get(name, ""))
        if value != shown.get(name, ""):
            st.session_state[name] = value
        shown[name] = value
    st.session_state[_SHOWN] = (page, shown)


def _bare(shown: Mapping[str, str]) -> bool:
    """Whether the address names nothing of what was written into it."""
    return any(shown.values()) and not any(_address(name) for name in shown)


def setting(name: str, default: str = "") -> str:
    """The value of a setting: as chosen in this visit, else from the link, else the default."""
    value = st.session_state.get(name)
    if value is None:
        value = st.session_state.setdefault(name, _address(name) or default)
    return str(value)


def choose(name: str, value: str) -> None:
    """Set a setting, or the widget with this key; `publish` shows it in the address."""
    st.session_state[name] = value
    st.session_state.get(_MISSED, {}).pop(name, None)
    _, shown = st.session_state.get(_SHOWN, ("", {}))
    shown[name] = _address(name)  # what stands there is older than this choice


def miss(name: str, value: str, why: str) -> None:
    """Set a setting that the link names in vain, and remember the sentence for the header of the page."""
    choose(name, value)
    st.session_state.setdefault(_MISSED, {})[name] = why


def missed() -> list[str]:
    """What could not be followed in the link, one sentence each."""
    return list(st.session_state.get(_MISSED, {}).values())


def forgive() -> None:
    """Forget what could not be followed in the link: somebody has chosen another state since."""
    st.session_state.pop(_MISSED, None)


def indices(text: str, sizes: Sequence[int]) -> tuple[int, ...] | None:
    """The whole numbers in a text such as "4.6", each below its size; None where it says anything else."""
    parts = text.split(".")
    if len(parts) != len(sizes) or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    found = tuple(map(int, parts))
    return found if all(index < size for index, size in zip(found, sizes, strict=True)) else None


def publish(page: str, *names: str, starts: Mapping[str, str] | None = None) -> None:
    """Write settings into the address, all at once, since each change of it is a step for Back.

    An empty one is left out.

    Args:
        page: key of the exhibit.
        names: of the settings.
        starts: what some of them are without a link; they count as empty as long as they are.
    """
    values = {name: setting(name) for name in names}
    values = {name: "" if value == (starts or {}).get(name) else value for name, value in values.items()}
    if not entered(page) and _bare(shown := st.session_state[_SHOWN][1]) and values == shown:
        return  # Back leads on from here
    query = st.query_params.to_dict()
    if any(value != _cut(name, query.get(name, "")) for name, value in values.items()):
        written = query | values
        st.query_params.from_dict({name: value for name, value in written.items() if value})
    st.session_state[_SHOWN] = (page, values)


def shown() -> str:
    """The link to what is shown."""
    return f"{(st.context.url or '').partition('?')[0]}?{urlencode(st.query_params.to_dict())}"


def _address(name: str) -> str:
    return _cut(name, st.query_params.get(name, ""))


def _cut(name: str, value: str) -> str:
    return value[: _LONGER.get(name, _LONGEST)]
