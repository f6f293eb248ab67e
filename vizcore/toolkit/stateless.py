"""A network as a function of its flat weights: asked thousands of times, with other ones each time.

The module is taken apart into its steps, and each reads its weights out of the flat ones as views: nothing is
copied or written back. Three things make it faster than calling the module, none changes a result by more
than rounding: pictures are laid out channels last, ReLUs write over what they read, and the first layer is
computed once for the origin and once for each direction, as it is linear in its weights.
"""

import copy
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from vizcore.toolkit import graphs
from vizcore.toolkit.errors import pick
from vizcore.toolkit.graphs import INPUT, Step
from vizcore.toolkit.landscape_spec import STATISTICS
from vizcore.toolkit.modules import Add
from vizcore.toolkit.subjects import Subject

Statistics = str  # key of STATISTICS
Weights = Mapping[str, Tensor]  # by the names of the subject's parts
FRESH = (nn.Conv2d, nn.Linear, nn.BatchNorm2d, Add)  # what they give is nobody else's memory


@dataclass(frozen=True, eq=False)
class Operation:
    """A step that is given its weights."""

    name: str
    inputs: tuple[str, ...]
    last: tuple[str, ...]  # inputs that nobody reads afterwards
    run: Callable[..., Tensor]  # weights by name, then the inputs


class Network:
    """The network of a subject, ready to be called with any weights.

    Attributes:
        linear: whether `first` and `after_first` can be used: the picture goes into one convolution.
    """

    def __init__(self, subject: Subject, statistics: Statistics = "running") -> None:
        """Take the network apart.

        Args:
            subject: not changed.
            statistics: key of STATISTICS; "batch" measures the pictures of a call.

        Raises:
            InputError: there is no such way to treat batch norm.
        """
        pick(STATISTICS, statistics, "way to treat batch norm")
        module = subject.module if statistics == "running" else _without_statistics(subject.module)
        names = {id(weight): name for name, weight in module.named_parameters()}
        found = graphs.steps(module, subject.images[:2])  # batch norm cannot measure a single number
        if {id(weight) for step in found for weight in step.module.parameters()} != names.keys():
            found = (Step("all", module, (INPUT,), False),)  # a function reads some
        readers = Counter(name for step in found for name in step.inputs)
        self._operations = _operations(found, names, readers)
        self.linear = type(found[0].module) is nn.Conv2d and readers[INPUT] == 1
        self._pooled = self.linear and _pools(found[:3], readers)

    def logits(self, weights: Weights, images: Tensor) -> Tensor:
        """(M, K) what the network gives for pictures (M, C, H, W) with these weights."""
        return self._run(weights, {INPUT: images}, 0)

    def first(self, weights: Weights, images: Tensor) -> Tensor:
        """What the first layer gives: linear in the weights, so sums of it stand for sums of weights.

        Where a ReLU and a 2 x 2 max pooling follow, the four places of each window lie one behind the other.
        """
        given = self._operations[0].run(weights, images)
        return torch.stack(_quarters(given)) if self._pooled else given

    def after_first(self, weights: Weights, given: Tensor) -> Tensor:
        """(M, K) what the network gives, from a sum of what `first` gave, which is written over."""
        if not self._pooled:
            return self._run(weights, {self._operations[0].name: given}, 1)
        largest = given.amax(dim=0).relu_()  # the ReLU of the largest is the largest ReLU
        return self._run(weights, {self._operations[2].name: largest}, 3)

    def _run(self, weights: Weights, values: dict[str, Tensor], begin: int) -> Tensor:
        for operation in self._operations[begin:]:
            given = [values[name] for name in operation.inputs]
            for name in operation.last:
                del values[name]
            values[operation.name] = operation.run(weights, *given)
        return values[self._operations[-1].name]


def _without_statistics(module: nn.Module) -> nn.Module:
    """A copy whose batch norm has measured nothing, so that it measures what it is given."""
    copied = copy.deepcopy(module)
    for each in copied.modules():
        if isinstance(each, nn.modules.batchnorm._BatchNorm):
            each.running_mean = each.running_var = None
    return copied


def _pools(steps: Sequence[Step], readers: Mapping[str, int]) -> bool:
    """Whether a first step is followed by a ReLU and by windows of 2 x 2 that do not overlap."""
    if len(steps) < 3:
        return False
    first, relu, pool = steps
    chain = relu.inputs == (first.name,) and pool.inputs == (relu.name,)
    alone = readers[first.name] == readers[relu.name] == 1
    return chain and alone and isinstance(relu.module, nn.ReLU) and _halves(pool.module)


def _halves(module: nn.Module) -> bool:
    return isinstance(module, nn.MaxPool2d) and repr(module) == repr(nn.MaxPool2d(2))


def _quarters(x: Tensor) -> list[Tensor]:
    """The places of all 2 x 2 windows, four (M, C, H / 2, W / 2); an odd last row or column is in none."""
    height, width = (side // 2 * 2 for side in x.shape[2:])
    return [x[..., row:height:2, col:width:2] for row in (0, 1) for col in (0, 1)]


def _halved(x: Tensor) -> Tensor:
    """Max pooling in 2 x 2 windows; PyTorch's own is slow unless pictures are laid out channels last."""
    if not x.is_contiguous():
        return F.max_pool2d(x, 2)
    first, second, third, fourth = _quarters(x)
    return torch.maximum(torch.maximum(first, second), torch.maximum(third, fourth))


def _operations(
    steps: Sequence[Step], names: Mapping[int, str], readers: Mapping[str, int]
) -> tuple[Operation, ...]:
    """The steps, each with the way it reads its weights.

    Args:
        steps: of the network.
        names: of its weights, by their id.
        readers: how often each output is read.
    """
    left, modules = Counter(readers), {step.name: step.module for step in steps}
    found = []
    for step in steps:
        left.subtract(step.inputs)
        last = tuple(name for name in {*step.inputs} if not left[name])
        given = step.inputs[0]
        alone = readers[given] == 1 and isinstance(modules.get(given), FRESH)
        found.append(Operation(step.name, step.inputs, last, _reading(step.module, names, alone)))
    return tuple(found)


def _reading(module: nn.Module, names: Mapping[int, str], alone: bool) -> Callable[..., Tensor]:
    """What a step does with the weights by name and its inputs; `alone`: nobody else reads these."""
    own = {local: names[id(weight)] for local, weight in module.named_parameters()}
    weight, bias = own.get("weight", ""), own.get("bias", "")
    match module:
        case nn.ReLU():
            return lambda _, x: x.relu_() if alone else x.relu()
        case nn.Linear():
            return lambda named, x: F.linear(x, named[weight], named.get(bias))
        case nn.Conv2d():
            return lambda named, x: module._conv_forward(x, named[weight], named.get(bias))
        case nn.MaxPool2d() if _halves(module):
            return lambda _, x: _halved(x)
        case _ if not own:
            return lambda _, *inputs: module(*inputs)
    return lambda named, *inputs: functional_call(
        module, {local: named[name] for local, name in own.items()}, inputs
    )
