"""From logits to cross entropy: against torch, hand arithmetic and the lectures (N22)."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.softmaxes import (
    DTYPES,
    LECTURE,
    compared,
    computed,
    steps,
    targets_written,
    tempered,
    written,
)

LOGITS = (2.0, -1, 0.5)


def test_three_logits_by_hand() -> None:
    found = steps(np.log([1, 2, 5]), 1)
    np.testing.assert_allclose(found.powers, [0.2, 0.4, 1])
    assert found.total == pytest.approx(1.6)
    np.testing.assert_allclose(found.probabilities, [0.125, 0.25, 0.625])
    assert found.loss == pytest.approx(np.log(4))
    np.testing.assert_allclose(found.gradient, [0.125, -0.75, 0.625])


@pytest.mark.parametrize("temperature", [0.05, 0.5, 1, 20])
def test_every_step_is_that_of_torch(temperature: float) -> None:
    found, z = steps(LOGITS, 2, temperature=temperature), torch.tensor(LOGITS, dtype=torch.float64)
    np.testing.assert_allclose(found.probabilities, F.softmax(z / temperature, 0), rtol=1e-13)
    np.testing.assert_allclose(found.powers / found.total, found.probabilities, rtol=1e-13)
    assert found.loss == pytest.approx(F.cross_entropy(z / temperature, torch.tensor(2)).item())
    np.testing.assert_allclose(found.gradient, (found.probabilities - found.target) / temperature, atol=1e-15)


def test_a_class_index_and_its_one_hot_vector_cost_the_same() -> None:
    found, z = steps(LOGITS, 1), torch.tensor([LOGITS], dtype=torch.float64)
    assert found.loss == pytest.approx(-(found.target * found.logarithms).sum())
    assert found.loss == pytest.approx(F.cross_entropy(z, torch.tensor(found.target[None])).item())


def test_the_softmax_of_the_lectures() -> None:
    lecture = [1.2564e-185, 2.3802e-190, 1.316e-172, 3.6711e-182, 1]
    np.testing.assert_allclose(steps(LECTURE, 0).probabilities, lecture, rtol=1e-4)
    np.testing.assert_allclose(
        computed(LECTURE, 0, dtype="float64", stable=False).probabilities, lecture, rtol=1e-4
    )


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_the_naive_way_overflows_below_float64(dtype: str) -> None:
    found = computed(LECTURE, 4, dtype=dtype, stable=False)
    assert found.overflows
    assert np.isinf(found.powers[4])
    assert np.isnan(found.probabilities[4])
    assert np.isnan(found.loss)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_the_stable_way_gives_zeros_and_a_one(dtype: str) -> None:
    found = computed(LECTURE, 0, dtype=dtype, stable=True)
    assert found.probabilities.tolist() == [0, 0, 0, 0, 1]
    assert found.vanished == 4
    assert found.loss == pytest.approx(425.75, rel=0.004)  # 8 bits of bfloat16


def test_a_probability_that_vanishes_costs_infinitely_much_the_naive_way() -> None:
    naive, stable = (computed((0, -120), 1, dtype="float32", stable=way) for way in (False, True))
    assert np.isinf(naive.loss)
    assert stable.loss == 120


def test_a_one_hot_target_multiplies_nothing_by_infinity() -> None:
    naive, stable = (computed((0, -120), 0, dtype="float32", stable=way) for way in (False, True))
    assert (naive.loss, naive.logarithms[1]) == (0, -np.inf)
    assert np.isnan(naive.one_hot_loss)
    assert stable.one_hot_loss == stable.loss == 0


@pytest.mark.parametrize("stable", [False, True])
@pytest.mark.parametrize("temperature", [0.5, 1, 4])
def test_in_double_precision_both_ways_make_the_same_steps(stable: bool, temperature: float) -> None:
    found = computed(LOGITS, 2, dtype="float64", stable=stable, temperature=temperature)
    exact = steps(LOGITS, 2, temperature=temperature)
    for mine, right in [
        (found.exponents, exact.shifted if stable else exact.scaled),
        (found.probabilities, exact.probabilities),
        (found.logarithms, exact.logarithms),
        (found.gradient, exact.gradient),
        ([found.loss, found.one_hot_loss], [exact.loss, exact.one_hot_loss]),
    ]:
        np.testing.assert_allclose(mine, right, rtol=1e-12)


def test_what_is_certain_costs_nothing_and_not_minus_nothing() -> None:
    exact, found = steps(LECTURE, 4), computed(LECTURE, 4, dtype="float64", stable=False)
    costs = [exact.loss, exact.one_hot_loss, found.loss, found.one_hot_loss]
    assert [str(cost) for cost in costs] == ["0.0"] * 4


def test_one_nan_makes_the_whole_gradient_nan() -> None:
    assert np.isnan(computed(LECTURE, 0, dtype="float32", stable=False).gradient).all()
    np.testing.assert_array_equal(
        computed(LECTURE, 0, dtype="float32", stable=True).gradient, [-1, 0, 0, 0, 1]
    )


def test_what_is_no_number_is_written_as_that() -> None:
    found = computed(LECTURE, 0, dtype="float32", stable=False)
    assert written(found, 4) == r"p_{4} = \frac{e^{440}}{\infty} = \text{nan}"
    assert targets_written(found)[0] == r"l = -\log p_{0} = \infty"


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_stable_way_is_that_of_torch(dtype: str) -> None:
    z = torch.tensor(LOGITS, dtype=DTYPES[dtype])
    theirs = F.softmax(z, 0).double().numpy()
    found = computed(LOGITS, 0, dtype=dtype, stable=True).probabilities
    np.testing.assert_allclose(found, theirs, rtol=2 * torch.finfo(DTYPES[dtype]).eps)


def test_logits_round_to_the_type() -> None:
    assert computed(LECTURE, 0, dtype="bfloat16", stable=True).logits[4] == 440
    assert computed(LECTURE, 0, dtype="float64", stable=True).logits[4] == 440.2


def test_all_types_are_compared_both_ways() -> None:
    found = compared(LECTURE, 4)
    assert [(each.dtype, each.stable) for each in found[:3]] == [
        ("float16", False),
        ("float16", True),
        ("bfloat16", False),
    ]
    assert [each.overflows for each in found] == [True, False] * 3 + [False, False]


def test_heat_makes_classes_alike_and_cold_makes_one_win() -> None:
    cold, warm, hot = tempered(LOGITS, (0.05, 1, 100))
    np.testing.assert_allclose(cold, [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(hot, 1 / 3, atol=0.01)
    assert hot.max() < warm.max() < cold.max()


def test_entropy_is_zero_when_certain_and_log_c_when_all_are_alike() -> None:
    assert steps(LECTURE, 0).entropy == pytest.approx(0, abs=1e-12)
    assert steps((3, 3, 3), 0).entropy == pytest.approx(np.log(3))


def test_the_written_softmax_has_the_numbers_in_it() -> None:
    found = computed(np.log([1, 2, 5]), 1, dtype="float64", stable=True)
    assert written(found, 0) == r"p_{0} = \frac{e^{-1.61}}{1.6} = 0.125"


def test_both_kinds_of_target_are_written_with_the_same_number() -> None:
    index, one_hot = targets_written(computed(np.log([1, 2, 5]), 1, dtype="float64", stable=True))
    assert index == r"l = -\log p_{1} = 1.39"
    assert r"&= 0 \cdot 2.08 + 1 \cdot 1.39 + 0 \cdot 0.47 = 1.39" in one_hot


def test_of_many_classes_the_middle_is_left_out() -> None:
    _, one_hot = targets_written(computed(np.zeros(10), 0, dtype="float64", stable=True))
    assert one_hot.count(r"\cdot") == 3
    assert r"\dots" in one_hot


@pytest.mark.parametrize(
    ("logits", "target", "temperature"),
    [
        ((1,), 0, 1),
        ((1, 2), 2, 1),
        ((1, 2), -1, 1),
        ((1, 2), "x", 1),
        ((1, 2), 0, 0),
        ((1, 2), 0, np.nan),
        ((1, np.inf), 0, 1),
        (np.zeros(101), 0, 1),
        (np.zeros((2, 2)), 0, 1),
        ("<b>", 0, 1),
    ],
)
def test_what_cannot_be_used_is_explained(logits: object, target: int, temperature: float) -> None:
    with pytest.raises(InputError):
        steps(logits, target, temperature=temperature)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        computed(logits, target, dtype="float32", stable=True, temperature=temperature)  # type: ignore[arg-type]


def test_a_type_that_does_not_exist_is_explained() -> None:
    with pytest.raises(InputError, match="no type of number called 'int8'"):
        computed(LOGITS, 0, dtype="int8", stable=True)
