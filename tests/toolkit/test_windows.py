"""Sizes, padding and reads of a sliding window against PyTorch and hand counts."""

import itertools
import re

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from vizcore.toolkit import windows
from vizcore.toolkit.errors import InputError

# stride, dilation, (before, after)
SETTINGS = list(itertools.product((1, 2, 3), (1, 2), ((0, 0), (1, 1), (0, 2), (3, 1))))
STAMPS = [
    {"stride": stride, "dilation": dilation, "padding": padding, "output_padding": extra}
    for stride, dilation, padding, extra in itertools.product((1, 2, 3), (1, 2), (0, 1, 2), (0, 1))
    if extra < max(stride, dilation)
]
MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}


def row(size: int) -> torch.Tensor:
    return torch.arange(1.0, size + 1, dtype=torch.float64)[None, None]


@pytest.mark.parametrize(("stride", "dilation", "padding"), SETTINGS)
def test_sizes_are_those_of_torch(stride: int, dilation: int, padding: tuple[int, int]) -> None:
    for size, kernel in itertools.product((7, 8, 12), (1, 2, 3, 4)):
        by_torch = F.conv1d(F.pad(row(size), padding), row(kernel), stride=stride, dilation=dilation)
        ours = windows.output_size(size, kernel, stride=stride, padding=padding, dilation=dilation)
        assert ours == by_torch.shape[-1]


@pytest.mark.parametrize("settings", STAMPS)
def test_sizes_of_transposed_convolutions_are_those_of_torch(settings: dict[str, int]) -> None:
    for size, kernel in itertools.product((5, 8), (2, 3)):
        by_torch = F.conv_transpose1d(row(size), row(kernel), **settings)  # type: ignore[arg-type]
        assert windows.transposed_size(size, kernel, **settings) == by_torch.shape[-1]


def test_a_kernel_of_3_on_7_cells_has_5_or_with_stride_2_3_places_and_7_or_4_with_padding() -> None:
    places = [
        windows.output_size(7, 3, stride=stride, padding=(amount, amount))
        for amount in (0, 1)
        for stride in (1, 2)
    ]
    assert places == [5, 3, 7, 4]  # N8


def test_the_first_layer_of_alexnet_is_55_wide_from_227_and_cuts_a_step_short_from_224() -> None:
    assert windows.output_size(227, 11, stride=4) == 55
    assert windows.output_size(224, 11, stride=4) == 54  # 54.25 rounded down


@pytest.mark.parametrize("mode", windows.MODES)
def test_every_mode_fills_the_padding_as_torch_does(mode: str) -> None:
    for size, before, after in ((5, 0, 0), (5, 4, 3), (6, 1, 5), (9, 2, 0)):
        by_torch = F.pad(row(size), (before, after), mode=MODES[mode])[0, 0].numpy()
        found = windows.sources(size, before, after, mode)
        np.testing.assert_array_equal(np.append(row(size)[0, 0], 0)[found], by_torch)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize(("kernel", "dilation"), [(k, d) for k in (1, 2, 3, 4, 5, 8) for d in (1, 2, 3)])
def test_same_pads_as_torch_does_also_for_even_kernels(kernel: int, dilation: int) -> None:
    by_torch = F.conv1d(row(20), row(kernel), dilation=dilation, padding="same")
    padded = F.pad(row(20), windows.amounts("same", kernel, dilation=dilation))
    assert torch.equal(F.conv1d(padded, row(kernel), dilation=dilation), by_torch)


def test_the_odd_cell_of_same_stands_behind() -> None:
    assert windows.amounts("same", 4) == (1, 2)
    assert windows.amounts("same", 2, dilation=3) == (1, 2)


def test_valid_adds_nothing_full_lets_every_cell_meet_every_weight() -> None:
    assert windows.amounts("valid", 5) == (0, 0)
    assert windows.amounts("full", 3, dilation=2) == (4, 4)
    assert windows.output_size(7, 3, padding=windows.amounts("full", 3)) == 7 + 3 - 1
    assert windows.amounts(2, 5) == (2, 2)


@pytest.mark.parametrize(("stride", "dilation", "padding"), SETTINGS)
def test_cells_are_never_read_where_the_gradient_of_torch_is_zero(
    stride: int, dilation: int, padding: tuple[int, int]
) -> None:
    for mode, size, kernel in itertools.product(windows.MODES, (7, 8), (1, 2, 3)):
        cells = row(size).requires_grad_()
        padded = F.pad(cells, padding, mode=MODES[mode])
        F.conv1d(padded, torch.ones_like(row(kernel)), stride=stride, dilation=dilation).sum().backward()
        unread = windows.never_read(
            size, kernel, stride=stride, padding=padding, dilation=dilation, mode=mode
        )
        assert cells.grad is not None
        np.testing.assert_array_equal(unread, cells.grad[0, 0] == 0)


def test_the_last_of_8_cells_is_never_read_by_a_kernel_of_3_with_stride_2() -> None:
    unread = windows.never_read(8, 3, stride=2, padding=(0, 0), dilation=1, mode="zeros")
    assert unread.tolist() == [False] * 7 + [True]


def test_a_stride_above_the_kernel_skips_cells_in_the_middle() -> None:
    unread = windows.never_read(7, 1, stride=3, padding=(0, 0), dilation=1, mode="zeros")
    assert unread.nonzero()[0].tolist() == [1, 2, 4, 5]


