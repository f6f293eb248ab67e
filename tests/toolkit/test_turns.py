"""Convolutions of a picture that turns."""

import numpy as np
import pytest

from vizcore.toolkit import samples
from vizcore.toolkit.turns import rotation_response

SOBEL = [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
ANGLES = [-90, 0, 30, 45, 90, 180, 270, 360]


def cat() -> np.ndarray:
    return samples.sample("cat")[100:160, 150:220, 1].astype(np.float64)


def test_p4_is_exact_at_quarter_turns_and_nowhere_else() -> None:
    found = rotation_response(cat(), SOBEL, ANGLES).error
    quarter = [angle % 90 == 0 for angle in ANGLES]
    for name in ("p4", "largest"):
        assert ((found[name] == 0) == quarter).all()


def test_an_ordinary_convolution_is_exact_at_full_turns_only() -> None:
    found = rotation_response(cat(), SOBEL, ANGLES).error["ordinary"]
    assert ((found == 0) == [angle % 360 == 0 for angle in ANGLES]).all()
    assert found[ANGLES.index(180)] == pytest.approx(2)  # Sobel upside down is its own negative


def test_a_kernel_that_looks_the_same_when_turned_needs_no_group() -> None:
    kernel = np.outer([1, 2, 1], [1, 2, 1])
    found = rotation_response(cat(), kernel, [90, 37]).error["ordinary"]
    assert found[0] < 1e-12
    assert found[1] < 0.02


def test_a_flat_picture_has_no_error() -> None:
    found = rotation_response(np.ones((20, 20)), SOBEL, [30]).error
    assert all(values[0] < 1e-12 for values in found.values())
