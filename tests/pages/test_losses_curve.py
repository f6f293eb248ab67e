"""The view of one prediction without a browser: what it sends and says, and how it follows links."""

import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from pages.parts import losses_curve
from pages.parts.losses_curve_files import script
from pages.parts.losses_curve_settings import GROUPS
from pages.parts.losses_curve_words import SAYS, Shown, landing, noticed, surest
from tests.pages.losses_views import linked, message, opened, texts
from vizcore.exhibits import losses
from vizcore.exhibits.losses import LOSSES


def at_start(name: str, at: float) -> Shown:
    """A loss with the parameters that it starts with."""
    found = losses.curve(name, at)
    settings = {each.name: each.start for each in LOSSES[name].parameters}
    return Shown(name, settings, at, found.value.item(), found.slope.item())


def test_a_first_visit_shows_what_an_outlier_costs_under_two_losses() -> None:
    app = opened("curve")
    header, blocks = message(app, "charts")
    assert header["cursor"] == -3
    names = [line["name"] for line in header["charts"][0]["lines"]]
    assert names == ["Mean squared error", "L1 (mean absolute error)"]
    at = np.abs(blocks[0] + 3).argmin()
    assert [block[at] for block in blocks[1:3]] == [9, 3]
    assert "(-3 - 0)^2 = 9" in texts(app)
    assert "pulls 6 times as hard" in texts(app)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("shape", ["curve", "surface"])
def test_every_loss_opens_with_its_formula_its_use_and_its_numbers(name: str, shape: str) -> None:
    app = opened("curve", loss=name, shape=shape)
    assert not app.exception
    said = texts(app)
    loss = LOSSES[name]
    assert all(part in said for part in (loss.formula, loss.says, loss.source, "What to notice"))
    _, blocks = message(app, "charts")
    assert not any(np.isinf(block).any() for block in blocks)


def test_every_loss_has_a_group_and_a_sentence() -> None:
    assert sorted(name for _, names in GROUPS.values() for name in names) == sorted(LOSSES)
    assert sorted(SAYS) == sorted(LOSSES)


@pytest.mark.parametrize("name", losses_curve.PRESETS)
def test_every_preset_is_shown_as_it_says(name: str) -> None:
    settings = losses_curve.PRESETS[name].settings
    app = linked(settings)
    assert not app.exception
    assert {key: app.session_state[key] for key in settings} == dict(settings)


def test_a_surface_is_made_of_the_parameters_steps_and_marks_the_one_that_is_set() -> None:
    app = opened("curve", loss="huber", shape="surface", over="delta", delta="2", at="3")
    header, (x, y, value, slope, _) = message(app, "charts")
    assert header["place"] == [3, 2]
    assert y.tolist() == pytest.approx(np.arange(1, 31) / 10)
    row, column = np.abs(y - 2).argmin(), np.abs(x - 3).argmin()
    assert (value.reshape(30, -1)[row, column], slope.reshape(30, -1)[row, column]) == (4, 2)


def test_the_curves_are_those_of_the_settings() -> None:
    _, blocks = message(opened("curve", loss="focal", gamma="3", beside="nothing"), "charts")
    found = losses.curve("focal", blocks[0].astype(np.float64).round(6), gamma=3)
    np.testing.assert_allclose(blocks[1], found.value, rtol=1e-6)
    np.testing.assert_allclose(blocks[3], found.slope, atol=1e-6)


def test_a_target_that_must_be_0_or_1_for_one_loss_is_so_for_both() -> None:
    app = opened("curve", loss="bce_logits", beside="focal", target="0.5")
    assert not app.exception
    assert "curve_target.control" in [group.key for group in app.get("button_group")]


def test_a_parameter_at_its_start_leaves_the_link_and_gives_way_to_the_next_loss() -> None:
    app = opened("curve", loss="margin_ranking", target="-1")
    assert app.query_params["curve_target"] == "-1"
    assert "curve_margin" not in app.query_params
    app.selectbox[0].set_value("triplet").run()
    assert r"+ 1) =" in texts(app)  # its own margin


