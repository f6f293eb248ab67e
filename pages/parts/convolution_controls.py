"""Controls of settings that are words, as they stand in presets and in the address.

A control that is not shown loses its value with its key; so the setting has a key of its own.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import streamlit as st

from pages.frame import links


def choice(
    label: str, options: Mapping[str, str], key: str, explanation: str = "", *, start: str = ""
) -> str:
    """A row of options by name, each with its title.

    Args:
        label: of the row.
        options: name -> title.
        key: of the setting.
        explanation: behind a question mark; "" for none.
        start: the name where the link has none of them; the first one where it is left out.
    """
    names = list(options)
    st.segmented_control(
        label,
        names,
        format_func=options.__getitem__,
        required=True,
        key=_settled(key, names, start or names[0]),
        on_change=_take,
        args=(key,),
        help=explanation or None,
    )
    return links.setting(key)


def select(
    label: str,
    options: Mapping[str, str],
    key: str,
    start: str,
    *,
    width: int = 170,
    disabled: bool = False,
    then: Callable[[], None] | None = None,
) -> str:
    """A list of options by name, each with its title; at `start` where the link names none of them.

    Args:
        label: of the list.
        options: name -> title.
        key: of the setting.
        start: a name.
        width: px.
        disabled: whether it is shown without a choice.
        then: called when another one was chosen.
    """
    st.selectbox(
        label,
        list(options),
        format_func=options.__getitem__,
        key=_settled(key, list(options), start),
        on_change=_take,
        args=(key, then),
        disabled=disabled,
        width=width,
    )
    return links.setting(key)


def slide(label: str, steps: Sequence[str], key: str, start: str) -> float:
    """A slider over numbers, from the lowest to the highest; at `start` where the link names none of them."""
    st.select_slider(label, steps, key=_settled(key, steps, start), on_change=_take, args=(key,))
    return float(links.setting(key))


def settle(
    sliders: Mapping[str, tuple[str, Sequence[str]]],
    starts: Mapping[str, str],
    options: Mapping[str, tuple[str, Mapping[str, str]]] = MappingProxyType({}),
) -> None:
    """Take what is nearest where the link names what a control has not, and let the header say so.

    Args:
        sliders: key of the setting -> label and steps, of which the nearest is taken.
        starts: key -> what is taken where nothing is near.
        options: key of the setting -> label and options by name.
    """
    for key, (label, steps) in sliders.items():
        value = links.setting(key, starts[key])
        if value not in steps:
            found = _nearest(steps, value) or starts[key]
            why = (
                f"The link sets “{label}” to {value[:20]}, which the slider does not have: it is {found} now."
            )
            links.miss(key, found, why)
    for key, (label, names) in options.items():
        value = links.setting(key, starts[key])
        if value not in names:
            title = names[starts[key]]
            why = f"The link sets “{label}” to {value[:20]}, which there is not: it is “{title}” now."
            links.miss(key, starts[key], why)


def _nearest(steps: Sequence[str], value: str) -> str:
    """The step that is nearest to a value; empty where that is no number."""
    try:
        number = float(value)
    except ValueError:
        return ""
    return min(steps, key=lambda step: abs(float(step) - number)) if math.isfinite(number) else ""


def line(label: str, key: str, start: str, longest: int) -> str:
    """A line of text; `start` where it is empty."""
    if not links.setting(key):
        links.choose(key, start)
    st.session_state[_control(key)] = links.setting(key)
    st.text_input(label, key=_control(key), on_change=_take_line, args=(key, longest))
    return links.setting(key)


def _take_line(key: str, longest: int) -> None:
    """Keep a line that is not too long, and say so of others: the field itself would take nothing of them."""
    long = len(st.session_state[_control(key)])
    if long <= longest:
        _take(key)
    else:
        st.toast(f"There is room for {longest} characters; these were {long}. It stays as it was.")


def _settled(key: str, options: Sequence[str], start: str) -> str:
    """The key of the control, which stands at the setting; at `start` where that is none of the options."""
    if links.setting(key, start) not in options:
        links.choose(key, start)
    st.session_state[_control(key)] = links.setting(key)
    return _control(key)


def _control(key: str) -> str:
    return f"{key}.control"


def _take(key: str, then: Callable[[], None] | None = None) -> None:
    links.choose(key, st.session_state[_control(key)])
    if then:
        then()
