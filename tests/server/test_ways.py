"""Ways out for a training run that failed: which are offered, and what becomes of them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from pages.server.training import answer, current
from pages.server.ways import FAR, largest, last_good, taken, ways
from tests.runs.rehearsing import leave_no_run, until, until_state
from vizcore import runs
from vizcore.runs import folder, record
from vizcore.toolkit.errors import InputError

SHORT = {"count": 400, "batch": 50, "epochs": 2, "net": "mlp", "device": "cpu"}


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    yield
    leave_no_run()


def failed(end: str, **changes: Any) -> str:
    """A run that came to an end of its own, which is said to have been another one."""
    run = runs.start("live_training.train", SHORT | changes)
    until_state(run, "finished")
    record.end(folder.of(run), end)
    return run


def diverged() -> str:
    run = runs.start(
        "live_training.train", SHORT | {"optimiser": "sgd", "lr": 100.0, "activation": "leaky_relu"}
    )
    until_state(run, "failed")
    return run


def test_a_run_that_diverged_goes_on_from_its_last_good_step_with_a_tenth_of_the_rate() -> None:
    run = diverged()
    (way,) = ways(run, current(run), runs.status(run).end).values()
    assert way.title == f"Branch from step {last_good(run)} with a tenth of the learning rate, 10"
    other = taken(run, current(run), "slower")
    found = runs.description(other)
    assert (found["parent"], found["step"], current(other).lr) == (run, last_good(run), 10.0)


def test_the_component_hears_of_the_ways_with_the_end() -> None:
    message = answer(failed("gpu"), {"since": 0})
    header = json.loads(message[4 : 4 + int.from_bytes(message[:4], "little")])
    assert [name for name, _ in header["ways"]] == ["smaller", "cpu"]


def test_the_last_good_step_comes_before_the_weights_that_are_no_numbers() -> None:
    run = diverged()
    assert runs.checkpoints(run)[-1] == runs.status(run).step
    assert last_good(run) == 0


def test_without_memory_on_the_gpu_there_are_the_cpu_and_a_smaller_batch() -> None:
    run = failed("gpu")
    found = ways(run, current(run), runs.status(run).end)
    assert [way.title for way in found.values()] == [
        "Begin again with half the batch, 25",
        "Go on from step 12 on the CPU",
    ]


def test_half_the_batch_begins_anew() -> None:
    run = failed("gpu")
    other = taken(run, current(run), "smaller")
    until_state(other, "finished")
    assert (current(other).batch, runs.status(other).total) == (25, 24)


def test_on_the_cpu_a_run_goes_on_from_its_checkpoint() -> None:
    run = failed("gpu", device="auto")
    other = taken(run, current(run), "cpu")
    until_state(other, "finished")
    assert (current(other).device, runs.description(other)["step"]) == ("cpu", 12)


@pytest.mark.parametrize("name", ["cpu", "", None, 1, [], {}])
def test_a_way_that_there_is_not_is_refused(name: object) -> None:
    run = failed("bug")
    assert ways(run, current(run), "bug") == {}
    with pytest.raises(InputError):
        taken(run, current(run), name)


def test_where_the_rate_was_raised_on_the_way_the_rate_before_is_offered() -> None:
    run = runs.start("live_training.train", SHORT | {"epochs": 500, "lr": 0.01, "activation": "leaky_relu"})
    until(lambda: len(runs.checkpoints(run)) > 3)
    runs.change(run, lr=100.0)
    until_state(run, "failed")
    (way,) = ways(run, current(run), runs.status(run).end).values()
    assert way.title == f"Branch from step {way.step:,} with the rate before it was raised, 0.01"
    assert current(taken(run, current(run), "slower")).lr == 0.01


def test_weights_that_have_run_away_have_a_way_out_though_the_loss_is_a_number() -> None:
    run = runs.start("live_training.train", SHORT | {"optimiser": "sgd", "lr": 100.0, "norm": False})
    until_state(run, "finished")
    assert largest(run) > FAR
    (way,) = ways(run, current(run), runs.status(run).end).values()
    assert (way.step, way.settings) == (0, {"lr": 10.0})
