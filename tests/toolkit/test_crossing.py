"""The line from one solution to another: its ends are those of trainings, and it can be taken up."""

import io
from itertools import islice
from typing import Any

import numpy as np
import pytest

from vizcore.toolkit import checkpoints, subjects, training_spec
from vizcore.toolkit.crossing import Report, Spec, barrier, between, carried, cross
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.plane_losses import loss_of
from vizcore.toolkit.trained import weights as file_of
from vizcore.toolkit.training import Training

TINY: dict[str, Any] = {"net": "mlp", "count": 100, "batch": 25, "epochs": 2, "device": "cpu"}
NORMED = TINY | {"net": "lenet5", "norm": True}
OTHER = TINY | {"seed": 1}


def last(spec: Spec, **given: Any) -> Report:
    *_, report = cross(spec, **given)
    return report


def trained(settings: dict[str, Any]) -> Training:
    run = Training(training_spec.Spec(**settings))
    for _ in run:
        pass
    return run


def values(report: Report) -> np.ndarray[Any, Any]:
    return np.stack([report.losses, report.accuracies])


def test_the_loss_at_an_end_is_that_of_the_training_that_ends_there() -> None:
    report, run = last(Spec(TINY, OTHER, steps=4)), trained(TINY)
    start = int(np.flatnonzero(report.alphas == 0)[0])
    assert report.losses[1, start] == pytest.approx(run.validation, rel=1e-5)
    assert report.accuracies[1, start] == pytest.approx(run.accuracy)
    assert not np.isnan(values(report)).any()


def test_places_between_have_the_mean_of_weights_and_of_what_batch_norm_measured() -> None:
    first, second = (subjects.of_training(trained(NORMED | {"lr": lr})) for lr in (0.01, 0.02))
    half = between(first, second, 0.5)
    np.testing.assert_allclose(half.origin, (first.origin + second.origin) / 2, atol=1e-7)
    np.testing.assert_allclose(half.buffers, (first.buffers + second.buffers) / 2, atol=1e-7)
    assert half.buffers.size


def test_both_trainings_see_the_same_pictures_whatever_their_seeds() -> None:
    work = cross(Spec(TINY, OTHER, steps=4))
    first, second = work._runs.values()
    assert first.images is second.images
    assert trained(OTHER).held_labels.tolist() != first.held_labels.tolist()


def test_one_run_leads_from_where_it_begins_to_where_it_ends() -> None:
    report, run = last(Spec(TINY, TINY, begins=True, steps=4)), Training(training_spec.Spec(**TINY))
    start = int(np.flatnonzero(report.alphas == 0)[0])
    assert report.losses[1, start] == pytest.approx(next(run).loss, rel=1e-5)
    assert report.step == run.total + len(report.alphas)


@pytest.mark.parametrize("reports", [1, 5, 9, 12])
def test_it_goes_on_from_its_state_as_if_it_had_never_stopped(reports: int) -> None:
    spec = Spec(NORMED | {"epochs": 1}, NORMED | {"epochs": 1, "seed": 1}, steps=4)
    work, whole = cross(spec), last(spec)
    for _ in islice(work, reports):
        pass
    rest = list(cross(spec, work.state()))
    assert len(rest) in (15 - reports, 16 - reports)
    np.testing.assert_array_equal(values(rest[-1]), values(whole))


def test_solutions_that_are_there_already_are_not_trained() -> None:
    ends = [subjects.of_training(trained(each)) for each in (TINY, OTHER)]
    weights, buffers = (np.stack([getattr(each, of) for each in ends]) for of in ("origin", "buffers"))
    reports = list(cross(Spec(TINY, OTHER, steps=4), weights=weights, buffers=buffers))
    assert {report.phase for report in reports} == {"line"}
    assert reports[-1].losses[0, 1] == pytest.approx(loss_of(ends[0])[0])
    assert reports[-1].distance == pytest.approx(np.linalg.norm(ends[0].origin - ends[1].origin))


def test_networks_of_the_list_are_joined_over_the_pictures_they_know() -> None:
    report = last(Spec("lenet5~3", "lenet5", steps=4))
    assert report.losses.shape == (1, 7)
    assert report.losses[0, -2] == pytest.approx(loss_of(subjects.of_network("lenet5"))[0])


def test_networks_that_any_process_has_need_no_arrays_to_be_joined() -> None:
    assert carried("lenet5~3", "lenet5") == (("lenet5~3", "lenet5"), {})


def test_weights_that_were_uploaded_travel_as_arrays() -> None:
    run = trained(TINY)
    found = checkpoints.receive(io.BytesIO(file_of(run.state(), run.net, "mine")), {})
    mine = f"{found.architecture}@{found.digest}"
    (first, second), arrays = carried(f"{found.architecture}~3", mine)
    assert "@" not in first + second
    np.testing.assert_array_equal(arrays["weights"][1], subjects.of_network(mine).origin)
    report = last(Spec(first, second, steps=4), **arrays)
    assert report.losses[0, -2] == pytest.approx(loss_of(subjects.of_network(mine))[0])


def test_a_barrier_is_measured_from_the_straight_line_between_both_ends() -> None:
    alphas = np.array([-0.5, 0, 0.25, 0.5, 1, 1.5])
    assert barrier(alphas, np.array([9, 1, 2, 4, 3, 9.0])) == (2.0, 0.5)  # 4 - (1 + 3) / 2
    assert barrier(alphas, np.array([9, 1, 0, 0, 3, 9.0])) == (0.0, 0.0)


def test_a_training_that_diverges_ends_with_a_loss_that_is_no_number() -> None:
    report = last(Spec(TINY, TINY | {"lr": 100.0, "weight_decay": 10.0, "epochs": 9}, steps=4))
    assert (report.phase, np.isfinite(report.loss)) == ("second", False)
    assert np.isnan(report.losses).all()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"first": "lenet5", "second": TINY}, "network to a network"),
        ({"first": TINY, "second": TINY | {"count": 200}}, "same pictures"),
        ({"first": TINY, "second": TINY, "steps": 2}, "from 4 to 200"),
        ({"first": TINY, "second": TINY, "steps": 6}, "multiple of 4"),
        ({"first": TINY, "second": TINY | {"net": "lenet5"}}, "same layers"),
        ({"first": "lenet5", "second": "tiny_vgg"}, "same layers"),
        ({"first": "lenet5", "second": "nothing"}, "nothing"),
    ],
)
def test_what_cannot_be_is_explained(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        last(Spec(**settings))


def test_a_damaged_state_is_explained() -> None:
    with pytest.raises(InputError, match="damaged"):
        cross(Spec(TINY, OTHER), b"\x00" * 20)
