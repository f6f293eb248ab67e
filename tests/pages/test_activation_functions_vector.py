"""The functions of a whole layer without a browser: what is sent, said and answered."""

import json
import runpy
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from pages.parts import logit_settings
from pages.parts.activation_functions_vector import PRESETS, Chosen, answer
from pages.parts.activation_functions_vector_files import script
from tests.pages.activation_views import message, opened, texts
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.vector_activations import VECTORS, vector

X = (2.0, 1.0, 0.1)


def header_of(packed: bytes) -> dict[str, Any]:
    (length,) = struct.unpack("<I", packed[:4])
    return dict(json.loads(packed[4 : 4 + length]))


def test_a_first_visit_shows_softmax_and_its_jacobian() -> None:
    app = opened("vector")
    assert not app.exception
    header, _ = message(app, "logits")
    shares = F.softmax(torch.tensor(X, dtype=torch.float64), 0).numpy()
    np.testing.assert_allclose(header["columns"][0]["values"], shares)
    jacobian = np.reshape(header["matrix"]["values"], (3, 3))
    np.testing.assert_allclose(jacobian, np.diag(shares) - np.outer(shares, shares), atol=1e-15)
    assert dict(header["facts"])["sum of f"] == pytest.approx(1)


@pytest.mark.parametrize("name", VECTORS)
def test_every_function_opens_with_its_formulas_and_its_numbers(name: str) -> None:
    app = opened("vector", function=name, at="1.2")
    formulas = [each.value.strip("$\n") for each in app.latex]
    assert not app.exception
    assert VECTORS[name].formula in formulas[0]
    assert VECTORS[name].slope in formulas[2]
    found = vector(name, X)
    assert formulas[1].startswith("f_{1} = ")
    assert formulas[1].endswith(f"{found.value[1]:.3g}")
    assert formulas[3].endswith(f"{found.jacobian[1, 2]:.3g}")


def test_log_softmax_shows_its_exponentials_which_sum_to_one() -> None:
    header, _ = message(opened("vector", function="log_softmax"), "logits")
    assert [column["title"] for column in header["columns"]] == ["output f", "exp f"]
    assert sum(header["columns"][1]["values"]) == pytest.approx(1)


def test_a_constant_added_to_all_inputs_changes_nothing_and_the_page_says_so() -> None:
    app, moved = opened("vector"), opened("vector", logits="12,11,10.1")
    assert "Adding 10 to every input changes no output by more than" in texts(app)
    one, other = (message(each, "logits")[0]["columns"][0]["values"] for each in (app, moved))
    np.testing.assert_allclose(one, other)


def test_the_temperature_question_is_answered_by_numbers() -> None:
    app = opened("vector")
    app.radio[0].set_value("less").run()
    after, before = (vector("softmax", X, temperature=each).value.max() for each in (2, 1))
    assert f"So it is. ${after:.3g}$ after ${before:.3g}$." in texts(app)


def test_a_softmax_that_saturates_says_that_hardly_any_gradient_comes_through() -> None:
    assert "hardly any gradient" in texts(opened("vector", logits="8,1,0.1,-3"))
    assert "hardly any gradient" not in texts(opened("vector", logits="8,1,0.1,-3", temperature="4"))


@pytest.mark.parametrize("name", PRESETS)
def test_presets_can_follow_one_another(name: str) -> None:
    app = opened("vector")
    for key, value in PRESETS[name].settings.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    assert "What to notice" in texts(app)


@pytest.mark.parametrize("value", ["", "-1", "1e9", "nan", "²", "<script>", "1,2;3,4", "x" * 9_000])
def test_hostile_links_show_the_first_state(value: str) -> None:
    app = opened("vector", **dict.fromkeys(("function", "logits", "temperature", "at"), value))
    assert not app.exception
    assert message(app, "logits")[0]["logits"] == list(X)


def test_a_drag_is_answered_with_the_outputs_of_other_inputs() -> None:
    chosen = Chosen("softmax", {"temperature": 2.0}, (0, 2))
    header = header_of(answer(chosen, {"logits": [0, 2], "chosen": 1}))
    np.testing.assert_allclose(header["columns"][0]["values"], vector("softmax", (0, 2), temperature=2).value)
    assert (header["chosen"], header["matrix"]["by"]) == (1, 1)


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"logits": [1, 2]},
        {"logits": [1], "chosen": 0},
        {"logits": [[1, 2]], "chosen": 0},
        {"logits": [1, 2], "chosen": 2},
        {"logits": [1, 2], "chosen": "0"},
        {"logits": "ab", "chosen": 0},
        {"logits": [float("nan"), 1], "chosen": 0},
        {"logits": [0] * 11, "chosen": 0},
    ],
)
def test_questions_that_cannot_be_answered_are_explained(question: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        logit_settings.asked(question)


def test_the_script_prints_what_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found, program = vector("softmax", X, temperature=4), tmp_path / "recompute.py"
    program.write_bytes(script("softmax", {"temperature": 4.0}, found))
    runpy.run_path(str(program))
    assert capsys.readouterr().out.startswith("outputs " + " ".join(f"{value:.6g}" for value in found.value))
