"""Metrics beside losses: scores of two classes, a threshold through them, and what it makes of them."""

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from pages import components, frame
from pages.components import metrics as metrics_part
from pages.frame import links
from pages.parts import losses_metrics_charts as drawn
from pages.parts import losses_metrics_files as files
from pages.parts.convolution_controls import choice, select, slide
from pages.parts.losses_metrics_charts import HEIGHTS, Scored, counted, scored
from pages.server import live
from vizcore.toolkit import digit_scores, metrics
from vizcore.toolkit.digit_scores import MODELS
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.metrics import Decision

SOURCES = {"linear": "One linear layer", "lenet5": "LeNet-5", "normal": "Two bell curves"}
DIGITS = {digit: digit for digit in "0123456789"}
SHARES = ("0.01", "0.02", "0.05", "0.1", "0.2", "0.3", "0.4", "0.5")
DISTANCES = tuple(f"{tenth / 10:g}" for tenth in range(0, 41, 2))
COUNTS = ("100", "200", "500", "1000", "2000", "5000", "10000")
SEEDS = tuple("0123456789")
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "metrics_source": "linear",
    "metrics_digit": "8",
    "metrics_distance": "2",
    "metrics_share": "0.5",
    "metrics_count": "1000",
    "metrics_seed": "0",
    "metrics_heights": "count",
    "metrics_threshold": "0",
}
SETTINGS = tuple(STARTS)
RARE, GOOD = 0.3, 0.9  # a share of positives, and a precision, of which nothing need be said
BETTER = {"higher": "higher than now", "same": "the same", "lower": "lower than now"}
EXPLAINED = (metrics.decision, metrics.thresholds, metrics.along)


def _preset(title: str, **settings: str) -> frame.Preset:
    return frame.Preset(
        title, {"view": "metrics"} | {f"metrics_{name}": each for name, each in settings.items()}
    )


PRESETS: Mapping[str, frame.Preset] = {
    "eight": _preset("Is it an 8?", source="linear", digit="8", threshold="0"),
    "lenet": _preset("The same by LeNet-5", source="lenet5", digit="8", threshold="0"),
    "bells": _preset("Two bell curves", source="normal", distance="2", share="0.5", threshold="0"),
    "rare": _preset("One in a hundred", source="normal", distance="2", share="0.01", count="5000",
                    threshold="0"),
    "guess": _preset("Guessing", source="normal", distance="0", share="0.3", threshold="0"),
}  # fmt: skip


@st.cache_resource(max_entries=32, show_spinner=False)
def digits_scored(model: str, digit: int) -> Scored:
    """The held-out digits, scored as being one of them."""
    name = f"an {digit}" if digit == 8 else f"a {digit}"
    return scored(*digit_scores.digit_scores(model, digit), f"is {name}", "is not")


@st.cache_resource(max_entries=32, show_spinner=False)
def bells_scored(count: int, share: float, distance: float, seed: int) -> Scored:
    """Scores of two normal distributions."""
    found = metrics.sample(count=count, share=share, distance=distance, seed=seed)
    return scored(*found, "positive", "negative")


@st.fragment
def show(stage: frame.Stage) -> None:
    """Where the scores come from, the scores with all that a threshold makes of them, and what to notice."""
    data = chosen_scores()
    at = place(data, read(links.setting("metrics_threshold")))
    found = metrics.decision(data.scores, data.targets, at)
    packed = metrics_part.pack(
        counted(data, at),
        [drawn.histogram(data, links.setting("metrics_heights")), drawn.over_thresholds(data)],
        [drawn.roc(data.curves), drawn.precision_recall(data.curves)],
        names=(data.positive, data.negative),
        alt=alt(data, found),
        ask=live.offer("metrics", partial(answer, data)),
    )
    components.mount("metrics", data=packed, key="metrics.all", on_pick=take)
    links.publish("losses", "view", "picture", "net", *SETTINGS, starts=STARTS)
    st.markdown("**What to notice.** " + " ".join(noticed(data, found)))
    frame.export_menu(partial(files.files, data.scores, data.targets, at), "metrics")
    predict(data, found)


