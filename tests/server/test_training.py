"""What the component of a training run is told, and what becomes of its orders."""

import json
from typing import Any

import numpy as np
import pytest

from pages.server.training import answer, begun, current
from tests.runs.rehearsing import rehearse, until, until_state
from tests.server.trainings import SHORT, start
from vizcore import runs
from vizcore.exhibits.live_training import Spec, train
from vizcore.toolkit.errors import InputError


def told(run: str, **question: Any) -> tuple[dict[str, Any], list[np.ndarray]]:
    message = answer(run, {"since": 0} | question)
    start = 4 + int.from_bytes(message[:4], "little")
    header = json.loads(message[4:start])
    kinds = header["blocks"]
    return header, [np.frombuffer(message, kind, count, start + at) for at, count, kind in kinds]


def test_the_curves_are_those_of_the_same_run_without_a_process(run: str) -> None:
    _, (step, loss, _, _, accuracy, measured, lr, *_) = told(run)
    reports = {report.step: report for report in train(Spec(**SHORT))}
    assert step[-1] == 12
    np.testing.assert_allclose(loss, [reports[at].loss for at in step], rtol=1e-5)
    np.testing.assert_allclose(accuracy, [reports[at].accuracy for at in step], rtol=1e-6)
    assert measured[-1] == 12
    assert lr[-1] == pytest.approx(0.01)


def test_it_says_how_long_an_epoch_and_the_run_are_and_to_which_steps_one_can_go(run: str) -> None:
    header, _ = told(run)
    assert (header["per_epoch"], header["total"], header["over"]) == (6, 12, True)
    assert header["checkpoints"][0] == 0
    assert header["checkpoints"][-1] == 12
    assert header["settings"]["lr"] == 0.01


def test_what_is_known_does_not_travel_again(run: str) -> None:
    header, _ = told(run)
    again, blocks = told(run, since=header["next"], have=header["identity"])
    assert header["arrays"]
    assert (again["arrays"], [block.size for block in blocks]) == ([], [0] * 7)


def test_the_network_can_be_looked_at_as_it_was(run: str) -> None:
    first, last = (told(run, at=at) for at in (0, 12))
    names = [name for name, _ in first[0]["arrays"]]
    place = 7 + names.index("confusion")
    right = [blocks[place].reshape(10, 10).trace() for _, blocks in (first, last)]
    assert first[0]["at"] == 0
    assert right[1] > right[0] + 20


def test_a_cell_of_the_confusion_matrix_brings_its_pictures(run: str) -> None:
    header, blocks = told(run, cell=[3, 3])
    names = [name for name, _ in header["arrays"]]
    assert blocks[7 + names.index("cell")].tolist() == [3, 3]
    assert header["arrays"][names.index("cell_images")][1][1:] == [1, 32, 32]


def test_orders_are_obeyed() -> None:
    run = start(epochs=500)
    until(lambda: runs.status(run).step > 0)
    answer(run, {"do": {"pause": 1}})
    step = until_state(run, "paused").step
    answer(run, {"do": {"step": 1}})
    until(lambda: runs.status(run).step == step + 1)
    until_state(run, "paused")
    answer(run, {"do": {"epoch": 1}})
    until(lambda: runs.status(run).step == step + 1 + 6 - (step + 1) % 6)
    answer(run, {"do": {"change": {"lr": 0.5}}})
    until(lambda: current(run).lr == 0.5)
    assert begun(run).lr == current(run, 0).lr == 0.01  # to begin again is to begin as it did
    answer(run, {"do": {"stop": 1}})
    until_state(run, "stopped")


QUESTIONS = [
    *({"since": since} for since in ("x", None, 1.5, True)),
    *({"at": at} for at in ("x", 7, -1, [], 10**400)),
    *({"cell": cell} for cell in ("x", [1], [1, "x"], [0, 10], [-1, 0], {})),
    *({"probe": probe} for probe in ("x", -1, 10**9)),
    *({"do": do} for do in ("pause", {}, {"remove": 1}, {"go": 1}, {"pause": 1, "go": 1}, [])),
    *({"do": {"change": change}} for change in (1, {"run": "x"}, {"batch": 3}, {"lr": "x"}, {"lr": -1})),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_question_from_anybody_is_refused_with_a_sentence(run: str, question: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        answer(run, {"since": 0} | question)


@pytest.mark.parametrize("layer", ["x", 3, [], {}, None])
def test_maps_of_a_layer_that_is_not_there_are_those_of_another(run: str, layer: Any) -> None:
    assert told(run, layer=layer)[0]["layer"] is None  # an MLP has no maps


def test_a_branch_goes_on_with_the_rates_that_it_was_given(run: str) -> None:
    other = runs.branch(run, 0, lr=0.002)
    until_state(other, "finished")
    assert {line["lr"] for line in runs.history(other)[0][1:]} == {0.002}
    assert current(other).lr == 0.002


def test_the_run_of_another_page_is_no_training() -> None:
    run = rehearse(steps=1)
    with pytest.raises(InputError, match="another page"):
        answer(run, {"since": 0})
