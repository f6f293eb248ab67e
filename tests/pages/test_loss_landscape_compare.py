"""Two landscapes side by side without a browser: their runs, what is sent of them, words, files and links."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import loss_landscape_compare as view
from pages.parts import loss_landscape_compare_settings as settings
from pages.parts import loss_landscape_compare_words as words
from pages.parts.loss_landscape_compare_files import files, script, table
from pages.parts.loss_landscape_compare_settings import Chosen
from tests.pages.views import linked, message, texts, unpacked
from tests.runs.rehearsing import until
from vizcore import runs
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.landscape_spec import Spec
from vizcore.toolkit.sharpness import sharpness
from vizcore.toolkit.solutions import PAIRS, Pair

TINY = {"net": "mlp", "count": 100, "batch": 25, "epochs": 2}
SMALL: dict[str, Any] = {"training": TINY, "points": 13}
PAIR = Pair("", "asks", "says", {}, {"one": {}, "other": {"lr": 0.1}}, sharper="other")
CHOSEN = Chosen(PAIR, {"one": SMALL, "other": SMALL | {"training": TINY | {"lr": 0.1}}})
AXIS = np.linspace(-1, 1, 13)


pytestmark = pytest.mark.usefixtures("no_run_stays")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings of six steps, whichever pair is chosen."""
    cases = {name: {case: {"seed": at} for at, case in enumerate(pair.cases)} for name, pair in PAIRS.items()}
    few = {name: replace(pair, base=TINY, cases=cases[name]) for name, pair in PAIRS.items()}
    monkeypatch.setattr(settings, "PAIRS", few)


def opened(**settings: str) -> AppTest:
    named = {f"ll_two_{name}": value for name, value in ({"points": "13"} | settings).items()}
    return linked("loss_landscape", {"view": "compare"} | named)


def shown(app: AppTest) -> list[str]:
    return str(message(app, "panes")[0]["run"]).split(".")


def finished(**settings: str) -> AppTest:
    app = opened(**settings)
    until(lambda: all(runs.status(run).over for run in shown(app)))
    return app.run()


def bowl(leading: float, steep: float, held: float = 0.5) -> dict[str, Any]:
    """A newest report of a parabola."""
    loss = 0.1 + steep * (AXIS**2 + AXIS[:, None] ** 2)
    numbers = {"end_loss": 0.1, "held_loss": held, "end_accuracy": 1.0, "held_accuracy": 0.9}
    nearby = dict.fromkeys(("above", "below"), 0.1 + leading * 0.1**2 / 2)
    curvature = nearby | {
        "leading": leading,
        "leading_error": 0.01,
        "trace": 3 * leading,
        "trace_error": 0.25,
    }
    surface = {"a": AXIS, "b": AXIS, "loss": loss, "accuracy": 1 / (1 + loss), "computed": loss > 0}
    return numbers | curvature | surface | {"phase": "curvature", "grid": 13, "error": None}


def noticed(*newest: dict[str, Any]) -> str:
    return " ".join(words.noticed(CHOSEN, newest))


def test_where_the_bowl_does_not_fit_nearby_it_is_said_with_the_computed_losses() -> None:
    assert "does not fit" not in noticed(bowl(8, 1), bowl(2, 1))
    said = noticed(bowl(8, 1) | {"above": 0.9}, bowl(2, 1))
    assert "does not fit** one: the curvature alone gives 0.14, computed are 0.9 and 0.14" in said


def test_a_first_visit_begins_both_runs_of_the_first_pair() -> None:
    app = linked("loss_landscape", {"view": "compare"})
    assert not app.exception
    header, _ = message(app, "panes")
    assert [pane["title"] for pane in header["panes"]] == ["without skips", "with skips"]
    first, second = (runs.description(run)["settings"] for run in shown(app))
    assert first["training"]["net"] != second["training"]["net"]
    assert first | {"training": 0} == second | {"training": 0}


def test_at_the_end_surfaces_and_numbers_are_those_of_the_runs(quick: None) -> None:
    app = finished(pair="decay")
    work = sharpness(Spec(**runs.description(shown(app)[1])["settings"]))
    *_, last = work
    _, blocks = message(app, "panes")
    np.testing.assert_allclose(blocks[8 + 2].reshape(13, 13), work.look()["loss"], rtol=1e-5)
    assert f"{last.trace:.3g} ± {last.trace_error:.2g}" in texts(app)


def test_another_pair_ends_the_runs_of_the_one_before() -> None:
    app = opened(pair="decay", points="49")
    before = shown(app)
    app.selectbox(key="ll_two_pair.control").set_value("norm").run()
    assert not {*shown(app)} & {*before}
    until(lambda: all(runs.status(run).over for run in before))


