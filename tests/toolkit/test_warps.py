"""Transformations: what changes nothing, what only moves pixels, and what people must be told."""

import numpy as np
import pytest
from numpy.typing import NDArray

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.warps import BORDERS, TRANSFORMATIONS, backward, moved, transformed

EVERY = pytest.mark.parametrize("name", TRANSFORMATIONS)
BOTH = pytest.mark.parametrize("border", BORDERS)


def picture(height: int = 9, width: int = 9, colours: int = 3) -> NDArray[np.float32]:
    return np.random.default_rng(1).random((height, width, colours), dtype=np.float32)


@EVERY
@BOTH
def test_the_neutral_amount_returns_every_bit(name: str, border: str) -> None:
    for image in (picture(7, 10), 3 * picture(7, 10) - 1, picture()[..., 0], picture().astype(np.float64)):
        found = transformed(image, name, TRANSFORMATIONS[name].neutral, border=border)
        assert found is not image
        assert found.dtype == image.dtype
        np.testing.assert_array_equal(found, image)


@EVERY
def test_the_picture_that_is_given_stays_as_it_is(name: str) -> None:
    image = picture()
    transformed(image, name, TRANSFORMATIONS[name].high)
    np.testing.assert_array_equal(image, picture())


@BOTH
@pytest.mark.parametrize("turns", [360, -360])
def test_a_full_turn_returns_every_bit(border: str, turns: float) -> None:
    for image in (picture(), picture(8, 11)):
        np.testing.assert_array_equal(transformed(image, "rotation", turns, border=border), image)


@BOTH
@pytest.mark.parametrize("quarters", [-3, -1, 1, 2, 3])
def test_quarter_turns_of_a_square_only_move_pixels(border: str, quarters: int) -> None:
    for image in (picture(), picture(8, 8)):
        found = transformed(image, "rotation", 90 * quarters, border=border)
        np.testing.assert_array_equal(found, np.rot90(image, quarters))


def test_turns_are_anticlockwise_and_a_turn_back_undoes_them() -> None:
    rows, cols = np.mgrid[:41, :41] - 20.0
    hill = np.exp(-((rows - 8) ** 2 + cols**2) / 60)  # its top is 8 px below the middle
    there = transformed(hill, "rotation", 30)
    top = np.unravel_index(there.argmax(), there.shape)
    assert top == (20 + round(8 * np.cos(np.pi / 6)), 20 + 8 * np.sin(np.pi / 6))
    inside = np.hypot(rows, cols) < 18  # beyond, mirrored corners came in
    np.testing.assert_allclose(transformed(there, "rotation", -30)[inside], hill[inside], atol=0.03)


def test_on_a_torus_a_shift_is_a_roll() -> None:
    image = picture(6, 11)
    right = transformed(image, "shift_x", 4, border="circular")
    np.testing.assert_array_equal(right, np.roll(image, 4, axis=1))
    down = transformed(image, "shift_y", -8, border="circular")
    np.testing.assert_array_equal(down, np.roll(image, -8, axis=0))
    np.testing.assert_array_equal(moved(image, 2, -13), np.roll(image, (2, -13), (0, 1)))


def test_at_a_mirrored_border_a_shift_shows_the_mirror_image() -> None:
    image = np.array([[0.0, 0.1, 0.2, 0.3]])
    assert transformed(image, "shift_x", 2)[0].tolist() == [0.2, 0.1, 0.0, 0.1]
    assert moved(image, 0, -2, border="reflect")[0].tolist() == [0.2, 0.3, 0.2, 0.1]


def test_labels_move_as_labels() -> None:
    labels = np.arange(6).reshape(2, 3)
    assert moved(labels, 0, 1).tolist() == [[2, 0, 1], [5, 3, 4]]


def test_mirroring_exchanges_left_and_right() -> None:
    np.testing.assert_array_equal(transformed(picture(5, 8), "flip", 1), picture(5, 8)[:, ::-1])


def test_twice_as_large_shows_the_middle_half() -> None:
    image = np.tile(np.linspace(0, 1, 9), (9, 1))
    np.testing.assert_allclose(transformed(image, "scale", 2)[0], np.linspace(0.25, 0.75, 9))


def test_brightness_multiplies_and_stops_at_white() -> None:
    image = np.array([[0.2, 0.4, 0.8]])
    np.testing.assert_allclose(transformed(image, "brightness", 2), [[0.4, 0.8, 1]])
    assert not transformed(image, "brightness", 0).any()
    assert backward("brightness", 0.5, (4, 4)) is None


def test_a_warp_comes_from_its_seed_and_grows_with_its_strength() -> None:
    image = picture(32, 32)
    weak, strong, other = (
        transformed(image, "warp", amount, seed=seed) for amount, seed in ((0.1, 0), (0.6, 0), (0.6, 1))
    )
    np.testing.assert_array_equal(strong, transformed(image, "warp", 0.6, seed=0))
    assert not np.array_equal(strong, other)
    assert 0 < np.abs(weak - image).mean() < np.abs(strong - image).mean()


@EVERY
def test_amounts_beyond_the_range_are_refused_with_the_range(name: str) -> None:
    entry = TRANSFORMATIONS[name]
    for amount in (entry.low - 0.1, entry.high + 0.1, float("nan")):
        with pytest.raises(InputError, match=entry.title):
            transformed(picture(), name, amount)


def test_half_a_mirror_another_border_and_a_strange_seed_are_refused() -> None:
    with pytest.raises(InputError, match=r"Mirroring is 0 or 1, not 0\.5"):
        transformed(picture(), "flip", 0.5)
    with pytest.raises(InputError, match="circular, reflect"):
        transformed(picture(), "rotation", 0, border="zeros")
    with pytest.raises(InputError, match="circular, reflect"):
        moved(picture(), 0, 0, border="zeros")
    with pytest.raises(InputError, match="seed"):
        transformed(picture(), "warp", 0.5, seed=-1)
