"""Small pictures: right size, right part, whatever they are made from."""

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from vizcore.plots import thumbnails


def read(png: bytes) -> np.ndarray:
    return np.asarray(Pillow.open(io.BytesIO(png)))


def test_a_wide_photograph_shows_its_central_square() -> None:
    image = np.zeros((10, 30, 3), np.float32)
    image[:, 10:20] = 1
    assert (read(thumbnails.photo(image, side=10)) == 255).all()


def test_a_digit_of_eight_pixels_is_enlarged_pixel_by_pixel() -> None:
    image = np.zeros((8, 8, 3), np.float32)
    image[0, 0] = 1
    shown = read(thumbnails.photo(image, side=64))
    assert (shown[:8, :8] == 255).all()
    assert shown.sum() == 8 * 8 * 3 * 255


@pytest.mark.parametrize("count", [1, 12, 70, 500])
def test_a_network_of_any_depth_is_drawn(count: int) -> None:
    shapes = [
        (3 + layer, max(1, 224 >> (layer // 20)), max(1, 224 >> (layer // 20))) for layer in range(count)
    ]
    drawn = read(thumbnails.network(shapes, ["linear"] * count, width=300, height=100))
    assert drawn.shape == (100, 300, 4)
    assert drawn[50, 20:280, 3].mean() > 128


def test_blocks_are_taller_where_maps_are_larger() -> None:
    drawn = read(thumbnails.network([(8, 64, 64), (8, 4, 4)], ["linear", "pooling"], width=200, height=100))
    covered = (drawn[:, :, 3] > 0).sum(axis=0)
    assert covered[50] > 1.5 * covered[150] > 0


def test_the_strongest_values_get_the_ends_of_the_colour_table() -> None:
    entries, signed = thumbnails.entries(np.array([[0, 1], [2, 4]], np.float32))
    assert entries.tolist() == [[0, 63], [127, 255]]
    assert not signed


def test_values_of_both_signs_are_symmetric_around_zero() -> None:
    entries, signed = thumbnails.entries(np.array([[-2, 0, 1, 2]], np.float32))
    assert entries.tolist() == [[0, 128, 191, 255]]
    assert signed


@pytest.mark.parametrize(("value", "entry"), [(0, 0), (3, 255), (-3, 0), (1e-42, 255)])
def test_a_map_of_one_value_is_one_entry(value: float, entry: int) -> None:
    entries, signed = thumbnails.entries(np.array([[value]], np.float32))
    assert (entries.tolist(), signed) == ([[entry]], value < 0)


@pytest.mark.parametrize("shape", [(224, 224), (56, 40), (33, 7), (1, 100)])
def test_a_large_map_is_shrunk_by_the_means_of_whole_blocks(shape: tuple[int, int]) -> None:
    values = np.random.default_rng(3).random(shape).astype(np.float32)
    step = -(-max(shape) // 32)
    means = np.array(
        [
            [values[top : top + step, left : left + step].mean() for left in range(0, shape[1], step)]
            for top in range(0, shape[0], step)
        ]
    )
    entries, _ = thumbnails.entries(values)
    assert max(entries.shape) <= 32
    np.testing.assert_allclose(entries, means / means.max() * 255, atol=1.01)


def test_the_map_itself_stays_as_it_is() -> None:
    values = np.random.default_rng(3).normal(size=(8, 8)).astype(np.float32)
    before = values.copy()
    thumbnails.entries(values)
    np.testing.assert_array_equal(values, before)
