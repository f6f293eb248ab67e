"""Anti-aliased twins and networks on a torus: sizes, borders, oracles, and the laws of shifts."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vizcore.toolkit import antialias, graphs, nets, pools
from vizcore.toolkit.antialias import Blur, rewired
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.graphs import Step
from vizcore.toolkit.modules import Add
from vizcore.toolkit.places import places
from vizcore.toolkit.pretrained import PRETRAINED

BUNDLED = ["lenet5", "tiny_vgg", "small_resnet"]
EVERY_NET = pytest.mark.parametrize("net", [*BUNDLED, *(f"{name}~0" for name in PRETRAINED)])


def a_batch(side: int = 32, channels: int = 2) -> Tensor:
    return torch.rand(1, channels, side, side, generator=torch.Generator().manual_seed(0))


def steps_of(*modules: nn.Module, channels: int = 2) -> tuple[Step, ...]:
    net = nn.Sequential(*modules).eval().requires_grad_(False)
    return graphs.steps(net, a_batch(channels=channels))


def ran(network: tuple[Step, ...], batch: Tensor) -> Tensor:
    with torch.inference_mode():
        return graphs.outputs(network, batch)[network[-1].name]


def binomial(maps: Tensor, stride: int, mode: str = "reflect") -> Tensor:
    """The blur of three taps as a depthwise convolution."""
    weights = torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]).expand(maps.shape[1], 1, 3, 3) / 16
    return F.conv2d(F.pad(maps, (1, 1, 1, 1), mode=mode), weights, stride=stride, groups=maps.shape[1])


@pytest.mark.parametrize("border", ["circular", "reflect"])
@pytest.mark.parametrize(("taps", "stride"), [(3, 1), (3, 2), (5, 3)])
def test_the_blur_of_networks_is_the_blur_of_pictures(border: str, taps: int, stride: int) -> None:
    maps = torch.rand(1, 3, 9, 12)
    found = Blur(taps, (stride, stride), border)(maps)[0].double().numpy()
    expected = pools.blurred(maps[0].numpy(), taps=taps, stride=stride, padding_mode=border)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_maps_too_small_to_be_mirrored_once_are_mirrored_again() -> None:
    assert Blur(5, (2, 2), "reflect")(torch.full((1, 1, 1, 2), 3.0)).tolist() == [[[[3]]]]


def test_max_pooling_becomes_a_maximum_everywhere_and_a_blur_with_its_stride() -> None:
    batch = a_batch()
    found = ran(rewired(steps_of(nn.MaxPool2d(2)), border="reflect", taps=3), batch)
    torch.testing.assert_close(found, binomial(F.max_pool2d(batch, 2, stride=1), 2))


def test_padding_never_wins_a_maximum() -> None:
    batch = a_batch() - 2
    found = ran(rewired(steps_of(nn.MaxPool2d(3, stride=2, padding=1)), border="reflect", taps=3), batch)
    torch.testing.assert_close(found, binomial(F.max_pool2d(batch, 3, stride=1, padding=1), 2))


class Forked(nn.Module):
    """A strided convolution that two steps read."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.relu, self.add = nn.Conv2d(2, 3, 3, stride=2, padding=1), nn.ReLU(), Add()

    def forward(self, x: Tensor) -> Tensor:
        """(N, 2, H, W) -> (N, 3, H / 2, W / 2)."""
        maps = self.conv(x)
        return self.add(self.relu(maps), maps)


def test_a_convolution_that_two_steps_read_is_blurred_at_once_for_both() -> None:
    network = rewired(graphs.steps(Forked(), a_batch()), border="reflect", taps=3)
    assert [step.name for step in network] == ["conv", "conv.blur", "relu", "add"]
    assert [step.inputs for step in network[2:]] == [("conv.blur",), ("relu", "conv.blur")]


def test_a_strided_convolution_is_blurred_behind_its_norm_and_its_activation() -> None:
    conv, norm, batch = nn.Conv2d(2, 5, 3, stride=2, padding=1), nn.BatchNorm2d(5), a_batch()
    norm.running_mean, norm.running_var = torch.rand(5), torch.rand(5) + 0.5
    network = rewired(steps_of(conv, norm, nn.ReLU(), nn.Conv2d(5, 2, 1)), border="reflect", taps=3)
    assert [step.name for step in network] == ["0", "1", "2", "2.blur", "3"]
    dense = F.relu(norm.eval()(F.conv2d(batch, conv.weight, conv.bias, padding=1)))
    torch.testing.assert_close(ran(network[:-1], batch), binomial(dense, 2))


