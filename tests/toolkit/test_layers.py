"""Words and numbers on single layers, against torch and hand arithmetic."""

import re

import pytest
import torch
from torch import nn

from vizcore.toolkit import layers
from vizcore.toolkit.modules import Add


def numbers(module: nn.Module, *before: int) -> str:
    after = module(torch.zeros(1, *before))[0].shape
    return "\n".join(layers.describe(module).numbers(module, before, tuple(after)))


def test_a_convolution_counts_its_weights_and_its_output() -> None:
    text = numbers(nn.Conv2d(3, 16, 3, padding=1), 3, 64, 64)
    assert r"16\cdot3\cdot3\cdot3 + 16 = 448" in text
    assert r"\frac{64 + 2\cdot1 - 3}{1}\right\rfloor + 1 = 64" in text


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dilation", [1, 2])
@pytest.mark.parametrize("padding", [0, 2])
def test_the_size_formula_gives_what_torch_gives(stride: int, dilation: int, padding: int) -> None:
    conv = nn.Conv2d(1, 1, 3, stride=stride, dilation=dilation, padding=padding)
    text = numbers(conv, 1, 17, 11)
    top, bottom = re.search(r"frac\{(.*?)\}\{(\d)\}", text).groups()  # type: ignore[union-attr]
    top = top.replace(r"\cdot", "*").replace("2(3-1)-1", "2*(3-1)-1")
    total = sum_of(top)
    assert total // int(bottom) + 1 == int(text.rsplit("= ", 1)[1])


def sum_of(text: str) -> int:
    """Value of such as `17 + 2*2 - 3` or `17 + 2*2 - 2*(3-1)-1`."""
    size, padding, reach = re.match(r"(\d+) \+ 2\*(\d+) - (.*)", text).groups()  # type: ignore[union-attr]
    span = 2 * (3 - 1) + 1 if "(" in reach else int(reach)
    return int(size) + 2 * int(padding) - span


def test_grouped_convolutions_and_those_without_bias_count_less() -> None:
    assert r"8\cdot1\cdot3\cdot3 = 72" in numbers(nn.Conv2d(8, 8, 3, groups=8, bias=False), 8, 5, 5)


def test_a_ceiling_is_written_as_one() -> None:
    pool = nn.MaxPool2d(2, ceil_mode=True)
    assert r"\lceil\frac{5 + 2\cdot0 - 2}{2}\right\rceil + 1 = 3" in numbers(pool, 1, 5, 5)


def test_a_linear_layer_counts_its_weights() -> None:
    assert numbers(nn.Linear(400, 120), 400) == r"120\cdot400 + 120 = 48{,}120\text{ weights}"


def test_settings_name_what_is_not_the_default() -> None:
    settings = [
        layers.describe(module).settings(module) for module in (nn.Conv2d(1, 1, 5), nn.MaxPool2d(3, 2, 1))
    ]
    assert settings == ["5 × 5", "3 × 3, stride 2, padding 1"]
    upsample = nn.Upsample(scale_factor=2)
    assert layers.describe(upsample).settings(upsample) == "× 2"


@pytest.mark.parametrize(
    ("module", "before", "count"),
    [
        (nn.Conv2d(3, 16, 5, padding=2), (3, 8, 6), 16 * 8 * 6 * 3 * 25),  # no product for the bias
        (nn.Conv2d(8, 4, (3, 1), stride=2, groups=2, bias=False), (8, 7, 5), 4 * 3 * 3 * 4 * 3),
        (nn.Conv2d(6, 6, 3, groups=6, padding=1), (6, 4, 4), 6 * 16 * 9),
        (nn.Linear(400, 120), (400,), 120 * 400),
        (nn.Linear(4, 7), (5, 3, 4), 5 * 3 * 7 * 4),  # channels last: the same at each place
        (nn.MaxPool2d(2), (3, 8, 8), 0),
        (nn.BatchNorm2d(3), (3, 8, 8), 0),
        (nn.ReLU(), (3, 8, 8), 0),
    ],
    ids=str,
)
def test_multiplications_are_those_by_weights(module: nn.Module, before: layers.Shape, count: int) -> None:
    after = tuple(module.eval()(torch.zeros(1, *before)).shape[1:])
    assert layers.describe(module).multiplications(module, before, after) == count


def test_every_kind_has_words_a_known_group_and_a_formula() -> None:
    groups = {"linear", "activation", "pooling", "norm", "shape"}
    for name, kind in layers.KINDS.items():
        assert kind.group in groups, name
        assert kind.does.endswith("."), name
        assert kind.formula.startswith("y"), name


def test_a_residual_sum_and_a_strange_layer_have_names() -> None:
    assert layers.describe(Add()).name == "Sum"
    assert layers.describe(nn.Unfold(2)).name == "Unfold"


def test_a_subclass_is_described_as_its_base() -> None:
    class Special(nn.ReLU):
        pass

    assert layers.describe(Special()).name == "ReLU"
