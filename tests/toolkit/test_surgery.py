"""Operations on channels: what they do to weights and maps, how links write them, what they refuse."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from vizcore.toolkit import surgery
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.graphs import outputs, steps
from vizcore.toolkit.surgery import Edit, Operation, Scale, Swap, Zero, edit

SOBEL = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
ALL = (Zero("0", 3), Scale("0", 2, -0.25), Swap("2", 0, 4), edit("2", 1, 5, SOBEL), edit("0", 0, None, SOBEL))


def a_net(bias: bool = True, groups: int = 1) -> nn.Sequential:
    """Two convolutions, (2 or 6 groups of) 6 maps between them."""
    torch.manual_seed(3)
    layers = nn.Conv2d(2, 6, 3, bias=bias), nn.ReLU(), nn.Conv2d(6, 6, 3, bias=bias, groups=groups)
    return nn.Sequential(*layers).eval().requires_grad_(False)


def a_batch() -> Tensor:
    return torch.rand(1, 2, 9, 7, generator=torch.Generator().manual_seed(5))


def operated(net: nn.Module, *operations: Operation) -> nn.Module:
    return surgery.operate(net, steps(net, a_batch()), operations)[0]


def bits(net: nn.Module) -> list[bytes]:
    return [weight.numpy().tobytes() for weight in net.state_dict().values()]


def refusal(net: nn.Module, operation: Operation) -> str:
    with pytest.raises(InputError) as caught:
        operated(net, operation)
    return str(caught.value)


def test_a_cleared_channel_gives_a_map_of_zeros_and_the_others_stay() -> None:
    net = a_net()
    before, after = net[0](a_batch())[0], operated(net, Zero("0", 4))[0](a_batch())[0]  # type: ignore[index]
    assert not after[4].any()
    assert [torch.equal(*pair) for pair in zip(before, after, strict=True)] == [n != 4 for n in range(6)]


def test_a_network_without_any_channel_says_only_its_last_bias() -> None:
    net = a_net()
    output = operated(net, *(Zero("0", channel) for channel in range(6)))(a_batch())
    wanted = net[2].bias[None, :, None, None].expand_as(output)  # type: ignore[index,union-attr]
    assert torch.equal(output, wanted)
    assert not operated(net, *(Zero("2", channel) for channel in range(6)))(a_batch()).any()


@pytest.mark.parametrize("bias", [True, False])
def test_a_scaled_channel_gives_the_map_times_the_factor_bias_included(bias: bool) -> None:
    net = a_net(bias)
    before, after = net(a_batch())[0, 1], operated(net, Scale("2", 1, -2.5))(a_batch())[0, 1]
    torch.testing.assert_close(after, -2.5 * before)


def test_exchanged_channels_give_exchanged_maps() -> None:
    net = a_net()
    before, after = net(a_batch()), operated(net, Swap("2", 0, 4))(a_batch())
    torch.testing.assert_close(after, before[:, [4, 1, 2, 3, 0, 5]])


def test_an_edit_changes_one_kernel_and_no_bias() -> None:
    net = a_net()
    after = operated(net, edit("2", 1, 5, SOBEL))
    wanted = net[2].weight.clone()  # type: ignore[union-attr]
    wanted[1, 5] = torch.tensor(SOBEL)
    assert torch.equal(after[2].weight, wanted)  # type: ignore[index]
    assert torch.equal(after[2].bias, net[2].bias)  # type: ignore[index]


def test_an_edit_of_all_input_channels_answers_to_their_sum() -> None:
    net = a_net(bias=False)
    after = operated(net, edit("0", 2, None, SOBEL))[0](a_batch())[0, 2]  # type: ignore[index]
    summed = a_batch().sum(dim=1, keepdim=True)
    wanted = nn.functional.conv2d(summed, torch.tensor(SOBEL, dtype=torch.float32)[None, None])[0, 0]
    torch.testing.assert_close(after, wanted)


def test_a_smaller_odd_kernel_goes_into_the_middle_of_a_larger_one() -> None:
    net = nn.Sequential(nn.Conv2d(2, 6, (7, 5)))
    after = operated(net, edit("0", 2, 1, SOBEL))[0].weight[2, 1]  # type: ignore[index]
    assert torch.equal(after, torch.tensor(np.pad(SOBEL, ((2, 2), (1, 1)))).float())


@pytest.mark.parametrize(
    "operations",
    [
        [Swap("0", 2, 2)],
        [Swap("0", 2, 5), Swap("0", 5, 2)],
        [Scale("2", 1, 1)],
        [Scale("2", 1, 0.5), Scale("2", 1, 2)],
        [edit("2", 3, 4, a_net()[2].weight[3, 4].numpy())],  # type: ignore[union-attr]
    ],
    ids=str,
)
def test_what_changes_nothing_leaves_every_weight_as_it_was(operations: list[Operation]) -> None:
    assert bits(operated(a_net(), *operations)) == bits(a_net())


def test_each_operation_acts_on_what_the_ones_before_left() -> None:
    weight = a_net()[0].weight  # type: ignore[union-attr]
    first = operated(a_net(), Scale("0", 1, 3), Swap("0", 1, 2))[0].weight  # type: ignore[index]
    other = operated(a_net(), Swap("0", 1, 2), Scale("0", 1, 3))[0].weight  # type: ignore[index]
    assert torch.equal(first[2], 3 * weight[1])
    assert torch.equal(other[1], 3 * weight[2])


def test_the_network_stays_bit_for_bit_while_threads_operate_on_it() -> None:
    net, before = a_net(), bits(a_net())
    wanted = [operated(net, operation)(a_batch()) for operation in ALL]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda operation: operated(net, operation)(a_batch()), ALL * 8))
    assert all(torch.equal(*pair) for pair in zip(wanted * 8, found, strict=True))
    assert bits(net) == before


def test_weights_that_stay_as_they_are_belong_to_both() -> None:
    net = a_net()
    after = operated(net, Zero("2", 0))
    assert after[0].weight is net[0].weight  # type: ignore[index]
    assert after[2].weight is not net[2].weight  # type: ignore[index]
    assert not after[2].weight.requires_grad  # type: ignore[index]


def test_hooks_on_the_operated_network_are_not_on_the_network() -> None:
    net = a_net()
    for module in operated(net, Zero("2", 0)).modules():
        module.register_forward_hook(lambda *_: pytest.fail("it ran"))
    net(a_batch())


def test_the_steps_compute_what_the_operated_network_does() -> None:
    net = a_net()
    after, network = surgery.operate(net, steps(net, a_batch()), ALL)
    assert torch.equal(outputs(network, a_batch())["2"], after(a_batch()))
    assert [step.module for step in network] == list(after.children())


@pytest.mark.parametrize("groups", [2, 6])
def test_grouped_convolutions_have_kernels_for_the_inputs_of_their_group(groups: int) -> None:
    net, inside = a_net(groups=groups), 6 // groups
    after = operated(net, edit("2", 5, inside - 1, SOBEL))[2]  # type: ignore[index]
    assert torch.equal(after.weight[5, inside - 1], torch.tensor(SOBEL).float())
    assert f"input channels of each filter of 2 are 0 to {inside - 1}, not {inside}" in refusal(
        net, edit("2", 5, inside, SOBEL)
    )
    torch.testing.assert_close(operated(net, Swap("2", 0, 5))[2].weight[0], net[2].weight[5])  # type: ignore


def test_a_module_used_twice_is_changed_in_both_places() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(2, 2, 1)

        def forward(self, x: Tensor) -> Tensor:
            return self.conv(self.conv(x))

    net = Twice()
    after, network = surgery.operate(net, steps(net, a_batch()), [Zero("conv", 0), Zero("conv", 1)])
    assert not after(a_batch()).any()
    assert not outputs(network, a_batch())["conv_1"].any()


@pytest.mark.parametrize(
    ("operation", "sentence"),
    [
        (Zero("1", 0), "no convolution called '1'. Its convolutions begin with 0, 2"),
        (Zero("3", 0), "no convolution called '3'"),
        (Zero("0", 6), "The output channels of 0 are 0 to 5, not 6"),
        (Swap("0", 1, 9), "0 to 5, not 9"),
        (edit("0", 0, 2, SOBEL), "0 to 1, not 2"),
        (edit("0", 0, None, np.ones((5, 5))), "A kernel of 5 × 5 does not fit 0, whose are 3 × 3"),
        (edit("0", 0, None, np.ones((2, 2))), "A kernel of 2 × 2 does not fit 0, whose are 3 × 3"),
        (edit("0", 0, None, np.ones((1, 5))), "A kernel of 1 × 5 does not fit"),
    ],
    ids=str,
)
def test_what_a_network_does_not_have_is_refused_in_a_sentence(operation: Operation, sentence: str) -> None:
    assert sentence in refusal(a_net(), operation)


def test_a_smaller_kernel_has_no_middle_in_an_even_one() -> None:
    assert "does not fit 0, whose are 4 × 4" in refusal(
        nn.Sequential(nn.Conv2d(2, 1, 4)), edit("0", 0, 0, SOBEL)
    )


def test_a_network_without_convolutions_says_so() -> None:
    net = nn.Sequential(nn.ReLU())
    assert "It has none" in refusal(net, Zero("0", 0))


@pytest.mark.parametrize(
    "weights", [np.ones((16, 1)), np.array([[math.nan]]), np.full((3, 3), 1e39), np.ones((0, 3))]
)
def test_kernels_that_are_too_large_or_not_finite_are_refused(weights: NDArray[np.float64]) -> None:
    with pytest.raises(InputError, match="kernel"):
        edit("conv", 0, 0, weights)


@pytest.mark.parametrize("factor", [1001, -1001, math.inf, math.nan])
def test_factors_that_are_too_large_or_not_finite_are_refused(factor: float) -> None:
    with pytest.raises(InputError, match=r"-1,000 to 1,000, not by"):
        Scale("conv", 0, factor)


@pytest.mark.parametrize(
    ("operation", "text"),
    [
        (Zero("layer1.0.conv1", 3), "z-layer1.0.conv1-3"),
        (Scale("conv1_1", 0, -2), "s-conv1_1-0--2"),
        (Scale("conv1_1", 0, 1e-7), "s-conv1_1-0-1e-07"),
        (Swap("conv1_1", 0, 11), "x-conv1_1-0-11"),
        (edit("conv", 3, None, np.array([[1.0, -2.0]])), "k-conv-3-all-1x2-AACAPwAAAMA"),
        (edit("conv", 3, 0, np.array([[1 / 3]])), "k-conv-3-0-1x1-q6qqPg"),
    ],
)
def test_a_link_writes_an_operation_and_reads_the_same(operation: Operation, text: str) -> None:
    assert surgery.written([operation]) == text
    assert surgery.parse(text) == (operation,)


def test_a_reference_is_a_network_and_its_operations() -> None:
    assert surgery.split(surgery.joined("lenet5~3", ALL)) == ("lenet5~3", ALL)
    assert surgery.split("lenet5~3") == ("lenet5~3", ())
    assert surgery.joined("lenet5~3", ()) == "lenet5~3"


@pytest.mark.parametrize("seed", range(20))
def test_any_kernel_comes_back_from_a_link_bit_for_bit(seed: int) -> None:
    numbers = np.random.default_rng(seed)
    weights = numbers.normal(size=numbers.integers(1, 12, size=2)).astype(np.float32)
    (found,) = surgery.parse(surgery.written([edit("conv", 0, None, weights)]))
    assert isinstance(found, Edit)
    np.testing.assert_array_equal(np.array(found.kernel, np.float32), weights)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        "z-conv",
        "z-conv-03",
        "z-conv--1",
        "z-conv-1-",
        "z-con v-1",
        "z-conv-\u0663",
        "s-conv-1-nan",
        "s-conv-1-1e9",
        "s-conv-1-9999",
        "x-conv-1",
        "k-conv-1-0-3x3-AACA",
        "k-conv-1-0-0x0-A",
        "k-conv-1-0-1x1-AADAfw",  # nan
        "k-conv-1-0-16x1-" + 86 * "A",
        "q-conv-1",
        "!".join(4 * ["s-conv-1-1000"]),
        "!".join([*3 * ["s-conv-1-1000"], "x-conv-0-1", "s-conv-0--2"]),
        "z-conv-1!",
        "!z-conv-1",
        "!".join(17 * ["z-conv-1"]),
        "z-" + 5_000 * "a" + "-1",
    ],
    ids=lambda text: ascii(text)[:30],
)
def test_what_is_no_list_of_operations_is_refused_in_a_short_sentence(text: str) -> None:
    with pytest.raises(InputError) as caught:
        surgery.parse(text)
    assert 20 < len(str(caught.value)) < 200


def test_factors_of_many_channels_may_be_large_together() -> None:
    text = "!".join(f"s-conv-{channel}--1000" for channel in range(16))
    assert len(surgery.parse(text)) == 16


def test_an_operation_says_what_it_does() -> None:
    assert [operation.says for operation in ALL] == [
        "channel 3 of 0 cleared",
        "channel 2 of 0 multiplied by -0.25",
        "channels 0 and 4 of 2 exchanged",
        "another kernel in channel 1 of 2 for input channel 5",
        "another kernel in channel 0 of 0 for every input channel",
    ]
