"""The view of curves without a browser: what is drawn, what is said, and what links may name."""

import json
import runpy
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from pages.parts import activation_functions_curves_files as files
from pages.parts import activation_functions_curves_settings as settings
from pages.parts import activation_functions_curves_words as words
from pages.parts.activation_functions_curves import PRESETS, limits, lines
from vizcore.toolkit.activation_formulas import written
from vizcore.toolkit.activations import ACTIVATIONS, curve

SHELL = str(Path(__file__).parents[2] / "pages" / "frame" / "shell.py")
Opener = Callable[..., AppTest]
Drawn = tuple[dict[str, Any], list[NDArray[Any]]]


@pytest.fixture
def opened() -> Opener:
    def open_page(**query: str) -> AppTest:
        app = AppTest.from_file(SHELL, default_timeout=60)
        for name, value in ({"view": "curves"} | query).items():
            app.query_params[name] = value
        return app.run().switch_page("../activation_functions.py").run()

    return open_page


def drawn(app: AppTest) -> Drawn:
    """Header and blocks of the message for charts.js."""
    assert not app.exception
    for part in app.get("bidi_component"):
        if packed := part.proto.bytes:
            (length,) = struct.unpack("<I", packed[:4])
            header, body = json.loads(packed[4 : 4 + length]), packed[4 + length :]
            if "charts" in header:
                return header, [np.frombuffer(body, kind, count, at) for at, count, kind in header["blocks"]]
    raise AssertionError("charts.js got nothing")


def names(app: AppTest) -> list[str]:
    return [line["name"] for line in drawn(app)[0]["charts"][0]["lines"]]


def pills(app: AppTest) -> Any:
    return next(group for group in app.button_group if group.key == settings.PILLS)


def said(app: AppTest) -> str:
    return next(element.value for element in app.markdown if element.value.startswith("**What to notice.**"))


def formulas(app: AppTest) -> str:
    return "\n".join(element.value for element in app.latex)


def test_a_first_visit_draws_sigmoid_and_tanh_with_their_slopes(opened: Opener) -> None:
    header, (x, *curves) = drawn(opened())
    assert [chart["title"] for chart in header["charts"]] == ["Functions", "Derivatives, by autograd"]
    for name, value, slope in (("sigmoid", curves[0], curves[3]), ("tanh", curves[1], curves[4])):
        np.testing.assert_allclose(value, curve(name, x).value, atol=1e-7)
        np.testing.assert_allclose(slope, curve(name, x).slope, atol=1e-7)


def test_formulas_have_the_numbers_of_the_cursor(opened: Opener) -> None:
    written_out = formulas(opened(curves_names="sigmoid", curves_x="1"))
    assert r"&= \sigma(1) = \frac{1}{1 + e^{-1}} = 0.731" in written_out
    assert r"&= \sigma(1)\,(1 - \sigma(1)) = 0.197" in written_out


SENTENCES = {
    "saturating": [r"0.25^{10} = 9.54 \cdot 10^{-7}"],
    "relu": ["exactly 1", "*problem*", "which is only"],  # E20; N24: the softplus above its threshold
    "smooth": ["GELU at $-0.7518$ with $-0.16997$"],  # N24
    "selu": ["mean 0.000 and variance 1.000", r"\alpha = 1$: as drawn, both sides agree"],  # N23, N24
    "tanh": ["which is rounding"],  # N24
    "step": ["it is the weighted input"],  # E17
}


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_drawn_and_told_as_it_says(name: str, opened: Opener) -> None:
    preset = PRESETS[name].settings
    app = opened(**preset)
    assert names(app) == [ACTIVATIONS[each].title for each in preset["curves_names"].split(".")]
    assert drawn(app)[0]["cursor"] == float(preset["curves_x"])
    assert all(sentence in said(app) for sentence in SENTENCES[name])


def test_a_slider_shapes_its_function_and_one_only_appears_with_it(opened: Opener) -> None:
    app = opened(curves_names="elu.tanh", curves_elu_alpha="2")
    _, (x, elu, *_) = drawn(app)
    np.testing.assert_allclose(elu, curve("elu", x, alpha=2).value, atol=1e-6)
    assert [slider.label for slider in app.select_slider] == ["ELU: depth α"]


def test_functions_that_jump_are_drawn_with_a_gap(opened: Opener) -> None:
    header, blocks = drawn(opened(curves_names="step"))
    assert header["charts"][0]["lines"][0]["own"]
    assert np.isnan(blocks[2]).sum() == 1


