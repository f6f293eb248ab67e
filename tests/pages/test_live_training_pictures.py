"""Training on pictures without a browser: the run behind the page, its settings and its words."""

import math
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import live_training_pictures as view
from pages.parts import live_training_pictures_settings as settings
from pages.parts import live_training_pictures_words as words
from pages.server.training import begun
from tests.pages.convolution_views import message, texts
from tests.runs.rehearsing import until_state
from vizcore import runs
from vizcore.exhibits.live_training import Spec
from vizcore.toolkit.optimisation import OPTIMISERS
from vizcore.toolkit.plans import plan

SHELL = str(Path(__file__).parents[2] / "pages" / "frame" / "shell.py")
SHORT = {"t_net": "mlp", "t_epochs": "1", "t_batch": "64", "t_count": "500"}


def opened(**settings: str) -> AppTest:
    """A first visit to a link."""
    app = AppTest.from_file(SHELL, default_timeout=60)
    for name, value in {"view": "pictures", **settings}.items():
        app.query_params[name] = value
    return app.run().switch_page("../live_training.py").run()


def run_of(app: AppTest) -> str:
    return str(message(app, "ranges")[0]["run"])


def pressed(app: AppTest) -> AppTest:
    return next(button for button in app.button if button.label == "Train").click().run()


def test_a_first_visit_trains_the_first_preset() -> None:
    app = opened()
    assert not app.exception
    assert begun(run_of(app)) == Spec()
    assert run_of(app) in app.query_params["run"]
    runs.stop(run_of(app))


def test_a_link_with_settings_trains_with_them() -> None:
    app = opened(**SHORT, t_lr="0.05", t_optimiser="adamw", t_norm="yes", t_augment="shift.rotate")
    spec = begun(run_of(app))
    assert (spec.net, spec.epochs, spec.lr, spec.optimiser, spec.norm) == ("mlp", 1, 0.05, "adamw", True)
    assert spec.augment == ("shift", "rotate")
    until_state(run_of(app), "finished")


def test_a_link_with_a_run_shows_it_and_begins_no_other() -> None:
    run = run_of(opened(**SHORT))
    assert run_of(opened(run=run)) == run
    until_state(run, "finished")


def test_while_there_are_no_data_the_ways_to_them_stand_open() -> None:
    app = opened(t_data="own")
    assert not app.exception
    assert "Add or remove pictures" in [button.label for button in app.button]
    assert "The data" not in [expander.label for expander in app.expander]


def test_the_words_are_about_the_step_that_is_shown() -> None:
    run = run_of(opened(**SHORT, t_schedule="cosine"))
    until_state(run, "finished")
    first = runs.checkpoints(run)[0]
    app = opened(run=run, run_at=str(first))
    assert message(app, "ranges")[0]["at"] == first == 0
    assert "Before the first step" in texts(app)
    last = texts(opened(run=run))
    assert "At epoch 1," in last
    assert "These are the numbers of step 6." in last


@pytest.mark.parametrize(
    ("value", "at"), [("", None), ("x", None), ("²", None), ("-1", None), ("9" * 60, 6), ("0", 0)]
)
def test_the_step_of_a_link_is_the_nearest_that_is_kept(value: str, at: int | None) -> None:
    run = run_of(opened(**SHORT))
    until_state(run, "finished")
    assert message(opened(run=run, run_at=value), "ranges")[0]["at"] == at


def test_train_begins_another_run_and_ends_the_one_before() -> None:
    app = opened(**SHORT | {"t_epochs": "500"})
    first = run_of(app)
    app.select_slider(key="t_lr.control").set_value("0.001").run()
    assert run_of(app) == first
    second = run_of(pressed(app))
    assert begun(second).lr == 0.001
    until_state(first, "stopped")
    runs.stop(second)


def test_another_optimiser_brings_its_usual_rate() -> None:
    app = opened(**SHORT)
    app.selectbox(key="t_optimiser.control").set_value("adam").run()
    assert app.select_slider(key="t_lr.control").value == "0.001"


def test_what_does_not_fit_is_explained_and_the_run_that_is_there_goes_on() -> None:
    app = opened(**SHORT)
    run = run_of(app)
    app.session_state["t_net"] = "arch-nothing"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "controls", lambda: True)
        app.run()
    assert not app.exception
    assert runs.status(run).state != "stopped"


@pytest.mark.parametrize("value", ["-1", "0" * 32, "../../../etc", "<b>", "é" * 60])
def test_a_hostile_run_is_refused_with_a_sentence_and_the_page_is_there(value: str) -> None:
    app = opened(run=value, **SHORT)
    assert not app.exception
    assert "run" in texts(app)
    assert any(sentence in texts(app) for sentence in ("does not name a run", "no longer kept"))
    until_state(run_of(app), "finished")


@pytest.mark.parametrize("value", ["", "-1", "nan", "1e999", "²", "<script>", "x" * 9_000])
def test_hostile_settings_are_those_of_a_first_visit(value: str) -> None:
    app = opened(**{name: value for name in view.SETTINGS if name != "run"})
    assert not app.exception
    assert begun(run_of(app)) == Spec()
    runs.stop(run_of(app))


def test_a_number_between_the_steps_of_a_slider_becomes_the_nearest_and_the_header_says_so() -> None:
    app = opened(**SHORT | {"t_epochs": "3"}, t_lr="0.04")
    spec = begun(run_of(app))
    assert (spec.epochs, spec.lr) == (2, 0.03)
    assert "“Epochs” to 3, which the slider does not have: it is 2 now." in texts(app)
    app.select_slider(key="t_epochs.control").set_value("1").run()
    assert "“Epochs”" not in texts(app.run())
    runs.stop(run_of(app))


