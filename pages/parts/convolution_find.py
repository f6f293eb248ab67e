"""Find a pattern: a patch cut out of the picture, and how well it fits everywhere in it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from pages import components, frame
from pages.components import patch as patch_part
from pages.frame import links
from pages.parts.convolution_controls import choice, slide
from pages.server.errors import advice
from vizcore.exhibits import convolution
from vizcore.toolkit import templates
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.templates import Box, Grey, Match, Peak

MAPS = {"signed": "score, −1 to 1", "positive": "score, 0 to 1", "plain": "plain correlation"}
THRESHOLDS = tuple(f"{step / 20:.2f}" for step in range(4, 20))
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "find_box": "",
    "find_map": "signed",
    "find_threshold": "0.60",
    "find_at": "",
}
SETTINGS = tuple(STARTS)


def _preset(title: str, picture: str, box: str, threshold: str, shown: str = "signed") -> frame.Preset:
    settings = {"find_box": box, "find_map": shown, "find_threshold": threshold}
    return frame.Preset(title, {"view": "find", "picture": picture} | settings)


PRESETS: Mapping[str, frame.Preset] = {
    "coins": _preset("Coins", "coins", "104.130.47.48", "0.70"),
    "bricks": _preset("Joints of bricks", "brick", "140.215.30.44", "0.75", "positive"),
    "face": _preset("A face", "camera", "125.190.45.50", "0.70"),
    "plain": _preset("A bright spot wins", "camera", "125.190.45.50", "0.70", "plain"),
}
EXPLAINED = (templates.match, templates.peaks, templates.score_written)


@st.cache_data(max_entries=8, show_spinner=False)
def match_of(digest: str, box: Box, _image: Grey) -> Match:
    """How well the patch in the box fits everywhere in the picture with this digest."""
    return templates.match(_image, templates.cut(_image, box))


@st.fragment
def show(stage: frame.Stage) -> None:
    """The picture with the patch, the map of scores with its peaks, the formula, and what to notice."""
    image = convolution.grey(stage.image)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = choice("Map of the", MAPS, "find_map")
        threshold = slide("Peaks from a score of", THRESHOLDS, "find_threshold", STARTS["find_threshold"])
    box = box_of(image)
    try:
        found = match_of(stage.digest, box, image)
    except InputError as error:
        advice(str(error))
        draw(f"{stage.digest} {box}", image, box)
    else:
        peaks = templates.peaks(found.score, (box.height, box.width), threshold=threshold)
        at = window_of(found, peaks, box)
        draw(f"{stage.digest} {box} {shown}", image, box, found, shown, peaks, at)
        explain(image, box, found, peaks, at, threshold)
        predict(stage, image, box, found)
    links.publish("convolution", "view", "picture", "net", *SETTINGS, starts=STARTS)


def predict(stage: frame.Stage, image: Grey, box: Box, found: Match) -> None:
    """What another light does to the scores."""

    def reveal() -> tuple[str, str]:
        again = templates.match(0.5 * image + 0.3, templates.cut(image, box))
        score = float(np.abs(again.score - found.score).max())
        plain = float(np.abs(again.plain - found.plain).max() / np.abs(found.plain).max())
        truth = "same" if score < 1e-6 else "other"
        return truth, (
            f"The scores change by at most {score:.1g}, the plain correlation by {plain:.0%}: the score "
            "takes the mean off and divides by the spread, so that brightness and contrast drop out."
        )

    ask = "the picture, but not the patch, had half its contrast and were brighter? The scores would be …"
    frame.question(ask, {"same": "the same", "other": "lower"}, f"find.predict.{stage.digest}.{box}", reveal)


def box_of(image: Grey) -> Box:
    """The box that the link names; the one with the most contrast where it names none that fits."""
    size, text = (image.shape[0], image.shape[1]), links.setting("find_box")
    try:
        if text:
            return templates.read_box(text, size)
    except InputError:
        links.choose("find_box", "")
        st.caption("The box does not fit this picture. This one has the most contrast; draw another.")
    return templates.lively_box(image)


def window_of(found: Match, peaks: tuple[Peak, ...], box: Box) -> tuple[int, int]:
    """The window whose formula is written out: as the link says, else the best one beside the patch."""
    if named := links.indices(links.setting("find_at"), found.score.shape):
        return named[0], named[1]
    own = (box.top, box.left)
    return next(((peak.row, peak.col) for peak in peaks if (peak.row, peak.col) != own), own)


def draw(
    identity: str,
    image: Grey,
    box: Box,
    found: Match | None = None,
    shown: str = "signed",
    peaks: tuple[Peak, ...] = (),
    at: tuple[int, int] | None = None,
) -> None:
    """Show the picture with the patch and, where there is one, the map."""
    values = np.zeros((0, 0))
    if found:
        values = found.plain if shown == "plain" else found.score
    limits = {"signed": (-1.0, 1.0), "positive": (0.0, 1.0)}.get(
        shown, (values.min(initial=0), values.max(initial=0))
    )
    view = patch_part.View(
        identity=identity,
        box=(box.top, box.left, box.height, box.width),
        peaks=tuple((peak.row, peak.col, peak.score) for peak in peaks),
        rival=best(found.plain) if found else None,
        chosen=at,
        limits=(float(limits[0]), float(limits[1])),
        measure="plain correlation" if shown == "plain" else "score",
        alt=f"A box at row {box.top}, column {box.left}, and {len(peaks)} places like it.",
    )
    components.mount("patch", data=patch_part.pack(view, image, values), key="find", on_pick=take)


def explain(
    image: Grey, box: Box, found: Match, peaks: tuple[Peak, ...], at: tuple[int, int], threshold: float
) -> None:
    """The formula with the numbers of one window, and what to notice."""
    words, formula = st.columns([1, 1.2], gap="medium")
    formula.latex(
        r"\gamma = \frac{\sum (f - \bar f)(t - \bar t)}{\sqrt{\sum (f - \bar f)^2 \sum (t - \bar t)^2}}"
    )
    formula.caption(f"With the numbers of the window at row {at[0]}, column {at[1]}:")
    formula.latex(templates.score_written(image, templates.cut(image, box), *at).formula)
    words.markdown(f"**What to notice.** {counted(peaks, box, threshold)} {compared(image, box, found)}")


def counted(peaks: tuple[Peak, ...], box: Box, threshold: float) -> str:
    """How many places look like the patch."""
    others = [peak for peak in peaks if (peak.row, peak.col) != (box.top, box.left)]
    if not others:
        return f"No other place scores {threshold:g} or more; the patch itself scores 1."
    more = "at least " if len(peaks) == templates.MOST else ""
    first = others[0]
    return (
        f"Besides the patch itself, which scores 1, {more}{len(others)} places score {threshold:g} or more. "
        f"The best one is at row {first.row}, column {first.col}, with {first.score:.3g}."
    )


def compared(image: Grey, box: Box, found: Match) -> str:
    r"""What the plain correlation would have found."""
    row, col = best(found.plain)
    if (row, col) == (box.top, box.left):
        return (
            r"The plain correlation $\sum f\,t$ is largest at the patch too: "
            "no window of this picture is brighter. Cut out something darker, and it goes wrong."
        )
    there = templates.cut(image, Box(row, col, box.height, box.width)).mean()
    here = templates.cut(image, box).mean()
    verdict = " Brightness wins, not likeness." if there > here else ""
    return (
        rf"The plain correlation $\sum f\,t$ is largest elsewhere, at row {row}, column {col} (dashed): "
        f"{found.plain[row, col]:.4g} against {found.plain[box.top, box.left]:.4g} at the patch itself. "
        f"The pixels there are {there:.3g} on average, those of the patch {here:.3g}; the score there is "
        f"{found.score[row, col]:.3g}.{verdict}"
    )


def best(values: Grey) -> tuple[int, int]:
    """Row and column of the largest value."""
    row, col = np.unravel_index(values.argmax(), values.shape)
    return int(row), int(col)


def take() -> None:
    """Another box was drawn, or a window was clicked."""
    picked: dict[str, Any] = components.picked("find")
    if "box" in picked:
        links.choose("find_box", ".".join(map(str, picked["box"])))
    links.choose("find_at", ".".join(map(str, picked.get("at", []))))
