"""Equal lines against lines that are computed, one picture at a time."""

import numpy as np
import pytest
from numpy.typing import NDArray

from vizcore.toolkit import lines
from vizcore.toolkit.layers import Sliding
from vizcore.toolkit.lines import Lines, Reading

SHIFTS = np.array([-3, -2, 0, 1, 4])
WINDOWS = [
    Sliding(kernel=3, stride=1, padding=1, dilation=1),
    Sliding(kernel=2, stride=2, padding=0, dilation=1),
    Sliding(kernel=3, stride=2, padding=1, dilation=1),
    Sliding(kernel=5, stride=3, padding=2, dilation=1),
    Sliding(kernel=3, stride=2, padding=2, dilation=2),
]
BORDERS = [("circular", "circular"), ("reflect", "zeros"), ("reflect", "reflect")]
MODES = {"zeros": "constant", "circular": "wrap", "reflect": "reflect"}


def moved(side: int, border: str) -> NDArray[np.float64]:
    """A random line of values after each of SHIFTS, (S, side)."""
    line = np.random.default_rng(1).random(side)
    if border == "circular":
        return np.array([np.roll(line, shift) for shift in SHIFTS])
    padded = np.pad(line, 4, mode="reflect")
    return np.array([padded[4 - shift : 4 - shift + side] for shift in SHIFTS])


def slid(values: NDArray[np.float64], window: Sliding, border: str) -> NDArray[np.float64]:
    """What a window with irregular weights makes of (S, n)."""
    padded = np.pad(values, ((0, 0), (window.padding,) * 2), mode=MODES[border])  # type: ignore[call-overload]
    span = window.dilation * (window.kernel - 1) + 1
    views = np.lib.stride_tricks.sliding_window_view(padded, span, axis=1)
    return views[:, :: window.stride, :: window.dilation] @ np.sqrt(np.arange(2, 2 + window.kernel))


def computed(reading: Reading, different: NDArray[np.float64], window: Sliding) -> NDArray[np.float64]:
    """The different lines (n,) that a reading makes of the different lines before."""
    ended = np.append(different, 0)  # what stands at -1
    slides = [
        slid(ended[runs.sources[0]], window._replace(stride=reading.stride, padding=0), "zeros")
        for runs in reading.runs
    ]
    return np.concatenate([made.ravel() for made in slides])


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize(
    ("border", "beyond"), [("circular", "circular"), ("reflect", "zeros"), ("reflect", "reflect")]
)
@pytest.mark.parametrize("side", [12, 17])
def test_lines_put_together_are_what_a_window_makes_of_each_picture(
    window: Sliding, border: str, beyond: str, side: int
) -> None:
    wanted = slid(moved(side, border), window, beyond)
    reading = lines.read(lines.shifted(side, SHIFTS, border), window, wanted.shape[1], beyond)
    found = computed(reading, np.random.default_rng(1).random(side), window)
    np.testing.assert_allclose(found[reading.lines.places], wanted, rtol=1e-12)
    assert reading.lines.count == len(found) == len(np.unique(wanted.round(9)))


def test_on_a_circle_a_stride_of_2_makes_2_kinds_of_lines_in_one_run_whatever_the_number_of_shifts() -> None:
    circle = lines.shifted(8, np.arange(-8, 9), "circular")
    reading = lines.read(circle, Sliding(2, 2, 0, 1), 4, "circular")
    assert reading.lines.count == 8
    assert reading.lines.places[:3].tolist() == [[0, 2, 4, 6], [7, 1, 3, 5], [6, 0, 2, 4]]
    assert [runs.sources[0].tolist() for runs in reading.runs] == [[[0, 1, 2, 3, 4, 5, 6, 7, 0]]]


def test_padding_belongs_to_one_shift_and_what_lies_between_to_all() -> None:
    mirrored = lines.shifted(8, np.arange(3), "reflect")
    reading = lines.read(mirrored, Sliding(3, 1, 1, 1), 8, "zeros")
    between = 6 + 2  # of the unshifted picture, and two of its mirror image
    assert reading.lines.count == 3 * 2 + between


def test_without_padding_all_maps_are_parts_of_the_maps_of_a_larger_picture() -> None:
    mirrored = lines.shifted(20, np.arange(5), "reflect")
    reading = lines.read(mirrored, Sliding(5, 1, 0, 1), 16, "zeros")
    assert reading.lines.count == 20 + 4 - 5 + 1
    assert (reading.lines.places[0, :-1] == reading.lines.places[1, 1:]).all()


def test_lines_that_are_joined_stay_apart_only_where_a_part_differs() -> None:
    first = Lines(np.array([[0, 1, 1], [1, 0, 0]]), 2)
    second = Lines(np.array([[3, 3, 2], [3, 3, 3]]), 4)
    reading = lines.joined((first, second))
    assert reading.lines.places.tolist() == [[0, 2, 1], [2, 0, 0]]
    assert [source.ravel().tolist() for source in reading.runs[0].sources] == [[0, 1, 1], [3, 2, 3]]


def test_parts_of_runs_make_the_same_lines_one_after_the_other() -> None:
    runs = lines.Runs((np.arange(12).reshape(4, 3),), first=10, length=2)
    parts = list(runs.parts(3))
    assert [part.made for part in parts] == [slice(10, 16), slice(16, 18)]
    assert [len(part) for part in parts] == [3, 1]
    assert parts[1].sources[0].tolist() == [[9, 10, 11]]
