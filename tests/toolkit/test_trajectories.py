"""Paths of optimisers, step by step against torch.optim and against what algebra says."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pytest
import torch
from torch import optim

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.surfaces import field
from vizcore.toolkit.trajectories import ends, trajectory
from vizcore.toolkit.update_rules import RULES

ORACLES: Mapping[str, Callable[..., optim.Optimizer]] = {
    "gd": optim.SGD,
    "momentum": partial(optim.SGD, momentum=0.9),
    "nesterov": partial(optim.SGD, momentum=0.9, nesterov=True),
    "adagrad": optim.Adagrad,
    "rmsprop": optim.RMSprop,
    "adam": optim.Adam,
    "adamw": optim.AdamW,
}


def by_torch(optimizer: str, surface: str, start: tuple[float, float], lr: float) -> np.ndarray:
    """(201, 2) the same path, of torch's steps along our gradients."""
    weights = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    stepper, (function, _) = ORACLES[optimizer]([weights], lr=lr), field(surface, {})
    points = [weights.detach().numpy().copy()]
    for _ in range(200):
        weights.grad = torch.tensor(function.slopes(*points[-1])[1:])
        stepper.step()
        points.append(weights.detach().numpy().copy())
    return np.array(points)


@pytest.mark.parametrize(
    ("surface", "start", "lr"),
    [("bowl", (-3.5, 1.5), 0.05), ("rosenbrock", (-1.2, 1), 2e-4), ("himmelblau", (0.5, -1), 2e-3)],
)
@pytest.mark.parametrize("optimizer", ORACLES)
def test_200_steps_are_those_of_torch(
    optimizer: str, surface: str, start: tuple[float, float], lr: float
) -> None:
    path = trajectory(optimizer, surface, start, lr, 200)
    assert path.points == pytest.approx(by_torch(optimizer, surface, start, lr), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("lr", [0.01, 0.15, 0.2, 0.21])
def test_gradient_descent_on_a_bowl_shrinks_each_coordinate_by_a_fixed_factor(lr: float) -> None:
    path = trajectory("gd", "bowl", (3, 1), lr, 40)
    times = np.arange(41)[:, None]
    assert path.points == pytest.approx((1 - lr * np.array([1, 10])) ** times * (3, 1), rel=1e-12, abs=1e-12)


def test_adam_and_its_misprints_are_the_numbers_of_the_lecture() -> None:
    paper, lecture, no_root = (
        trajectory(name, "x^2", (1, 0), 0.1, 200).points[:, 0]
        for name in ("adam", "adam_lecture", "adam_no_root")
    )
    assert paper[1:6] == pytest.approx([0.9, 0.8004, 0.7016, 0.6039, 0.5080], abs=5e-5)
    assert lecture[[1, 2, 3, 4, 5, 200]] == pytest.approx(
        [0.95, 0.9481, 0.9465, 0.9451, 0.9436, -0.535], abs=5e-4
    )
    assert no_root[1:3] == pytest.approx([0.95, 0.8988], abs=5e-5)


@pytest.mark.parametrize("surface", ["bowl", "ravine", "5x^2 + 4x*y + y^2 - 6x"])
def test_newton_needs_one_step_on_a_quadratic(surface: str) -> None:
    path = trajectory("newton", surface, (-2.8, 1.3), 1, 1)
    assert path.gradients[1] == pytest.approx([0, 0], abs=1e-9)


def test_newton_takes_the_inverse_of_the_hessian() -> None:
    path = trajectory("newton", "rosenbrock", (-1.2, 1), 0.5, 1)
    hessian = np.array([[1330, 480], [480, 200]])  # 2 - 400 (y - 3 x^2), -400 x, 200
    step = np.linalg.solve(hessian, path.gradients[0])
    assert path.points[1] == pytest.approx(path.points[0] - 0.5 * step)
    assert path.states["d"][1] == pytest.approx(step)


def test_newton_beside_a_saddle_walks_onto_it() -> None:
    assert trajectory("newton", "saddle", (-1.8, 0.01), 1, 20).points[-1] == pytest.approx([0, 0])


def test_a_path_that_diverges_ends_with_its_last_finite_point() -> None:
    path = trajectory("gd", "rosenbrock", (-1.5, 2), 0.1, 500)
    assert path.over == "diverged"
    assert len(path.points) == len(path.values) == len(path.gradients) < 501
    assert np.isfinite(path.points).all()
    assert np.isfinite(path.gradients).all()


def test_a_path_that_leaves_where_the_function_has_values_says_so() -> None:
    path = trajectory("gd", "sqrt(x) + y^2", (0.1, 0), 1, 10)
    assert (path.over, path.points.tolist()) == ("undefined", [[0.1, 0]])


def test_newton_without_curvature_has_no_step() -> None:
    assert trajectory("newton", "x^2", (1, 1), 1, 5).over == "singular"


def test_noise_is_the_same_for_equal_seeds_and_all_optimisers() -> None:
    paths = [trajectory(name, "noisy", (1, 1), 0.01, 3, seed=seed) for name, seed in (("gd", 1), ("adam", 1))]
    assert paths[0].gradients[0].tolist() == paths[1].gradients[0].tolist()
    other = trajectory("gd", "noisy", (1, 1), 0.01, 3, seed=2)
    assert paths[0].gradients[0].tolist() != other.gradients[0].tolist()


def test_noise_has_the_strength_that_is_asked_for() -> None:
    path = trajectory("gd", "noisy", (1, 1), 0.01, 5000, noise=2)
    errors = path.gradients - path.points * (1, 4)
    assert errors.std() == pytest.approx(2, rel=0.05)
    assert abs(errors.mean()) < 0.1


def test_parameters_find_their_way_to_optimiser_and_surface() -> None:
    path = trajectory("momentum", "bowl", (1, 1), 0.1, 2, momentum=0, condition=3)
    assert (path.settings, path.shape) == ({"momentum": 0}, {"condition": 3})
    assert path.points[2] == pytest.approx([0.81, 0.49])


@pytest.mark.parametrize("surface", ["bowl", "himmelblau", "noisy", "x^2 + sqrt(y)"])
@pytest.mark.parametrize("optimizer", RULES)
def test_many_rates_at_once_end_where_each_does_alone(optimizer: str, surface: str) -> None:
    rates, start = np.geomspace(1e-4, 10, 9), (-1.5, 1.2)
    paths = [trajectory(optimizer, surface, start, lr, 40, seed=3) for lr in rates.tolist()]
    alone = [np.inf if path.over else path.values[-1] for path in paths]
    np.testing.assert_allclose(ends(optimizer, surface, start, rates, 40, seed=3), alone, rtol=1e-6)


def test_a_rate_that_is_none_among_many_is_explained() -> None:
    with pytest.raises(InputError, match="learning rate"):
        ends("gd", "bowl", (1, 1), np.array([0.1, -1]), 5)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"optimizer": "lion"}, "optimiser"),
        ({"surface": "bowls"}, "bowls"),
        ({"start": (0, np.nan)}, "lie between"),
        ({"start": (1, 2, 3)}, "1 to 2 numbers"),
        ({"lr": 0}, "learning rate"),
        ({"lr": np.nan}, "learning rate"),
        ({"steps": 10**6}, "steps"),
        ({"seed": -1}, "seed"),
        ({"momentum": 2}, "Momentum"),
        ({"beta1": 0.9}, "beta1"),
        ({"surface": "log(x)", "start": (-1, 0)}, "no slope"),
    ],
)
def test_bad_settings_are_explained(changed: dict[str, object], words: str) -> None:
    given: dict = {"optimizer": "momentum", "surface": "bowl", "start": (1, 1), "lr": 0.1, "steps": 5}
    with pytest.raises(InputError, match=words):
        trajectory(**{**given, **changed})
