"""The view of embeddings without a browser: what it sends and says, and how it follows links."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from pages.parts import losses_embedding, losses_embedding_files
from pages.parts import losses_embedding_settings as settings
from tests.pages.losses_views import linked, message, opened, texts, unpacked
from vizcore.toolkit.embedding_losses import EMBEDDINGS
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.metric_learning import Placed, Spec, learned

SPEC = Spec(each=4)
CHOSEN = settings.Chosen(SPEC, (), 8, 0)


def test_a_first_visit_shows_every_step_of_a_triplet_run() -> None:
    app = opened("embedding")
    assert not app.exception
    header, (points, pulls, _, _, curves) = message(app, "labels")
    reports = list(learned(Spec()))
    np.testing.assert_allclose(points.reshape(201, 24, 2)[8], reports[8].points, rtol=1e-5)
    np.testing.assert_allclose(pulls.reshape(201, 24, 2)[8] * 0.1, reports[8].moves, atol=1e-6)
    np.testing.assert_allclose(
        unpacked(curves.tobytes())[1][1][:9], [each.loss for each in reports[:9]], rtol=1e-5
    )
    assert header["step"] == 8


def test_at_a_first_visit_the_circle_lies_within_the_plane() -> None:
    header, (points, _, _, radii, _) = message(opened("embedding"), "labels")
    place = points.reshape(201, 24, 2)[header["step"], header["chosen"]]
    assert np.abs(place).max() + radii[header["step"]] < header["reach"]


def test_unknown_words_are_those_of_the_start() -> None:
    app = opened("embedding", loss="<b>", classes="nan")
    assert [app.session_state[f"embedding_{name}"] for name in ("loss", "classes")] == ["triplet", "3"]


@pytest.mark.parametrize("loss", EMBEDDINGS)
def test_every_loss_is_written_with_the_numbers_of_the_chosen_point(loss: str) -> None:
    app = opened("embedding", loss=loss, dot="3", step="0")
    assert not app.exception
    assert EMBEDDINGS[loss].formula in texts(app)
    assert message(app, "labels")[0]["rays"] == (loss == "cosine")


def test_the_numbers_in_the_text_are_those_of_the_run() -> None:
    said, last = texts(opened("embedding", loss="cosine")), list(learned(Spec(loss="cosine", margin=0)))[-1]
    assert f"At step 200 the mean loss is {last.loss:.3g}, {last.active:.0%} of all pairs" in said
    assert f"for {last.accuracy:.0%} of the points" in said


@pytest.mark.parametrize(("classes", "said"), [("4", False), ("5", True)])
def test_the_plane_has_room_for_four_directions_at_right_angles(classes: str, said: bool) -> None:
    app = opened("embedding", loss="cosine", classes=classes, step="200")
    assert ("room for 4 such directions" in texts(app)) == said


def test_a_point_that_the_link_puts_elsewhere_stands_there() -> None:
    app = opened("embedding", placed="5.3:1.5,-2.25;7.0:0,0")
    points = message(app, "labels")[1][0].reshape(201, 24, 2)
    assert points[5, 3].tolist() == [1.5, -2.25]
    assert points[7, 0].tolist() == [0, 0]
    np.testing.assert_allclose(points[4], list(learned(Spec()))[4].points, rtol=1e-5)


def test_the_points_can_be_put_back() -> None:
    app = opened("embedding", placed="5.3:1.5,-2.25")
    app.button[0].click().run()
    assert app.session_state["embedding_placed"] == ""
    assert not app.button


def test_what_is_put_elsewhere_can_be_read_from_what_is_written() -> None:
    placed = (Placed(5, 3, 1.5, -2.25), Placed(200, 11, -10.0, 0.125))
    assert settings.read(settings.written(placed)) == placed


def test_another_point_ends_what_came_later_and_replaces_itself() -> None:
    before = (Placed(2, 0, 0, 0), Placed(5, 1, 1, 1), Placed(5, 2, 1, 1), Placed(9, 3, 1, 1))
    after = settings.with_one_more(before, Placed(5, 1, 2, 2))
    assert after == (before[0], before[2], Placed(5, 1, 2, 2))


def test_no_more_points_are_kept_than_a_link_can_hold() -> None:
    placed: tuple[Placed, ...] = ()
    for step in range(100, 130):
        placed = settings.with_one_more(placed, Placed(step, 10, -1.125, -1.125))
    assert placed[0].step == 130 - settings.MOST
    assert len(settings.written(placed)) <= 400


def test_the_answer_while_dragging_is_the_run_from_there() -> None:
    reply = losses_embedding.answer(CHOSEN, {"step": 4, "dot": 7, "x": 2.5, "y": 0})
    header, (points, *_) = unpacked(reply)
    reports = list(learned(SPEC, [Placed(4, 7, 2.5, 0)]))
    np.testing.assert_allclose(points.reshape(201, 12, 2)[10], reports[10].points, rtol=1e-5, atol=1e-7)
    assert header["chosen"] == 7


@pytest.mark.parametrize(
    "wrong", [{"step": None}, {"step": 999}, {"dot": -1}, {"dot": 1e9}, {"x": "1"}, {"y": float("nan")}]
)
def test_a_hostile_question_gets_a_sentence(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        losses_embedding.answer(CHOSEN, {"step": 4, "dot": 7, "x": 2.5, "y": 0} | wrong)


@pytest.mark.parametrize("value", ["", "-1", "999", "1e9", "²", "<script>", "5.99:1,1", "5.3:99,0"])
def test_hostile_links_show_a_state_that_works(value: str) -> None:
    app = linked({"view": "embedding"} | dict.fromkeys(settings.STARTS, value))
    assert not app.exception
    assert len(message(app, "labels")[0]["labels"]) >= 6


def test_a_chosen_point_gives_way_when_there_are_fewer() -> None:
    app = opened("embedding", classes="2", each="2", dot="20", placed="5.20:1,1")
    assert not app.exception
    assert message(app, "labels")[0]["chosen"] == 3


@pytest.mark.parametrize(("loss", "truth"), [("cosine", "same"), ("contrastive", "higher")])
def test_twice_as_far_is_the_same_for_angles_only(loss: str, truth: str) -> None:
    app = opened("embedding", loss=loss)
    app.radio[0].set_value(truth).run()
    assert "So it is." in texts(app)


@pytest.mark.parametrize("preset", losses_embedding.PRESETS.values(), ids=losses_embedding.PRESETS)
def test_a_preset_is_shown_as_it_says(preset: losses_embedding.frame.Preset) -> None:
    app = linked(preset.settings)
    assert not app.exception
    assert all(app.session_state[name] == value for name, value in preset.settings.items())


def test_what_is_taken_away_is_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    placed = (Placed(4, 7, 2.5, 0),)
    table, archive, program = losses_embedding_files.files(SPEC, placed, 10)
    for export in (table, archive, program):
        (tmp_path / export.name).write_bytes(export.make())
    reports = list(learned(SPEC, placed))
    points = np.loadtxt(tmp_path / table.name, delimiter=",")
    np.testing.assert_allclose(points[:, :2], reports[10].points, rtol=1e-7)
    with np.load(tmp_path / archive.name) as found:
        np.testing.assert_array_equal(found["moves"][3], reports[3].moves)
    runpy.run_path(str(tmp_path / program.name))
    assert f"loss {reports[-1].loss:.6g}" in capsys.readouterr().out
