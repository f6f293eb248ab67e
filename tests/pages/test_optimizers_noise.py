"""The view of gradient noise without a browser: its numbers, its words, and what a drag answers."""

import numpy as np
import pytest

from pages.parts import optimizers_noise as view
from pages.parts import optimizers_noise_files as files
from pages.parts import optimizers_noise_plane as picture
from pages.parts import optimizers_noise_words as words
from pages.parts.optimizers_noise_scene import BATCH, COUNT, FULL, SINGLE, Scene, Setup, scene
from tests.pages.optimizers_views import message, opened, texts, unpacked
from vizcore.toolkit import gradient_noise
from vizcore.toolkit.errors import InputError

SETUP = Setup(k=8, lr=0.1, again=False, spread=1.0, steps=60, paths=False)


def at(x: float = -1, y: float = 2, **changes: object) -> Scene:
    return scene(Setup(**{**vars(SETUP), **changes}), np.array([x, y], float))  # type: ignore[arg-type]


def test_a_first_visit_shows_arrows_of_three_kinds_from_the_point() -> None:
    app = opened("noise")
    assert not app.exception
    header, _ = message(app, "arrows")
    assert [each["name"] for each in header["arrows"]] == ["single examples", "batches of 8", "all 200"]
    assert header["dots"][1]["x"] == -1
    assert len(header["charts"]) == 2


def test_the_arrow_of_all_examples_points_down_the_mean_loss() -> None:
    given, step = at().given, 1e-6
    losses = [
        gradient_noise.losses(given, (-1 + dx, 2 + dy))
        for dx, dy in ((step, 0), (-step, 0), (0, step), (0, -step))
    ]
    slope = np.array([losses[0] - losses[1], losses[2] - losses[3]]) / (2 * step)
    np.testing.assert_allclose(picture.arrows(at())[2].moves[0], -picture.SCALE * slope, rtol=1e-6)


def test_variance_falls_with_the_batch_as_the_law_says() -> None:
    found = at()
    for k, variance in found.measured.items():
        expected = found.scatter * gradient_noise.law(COUNT, k, again=False)
        assert variance == pytest.approx(expected, rel=0.2, abs=1e-12)


def test_the_words_have_the_numbers_of_the_point() -> None:
    found = at()
    said = texts(opened("noise"))
    assert f"is {np.sqrt(found.clouds[BATCH].expected):.3g} away from the full one" in said
    assert rf"\frac{{200 - 8}}{{200 - 1}} \cdot \frac{{1}}{{8}} \cdot {found.scatter:.3g}" in said


@pytest.mark.parametrize("k", [2, 8, 32, 128])
def test_as_many_examples_as_are_said_halve_the_distance_by_the_law(k: int) -> None:
    found = at(k=k)
    more = gradient_noise.halving(COUNT, k, again=False)
    law = [gradient_noise.law(COUNT, each, again=False) for each in (k, more - 1, more)]
    assert law[2] <= law[0] / 4 < law[1]
    assert f"To halve the distance takes {more} examples" in " ".join(words.noticed(found))


def test_half_of_all_single_examples_lie_within_the_angle_that_is_said() -> None:
    angles = at().clouds[SINGLE].angles
    assert len(angles) == COUNT
    assert f"half of the single examples within {np.median(angles):.3g}°" in " ".join(words.noticed(at()))


def test_the_question_is_judged_by_the_law() -> None:
    app = opened("noise", k="128")  # (200 - 32) / 32 over (200 - 128) / 128 is 9.3, its root 3.1
    app.radio[0].set_value("four").run()
    assert "So it is. By the law" in texts(app)
    assert "× 3.1" in texts(app)


def test_a_path_that_has_not_arrived_is_not_said_to_wander() -> None:
    assert "is still on its way" in words.wandered(at(paths=True, lr=0.01, steps=30))
    assert "what it has more is noise" in words.wandered(at(paths=True, lr=0.1, steps=300))


def test_near_the_minimum_chance_counts_more_than_the_slope() -> None:
    assert "Chance counts more" in " ".join(words.noticed(at(1.5, -0.4)))
    assert "Chance counts more" not in " ".join(words.noticed(at()))


def test_without_noise_in_the_data_every_path_comes_to_the_minimum() -> None:
    found = at(spread=0.0, steps=300, paths=True)
    for name in (SINGLE, BATCH, FULL):
        assert picture.above(found, name)[-1] == picture.FLOOR


def test_where_every_gradient_is_zero_the_page_stands() -> None:
    found = at(1.5, -0.5, spread=0.0)
    assert found.scatter == pytest.approx(0, abs=1e-20)
    assert "each of them has the gradient 0" in " ".join(words.noticed(found))
    picture.plane(found)
    assert not opened("noise", point="1.5_-0.5", spread="0", show="paths").exception


def test_needed_gradients_are_steps_times_the_size_of_the_batch() -> None:
    found = at(paths=True)
    course = picture.above(found, BATCH)
    steps = next(step for step, loss in enumerate(course) if loss <= course[0] / 10)
    assert words.needed(found, BATCH, 8) == f"{8 * steps:,}"
    assert words.needed(at(paths=True, lr=0.001), FULL, COUNT) == "more than there were"


def test_paths_are_shown_with_their_losses_in_place_of_arrows() -> None:
    header, _ = message(opened("noise", show="paths", k="32"), "paths")
    assert [path["name"] for path in header["paths"]] == ["single examples", "batches of 32", "all 200"]
    assert header["arrows"] == []


def test_a_drag_answers_with_the_plane_of_that_point() -> None:
    question = {"dot": 1, "dots": [[1.5, -0.5], [3, 1]], "styles": [2, 7]}
    header, blocks = unpacked(view.answer(SETUP, question))
    assert header["dots"][1]["x"] == 3
    wanted = picture.arrows(at(3, 1))[0].moves
    assert any(
        block.size == wanted.size and np.allclose(block, wanted.ravel(), atol=1e-5) for block in blocks
    )


@pytest.mark.parametrize("dots", [[], [[1, 1]], [[0, 0], [99, 0]], [[0, 0], ["x", 1]], None, 7])
def test_damaged_questions_are_refused(dots: object) -> None:
    styles = [2, 7] if dots != [[1, 1]] else []
    with pytest.raises(InputError):
        view.answer(SETUP, {"dots": dots, "styles": styles})


@pytest.mark.parametrize("hostile", ["", "x", "1e9_2", "9_9", "1_1~2_2", "<b>"])
def test_hostile_settings_fall_back_to_their_starts(hostile: str) -> None:
    app = opened("noise", point=hostile, k="0", lr="nan", spread="-1", steps="1e9", show="?", drawn="x")
    assert not app.exception
    assert message(app, "dots")[0]["dots"][1]["x"] == -1


def test_files_have_the_law_the_gradients_and_a_script_that_runs() -> None:
    found = at()
    assert files.table(found).decode().splitlines()[1].startswith("1,")
    assert files.arrays(found)[:2] == b"PK"
    compile(text := files.script(found).decode(), "recompute.py", "exec")
    assert "cloud(given, (-1.0, 2.0), 8, draws=600, again=False)" in text
