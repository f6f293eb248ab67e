"""Signals through deep networks, against variances that can be worked out by hand."""

import re

import numpy as np
import pytest
import torch

from vizcore.toolkit.activations import ACTIVATIONS
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.signal_flow import INITIALISATIONS, WIDTH, Flow, signal_flow

# name -> the variance of a weight
VARIANCES = {
    "zeros": 0,
    "small": 1e-4,
    "lecture": 1 / (3 * WIDTH**2),
    "xavier": 1 / WIDTH,
    "kaiming": 2 / WIDTH,
    "lecun": 1 / WIDTH,
}


def flow(function: str, initialisation: str, depth: int = 50) -> Flow:
    return signal_flow([function], [initialisation], depth=depth)


@pytest.mark.parametrize("name", INITIALISATIONS)
def test_every_initialisation_has_the_variance_of_its_formula(name: str) -> None:
    entry = INITIALISATIONS[name]
    weights = entry.draw(torch.Generator().manual_seed(3))
    assert weights.shape == (WIDTH, WIDTH)
    assert weights.square().mean().item() == pytest.approx(VARIANCES[name], rel=0.04)
    assert entry.variance == VARIANCES[name]
    assert entry.formula
    assert entry.source
    assert re.fullmatch(r"[A-Z].*[^.]\.", entry.says)


@pytest.mark.parametrize("name", INITIALISATIONS)
def test_without_curvature_the_gradient_grows_by_what_the_variance_says(name: str) -> None:
    found = flow("linear", name)
    expected = np.sqrt(WIDTH * VARIANCES[name])  # f(x) = x
    assert found.factors[0, 0] == pytest.approx(expected, rel=0.05)


def test_kaiming_keeps_both_signals_through_fifty_relus_and_xavier_halves_their_squares() -> None:
    found = signal_flow(["relu"], ["kaiming", "xavier"], depth=50)
    np.testing.assert_allclose(found.factors[:, 0], [1, np.sqrt(1 / 2)], rtol=0.05)
    levels = found.activations[..., 50] / found.activations[..., 0]
    np.testing.assert_allclose(levels[:, 0] ** (1 / 50), [1, np.sqrt(1 / 2)], rtol=0.05)


def test_selu_with_lecun_keeps_the_variance_at_1_through_a_hundred_layers() -> None:
    levels = flow("selu", "lecun", depth=100).activations[0, 0]
    assert levels.min() > 0.7
    assert levels.max() < 1.4


def test_the_weights_of_the_lectures_lose_the_gradient_within_ten_layers() -> None:
    found = signal_flow(["relu", "tanh", "selu"], ["lecture"], depth=10)
    assert found.verdicts == (("vanishes",) * 3,)


def test_sigmoids_lose_the_gradient_however_they_start() -> None:
    found = signal_flow(["sigmoid"], list(INITIALISATIONS), depth=50)
    assert {verdict for row in found.verdicts for verdict in row} == {"vanishes"}


def test_what_explodes_and_what_arrives_is_told_apart() -> None:
    assert flow("linear", "kaiming").verdicts == (("explodes",),)
    assert flow("relu", "kaiming").verdicts == (("arrives",),)


def test_zeros_let_no_gradient_through() -> None:
    found = signal_flow(list(ACTIVATIONS), ["zeros"], depth=3)
    assert (found.gradients[..., :-1] == 0).all()
    assert (found.gradients[..., -1] > 0).all()


def test_a_step_sends_nothing_back() -> None:
    assert (flow("step", "xavier").gradients[0, 0, :-1] == 0).all()


def test_the_gradient_of_two_layers_is_the_product_of_their_slopes_and_weights() -> None:
    owner = torch.Generator().manual_seed(7)
    x, back = torch.randn(2, 32, WIDTH, dtype=torch.float64, generator=owner).numpy()
    first, second = (INITIALISATIONS["lecun"].draw(owner).numpy() for _ in range(2))
    hidden = np.tanh(x @ first.T)
    output = np.tanh(hidden @ second.T)
    middle = (back * (1 - output**2)) @ second
    bottom = (middle * (1 - hidden**2)) @ first
    found = signal_flow(["tanh"], ["lecun"], depth=2, seed=7)
    sizes = [np.sqrt((level**2).mean()) for level in (x, hidden, output, bottom, middle, back)]
    np.testing.assert_allclose(np.ravel([found.activations, found.gradients]), sizes)


def test_networks_side_by_side_know_nothing_of_one_another() -> None:
    both = signal_flow(["tanh", "sine"], ["xavier", "kaiming"], depth=5)
    alone = signal_flow(["sine"], ["kaiming"], depth=5)
    np.testing.assert_allclose(both.activations[1, 1], alone.activations[0, 0])
    np.testing.assert_allclose(both.gradients[1, 1], alone.gradients[0, 0])


def test_every_function_and_initialisation_gives_numbers_through_a_hundred_layers() -> None:
    found = signal_flow(list(ACTIVATIONS), list(INITIALISATIONS), depth=100)
    assert found.activations.shape == (len(INITIALISATIONS), len(ACTIVATIONS), 101)
    assert np.isfinite(found.activations).all()
    assert np.isfinite(found.gradients).all()
    assert np.isfinite(found.factors).all()


def test_a_seed_names_the_same_flow_and_leaves_the_global_generator_alone() -> None:
    torch.manual_seed(1)
    state = torch.get_rng_state()
    first, second = flow("tanh", "xavier"), flow("tanh", "xavier")
    np.testing.assert_array_equal(first.gradients, second.gradients)
    assert (signal_flow(["tanh"], ["xavier"], seed=1).gradients[0, 0, 0] != first.gradients[0, 0, 0]).all()
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(
    ("functions", "initialisations", "settings", "says"),
    [
        (["swoosh"], ["zeros"], {}, "no activation function called 'swoosh'"),
        (["relu"], ["ones"], {}, "no initialisation called 'ones'"),
        ([], ["zeros"], {}, "Choose 1 to 20"),
        (["relu"], ["zeros"] * 21, {}, "not 21"),
        (["relu"], ["zeros"], {"depth": 1}, "2 to 100 layers here, not 1"),
        (["relu"], ["zeros"], {"depth": 101}, "not 101"),
        (["relu"], ["zeros"], {"depth": 2.5}, "not 2.5"),
        (["relu"], ["zeros"], {"seed": -1}, "not -1"),
    ],
)
def test_what_cannot_be_computed_is_answered_with_a_sentence(
    functions: list[str], initialisations: list[str], settings: dict[str, int], says: str
) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        signal_flow(functions, initialisations, **settings)
