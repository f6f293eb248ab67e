"""What convolutions cost, against hand arithmetic, PyTorch's own counters, and what a value depends on."""

import math
import re
from fractions import Fraction

import pytest
import torch
from torch import nn

from vizcore.toolkit.costs import (
    Conv,
    Design,
    cost,
    grouped,
    macs_formula,
    reach_formula,
    sizes,
    weights_formula,
)
from vizcore.toolkit.designs import COMPARISONS, designs
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.timings import network

EVERY = [(name, key) for name in COMPARISONS for key in designs(name, channels=12, groups=3)]


def design(comparison: str, key: str) -> Design:
    return designs(comparison, channels=12, groups=3)[key]


def one(*layers: Conv) -> Design:
    return Design("", "", (layers,))


def test_five_by_five_is_25_18_or_10_weights_for_each_pair_of_channels() -> None:  # Kainz (N16)
    compared = designs("5", channels=64, groups=4)
    found = [cost(compared[key], 32, padded=False).weights / 64**2 for key in ("plain", "stack", "strips")]
    assert found == [25, 18, 10]


def test_five_by_five_on_32_px_takes_80_62_or_34_million_macs() -> None:  # Kainz (N16)
    compared = designs("5", channels=64, groups=4)
    found = [cost(compared[key], 32, padded=False).macs for key in ("plain", "stack", "strips")]
    assert found == [80_281_600, 62_078_976, 34_406_400]


def test_three_windows_of_3_take_27_weights_where_one_of_7_takes_49() -> None:
    # Korenev & Gryaznov, lecture 5 (N17)
    compared = designs("7", channels=10, groups=2)
    plain, stack = (cost(compared[key], 16, padded=True) for key in ("plain", "stack"))
    assert (plain.weights, stack.weights) == (49 * 10**2, 27 * 10**2)
    assert plain.reach == stack.reach == (7, 7)


@pytest.mark.parametrize("groups", [1, 2, 3, 4, 6, 12])
def test_groups_divide_the_macs_by_their_number(groups: int) -> None:  # Kainz (N40)
    plain, split = (designs("5", channels=12, groups=groups)[key] for key in ("plain", "grouped"))
    expected = 20 * 20 * 5 * 5 * (12 // groups) * (12 // groups) * groups
    assert cost(split, 20, padded=True).macs == expected
    assert expected * groups == cost(plain, 20, padded=True).macs


def test_strips_save_nothing_where_the_window_is_3_and_they_are_5_long() -> None:  # Kainz (E15)
    strips = cost(one(Conv(1, 1, (1, 5)), Conv(1, 1, (5, 1))), 16, padded=True)
    assert strips.weights == 10
    assert cost(one(Conv(1, 1, (3, 3))), 16, padded=True).weights == 9
    assert cost(one(Conv(1, 1, (5, 5))), 16, padded=True).weights == 25


def test_an_inception_block_needs_128_million_macs_and_308_without_its_first_1x1() -> None:
    # Kainz (N14, E16): his sum c_in m_h m_w sum(k^2 c_out) is the one without
    found = {
        key: cost(entry, 28, padded=True) for key, entry in designs("inception", channels=1, groups=1).items()
    }
    assert [found[key].weights for key in ("block", "small", "plain")] == [163_328, 442_368, 1_228_800]
    assert [found[key].macs for key in ("block", "small", "plain")] == [128_049_152, 346_816_512, 963_379_200]
    assert found["direct"].macs == 192 * 28 * 28 * (64 + 9 * 128 + 25 * 32 + 32) == 308_281_344


@pytest.mark.parametrize(("comparison", "key"), EVERY)
@pytest.mark.parametrize("padded", [True, False])
def test_pytorch_counts_the_same_weights_macs_and_sizes(comparison: str, key: str, padded: bool) -> None:
    padded = padded or COMPARISONS[comparison].published
    entry = design(comparison, key)
    net, found = network(entry, padded=padded), cost(entry, 11, padded=padded)
    macs = []
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):  # each value of the output is a sum of as many products
            layer.register_forward_hook(lambda layer, _, y: macs.append(y.numel() * layer.weight[0].numel()))
    y = net(torch.zeros(1, entry.branches[0][0].inputs, 11, 11))
    assert sum(weights.numel() for weights in net.parameters()) == found.weights + found.biases
    assert (sum(macs), tuple(y.shape[2:])) == (found.macs, found.output)


@pytest.mark.parametrize(("comparison", "key"), EVERY)
def test_a_value_depends_on_as_many_px_as_it_is_said_to_see(comparison: str, key: str) -> None:
    entry = design(comparison, key)
    net = network(entry, padded=True)
    x = torch.rand(1, entry.branches[0][0].inputs, 17, 17, requires_grad=True)
    net(x)[0, :, 8, 8].sum().backward()
    rows, cols = (x.grad[0] != 0).any(0).nonzero(as_tuple=True)
    sees = (int(rows.max() - rows.min()) + 1, int(cols.max() - cols.min()) + 1)
    assert sees == cost(entry, 17, padded=True).reach


def test_without_padding_the_maps_shrink_layer_by_layer() -> None:
    branch = (Conv(1, 1, (1, 5)), Conv(1, 1, (5, 1)), Conv(1, 1, (3, 3), dilation=2))
    assert sizes(branch, 12, padded=False) == [(12, 8), (8, 8), (4, 4)]
    assert sizes(branch, 12, padded=True) == [(12, 12)] * 3


def test_a_window_that_does_not_fit_is_explained() -> None:
    with pytest.raises(InputError, match="smaller kernel or dilation"):
        cost(design("7", "plain"), 6, padded=False)


def test_the_formulas_carry_the_numbers() -> None:
    split = one(Conv(12, 12, (5, 5), groups=3), Conv(12, 8, (3, 3), dilation=2))
    weights, macs = weights_formula(split), macs_formula(split, 16, padded=False)
    assert (
        r"&= 3 \cdot \tfrac{12}{3} \cdot \tfrac{12}{3} \cdot 5 \cdot 5 + 12 \cdot 8 \cdot 3 \cdot 3 \\"
        in weights
    )
    assert weights.endswith(r"&= 2{,}064 \end{aligned}")
    assert r"&= 1{,}200 \cdot 12 \cdot 12 + 864 \cdot 8 \cdot 8 \\ &= 228{,}096 \end{aligned}" in macs
    assert r"&= 1 + 1 \cdot (5 - 1) + 2 \cdot (3 - 1) \\ &= 9 \end{aligned}" in reach_formula(split)


@pytest.mark.parametrize(("comparison", "key"), EVERY)
def test_the_products_of_a_formula_add_up_to_its_total(comparison: str, key: str) -> None:
    entry = design(comparison, key)
    for formula in (weights_formula(entry), macs_formula(entry, 9, padded=True)):
        _, terms, total = re.sub(r"\{,\}|\\\\ &\\quad|\\end{aligned}", "", formula).split("\\\\ &=")
        assert sum(map(value, terms.split(" + "))) == int(total)


def value(product: str) -> float:
    """The number that a product in LaTeX stands for."""
    plain = re.sub(r"\\tfrac{(\d+)}{(\d+)}", r"\1/\2", product)
    return float(math.prod(Fraction(factor.strip()) for factor in plain.split(r"\cdot")))


def test_large_numbers_are_written_in_groups_of_three() -> None:
    assert grouped(1_228_800) == "1{,}228{,}800"