def test_reads_say_which_cell_each_weight_meets() -> None:
    found = windows.reads(4, 3, stride=2, padding=(1, 1), dilation=1, mode="zeros")
    assert found.tolist() == [[-1, 0, 1], [1, 2, 3]]
    mirrored = windows.reads(4, 2, stride=1, padding=(1, 0), dilation=2, mode="reflect")
    assert mirrored.tolist() == [[1, 1], [0, 2], [1, 3]]


@pytest.mark.parametrize("settings", STAMPS)
def test_stamps_are_cut_off_where_the_gradient_of_torch_is_zero(settings: dict[str, int]) -> None:
    for kernel in (1, 2, 3):
        cells = row(8).requires_grad_()
        F.conv_transpose1d(cells, torch.ones_like(row(kernel)), **settings).sum().backward()  # type: ignore[arg-type]
        assert cells.grad is not None
        np.testing.assert_array_equal(windows.never_kept(8, kernel, **settings), cells.grad[0, 0] == 0)


def test_padding_can_cut_off_all_that_a_corner_stamps() -> None:
    lost = windows.never_kept(5, 1, stride=1, padding=1, output_padding=0, dilation=1)
    assert lost.tolist() == [True, False, False, False, True]


def test_the_formula_shows_what_is_rounded_down() -> None:
    assert windows.size_formula(8, 3, stride=2, padding=(0, 0), dilation=1) == (
        r"\left\lfloor \frac{8 + 0 + 0 - 1 \cdot (3 - 1) - 1}{2} \right\rfloor + 1"
        r" = \left\lfloor \frac{5}{2} \right\rfloor + 1 = 3"
    )
    assert windows.transposed_formula(3, 3, stride=2, padding=1, output_padding=1) == (
        r"(3 - 1) \cdot 2 - 2 \cdot 1 + 1 \cdot (3 - 1) + 1 + 1 = 6"
    )


@pytest.mark.parametrize(("stride", "dilation", "padding"), SETTINGS)
def test_the_numbers_in_the_formula_give_the_size(
    stride: int, dilation: int, padding: tuple[int, int]
) -> None:
    formula = windows.size_formula(9, 2, stride=stride, padding=padding, dilation=dilation)
    size, before, after, gap, kernel, _, _, step, *_ = map(int, re.findall(r"\d+", formula))
    counted = (size + before + after - gap * (kernel - 1) - 1) // step + 1
    assert formula.endswith(f"= {counted}")
    assert counted == windows.output_size(9, 2, stride=stride, padding=padding, dilation=dilation)


def test_a_window_larger_than_the_padded_picture_is_refused_with_its_span() -> None:
    with pytest.raises(InputError, match="5 px with dilation 2 spans 9 px, more than the 8 px"):
        windows.output_size(6, 5, padding=(1, 1), dilation=2)
    assert windows.output_size(7, 5, padding=(1, 1), dilation=2) == 1


@pytest.mark.parametrize(
    ("mode", "most"), [("reflect", 4), ("circular", 5), ("replicate", 512), ("zeros", 512)]
)
def test_a_mode_cannot_fill_more_than_it_has(mode: str, most: int) -> None:
    assert len(windows.sources(5, most, 0, mode)) == 5 + most
    with pytest.raises(InputError, match=f"{most} px at most, not {most + 1}"):
        windows.sources(5, 0, most + 1, mode)


def test_output_padding_must_be_below_the_stride_or_the_dilation() -> None:
    assert windows.transposed_size(4, 3, stride=1, dilation=2, output_padding=1) == 9
    with pytest.raises(InputError, match=r"2 px must be below the stride \(2\).*Take at most 1"):
        windows.transposed_size(4, 3, stride=2, output_padding=2)


def test_an_output_of_which_nothing_is_left_or_that_is_too_large_is_refused() -> None:
    with pytest.raises(InputError, match="3 - 2 x 2 = -1 px"):
        windows.transposed_size(1, 3, padding=2)
    with pytest.raises(InputError, match="1 to 4096 are possible"):
        windows.transposed_size(2048, 3, stride=3)


def test_same_with_a_stride_is_refused() -> None:
    with pytest.raises(InputError, match="needs stride 1, not 2"):
        windows.amounts("same", 3, stride=2)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"size": 0}, "side of the picture .* 1 to 2048, not 0"),
        ({"size": 2049}, "2049"),
        ({"kernel": 32}, "side of the kernel .* 1 to 31, not 32"),
        ({"stride": 0}, "stride .* 1 to 32, not 0"),
        ({"stride": 1.5}, "whole number .* not 1.5"),
        ({"dilation": 17}, "dilation .* 1 to 16, not 17"),
        ({"padding": (0, -1)}, "padding .* 0 to 512, not -1"),
        ({"padding": (513, 0)}, "513"),
    ],
)
def test_every_setting_has_bounds_and_names_them(settings: dict[str, int], words: str) -> None:
    with pytest.raises(InputError, match=words):
        windows.output_size(**{"size": 10, "kernel": 3, **settings})  # type: ignore[arg-type]


def test_words_that_mean_nothing_are_answered_with_the_choices() -> None:
    with pytest.raises(InputError, match="zeros, reflect, replicate, circular"):
        windows.sources(5, 1, 1, "mirror")
    with pytest.raises(InputError, match="valid, same, full"):
        windows.amounts("half", 3)


def test_the_two_sizes_stand_under_their_formula() -> None:
    found = windows.sizes(windows.SIZE, ("1 = 1", "2 = 2"))
    assert found.count(r" \\ ") == 2
    assert found.index(windows.SIZE) < found.index("H' &= 1 = 1") < found.index("W' &= 2 = 2")
