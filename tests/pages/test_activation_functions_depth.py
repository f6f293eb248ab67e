"""Signals through many layers, without a browser: what is drawn, said and kept."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import activation_functions_depth as depth
from pages.parts.activation_functions_depth_files import script, table
from pages.parts.activation_functions_depth_words import lost
from tests.pages.activation_views import message, opened, texts
from vizcore.toolkit.activations import ACTIVATIONS
from vizcore.toolkit.signal_flow import INITIALISATIONS, signal_flow


def formulas(app: AppTest) -> str:
    return "\n".join(formula.value for formula in app.latex)


def test_a_first_visit_shows_a_sigmoid_lose_the_gradient() -> None:
    app = opened("depth")
    assert not app.exception
    found = signal_flow(["sigmoid"], ["xavier"], depth=20)
    header, blocks = message(app, "charts")
    assert header["charts"][1]["lines"][0]["name"] == "Sigmoid"
    signal, gradient = blocks[1], blocks[len(blocks) // 2 + 1]  # behind the x of each chart
    np.testing.assert_allclose(signal, found.activations[0, 0], rtol=1e-5)
    np.testing.assert_allclose(gradient, found.gradients[0, 0], rtol=1e-5)
    assert "it vanishes, with a factor of 0.235" in texts(app)


def test_every_pair_has_its_verdict_and_its_factor() -> None:
    header, (factors,) = message(opened("depth", layers="10"), "verdicts")
    found = signal_flow(list(ACTIVATIONS), list(INITIALISATIONS), depth=10)
    np.testing.assert_allclose(factors.reshape(len(ACTIVATIONS), -1), found.factors.T, rtol=1e-6)
    assert [list(row) for row in zip(*found.verdicts, strict=True)] == header["verdicts"]
    assert header["selected"] == ["sigmoid", "xavier"]


def test_the_formula_has_the_numbers_of_the_pair_and_of_the_layer() -> None:
    app = opened("depth", function="relu", init="kaiming", layers="50", layer="7")
    factor = signal_flow(["relu"], ["kaiming"], depth=50).factors[0, 0]
    assert f"= g^{{50}} = {factor:.4f}^{{50}} = {factor**50:.3g}" in formulas(app)
    assert r"g_{7} &\approx" in formulas(app)
    assert r"\sqrt{128 \cdot 0.0156 \cdot 0.5} = 1 \end" in formulas(app)
    assert "*problem* is meant" in texts(app)  # E20


def test_one_function_is_compared_at_all_initialisations() -> None:
    app = opened("depth", compare="initialisations", function="tanh", layers="10")
    header, blocks = message(app, "charts")
    titles = [entry.title for entry in INITIALISATIONS.values()]
    assert [line["name"] for line in header["charts"][0]["lines"]] == titles
    found = signal_flow(["tanh"], list(INITIALISATIONS), depth=10)
    np.testing.assert_allclose(np.stack(blocks[1:7]), found.activations[:, 0], rtol=1e-5)
    assert message(app, "verdicts")[0]["along"] == "row"
    assert message(app, "verdicts")[0]["ticked"] is None


def test_a_ticked_function_is_drawn_and_the_selected_one_always() -> None:
    app = opened("depth", ticked="mish,silu", function="sine")
    lines = message(app, "charts")[0]["charts"][0]["lines"]
    assert [line["name"] for line in lines] == ["Mish", "SiLU", "Sine"]


def test_what_float32_cannot_hold_is_said() -> None:
    app = opened("depth", function="sigmoid", init="lecture", layers="100")
    gradient = signal_flow(["sigmoid"], ["lecture"], depth=100).gradients[0, 0]
    layer = lost(gradient)
    assert gradient[layer] < 1.4e-45 < gradient[layer + 1]
    assert f"exactly 0 from layer {layer} down" in texts(app)


def test_the_weights_of_the_lectures_are_measured() -> None:
    app = opened("depth", function="relu", init="lecture", layers="10")
    assert r"$1/\sqrt{3d}$" in texts(app)
    assert "here 0.051" in texts(app)


@pytest.mark.parametrize("layers", ["20", "60"])
def test_a_network_of_another_depth_has_another_power(layers: str) -> None:
    app = opened("depth", layers=layers, function="relu", init="xavier")
    other = {"20": 40, "60": 30}[layers]
    app.radio[0].set_value("arrives").run()
    factor = signal_flow(["relu"], ["xavier"], depth=other).factors[0, 0]
    assert f"It is **vanish**. {factor:.3g} to the power of {other} is" in texts(app)


@pytest.mark.parametrize("value", ["", "-1", "1e9", "nan", "²", "<script>", "x" * 9_000, "sigmoid,,"])
def test_hostile_links_show_the_first_state(value: str) -> None:
    app = opened("depth", **{name.removeprefix("depth_"): value for name in depth.SETTINGS})
    assert not app.exception
    assert message(app, "verdicts")[0]["selected"] == ["sigmoid", "xavier"]
    assert message(app, "charts")[0]["cursor"] == 5


@pytest.mark.parametrize("name", depth.PRESETS)
def test_presets_can_follow_one_another(name: str) -> None:
    app = opened("depth")
    for key, value in depth.PRESETS[name].settings.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    assert "What to notice" in texts(app)


def test_what_is_taken_away_is_what_is_shown() -> None:
    flow = signal_flow(["relu", "tanh"], ["xavier", "lecun"], depth=3, seed=4)
    rows = [line.split(",") for line in table(flow).decode().splitlines()]
    assert rows[0] == ["function", "xavier", "lecun"]
    assert [float(cell) for cell in rows[2][1:]] == pytest.approx(flow.factors[:, 1].tolist())
    compile(script(flow, 4), "recompute.py", "exec")
    assert b"depth=3, seed=4" in script(flow, 4)
