"""The view of a batch without a browser: what its table gets, answers and keeps in the link."""

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from pages.parts import losses_batch_files as files
from pages.parts.losses_batch import PRESETS, ROWS, answer
from tests.pages.losses_views import linked, message, opened, texts, unpacked
from vizcore.toolkit.class_losses import batch
from vizcore.toolkit.errors import InputError

LOGITS = [[float(each) for each in row.split(",")[:3]] for row in ROWS]
TARGETS = [int(row[-1]) for row in ROWS]
PLAIN: dict[str, Any] = {"weights": [1.0, 1, 1], "ignore": -100}


def table(app: AppTest) -> tuple[dict[str, Any], NDArray[Any], dict[str, Any]]:
    """What class_batch.js gets: its header, the logits, and the header of the first answer."""
    header, blocks = message(app, "targets")
    return header, blocks[0].reshape(header["shape"]), unpacked(blocks[1].tobytes())[0]


def test_a_first_visit_divides_by_the_sum_of_the_weights() -> None:
    app = opened("batch")
    found = batch(LOGITS[:6], TARGETS[:6], weights=(1, 1, 4))
    header, logits, first = table(app)
    assert not app.exception
    assert header["targets"] == TARGETS[:6]
    np.testing.assert_allclose(logits, LOGITS[:6], atol=1e-6)
    assert first["mean"] == pytest.approx(found.mean)
    said = texts(app)
    assert r"\sum_n w_{y_n} &= 1 + 1 + 1 \\[6pt] &\quad {} + 1 + 1 + 4 = 9" in said
    assert rf"\frac{{{found.losses.sum():.3g}}}{{9}} = {found.mean:.3g}" in said
    assert "the lecture has the formula garbled" in texts(app)


def test_balanced_weights_sum_to_the_number_of_examples() -> None:
    assert "so the plain mean is 1.18 as well" in texts(opened("batch", weights="balanced", count="8"))


def test_an_unknown_number_of_examples_is_that_of_the_start() -> None:
    assert opened("batch", count="x").session_state["batch_count"] == "6"


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_shown_as_it_says(name: str) -> None:
    app = linked(PRESETS[name].settings)
    assert not app.exception
    assert {key: app.session_state[key] for key in PRESETS[name].settings} == dict(PRESETS[name].settings)


def test_ignored_examples_are_in_neither_sum() -> None:
    app = opened("batch", ignore="1", w2="1")
    kept = [at for at in range(6) if TARGETS[at] != 1]
    mean = batch([LOGITS[at] for at in kept], [TARGETS[at] for at in kept]).mean
    assert table(app)[2]["mean"] == pytest.approx(mean)
    assert "2 of 6 examples are ignored" in texts(app)


def test_balanced_weights_are_written_down() -> None:
    said = texts(opened("batch", weights="balanced"))
    assert "w_0 = 0.667" in said
    assert "w_2 = 2" in said


def test_a_batch_that_is_ignored_as_a_whole_has_no_mean() -> None:
    rows = {f"row{at}": "1,0,0,2" for at in range(4)}
    for how in ("own", "balanced"):
        app = opened("batch", count="4", ignore="2", weights=how, **rows)
        assert not app.exception
        assert table(app)[2]["mean"] is None
        assert "nan in PyTorch too" in texts(app)


@pytest.mark.parametrize("row", ["", "1,2,0", "9,0,0,1", "1,0,0,3", "<b>,0,0,0", "1,0,0,0,0", "nan,0,0,0"])
def test_a_row_that_cannot_be_read_is_that_of_the_start(row: str) -> None:
    app = opened("batch", row0=row, count="99", w1="inf", ignore="x", weights="y")
    assert not app.exception
    np.testing.assert_allclose(table(app)[1][0], LOGITS[0])


def test_a_row_of_the_link_is_shown() -> None:
    header, logits, _ = table(opened("batch", row0="-1.5,6,0.2,2"))
    np.testing.assert_allclose(logits[0], [-1.5, 6, 0.2], atol=1e-6)
    assert header["targets"][0] == 2


def test_a_drag_is_answered_with_the_new_costs() -> None:
    question = {"logits": [[0, 0, 0]] * 2, "targets": [0, 1]}
    header, (shares, losses, weights) = unpacked(answer((2, 3), PLAIN, question))
    assert header["mean"] == pytest.approx(np.log(3))
    np.testing.assert_allclose(shares, 1 / 3, rtol=1e-6)
    np.testing.assert_allclose(losses, np.log(3), rtol=1e-6)
    assert weights.tolist() == [1, 1]


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"logits": [[0, 0, 0]] * 2, "targets": [0, [1]]},
        {"logits": [[0, 0, 0]] * 2, "targets": [0, 3]},
        {"logits": [[0, 0, 0]] * 3, "targets": [0, 0, 0]},
        {"logits": [[0, 0, 1e9]] * 2, "targets": [0, 0]},
        {"logits": "no", "targets": [0, 0]},
    ],
)
def test_a_question_that_is_no_such_batch_is_refused(question: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        answer((2, 3), PLAIN, question)


def test_twice_the_weights_give_the_same_mean() -> None:
    app = opened("batch")
    app.radio[0].set_value("same").run()
    assert "So it is." in texts(app)


def test_the_table_has_a_row_for_each_example_and_the_script_prints_the_mean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = batch(LOGITS, TARGETS, **PLAIN)
    lines = files.table(np.array(LOGITS), TARGETS, found).decode().splitlines()
    assert lines[1] == f"2,0.5,-1,0,1,{found.losses[0]:.9g}"
    program = tmp_path / "recompute.py"
    program.write_bytes(files.script(np.array(LOGITS), TARGETS, PLAIN))
    runpy.run_path(str(program))
    assert capsys.readouterr().out.startswith(f"mean {found.mean:.6g}, per example")
