"""Pooling and blurring against torch, by hand, and at the ends of their ranges."""

import itertools
import re
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from vizcore.toolkit import pools
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.pool_windows import axes
from vizcore.toolkit.pools import POOLS, blurred, pooled, switches

MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}
# windows that fit these maps: (map, window, stride, padding, ceil_mode)
SETTINGS = [
    (shape, window, stride, padding, ceil_mode)
    for shape, window, stride, padding, ceil_mode in itertools.product(
        ((7, 6), (9, 12), (5, 5), (1, 8)),
        ((2, 2), (3, 3), (3, 2), (4, 5), (1, 3)),
        (None, 1, 2, 3, (3, 2)),
        ((0, 0), (0, 1), (1, 0), (1, 1), (2, 2)),
        (False, True),
    )
    if all(pad <= k // 2 and k <= n + 2 * pad for n, k, pad in zip(shape, window, padding, strict=True))
]


def drawn(*shape: int, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=shape)


def places(window: Any, stride: Any, padding: Any, ceil_mode: bool) -> dict[str, Any]:
    return {"window": window, "stride": stride, "padding": padding, "ceil_mode": ceil_mode}


def by_torch(function: Any, maps: NDArray[np.float64], window: Any, *args: Any, **settings: Any) -> Any:
    return function(torch.tensor(maps)[None], *args, window, **settings)


@pytest.mark.parametrize("shape", [(7, 6), (9, 12), (5, 5), (1, 8)])
def test_every_setting_gives_what_torch_gives(shape: tuple[int, int]) -> None:
    maps, tried = drawn(2, *shape), 0
    for _, window, *rest in (each for each in SETTINGS if each[0] == shape):
        ours, theirs = places(window, *rest), dict(zip(("stride", "padding", "ceil_mode"), rest, strict=True))
        largest = by_torch(F.max_pool2d, maps, window, **theirs)[0].numpy()
        np.testing.assert_array_equal(pooled(maps, kind="max", **ours), largest)
        means = by_torch(F.avg_pool2d, maps, window, **theirs)[0].numpy()
        np.testing.assert_allclose(pooled(maps, kind="average", **ours), means, atol=1e-13)
        tried += 1
    assert tried >= 60


@pytest.mark.parametrize(("shape", "window", "stride", "padding", "ceil_mode"), SETTINGS[::7])
def test_the_switches_are_the_indices_of_torch(
    shape: tuple[int, int], window: Any, stride: Any, padding: Any, ceil_mode: bool
) -> None:
    maps, more = drawn(2, *shape), {"stride": stride, "padding": padding, "ceil_mode": ceil_mode}
    indices = by_torch(F.max_pool2d, maps, window, return_indices=True, **more)[1][0].numpy()
    found = switches(maps, window=window, **more)
    np.testing.assert_array_equal(found[..., 0] * shape[1] + found[..., 1], indices)


@pytest.mark.parametrize(("stride", "ceil_mode"), [(None, False), (1, False), (2, True), ((3, 2), True)])
def test_the_l2_pooling_is_lp_pool2d_with_two(stride: Any, ceil_mode: bool) -> None:
    for window in (2, (3, 2), (4, 5)):
        maps = drawn(2, 9, 8)
        theirs = by_torch(F.lp_pool2d, maps, window, 2.0, stride=stride, ceil_mode=ceil_mode)[0].numpy()
        ours = pooled(maps, kind="l2", window=window, stride=stride, ceil_mode=ceil_mode)
        np.testing.assert_allclose(ours, theirs, rtol=1e-13)


def test_the_l2_pooling_of_3_and_4_is_5() -> None:
    assert pooled([[[3, -4]]], kind="l2", window=(1, 2)).tolist() == [[[5]]]


def test_the_weighted_average_is_a_convolution_with_its_weights() -> None:
    maps, weights = drawn(1, 9, 8), pools.weights("weighted", (3, 4))
    theirs = F.conv2d(torch.tensor(maps)[None], torch.tensor(weights)[None, None], stride=2, padding=1)
    ours = pooled(maps, kind="weighted", window=(3, 4), stride=2, padding=1)
    np.testing.assert_allclose(ours, theirs[0].numpy(), atol=1e-14)


def test_the_weights_fade_as_a_gaussian_whose_sigma_is_a_quarter_of_the_side() -> None:
    across = pools.weights("weighted", (1, 4))[0]
    assert across[2] / across[3] == pytest.approx(np.exp((1.5**2 - 0.5**2) / 2))  # sigma is 1
    assert across.sum() == pytest.approx(1)
    np.testing.assert_allclose(across, across[::-1])


def test_in_a_window_of_2_by_2_all_cells_are_equally_far_from_the_middle() -> None:
    np.testing.assert_allclose(pools.weights("weighted", (2, 2)), np.full((2, 2), 0.25), rtol=1e-15)
    assert pools.weights("average", (3, 2)) == pytest.approx(np.full((3, 2), 1 / 6))


def test_a_weighted_window_that_ceil_mode_cuts_is_weighted_by_what_is_left_of_it() -> None:
    kept = pools.weights("weighted", (1, 3))[0, :2]
    found = pooled([[[1, 2, 3, 4, 5]]], kind="weighted", window=(1, 3), ceil_mode=True)[0, 0]
    assert found == pytest.approx([2, (4 * kept[0] + 5 * kept[1]) / kept.sum()])


def test_flat_ground_stays_flat_in_every_average() -> None:
    ground = np.full((1, 11, 10), 0.3)
    for kind, ceil_mode in itertools.product(("average", "weighted"), (False, True)):
        found = pooled(ground, kind=kind, window=(5, 3), stride=(2, 2), ceil_mode=ceil_mode)
        np.testing.assert_allclose(found, 0.3, rtol=1e-14)


def test_padding_never_wins_a_maximum_but_darkens_an_average() -> None:
    below_zero = np.full((1, 2, 2), -1.0)
    assert (pooled(below_zero, kind="max", window=2, padding=1) == -1).all()
    assert (pooled(below_zero, kind="average", window=2, padding=1) == -0.25).all()


def test_the_first_of_equal_values_in_reading_order_wins() -> None:
    assert switches([[[0, 7], [7, 0]]], window=None).tolist() == [[[[0, 1]]]]
    assert switches(np.zeros((1, 4, 4)), window=2)[0, 1, 1].tolist() == [2, 2]


def test_shuffling_a_window_changes_no_pooling_but_the_weighted_one() -> None:
    values = drawn(9)
    for kind in POOLS:
        straight, shuffled = (
            pooled(each.reshape(1, 3, 3), kind=kind, window=3) for each in (values, np.roll(values, 2))
        )
        assert np.allclose(straight, shuffled, rtol=1e-12) == (kind != "weighted")


def test_global_pooling_is_one_window_as_large_as_the_map() -> None:
    maps = drawn(3, 7, 50)
    np.testing.assert_array_equal(pooled(maps, kind="max", window=None)[:, 0, 0], maps.max((1, 2)))
    mean = F.adaptive_avg_pool2d(torch.tensor(maps), 1).numpy()
    np.testing.assert_allclose(pooled(maps, kind="average", window=None), mean, atol=1e-14)
    assert pooled(maps, kind="weighted", window=None).shape == (3, 1, 1)


def test_every_map_is_pooled_by_itself() -> None:
    maps = drawn(3, 6, 7)
    for kind in POOLS:
        alone = [pooled(each[None], kind=kind, window=3, stride=2)[0] for each in maps]
        np.testing.assert_allclose(pooled(maps, kind=kind, window=3, stride=2), alone, rtol=1e-13)


def test_an_axis_says_where_each_cell_comes_from_and_what_ceil_mode_reaches_over() -> None:
    rows, cols = axes((5, 6), window=(2, 3), stride=2, padding=(1, 0), ceil_mode=True)
    assert rows.sources.tolist() == [-1, 0, 1, 2, 3, 4, -1]
    assert (rows.count, rows.beyond) == (3, 0)  # a fourth window would start behind the last cell
    assert cols.sources.tolist() == [0, 1, 2, 3, 4, 5, -1]
    assert (cols.count, cols.beyond) == (3, 1)
    assert cols.places.tolist() == [[0, 1, 2], [2, 3, 4], [4, 5, 6]]


def test_an_axis_knows_which_window_reads_which_cell() -> None:
    axis, _ = axes((5, 5), window=3, stride=3, padding=1)
    assert axis.reads.astype(int).tolist() == [[1, 1, 0, 0, 0], [0, 0, 1, 1, 1]]
    skipping, _ = axes((7, 7), window=1, stride=3)
    assert skipping.reads.any(0).nonzero()[0].tolist() == [0, 3, 6]


@pytest.mark.parametrize(("shape", "window", "stride", "padding", "ceil_mode"), SETTINGS[::5])
def test_the_numbers_in_the_formula_give_the_size(
    shape: tuple[int, int], window: Any, stride: Any, padding: Any, ceil_mode: bool
) -> None:
    for axis in axes(shape, window=window, stride=stride, padding=padding, ceil_mode=ceil_mode):
        size, _, pad, side, step, _, *less, result = map(int, re.findall(r"\d+", axis.formula))
        room = size + 2 * pad - side
        assert (-(-room // step) if ceil_mode else room // step) + 1 - sum(less) == result == axis.count


def test_a_window_that_would_start_behind_the_last_cell_is_left_out_again() -> None:
    axis, _ = axes((3, 3), window=2, stride=2, padding=1, ceil_mode=True)
    assert axis.formula == r"\left\lceil \frac{3 + 2 \cdot 1 - 2}{2} \right\rceil + 1 - 1 = 2"
    assert F.max_pool2d(torch.zeros(1, 3, 3), 2, 2, 1, ceil_mode=True).shape[1] == 2


@pytest.mark.parametrize(("taps", "mode"), list(itertools.product((3, 5), MODES)))
def test_a_blur_is_a_depthwise_convolution_with_binomial_taps(taps: int, mode: str) -> None:
    maps, across = drawn(2, 7, 6), torch.tensor({3: [1.0, 2, 1], 5: [1.0, 4, 6, 4, 1]}[taps]).double()
    kernel = torch.outer(across, across).expand(2, 1, -1, -1) / across.sum() ** 2
    for stride in (1, 2, 3):
        padded = F.pad(torch.tensor(maps)[None], (taps // 2,) * 4, mode=MODES[mode])
        theirs = F.conv2d(padded, kernel, stride=stride, groups=2)[0].numpy()
        ours = blurred(maps, taps=taps, stride=stride, padding_mode=mode)
        np.testing.assert_allclose(ours, theirs, atol=1e-14)
        assert ours.shape == (2, -(-7 // stride), -(-6 // stride))


def test_max_then_blur_turns_the_square_wave_to_half_and_one_and_then_to_three_quarters() -> None:
    wave = np.tile([0.0, 0, 1, 1], (1, 8, 2))  # Zhang 2019, on a circle
    found = []
    for shift in (0, 1):
        around = np.pad(np.roll(wave, -shift, 2), ((0, 0), (0, 0), (0, 1)), mode="wrap")
        dense = pooled(around, kind="max", window=(1, 2), stride=1)
        found += [dense[0, 0, ::2].tolist(), blurred(dense, taps=3, stride=2)[0, 0].tolist()]
    assert found == [[0, 1, 0, 1], [0.5, 1, 0.5, 1], [1, 1, 1, 1], [0.75, 0.75, 0.75, 0.75]]


def test_a_blur_moves_along_with_the_map_exactly_when_there_is_no_border_and_no_stride() -> None:
    maps = drawn(2, 13, 11)
    moved = blurred(np.roll(maps, (3, 1), (1, 2)), taps=5)
    np.testing.assert_array_equal(moved, np.roll(blurred(maps, taps=5), (3, 1), (1, 2)))


def test_with_stride_1_on_a_circle_every_pooling_moves_along_exactly() -> None:
    maps = drawn(2, 13, 11)
    for kind, shift in itertools.product(POOLS, ((0, 1), (5, 3), (12, 10))):
        straight, moved = (
            pooled(np.pad(each, ((0, 0), (0, 2), (0, 3)), mode="wrap"), kind=kind, window=(3, 4), stride=1)
            for each in (maps, np.roll(maps, shift, (1, 2)))
        )
        np.testing.assert_array_equal(moved, np.roll(straight, shift, (1, 2)))


def test_what_the_caller_passed_is_left_as_it_was_and_results_are_his() -> None:
    maps = drawn(1, 4, 4)
    kept = maps.copy()
    for kind in POOLS:
        found = pooled(maps, kind=kind, window=1)
        found[:] = 9
    blurred(maps, taps=3)[:] = 9
    np.testing.assert_array_equal(maps, kept)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"kind": "median"}, "no pooling called 'median'. Choose one of: max, average, l2, weighted"),
        ({"window": 7}, "window of 7 px is larger than the 6 px of the padded map"),
        ({"window": 0}, "side of the window must be a whole number from 1 to 2048, not 0"),
        ({"window": 2.5}, "not 2.5"),
        ({"stride": 0}, "stride must be a whole number from 1 to 2048, not 0"),
        ({"padding": 2}, "padding of this window, at most half of it, .* from 0 to 1, not 2"),
        ({"padding": -1}, "not -1"),
    ],
)
def test_impossible_settings_are_explained(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        pooled(np.ones((1, 6, 8)), **{"kind": "max", "window": 3, **settings})


def test_blurs_and_maps_that_do_not_exist_are_refused() -> None:
    with pytest.raises(InputError, match="A blur has 3 or 5 taps, not 4"):
        blurred(np.ones((1, 4, 4)), taps=4)
    with pytest.raises(InputError, match="stride must be a whole number from 1 to 32, not 0"):
        blurred(np.ones((1, 4, 4)), taps=3, stride=0)
    with pytest.raises(InputError, match="padded by 1 px at most, not 2"):
        blurred(np.ones((1, 2, 2)), taps=5, padding_mode="reflect")
    with pytest.raises(InputError, match="maps must have 3 axes"):
        pooled(np.ones((4, 4)), kind="max", window=2)
    with pytest.raises(InputError, match="finite numbers only"):
        pooled([[[np.nan]]], kind="max", window=1)


def test_more_values_than_fit_into_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "MAX_VALUES", 1_000)
    with pytest.raises(InputError, match="1,024 values are more than the 1,000 possible here"):
        switches(np.zeros((1, 32, 32)), window=2)


def test_every_pooling_has_a_title_a_formula_a_source_and_a_sentence() -> None:
    for entry in POOLS.values():
        assert entry.title
        assert entry.formula.count("{") == entry.formula.count("}")
        assert re.search(r"(19|20)\d\d", entry.source)
        assert entry.says.endswith(".")