@pytest.mark.parametrize(
    "query",
    [
        {"loss": "<b>"},
        {"at": "nan"},
        {"at": "9" * 60},
        {"target": "inf", "beside": "focal"},
        {"shape": "surface", "over": "weight"},
        {"loss": "zero_one", "shape": "surface"},
        {"loss": "cross_entropy", "target": "0.5", "ignore": "7"},
        {"loss": "kl", "target": "1", "beside": "mse"},
    ],
)
def test_a_hostile_link_shows_something_all_the_same(query: dict[str, str]) -> None:
    app = opened("curve", **query)
    assert not app.exception
    assert message(app, "charts")


def test_smoothed_cross_entropy_is_lowest_where_its_slope_is_zero() -> None:
    given = {"second": 1.0, "third": 0.0, "weight": 1.0, "smoothing": 0.1}
    assert surest(given) == pytest.approx(np.log(14 * (np.e + 1)))  # the odds of 14/15
    for weight in (1.0, 2.5):
        given |= {"weight": weight}
        assert losses.curve("cross_entropy", surest(given), **given).slope.item() == pytest.approx(
            0, abs=1e-12
        )
    said = texts(linked(losses_curve.PRESETS["smoothing"].settings))
    assert "lowest at the logit 3.95, where the right class has 0.933" in said


@pytest.mark.parametrize(
    ("slope", "said"),
    [
        (2.0, "pulls just as hard"),
        (12.0, "pulls 6 times as hard"),
        (1 / 300, "pulls about 1/600 as hard"),
        (24_600.0, "pulls about 12,000 times as hard"),
        (1e-9, "pulls less than a millionth as hard"),
    ],
)
def test_how_much_harder_one_loss_pulls_is_said_in_plain_numbers(slope: float, said: str) -> None:
    shown, beside = (Shown("mse", {"target": 0.0}, 1.0, 1.0, each) for each in (slope, 2.0))
    assert said in noticed(shown, beside)[-1]


def test_a_loss_keeps_its_style_in_the_chart_of_the_gradient() -> None:
    value, slope = message(opened("curve"), "charts")[0]["charts"]
    assert [line["style"] for line in value["lines"]] == [line["style"] for line in slope["lines"]] == [0, 1]


def test_the_gradient_of_l1_has_a_gap_at_its_target() -> None:
    _, blocks = message(opened("curve", loss="l1", beside="nothing"), "charts")
    places, slopes = blocks[3], blocks[4]
    gaps = places[np.isnan(slopes)]
    assert len(gaps) == 2
    assert np.abs(gaps).max() < 0.05


def test_cross_entropy_says_where_every_class_has_a_weight() -> None:
    said = texts(opened("curve", loss="cross_entropy"))
    assert "class 0 alone has a weight; in the view “A batch” every class has one" in said


def test_an_unknown_loss_to_compare_with_is_that_of_the_start() -> None:
    assert opened("curve", beside="<b>").session_state["curve_beside"] == "l1"
    assert opened("curve", loss="hinge", beside="<b>").session_state["curve_beside"] == "nothing"


def test_the_divergence_is_said_not_to_be_symmetric_and_to_take_logarithms() -> None:
    said = texts(opened("curve", loss="kl", beside="reverse_kl", at="0.9"))
    there, back = (losses.curve(name, 0.9, target=0.3).value.item() for name in ("kl", "reverse_kl"))
    assert f"is {there:.3g}, the other way round {back:.3g}" in said
    assert "**log**-probabilities" in said


@pytest.mark.parametrize(
    ("name", "at", "answer"),
    [("mse", 1.0, "same"), ("l1", 0.3, "higher"), ("l1", 2.0, "lower"), ("bce", 0.5, "outside")],
)
def test_one_step_of_rate_1_lands_where_the_arithmetic_says(name: str, at: float, answer: str) -> None:
    assert landing(at_start(name, at))[0] == answer


def test_the_script_prints_what_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "recompute.py"
    program.write_bytes(script(Shown("huber", {"target": 0.5, "delta": 2.0}, 3.5, 4.0, 2.0)))
    runpy.run_path(str(program))
    assert capsys.readouterr().out == "loss 4, gradient 2\n"


@pytest.mark.parametrize("name", LOSSES)
def test_no_sentence_has_a_hyphen_for_a_minus(name: str) -> None:
    for place in LOSSES[name].span:
        said = " ".join([*noticed(at_start(name, place), None), LOSSES[name].says])
        assert not re.search(r"(^|[ (])-\d", said)
