"""Finding a learning rate without a browser: the run behind it, its words, and what the button sets."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import live_training_rate as view
from pages.parts.live_training_rate_files import script, table
from tests.pages.losses_views import message, texts
from tests.pages.training_views import linked
from tests.runs.rehearsing import until
from vizcore import runs
from vizcore.toolkit.rate_finder import Report, Spec, swept

FAST = {"view": "rate", "t_net": "mlp", "t_count": "500"}


def run_of(app: AppTest) -> str:
    return str(message(app, "charts")[0]["run"])


def finished(**settings: str) -> AppTest:
    app = linked(**FAST, **settings)
    until(lambda: runs.status(run_of(app)).over)
    return app.run()


def last(*optimisers: str) -> Report:
    *_, report = swept(Spec(net="mlp", count=500, optimisers=optimisers, device="cpu"))
    return report


def test_a_first_visit_tries_three_optimisers_on_what_the_main_view_would_train() -> None:
    app = linked(view="rate")
    assert not app.exception
    settings = runs.description(run_of(app))["settings"]
    assert settings["optimisers"] == ["sgd", "momentum", "adam"]
    assert (settings["data"], settings["net"], settings["batch"]) == ("digits", "lenet5", 32)
    assert all(button.disabled for button in app.button if "Use" in button.label)


def test_at_the_end_every_curve_and_its_suggestion_are_shown() -> None:
    app, found = finished(rate_optimisers="adam"), last("adam")
    header, (_, smoothed, losses) = message(app, "charts")
    np.testing.assert_allclose(smoothed, found.smoothed[0], rtol=1e-5)
    np.testing.assert_allclose(losses, found.losses[0], rtol=1e-5)
    (point,) = header["charts"][0]["points"]
    assert point["x"] == pytest.approx(found.suggestions[0])
    assert f"blows up at {found.ends[0]:.2g}" in texts(app) or np.isnan(found.ends[0])


def test_the_button_goes_to_the_main_view_with_optimiser_and_rate() -> None:
    app, found = finished(rate_optimisers="adam"), last("adam")
    (button,) = [button for button in app.button if button.label.startswith("Use")]
    near = view.nearest(float(found.suggestions[0]))
    assert button.label == f"Use {near} with Adam"
    assert max(float(near) / found.suggestions[0], found.suggestions[0] / float(near)) < 1.5
    button.click().run()
    settings = {name: app.session_state[name] for name in ("view", "t_optimiser", "t_lr")}
    assert settings == {"view": "pictures", "t_optimiser": "adam", "t_lr": near}
    rounded = f"{found.suggestions[0]:.2g}"
    assert (f"Adam, {rounded}, is rounded to {near}" in texts(app)) == (rounded != near)
    assert not app.exception


def test_batch_norm_is_tried_for_the_question() -> None:
    app = linked(view="rate", t_count="300", rate_optimisers="sgd")
    until(lambda: runs.status(run_of(app)).over)
    app.run().radio[0].set_value("higher").run()
    *_, other = swept(Spec(count=300, norm=True, optimisers=("sgd",), device="cpu"))
    assert f"It would be {other.suggestions[0]:.2g}" in texts(app)


@pytest.mark.parametrize("value", ["", "-1", "nan", "²", "<script>", "x" * 9_000, "lion.sgd.sgd"])
def test_hostile_links_are_answered(value: str) -> None:
    app = linked(view="rate", rate_optimisers=value, t_lr=value, t_batch=value, t_data=value)
    assert not app.exception
    assert app.session_state["rate_optimisers"] in ("sgd", "sgd.momentum.adam")


def test_a_data_set_that_is_none_is_explained() -> None:
    assert "nothing" in texts(linked(view="rate", t_data="nothing"))


@pytest.mark.parametrize("name", view.PRESETS)
def test_presets_can_follow_one_another(name: str) -> None:
    app = linked(view="rate")
    for key, value in view.PRESETS[name].settings.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    assert "What to notice" in texts(app)


def test_what_is_taken_away_recomputes_what_is_shown() -> None:
    spec, found = Spec(net="mlp", count=500, optimisers=("sgd", "adam")), last("sgd", "adam")
    lines = table(spec, vars(found)).decode().splitlines()
    assert lines[0] == "rate,sgd loss,sgd smoothed,adam loss,adam smoothed"
    assert float(lines[1].split(",")[3]) == pytest.approx(found.losses[1, 0])
    code = script(spec).decode()
    compile(code, "recompute.py", "exec")
    assert "Spec(count=500, net='mlp', optimisers=('sgd', 'adam'))" in code