def test_every_preset_is_made_of_steps_that_the_controls_have() -> None:
    for preset in view.PRESETS.values():
        given = {name: value for name, value in preset.settings.items() if name in settings.MORE}
        assert all(value in settings.MORE[name][1] for name, value in given.items())
        assert preset.settings["t_lr"] in settings.RATES
        plan(Spec(**chosen(preset.settings)))


def chosen(link: Any) -> dict[str, Any]:
    return {name: settings.value_of(link[f"t_{name}"], usual) for name, usual in settings.USUAL.items()}


def line(step: int, loss: float, validation: float, accuracy: float = 0.9) -> dict[str, Any]:
    return {"step": step, "epoch": step / 43, "loss": loss, "validation": validation, "measured": step} | {
        "accuracy": accuracy,
        "lr": 0.1,
    }


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "held out"),
        ([line(0, 2.3, 2.3, 0.1)], "Before the first step, 10.0% of them are right."),
        ([line(43, 2.3, 2.3)], "hardly learnt"),
        ([line(43, 0.5, 0.5), line(430, 0.01, 0.9)], "overfits"),
        ([line(43, 0.5, 0.9), line(430, 0.001, 1.0)], "by heart"),
        ([line(43, 0.5, 0.5), line(430, 0.2, 0.22)], "holds for pictures"),
        ([line(43, 0.5, 0.5), line(430, 0.1, 0.45)], "gap of generalisation"),
        ([line(43, 9.0, 2.5), line(44, float("nan"), 2.5)], "diverged"),
    ],
)
def test_what_to_notice_follows_from_the_two_losses(lines: list[dict[str, Any]], said: str) -> None:
    assert said in " ".join(words.noticed(plan(Spec()), lines))


def test_a_run_that_diverged_is_compared_with_its_last_steps_and_the_change_that_caused_it() -> None:
    losses = [9.0, *[0.5] * 12, 0.6, 3.8, math.nan]
    lines = [line(step, loss, 1.0) for step, loss in enumerate(losses, 1)]
    for each in lines[-3:]:
        each["lr"] = 5.0
    said = " ".join(words.diverged(lines))
    assert "At step 16, the loss was nan" in said
    assert "From step 14 to step 15, it had grown from 0.6 to 3.8" in said
    assert "the rate was raised from 0.1 to 5 after step 13" in said
    assert words.raised(lines[:12]) is None


def test_steps_at_the_old_rate_are_no_growth_and_the_change_has_its_own_step() -> None:
    lines = [line(step, step / 1000, 1.0) for step in range(1009, 1019)] + [line(1023, math.nan, 1.0)]
    lines[-1]["lr"] = 5.0
    said = " ".join(words.diverged(lines))
    assert "grown" not in said
    assert "At step 1,018, it was still 1.02." in said
    assert "the rate was raised from 0.1 to 5 after step 1,018" in said


def test_the_training_loss_is_that_of_the_last_batch_which_equal_runs_share() -> None:
    few, many = [line(43, 0.3, 0.2)], [line(40, 0.9, 0.9), line(42, 0.5, 0.4), line(43, 0.3, 0.2)]
    first, second = (words.noticed(plan(Spec()), lines)[0] for lines in (few, many))
    assert first == second
    assert "The training loss of the batch at step 43 is $0.3$" in first


def test_weights_that_have_run_away_are_said_to_have_in_place_of_a_verdict() -> None:
    said = " ".join(words.noticed(plan(Spec()), [line(43, 2.3, 2.3, 0.1)], 2e8))
    assert "the weights have run away" in said
    assert "hardly learnt" not in said


def test_the_scale_of_the_loss_stands_in_the_link() -> None:
    run = run_of(opened(**SHORT))
    until_state(run, "finished")
    app = opened(run=run, run_log="yes")
    assert message(app, "ranges")[0]["log"] is True
    assert app.query_params["run_log"] == "yes"


@pytest.mark.parametrize(
    ("then", "now", "truth"),
    [
        (1.0, 1.05, "like"),
        (1.0, 2.0, "lower"),
        (2.0, 1.0, "higher"),
        (1.0, math.nan, "lower"),
        (math.nan, math.nan, "higher"),
    ],
)
def test_a_loss_that_is_no_number_counts_as_the_highest(then: float, now: float, truth: str) -> None:
    assert words.judged(then, now) == truth


def test_a_tenth_of_the_rate_is_tried_for_the_question_once_a_run_diverged() -> None:
    app = opened(
        **SHORT | {"t_net": "lenet5", "t_epochs": "5"},
        t_lr="0.5",
        t_optimiser="sgd",
        t_activation="leaky_relu",
    )
    until_state(run_of(app), "failed")
    assert "diverged" in texts(app.run())
    assert "η were 0.05 in place of 0.5" in app.radio[0].label
    app.radio[0].set_value("lower").run()
    assert "So it is." in texts(app)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_every_rule_stands_in_rows_with_one_arrow_each(name: str) -> None:
    rows = words.rule(OPTIMISERS[name].formula).split(r"\\")
    assert [row.count(r"&\leftarrow") for row in rows[1:]] == [1] * (len(rows) - 1)
    assert rows[0].count("&=") == 1