def test_an_answer_has_both_landscapes_where_one_of_them_is_new(quick: None) -> None:
    found = shown(finished())
    header, blocks = unpacked(view.answer(CHOSEN, found, {"since": 0}))
    assert (len(header["panes"]), len(blocks), header["over"]) == (2, 16, True)
    same, _ = unpacked(view.answer(CHOSEN, found, {"since": header["next"]}))
    assert "panes" not in same
    with pytest.raises(InputError, match="action"):
        view.answer(CHOSEN, found, {"do": "remove"})


def test_before_the_first_grid_there_is_no_surface_and_a_note_says_how_far_it_is() -> None:
    training = {"phase": "training", "done": 3, "of": 6, "loss": 2.0, "grid": 0, "error": None}
    (waits, trains) = view.terrains(CHOSEN, [{}, training])
    assert (waits.note, waits.loss.size) == ("Waits to begin.", 0)
    assert (trains.note, trains.loss.size) == ("Training: step 3 of 6, loss 2.", 0)
    assert words.note(bowl(1, 1) | {"grid": 7, "error": 0.5}).startswith("7 × 7 points and a spline")


def test_the_sharper_minimum_is_named_with_both_measures() -> None:
    assert "10 **other** and 2 one: 5 times as much" in noticed(bowl(2, 1), bowl(10, 8))
    assert "sharper other, as papers say, shows in both measures." in noticed(bowl(2, 1), bowl(10, 8))


def test_a_claim_that_does_not_show_is_said_so() -> None:
    assert "**does not show here**" in noticed(bowl(10, 8), bowl(2, 1))
    assert "shows in one of the two measures only" in noticed(bowl(2, 1), bowl(10, 1))
    assert "is about the same: 2 and 2.2." in noticed(bowl(2, 1), bowl(2.2, 1))


def test_measures_that_disagree_are_told() -> None:
    assert "**The two measures disagree**" in noticed(bowl(2, 8), bowl(10, 1))
    assert "disagree" not in noticed(bowl(2, 1), bowl(10, 8))


def test_trainings_that_have_not_come_equally_far_are_told() -> None:
    assert "one of the losses is 10 times the other" in noticed(bowl(2, 1) | {"end_loss": 0.01}, bowl(10, 8))
    assert "how far training has come" not in noticed(bowl(2, 1), bowl(10, 8))


def test_the_formula_has_the_numbers_of_both() -> None:
    title, numbers, computed = words._nearby("one", bowl(10, 1))
    assert (title, numbers) == (r"&\text{one:}", r"&\quad 0.1 + \tfrac12 \cdot 10 \cdot 0.1^2 = 0.15")
    assert computed.endswith(r"0.15 \text{ and } 0.15")


def test_the_question_is_answered_with_pictures_held_out(quick: None) -> None:
    app = finished(pair="skips")
    lasts = [runs.newest(run) or {} for run in shown(app)]
    if not app.radio:  # both are as sharp
        assert words.sharper([last["leading"] for last in lasts]) is None
        return
    app.radio[0].set_value("sharp").run()
    assert f"without skips: {lasts[0]['held_loss']:.3g} nats" in texts(app)


@pytest.mark.parametrize("value", ["", "-1", "nan", "²", "<script>", "x" * 9_000])
def test_hostile_links_are_answered(value: str, quick: None) -> None:
    names = ("pair", "norm", "span", "points", "seed", "start", "statistics")
    query = {f"ll_two_{name}": value for name in names} | {"ll_at": value, "ll_scale": value}
    app = linked("loss_landscape", {"view": "compare"} | query)
    assert not app.exception
    assert message(app, "panes")[0]["place"] == [0, 0]


@pytest.mark.parametrize("name", view.PRESETS)
def test_presets_can_follow_one_another(name: str, quick: None) -> None:
    app = opened()
    for key, value in view.PRESETS[name].settings.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    assert "What to notice" in texts(app)


def test_what_is_taken_away_recomputes_what_is_shown() -> None:
    newest = [bowl(2, 1), bowl(10, 8)]
    rows = table(CHOSEN, newest).decode().splitlines()
    assert rows[0].startswith("training,end_loss")
    assert rows[2].split(",")[5] == "10"
    code = script(CHOSEN).decode()
    compile(code, "recompute.py", "exec")
    assert "'other': Spec(**{'training': {'net': 'mlp'" in code
    made = {export.name: export.make() for export in files(CHOSEN, newest, view.terrains(CHOSEN, newest))}
    assert b"Two loss landscapes" in made["landscapes.html"]
