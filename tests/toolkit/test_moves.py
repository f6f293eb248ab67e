"""How much of a picture and of its pooled maps is another one after a move."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from vizcore.toolkit import moves, subsampling
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.subsampling import WAYS, World

STRIPES = np.tile([0.0, 0, 1, 1], (8, 2))


def world(picture: np.ndarray, *, window: int = 2, border: str = "circular") -> World:
    return subsampling.world(picture, [[1.0]], window=window, max_shift=8, border=border)


def test_a_share_counts_what_differs_by_more_than_asked() -> None:
    found = moves.compared([[0, 1, 2, 4]], [[0, 1.5, 2, 2]])
    assert (found.share, found.distance) == (0.5, pytest.approx(np.sqrt(4.25 / 21)))
    assert moves.compared([[0, 1, 2, 4]], [[0, 1.5, 2, 2]], above=0.5).share == 0.25


def test_rounding_is_no_change() -> None:
    assert moves.compared([[0.3]], [[0.1 + 0.2]]).share == 0


def test_what_was_nothing_before_is_infinitely_far_from_something() -> None:
    assert moves.compared([[0, 0]], [[0, 1]]).distance == np.inf
    assert moves.compared([[0, 0]], [[0, 0]]).distance == 0


def test_stripes_of_two_that_move_by_one_change_every_second_maximum() -> None:
    found = moves.moved(world(STRIPES), ["max", "blur3"], dy=0, dx=1)
    assert found["input"].share == 0.5
    assert found["max"].before[0].tolist() == [0, 1, 0, 1]
    assert found["max"].after[0].tolist() == [1, 1, 1, 1]
    assert found["blur3"].before[0].tolist() == pytest.approx([0.5, 1, 0.5, 1])
    assert found["blur3"].after[0].tolist() == pytest.approx([0.75] * 4)
    assert found["blur3"].distance < found["max"].distance


@pytest.mark.parametrize("way", WAYS)
def test_no_move_changes_nothing(way: str) -> None:
    picture = np.random.default_rng(3).random((9, 12))
    found = moves.moved(world(picture, window=3), [way], dy=0, dx=0)
    assert [(each.share, each.distance) for each in found.values()] == [(0, 0)] * 2


@pytest.mark.parametrize(("dy", "dx"), [(1, 0), (-3, 5), (12, -12)])
def test_the_maps_are_those_of_the_rolled_picture(dy: int, dx: int) -> None:
    picture = np.random.default_rng(4).random((8, 12))
    rolled = np.roll(picture, (dy, dx), (0, 1))
    found = moves.moved(world(picture), ["max", "average"], dy=dy, dx=dx)
    np.testing.assert_array_equal(found["input"].after, rolled)
    expected = F.max_pool2d(torch.from_numpy(rolled)[None], 2)[0].numpy()
    np.testing.assert_allclose(found["max"].after, expected)
    expected = F.avg_pool2d(torch.from_numpy(rolled)[None], 2)[0].numpy()
    np.testing.assert_allclose(found["average"].after, expected)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(InputError, match="one shape"):
        moves.compared([[1, 2]], [[1], [2]])
    with pytest.raises(InputError, match="shift down"):
        moves.moved(world(STRIPES), ["max"], dy=99, dx=0)
