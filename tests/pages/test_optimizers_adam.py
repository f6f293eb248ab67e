"""Adam and its misprints without a browser: E1's numbers, the equations, and what links may hold."""

import numpy as np
import pytest

from pages.parts.optimizers_adam import PRESETS, STARTS
from pages.parts.optimizers_adam_words import slips
from tests.pages.optimizers_views import opened, race_of, texts


def test_the_paths_along_x_are_the_numbers_of_the_erratum() -> None:
    tracks = race_of(opened("adam", steps="200"))["tracks"]
    np.testing.assert_allclose(tracks["adam"][0, 1:6], [0.9, 0.8004, 0.7016, 0.6039, 0.5080], atol=5e-5)
    printed = tracks["adam_lecture"][0]
    np.testing.assert_allclose(printed[1:6], [0.95, 0.9481, 0.9465, 0.9451, 0.9436], atol=5e-5)
    np.testing.assert_allclose(tracks["adam_no_root"][0, 1:3], [0.95, 0.8988], atol=5e-5)
    assert printed[200] == pytest.approx(-0.535, abs=5e-4)


def test_the_table_has_the_first_steps_of_all_three() -> None:
    table = next(each.value for each in opened("adam").latex if "array" in each.value)
    assert r"2 & 0.8004 & 0.9481 & 0.8988 \\" in table


def test_the_lecture_has_two_slips_and_the_missing_root_is_one() -> None:
    assert slips("adam_lecture", "x") == ["s_t", "x_t"]
    assert slips("adam_no_root", "y") == ["y_t"]


def test_the_slips_are_coloured_once_the_question_is_answered() -> None:
    app = opened("adam", step="2")
    assert not any("textcolor" in each.value for each in app.latex)
    app.radio[0].set_value("last").run()
    assert sum(each.value.count("textcolor") for each in app.latex) == 2
    assert "It is **both of these**." in texts(app)
    assert "0.9500, 0.9481, 0.9465, 0.9451, 0.9436 by the lecture" in texts(app)


def test_without_the_root_a_flat_surface_makes_long_steps() -> None:
    app = opened("adam", beside="adam_no_root")
    app.radio[0].set_value("longer").run()
    assert "On x² from x = 1 it is 0.05 long, on x² / 10 it is 0.5. With the root it is 0.1 and 0.1" in texts(
        app
    )


def test_the_second_step_is_explained_by_its_numbers() -> None:
    assert "the lecture's ŝ along x is 102 rather than 3.62" in texts(opened("adam"))


def test_numbers_are_shown_along_either_axis() -> None:
    app = opened("adam", step="1", axis="y", beta1="0")
    assert any(r"y_t &= y_{t-1}" in each.value for each in app.latex)


@pytest.mark.parametrize("value", ["-1", "1e9", "nan", "²", "<script>", "1_2~3", "x" * 9_000])
def test_hostile_links_show_the_first_state(value: str) -> None:
    app = opened("adam", **{name[5:]: value for name in STARTS})
    assert not app.exception
    assert race_of(app)["start"] == [1, 0.8]


@pytest.mark.parametrize("name", PRESETS)
def test_presets_can_follow_one_another(name: str) -> None:
    app = opened("adam")
    for key, value in {**STARTS, **PRESETS[name].settings}.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    assert "What to notice" in texts(app)
