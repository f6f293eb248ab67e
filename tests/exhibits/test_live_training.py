"""The API of live training; what happens inside is tested in tests/toolkit/test_training.py."""

from dataclasses import asdict
from itertools import islice

import numpy as np
import pytest
import torch

from tests.runs.rehearsing import until_state
from vizcore import runs
from vizcore.exhibits import live_training
from vizcore.exhibits.live_training import Run, Spec, train
from vizcore.toolkit.errors import InputError


def test_the_defaults_train_lenet_on_the_digits() -> None:
    spec = Spec()
    assert (spec.data, spec.net) == ("digits", "lenet5")
    run = train(spec)
    assert isinstance(run, Run)
    assert sum(weight.numel() for weight in run.weights) == 61_706


def test_reports_have_step_loss_and_accuracy() -> None:
    reports = list(islice(train(Spec(count=200)), 3))
    assert [report.step for report in reports] == [0, 1, 2]
    assert all(report.loss > 0 and 0 <= report.accuracy <= 1 for report in reports)


def test_pausing_changes_nothing() -> None:
    spec = Spec(count=200, net="mlp")
    paused = train(spec)
    first = list(islice(paused, 5))
    torch.rand(7)  # whatever else happens meanwhile
    assert first + list(islice(paused, 5)) == list(islice(train(spec), 10))


def test_what_cannot_be_trained_is_explained_before_it_starts() -> None:
    with pytest.raises(InputError, match="no data set"):
        train(Spec(data="imagenet"))


def test_a_run_can_be_looked_into() -> None:
    run = train(Spec(count=200))
    next(run)
    assert isinstance(run, Run)
    assert run.look()["filters"].shape == (6, 1, 5, 5)


def test_own_pictures_come_as_arrays_and_a_run_of_them_goes_on_in_another_process() -> None:
    images = np.random.default_rng(0).integers(256, size=(60, 3, 32, 32), dtype=np.uint8)
    own = {"images": images, "labels": np.repeat([0, 1], 30), "classes": np.array(["cup", "pot"])}
    spec = Spec(data="own", net="mlp", epochs=2, batch=5, device="cpu")
    run = runs.start("live_training.train", asdict(spec), own)
    until_state(run, "finished")
    np.testing.assert_array_equal(runs.arrays(run)["images"], images)
    work = train(spec, runs.state_of(run, runs.checkpoints(run)[0]), **runs.arrays(run))
    assert list(work)[-1].loss == runs.history(run)[0][-1]["loss"]


def test_the_card_shows_how_a_network_learns_to_tell_two_spirals_apart() -> None:
    maps, limits = live_training.card()
    assert (maps.shape, limits.shape) == ((8, 100, 100), (8, 2))
    assert maps[-1].std() > 2 * maps[0].std()  # it has become sure of what it says
