"""How often answers agree: counted by hand."""

import numpy as np
import pytest

from vizcore.toolkit.agreement import agreement

SHIFTS = np.array([[0, 0], [0, 1], [1, 1], [5, 5]])
CLASSES = ("cat", "dog")


def test_pairs_and_neighbours_are_counted() -> None:
    found = agreement(SHIFTS, np.array([[2.0, 1], [3, 1], [1, 2], [1, 0]]), CLASSES)
    assert found.top.tolist() == [0, 0, 1, 0]
    assert found.pairs == 3 / 6
    assert found.neighbours == 1 / 2  # (0, 0) with (0, 1) agrees, (0, 1) with (1, 1) does not


def test_answers_that_are_all_alike_agree_and_do_not_change() -> None:
    found = agreement(SHIFTS, np.tile([1.0, 3], (4, 1)), CLASSES)
    assert (found.pairs, found.neighbours, found.change) == (1, 1, 0)


def test_the_change_is_the_mean_distance_in_mean_lengths() -> None:
    logits = np.array([[3.0, 4], [3, 4], [0, 5]])  # distances 0, root 10, root 10; lengths 5
    found = agreement(SHIFTS[:3], logits, CLASSES)
    assert found.change == pytest.approx(2 / 3 * np.sqrt(10) / 5)


def test_shifts_far_from_each_other_have_no_neighbours() -> None:
    found = agreement(SHIFTS[[0, 3]], np.eye(2), CLASSES)
    assert np.isnan(found.neighbours)
    assert found.pairs == 0
