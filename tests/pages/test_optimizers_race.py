"""The race of optimisers without a browser: what is sent, said and answered, and what links may hold."""

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pages.parts import optimizers_race_files as files
from pages.parts import optimizers_race_sweep
from pages.parts import optimizers_race_words as words
from pages.parts.optimizers_race import PRESETS, entries
from pages.parts.optimizers_race_paths import Heat, answer, race_of
from pages.parts.optimizers_race_settings import RACERS, RATES, STARTS, Course
from tests.pages import optimizers_views
from tests.pages.optimizers_views import opened, texts, unpacked
from vizcore.exhibits.optimizers import limit, sharpest, trajectory

ROOT = Path(__file__).parents[2]
RATE = dict.fromkeys(RACERS, 0.02)
HEAT = Heat(Course("bowl", {"condition": 10.0}), tuple(entries(RATE)), ("gd", "adam"), (-3.0, 1.5), 20)


def test_a_first_visit_shows_whole_paths_on_the_ravine() -> None:
    app = opened("race")
    assert not app.exception
    race = optimizers_views.race_of(app)
    expected = trajectory("gd", "ravine", race["start"], 0.03, 60, condition=50)
    np.testing.assert_allclose(race["tracks"]["gd"][:2].T, expected.points, rtol=1e-5, atol=1e-6)
    assert [runner["name"] for runner in race["runners"] if runner["shown"]] == ["gd", "momentum", "adam"]
    assert (race["step"], race["log"]) == (60, True)


def test_the_equations_have_the_numbers_of_the_step() -> None:
    app = opened("race", surface="bowl", on="gd", of="gd", start="-3_1.5", step="1", rates="all", lr="0.1")
    lines = "\n".join(each.value for each in app.latex)
    assert r"x_t &= x_{t-1} - \eta\, g_t" in lines
    assert r"&= -3 - 0.1 \cdot \left(-3\right) = \mathbf{-2.7}" in lines


def test_before_the_first_step_the_equations_stand_without_numbers() -> None:
    app = opened("race", of="adam", step="0")
    assert any(r"y_t &= y_{t-1}" in each.value for each in app.latex)
    assert "Go on by a step" in texts(app)


def test_the_limit_of_the_rate_is_that_of_the_curvature_at_the_start() -> None:
    largest = limit("rosenbrock", (-1.5, 2), depth=100)
    app = opened("race", surface="rosenbrock", lr_gd="0.0007")
    assert f"needs a rate below **2 / L = {largest:.3g}**; with η = 0.0007 it stays below it" in texts(app)
    steep = opened("race", surface="bowl", rates="all", lr="0.21")
    assert "below **2 / L = 0.2**; with η = 0.21 it overshoots further" in texts(steep)


def test_no_limit_is_said_where_nothing_curves_upwards() -> None:
    app = opened("race", surface="own", formula="-x^2 - y^2")
    assert "no direction curves upwards, so there it sets no limit" in texts(app)


def test_the_curvature_along_the_path_is_said_where_it_is_larger_than_at_the_start() -> None:
    race = optimizers_views.race_of(app := opened("race", surface="rastrigin", on="gd"))
    most = sharpest("rastrigin", race["tracks"]["gd"][:2].T)
    assert (
        f"That holds at the start only: along the path of gradient descent L goes up to {most:.3g}"
        in texts(app)
    )
    assert "Along the path of gradient descent L is nowhere larger" in texts(
        opened("race", surface="bowl", on="gd")
    )


@pytest.mark.parametrize("formula", ["x", "abs(x)"])
def test_newton_says_where_the_hessian_has_no_inverse(formula: str) -> None:
    said = texts(opened("race", surface="own", formula=formula, on="newton"))
    assert "Newton stops after 0 steps: the Hessian there cannot be inverted" in said


def test_a_value_beyond_single_precision_is_shown() -> None:
    race = optimizers_views.race_of(opened("race", surface="bowl", rates="all", lr="7", on="gd", steps="300"))
    assert 1e39 < np.nanmax(race["tracks"]["gd"][2]) < np.inf


@pytest.mark.parametrize("formula", ["9**9**9", "10**400*x"])
def test_no_drag_is_advised_where_there_is_no_value_anywhere(formula: str) -> None:
    assert "no finite value anywhere on the map" in texts(opened("race", surface="own", formula=formula))


def test_rounding_is_no_rise() -> None:
    values = np.array([5.0, 1e-16, 3e-16, 2e-16, 1.0])
    assert words._ups(replace(trajectory("gd", "bowl", (1, 1), 0.1, 4), values=values)) == 1


def test_one_rate_for_all_is_taken_by_every_optimiser() -> None:
    race = optimizers_views.race_of(opened("race", surface="bowl", rates="all", lr="0.1", on="nesterov"))
    expected = trajectory("nesterov", "bowl", race["start"], 0.1, 60, condition=10)
    np.testing.assert_allclose(race["tracks"]["nesterov"][2], expected.values, rtol=1e-4)


def test_optimisers_have_the_settings_that_are_chosen_and_the_noise_its_seed() -> None:
    race = optimizers_views.race_of(opened("race", surface="noisy", on="momentum", momentum="0.5", seed="3"))
    path = trajectory("momentum", "noisy", race["start"], 0.01, 60, seed=3, momentum=0.5)
    np.testing.assert_allclose(race["tracks"]["momentum"][2], path.values)


