"""Networks by hand against PyTorch, in double precision."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from vizcore.toolkit.small_net import ACTIVATIONS, LOSSES, Pass, layers, shapes, started

SIZES = (3, 5, 4, 1)
COUNT = 7
FUNCTIONS = {"tanh": torch.tanh, "relu": F.relu, "sigmoid": torch.sigmoid, "linear": lambda sums: sums}


def with_torch(weights: list[Tensor], inputs: Tensor, activation: str) -> Tensor:
    """(N,) sums of the last unit."""
    signal = inputs
    for layer in weights[:-1]:
        signal = FUNCTIONS[activation](layer @ signal)
        signal = torch.cat([signal, torch.ones(1, COUNT, dtype=torch.float64)])
    return (weights[-1] @ signal)[0]


def torch_loss(name: str, sums: Tensor, classes: Tensor) -> Tensor:
    if name == "squared":
        return 0.5 * (torch.tanh(sums) - classes) ** 2
    return F.binary_cross_entropy_with_logits(sums, (classes + 1) / 2, reduction="none")


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_sums_losses_and_every_gradient_are_those_of_autograd(activation: str, loss: str) -> None:
    owner = np.random.default_rng(0)
    flat = owner.normal(size=sum(out * columns for out, columns in shapes(SIZES)))
    inputs = np.concatenate([owner.normal(size=(3, COUNT)), np.ones((1, COUNT))])
    classes = owner.choice([-1.0, 1.0], COUNT)
    weights, gradients = layers(flat, SIZES), layers(np.empty_like(flat), SIZES)
    room, slopes = Pass(SIZES, activation, COUNT), np.empty(COUNT)
    sums = room.forward(weights, inputs)
    LOSSES[loss].slope(sums, classes, slopes)
    room.backward(weights, inputs, slopes, gradients)

    parts = [torch.tensor(layer, requires_grad=True) for layer in weights]
    expected = with_torch(parts, torch.tensor(inputs), activation)
    losses = torch_loss(loss, expected, torch.tensor(classes))
    losses.sum().backward()
    np.testing.assert_allclose(sums, expected.detach(), rtol=1e-12)
    np.testing.assert_allclose(LOSSES[loss].value(sums, classes), losses.detach(), rtol=1e-9)
    for found, part in zip(gradients, parts, strict=True):
        np.testing.assert_allclose(found, part.grad, rtol=1e-10, atol=1e-13)


def test_what_cross_entropy_says_is_the_probability_stretched_to_both_signs() -> None:
    sums = np.array([-3.0, 0.0, 0.7])
    probability = 1 / (1 + np.exp(-sums))
    np.testing.assert_allclose(LOSSES["cross_entropy"].shown(sums), 2 * probability - 1)


def test_layers_are_views_of_all_weights() -> None:
    flat = np.arange(4.0)
    first, second = layers(flat, (1, 1, 1))
    np.testing.assert_array_equal(second, [[2, 3]])
    first[0, 1] = 9
    assert flat[1] == 9


def test_weights_start_with_the_spread_of_their_layer_and_biases_at_zero() -> None:
    for activation, gain in (("tanh", 1.0), ("relu", np.sqrt(2))):
        (wide, _) = layers(started((400, 200, 1), activation, 0), (400, 200, 1))
        assert wide[:, :-1].std() == pytest.approx(gain / 20, rel=0.02)
        assert not wide[:, -1].any()
