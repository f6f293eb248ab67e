"""From logits to cross entropy without a browser: what is sent, said and answered."""

import json
import runpy
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from streamlit.testing.v1 import AppTest

from pages.parts.losses_softmax import PRESETS, Chosen, answer
from pages.parts.losses_softmax_files import COLUMNS, script, table
from tests.pages.convolution_views import message, texts
from vizcore.toolkit.softmaxes import LECTURE, computed

SHELL = str(Path(__file__).parents[2] / "pages" / "frame" / "shell.py")
WRITTEN = ",".join(f"{logit:g}" for logit in LECTURE)
LOGITS = (2.0, -1.0, 0.5)


def opened(**settings: str) -> AppTest:
    app = AppTest.from_file(SHELL, default_timeout=60)
    app.query_params["view"] = "softmax"
    for name, value in settings.items():
        app.query_params[f"softmax_{name}"] = value
    return app.run().switch_page("../losses.py").run()


def columns(app: AppTest) -> dict[str, list[float]]:
    header, _ = message(app, "logits")
    return {column["title"]: [float(value) for value in column["values"]] for column in header["columns"]}


def formulas(app: AppTest) -> str:
    return "\n".join(each.value for each in app.latex)


def test_a_first_visit_shows_every_step_from_logits_to_gradient() -> None:
    app = opened()
    assert not app.exception
    z = torch.tensor(LOGITS, dtype=torch.float64, requires_grad=True)
    F.cross_entropy(z, torch.tensor(1)).backward()
    assert z.grad is not None
    shown = columns(app)
    assert list(shown) == ["exp(z − m)", "p", "−log p", "y", "p − y"]
    np.testing.assert_allclose(shown["p"], F.softmax(z, 0).detach())
    np.testing.assert_allclose(shown["p − y"], z.grad, atol=1e-15)
    assert shown["y"] == [0, 1, 0]


def test_class_index_and_one_hot_vector_stand_side_by_side_with_one_number() -> None:
    app = opened()
    assert r"l = -\log p_{1} = 3.24" in formulas(app)
    assert r"0 \cdot 0.241 + 1 \cdot 3.24 + 0 \cdot 1.74 = 3.24" in formulas(app)
    assert "3.24131 for the class index 1 and 3.24131 for the one-hot vector" in texts(app)


def test_the_lectures_logits_give_the_lectures_softmax() -> None:
    app = opened(logits=WRITTEN, target="0")
    np.testing.assert_allclose(
        columns(app)["p"], [1.2564e-185, 2.3802e-190, 1.316e-172, 3.6711e-182, 1], rtol=1e-4
    )
    assert "is that of float64" in texts(app)


def test_the_table_has_all_eight_arithmetics_with_nan_and_inf_as_they_are() -> None:
    found = opened(logits=WRITTEN, target="0").table[0].value
    assert found["softmax"].tolist() == ["naive", "stable"] * 4
    naive = found[(found["type"] == "float32") & (found["softmax"] == "naive")].iloc[0]
    assert naive["$p_4$"] == ":orange-background[nan]"
    assert naive["loss"] == ":orange-background[inf]"
    assert naive["in words"] == "overflows"
    assert found["$p_0$"].iloc[-1] == "1.2564e−185"


def test_overflow_is_shown_and_said() -> None:
    app = opened(logits=WRITTEN, target="4", dtype="float32", way="naive")
    header, _ = message(app, "logits")
    assert header["columns"][1]["values"][4] == "NaN"
    assert header["columns"][0]["values"][4] == "Infinity"
    assert header["line"].startswith("exp(440.2) is too large for float32 and becomes inf")
    assert "one step on, all weights are nan" in texts(app)


def test_zero_times_infinity_parts_the_two_kinds_of_target() -> None:
    app = opened(logits="0,-120", target="0", dtype="float32", way="naive")
    assert r"l = -\log p_{0} = 0" in formulas(app)
    assert r"1 \cdot 0 + 0 \cdot \infty = \text{nan}" in formulas(app)


@pytest.mark.parametrize(
    ("logits", "said"), [("0,-120", "1 of the p is too"), ("0,-120,-130", "2 of the p are too")]
)
def test_what_vanishes_is_counted_in_words(logits: str, said: str) -> None:
    header, _ = message(opened(logits=logits, target="0", dtype="float32", way="naive"), "logits")
    assert header["line"].startswith(said)


def test_a_target_that_is_certain_is_pulled_by_0_without_a_sign() -> None:
    assert "pulls the target up by 0, pushes" in texts(opened(logits=WRITTEN, target="4"))


@pytest.mark.parametrize(
    ("logits", "target", "truth"), [("2,-1,0.5", "1", "same"), (WRITTEN, "0", "inf"), (WRITTEN, "4", "nan")]
)
def test_the_question_is_answered_by_float32(logits: str, target: str, truth: str) -> None:
    app = opened(logits=logits, target=target)
    app.radio[0].set_value(truth).run()
    assert "So it is." in texts(app)


def test_the_temperature_stands_in_the_columns_and_in_the_formula() -> None:
    app = opened(temperature="4")
    assert "exp((z − m) / T)" in columns(app)
    assert "/ T" in formulas(app)
    np.testing.assert_allclose(
        columns(app)["(p − y) / T"],
        computed(LOGITS, 1, dtype="float64", stable=True, temperature=4).gradient,
    )


def test_names_are_text_and_missing_ones_are_numbered() -> None:
    header, _ = message(opened(names="<b>cat</b>,, *car*", logits="1,2,3,4"), "logits")
    assert header["names"] == ["<b>cat</b>", "class 1", "*car*", "class 3"]


@pytest.mark.parametrize("name", PRESETS)
def test_presets_can_follow_one_another(name: str) -> None:
    app = opened()
    for key, value in PRESETS[name].settings.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    assert "What to notice" in texts(app)


@pytest.mark.parametrize("value", ["", "-1", "1e9", "nan", "²", "<script>", "1,2;3,4", "x" * 9_000])
def test_hostile_links_show_the_first_state(value: str) -> None:
    names = ("logits", "target", "temperature", "dtype", "way", "names")
    app = opened(**dict.fromkeys(names, value))
    assert not app.exception
    assert message(app, "logits")[0]["logits"] == list(LOGITS)


def test_a_drag_is_answered_in_the_chosen_arithmetic() -> None:
    chosen = Chosen(0, 1.0, "float16", False, ())
    packed = answer(chosen, {"logits": [0, 12], "chosen": 1})
    (length,) = struct.unpack("<I", packed[:4])
    header: dict[str, Any] = json.loads(packed[4 : 4 + length])
    assert header["columns"][0]["values"] == [1, "Infinity"]
    assert header["chosen"] == 1


def test_the_table_to_take_away_has_every_step() -> None:
    found = computed(LOGITS, 1, dtype="float64", stable=True)
    head, *rows = table(found).decode().splitlines()
    assert head == ",".join(COLUMNS)
    assert float(rows[1].split(",")[3]) == pytest.approx(found.probabilities[1], rel=1e-8)


def test_the_script_prints_what_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "recompute.py"
    program.write_bytes(script(computed(LECTURE, 0, dtype="float32", stable=True), 1.0))
    runpy.run_path(str(program))
    assert capsys.readouterr().out.endswith("gradient -1 0 0 0 1\nloss 425.75\n")
