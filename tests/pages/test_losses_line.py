"""Lines through outliers without a browser: what is sent, said and answered, and what links may hold."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from pages.parts import losses_line, losses_points
from pages.parts.losses_line import ALLOWED, PRESETS, START
from pages.parts.losses_line_words import script
from tests.pages.convolution_views import message, texts
from tests.pages.test_components import unpacked
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.regression import compared

ROOT = Path(__file__).parents[2]


def opened(**settings: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "frame" / "shell.py"), default_timeout=60)
    app.query_params["view"] = "line"
    for name, value in settings.items():
        app.query_params[f"line_{name}"] = value
    return app.run().switch_page("../losses.py").run()


def points(text: str = START) -> NDArray[np.float64]:
    found = losses_points.read(text, ALLOWED)
    assert found
    return found.array


def formulas(app: AppTest) -> str:
    return "\n".join(each.value for each in app.latex)


def test_a_first_visit_shows_one_outlier_with_three_lines_and_its_residuals() -> None:
    app = opened()
    assert not app.exception
    header, blocks = message(app, "paths")
    found = compared(points())
    assert [path["name"] for path in header["paths"]] == ["", "MSE", "L1", "Huber"]
    np.testing.assert_allclose(np.ptp(blocks[1][1::2]), 10 * found["mse"].slope, rtol=1e-5)
    assert blocks[0].size == 6 * len(points())  # from each point to the line, and a gap
    assert header["selected"] == 9


def test_the_numbers_of_the_outlier_stand_in_the_formulas_and_in_the_words() -> None:
    app, squares = opened(), compared(points())["mse"]
    assert rf"({squares.residuals[9] - 2:.3g} - (-2))^2 = {squares.losses[9]:.3g}" in formulas(app)
    said = texts(app)
    assert f"point 10 alone makes {squares.losses[9] / squares.losses.sum():.0%} of the whole loss" in said
    assert f"MSE from {squares.slope:.3g} to {compared(points()[:9])['mse'].slope:.3g}" in said


def test_every_loss_has_its_residuals_and_its_marks_in_the_charts() -> None:
    header, blocks = message(opened(loss="huber", delta="0.5"), "paths")
    found = compared(points(), delta=0.5)["huber"]
    np.testing.assert_allclose(
        blocks[0].reshape(-1, 3, 2)[:, 1, 1], points()[:, 1] + found.residuals, rtol=1e-5
    )
    costs, pulls = header["charts"]
    assert [spot["y"] for spot in pulls["points"]] == found.pulls.tolist()
    assert max(abs(spot["y"]) for spot in pulls["points"]) == 0.5
    assert [spot["x"] for spot in costs["points"]] == found.residuals.tolist()


def test_far_to_the_side_even_l1_follows_its_outlier() -> None:
    settings = PRESETS["leverage"].settings
    app = opened(points=settings["line_points"], loss="l1", at="8")
    far = points(settings["line_points"])
    assert compared(far)["l1"].residuals[8] == 0
    assert "The leverage of point 9 is 0.87, where 1 is the most" in texts(app)


def test_two_points_are_said_to_have_one_line_and_no_question() -> None:
    app = opened(points="1_2~3_4")
    assert "Two points have one line through both: every residual is 0" in texts(app)
    assert "leverage" not in texts(app)
    assert not app.radio


def test_the_question_says_which_point_it_speaks_of() -> None:
    settings = PRESETS["leverage"].settings
    far = int(np.abs(compared(points(settings["line_points"]))["l1"].residuals).argmax()) + 1
    assert far != 9  # of which the notice speaks
    app = opened(points=settings["line_points"])
    assert f"point {far}, the furthest from the L1 line," in app.radio[0].label


def test_the_slope_of_l1_has_a_gap_where_it_jumps() -> None:
    header, blocks = message(opened(), "paths")
    slopes = blocks[-3:]  # of L1 its places and its values, and of Huber
    assert [line["own"] for line in header["charts"][1]["lines"]] == [False, True, False]
    assert np.isnan(slopes[1]).sum() == 2


def test_the_l1_line_does_not_move_when_its_outlier_moves_away() -> None:
    app = opened()
    app.radio[0].set_value("same").run()
    assert "So it is. Its slope changes by 0, that of MSE by 0.379 and that of Huber by 0." in texts(app)


def test_an_answer_while_dragging_has_the_lines_of_the_points_asked_about() -> None:
    moved = [[x, y + 1] for x, y in points().tolist()]
    question: dict[str, Any] = {"dot": 9, "dots": moved, "styles": [losses_line.DATA] * 10}
    header, _ = unpacked(losses_line.answer("mse", 1.0, question))
    assert header["line"] == f"Slopes: MSE {compared(points())['mse'].slope:.3g}, L1 0.457, Huber 0.43."
    assert header["dots"][0]["y"] == 2.1  # type: ignore[index]


@pytest.mark.parametrize("dots", [[[1, 2], [1, 3]], [[1, 2]], "x"])
def test_an_answer_that_has_no_line_is_a_sentence(dots: object) -> None:
    with pytest.raises(InputError):
        losses_line.answer("mse", 1.0, {"dot": 0, "dots": dots, "styles": [losses_line.DATA] * len(dots)})  # type: ignore[arg-type]


def test_points_above_each_other_are_explained_and_stay() -> None:
    app = opened(points="1_2~1_3")
    assert not app.exception
    assert "All points have the same x" in texts(app)
    header, _ = message(app, "paths")
    assert [dot["y"] for dot in header["dots"]] == [2, 3]


@pytest.mark.parametrize("value", ["", "-1", "1e9", "nan", "²", "<script>", "1_2~3", "x" * 9_000])
def test_hostile_links_show_the_first_state(value: str) -> None:
    app = opened(points=value, loss=value, delta=value, at=value)
    assert not app.exception
    assert len(message(app, "paths")[0]["dots"]) == 10


@pytest.mark.parametrize("name", PRESETS)
def test_presets_can_follow_one_another(name: str) -> None:
    app = opened()
    for key, value in PRESETS[name].settings.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    assert "What to notice" in texts(app)


def test_the_exported_script_prints_the_three_lines(tmp_path: Path) -> None:
    path = tmp_path / "recompute.py"
    path.write_bytes(script(points(), 1.0))
    run = subprocess.run([sys.executable, path], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True)
    assert run.stdout.decode().startswith(f"mse: y = {compared(points())['mse'].slope:.6g} x")
