"""Shifts, turns and bends: the square wave of Zhang, and laws that hold to the last bit in networks."""

from typing import Any

import numpy as np
import pytest
import torch

from vizcore.exhibits import invariance
from vizcore.exhibits.invariance import (
    consistency,
    equivariance_error,
    network_response,
    shift_response,
    side_by_side,
    square_wave,
)
from vizcore.toolkit import graphs, nets, samples, warps
from vizcore.toolkit.agreement import agreement
from vizcore.toolkit.equivariance import SEGMENTER, Subject
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.images import Image
from vizcore.toolkit.warps import BORDERS, TRANSFORMATIONS

GRID = np.stack(np.meshgrid(np.arange(-2, 3), np.arange(-2, 3), indexing="ij"), -1).reshape(-1, 2)
STRIDE_1 = ("conv1_1", "relu1_1", "conv1_2", "relu1_2")  # of tiny_vgg, before its first pooling


def star() -> Image:
    return samples.sample("shape-star")


def dot(row: int, col: int) -> Any:
    picture = np.zeros((16, 16))
    picture[row, col] = 1
    return picture


def test_the_square_wave_of_zhang() -> None:
    here, there = square_wave(), square_wave(1)
    assert here.signal.tolist() == [0, 0, 1, 1, 0, 0, 1, 1]
    assert here.dense.tolist() == [0, 1, 1, 1, 0, 1, 1, 1]
    assert here.pooled.tolist() == [0, 1, 0, 1]
    assert there.pooled.tolist() == [1, 1, 1, 1]
    assert here.antialiased.tolist() == [0.5, 1, 0.5, 1]
    assert there.antialiased.tolist() == [0.75, 0.75, 0.75, 0.75]


def test_after_two_values_the_pooled_wave_has_moved_by_one() -> None:
    assert square_wave(2).pooled.tolist() == np.roll(square_wave().pooled, -1).tolist()


def test_a_dot_that_leaves_its_window_moves_by_root_two() -> None:
    found = shift_response(dot(4, 4), kernel=[[1]], window=2, max_shift=2)
    assert found.shifts.tolist() == [-2, -1, 0, 1, 2]
    assert found.change["max"][2].tolist() == pytest.approx([np.sqrt(2), np.sqrt(2), 0, 0, np.sqrt(2)])
    assert found.change["strided"][2].tolist() == pytest.approx([np.sqrt(2), 1, 0, 1, np.sqrt(2)])
    assert found.error["max"][2, ::2].tolist() == [0, 0, 0]


def test_the_picture_may_have_colours_and_the_kernel_may_be_left_out() -> None:
    found = shift_response(star(), max_shift=1)
    assert set(found.change) == {"strided", "max", "average", "blur3", "blur5"}
    assert all(grid.shape == (3, 3) and grid[1, 1] == 0 < grid[0, 0] for grid in found.change.values())


@pytest.mark.parametrize("name", TRANSFORMATIONS)
@pytest.mark.parametrize("border", BORDERS)
def test_the_neutral_amount_changes_nothing_in_any_layer(name: str, border: str) -> None:
    neutral = TRANSFORMATIONS[name].neutral
    for net in ("tiny_vgg", "small_resnet"):
        found = network_response(star(), net, name, [neutral], border=border)
        assert not found.error.any()
        assert found.top[0] == found.first


def test_a_full_turn_changes_nothing_in_any_layer() -> None:
    found = network_response(star(), "tiny_vgg", "rotation", [360, -360, 90])
    assert not found.error[:2].any()
    assert found.error[2].all()


def test_with_stride_1_on_a_torus_the_error_is_exactly_0_for_every_shift() -> None:
    for layer in STRIDE_1:
        for dy, dx in ((1, 0), (3, -5), (17, 40)):
            assert equivariance_error(star(), "tiny_vgg", layer, dy=dy, dx=dx) == 0


