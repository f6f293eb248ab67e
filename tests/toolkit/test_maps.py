"""What can be said of a stack of maps, by hand."""

import numpy as np
import pytest

from vizcore.toolkit import maps
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.maps import LayerMaps


def measured(values: list[list[list[float]]]) -> LayerMaps:
    return maps.measured(np.array(values, np.float32))


def test_strength_variance_and_zeros_of_two_small_maps() -> None:
    found = measured([[[0, 0], [0, 4]], [[-1, -1], [-1, -1]]])
    assert found.strength.tolist() == [1, 1]
    assert found.variance.tolist() == [3, 0]
    assert found.zeros.tolist() == [0.75, 0]


def test_a_channel_of_zeros_is_dead() -> None:
    assert measured([[[0, 1]], [[0, 0]], [[-0.0, 0]]]).dead == (1, 2)


def test_the_strongest_map_is_the_one_with_the_largest_mean_without_sign() -> None:
    stack = np.array([[[1, 2]], [[-5, 1]], [[2, 2]]], np.float32)
    assert maps.strongest(stack).tolist() == [[-5, 1]]


def test_single_values_are_shown_together_in_rows() -> None:
    stack = np.array([1, 2, 3, 4, 5], np.float32).reshape(5, 1, 1)
    assert maps.strongest(stack).tolist() == [[1, 2, 3], [4, 5, 0]]


def test_orders_put_the_strongest_most_varied_and_emptiest_first() -> None:
    found = measured([[[1, 1]], [[0, 6]], [[5, 5]], [[0, 0]]])
    assert maps.order(found, "channel").tolist() == [0, 1, 2, 3]
    assert maps.order(found, "strength").tolist() == [2, 1, 0, 3]
    assert maps.order(found, "variance").tolist() == [1, 0, 2, 3]
    assert maps.order(found, "sparsity").tolist() == [3, 1, 0, 2]


def test_limits_per_map_per_layer_and_per_network() -> None:
    found = measured([[[0, 2]], [[1, 4]]])
    assert maps.limits(found, "map", (-9, 9)).tolist() == [[0, 2], [0, 4]]
    assert maps.limits(found, "layer", (-9, 9)).tolist() == [[0, 4], [0, 4]]
    assert maps.limits(found, "network", (-9, 9)).tolist() == [[0, 9], [0, 9]]


def test_values_of_both_signs_keep_zero_in_the_middle() -> None:
    found = measured([[[-3, 2]], [[1, 4]]])
    assert maps.limits(found, "map", (-9, 12)).tolist() == [[-3, 3], [-4, 4]]
    assert maps.limits(found, "network", (-9, 12)).tolist() == [[-12, 12], [-12, 12]]


def test_a_map_without_any_value_still_has_a_range() -> None:
    assert maps.limits(measured([[[0, 0]]]), "map", (0, 0)).tolist() == [[0, 1]]


def test_maps_of_one_value_share_the_range_of_their_layer() -> None:
    found = measured([[[1]], [[4]], [[0]]])
    assert maps.limits(found, "map", (0, 9)).tolist() == [[0, 4], [0, 4], [0, 4]]


def test_unknown_orders_and_ranges_are_answered_with_the_choices() -> None:
    found = measured([[[0, 1]]])
    with pytest.raises(InputError, match="channel, strength, variance, sparsity"):
        maps.order(found, "size")
    with pytest.raises(InputError, match="map, layer, network"):
        maps.limits(found, "world", (0, 1))


def test_a_histogram_counts_every_value_once() -> None:
    counted = maps.histogram(np.array([0, 1, 1, 2, 4], np.float32), bins=4)
    assert counted.counts.tolist() == [1, 2, 1, 1]
    assert counted.edges.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("bins", [0, 513])
def test_a_histogram_of_no_or_too_many_bins_is_refused(bins: int) -> None:
    with pytest.raises(InputError, match=f"not {bins}"):
        maps.histogram(np.zeros(3, np.float32), bins=bins)
