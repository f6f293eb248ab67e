"""Dying units without a browser: the run behind the page, its words and its files."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import activation_functions_dying as view
from pages.parts.activation_functions_dying_files import script, table
from tests.pages.activation_views import message, opened, texts
from tests.runs.rehearsing import until
from vizcore import runs
from vizcore.toolkit.dying import Report, Spec, train


def run_of(app: AppTest) -> str:
    return str(message(app, "known")[0]["run"])


def finished(**settings: str) -> AppTest:
    app = opened("dying", **settings)
    until(lambda: runs.status(run_of(app)).over)
    return app.run()


def last(**settings: object) -> Report:
    *_, report = train(Spec(**settings))  # type: ignore[arg-type]
    return report


def formulas(app: AppTest) -> str:
    return "\n".join(formula.value for formula in app.latex)


def test_a_first_visit_starts_a_run_of_relus_with_steps_that_are_too_large() -> None:
    app = opened("dying")
    assert not app.exception
    header, _ = message(app, "known")
    assert runs.description(header["run"])["settings"] == {
        "function": "relu",
        "lr": 1.5,
        "epochs": 20,
        "seed": 0,
    }
    assert header["epoch"] is None
    until(lambda: runs.status(header["run"]).over)


def test_at_the_end_every_unit_is_shown_in_every_epoch() -> None:
    header, (dead, highest, *_) = message(finished(epochs="10"), "known")
    found = last(lr=1.5, epochs=10)
    np.testing.assert_array_equal(dead.reshape(11, 2, 48), found.dead)
    np.testing.assert_array_equal(highest.reshape(11, 2, 48), found.highest)
    assert header["known"] == 11


def test_the_charts_keep_their_axes_while_epochs_are_to_come() -> None:
    found = last(epochs=2)
    header, blocks = view.view(5, [], vars(found))
    assert [chart["limits"] for chart in header["charts"]] == [(-0.04, 1.04), (1e-4, 1e3)]
    np.testing.assert_allclose(blocks[3][:3], found.dead[:, 0].mean(axis=1))
    assert np.isnan(blocks[3][3:]).all()
    assert len(blocks[2]) == 6
    assert view.view(5, [], None) == ({}, [])


def test_the_words_count_the_dead_and_those_that_came_back() -> None:
    found = last(lr=2.0)
    said = texts(finished(lr="2"))
    assert f"{found.dead[-1, 0].sum()} of 48 units of the first layer are dead and 48 of the second" in said
    assert "the whole second layer is dead" in said
    assert f"{int((found.dead[:-1] & ~found.dead[1:]).sum())} times a unit came back" in said


def test_leaky_units_do_not_die_and_the_page_says_so() -> None:
    assert "No unit died: Leaky ReLU has a slope" in texts(finished(function="leaky_relu", epochs="5"))


def test_a_run_that_diverges_is_shown_as_far_as_it_came() -> None:
    app = finished(function="linear", lr="10")
    assert "no longer a number" in texts(app)
    assert "diverged" in message(app, "known")[0]["status"]["sentence"]


def test_the_formula_has_the_numbers_of_the_selected_unit_and_epoch() -> None:
    found = last(lr=1.5)
    layer, unit = (int(at) for at in np.argwhere(found.dead[-1] & ~found.dead[1])[0])
    at = {"unit": f"{layer}.{unit}"}
    assert rf"\max_i z_i &= {found.highest[-1, layer, unit]:.3g}" in formulas(finished(**at))
    assert r"\text{ for all } i" in formulas(finished(**at))
    assert r"f'(z_i) &\ne 0" in formulas(finished(epoch="1", **at))


def test_a_tenth_of_the_learning_rate_is_tried_for_the_question() -> None:
    app = finished()
    app.radio[0].set_value("none").run()
    dead = int(last(lr=0.15).dead[-1].sum())
    assert f"{dead} instead of {int(last(lr=1.5).dead[-1].sum())}" in texts(app)


@pytest.mark.parametrize("value", ["", "-1", "1e9", "nan", "²", "<script>", "x" * 9_000, "1.48", "21"])
def test_hostile_links_show_the_first_state(value: str) -> None:
    app = opened("dying", **{name.removeprefix("dying_"): value for name in view.SETTINGS})
    assert not app.exception
    header, _ = message(app, "known")
    assert (header["unit"], header["epoch"]) == ([0, 0], None)


@pytest.mark.parametrize("name", view.PRESETS)
def test_presets_can_follow_one_another(name: str) -> None:
    app = opened("dying")
    for key, value in view.PRESETS[name].settings.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    assert "What to notice" in texts(app)


def test_what_is_taken_away_recomputes_what_is_shown() -> None:
    found = last(lr=1.5, epochs=2)
    rows = [line.split(",") for line in table(vars(found)).decode().splitlines()]
    assert [float(row[1]) for row in rows[1:]] == pytest.approx(found.losses.tolist())
    assert [int(row[3]) for row in rows[1:]] == found.dead[:, 0].sum(axis=1).tolist()
    code = script({"function": "relu", "lr": 1.5}).decode()
    compile(code, "recompute.py", "exec")
    assert "Spec(function='relu', lr=1.5)" in code