@pytest.mark.parametrize("taps", [0, 3, 5])
def test_a_strided_layer_follows_multiples_of_its_stride_exactly_and_no_others(taps: int) -> None:
    layer = "pool2.blur" if taps else "pool2"  # stride 4
    errors = [equivariance_error(star(), "tiny_vgg", layer, dy=dy, dx=0, taps=taps) for dy in range(9)]
    assert [dy for dy, error in enumerate(errors) if error == 0] == [0, 4, 8]


def test_the_periods_say_which_shifts_are_followed_exactly() -> None:
    found = network_response(star(), "small_resnet", "shift_x", range(9))
    for layer, error in zip(found.periods, found.error.T, strict=True):
        if layer[1]:
            assert [amount for amount, value in enumerate(error) if value == 0] == list(range(0, 9, layer[1]))
    assert found.periods[found.layers.index("stage3.1.relu2")].tolist() == [8, 8]
    assert found.periods[found.layers.index("fc")].tolist() == [0, 0]


def test_a_mirrored_border_and_zeros_in_the_padding_break_the_law() -> None:
    assert equivariance_error(star(), "tiny_vgg", "conv1_1", dy=1, dx=0, border="reflect") > 0
    found = network_response(star(), "tiny_vgg", "shift_x", [2], border="reflect")
    assert not found.periods.any()


def test_a_mean_over_the_map_makes_equivariant_invariant() -> None:
    found = network_response(star(), "small_resnet", "shift_y", [8, 16, 1])
    logits = found.error[:, found.layers.index("fc")]
    assert (logits[:2] < 1e-6).all()
    assert logits[2] > 1e-4


def test_the_answers_are_those_of_the_network() -> None:
    found = network_response(star(), "small_resnet", "brightness", [1, 0], border="reflect")
    assert found.classes[found.first] == "star"
    assert found.probability[0] > 0.9 > found.probability[1]
    assert found.logits.shape == (2, 10)
    expected = np.exp(found.logits) / np.exp(found.logits).sum(1, keepdims=True)
    np.testing.assert_allclose(found.probability, expected[:, found.first])
    assert found.error.shape == (2, len(found.layers))


def test_blurring_helps_on_this_picture() -> None:
    plain, blurred = (
        np.mean([equivariance_error(star(), "tiny_vgg", layer, dy=1, dx=1, taps=taps) for layer in layers])
        for taps, layers in ((0, ("pool1", "pool2")), (5, ("pool1.blur", "pool2.blur")))
    )
    assert blurred < plain / 2


def test_a_small_bend_makes_a_small_difference() -> None:
    found = network_response(star(), "tiny_vgg", "warp", [0, 0.05, 0.1, 0.2, 0.4])
    logits = found.error[:, found.layers.index("conv1_1")]
    assert (np.diff(logits) > 0).all()
    assert (logits[1:] / found.amounts[1:]).max() < 2 * (logits[1:] / found.amounts[1:]).min()


def test_consistency_counts_pairs_that_agree() -> None:
    found = consistency(star(), "small_resnet", GRID)
    assert found.classes[found.top[12]] == "star"
    same = found.top[:, None] == found.top
    assert found.pairs == pytest.approx((same.sum() - 25) / (25 * 24))
    assert found.change > consistency(star(), "small_resnet", GRID, taps=5).change


def test_on_a_torus_a_shift_by_the_whole_picture_changes_no_answer() -> None:
    found = consistency(star(), "tiny_vgg", [[0, 0], [64, 0], [-64, 128], [16, 0]])
    assert (found.pairs, np.isnan(found.neighbours)) == (1, True)


def test_long_work_tells_its_progress_and_can_be_stopped() -> None:
    told = list[float]()
    found = network_response(
        star(), "tiny_vgg", "shift_x", range(10), progress=told.append, stop=lambda: len(told) == 2
    )
    assert told == [0.1, 0.2]
    assert found.amounts.tolist() == [0, 1]
    told.clear()
    stopped = consistency(star(), "tiny_vgg", GRID, progress=told.append, stop=lambda: True)
    assert len(told) == 1
    assert len(stopped.shifts) == len(stopped.top) < len(GRID)


