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
