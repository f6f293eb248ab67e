"""What a run is like at one moment, against plain arithmetic on its network."""

from itertools import islice

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from vizcore.toolkit.inspection import inspected, names
from vizcore.toolkit.training import Training
from vizcore.toolkit.training_spec import Spec

SPEC = Spec(count=300, batch=16, device="cpu")


@pytest.fixture
def run() -> Training:
    found = Training(SPEC)
    list(islice(found, 30))
    return found


def test_filters_are_the_weights_of_the_first_convolution(run: Training) -> None:
    np.testing.assert_array_equal(inspected(run)["filters"], run.weights[0].detach().numpy())


def test_maps_are_those_of_the_probe(run: Training) -> None:
    run.change(probe=3)
    found, shown = inspected(run), names(run)["maps"]
    assert shown == ("conv1", "relu1", "pool1", "conv2", "relu2", "pool2")
    picture = run.held_images[3:4]
    first = run.module.get_submodule("conv1")((picture - 0.5) / 0.25)[0].detach().numpy()
    np.testing.assert_allclose(found["maps"][: first.size], first.ravel(), rtol=1e-5, atol=1e-6)
    assert found["map_shapes"][0].tolist() == [6, 28, 28]


def test_updates_are_lengths_relative_to_the_weights() -> None:
    run = Training(SPEC)
    list(islice(run, 17))  # the next step is the 16th, which is watched
    before = [weight.detach().clone() for weight in run.weights if weight.dim() > 1]
    next(run)
    after = [weight.detach() for weight in run.weights if weight.dim() > 1]
    ratios = [float((new - old).norm() / new.norm()) for new, old in zip(after, before, strict=True)]
    np.testing.assert_allclose(inspected(run)["updates"], ratios, rtol=1e-4)


def test_the_confusion_counts_every_held_out_example(run: Training) -> None:
    found = inspected(run)
    assert found["confusion"].sum() == len(run.held_labels)
    assert found["confusion"].sum(axis=1).tolist() == np.bincount(run.data.held_labels, minlength=10).tolist()


def test_the_worst_mistakes_are_mistakes_and_the_worst_of_them_comes_first(run: Training) -> None:
    run.held = None
    found = inspected(run)
    number, right, guess, loss = found["worst"][0]
    logits = run.seen().logits
    losses = F.cross_entropy(logits, run.held_labels, reduction="none")
    wrong = logits.argmax(1) != run.held_labels
    assert loss == pytest.approx(float(losses[wrong].max()))
    assert right == run.data.held_labels[int(number)] != guess
    np.testing.assert_array_equal(found["worst_images"][0], run.data.held_images[int(number)])


def test_a_unit_that_no_picture_moves_counts_as_dead() -> None:
    run = Training(Spec(count=200, net="mlp", device="cpu"))
    with torch.no_grad():
        run.module.get_submodule("linear1").bias[:32] = -1e3  # of 128
        run.module.get_submodule("linear1").bias[32:] = 1e3
    assert inspected(run)["dead"][0] == 0.25


def test_looking_changes_nothing(run: Training) -> None:
    before = run.state()
    inspected(run)
    assert run.state() == before


def test_every_entry_of_a_checkpoint_is_that_of_the_run(run: Training) -> None:
    run.held = None
    again = Training(SPEC, run.state())
    for (name, value), other in zip(inspected(run).items(), inspected(again).values(), strict=True):
        np.testing.assert_array_equal(value, other, err_msg=name)


def test_a_network_without_convolutions_has_no_filters_and_no_maps() -> None:
    found = inspected(Training(Spec(count=200, net="mlp")))
    assert found["filters"].size == found["maps"].size == 0
