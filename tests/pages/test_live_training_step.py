"""One step without a browser: from the start and from a checkpoint, its formulas, its words and its files."""

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import live_training_step as view
from pages.parts import live_training_step_words as words
from pages.parts.live_training_step_files import files, script, table
from tests.pages.losses_views import message, texts
from tests.pages.training_views import linked
from tests.runs.rehearsing import until
from vizcore import runs
from vizcore.exhibits.live_training import Spec, train
from vizcore.toolkit.training import Training
from vizcore.toolkit.walkthrough import Walk, ahead, walked

SPEC = Spec(count=300, net="mlp", device="cpu")
LINK = {"view": "step", "t_count": "300", "t_net": "mlp"}


def step(on: int = 0, **changes: object) -> Walk:
    return walked(ahead(Training(replace(SPEC, **changes)), on))  # type: ignore[arg-type]


def before(app: AppTest) -> float:
    """Loss of the batch before the step, as the component gets it."""
    return float(message(app, "stages")[1][12][0])


@pytest.fixture(scope="module")
def run() -> str:
    """A training run that has come to its end."""
    found = runs.start("live_training.train", {"count": 300, "net": "mlp", "epochs": 2, "device": "cpu"})
    until(lambda: runs.status(found).over)
    return found


def test_a_first_visit_shows_the_first_step_of_lenet() -> None:
    app = linked(view="step")
    assert not app.exception
    header, blocks = message(app, "stages")
    found = walked(Training(Spec(device="cpu")))
    assert (header["stage"], header["step"], header["shape"]) == ("forward", 0, [32, 1, 32, 32])
    np.testing.assert_allclose(blocks[2].reshape(32, 10), found.logits, rtol=1e-4, atol=1e-5)
    assert f"before **{found.before:.3g}**, after **{found.after:.3g}**" in texts(app)


def test_the_next_step_goes_on_from_there() -> None:
    app = linked(**LINK)
    next(button for button in app.button if button.label == "Next step").click().run()
    assert message(app, "stages")[0]["step"] == 1
    assert before(app) == pytest.approx(step(1).before, rel=1e-5)
    next(button for button in app.button if button.label == "Back to the first").click().run()
    assert message(app, "stages")[0]["step"] == 0


def test_a_run_in_the_link_is_walked_through_from_its_newest_checkpoint(run: str) -> None:
    app = linked(view="step", run=run)
    assert not app.exception
    at = runs.checkpoints(run)[-1]
    spec = Spec(count=300, net="mlp", epochs=2, device="cpu")
    assert message(app, "stages")[0]["step"] == at
    assert before(app) == pytest.approx(walked(Training(spec, runs.state_of(run, at))).before, rel=1e-5)


def test_a_checkpoint_can_be_chosen_and_left(run: str) -> None:
    first = runs.checkpoints(run)[0]
    app = linked(view="step", run=run, step_from=str(first), step_on="2")
    assert message(app, "stages")[0]["step"] == first + 2
    next(button for button in app.button if "new weights" in button.label).click().run()
    assert app.session_state["run"] == ""
    assert message(app, "stages")[0]["step"] == 0


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_the_formula_has_the_numbers_of_the_weight_that_is_followed(optimiser: str) -> None:
    found = step(optimiser=optimiser).followed
    app = linked(**LINK, t_optimiser=optimiser)
    formulas = "\n".join(each.value for each in app.latex)
    assert rf"\partial L / \partial w = {found.slope:.3g}" in formulas
    assert f"`{found.name}`" in texts(app)


def test_a_probability_near_one_is_written_by_what_is_missing() -> None:
    found = step(batch=2)
    logits = found.logits.copy()
    logits[0], logits[0, found.labels[0]] = 0, 14
    rows = words.example_written(replace(found, logits=logits), 0)
    assert r"-\log (1 - 7.48 \cdot 10^{-6}) = 7.48 \cdot 10^{-6}" in rows[0]
    assert r"\frac{1 - 7.48 \cdot 10^{-6} - 1}{2} = -3.74 \cdot 10^{-6}" in rows[1]


def test_the_link_names_example_weight_and_stage() -> None:
    app = linked(**LINK, step_example="5", step_weight="2.130", step_stage="update")
    header, _ = message(app, "stages")
    assert (header["example"], header["stage"], header["tensor"], header["cell"]) == (5, "update", 2, [1, 2])
    assert "`linear2.weight`" in texts(app)


def test_a_step_too_far_is_said_to_be_one() -> None:
    assert "went too far" in texts(linked(**LINK, t_lr="5", t_optimiser="sgd"))


def test_ten_times_the_rate_is_tried_for_the_question() -> None:
    app = linked(**LINK)
    app.radio[0].set_value("higher").run()
    assert f"It would be {step(lr=0.1).after:.3g}" in texts(app)


@pytest.mark.parametrize("value", ["", "-1", "1e9", "nan", "²", "<script>", "x" * 9_000, "7.7", "999999"])
def test_hostile_links_show_a_step(value: str) -> None:
    app = linked(**{name: value for name in view.SETTINGS if name.startswith("step_")}, **LINK)
    assert not app.exception
    header, _ = message(app, "stages")
    assert (header["stage"], header["step"], header["example"]) == ("forward", 0, 0)


@pytest.mark.parametrize("value", ["nan", "<script>", "../../etc", "0" * 32])
def test_a_run_that_is_none_is_left_aside(value: str) -> None:
    app = linked(**LINK, run=value)
    assert not app.exception
    assert message(app, "stages")[0]["step"] == 0


@pytest.mark.parametrize("name", view.PRESETS)
def test_presets_can_follow_one_another(name: str) -> None:
    app = linked(**LINK)
    for key, value in view.PRESETS[name].settings.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    assert "What to notice" in texts(app)


def test_what_is_taken_away_recomputes_what_is_shown(tmp_path: object) -> None:
    found, begin = step(2), Training(SPEC)
    rows = [line.split(",") for line in table(found).decode().splitlines()]
    assert rows[0][:4] == ["class", "guess", "loss", "logit 0"]
    assert float(rows[1][2]) == pytest.approx(found.losses[0])
    code = script(SPEC, 2).decode()
    compile(code, "recompute.py", "exec")
    assert "Spec(count=300, net='mlp', device='cpu')" in code
    state = next(each.make() for each in files(SPEC, begin, 2, found) if each.name == "run.safetensors")
    again = train(SPEC, state)
    assert isinstance(again, Training)
    assert walked(ahead(again, 2)).before == found.before
