"""Margins and separating lines without a browser: what is sent, said and answered, and what links hold."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import losses_margin, losses_points
from pages.parts.losses_margin import ALLOWED, MINUS, PLUS, PRESETS, START, classes, segment
from pages.parts.losses_margin_words import angle, script
from pages.parts.losses_points import Points
from tests.pages.convolution_views import message, texts
from tests.pages.test_components import unpacked
from vizcore.toolkit.margins import MARGIN_LOSSES
from vizcore.toolkit.separators import Separator, compared

ROOT = Path(__file__).parents[2]


def opened(**settings: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "frame" / "shell.py"), default_timeout=60)
    app.query_params["view"] = "margin"
    for name, value in settings.items():
        app.query_params[f"margin_{name}"] = value
    return app.run().switch_page("../losses.py").run()


def points(text: str = START) -> Points:
    found = losses_points.read(text, ALLOWED)
    assert found
    return found


def lines(text: str = START) -> dict[str, Separator]:
    return compared(points(text).array, classes(points(text)))


def line(weights: list[float], bias: float) -> Separator:
    nothing = np.zeros(0)
    return Separator(np.array(weights), bias, nothing, nothing, nothing, 0.0)


def test_a_first_visit_shows_what_a_point_far_on_its_right_side_does() -> None:
    app = opened()
    assert not app.exception
    header, _ = message(app, "paths")
    assert [path["name"] for path in header["paths"]] == [
        "",
        "",
        "Hinge",
        "Logistic",
        "Exponential",
        "Squared",
    ]
    counts = "Hinge 0, Logistic 0, Exponential 0, Squared 2; no line makes fewer than 0."
    assert header["line"].startswith(f"Mistakes (0-1): {counts}")
    assert [dot["label"] for dot in header["dots"]].count("×") == 2
    assert header["selected"] == 0


def test_the_lines_lie_where_f_is_zero_and_the_pale_ones_where_it_is_one() -> None:
    _, blocks = message(opened(), "paths")
    found = lines()["squared"]
    for block, level in zip((blocks[0], blocks[1], blocks[5]), (-1, 1, 0), strict=True):
        np.testing.assert_allclose(block.reshape(2, 2) @ found.weights + found.bias, level, atol=1e-5)


def test_a_line_is_cut_at_the_edges_of_the_plane() -> None:
    np.testing.assert_allclose(np.sort(segment(line([1, 0], -2), 0), axis=0), [[2, -6], [2, 6]])
    np.testing.assert_allclose(np.sort(segment(line([1, -1], 0), 0), axis=0), [[-6, -6], [6, 6]])
    assert segment(line([1, 0], -20), 0).size == segment(line([0, 0], 1), 0).size == 0


def test_all_losses_are_drawn_over_the_margin_with_the_points_of_one_of_them() -> None:
    header, _ = message(opened(loss="hinge"), "paths")
    costs, slopes = header["charts"]
    assert [each["name"] for each in costs["lines"]] == [entry.title for entry in MARGIN_LOSSES.values()]
    found = lines()["hinge"]
    assert [spot["x"] for spot in costs["points"]] == found.margins.tolist()
    assert [spot["y"] for spot in slopes["points"]] == found.slopes.tolist()


def test_the_numbers_of_the_chosen_point_stand_in_the_formulas_and_in_the_words() -> None:
    app, found = opened(), lines()
    formulas = "\n".join(each.value for each in app.latex)
    assert rf"m_{{1}} &= 1 \cdot ({found['squared'].weights[0]:.3g} \cdot 9" in formulas
    assert rf"\ell_{{1}} = {found['squared'].losses[0]:.3g}" in formulas
    rest = compared(points().array[1:], classes(points())[1:])
    assert f"Squared {angle(found['squared'], rest['squared']):.1f}°" in texts(app)
    assert rf"Squared ${found['squared'].mean:.3g} \ge 0.0952$" in texts(app)


def test_only_what_costs_nothing_is_said_to_cost_0() -> None:
    dot = message(opened(loss="hinge"), "paths")[0]["dots"][0]  # far on the right side
    assert dot["note"].startswith("costs Hinge 0, Logistic < 0.001, Exponential < 0.001, Squared ")


def test_the_last_point_of_a_class_stays() -> None:
    assert message(opened(), "paths")[0]["keeps"] is True


def test_an_unknown_loss_is_that_of_the_start() -> None:
    assert opened(loss="<b>").session_state["margin_loss"] == "squared"


def test_one_wrong_label_costs_the_exponential_loss_most() -> None:
    settings = PRESETS["wrong"].settings
    app = opened(points=settings["margin_points"], loss="exponential")
    assert (
        "Hinge 1, Logistic 1, Exponential 5, Squared 1; no line makes fewer than 1"
        in message(app, "paths")[0]["line"]
    )
    assert "Point 1 is on the wrong side. The hinge pulls with 1" in texts(app)


def test_moving_further_to_the_right_side_turns_the_line_of_the_squared_loss() -> None:
    app = opened()
    app.radio[0].set_value("more").run()
    assert "So it is. It turns by" in texts(app)
    assert "that of the hinge turns by 0.0°" in texts(app)


def test_an_answer_while_dragging_has_the_lines_of_the_points_asked_about() -> None:
    dots = [[0, 1], [2, 1], [8, 5]]
    question = {"dot": 2, "dots": dots, "styles": [MINUS, PLUS, PLUS]}
    header, blocks = unpacked(losses_margin.answer("hinge", 0.01, PLUS, question))
    np.testing.assert_allclose(blocks[2].reshape(2, 2)[:, 0], 1, atol=0.02)  # halfway between the first two
    assert str(header["line"]).startswith("Mistakes (0-1): Hinge 0")


def test_one_class_alone_is_explained_and_its_points_stay() -> None:
    app = opened(points="1_2~3_4")
    assert not app.exception
    assert "Both classes, +1 and −1, need a point" in texts(app)
    assert len(message(app, "paths")[0]["dots"]) == 2


@pytest.mark.parametrize("text", ["1_2~3_4e", "1_2~1_2e", "1_2~1_2e~1_2e", "1_2~1_2~3_4~1_2e"])
def test_the_fewest_points_show_everything(text: str) -> None:
    app = opened(points=text, penalty="0.0001", loss="exponential")
    assert not app.exception
    assert "What to notice" in texts(app)
    for answer in app.radio:
        answer.set_value("same").run()
    assert not app.exception


@pytest.mark.parametrize("value", ["", "-1", "1e9", "nan", "²", "<script>", "1_2~3", "x" * 9_000])
def test_hostile_links_show_the_first_state(value: str) -> None:
    app = opened(points=value, loss=value, penalty=value, adds=value, at=value)
    assert not app.exception
    assert len(message(app, "paths")[0]["dots"]) == 21


@pytest.mark.parametrize("name", PRESETS)
def test_presets_can_follow_one_another(name: str) -> None:
    app = opened()
    for key, value in PRESETS[name].settings.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    assert "What to notice" in texts(app)


def test_the_exported_script_prints_lines_and_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "recompute.py"
    path.write_bytes(script(points().array, classes(points()), 0.01))
    run = subprocess.run([sys.executable, path], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True)
    assert run.stdout.decode().splitlines()[-2:] == [
        f"squared: weights {', '.join(f'{w:.6g}' for w in lines()['squared'].weights)}, "
        f"bias {lines()['squared'].bias:.6g}, 2 mistakes",
        "fewest mistakes of any line: 0",
    ]
