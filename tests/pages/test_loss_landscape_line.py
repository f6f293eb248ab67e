"""A line between two solutions without a browser: the run behind it, its words, its files, and links."""

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import loss_landscape_line as view
from pages.parts import loss_landscape_line_words as words
from pages.parts.loss_landscape_line_files import html, script, table
from pages.parts.loss_landscape_line_settings import Ends
from tests.pages.views import linked, message, texts
from tests.runs.rehearsing import until
from vizcore import runs
from vizcore.toolkit import solutions
from vizcore.toolkit.crossing import Spec, barrier, cross

TINY: dict[str, Any] = {"net": "mlp", "count": 100, "batch": 25, "epochs": 2}
PAIR = Ends(
    ("from one seed", "from another seed"), "", {"first": TINY, "second": TINY | {"seed": 1}, "steps": 8}
)
ALPHAS = Spec(**PAIR.settings).alphas


pytestmark = pytest.mark.usefixtures("no_run_stays")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings of four steps."""
    monkeypatch.setattr(solutions, "BASE", TINY)


def opened(**settings: str) -> AppTest:
    named = {f"ll_line_{name}": value for name, value in ({"epochs": "1"} | settings).items()}
    return linked("loss_landscape", {"view": "line", "net": "lenet5"} | named)


def run_of(app: AppTest) -> str:
    return str(message(app, "charts")[0]["run"])


def finished(**settings: str) -> AppTest:
    app = opened(**settings)
    until(lambda: runs.status(run_of(app)).over)
    return app.run()


def hill(height: float, **changes: Any) -> dict[str, Any]:
    """A newest report, with a barrier of this height halfway and losses of 0.1 at both ends."""
    rise = height * np.maximum(0, 1 - np.abs(2 * ALPHAS - 1))
    rows = np.stack([0.1 + rise, 0.2 + rise])
    return {
        "alphas": ALPHAS,
        "losses": rows,
        "accuracies": 1 - rows / 10,
        "distance": 3.0,
        "phase": "line",
    } | changes


def test_a_first_visit_trains_from_two_seeds_and_joins_them() -> None:
    app = linked("loss_landscape", {"view": "line"})
    assert not app.exception
    settings = runs.description(run_of(app))["settings"]
    assert (settings["first"]["seed"], settings["second"]["seed"]) == (0, 1)
    assert message(app, "charts")[0]["cursor"] == 0.5
    assert "ll_line_epochs" not in app.query_params


def test_at_the_end_the_curve_and_the_barrier_are_those_of_the_crossing(quick: None) -> None:
    app = finished()
    *_, last = cross(Spec(**runs.description(run_of(app))["settings"]))
    height, _ = barrier(last.alphas, last.losses[0])
    header, blocks = message(app, "charts")
    np.testing.assert_allclose(blocks[1], last.losses[0], rtol=1e-5)
    assert [point["name"] for point in header["charts"][0]["points"]] == ["A", "B"]
    assert f"{height:.3g}" in texts(app)


def test_start_and_end_of_one_training_are_joined(quick: None) -> None:
    settings = runs.description(run_of(opened(of="begin")))["settings"]
    assert settings["begins"]
    assert settings["first"] == settings["second"]


def test_random_weights_are_joined_with_the_network_in_the_tube() -> None:
    app = finished(of="network", seed="3")
    settings = runs.description(run_of(app))["settings"]
    assert (settings["first"], settings["second"]) == ("lenet5~3", "lenet5")
    assert "From A to B the loss goes from 2.3" in texts(app)


def test_a_run_of_live_training_is_joined_from_its_first_to_its_last_checkpoint() -> None:
    run = runs.start("live_training.train", TINY)
    until(lambda: runs.status(run).over)
    app = linked("loss_landscape", {"view": "line", "ll_line_of": "run", "ll_run": run})
    until(lambda: runs.status(run_of(app)).over)
    said = texts(app.run())
    assert f"A: step {runs.checkpoints(run)[0]}. B: step {runs.checkpoints(run)[-1]}." in said
    assert runs.status(run_of(app)).step == 61  # places, and no update


def test_without_a_run_of_live_training_it_is_said_how_to_get_one() -> None:
    assert "The link names no run." in texts(opened(of="run"))


def test_a_barrier_is_said_with_its_height_and_one_valley_where_there_is_none() -> None:
    assert "a **barrier of 1.5 nats**" in " ".join(words.noticed(PAIR, hill(1.5)))
    assert "hardly a barrier, so both lie in **one valley**" in " ".join(words.noticed(PAIR, hill(0.05)))


def test_a_low_barrier_counts_where_it_is_many_times_the_ends() -> None:
    losses = hill(0.05)["losses"] - 0.0975
    said = " ".join(words.noticed(PAIR, hill(0.05, losses=losses)))
    assert "**a clear barrier** on the log scale" in said


def test_the_sharper_end_is_the_one_behind_which_the_loss_is_higher() -> None:
    losses = hill(0)["losses"].copy()
    assert words.behind(hill(0)) == []
    losses[0, -1] = 5.0
    (said,) = words.behind(hill(0, losses=losses))
    assert "beyond B the loss is 5, as far beyond A 0.1: along this line B is the sharper one" in said


def test_a_way_down_is_told_from_one_that_rises() -> None:
    ends = Ends(("start", "end"), "", {**PAIR.settings, "begins": True})
    falling = np.tile(2 - ALPHAS, (2, 1))
    assert "falls in **every** step; halfway it is 1.5" in " ".join(
        words.noticed(ends, hill(0, losses=falling))
    )
    assert "in 4 of 8 steps it rises" in " ".join(words.noticed(ends, hill(1)))


def test_barriers_that_are_small_are_all_alike() -> None:
    assert [words.compared(*each) for each in ((0.0, 0.04), (1.0, 1.1), (1.0, 2.0), (2.0, 1.0))] == [
        "like",
        "like",
        "higher",
        "lower",
    ]


def test_the_question_is_answered_by_training_for_another_time(quick: None) -> None:
    app = finished(epochs="2")
    app.radio[0].set_value("lower").run()
    settings = runs.description(run_of(app))["settings"]
    short = {name: settings[name] | {"epochs": 1} for name in ("first", "second")}
    *_, last = cross(Spec(**short, steps=8))
    assert f"It would be {barrier(last.alphas, last.losses[0])[0]:.3g} nats" in texts(app)


@pytest.mark.parametrize("value", ["", "-1", "nan", "²", "<script>", "x" * 9_000, "1e999"])
def test_hostile_links_are_answered(value: str, quick: None) -> None:
    names = ("of", "epochs", "seed", "scale", "at")
    app = linked(
        "loss_landscape", {"view": "line", "ll_run": value} | {f"ll_line_{name}": value for name in names}
    )
    assert not app.exception
    assert message(app, "charts")[0]["cursor"] == 0.5


@pytest.mark.parametrize("name", view.PRESETS)
def test_presets_can_follow_one_another(name: str, quick: None) -> None:
    app = opened()
    for key, value in view.PRESETS[name].settings.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    assert "What to notice" in texts(app)


def test_losses_that_are_not_known_yet_leave_axis_and_marks_alone() -> None:
    first, second = view.charts(PAIR, None, log=False)
    assert (first.limits, first.points, second.limits) == ((0.0, view.GUESSING), [], (0.0, 1.04))
    training = hill(0, phase="second", losses=np.full((2, len(ALPHAS)), np.nan))
    assert view.charts(PAIR, training, log=True)[0].title.endswith("(training B: from another seed)")


def test_what_is_taken_away_recomputes_what_is_shown() -> None:
    newest = hill(1)
    lines = table(PAIR, newest).decode().splitlines()
    assert lines[0].startswith("alpha,loss (pictures learnt from),loss (pictures held out),accuracy")
    assert float(lines[1].split(",")[0]) == ALPHAS[0]
    code = script(PAIR).decode()
    compile(code, "recompute.py", "exec")
    assert "second={'net': 'mlp', 'count': 100, 'batch': 25, 'epochs': 2, 'seed': 1}" in code
    assert b"Loss along a line" in html(lambda: view.charts(PAIR, newest, log=False))
