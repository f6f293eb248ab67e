"""Maps at any places against SciPy, and copies that keep every bit."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from vizcore.toolkit.resampling import folded, grid, resampled

MODES = {"circular": "grid-wrap", "reflect": "mirror"}


@pytest.mark.parametrize("border", MODES)
def test_values_between_pixels_and_outside_are_those_of_scipy(border: str) -> None:
    numbers = np.random.default_rng(0)
    maps, rows, cols = numbers.normal(size=(7, 5)), *numbers.uniform(-20, 20, (2, 6, 4))
    found = resampled(torch.from_numpy(maps)[None], rows, cols, border)[0].numpy()
    by_scipy = ndimage.map_coordinates(maps, [rows, cols], order=1, mode=MODES[border])
    np.testing.assert_allclose(found, by_scipy, atol=1e-12)


@pytest.mark.parametrize(("border", "mode"), [("circular", "wrap"), ("reflect", "reflect")])
def test_cells_outside_are_those_of_numpy_however_far(border: str, mode: str) -> None:
    for size in (1, 2, 5):
        padded = np.pad(np.arange(size), 23, mode=mode)  # type: ignore[call-overload]
        assert folded(np.arange(-23, size + 23), size, border).tolist() == padded.tolist()


def test_whole_places_are_copied_with_every_bit_in_their_type() -> None:
    rows, cols = grid((6, 5))
    for kind in (torch.float16, torch.float32, torch.float64):
        maps = torch.rand(3, 6, 5).to(kind)
        found = resampled(maps, rows - 2 + 1e-12, cols + 1 - 1e-12, "circular")
        assert found.dtype == kind
        assert torch.equal(found, maps.roll((2, -1), (1, 2)))


def test_half_a_pixel_is_the_mean_of_two() -> None:
    maps = torch.tensor([[[0.0, 1, 4]]])
    found = resampled(maps, np.zeros((1, 1)), np.array([[0.5, 1.5, 2.5]]), "circular")
    assert found.tolist() == [[[0.5, 2.5, 2]]]
