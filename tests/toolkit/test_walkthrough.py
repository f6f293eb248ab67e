"""A step taken apart: nothing has changed afterwards, and all its numbers are those of the step itself."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.training import Training
from vizcore.toolkit.training_spec import Spec
from vizcore.toolkit.walkthrough import ahead, walked

SPEC = Spec(count=300, batch=16, device="cpu")


def after(steps: int, spec: Spec = SPEC) -> Training:
    run = Training(spec)
    list(islice(run, steps + 1))
    return run


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "adam"])
def test_a_run_stays_as_it_was(optimiser: str) -> None:
    run = after(5, replace(SPEC, optimiser=optimiser, norm=True, dropout=0.5))
    before, numbers = run.state(), torch.get_rng_state()
    walked(run)
    assert run.state() == before
    assert torch.equal(torch.get_rng_state(), numbers)


def test_it_is_the_step_that_the_run_takes_next() -> None:
    run = after(3, replace(SPEC, augment=("shift",), dropout=0.3))
    found = walked(run)
    name = [name for name, _ in run.module.named_parameters()].index(found.followed.name)
    report = next(run)
    assert (found.step + 1, found.before, found.lr) == (report.step, report.loss, report.lr)
    assert run.weights[name].detach()[found.followed.place] == found.followed.after
    assert (found.guesses == found.labels).mean() == pytest.approx(report.hits)


def test_the_gradient_at_the_logits_is_p_minus_y_over_the_batch() -> None:
    found = walked(after(3))
    np.testing.assert_allclose(found.slopes, (found.probabilities - found.targets) / 16, atol=1e-8)
    np.testing.assert_array_equal(found.targets, np.eye(10)[found.labels])


def test_with_smoothed_labels_too_the_losses_have_the_loss_as_their_mean() -> None:
    found = walked(after(2, replace(SPEC, smoothing=0.2)))
    assert found.losses.mean() == pytest.approx(found.before, rel=1e-6)
    np.testing.assert_allclose(found.slopes, (found.probabilities - found.targets) / 16, atol=1e-8)


def test_signals_and_gradients_of_the_layers_are_those_of_a_plain_pass() -> None:
    run = after(2)
    found = walked(run)
    images, labels = run.batch(run.step)
    first = run.module.get_submodule("conv1")(images)
    below = first.detach().requires_grad_()
    value = below
    for layer in run.net.layers[1:]:
        value = run.module.get_submodule(layer.name)(value)
    (slope,) = torch.autograd.grad(F.cross_entropy(value, labels), below)
    at = found.layers.index("conv1")
    assert found.layers[0] == "input"
    assert found.forward[at] == pytest.approx(float(first.detach().square().mean().sqrt()), rel=1e-5)
    assert found.backward[at] == pytest.approx(float(slope.square().mean().sqrt()), rel=1e-5)


def test_a_step_of_sgd_is_the_gradient_times_the_rate() -> None:
    found = walked(after(2, replace(SPEC, optimiser="sgd")))
    np.testing.assert_allclose(found.moves, found.lr * found.gradients, rtol=1e-3)
    np.testing.assert_allclose(found.move, -found.lr * found.slope, atol=1e-7)
    assert found.expected == pytest.approx(-found.lr * float((found.gradients**2).sum()), rel=1e-4)


def test_a_small_step_changes_the_loss_as_its_gradient_says() -> None:
    found = walked(after(20, replace(SPEC, optimiser="sgd", lr=1e-3)))
    assert found.after - found.before == pytest.approx(found.expected, rel=0.05)


def test_the_weight_that_is_followed_can_be_chosen() -> None:
    run = after(1)
    found = walked(run, (2, 27))
    assert (found.followed.name, found.followed.place) == ("conv2.weight", (0, 1, 0, 2))
    assert found.followed.before == run.weights[2].detach().flatten()[27]
    assert (found.shape, found.weights.shape, found.slope.shape) == ((16, 150), (16, 32), (16, 32))
    assert found.weights[0, 27] == found.followed.before


def test_without_a_choice_it_is_the_one_with_the_largest_gradient() -> None:
    found = walked(after(1))
    assert abs(found.followed.slope) == np.abs(found.slope).max()


@pytest.mark.parametrize("chosen", [(99, 0), (0, 10**9), (-1, 0), (0, -1)])
def test_a_weight_that_is_not_there_is_refused(chosen: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="no weight"):
        walked(after(0), chosen)


def test_some_steps_on_the_weights_are_those_of_the_run() -> None:
    assert walked(ahead(Training(SPEC), 7)).before == walked(after(7)).before
    with pytest.raises(InputError, match="up to 100"):
        ahead(Training(SPEC), 101)


def test_pictures_are_those_of_the_batch() -> None:
    run = after(0)
    found = walked(run)
    assert found.images.shape == (16, 1, 32, 32)
    known = {image.tobytes() for image in run.data.images}
    assert all(image.tobytes() in known for image in found.images)


@pytest.mark.parametrize("net", ["mlp", "resnet"])
def test_other_networks_can_be_walked_through(net: str) -> None:
    found = walked(Training(replace(SPEC, net=net, batch=4)))
    assert np.isfinite(found.forward).all()
    assert (found.backward >= 0).all()
    assert len(found.tensors) == len(found.moves)


def test_a_step_that_goes_too_far_shows_where_it_ends() -> None:
    found = walked(ahead(Training(replace(SPEC, optimiser="sgd", lr=100.0, start="large")), 3))
    assert not np.isfinite(found.after) or found.after > found.before
