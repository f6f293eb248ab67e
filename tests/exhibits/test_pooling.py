"""Pooling on one picture: the lectures' numbers, torch as oracle, and the laws."""

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from vizcore.exhibits import pooling
from vizcore.exhibits.pooling import GRIDS, detectors, moved, pool, unpool
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.pools import POOLS

SHIFT = {"window": 3, "padding": 1, "entering": 0.3}  # N6, figure 9.8


def drawn(*shape: int, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=shape)


def as_maps(values: NDArray[np.float64]) -> torch.Tensor:
    return torch.tensor(values)[None, None]


def test_windows_of_two_by_two_keep_6_8_3_4_in_the_grid_of_korenev() -> None:
    grid = GRIDS["korenev"].values  # N4
    assert pool(grid, kind="max", window=2).output.tolist() == [[6, 8], [3, 4]]
    assert pool(grid, kind="average", window=2).output.tolist() == [[2.75, 4.75], [1.75, 1.75]]


def test_windows_of_two_by_two_keep_6_8_5_4_in_the_grid_of_kainz() -> None:
    grid = GRIDS["kainz"].values  # N5
    assert pool(grid, kind="max", window=2).output.tolist() == [[6, 8], [5, 4]]
    assert pool(grid, kind="average", window=2).output.tolist() == [[3.5, 5.25], [2.75, 2.25]]


def test_all_detectors_change_when_they_move_one_step_but_half_of_the_maxima_stay() -> None:
    found = detectors(GRIDS["shift"].values[0], **SHIFT)  # N6
    assert found.image.tolist() == [[0.3, 0.1, 1, 0.2]]
    assert found.before.output.tolist() == [[1, 1, 1, 0.2]]
    assert found.after.output.tolist() == [[0.3, 1, 1, 1]]
    assert (found.share_of_inputs, found.share_of_outputs) == (1, 0.5)


def test_windows_of_three_with_stride_2_keep_1_2_1_of_six_detectors_the_last_one_in_part() -> None:
    row = GRIDS["stride"].values[0]  # N7
    whole = detectors(row, window=3, stride=2, ceil_mode=True).before
    assert whole.output.tolist() == [[1, 0.2, 0.1]]
    assert (whole.cols.tolist(), whole.axes[1].beyond) == ([0, 1, 2, 3, 4, 5, -1], 1)
    cut = detectors(row, window=3, stride=2).before
    assert cut.output.tolist() == [[1, 0.2]]
    assert cut.unread.tolist() == [[False] * 5 + [True]]


def test_the_change_of_the_detectors_is_their_distance_by_hand() -> None:
    found = detectors(GRIDS["shift"].values[0], **SHIFT)
    assert found.change == pytest.approx(np.sqrt((0.7**2 + 0.8**2) / (3 + 0.2**2)))


@pytest.mark.parametrize("kind", POOLS)
def test_pictures_that_are_odd_and_not_square_are_pooled_as_torch_does(kind: str) -> None:
    picture = drawn(9, 7)
    oracles: dict[str, Any] = {
        "max": lambda x: F.max_pool2d(x, (3, 2), (2, 1), (1, 0), ceil_mode=True),
        "average": lambda x: F.avg_pool2d(x, (3, 2), (2, 1), (1, 0), ceil_mode=True),
        "l2": lambda x: F.lp_pool2d(F.pad(x, (0, 0, 1, 1)), 2, (3, 2), (2, 1), ceil_mode=True),
        "weighted": lambda x: F.conv2d(x, as_maps(weights), stride=(2, 1), padding=(1, 0)),
    }
    found = pool(picture, kind=kind, window=(3, 2), stride=(2, 1), padding=(1, 0), ceil_mode=True)
    weights = found.weights
    np.testing.assert_allclose(found.output, oracles[kind](as_maps(picture))[0, 0], atol=1e-13)


def test_winners_are_the_cells_that_hold_the_maxima() -> None:
    picture = drawn(8, 11)
    found = pool(picture, kind="max", window=(3, 4), stride=2, padding=1, ceil_mode=True)
    rows, cols = found.winners[..., 0], found.winners[..., 1]
    np.testing.assert_array_equal(picture[rows, cols], found.output)
    _, indices = F.max_pool2d(as_maps(picture), (3, 4), 2, 1, ceil_mode=True, return_indices=True)
    np.testing.assert_array_equal(rows * 11 + cols, indices[0, 0])


def test_only_a_maximum_has_winners_and_only_averages_have_weights() -> None:
    picture = drawn(4, 6)
    found = {kind: pool(picture, kind=kind, window=2) for kind in POOLS}
    assert [kind for kind in POOLS if (found[kind].winners >= 0).all()] == ["max"]
    assert all((found[kind].winners == -1).all() for kind in ("average", "l2", "weighted"))
    assert [kind for kind in POOLS if found[kind].weights.size] == ["average", "weighted"]


