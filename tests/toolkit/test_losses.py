"""Losses: against formulas in NumPy, torch, torchvision, finite differences and hand arithmetic."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from vizcore.toolkit import losses
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.loss_table import LOSSES, Choice, Loss

Floats = NDArray[np.float64]
NAMES = "mse, l1, smooth_l1, huber, hinge, zero_one, bce, bce_logits, cross_entropy, nll, kl, "
NAMES += "reverse_kl, margin_ranking, triplet, cosine, focal"


def sigmoid(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-x))


def crossed(x: Floats, target: int, weight: float, smoothing: float, ignore: int = -1) -> Floats:
    """Cross entropy of the logits (x, 0.5, -2), as the lectures have it."""
    exps = np.exp(np.stack([x, np.full_like(x, 0.5), np.full_like(x, -2)]))
    punished = -np.array([[weight], [1], [1]]) * np.log(exps / exps.sum(0))
    loss = (1 - smoothing) * punished[target] + smoothing * punished.mean(0)
    return 0 * x if target == ignore else loss


FORMULAS: dict[str, list[tuple[dict[str, float], Callable[[Floats], Floats]]]] = {
    "mse": [({"target": -0.7}, lambda x: (x + 0.7) ** 2)],
    "l1": [({"target": 1.3}, lambda x: np.abs(x - 1.3))],
    "smooth_l1": [
        (
            {"target": 0.4, "beta": 0.5},
            lambda x: np.where(abs(x - 0.4) < 0.5, (x - 0.4) ** 2, abs(x - 0.4) - 0.25),
        )
    ],
    "huber": [
        ({"delta": 2}, lambda x: np.where(abs(x) < 2, x**2 / 2, 2 * abs(x) - 2)),
    ],
    "hinge": [
        ({"target": 1}, lambda x: np.maximum(0, 1 - x)),
        ({"target": -1}, lambda x: np.maximum(0, 1 + x)),
    ],
    "zero_one": [({"target": 1}, lambda x: 1.0 * (x <= 0)), ({"target": -1}, lambda x: 1.0 * (x >= 0))],
    "bce": [({"target": 0.3}, lambda x: -0.3 * np.log(x) - 0.7 * np.log(1 - x))],
    "bce_logits": [
        ({"target": 0.3}, lambda x: -0.3 * np.log(sigmoid(x)) - 0.7 * np.log(1 - sigmoid(x))),
        ({"target": 1, "weight": 4}, lambda x: -4 * np.log(sigmoid(x))),
    ],
    "cross_entropy": [
        (
            {"second": 0.5, "third": -2, "target": y, "weight": w, "smoothing": e, "ignore": i},
            lambda x, y=y, w=w, e=e, i=i: crossed(x, y, w, e, i),
        )
        for y, w, e, i in [(0, 1, 0, -1), (0, 3, 0, 2), (2, 3, 0.2, -1), (1, 0.5, 1, 0), (1, 2, 0.1, 1)]
    ],
    "nll": [({"weight": 2.5}, lambda x: -2.5 * x)],
    "kl": [({"target": 0.2}, lambda x: 0.2 * np.log(0.2 / x) + 0.8 * np.log(0.8 / (1 - x)))],
    "reverse_kl": [({"target": 0.2}, lambda x: x * np.log(x / 0.2) + (1 - x) * np.log((1 - x) / 0.8))],
    "margin_ranking": [
        ({"other": 0.5, "target": y, "margin": 0.3}, lambda x, y=y: np.maximum(0, -y * (x - 0.5) + 0.3))
        for y in (1, -1)
    ],
    "triplet": [
        (
            {"positive": -2, "negative": 0.5, "margin": 0.7},
            lambda x: np.maximum(0, abs(x + 2) - abs(x - 0.5) + 0.7),
        )
    ],
    "cosine": [
        ({"target": 1}, lambda x: 1 - np.cos(np.radians(x))),
        ({"target": -1, "margin": 0.4}, lambda x: np.maximum(0, np.cos(np.radians(x)) - 0.4)),
    ],
    "focal": [
        ({"target": 1, "gamma": 0.5}, lambda x: -0.25 * (1 - sigmoid(x)) ** 0.5 * np.log(sigmoid(x))),
        (
            {"target": 0, "gamma": 2, "alpha": 0.1},
            lambda x: -0.9 * sigmoid(x) ** 2 * np.log(1 - sigmoid(x)),
        ),
    ],
}
CASES = [(name, given, formula) for name, cases in FORMULAS.items() for given, formula in cases]


def test_every_loss_of_the_lectures_is_there() -> None:
    assert ", ".join(LOSSES) == ", ".join(FORMULAS) == NAMES


@pytest.mark.parametrize(("name", "given", "formula"), CASES)
def test_the_value_is_that_of_the_formula(
    name: str, given: dict[str, float], formula: Callable[[Floats], Floats]
) -> None:
    found = losses.curve(name, **given)
    np.testing.assert_allclose(found.value, formula(found.x), atol=1e-11)


@pytest.mark.parametrize(("name", "given"), [case[:2] for case in CASES])
def test_the_slope_is_the_finite_difference_away_from_kinks(name: str, given: dict[str, float]) -> None:
    low, high = LOSSES[name].span
    x = np.linspace(low, high, 50)[1:-1] + 0.0123 * (high - low) / 50
    step = 1e-6 * (high - low)
    left, right = (losses.curve(name, x + move, **given).value for move in (-step, step))
    np.testing.assert_allclose(losses.curve(name, x, **given).slope, (right - left) / (2 * step), atol=1e-5)


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_an_entry_is_complete(loss: Loss) -> None:
    assert all((loss.title, loss.formula, loss.axis, loss.says, loss.source))
    assert loss.limits[0] <= loss.span[0] < loss.span[1] <= loss.limits[1]
    for parameter in loss.parameters:
        assert parameter.low <= parameter.start <= parameter.high
        assert not isinstance(parameter, Choice) or parameter.start in parameter.values


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_stays_finite_at_the_ends_of_everything(name: str) -> None:
    loss = LOSSES[name]
    for end in ("low", "high"):
        found = losses.curve(
            name, loss.limits, **{entry.name: getattr(entry, end) for entry in loss.parameters}
        )
        assert np.isfinite([found.value, found.slope]).all()
        assert (found.value >= 0).all()


def test_the_focal_loss_is_that_of_torchvision() -> None:
    from torchvision.ops import sigmoid_focal_loss

    for target in (0.0, 1.0):
        found = losses.curve("focal", target=target)
        x = torch.tensor(found.x)
        theirs = sigmoid_focal_loss(x, torch.full_like(x, target), alpha=0.25, gamma=2)
        np.testing.assert_allclose(found.value, theirs, atol=1e-12)


def test_the_focal_loss_without_focus_is_half_the_binary_cross_entropy() -> None:
    focal, plain = losses.curve("focal", gamma=0, alpha=0.5), losses.curve("bce_logits")
    np.testing.assert_allclose(2 * focal.value, plain.value)
    np.testing.assert_allclose(2 * focal.slope, plain.slope)


def test_the_reversed_divergence_is_the_other_with_both_in_each_others_place() -> None:
    forth = losses.curve("kl", 0.2, target=0.7).value
    np.testing.assert_allclose(losses.curve("reverse_kl", 0.7, target=0.2).value, forth)
    assert losses.curve("kl", 0.7, target=0.2).value != pytest.approx(forth)


def test_the_divergence_of_probabilities_in_place_of_logarithms_is_none() -> None:
    assert losses.kl_of_probabilities(0.5, 0.5) == pytest.approx(-np.log(2) - 0.5)


def test_cross_entropy_is_log_softmax_and_then_nll() -> None:
    logits = torch.tensor([[0.4, 1, 0]], dtype=torch.float64)
    log_probability = F.log_softmax(logits, 1)[0, 0].item()
    nll = losses.curve("nll", log_probability).value
    np.testing.assert_allclose(losses.curve("cross_entropy", 0.4, second=1, third=0).value, nll)


def test_the_slope_of_cross_entropy_is_the_probability_less_the_target() -> None:
    found = losses.curve("cross_entropy", second=0, third=0)
    np.testing.assert_allclose(found.slope, np.exp(found.x) / (np.exp(found.x) + 2) - 1)


def test_smooth_l1_is_huber_over_its_bend() -> None:
    smooth, huber = losses.curve("smooth_l1", beta=0.4), losses.curve("huber", delta=0.4)
    np.testing.assert_allclose(0.4 * smooth.value, huber.value)


def test_the_kl_divergence_is_not_symmetric() -> None:
    there, back = losses.curve("kl", 0.7, target=0.2), losses.curve("kl", 0.2, target=0.7)
    assert there.value[0] == pytest.approx(0.5341, abs=1e-4)
    assert back.value[0] == pytest.approx(0.5827, abs=1e-4)


def test_the_triplet_loss_of_torch_differs_by_its_epsilon_only() -> None:
    anchor, near, far = (torch.tensor([[place]], dtype=torch.float64) for place in (0.3, -1, 1.5))
    theirs = F.triplet_margin_loss(anchor, near, far).item()
    assert losses.curve("triplet", 0.3).value[0] == pytest.approx(theirs, abs=3e-6)


def test_the_zero_one_loss_teaches_nothing() -> None:
    assert not losses.curve("zero_one").slope.any()


def test_an_example_of_the_ignored_class_costs_nothing() -> None:
    found = losses.curve("cross_entropy", target=2, ignore=2)
    assert not found.value.any()
    assert not found.slope.any()


def test_a_surface_is_made_of_curves() -> None:
    found = losses.surface("cross_entropy", "second", x=[0, 1, 3], count=5, third=2)
    assert found.value.shape == found.slope.shape == (5, 3)
    np.testing.assert_array_equal(found.y, [-6, -3, 0, 3, 6])
    np.testing.assert_array_equal(
        found.slope[1], losses.curve("cross_entropy", [0, 1, 3], second=-3, third=2).slope
    )


def test_a_surface_over_a_choice_has_a_row_for_each() -> None:
    assert losses.surface("hinge", "target").y.tolist() == [-1, 1]


@pytest.mark.parametrize(
    ("name", "x", "given", "formula"),
    [
        ("mse", 2, {"target": -1}, "(2 - (-1))^2 = 9"),
        ("l1", -2, {"target": 1}, r"\left| -2 - 1 \right| = 3"),
        ("smooth_l1", 0.5, {"beta": 1}, r"\frac{(0.5 - 0)^2}{2 \cdot 1} = 0.125"),
        ("smooth_l1", 2, {"beta": 1}, r"\left| 2 - 0 \right| - \frac{1}{2} = 1.5"),
        ("huber", 1, {"delta": 2}, r"\frac{(1 - 0)^2}{2} = 0.5"),
        ("huber", 3, {"delta": 2}, r"2 \left( \left| 3 - 0 \right| - \frac{2}{2} \right) = 4"),
        ("hinge", 0.5, {"target": -1}, r"\max(0,\ 1 - (-1) \cdot 0.5) = 1.5"),
        ("zero_one", -2, {}, r"\left[ 1 \cdot (-2) \le 0 \right] = 1"),
        ("bce", 0.25, {"target": 0}, r"-\left( 0 \log 0.25 + 1 \log 0.75 \right) = 0.288"),
        ("cross_entropy", 0, {"second": 0, "third": 0}, r"-1 \cdot (-1.1) = 1.1"),
        (
            "cross_entropy",
            0,
            {"second": 0, "third": 0, "smoothing": 0.3},
            r"\begin{aligned} & -0.7 \cdot 1 \cdot (-1.1) \\ "
            r"& - \tfrac{0.3}{3} \big( 1 \cdot (-1.1) + 1 \cdot (-1.1) \\ "
            r"& \qquad {} + 1 \cdot (-1.1) \big) \end{aligned} = 1.1",
        ),
        ("cross_entropy", 0, {"target": 1, "ignore": 1}, r"0 \text{ (class 1 is ignored)} = 0"),
        ("nll", -2, {"weight": 3}, r"-3 \cdot (-2) = 6"),
        ("kl", 0.5, {"target": 0.5}, r"0.5 \log \frac{0.5}{0.5} + 0.5 \log \frac{0.5}{0.5} = 0"),
        ("margin_ranking", 1, {"other": -1, "target": -1}, r"\max(0,\ -(-1) \cdot (1 - (-1)) + 0.5) = 2.5"),
        ("cosine", 60, {}, r"1 - \cos(60^\circ) = 0.5"),
        ("cosine", 60, {"target": -1}, r"\max(0,\ \cos(60^\circ) - 0) = 0.5"),
        ("focal", 0, {}, r"-0.25 \left( 1 - \sigma(0) \right)^{2} \log \sigma(0) = 0.0433"),
    ],
)
def test_the_written_formula_has_the_numbers_in_it(
    name: str, x: float, given: dict[str, float], formula: str
) -> None:
    assert losses.written(name, x, **given) == formula


@pytest.mark.parametrize("name", LOSSES)
def test_every_written_formula_has_its_braces_in_pairs(name: str) -> None:
    for place in LOSSES[name].span:
        text = losses.written(name, place)
        assert text.count("{") == text.count("}")
        assert text.count(r"\left") == text.count(r"\right")


@pytest.mark.parametrize(
    ("name", "x", "given", "sentence"),
    [
        ("mae", 0, {}, "There is no loss called 'mae'"),
        ("mse", 0, {"beta": 1}, "There is no parameter of Mean squared error called 'beta'"),
        ("huber", 0, {"delta": 0}, "Bend δ goes from 0.1 to 3, not 0."),
        ("huber", 0, {"delta": float("nan")}, "not nan"),
        ("huber", 0, {"delta": "<b>"}, "not <b>"),
        ("hinge", 0, {"target": 0}, "Target y is one of -1, 1, not 0."),
        ("cross_entropy", 0, {"target": 0.5}, "Target y is one of 0, 1, 2, not 0.5."),
        (
            "bce",
            1.5,
            {},
            "The probability of class 1 of this loss lies between 0 and 1, so it cannot be 1.5.",
        ),
        ("kl", 0, {}, "so it cannot be 0."),
        ("nll", [-1, 0.5], {}, "so it cannot be 0.5."),
        ("mse", float("nan"), {}, "must lie between"),
        ("mse", 1e300, {}, "must lie between"),
        ("mse", [], {}, "Give 1 to 10,000 numbers"),
        ("mse", np.zeros(10_001), {}, "Give 1 to 10,000 numbers"),
        ("mse", "three", {}, "Give 1 to 10,000 numbers"),
    ],
)
def test_what_cannot_be_used_is_explained(
    name: str, x: object, given: dict[str, float], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence.replace(".", r"\.")):
        losses.curve(name, x, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(("over", "count"), [("height", 5), ("target", 1), ("target", 10**9)])
def test_a_surface_that_cannot_be_had_is_explained(over: str, count: int) -> None:
    with pytest.raises(InputError):
        losses.surface("mse", over, count=count)