def test_consistency_is_that_of_one_forward_pass_for_each_shift() -> None:
    subject = Subject("small_resnet", "reflect", taps=3)
    network, seen = subject.network("cpu"), subject.seen(star())
    pictures = [warps.moved(seen, dy, dx, border="reflect") for dy, dx in GRID]
    with torch.inference_mode():
        logits = graphs.outputs(network, subject.batch(pictures, "cpu"))["fc"].double().numpy()
    one_by_one = agreement(GRID, logits, subject.entry.classes)
    found = consistency(star(), "small_resnet", GRID, border="reflect", taps=3)
    assert (found.pairs, found.neighbours) == (one_by_one.pairs, one_by_one.neighbours)
    assert found.change == pytest.approx(one_by_one.change, rel=1e-4)


def test_a_segmenter_follows_shifts_by_its_coarsest_stride_exactly() -> None:
    assert equivariance_error(star(), SEGMENTER, "head", dy=8, dx=-16) == 0
    assert equivariance_error(star(), SEGMENTER, "head", dy=1, dx=0) > 0


def test_classifier_and_segmenter_side_by_side() -> None:
    found = side_by_side(star(), "small_resnet", dy=8, dx=16)
    np.testing.assert_array_equal(found.labels_after, found.labels_expected)
    np.testing.assert_array_equal(found.labels_expected, np.roll(found.labels_before, (8, 16), (0, 1)))
    assert found.disagreeing == 0
    assert found.names == ("star", "star")
    assert found.errors["segmenter"]["head"] == 0
    assert 0 < found.errors["classifier"]["fc"] < 1e-6


def test_side_by_side_a_shift_that_is_no_multiple_is_that_of_the_networks_alone() -> None:
    found = side_by_side(star(), "small_resnet", dy=1, dx=-3, border="reflect")
    assert found.disagreeing == (found.labels_after != found.labels_expected).mean()
    for name, net, layer in (("classifier", "small_resnet", "conv1"), ("segmenter", SEGMENTER, "head")):
        alone = equivariance_error(star(), net, layer, dy=1, dx=-3, border="reflect")
        assert found.errors[name][layer] == alone > 0


def test_the_network_that_sessions_share_stays_as_it_is() -> None:
    before = [step.module for step in nets.network("small_resnet")]
    network_response(star(), "small_resnet", "rotation", [10], taps=3)
    after = nets.network("small_resnet")
    assert [step.module for step in after] == before
    assert not any(step.module._forward_hooks for step in after)


def test_the_picture_on_the_home_page_is_four_grids_of_shifts() -> None:
    grids, limits = invariance.card()
    assert grids.shape == (4, 17, 17)
    assert limits.shape == (4, 2)
    assert (grids[:, 8, 8] == 0).all()


def test_what_cannot_be_done_is_refused_in_words() -> None:
    with pytest.raises(InputError, match="names pixels"):
        network_response(star(), SEGMENTER, "shift_x", [1])
    with pytest.raises(InputError, match=r"no layer called 'conv9'.*begin with conv1_1"):
        equivariance_error(star(), "tiny_vgg", "conv9", dy=0, dx=0)
    with pytest.raises(InputError, match="no transformation called 'shear'"):
        network_response(star(), "tiny_vgg", "shear", [1])
    with pytest.raises(InputError, match="number of amounts"):
        network_response(star(), "tiny_vgg", "shift_x", [])
    with pytest.raises(InputError, match="two or more pairs"):
        consistency(star(), "tiny_vgg", [[0, 0]])
    with pytest.raises(InputError, match="taps"):
        network_response(star(), "tiny_vgg", "shift_x", [1], taps=7)