@pytest.mark.parametrize("kind", ["average", "weighted"])
def test_every_output_is_the_weighted_sum_of_what_rows_and_cols_say_it_reads(kind: str) -> None:
    picture = drawn(7, 6)
    found = pool(picture, kind=kind, window=(2, 3), stride=2, padding=1)
    padded = np.pad(picture, ((0, 1), (0, 1)))  # where -1 points to: a zero
    for i, j in np.ndindex(*found.output.shape):
        window = padded[np.ix_(found.rows[2 * i :][:2], found.cols[2 * j :][:3])]
        assert found.output[i, j] == pytest.approx((window * found.weights).sum())


def test_cells_are_unread_where_the_gradient_of_torch_is_zero() -> None:
    for window, stride, ceil_mode in itertools.product((1, 2, 3), (1, 2, 3, 4), (False, True)):
        cells = torch.ones(1, 1, 8, 9, dtype=torch.float64, requires_grad=True)
        F.avg_pool2d(cells, window, stride, ceil_mode=ceil_mode).sum().backward()
        assert cells.grad is not None
        unread = pool(np.ones((8, 9)), kind="max", window=window, stride=stride, ceil_mode=ceil_mode).unread
        np.testing.assert_array_equal(unread, cells.grad[0, 0] == 0)


def test_the_formula_rounds_down_or_in_ceil_mode_up() -> None:
    down = pool(np.ones((8, 5)), kind="max", window=3, stride=2).formula
    assert r"H' &= \left\lfloor \frac{8 + 2 \cdot 0 - 3}{2} \right\rfloor + 1 = 3" in down
    up = pool(np.ones((8, 5)), kind="max", window=3, stride=2, ceil_mode=True).formula
    assert r"n' &= \left\lfloor \frac{n + 2p - k}{s}" in down
    assert r"n' &= \left\lceil \frac{n + 2p - k}{s}" in up
    assert r"H' &= \left\lceil \frac{8 + 2 \cdot 0 - 3}{2} \right\rceil + 1 = 4" in up
    assert r"W' &= \left\lceil \frac{5 + 2 \cdot 0 - 3}{2} \right\rceil + 1 = 2" in up


def test_global_pooling_makes_one_number_of_any_picture() -> None:
    picture = drawn(6, 9)
    found = {kind: pool(picture, kind=kind, window=None).output for kind in POOLS}
    assert {output.shape for output in found.values()} == {(1, 1)}
    assert found["average"][0, 0] == pytest.approx(picture.mean())
    assert found["l2"][0, 0] == pytest.approx(np.linalg.norm(picture))


@pytest.mark.parametrize(("window", "stride"), [((2, 2), None), ((3, 2), (3, 2)), ((3, 3), (1, 2))])
def test_unpooling_with_the_switches_is_max_unpool2d(window: Any, stride: Any) -> None:
    picture = drawn(7, 9)
    pooled, indices = F.max_pool2d(as_maps(picture), window, stride, return_indices=True)
    theirs = F.max_unpool2d(pooled, indices, window, stride, output_size=(7, 9))[0, 0]
    ours = unpool(pool(picture, kind="max", window=window, stride=stride), (7, 9))
    np.testing.assert_array_equal(ours, theirs)


def test_unpooling_puts_each_maximum_back_and_forgets_the_rest() -> None:
    back = unpool(pool(GRIDS["korenev"].values, kind="max", window=2), (4, 4))
    assert back.tolist() == [[0, 0, 0, 0], [0, 6, 0, 8], [3, 0, 0, 0], [0, 0, 0, 4]]


def test_unpooling_an_average_fills_the_windows_evenly_and_keeps_the_sum() -> None:
    picture = drawn(6, 8)
    back = unpool(pool(picture, kind="average", window=(3, 2)), (6, 8))
    np.testing.assert_array_equal(back[:3, :2], back[0, 0])
    assert back.sum() == pytest.approx(picture.sum())


def test_where_windows_overlap_a_cell_gets_the_mean_of_what_it_is_given() -> None:
    found = pool([[1, 3, 7]], kind="average", window=(1, 2), stride=1)
    assert unpool(found, (1, 3)).tolist() == [[2, 3.5, 5]]


@pytest.mark.parametrize("kind", POOLS)
def test_pooling_what_was_unpooled_gives_the_same_output(kind: str) -> None:
    picture = np.abs(drawn(8, 9))
    for ceil_mode in (False, True):
        first = pool(picture, kind=kind, window=(3, 2), ceil_mode=ceil_mode)
        again = pool(unpool(first, (8, 9)), kind=kind, window=(3, 2), ceil_mode=ceil_mode)
        np.testing.assert_allclose(again.output, first.output, rtol=1e-13)


def test_an_unpooled_picture_may_be_larger_than_the_windows_but_not_smaller() -> None:
    found = pool(np.ones((5, 7)), kind="average", window=2)
    assert unpool(found, (4, 6)).tolist() == np.ones((4, 6)).tolist()
    assert unpool(found, (6, 7)).sum() == 24
    with pytest.raises(InputError, match=r"lie on 4 × 6 px, which do not fit into 4 × 5 px"):
        unpool(found, (4, 5))