def test_a_shortcut_is_blurred_before_it_is_added() -> None:
    network = rewired(nets.network("small_resnet", "cpu"), border="circular", taps=3)
    blurs = [step.name for step in network if isinstance(step.module, Blur)]
    assert blurs == [
        "relu1.blur",
        *(f"stage{k}.0.{part}.blur" for k in (2, 3) for part in ("relu1", "shortcut.bn")),
    ]
    add = next(step for step in network if step.name == "stage2.0.add")
    assert add.inputs == ("stage2.0.bn2", "stage2.0.shortcut.bn.blur")


def test_average_pooling_stays() -> None:
    network = steps_of(nn.AvgPool2d(2))
    assert rewired(network, border="reflect", taps=3)[0].module is network[0].module


def test_without_blur_and_torus_every_module_is_the_networks_own() -> None:
    network = nets.network("tiny_vgg", "cpu")
    found = rewired(network, border="reflect")
    assert [step.module for step in found] == [step.module for step in network]


@EVERY_NET
@pytest.mark.parametrize("border", ["circular", "reflect"])
def test_behind_every_blur_maps_have_the_size_that_they_had(net: str, border: str) -> None:
    bare, shape = nets.skeleton(net), nets.find(net).input_shape
    batch = torch.zeros(1, *shape, device="meta")
    before = graphs.outputs(bare, batch)
    twin = rewired(bare, border=border, taps=3)
    after = graphs.outputs(twin, batch)
    for step in twin:
        if isinstance(step.module, Blur):
            assert after[step.name].shape == before[step.name.removesuffix(".blur")].shape
    assert after[twin[-1].name].shape == before[bare[-1].name].shape


@pytest.mark.parametrize("taps", [0, 3, 5])
@pytest.mark.parametrize(("net", "side"), [("tiny_vgg", 64), ("small_resnet", 64), ("resnet18~3", 64)])
def test_on_a_torus_layers_follow_multiples_of_their_period_to_the_last_bit(
    net: str, side: int, taps: int
) -> None:
    network, batch = rewired(nets.network(net, "cpu"), border="circular", taps=taps), a_batch(side, 3)
    with torch.inference_mode():
        straight = graphs.maps(network, batch)
        sizes = {"input": (side, side)} | {name: (m.shape[2], m.shape[3]) for name, m in straight.items()}
        where = places(network, sizes)
        for period in sorted({down.period for down, _ in where.values()}):
            shift = period, 3 * period
            moved = graphs.maps(network, batch.roll(shift, (2, 3)))
            for name in where.keys() - {"input"}:
                stride, least = int(where[name][0].stride), where[name][0].period
                expected = straight[name].roll((shift[0] // stride, shift[1] // stride), (2, 3))
                assert torch.equal(moved[name], expected) or period % least, name


def test_circular_padding_is_that_of_pytorch() -> None:
    conv = nn.Conv2d(2, 4, 5, padding=2, padding_mode="circular", bias=False)
    bare = nn.Conv2d(2, 4, 5, padding=2, bias=False)
    bare.weight = conv.weight
    found = ran(rewired(steps_of(bare), border="circular"), a_batch(9))
    torch.testing.assert_close(found, conv(a_batch(9)).detach())


def test_on_a_torus_a_padded_maximum_sees_the_other_side() -> None:
    row = torch.tensor([[[[0.0, 1, 2, 9]]]])
    network = graphs.steps(nn.MaxPool2d((1, 3), stride=(1, 2), padding=(0, 1)), row)
    assert ran(network, row).tolist() == [[[[1, 9]]]]
    assert ran(rewired(network, border="circular"), row).tolist() == [[[[9, 9]]]]


def test_a_last_window_in_ceil_mode_is_kept() -> None:
    batch = a_batch(8)
    network = steps_of(nn.MaxPool2d(3, stride=2, ceil_mode=True))
    assert ran(network, batch).shape == ran(rewired(network, border="reflect", taps=3), batch).shape
    dense = F.max_pool2d(F.pad(batch, (0, 1, 0, 1), value=-torch.inf), 3, stride=1)
    torch.testing.assert_close(ran(rewired(network, border="reflect", taps=3), batch), binomial(dense, 2))


def test_the_network_stays_as_it_is_and_shares_its_weights() -> None:
    network, batch = nets.network("small_resnet", "cpu"), a_batch(64, 3)
    before = ran(network, batch)
    twin = rewired(network, border="circular", taps=3)
    ran(twin, batch)
    assert torch.equal(ran(network, batch), before)
    window = twin[0].module
    assert isinstance(window, antialias.Window)
    assert window.layer.weight is network[0].module.weight
    assert network[0].module.stride == (2, 2)


def test_borders_and_blurs_that_do_not_exist_are_refused() -> None:
    with pytest.raises(InputError, match="circular, reflect"):
        rewired((), border="zeros")
    with pytest.raises(InputError, match="3 or 5 taps, or 0 for none, not 4"):
        rewired((), border="reflect", taps=4)