def chosen_scores() -> Scored:
    """The examples, with the controls that they have."""
    with st.container(horizontal=True, vertical_alignment="top"):
        source = choice("Scores of", SOURCES, "metrics_source")
        if source != "normal":
            digit = select("Is it this digit?", DIGITS, "metrics_digit", STARTS["metrics_digit"], width=130)
        choice("Bars count", HEIGHTS, "metrics_heights")
    if source != "normal":
        return digits_scored(source, int(digit))
    columns = st.columns(4, gap="medium")
    with columns[0]:
        distance = slide(
            "Distance of the means (σ)", DISTANCES, "metrics_distance", STARTS["metrics_distance"]
        )
    with columns[1]:
        share = slide("Share of positives", SHARES, "metrics_share", STARTS["metrics_share"])
    with columns[2]:
        count = int(slide("Examples", COUNTS, "metrics_count", STARTS["metrics_count"]))
    with columns[3]:
        seed = int(slide("Seed", SEEDS, "metrics_seed", STARTS["metrics_seed"]))
    return bells_scored(count, share, distance, seed)


def read(text: str) -> float:
    """A threshold of a link; 0 where it is none."""
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0


def place(data: Scored, threshold: float) -> float:
    """The nearest threshold that can be chosen."""
    return float(data.places[np.abs(data.places - threshold).argmin()])


def take() -> None:
    """Keep where the threshold was left."""
    links.choose("metrics_threshold", f"{components.picked('metrics.all')['threshold']:g}")


def answer(data: Scored, question: Mapping[str, Any]) -> bytes:
    """What is counted at another threshold, while it is dragged.

    Raises:
        InputError: the question holds no number.
    """
    threshold = question.get("threshold")
    if not isinstance(threshold, int | float) or not abs(threshold) < math.inf:
        raise InputError("A threshold is a number on the axis of the scores.")
    return metrics_part.pack_answer(counted(data, place(data, threshold)))


def alt(data: Scored, found: Decision) -> str:
    """What is seen, in words."""
    return (
        f"{len(data.scores):,} scores, {int(data.targets.sum()):,} of positives. At {found.threshold:g}, "
        f"{found.true_positives} positives are found, {found.false_negatives} are missed, and "
        f"{found.false_positives} negatives are called positive."
    )


def noticed(data: Scored, found: Decision) -> list[str]:
    """Sentences with the numbers of these scores."""
    share, best = data.curves.share, int(data.along["f1"].argmax())
    lines = [
        f"AUC {data.curves.auc:.4f}: of a positive and a negative taken at random, the positive has the "
        f"higher score in {data.curves.auc:.2%} of all pairs, wherever the threshold is.",
        f"F1 is highest at {data.places[best]:g}: {data.along['f1'][best]:.3g}.".replace("-", "−"),
    ]
    if share < RARE and 0 < found.precision < GOOD:
        called, negatives = (
            found.false_positives + other for other in (found.true_positives, found.true_negatives)
        )
        lines.append(
            f"Only {share:.1%} are positive: {found.false_positives:,} false positives among {negatives:,} "
            f"negatives are a rate of {found.false_positive_rate:.3g}, yet of {called:,} that are called "
            f"positive only {found.true_positives:,} are. The PR curve shows that, the ROC curve does not."
        )
    if (source := links.setting("metrics_source")) in MODELS:
        lines.append(
            f"{MODELS[source].title}: {MODELS[source].says} A score is ln p / (1 − p); 0 is undecided."
        )
    return lines


def predict(data: Scored, found: Decision) -> None:
    """What accuracy somebody has who always says no."""

    def reveal() -> tuple[str, str]:
        never = metrics.decision(data.scores, data.targets, math.inf)
        above, below = never.fractions["accuracy"]
        now, then = found.accuracy, never.accuracy
        truth = "same" if now == then else "higher" if then > now else "lower"
        return truth, (
            f"It would be ({above}) / ({below}) = {then:.3g}, without finding a single positive: recall and "
            f"F1 are 0. Now it is {now:.3g}, with a recall of {found.recall:.3g}."
        )

    settings = [links.setting(name) for name in STARTS if name != "metrics_heights"]
    ask = "the answer were always no, whatever the score? The accuracy would be …"
    frame.question(ask, BETTER, f"metrics.predict.{settings}", reveal)
