"""The view in the plane without a browser: the run behind the page, its link, its words and its files."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.components.plane import THUMB, drawn
from pages.parts import live_training_plane as view
from pages.parts import live_training_plane_settings as settings
from pages.parts import live_training_plane_words as words
from pages.parts.live_training_plane_files import script, table
from tests.pages.convolution_views import message, texts
from tests.runs.rehearsing import kill, until, until_state
from vizcore import runs
from vizcore.toolkit.playground import Report, Spec, train

SHELL = str(Path(__file__).parents[2] / "pages" / "frame" / "shell.py")
FAST = {"pace": "0", "epochs": "100", "noise": "0"}


def opened(**chosen: str) -> AppTest:
    app = AppTest.from_file(SHELL, default_timeout=60)
    for name, value in {"view": "plane", **{f"plane_{name}": each for name, each in chosen.items()}}.items():
        app.query_params[name] = value
    return app.run().switch_page("../live_training.py").run()


pytestmark = pytest.mark.usefixtures("no_run_stays")


def run_of(app: AppTest) -> str:
    return str(message(app, "sizes")[0]["run"])


def finished(**chosen: str) -> AppTest:
    app = opened(**FAST | chosen)
    until(lambda: runs.status(run_of(app)).over)
    return app.run()


def last(**chosen: Any) -> Report:
    *_, report = train(Spec(epochs=100, **chosen))
    return report


def formulas(app: AppTest) -> str:
    return "\n".join(formula.value for formula in app.latex)


def test_a_first_visit_starts_a_run_and_puts_it_into_the_link() -> None:
    app = opened()
    assert not app.exception
    run = run_of(app)
    assert app.session_state["plane_run"] == run
    described = runs.description(run)
    assert described["function"] == "live_training.plane"
    assert (described["settings"]["data"], described["settings"]["layers"]) == ("circle", [4, 2])


def test_a_link_finds_its_run_again_and_another_setting_begins_another_one() -> None:
    run = run_of(finished())
    assert run_of(opened(**FAST, run=run)) == run
    other = run_of(opened(**FAST | {"data": "xor"}, run=run))
    assert other != run
    assert runs.description(other)["settings"]["data"] == "xor"


def test_the_rate_changes_while_the_run_goes_on() -> None:
    app = opened(epochs="30000", pace="50")
    run = run_of(app)
    until(lambda: runs.newest(run) is not None)
    app.session_state["plane_lr"] = "1"
    app.run()
    assert run_of(app) == run
    until(lambda: runs.history(run)[0][-1]["lr"] == 1.0)


def test_a_run_that_is_killed_goes_on_and_ends_like_any_other() -> None:
    run = runs.start("live_training.plane", {"epochs": 400, "pace": 200})
    until(lambda: runs.checkpoints(run) != () and runs.checkpoints(run)[-1] > 0)
    kill(run)
    until_state(run, "lost")
    runs.resume(run)
    until_state(run, "finished")
    whole = train(Spec(epochs=400))
    *_, report = whole
    newest = runs.newest(run)
    assert newest is not None
    assert newest["loss"] == report.loss
    np.testing.assert_array_equal(newest["weights"], whole.look()["weights"])


def test_a_run_of_something_else_is_left_alone() -> None:
    other = runs.start("rehearsal.count", {"steps": 5})
    assert run_of(opened(**FAST, run=other)) != other
    assert runs.status(other).state in ("queued", "running", "finished")


def test_what_is_shown_is_what_the_run_computed() -> None:
    header, blocks = message(finished(), "sizes")
    run = train(Spec(epochs=100))
    *_, report = run
    look = run.look()
    assert (header["known"], header["loss"]) == (100, pytest.approx(report.loss))
    weights, small, large, asleep = blocks[-4:]
    np.testing.assert_array_equal(weights, look["weights"])
    np.testing.assert_array_equal(large.reshape(100, 100), look["map"])
    assert len(small) == (4 + 2 + 1) * THUMB**2
    assert len(asleep) == 6


def test_a_selected_unit_is_the_large_map() -> None:
    run = train(Spec(layers=(3, 2)))
    report = vars(next(run)) | run.look()
    _, blocks = drawn(run.spec.sizes, (1, 1), [], report)
    np.testing.assert_array_equal(blocks[-2], report["units"][4])
    assert drawn(run.spec.sizes, None, [], None)[0] == {"known": None}


def test_the_formula_has_the_numbers_of_the_selected_unit_at_the_selected_place() -> None:
    app = finished(unit="0.1", at="2,-1")
    run = train(Spec(epochs=100))
    *_, _ = run
    w1, w2, b = run.weights[0][1]
    total = 2 * w1 - w2 + b
    assert rf"\tanh\left({total:.3g}\right) = {np.tanh(total):.3g}" in formulas(app)
    assert r"h^{(1)}_{2}" in formulas(app)


def test_the_formula_says_of_which_epoch_its_numbers_are() -> None:
    going, paused = (runs.Status(state, 0, 9, 0, 1.0, None, "", "") for state in ("running", "paused"))
    assert words.when(paused, 0) == "before the first step"
    assert words.when(paused, 355) == "after epoch 355"
    assert words.when(going, 0).startswith("before the first step; the map goes on")


def test_the_words_have_both_losses_and_name_a_straight_border() -> None:
    said, found = texts(finished(layers="none")), last(layers=())
    assert f"the loss is {found.loss:.3g} on the training points and {found.test:.3g}" in said
    assert "the border is a straight line" in said


def test_many_layers_of_sigmoids_are_explained() -> None:
    assert "a quarter at most" in texts(finished(layers="4.4.4.4.4.4", activation="sigmoid"))


def test_a_run_that_diverges_is_shown_as_far_as_it_came() -> None:
    app = finished(layers="8.8.8", activation="linear", lr="10")
    assert "no longer a number" in texts(app)
    assert "diverged" in message(app, "sizes")[0]["status"]["sentence"]


def test_the_question_tries_it_without_hidden_layers() -> None:
    app = finished()
    app.radio[0].set_value("worse").run()
    *_, then = train(Spec(layers=(), epochs=300))
    assert f"{then.accuracy:.0%} instead of" in texts(app)


@pytest.mark.parametrize("value", ["", "-1", "1e9", "nan", "²", "<script>", "x" * 9_000, "9.9", "x1.x1"])
def test_hostile_links_show_the_first_state(value: str) -> None:
    app = opened(**{name.removeprefix("plane_"): value for name in view.SETTINGS})
    assert not app.exception
    header, _ = message(app, "sizes")
    assert (header["sizes"], header["unit"], header["place"]) == ([2, 4, 2, 1], None, [1.5, 2])


@pytest.mark.parametrize("name", view.PRESETS)
def test_presets_can_follow_one_another(name: str) -> None:
    app = opened()
    for key, value in {**view.STARTS, **view.PRESETS[name].settings}.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    assert runs.description(run_of(app))["settings"]["layers"] == settings_layers(name)


def settings_layers(name: str) -> list[int]:
    text = view.PRESETS[name].settings["plane_layers"]
    return [] if text == settings.NONE else [int(units) for units in text.split(".")]


def test_what_is_taken_away_recomputes_what_is_shown() -> None:
    run = run_of(finished())
    rows = [line.split(",") for line in table(run).decode().splitlines()]
    assert rows[0] == ["epoch", "loss", "test", "hits", "accuracy"]
    assert float(rows[-1][1]) == pytest.approx(last().loss)
    code = script(Spec(epochs=100, layers=(3,), pace=50)).decode()
    compile(code, "recompute.py", "exec")
    assert "Spec(layers=(3,), epochs=100)" in code


def test_a_number_between_the_steps_of_a_slider_becomes_the_nearest_and_the_header_says_so() -> None:
    app = opened(epochs="400")
    assert app.session_state["plane_epochs"] == "300"
    assert "“Epochs” to 400, which the slider does not have: it is 300 now." in texts(app)
