"""A network taken apart gives what its module gives, whatever that is made of."""

import copy

import pytest
import torch
from torch import Tensor, nn

from vizcore.toolkit import recipes, specs
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.stateless import Network
from vizcore.toolkit.subjects import Subject

CLASSES = tuple("0123456789")


def of_module(module: nn.Module, *shape: int) -> Subject:
    """A network in eval mode, and some pictures; those of batch norm have measured something."""
    images = torch.randn(6, *shape, generator=torch.Generator().manual_seed(1))
    for each in module.modules():
        if isinstance(each, nn.BatchNorm2d):
            nn.init.uniform_(each.running_mean, -1, 1)  # type: ignore[arg-type]
            nn.init.uniform_(each.running_var, 0.5, 2)  # type: ignore[arg-type]
    return Subject("a network", CLASSES, module.eval().requires_grad_(False), images, torch.arange(6))


def check(subject: Subject) -> Network:
    """The network, once both ways through it have given what the module gives, without a change to it."""
    network, weights = Network(subject), subject.named(torch.from_numpy(subject.origin))
    images = subject.images.contiguous(memory_format=torch.channels_last)
    before = copy.deepcopy(subject.module.state_dict())
    with torch.inference_mode():
        wanted = subject.module(subject.images)
        torch.testing.assert_close(network.logits(weights, images), wanted)
        if network.linear:
            given = network.after_first(weights, network.first(weights, images))
            torch.testing.assert_close(given, wanted)
    assert all(torch.equal(tensor, before[name]) for name, tensor in subject.module.state_dict().items())
    return network


@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize("name", recipes.RECIPES)
def test_every_network_to_train_gives_what_its_module_gives(name: str, norm: bool) -> None:
    torch.manual_seed(0)
    style = recipes.Style("relu", norm, dropout=0.2)
    check(of_module(specs.build(recipes.network(name, 1, 28, CLASSES, style)), 1, 28, 28))


@pytest.mark.parametrize("side", [8, 9])
def test_rows_and_columns_that_no_window_has_count_for_nothing(side: int) -> None:
    layers = nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.LazyLinear(5)
    module = nn.Sequential(*layers)
    module(torch.zeros(1, 3, side, side))
    assert check(of_module(module, 3, side, side)).linear


def test_a_relu_does_not_write_over_what_somebody_else_reads() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.relu = nn.Conv2d(1, 2, 3), nn.ReLU()

        def forward(self, x: Tensor) -> Tensor:
            first = self.conv(x)
            return (first + self.relu(first)).mean((2, 3))

    check(of_module(Twice(), 1, 7, 5))


def test_a_picture_that_is_read_twice_is_read_both_times() -> None:
    class Parallel(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.left, self.right = nn.Conv2d(1, 2, 3), nn.Conv2d(1, 2, 3)

        def forward(self, x: Tensor) -> Tensor:
            return (self.left(x) * self.right(x)).mean((2, 3))

    assert not check(of_module(Parallel(), 1, 7, 5)).linear


@pytest.mark.parametrize(("height", "width"), [(7, 8), (3, 3)])  # in the end one number from each picture
def test_batch_norm_may_measure_the_pictures_of_a_call(height: int, width: int) -> None:
    features = 2 * (height - 2) * (width - 2)
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(features, 3))
    subject = of_module(module, 1, height, width)
    weights = subject.named(torch.from_numpy(subject.origin))
    given = Network(subject, "batch").logits(weights, subject.images)
    torch.testing.assert_close(given, copy.deepcopy(module).train()(subject.images))


def test_other_ways_to_treat_batch_norm_are_explained() -> None:
    with pytest.raises(InputError, match="running, batch"):
        Network(of_module(nn.Sequential(nn.Flatten(), nn.Linear(35, 2)), 1, 7, 5), "none")
