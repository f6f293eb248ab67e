"""Cost: the same window at other prices, in weights, multiplications, and time on this machine."""

import threading
from collections.abc import Mapping

import streamlit as st

from pages import components, frame
from pages.components import convolution_cost as table_part
from pages.frame import links
from pages.parts.convolution_controls import choice, slide
from pages.server.errors import advice
from vizcore.toolkit import costs, timings
from vizcore.toolkit import designs as of_designs
from vizcore.toolkit.costs import Cost, Design
from vizcore.toolkit.designs import COMPARISONS
from vizcore.toolkit.errors import InputError

Case = tuple[str, int, int, int, bool]  # comparison, channels, groups, side in px, padded

WINDOWS = {name: comparison.title for name, comparison in COMPARISONS.items()}
CHANNELS = tuple(map(str, (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)))
SIDES = tuple(map(str, (8, 12, 16, 24, 28, 32, 48, 64, 96, 128)))
GROUPS = tuple(map(str, (1, 2, 3, 4, 6, 8, 16, 32, 64, 128, 256)))
PADDINGS = {"none": "none", "same": "keeps the size"}
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "cost_window": "5",
    "cost_channels": "64",
    "cost_side": "32",
    "cost_groups": "4",
    "cost_padding": "none",
    "cost_design": "strips",
}
SETTINGS = tuple(STARTS)
SIDE = "Height and width (px)"
ASKED = "cost.asked"  # the case whose time was asked for
QUICK = 2 * 10**9  # MACs of all designs that are timed without being asked for


def _preset(title: str, window: str, design: str, channels: str = "64", side: str = "32") -> frame.Preset:
    settings = {"window": window, "channels": channels, "side": side, "groups": "4", "padding": "none"}
    named = {f"cost_{name}": value for name, value in (settings | {"design": design}).items()}
    return frame.Preset(title, {"view": "cost"} | named)


PRESETS: Mapping[str, frame.Preset] = {
    "parts": _preset("5 × 5 in parts (Kainz)", "5", "strips"),
    "stack": _preset("7 × 7 in parts (Korenev & Gryaznov)", "7", "stack"),
    "groups": _preset("Groups (Kainz)", "5", "grouped"),
    "strips": _preset("3 × 3 in strips (Kainz)", "3", "strips"),
    "inception": _preset("Inception (Kainz)", "inception", "block", side="28"),
    "mislead": _preset("Few channels", "5", "separable", channels="4", side="8"),
}
EXPLAINED = (costs.cost, of_designs.same_window, timings.times)

_one_at_a_time = threading.Lock()  # measurements that run side by side slow one another down


@st.cache_data(max_entries=256, show_spinner=False)
def seconds_of(window: str, channels: int, groups: int, side: int, padded: bool) -> dict[str, float]:
    with _one_at_a_time:
        return timings.times(
            of_designs.designs(window, channels=channels, groups=groups), side, padded=padded
        )


