"""Rare classes: their part of loss and gradient, plain, with class weights and under the focal loss."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages import components, frame
from pages.components import charts
from pages.components.charts import Chart, Line
from pages.frame import links
from pages.parts import losses_rare_files as files
from pages.parts.convolution_controls import slide
from vizcore.toolkit import imbalance
from vizcore.toolkit.imbalance import RARE, WAYS, Shares
from vizcore.toolkit.latex import number

RATIOS = tuple(f"{each:g}" for each in np.unique(np.geomspace(1, imbalance.MAX_RATIO, 37).round()))
GAMMAS = tuple(f"{tenths / 10:g}" for tenths in range(51))
MANY = tuple(f"{each / 2:g}" for each in range(-12, 1))
FEW = tuple(f"{each / 2:g}" for each in range(-8, 9))
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "rare_ratio": "1000",
    "rare_gamma": "2",
    "rare_many": "-4",
    "rare_few": "-1",
}
SETTINGS = tuple(STARTS)
CONTROLS: Mapping[str, tuple[str, tuple[str, ...]]] = {  # label and steps of each slider
    "rare_ratio": ("Common examples to one rare", RATIOS),
    "rare_gamma": ("Focus γ", GAMMAS),
    "rare_many": ("Mean logit of the common", MANY),
    "rare_few": ("Mean logit of the rare", FEW),
}
EXPLAINED = (imbalance.shares, imbalance.compared, imbalance.crowd)
HALVES = {"below": "below the ratio", "ratio": "the ratio", "above": "above the ratio"}
STYLES = {"plain": 0, "weighted": 1, "focal": 2}
BY_NUMBER = 7  # style of what they are by number
TALL = 240  # px


def _preset(title: str, **settings: str) -> frame.Preset:
    return frame.Preset(title, {"view": "rare"} | {f"rare_{name}": each for name, each in settings.items()})


PRESETS: Mapping[str, frame.Preset] = {
    "thousand": _preset("1 : 1000", ratio="1000", many="-4", few="-1", gamma="2"),
    "ten": _preset("1 : 10", ratio="10"),
    "start": _preset("An untrained network", many="0", few="0"),
    "learned": _preset("Rare ones learned", few="3"),
    "sharp": _preset("A sharp focus", gamma="5"),
}


@st.fragment
def show(stage: frame.Stage) -> None:
    """The batch, the shares over its ratio and over the focus, and their sums with the numbers."""
    values = [controlled(key, cell) for key, cell in zip(CONTROLS, st.columns(4, gap="medium"), strict=True)]
    ratio, gamma, many, few = values
    settings = {"rare": few, "many": many, "gamma": gamma}
    found, ratios = imbalance.compared(int(ratio), **settings), by_ratio(**settings)
    over_ratio, over_gamma = st.columns(2, gap="medium")
    with over_ratio:
        draw_ratios(ratios, found, ratio)
    with over_gamma:
        draw_gammas(by_gamma(int(ratio), few, many), found, gamma)
    links.publish("losses", "view", "picture", "net", *SETTINGS, starts=STARTS)
    write(found)
    words, table = st.columns(2, gap="medium")
    words.markdown("**What to notice.** " + " ".join(noticed(found, int(ratio), gamma)))
    table.markdown(tabled(found))
    with table:
        frame.export_menu(partial(files.files, int(ratio), settings, RATIOS, ratios), "rare")
    predict(found["plain"], int(ratio))


def controlled(key: str, cell: DeltaGenerator) -> float:
    """What the slider of one setting says."""
    with cell:
        return slide(*CONTROLS[key], key, STARTS[key])


@st.cache_data(max_entries=64, show_spinner=False)
def by_ratio(rare: float, many: float, gamma: float) -> list[dict[str, Shares]]:
    """What the rare have of each way at each of RATIOS."""
    return [imbalance.compared(int(ratio), rare=rare, many=many, gamma=gamma) for ratio in RATIOS]


@st.cache_data(max_entries=64, show_spinner=False)
def by_gamma(ratio: int, rare: float, many: float) -> list[dict[str, Shares]]:
    """What the rare have of each way at each of GAMMAS."""
    return [imbalance.compared(ratio, rare=rare, many=many, gamma=float(gamma)) for gamma in GAMMAS]


def draw_ratios(found: list[dict[str, Shares]], here: Mapping[str, Shares], ratio: float) -> None:
    """What the rare have of gradient and loss over the ratio, by each way."""
    said = ", ".join(f"{WAYS[way]} {here[way].gradient:.0%}" for way in WAYS)
    charts.mount(
        drawn(found, RATIOS, "common examples to one rare", log_x=True),
        key="rare.ratios",
        alt=f"Shares of the rare class over the ratio; at {ratio:g} of the gradient: {said}.",
        cursor=ratio,
        on_pick=partial(take, "rare.ratios", "rare_ratio"),
    )


def draw_gammas(found: list[dict[str, Shares]], here: Mapping[str, Shares], gamma: float) -> None:
    """The same over the focus of the focal loss, at the ratio that is set."""
    charts.mount(
        drawn(found, GAMMAS, "focus γ", log_x=False),
        key="rare.gammas",
        alt=f"The same shares over the focus of the focal loss; at {gamma:g}: {here['focal'].gradient:.0%}.",
        cursor=gamma,
        on_pick=partial(take, "rare.gammas", "rare_gamma"),
    )


def drawn(found: list[dict[str, Shares]], places: Sequence[str], title: str, *, log_x: bool) -> list[Chart]:
    """Two charts of the shares that the rare have, of the gradient and of the loss."""
    x = np.array(places, float)
    count = Line("By number", np.array([each["plain"].examples for each in found]), BY_NUMBER)
    parts = {
        "gradient": {way: np.array([each[way].gradient for each in found]) for way in WAYS},
        "loss": {way: np.array([each[way].loss for each in found]) for way in WAYS},
    }
    return [
        Chart(
            f"Share of the rare in the {what}",
            x,
            [count, *(Line(WAYS[way], share, STYLES[way]) for way, share in shares.items())],
            title,
            "share",
            (0, 1),
            log_x=log_x,
            height=TALL,
        )
        for what, shares in parts.items()
    ]


def take(key: str, setting: str) -> None:
    """Keep where a cursor was let go."""
    links.choose(setting, f"{components.picked(key)['x']:g}")


def write(found: Mapping[str, Shares]) -> None:
    """The share of the gradient, and below it the same with the numbers of each way."""
    lines = [r"\text{share} &= \frac{\sum_{y_n = 1} |\partial l_n|}{\sum_n |\partial l_n|}"]
    for way, each in found.items():
        total = float(np.abs(each.slopes).sum())
        own = total * each.gradient
        fraction = rf"\frac{{{number(own)}}}{{{number(own)} + {number(total - own)}}}"
        lines.append(rf"\text{{{WAYS[way].lower()}:}} \quad &= {fraction} = {number(each.gradient)}")
    st.latex(r"\begin{aligned}" + r" \\[10pt] ".join(lines) + r"\end{aligned}")


def tabled(found: Mapping[str, Shares]) -> str:
    """What single examples cost on average, as a table in Markdown."""
    lines = ["| Mean loss | of one rare | of one common |", "| --- | --: | --: |"]
    for way, each in found.items():
        rare, common = _digits(each.losses[:RARE].mean()), _digits(each.losses[RARE:].mean())
        lines.append(f"| {WAYS[way]} | {rare} | {common} |")
    return "\n".join(lines)


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def noticed(found: Mapping[str, Shares], ratio: int, gamma: float) -> list[str]:
    """Sentences with the numbers of this batch."""
    plain, weighted, focal = (found[way] for way in WAYS)
    said = [
        f"{RARE} of {RARE * (ratio + 1):,} examples are rare: {plain.examples:.2%}. Under the plain loss "
        f"they have {plain.gradient:.1%} of the gradient: each common example pulls little, but there are "
        "many."
    ]
    if ratio > 1:
        said.append(f"Weighted by {ratio:,} the rare have {weighted.gradient:.1%}.")
    change = "more" if focal.gradient > plain.gradient else "no more"
    said.append(
        f"The focal loss with γ = {gamma:g} gives them {focal.gradient:.1%}, {change} than the plain one: it "
        "fades what is easy, whatever its class."
    )
    return said


def predict(plain: Shares, ratio: int) -> None:
    """The class weight that would give half of the gradient to the rare."""

    def reveal() -> tuple[str, str]:
        needed = (1 - plain.gradient) / plain.gradient
        truth = "ratio" if abs(needed / ratio - 1) < 0.05 else "below" if needed < ratio else "above"
        return truth, (
            f"It is {needed:,.3g} at a ratio of {ratio:,}: the weight has to make up for the share of the "
            "gradient, not for the number of examples."
        )

    ask = "a class weight should give the rare exactly half of the gradient? It would have to be …"
    frame.question(ask, HALVES, f"rare.predict.{ratio}.{plain.gradient}", reveal)
