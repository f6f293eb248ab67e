"""Grids of numbers: theirs alone, and refused where they are none."""

import numpy as np
import pytest

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.grids import grid, plane


def test_a_grid_keeps_its_numbers_whatever_happens_to_those_it_was_made_of() -> None:
    values = np.arange(6).reshape(2, 3)
    found = grid("Six", values, "", "Six numbers.")
    values[:] = 0
    assert found.values.tolist() == [[0, 1, 2], [3, 4, 5]]
    with pytest.raises(ValueError, match="read-only"):
        found.values[0, 0] = 1


def test_a_plane_is_a_copy_in_double_precision() -> None:
    values = np.ones((2, 3), np.float32)
    found = plane(values, "picture")
    found[:] = 7
    assert found.dtype == np.float64
    assert values.max() == 1


def test_what_has_more_or_fewer_axes_than_rows_and_columns_is_no_plane() -> None:
    for values, shape in ((np.ones((4, 4, 3)), r"\(4, 4, 3\)"), (np.ones(3), r"\(3,\)")):
        with pytest.raises(InputError, match=rf"The picture must have rows and columns .* {shape}"):
            plane(values, "picture")
