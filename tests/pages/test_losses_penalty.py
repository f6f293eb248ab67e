"""The view of penalties without a browser: what it sends and says, and how it follows links."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from pages.parts import losses_penalty, losses_penalty_files
from tests.pages.losses_views import linked, message, opened, texts, unpacked
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.regularisers import Bowl, path


def test_a_first_visit_shows_that_l1_makes_a_zero_and_l2_does_not() -> None:
    app = opened("penalty")
    assert not app.exception
    header, blocks = message(app, "strengths")
    left, right = (unpacked(block.tobytes())[0] for block in blocks[:2])
    assert [plane["dots"][1]["y"] == 0 for plane in (left, right)] == [False, True]
    assert header["strength"] == 1.58
    assert "L1 makes $w_2$ exactly 0" in texts(app)


def test_a_diamond_that_has_shrunk_to_a_point_has_no_corners() -> None:
    said = texts(linked(losses_penalty.PRESETS["gone"].settings))
    assert "L1 makes both weights exactly 0: all that is left of its diamond is the point 0." in said
    assert "corners" not in said


def test_the_planes_hold_the_contour_and_the_ball_that_meet_and_the_way_of_the_weights() -> None:
    blocks = message(opened("penalty", angle="0", strength="1"), "strengths")[1]
    header, (_, ellipse, ball, way, _) = unpacked(blocks[1].tobytes())
    bowl = Bowl((2, 1), (1, 4), 0)
    assert [header["dots"][1][axis] for axis in "xy"] == [1, 0.75]
    np.testing.assert_allclose(bowl.loss(ellipse.reshape(-1, 2)), 0.5 * 1 + 0.5 * 4 * 0.25**2, rtol=1e-5)
    np.testing.assert_allclose(np.abs(ball.reshape(-1, 2)).sum(1), 1.75)
    assert way[:2].tolist() == [2, 1]


def test_the_stretches_where_a_weight_is_exactly_0_are_hatched() -> None:
    blocks = message(opened("penalty"), "strengths")[1]
    l2, l1 = unpacked(blocks[2].tobytes())[0]["charts"]
    found = path(Bowl((2, 1), (1, 4), 30), "l1", losses_penalty.VALUES)
    first = [losses_penalty.VALUES[(found.weights[:, axis] == 0).argmax()] for axis in (0, 1)]
    assert l2["shades"] == []
    assert [shade[0] for shade in l1["shades"]] == first


@pytest.mark.parametrize(
    ("marked", "stretches"), [([0, 1, 1, 0, 1], [(1, 2), (4, 4)]), ([0, 0], []), ([1], [(0, 0)])]
)
def test_stretches_have_a_first_and_a_last_place(marked: list[int], stretches: list[tuple[int, int]]) -> None:
    assert losses_penalty.runs(np.array(marked, bool)) == stretches


def test_the_formulas_hold_the_numbers() -> None:
    said = texts(opened("penalty", angle="0", strength="1", centre="2,-1"))
    assert r"\begin{pmatrix} 1 \\ -0.8 \end{pmatrix}" in said
    assert r"w_2 = -\max(0,\ 1 - 1 / 4) = -0.75" in said


def test_the_answer_while_dragging_is_what_the_page_would_show() -> None:
    question = {"centre": [0.5, -1], "strength": 0.999}
    header, blocks = unpacked(losses_penalty.answer((4.0, 30.0), question))
    there = message(opened("penalty", centre="0.5,-1", strength="1"), "strengths")[1]
    assert header["strength"] == 1
    assert [block.tobytes() for block in blocks] == [block.tobytes() for block in there]


@pytest.mark.parametrize("centre", [None, [1], [1, "2"], [1, float("nan")], [1e9, 0], {"x": 1}])
@pytest.mark.parametrize("strength", [1, None])
def test_a_hostile_question_gets_a_sentence(centre: object, strength: object) -> None:
    with pytest.raises(InputError, match="two numbers"):
        losses_penalty.answer((4.0, 30.0), {"centre": centre, "strength": strength})


@pytest.mark.parametrize("value", ["", "-1", "9,9", "nan,nan", "1e9", "²,1", "<script>"])
def test_hostile_links_show_the_first_state(value: str) -> None:
    app = linked({"view": "penalty"} | dict.fromkeys(losses_penalty.STARTS, value))
    assert not app.exception
    first = unpacked(message(app, "strengths")[1][0].tobytes())[0]["dots"][0]
    assert (first["x"], first["y"]) == (2, 1)


def test_the_question_is_answered_by_the_weights() -> None:
    app = opened("penalty")
    app.radio[0].set_value("2").run()
    assert "So it is." in texts(app)
    assert "they are (0.355, 0), at λ = 3.16 (0, 0)" in texts(app)


@pytest.mark.parametrize("preset", losses_penalty.PRESETS.values(), ids=losses_penalty.PRESETS)
def test_a_preset_is_shown_as_it_says(preset: losses_penalty.frame.Preset) -> None:
    app = linked(preset.settings)
    assert not app.exception
    assert all(app.session_state[name] == value for name, value in preset.settings.items())


def test_the_script_prints_the_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "recompute.py"
    program.write_bytes(losses_penalty_files.script(Bowl((2, 1), (1, 4), 0), 1.0))
    runpy.run_path(str(program))
    assert capsys.readouterr().out == "l2 1 0.8\nl1 1 0.75\n"


def test_the_table_has_a_row_for_every_strength() -> None:
    found = losses_penalty_files.table(Bowl((2, 1), (1, 4), 0), [1, 3])
    np.testing.assert_allclose(found, [[1, 1, 0.8, 1, 0.75], [3, 0.5, 4 / 7, 0, 0.25]])
