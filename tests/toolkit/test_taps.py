"""What the taps see, against plain forward passes of the layers up to each."""

import threading

import pytest
import torch
from torch import Tensor, nn
from torchvision.models import resnet18

from vizcore.toolkit import taps


class Reuser(nn.Module):
    """Uses one in-place activation twice and adds in place: all that can spoil what a hook refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.conv1(x))
        y = self.conv2(x)
        y += x
        return self.relu(y)


def a_batch(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(5))


def hooks(net: nn.Module) -> int:
    return sum(len(module._forward_hooks) for module in net.modules())


def test_in_place_and_reused_modules_keep_each_of_their_outputs() -> None:
    net, x = Reuser().eval(), a_batch(1, 3, 7, 5)
    first = net.conv1(x)
    second = net.conv2(first.relu())
    wanted = {"conv1": first, "relu": first.relu(), "conv2": second, "relu_1": (second + first.relu()).relu()}
    found = taps.outputs(net, x)
    assert list(found) == list(wanted)
    for name, output in wanted.items():
        torch.testing.assert_close(found[name], output)


def test_every_layer_of_a_sequence_equals_the_layers_up_to_it() -> None:
    net = nn.Sequential(
        nn.Conv2d(1, 5, 3),
        nn.BatchNorm2d(5),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(60, 4),
    ).eval()
    x = a_batch(2, 1, 10, 8)
    found = taps.outputs(net, x)
    for index in range(len(net)):
        torch.testing.assert_close(found[str(index)], net[: index + 1](x), rtol=0, atol=0)


def test_resnet18_keeps_all_eight_further_uses_of_its_activations() -> None:
    net, x = resnet18(weights=None).eval(), a_batch(1, 3, 64, 64)
    found = taps.outputs(net, x)
    assert sum(name.endswith("relu_1") for name in found) == 8
    stem = net.bn1(net.conv1(x))
    torch.testing.assert_close(found["bn1"], stem)  # overwritten by the in-place ReLU behind it
    block = net.layer1[0]
    start = net.maxpool(stem.relu())
    inner = block.bn2(block.conv2(block.bn1(block.conv1(start)).relu()))
    torch.testing.assert_close(found["layer1.0.bn2"], inner)  # overwritten by `out += identity`
    torch.testing.assert_close(found["layer1.0.relu_1"], (inner + start).relu())
    torch.testing.assert_close(found["fc"], net(x))


def test_the_pass_ends_when_the_wanted_layers_are_there() -> None:
    class Forbidden(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            raise AssertionError("ran too far")

    net = nn.Sequential(nn.Conv2d(1, 2, 1), nn.ReLU(), Forbidden())
    assert list(taps.outputs(net, a_batch(1, 1, 2, 2), ["1"])) == ["1"]


def test_a_layer_that_never_runs_is_named() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        taps.outputs(nn.Sequential(nn.ReLU()), a_batch(1, 2), ["0", "nowhere"])


def test_no_hook_is_left_after_success_or_failure() -> None:
    net = Reuser()
    taps.outputs(net, a_batch(1, 3, 4, 4))
    with pytest.raises(RuntimeError):
        taps.outputs(net, a_batch(1, 2, 4, 4))  # two channels instead of three
    assert hooks(net) == 0


def test_hooks_of_the_network_itself_stay_and_are_not_called() -> None:
    net, calls = Reuser(), []
    net.conv1.register_forward_hook(lambda *_: calls.append(1))
    taps.outputs(net, a_batch(1, 3, 4, 4))
    assert hooks(net) == 1
    assert calls == []


def test_a_module_with_two_names_stays_one_module() -> None:
    shared = nn.Conv2d(2, 2, 1)
    found = taps.outputs(nn.Sequential(shared, shared), a_batch(1, 2, 3, 3))
    assert list(found) == ["0", "0_1"]


def test_eight_threads_in_one_network_get_their_own_results() -> None:
    net = Reuser().eval()
    batches = [a_batch(1, 3, 16, 16) * scale for scale in range(1, 9)]
    wanted = [taps.outputs(net, batch)["relu_1"] for batch in batches]
    wrong: list[int] = []

    def look(index: int) -> None:
        for _ in range(40):
            if not torch.equal(taps.outputs(net, batches[index])["relu_1"], wanted[index]):
                wrong.append(index)

    threads = [threading.Thread(target=look, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_weights_of_the_twin_are_those_of_the_network() -> None:
    net = Reuser()
    before = taps.outputs(net, a_batch(1, 3, 4, 4))["conv1"]
    with torch.no_grad():
        net.conv1.weight.mul_(2)
        net.conv1.bias.mul_(2)  # type: ignore[union-attr]
    torch.testing.assert_close(taps.outputs(net, a_batch(1, 3, 4, 4))["conv1"], 2 * before)
