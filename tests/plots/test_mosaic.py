"""Tiles and palette PNGs against Pillow and hand arithmetic."""

import io

import numpy as np
from PIL import Image as Pillow

from vizcore.plots import colours, mosaic

LUT = colours.LUTS["viridis"]


def unit_limits(count: int) -> np.ndarray:
    return np.tile(np.array([[0, 1]], np.float32), (count, 1))


def test_three_maps_in_two_columns_leave_the_last_place_empty() -> None:
    maps = np.stack([np.zeros((1, 2)), np.ones((1, 2)), np.full((1, 2), 0.5)]).astype(np.float32)
    picture = mosaic.tiles(maps, unit_limits(3), columns=2)
    gap = mosaic.GAP
    assert picture.tolist() == [[0, 0, gap, 253, 253], [gap] * 5, [127, 127, gap, gap, gap]]


def test_each_map_has_its_own_limits_and_values_outside_are_clipped() -> None:
    maps = np.array([[[-1, 3]], [[5, 15]]], np.float32)
    picture = mosaic.tiles(maps, np.array([[0, 2], [0, 20]], np.float32), columns=2, gap=0)
    assert picture.tolist() == [[0, 253, 63, 190]]


def test_the_png_shows_the_colours_of_the_table() -> None:
    entries = np.array([[0, 253, mosaic.GAP], [126, 127, 1]], np.uint8)
    picture = np.asarray(
        Pillow.open(io.BytesIO(mosaic.png(entries, LUT, background=(255, 255, 255)))).convert("RGB")
    )
    assert picture.shape == (2, 3, 3)
    assert picture[0, 0].tolist() == LUT[0].tolist()
    assert picture[0, 1].tolist() == LUT[255].tolist()
    assert picture[0, 2].tolist() == [255, 255, 255]


def test_gaps_are_transparent_unless_they_get_a_colour() -> None:
    entries = np.array([[0, mosaic.GAP]], np.uint8)
    picture = np.asarray(Pillow.open(io.BytesIO(mosaic.png(entries, LUT))).convert("RGBA"))
    assert picture[0, :, 3].tolist() == [255, 0]


def test_the_png_keeps_every_entry_of_a_random_picture() -> None:
    entries = np.random.default_rng(3).integers(0, 255, (37, 61), dtype=np.uint8)
    read = np.asarray(Pillow.open(io.BytesIO(mosaic.png(entries, LUT))))
    assert np.array_equal(read, entries)


def test_pngs_come_back_in_the_order_of_their_pictures() -> None:
    stacks = [(np.full((n, 3, 5), 0.5, np.float32), unit_limits(n)) for n in (1, 2, 3)]
    alone = [mosaic.png(mosaic.tiles(*stack), LUT) for stack in stacks]
    assert mosaic.pngs(stacks) == alone


def test_viridis_gets_lighter_all_the_way() -> None:
    lightness = colours.LUTS["viridis"] @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(lightness) >= 0).all()


def test_signed_tables_are_blue_below_and_red_above_the_middle() -> None:
    for dark in (False, True):
        table = colours.lut_for(np.array([[-1, 1]], np.float32), dark=dark).astype(int)
        assert table[20, 2] > table[20, 0]
        assert table[235, 0] > table[235, 2]