@pytest.mark.parametrize(
    ("border", "mode"), [("circular", "wrap"), ("reflect", "reflect"), ("zeros", "constant")]
)
def test_a_move_is_to_the_right_and_down_and_the_border_fills_what_comes_in(border: str, mode: Any) -> None:
    picture = drawn(5, 7)
    for dy, dx in ((0, 0), (1, 2), (-2, 3), (4, -6)):
        around = np.pad(picture, ((4, 4), (6, 6)), mode=mode)
        found = moved(picture, dx=dx, dy=dy, border=border, kind="max", window=2)
        np.testing.assert_array_equal(found.image, around[4 - dy :, 6 - dx :][:5, :7])


def test_a_picture_that_does_not_move_changes_nothing() -> None:
    for kind in POOLS:
        found = moved(drawn(6, 8), dx=0, dy=0, kind=kind, window=2)
        assert (found.share_of_inputs, found.share_of_outputs, found.change) == (0, 0, 0)


def test_a_maximum_does_not_notice_a_dot_that_stays_in_its_window() -> None:
    dot = np.zeros((6, 6))
    dot[2, 2] = 1
    inside = moved(dot, dx=1, dy=1, kind="max", window=2)
    assert (inside.share_of_inputs, inside.share_of_outputs) == (2 / 36, 0)
    outside = moved(dot, dx=2, dy=0, kind="max", window=2)
    assert outside.outputs_changed.nonzero()[1].tolist() == [1, 2]
    assert outside.change == pytest.approx(np.sqrt(2))  # one 1 vanishes, one appears


@pytest.mark.parametrize("kind", POOLS)
def test_by_a_whole_stride_the_output_moves_along_when_there_is_no_border(kind: str) -> None:
    found = moved(drawn(6, 9), dx=3, dy=-2, kind=kind, window=(2, 3))
    np.testing.assert_array_equal(found.after.output, np.roll(found.before.output, (-1, 1), (0, 1)))


@pytest.mark.parametrize("kind", POOLS)
def test_global_pooling_over_a_circle_notices_no_move_unless_the_middle_counts_more(kind: str) -> None:
    found = moved(drawn(6, 9), dx=4, dy=1, kind=kind, window=None)
    assert found.share_of_inputs == 1
    assert found.share_of_outputs == (kind == "weighted")


def test_stripes_of_two_vanish_from_the_maxima_when_they_move_by_one() -> None:
    found = moved(GRIDS["stripes"].values, dx=-1, dy=0, kind="max", window=2)
    assert found.before.output.tolist() == [[0, 1, 0, 1]] * 4
    assert found.after.output.tolist() == [[1, 1, 1, 1]] * 4
    assert (found.share_of_inputs, found.share_of_outputs, found.change) == (0.5, 0.5, 1)


def test_out_of_nothing_any_change_is_infinite() -> None:
    nothing = np.zeros(4)
    assert detectors(nothing, window=2).change == 0
    assert detectors(nothing, window=2, entering=1.0).change == np.inf


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"dx": 6}, "shift must be a whole number from -5 to 5, not 6"),
        ({"dy": -4}, "from -3 to 3, not -4"),
        ({"border": "mirror"}, "zeros, reflect, replicate, circular"),
        ({"kind": "median"}, "max, average, l2, weighted"),
        ({"window": 5}, "larger than the 4 px of the padded map"),
    ],
)
def test_impossible_settings_are_explained(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        moved(np.ones((4, 6)), **{"dx": 0, "dy": 0, "kind": "max", "window": 2, **settings})


def test_what_is_no_picture_or_no_row_is_refused() -> None:
    with pytest.raises(InputError, match=r"picture must have rows and columns .* \(4, 4, 3\)"):
        pool(np.ones((4, 4, 3)), kind="max", window=2)
    with pytest.raises(InputError, match=r"row of detectors must have rows .* \(1, 2, 3\)"):
        detectors(np.ones((2, 3)), window=2)
    with pytest.raises(InputError, match="from 1 to 2048, not 2049"):
        pool(np.ones((1, 2049)), kind="max", window=1)


def test_what_the_caller_passed_is_left_as_it_was() -> None:
    picture = drawn(5, 5)
    kept = picture.copy()
    found = moved(picture, dx=1, dy=0, kind="max", window=1)
    found.image[:] = found.before.output[:] = 0
    np.testing.assert_array_equal(picture, kept)


def test_grids_are_finite_small_and_cannot_be_changed_by_accident() -> None:
    for grid in GRIDS.values():
        assert max(grid.values.shape) <= 8
        assert grid.says.endswith(".")
        with pytest.raises(ValueError, match="read-only"):
            grid.values[0, 0] = 1


def test_the_card_shows_a_face_at_four_windows_by_maximum_and_by_average() -> None:
    maps, limits = pooling.card()
    assert maps.shape == (8, 150, 200)
    assert (limits[:, 0] < limits[:, 1]).all()
    assert [len(np.unique(each)) for each in maps[3:4]] == [48]  # 6 x 8 windows of 25 px
    assert (maps[:4] >= maps[4:]).all()