@st.fragment
def show(stage: frame.Stage) -> None:
    """The controls, all designs in a table, the sums behind one of them, and what to notice."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        window = choice("In place of", WINDOWS, "cost_window")
        published = COMPARISONS[window].published
        padded = published or choice("Padding", PADDINGS, "cost_padding") == "same"
    if published:
        channels, groups = 192, 1
        side = int(slide(SIDE, SIDES, "cost_side", STARTS["cost_side"]))
        st.caption("192 channels in, 256 out; padding keeps the size, as published.")
    else:
        channels, side, groups = controls()
    case = window, channels, groups, side, padded
    try:
        compared = of_designs.designs(window, channels=channels, groups=groups)
    except InputError as error:
        advice(str(error))
    else:
        compare(compared, case)
        if not published:
            predict(case)
    links.publish("convolution", "view", "picture", "net", *SETTINGS, starts=STARTS)


def predict(case: Case) -> None:
    """What twice as many channels cost."""
    window, channels, groups, side, padded = case

    def reveal() -> tuple[str, str]:
        macs = []
        for count in (channels, 2 * channels):
            design = next(iter(of_designs.designs(window, channels=count, groups=groups).values()))
            macs.append(costs.cost(design, side, padded=padded).macs)
        factor = macs[1] // macs[0]
        return str(factor), f"{macs[0]:,} become {macs[1]:,}: channels in times channels out, both doubled."

    answers = {"2": "twice as many", "4": "four times as many", "8": "eight times as many"}
    ask = "there were twice as many channels? The plain convolution would take …"
    frame.question(ask, answers, f"cost.predict.{case}", reveal)


def controls() -> tuple[int, int, int]:
    """Channels, height and width in px, and groups."""
    left, middle, right = st.columns(3, gap="medium")
    with left:
        channels = slide("Channels, in and out", CHANNELS, "cost_channels", STARTS["cost_channels"])
    with middle:
        side = slide(SIDE, SIDES, "cost_side", STARTS["cost_side"])
    with right:
        groups = slide("Groups of the grouped one", GROUPS, "cost_groups", STARTS["cost_groups"])
    return int(channels), int(side), int(groups)


def compare(compared: Mapping[str, Design], case: Case) -> None:
    """The table, and below it the formulas of the selected design and the sentences."""
    *_, side, padded = case
    found = {name: costs.cost(design, side, padded=padded) for name, design in compared.items()}
    named = links.setting("cost_design"), "strips", "block"
    selected = next(name for name in named if name in compared)
    place = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        seconds = measured(case, sum(cost.macs for cost in found.values()))
    with place:
        packed = table_part.pack(compared, found, seconds, selected)
        components.mount("convolution_cost", data=packed, key="cost.table", on_pick=choose_design)
    words, formula = st.columns([1, 1.2], gap="medium")
    with formula:
        formulas(compared[selected], side, padded)
    with words:
        st.markdown("**What to notice.** " + " ".join(noticed(compared, found, seconds)))
        st.caption(lecture(case, found))


def choose_design() -> None:
    links.choose("cost_design", str(components.picked("cost.table")))


def measured(case: Case, macs: int) -> dict[str, float] | None:
    """Seconds of each design, and a button to measure them; None where that takes long and nobody asked."""

    def ask() -> None:
        seconds_of.clear(*case)
        st.session_state[ASKED] = case

    long = macs > QUICK
    st.button("Measure the time" if long else "Measure again", on_click=ask, key="cost.again")
    st.caption(
        "MACs: products that are added up. Dashed: as much as the first design. Time here: by PyTorch on "
        "this machine, one picture, one thread, float32; the median of at least three runs."
        + (" This much work takes some seconds." if long else "")
    )
    if not long:
        return seconds_of(*case)
    if st.session_state.get(ASKED) != case:
        return None
    with st.spinner("Measuring", show_time=True, width="content"):
        return seconds_of(*case)


def formulas(design: Design, side: int, padded: bool) -> None:
    """Weights, MACs and receptive field of one design: the formula, and the same with its numbers."""
    st.markdown(f"**{design.title}.** {design.says} It sees $r$ px from top to bottom.")
    st.latex(costs.weights_formula(design))
    st.latex(costs.macs_formula(design, side, padded=padded))
    st.latex(costs.reach_formula(design))


def noticed(
    compared: Mapping[str, Design], found: Mapping[str, Cost], seconds: Mapping[str, float] | None
) -> list[str]:
    """Sentences with the numbers of what is shown."""
    first, least = next(iter(found)), min(found, key=lambda name: found[name].weights)
    plain, cheap = found[first], found[least]
    said = [
        f"{compared[least].title} has the fewest weights: {cheap.weights:,} in place of {plain.weights:,} "
        f"({percent(cheap.weights / plain.weights)}), and sees {cheap.reach[0]} × {cheap.reach[1]} px."
    ]
    if seconds:
        macs = {name: cost.macs for name, cost in found.items()}
        said.append(misleading({name: design.title for name, design in compared.items()}, macs, seconds))
    return said


def misleading(titles: Mapping[str, str], macs: Mapping[str, int], seconds: Mapping[str, float]) -> str:
    """Where the MACs promise most that the clock does not keep."""
    off = timings.against_macs(macs, seconds)
    first, worst = next(iter(off)), max(off, key=lambda name: off[name])
    if off[worst] < 1.1:
        return (
            f"Measured here, no design takes longer than its share of the MACs of {titles[first]} promises."
        )
    return (
        f"MACs mislead most at {titles[worst]}: {percent(macs[worst] / macs[first])} of the multiplications "
        f"of {titles[first]} take {percent(seconds[worst] / seconds[first])} of its time here, "
        f"{off[worst]:.2g} times what they promise. Every layer has to be started, to fetch its "
        "maps from memory and to write new ones; where it does little with each number, that is most of it."
    )


def percent(share: float) -> str:
    """Two significant digits."""
    return f"{float(f'{100 * share:.2g}'):g} %"


def lecture(case: Case, found: Mapping[str, Cost]) -> str:
    """What the lectures say on this comparison, and what is right where they err."""
    window, channels, groups, side, _ = case
    if window == "inception":
        return (
            "Kainz, “Less parameters?”: his products k² · c_in · c_out · m_h · m_w are MACs, not parameters, "
            "and his sum c_in · m_h · m_w · Σ k² · c_out leaves out the 1 × 1 in front of the windows. On "
            f"{side} × {side} px it gives {found['direct'].macs / 1e6:,.0f} M; the block as built needs "
            f"{found['block'].macs / 1e6:,.0f} M, and {found['block'].weights:,} weights."
        )
    if window == "3":
        return (
            "Kainz sets 3 × 3 against 1 × 5 and 5 × 1. For a pair of channels these are 9 weights and 10, so "
            "nothing is saved: he must mean 5 × 5, with 25. In place of 3 × 3, 1 × 3 and 3 × 1 take 6."
        )
    if window == "7":
        return (
            "Korenev & Gryaznov, lecture 5: three 3 × 3 have 27 C² weights where one 7 × 7 has 49 C². With "
            f"C = {channels}: {found['stack'].weights:,} and {found['plain'].weights:,}."
        )
    return (
        "Kainz: 25, 18 and 10 weights for a pair of channels as 5 × 5, two 3 × 3, or 1 × 5 and 5 × 1; with "
        "64 channels, 32 × 32 px and no padding 80.3 M, 62.1 M and 34.4 M MACs. And b groups cost "
        "m_h · m_w · k_h · k_w · (c_i / b) · (c_o / b) · b, one b-th of the whole: here "
        f"{found['plain'].macs:,} / {groups} = {found['grouped'].macs:,}."
    )
