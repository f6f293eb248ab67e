"""Functions of a whole layer: their entropy, and their formulas with numbers in them."""

import numpy as np
import pytest

from vizcore.toolkit.vector_activations import VECTORS, slope_written, vector, written

X = np.log([1.0, 2, 5])


@pytest.mark.parametrize("name", VECTORS)
def test_entropy_is_log_k_when_all_are_alike_and_zero_when_one_has_all(name: str) -> None:
    assert vector(name, (3, 3, 3, 3)).entropy == pytest.approx(np.log(4))
    assert vector(name, (900, -900)).entropy == pytest.approx(0, abs=1e-12)


def test_entropy_by_hand() -> None:
    shares = np.array([0.125, 0.25, 0.625])
    assert vector("softmax", X).entropy == pytest.approx(-(shares * np.log(shares)).sum())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("softmax", r"f_{1} = \frac{e^{0.693}}{e^{0} + e^{0.693} + e^{1.61}} = 0.25"),
        ("softmin", r"f_{1} = \frac{e^{-0.693}}{e^{0} + e^{-0.693} + e^{-1.61}} = 0.294"),
        ("log_softmax", r"f_{1} = 0.693 - \ln(e^{0} + e^{0.693} + e^{1.61}) = -1.39"),
    ],
)
def test_an_output_is_written_with_its_numbers(name: str, text: str) -> None:
    assert written(name, vector(name, X), 1) == text


def test_of_many_powers_the_middle_is_left_out() -> None:
    assert r"{e^{0} + e^{1} + \dots + e^{9}}" in written("softmax", vector("softmax", range(10)), 3)


@pytest.mark.parametrize(
    ("name", "by", "text"),
    [
        ("softmax", 2, r"\tfrac{1}{1} \cdot 0.25 \cdot (0 - 0.625) = -0.156"),
        ("softmax", 1, r"\tfrac{1}{1} \cdot 0.25 \cdot (1 - 0.25) = 0.188"),
        ("softmin", 2, r"-0.294 \cdot (0 - 0.118) = 0.0346"),
        ("log_softmax", 2, r"0 - e^{-0.47} = -0.625"),
    ],
)
def test_a_slope_is_written_with_its_numbers(name: str, by: int, text: str) -> None:
    assert slope_written(name, vector(name, X), 1, by).endswith(text)


def test_the_temperature_stands_in_the_slope() -> None:
    found = vector("softmax", X, temperature=4)
    assert slope_written("softmax", found, 0, 0, temperature=4).count(r"\tfrac{1}{4}") == 1