def test_what_tanh_is_made_of_is_drawn_as_dots_in_the_colour_of_the_sigmoid(opened: Opener) -> None:
    points = drawn(opened(**PRESETS["tanh"].settings))[0]["charts"][0]["points"]
    assert {point["style"] for point in points} == {1}
    assert all(point["y"] == pytest.approx(np.tanh(point["x"])) for point in points)


HOSTILE = ["nan", "-inf", "x", "٣", "9" * 60]


@pytest.mark.parametrize("value", HOSTILE)
def test_links_may_say_anything(value: str, opened: Opener) -> None:
    app = opened(curves_names=value, curves_x=value, curves_reach=value, curves_prelu_weight=value)
    assert names(app) == ["Sigmoid", "Tanh"]
    assert -6 <= drawn(app)[0]["cursor"] <= 6


def test_unknown_functions_are_left_out_and_six_is_the_most(opened: Opener) -> None:
    many = "relu.nothing.relu.elu.celu.selu.gelu.silu.mish"
    assert names(opened(curves_names=many)) == ["ReLU", "ELU", "CELU", "SELU", "GELU", "SiLU"]


def test_the_longest_six_names_fit_into_a_link() -> None:
    longest = sorted(ACTIVATIONS, key=len)[-settings.MOST :]
    assert len(".".join(longest)) <= 60


def test_a_seventh_function_takes_the_place_of_the_first(opened: Opener) -> None:
    app = opened(curves_names="relu.elu.celu.selu.gelu.silu")
    pills(app).set_value([*pills(app).value, "mish"]).run()
    assert names(app) == ["ELU", "CELU", "SELU", "GELU", "SiLU", "Mish"]


def test_the_last_function_stays(opened: Opener) -> None:
    app = opened(curves_names="relu")
    pills(app).set_value([]).run()
    assert names(app) == ["ReLU"]


def test_the_prediction_is_the_slope_at_the_cursor_to_the_tenth(opened: Opener) -> None:
    app = opened(curves_names="relu", curves_x="2")
    app.radio[0].set_value("all").run()
    assert any("So it is." in element.value for element in app.markdown)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_chain_says_formula_numbers_and_result(name: str) -> None:
    entry = ACTIVATIONS[name]
    given = {parameter.name: parameter.start for parameter in entry.parameters}
    value = float(curve(name, [-1.5]).value[0])
    lines = words.chain("f", entry.formula, written(entry.formula, -1.5, value, given))
    assert lines[0].startswith("f(x) &= ")
    assert all(line.startswith("&") for line in lines[1:])
    assert sum(line.count(" = ") + line.count("&= ") for line in lines) >= 3


def test_where_a_function_saturates_is_said_in_words() -> None:
    assert words.saturates((-2.5, 2.5)) == "below −2.5 and above 2.5"
    assert words.saturates((0, np.inf)) == "below 0"
    assert words.saturates((-np.inf, np.inf)) == "never for good"
    assert words.saturates((100, -100)) == "everywhere"


def test_a_smooth_curve_needs_no_places_of_its_own_and_room_is_left_below() -> None:
    x = np.linspace(-1, 1, 101)
    (line,) = lines(x, ["tanh"], [np.tanh(x)])
    assert line.x is None
    low, high = limits([np.array([0.0, 1, np.inf])], 6)
    assert low < 0
    assert 6 < high < 7


@pytest.fixture
def chosen() -> settings.Chosen:
    return settings.Chosen({"elu": {"alpha": 2.0}, "tanh": {}}, 2.0, -0.7518)


def test_the_table_has_x_value_and_slope_of_each(chosen: settings.Chosen) -> None:
    found = {name: curve(name, chosen.x, **given) for name, given in chosen.parameters.items()}
    head, *rows = files.table(found).decode().splitlines()
    assert head == "x,elu,elu',tanh,tanh'"
    np.testing.assert_allclose(np.loadtxt(rows, delimiter=",")[:, 4], 1 - np.tanh(chosen.x) ** 2, atol=1e-8)


def test_the_script_prints_the_numbers_at_the_cursor(
    chosen: settings.Chosen, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "recompute.py"
    program.write_bytes(files.script(chosen))
    runpy.run_path(str(program))
    assert capsys.readouterr().out.splitlines()[1] == (
        f"tanh {np.tanh(-0.7518):.6g} {1 - np.tanh(-0.7518) ** 2:.6g}"
    )
