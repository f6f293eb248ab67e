"""Copies of a run: each is the run with its seed alone, in one computation as in turns."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch
from torch import Tensor

from vizcore.toolkit import optimisation
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.seeds import CEILING, Report, Seeds, Spec, band, batched
from vizcore.toolkit.training import Training

SMALL = Spec(net="mlp", count=120, batch=16, epochs=6, copies=3, seed=5, lr=0.01, device="cpu")


def reports(spec: Spec, count: int, state: bytes | None = None) -> list[Report]:
    return list(islice(Seeds(spec, state), count))


def alone(spec: Spec, count: int) -> list[list[float]]:
    """Loss of each step of each copy, as runs of their own."""
    runs = [islice(Training(spec.one(copy)), count) for copy in range(spec.copies)]
    return [[report.loss for report in step] for step in zip(*runs, strict=True)]


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Double precision, in which rounding does not tip the choices of ReLU and pooling."""

    def pixels(images: Tensor) -> Tensor:
        return images.double() / 255 if images.dtype == torch.uint8 else images.double()

    monkeypatch.setattr(Training, "pixels", staticmethod(pixels))
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "adam"])
def test_each_copy_is_the_run_with_its_seed_alone(optimiser: str) -> None:
    spec = replace(SMALL, optimiser=optimiser, lr=optimisation.OPTIMISERS[optimiser].rate)
    assert batched(spec, "cpu")
    losses = [report.losses for report in reports(spec, 31)]
    np.testing.assert_allclose(losses, alone(spec, 31), rtol=1e-5)


@pytest.mark.parametrize("optimiser", optimisation.OPTIMISERS)
def test_one_computation_gives_what_turns_give_to_the_last_digits(optimiser: str, double: None) -> None:
    rate = optimisation.OPTIMISERS[optimiser].rate
    changes = {"weight_decay": 0.01, "smoothing": 0.1, "schedule": "cosine", "lr": rate}
    spec = replace(SMALL, net="lenet5", norm=True, optimiser=optimiser, **changes)
    losses = [report.losses for report in reports(spec, 13)]
    np.testing.assert_allclose(losses, alone(spec, 13), rtol=1e-10)


def test_validation_at_the_end_is_that_of_each_run_alone(double: None) -> None:
    spec = replace(SMALL, net="lenet5", norm=True, epochs=3)
    last = list(Seeds(spec))[-1]
    runs = [list(Training(spec.one(copy)))[-1] for copy in range(spec.copies)]
    np.testing.assert_allclose(last.validations, [run.validation for run in runs], rtol=1e-10)
    assert last.accuracies.tolist() == [run.accuracy for run in runs]


@pytest.mark.parametrize("changes", [{"dropout": 0.5}, {"clip": 0.5}, {"l1": 0.01}, {"batch": 32}])
def test_what_knows_of_one_network_only_is_computed_in_turns(changes: dict[str, float]) -> None:
    spec = replace(SMALL, **changes)
    assert not batched(spec, "cpu")
    assert [report.losses.tolist() for report in reports(spec, 5)] == alone(spec, 5)


def test_augmentation_is_that_of_each_run_alone() -> None:
    spec = replace(SMALL, augment=("shift", "noise"))
    losses = [report.losses for report in reports(spec, 4)]
    np.testing.assert_allclose(losses, alone(spec, 4), rtol=1e-5)


@pytest.mark.parametrize("changes", [{"optimiser": "adam"}, {"optimiser": "momentum", "dropout": 0.5}])
def test_copies_go_on_from_their_state_as_if_they_had_never_stopped(changes: dict[str, object]) -> None:
    spec = replace(SMALL, **changes)
    copies = Seeds(spec)
    list(islice(copies, 9))
    rest = reports(spec, 40, copies.state())
    others = list(islice(copies, 40))
    assert [report.losses.tolist() for report in rest] == [report.losses.tolist() for report in others]
    assert [report.loss for report in rest] == [report.loss for report in others]
    assert rest[-1].step == copies.total


def test_a_band_has_its_quartiles_and_the_loss_is_that_of_the_last_epoch() -> None:
    assert band(np.array([4.0, 0.0, 3.0, 1.0, 2.0])) == (0, 1, 2, 3, 4)
    steps = 6  # of an epoch of 90 pictures
    found = reports(SMALL, 12)
    recent = np.mean([report.losses for report in found[-steps:]], axis=0)
    np.testing.assert_allclose(found[-1].recent, recent)
    assert found[-1].loss == band(found[-1].recent)


def test_a_copy_that_diverges_counts_as_high_as_can_be_and_the_others_go_on() -> None:
    spec = replace(SMALL, optimiser="sgd", lr=8.0, start="large", copies=4)
    found = list(Seeds(spec))
    assert found[-1].diverged > 0
    assert found[-1].losses.max() == CEILING
    assert all(np.isfinite(report.validations).all() for report in found)


def test_copies_of_different_lengths_or_without_room_are_refused() -> None:
    with pytest.raises(InputError, match="patience"):
        replace(SMALL, patience=3)
    with pytest.raises(InputError, match="copies is a whole number from 1 to 64"):
        replace(SMALL, copies=65)
    with pytest.raises(InputError, match="there is room for"):
        Seeds(Spec(data="shapes", net="mlp", copies=64))


def test_a_damaged_state_is_refused() -> None:
    with pytest.raises(InputError, match="damaged"):
        Seeds(SMALL, b"nothing")
