"""The learning rate on a bowl without a browser: its law, its limit, and what links may hold."""

import numpy as np
import pytest

from pages.parts.optimizers_rate import PRESETS, STARTS
from pages.parts.optimizers_rate_words import Bowl, noticed
from tests.pages.optimizers_views import message, opened, race_of, texts


def test_x_after_k_steps_is_its_start_times_a_power_of_its_factor() -> None:
    app = opened("rate", share="0.95", step="3", start="-2_1")
    x, y = -2 * 0.81**3, (-0.9) ** 3
    lines = "\n".join(each.value for each in app.latex)
    assert rf"(1 - 0.19 \cdot 1)^{{3}} \cdot (-2) = {x:.3g}" in lines
    assert rf"(1 - 0.19 \cdot 10)^{{3}} \cdot 1 = {y:.3g}" in lines
    np.testing.assert_allclose(race_of(app)["tracks"]["chosen"][:2, 3], [x, y], rtol=1e-6)


def test_the_limit_and_the_fastest_rate_are_marked_on_the_curve() -> None:
    header, blocks = message(opened("rate"), "charts")
    curve = header["charts"][0]
    fastest, limit = curve["points"]
    assert (limit["name"], limit["x"]) == ("2 / L", 0.2)
    assert (fastest["x"], fastest["y"]) == (pytest.approx(2 / 11), 23)
    assert curve["shades"][0][0] == 0.2
    assert np.isinf(blocks[1][blocks[0] > 0.2001]).all()
    assert np.isfinite(blocks[1][blocks[0] < 0.1999]).all()


def test_the_small_the_fastest_and_the_big_rate_do_as_they_are_called() -> None:
    tracks = race_of(opened("rate"))["tracks"]
    assert tracks["big"][2, -1] > tracks["big"][2, 0]
    assert tracks["best"][2, -1] < tracks["chosen"][2, -1] < tracks["small"][2, -1] < tracks["small"][2, 0]


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.25, "without changing sides"),
        (0.5, "after a single step"),
        (0.95, "changes sides at every step, and shrinks"),
        (1.0, "for ever"),
        (1.03, "the path diverges"),
    ],
)
def test_each_manner_of_a_rate_has_its_sentence(share: float, words: str) -> None:
    assert words in " ".join(noticed(Bowl(10.0, share), (-3.5, 1.5)))


@pytest.mark.parametrize(
    ("share", "start", "words"),
    [
        ("0.95", "3_0", "it takes 22 steps until 1 % of the distance is left from this start"),
        ("1.02", "3_0", "stays on the x axis; beside it, y would grow at every step. So x shrinks"),
        ("0.95", "0_0", "it takes 0 steps"),
        ("0.95", "0_1", "it takes 44 steps"),
    ],
)
def test_the_steps_are_those_of_the_path_from_the_start(share: str, start: str, words: str) -> None:
    said = texts(opened("rate", share=share, start=start))
    assert words in said
    assert "diverges" not in said


def test_a_rate_that_never_arrives_is_said_to() -> None:
    assert "1 % of the distance is never reached" in texts(opened("rate", share="1.03"))


@pytest.mark.parametrize(("condition", "answer"), [("1", "four"), ("10", "twice"), ("100", "twice")])
def test_the_steps_grow_with_the_condition_number(condition: str, answer: str) -> None:
    app = opened("rate", condition=condition)
    app.radio[0].set_value(answer).run()
    assert "So it is." in texts(app)


@pytest.mark.parametrize("value", ["-1", "1e9", "nan", "²", "<script>", "1_2~3", "x" * 9_000])
def test_hostile_links_show_the_first_state(value: str) -> None:
    app = opened("rate", **{name[5:]: value for name in STARTS})
    assert not app.exception
    assert race_of(app)["steps"] == 40


@pytest.mark.parametrize("name", PRESETS)
def test_presets_can_follow_one_another(name: str) -> None:
    app = opened("rate")
    for key, value in {**STARTS, **PRESETS[name].settings}.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    assert "What to notice" in texts(app)