def test_every_rate_has_its_end_and_none_where_the_path_diverges() -> None:
    curve = optimizers_race_sweep.chart(HEAT, log=True)
    at = int(np.abs(curve.x - 0.02).argmin())
    expected = trajectory("gd", "bowl", (-3, 1.5), curve.x[at], 20).values[-1]
    assert curve.lines[0].y[at] == pytest.approx(expected)
    assert curve.lines[0].y[-1] > 1e6  # far above 2 / L
    assert [point.x for point in curve.points] == [0.02, 0.02]


def test_a_formula_of_ones_own_is_raced_on_and_a_broken_one_is_explained() -> None:
    race = optimizers_views.race_of(
        opened("race", surface="own", formula="x^2 + 3y^2", on="gd", rates="all", lr="0.1")
    )
    np.testing.assert_allclose(race["tracks"]["gd"][0, 1], 0.8 * race["start"][0], rtol=1e-6)
    app = opened("race", surface="own", formula="__import__('os')")
    assert not app.exception
    assert "A formula cannot contain" in texts(app)
    assert app.selectbox(key="race_steps.control")  # controls stay


def test_a_formula_that_is_too_long_is_not_taken_and_says_so() -> None:
    app = opened("race", surface="own", formula="x^2 + y^2")
    app.text_input(key="race_formula.control").set_value("x + " * 60 + "y").run()
    assert "room for 200 characters; these were 241" in app.toast[0].value
    assert app.session_state["race_formula"] == "x^2 + y^2"


def test_a_start_without_a_value_is_explained_and_can_be_left() -> None:
    app = opened("race", surface="own", formula="log(x) + y^2")
    assert not app.exception
    assert "Drag the start to another place" in texts(app)
    assert {runner["note"] for runner in optimizers_views.race_of(app)["runners"]} == {"no value"}


def test_a_path_that_diverges_says_so() -> None:
    app = opened("race", surface="bowl", rates="all", lr="7", on="gd.adam", steps="300")
    assert "Gradient descent diverges: after" in texts(app)
    assert optimizers_views.race_of(app)["runners"][0]["note"] == "diverged"


def test_the_question_is_answered_by_paths_with_twice_the_rates() -> None:
    app = opened("race", surface="bowl", on="gd.adam", rates="all", lr="0.15")
    app.radio[0].set_value("adam").run()
    ends = [trajectory(name, "bowl", (-3.5, 1.5), 0.3, 60).values[-1] for name in ("gd", "adam")]
    assert ends[0] > ends[1]
    assert "So it is. f is then Gradient descent" in texts(app)


def test_all_may_be_hidden() -> None:
    app = opened("race", on="none")
    assert not app.exception
    assert not any(runner["shown"] for runner in optimizers_views.race_of(app)["runners"])
    assert "Click the name of one" in texts(app)


def test_an_answer_while_dragging_has_the_paths_from_the_place_asked_about() -> None:
    header, blocks = unpacked(answer(HEAT, race_of(HEAT, 20), {"start": [2, -1]}))
    assert (header["start"], len(blocks)) == ([2, -1], len(RACERS))
    assert blocks[0].reshape(5, -1)[:2, 0].tolist() == [2, -1]


@pytest.mark.parametrize("start", [None, "x", [1], [1, "2"], [1e9, 0], [float("nan"), 0], {"x": 1}])
def test_a_start_that_is_none_becomes_the_usual_one(start: object) -> None:
    header, _ = unpacked(answer(HEAT, race_of(HEAT, 20), {"start": start}))
    assert header["start"] == [-3.5, 1.5]


@pytest.mark.parametrize("value", ["-1", "1e9", "nan", "²", "<script>", "1_2~3", "x" * 9_000])
def test_hostile_links_show_the_first_state(value: str) -> None:
    app = opened("race", **{name[5:]: value for name in STARTS})
    assert not app.exception
    assert optimizers_views.race_of(app)["step"] == 60
    assert not {"race_start", "race_step"} & set(app.query_params)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_can_follow_one_another(name: str) -> None:
    app = opened("race")
    for key, value in {**STARTS, **PRESETS[name].settings}.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    assert "What to notice" in texts(app)


def test_every_rate_of_a_preset_and_of_a_start_is_on_its_slider() -> None:
    chosen = [STARTS, *(preset.settings for preset in PRESETS.values())]
    rates = {value for each in chosen for name, value in each.items() if name.startswith("race_lr")}
    assert rates <= set(RATES)


def test_the_files_have_the_paths_and_the_script_their_ends(tmp_path: Path) -> None:
    archive = np.load(io.BytesIO(files.arrays(HEAT, race_of(HEAT, 20))))
    np.testing.assert_array_equal(archive["gd"], trajectory("gd", "bowl", (-3, 1.5), 0.02, 20).points)
    assert files.table(HEAT).decode().splitlines()[1] == "gd,0.02,0,-3.0,1.5,15.75"
    page = files.page(HEAT, race_of(HEAT, 20), "<b>")
    assert b"Quadratic bowl: f(x, y) = (x^2 + condition*y^2)/2, condition = 10</h1>" in page
    assert b"<b>" not in page
    path = tmp_path / "recompute.py"
    path.write_bytes(files.script(HEAT))
    run = subprocess.run([sys.executable, path], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True)
    x, y = trajectory("gd", "bowl", (-3, 1.5), 0.02, 20).points[-1]
    assert run.stdout.decode().startswith(f"gd: x = {x:.6g}, y = {y:.6g}")
