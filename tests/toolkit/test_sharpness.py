"""How sharp the end of a training is: the numbers at the middle of its surface, and going on from a state."""

import math
from itertools import islice
from typing import Any

import pytest

from vizcore.toolkit import hessian, subjects, training_spec
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.landscape_spec import Spec
from vizcore.toolkit.sharpness import SAMPLES, Report, sharpness
from vizcore.toolkit.training import Training

TINY: dict[str, Any] = {"net": "mlp", "count": 100, "batch": 25, "epochs": 2, "device": "cpu"}
SPEC = Spec(training=TINY, points=13)


def last(work: Any) -> Report:
    *_, report = work
    assert isinstance(report, Report)
    return report


@pytest.fixture(scope="module")
def whole() -> Report:
    return last(sharpness(SPEC))


@pytest.fixture(scope="module")
def trained() -> Training:
    run = Training(training_spec.Spec(**TINY))
    for _ in run:
        pass
    return run


def test_the_losses_are_those_of_the_training_at_its_end(whole: Report, trained: Training) -> None:
    work = sharpness(SPEC)
    assert last(work).end_loss == pytest.approx(work.look()["loss"][6, 6], rel=1e-5)
    assert whole.held_loss == pytest.approx(trained.validation, rel=1e-4)
    assert whole.held_accuracy == pytest.approx(trained.accuracy)


def test_the_curvature_is_that_of_its_hessian(whole: Report, trained: Training) -> None:
    *_, top = hessian.leading(subjects.of_training(trained), 1)
    assert whole.leading == pytest.approx(top.values[0], rel=1e-3)
    assert whole.trace is not None
    assert whole.trace_error is not None
    assert whole.trace > 0 < whole.trace_error < whole.trace


def test_the_last_step_is_the_last_that_there_is(whole: Report) -> None:
    work = sharpness(SPEC)
    assert whole.step == work.total == 6 + 13**2 + SAMPLES
    assert all(math.isfinite(each) for each in vars(whole).values() if isinstance(each, float))


@pytest.mark.parametrize("reports", [3, 20, 30])
def test_it_goes_on_from_its_state(reports: int, whole: Report) -> None:
    work = sharpness(SPEC)
    for _ in islice(work, reports):
        pass
    again = last(sharpness(SPEC, work.state()))
    assert (again.leading, again.trace, again.held_loss) == (whole.leading, whole.trace, whole.held_loss)


def test_without_a_training_it_is_explained() -> None:
    with pytest.raises(InputError, match="Choose a training"):
        sharpness(Spec())
