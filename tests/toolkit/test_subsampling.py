"""Five ways to keep every s-th value against torch, and what shifts leave as they are."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from vizcore.toolkit import pools
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.subsampling import WAYS, World, changes, followed, world

KERNEL = np.array([[1.0, 2, -1], [0.5, 0, -2], [1, -3, 1]])
EVERY_WAY = pytest.mark.parametrize("way", WAYS)
BOTH = pytest.mark.parametrize("border", ["circular", "reflect"])


def picture(height: int = 24, width: int = 18) -> NDArray[np.float64]:
    return np.random.default_rng(0).random((height, width))


def a_world(window: int = 2, max_shift: int = 8, border: str = "circular") -> World:
    return world(picture(), KERNEL, window=window, max_shift=max_shift, border=border)


def by_torch(image: NDArray[np.float64], way: str, window: int) -> NDArray[np.float64]:
    """The layer on a torus, written with torch."""
    x = F.pad(torch.from_numpy(image)[None, None], (1, 1, 1, 1), mode="circular")
    y = F.relu(F.conv2d(x, torch.from_numpy(KERNEL)[None, None]))
    around = F.pad(y, (0, window - 1, 0, window - 1), mode="circular")
    if WAYS[way].taps:
        dense = F.max_pool2d(around, window, stride=1)[0].numpy()
        return pools.blurred(dense, taps=WAYS[way].taps, stride=window)[0]
    kept = {
        "strided": y[..., ::window, ::window],
        "max": F.max_pool2d(y, window),
        "average": F.avg_pool2d(y, window),
    }
    return kept[way][0, 0].numpy()


@EVERY_WAY
@pytest.mark.parametrize("window", [1, 2, 3])
def test_every_way_is_what_torch_makes_of_the_rolled_picture(way: str, window: int) -> None:
    found = a_world(window)
    for shift in ((0, 0), (1, -4), (-8, 7)):
        expected = by_torch(np.roll(picture(), shift, (0, 1)), way, window)
        np.testing.assert_allclose(found.kept(way, *shift), expected, atol=1e-12)


@EVERY_WAY
@BOTH
def test_shifts_by_multiples_of_the_stride_are_followed_to_the_last_bit(way: str, border: str) -> None:
    errors = changes(a_world(border=border), way, radius=8, along=True)
    assert (errors[::2, ::2] == 0).all()
    assert (errors[1::2, 1::2] > 0).all()


@EVERY_WAY
@BOTH
def test_with_stride_1_every_shift_is_followed_to_the_last_bit(way: str, border: str) -> None:
    assert (changes(a_world(window=1, border=border), way, radius=5, along=True) == 0).all()


@EVERY_WAY
def test_no_shift_changes_nothing(way: str) -> None:
    for along in (False, True):
        assert changes(a_world(), way, radius=2, along=along)[2, 2] == 0


def test_on_a_torus_a_shift_by_the_whole_picture_changes_nothing() -> None:
    found = changes(a_world(max_shift=24), "max", radius=24, along=False)
    assert found[24 + 24, 24 + 18] == found[0, 24] == 0
    assert found[24, 24 + 1] > 0


def test_half_a_stride_is_compared_with_the_mean_of_neighbours() -> None:
    found = a_world()
    still = found.kept("max", 0, 0)
    expected = (still + np.roll(still, 1, axis=1)) / 2
    np.testing.assert_allclose(followed(found, "max", 0, 1), expected, atol=1e-14)


def test_more_blur_follows_better() -> None:
    errors = [changes(a_world(), way, radius=1, along=True)[1, 2] for way in ("max", "blur3", "blur5")]
    assert errors == sorted(errors, reverse=True)


def test_a_black_picture_has_no_error() -> None:
    found = world(np.zeros((8, 8)), KERNEL, window=2, max_shift=1, border="circular")
    assert not changes(found, "max", radius=1, along=False).any()


def test_settings_out_of_range_are_refused() -> None:
    for settings, words in (
        ({"window": 9}, "window"),
        ({"max_shift": 33}, "largest shift"),
        ({"border": "zeros"}, "circular, reflect"),
    ):
        with pytest.raises(InputError, match=words):
            a_world(**settings)  # type: ignore[arg-type]
