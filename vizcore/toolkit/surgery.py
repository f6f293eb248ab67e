"""Channel surgery: a network without a channel of a convolution, or with another kernel in it.

Operations stand in references behind the network that they change (see `nets`), parted by `!`:

    tiny_vgg!z-conv1_1-3                 output channel 3 of conv1_1 is cleared
    tiny_vgg!s-conv1_1-3-0.5             it is multiplied by 0.5
    tiny_vgg!x-conv1_1-3-7               it is exchanged with channel 7
    tiny_vgg!k-conv1_1-3-0-3x3-AACAPw…   it gets another kernel for input channel 0, or for "all"

Each acts on what the ones before it left. The network itself stays as it is: the one that comes back has
convolutions of its own where something changes, and shares the memory of all others.
"""

import base64
import copy
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.graphs import Step, twin

MARK = "!"  # between a network and the operations on it
MOST = 16  # operations on one network
LONGEST = 4_000  # characters of all of them: a reference has to fit into a link
LARGEST_FACTOR = 1_000.0
LARGEST_GROWTH = 1e9  # of one channel by all factors together
LARGEST_WEIGHT = 1e6
LARGEST_KERNEL = 15  # px, as in networks that somebody writes


@dataclass(frozen=True)
class Operation:
    """What is done to one output channel of a convolution."""

    layer: str  # its path in the network
    channel: int

    @property
    def channels(self) -> tuple[int, ...]:
        """The output channels that change."""
        return (self.channel,)

    @property
    def text(self) -> str:
        """How a reference says it."""
        raise NotImplementedError

    @property
    def says(self) -> str:
        """What it did, in words."""
        raise NotImplementedError

    def change(self, parameters: Sequence[Tensor]) -> None:
        """Write into the weights (O, I, h, w) and, where there is one, the bias (O,) behind them."""
        raise NotImplementedError


@dataclass(frozen=True)
class Zero(Operation):
    """Clear a channel: its weights and its bias are 0, and so are its maps, whatever the picture."""

    @property
    def text(self) -> str:
        return f"z-{self.layer}-{self.channel}"

    @property
    def says(self) -> str:
        return f"channel {self.channel} of {self.layer} cleared"

    def change(self, parameters: Sequence[Tensor]) -> None:
        for parameter in parameters:
            parameter[self.channel] = 0


@dataclass(frozen=True)
class Scale(Operation):
    """Multiply the weights and the bias of a channel, and with them its maps."""

    factor: float  # -1000 to 1000

    def __post_init__(self) -> None:
        if not abs(self.factor) <= LARGEST_FACTOR:  # also refuses nan
            raise InputError(f"A channel can be multiplied by -1,000 to 1,000, not by {self.factor:g}.")

    @property
    def text(self) -> str:
        return f"s-{self.layer}-{self.channel}-{float(self.factor)!r}".removesuffix(".0")

    @property
    def says(self) -> str:
        return f"channel {self.channel} of {self.layer} multiplied by {self.factor:g}"

    def change(self, parameters: Sequence[Tensor]) -> None:
        for parameter in parameters:
            parameter[self.channel] *= self.factor


@dataclass(frozen=True)
class Swap(Operation):
    """Exchange two output channels, weights and bias; the layers behind do not know."""

    other: int  # the other channel

    @property
    def channels(self) -> tuple[int, ...]:
        return self.channel, self.other

    @property
    def text(self) -> str:
        return f"x-{self.layer}-{self.channel}-{self.other}"

    @property
    def says(self) -> str:
        return f"channels {self.channel} and {self.other} of {self.layer} exchanged"

    def change(self, parameters: Sequence[Tensor]) -> None:
        for parameter in parameters:
            parameter[[self.channel, self.other]] = parameter[[self.other, self.channel]]


@dataclass(frozen=True)
class Edit(Operation):
    """Replace the kernel of a channel for one input channel or for all; its bias stays.

    A smaller kernel with a middle (odd height and width) goes into the middle of a larger one, zeros around.
    """

    source: int | None  # input channel, counted within the group; None: all
    kernel: tuple[tuple[float, ...], ...]  # (h, w), in single precision

    def __post_init__(self) -> None:
        height, widths = len(self.kernel), {len(row) for row in self.kernel}
        if len(widths) != 1 or not 1 <= min(height, *widths) <= max(height, *widths) <= LARGEST_KERNEL:
            raise InputError(
                f"A kernel has 1 to {LARGEST_KERNEL} rows, all of 1 to {LARGEST_KERNEL} numbers."
            )
        for value in (value for row in self.kernel for value in row):
            if not abs(value) <= LARGEST_WEIGHT:
                raise InputError(f"A weight of a kernel lies in -1,000,000 to 1,000,000; {value:g} does not.")

    @property
    def text(self) -> str:
        values = np.array(self.kernel, "<f4")
        digits = base64.urlsafe_b64encode(values.tobytes()).decode().rstrip("=")
        source = "all" if self.source is None else self.source
        return f"k-{self.layer}-{self.channel}-{source}-{len(values)}x{len(values[0])}-{digits}"

    @property
    def says(self) -> str:
        where = "every input channel" if self.source is None else f"input channel {self.source}"
        return f"another kernel in channel {self.channel} of {self.layer} for {where}"

    def change(self, parameters: Sequence[Tensor]) -> None:
        weights = parameters[0]
        if self.source is not None:
            _check(self.source, weights.shape[1], f"input channels of each filter of {self.layer}")
        fitted = self._fitted(weights.shape[2], weights.shape[3])
        weights[self.channel, slice(None) if self.source is None else self.source] = fitted.to(weights.device)

    def _fitted(self, height: int, width: int) -> Tensor:
        """The kernel at the size of the layer's."""
        kernel = torch.tensor(self.kernel, dtype=torch.float32)
        (rows, columns), even = kernel.shape, any(side % 2 == 0 for side in (height, width, *kernel.shape))
        if (rows, columns) != (height, width) and (even or rows > height or columns > width):
            raise InputError(
                f"A kernel of {rows} × {columns} does not fit {self.layer}, whose are {height} × {width}. "
                "Take one of that size, or a smaller one where all sides are odd."
            )
        top, left = (height - rows) // 2, (width - columns) // 2
        return nn.functional.pad(kernel, (left, left, top, top))


def edit(layer: str, channel: int, source: int | None, weights: NDArray[np.floating]) -> Edit:
    """The edit that puts an array (h, w) into a convolution.

    Raises:
        InputError: there are too many weights, or one that is too large or not finite.
    """
    with np.errstate(over="ignore"):  # to infinity, which an edit refuses
        rows = np.atleast_2d(weights).astype(np.float32).tolist()
    return Edit(layer, channel, source, tuple(map(tuple, rows)))


_NUMBER = r"(?:0|[1-9]\d{0,4})"
_PLACE = rf"([\w.]{{1,80}})-({_NUMBER})"
_FORMS: Mapping[str, re.Pattern[str]] = {
    "z": re.compile(rf"z-{_PLACE}", re.ASCII),
    "s": re.compile(rf"s-{_PLACE}-(-?\d{{1,4}}(?:\.\d{{1,20}})?(?:e-\d{{1,3}})?)", re.ASCII),
    "x": re.compile(rf"x-{_PLACE}-({_NUMBER})", re.ASCII),
    "k": re.compile(rf"k-{_PLACE}-(all|{_NUMBER})-(\d{{1,2}})x(\d{{1,2}})-([\w-]{{1,1200}})", re.ASCII),
}


@lru_cache(maxsize=256)
def parse(text: str) -> tuple[Operation, ...]:
    """The operations that a reference names behind its network, parted by `!`.

    Raises:
        InputError: one is none, they are too many, or their factors are together too large.
    """
    if len(text) > LONGEST or text.count(MARK) >= MOST:
        raise InputError(f"A network takes at most {MOST} operations, in {LONGEST:,} characters; undo some.")
    operations = tuple(_operation(part) for part in text.split(MARK))
    if (growth := _growth(operations)) > LARGEST_GROWTH:  # weights would leave single precision
        raise InputError(f"The factors multiply a channel by {growth:,g}; the most is {LARGEST_GROWTH:,g}.")
    return operations


def _growth(operations: Sequence[Operation]) -> float:
    """The most that factors multiply one channel by at any moment, wherever it is put in between."""
    factors: defaultdict[tuple[str, int], float] = defaultdict(lambda: 1.0)
    most = 1.0
    for operation in operations:
        first, *others = ((operation.layer, channel) for channel in operation.channels)
        if isinstance(operation, Scale):
            factors[first] *= abs(operation.factor)
        for other in others:
            factors[first], factors[other] = factors[other], factors[first]
        most = max(most, factors[first])
    return most


def _operation(text: str) -> Operation:
    form = _FORMS.get(text[:1])
    found = form.fullmatch(text) if form else None
    if found is None:
        raise InputError(
            f"{text[:40]!r} is no operation on a channel. Choose one on the page of the filters."
        )
    layer, channel, *rest = found.groups()
    match text[0], rest:
        case "s", [factor]:
            return Scale(layer, int(channel), float(factor))
        case "x", [other]:
            return Swap(layer, int(channel), int(other))
        case "k", [source, rows, columns, digits]:
            kernel = _kernel(digits, int(rows), int(columns))
            return edit(layer, int(channel), None if source == "all" else int(source), kernel)
    return Zero(layer, int(channel))


def _kernel(digits: str, rows: int, columns: int) -> NDArray[np.float32]:
    """(rows, columns) of base64url without its padding."""
    content = base64.urlsafe_b64decode(digits + "=" * (-len(digits) % 4)) if len(digits) % 4 != 1 else b""
    if len(content) != 4 * rows * columns:
        raise InputError(
            f"The link does not hold the {rows} × {columns} weights that it names; copy it whole."
        )
    return np.frombuffer(content, "<f4").reshape(rows, columns)


def written(operations: Sequence[Operation]) -> str:
    """What `parse` reads."""
    return MARK.join(operation.text for operation in operations)


def split(reference: str) -> tuple[str, tuple[Operation, ...]]:
    """The network that a reference begins with, and the operations on it.

    Raises:
        InputError: what stands behind the network is no list of operations.
    """
    base, mark, text = reference.partition(MARK)
    return base, parse(text) if mark else ()


def joined(base: str, operations: Sequence[Operation]) -> str:
    """The reference of a network with operations on it."""
    return f"{base}{MARK}{written(operations)}" if operations else base


def replacements(layers: Mapping[str, nn.Module], operations: Sequence[Operation]) -> dict[int, nn.Module]:
    """The convolutions that operations change: id of the module as it is -> a new one, with other weights.

    Args:
        layers: by path; on any device, the meta device will do to see whether the operations are possible.
        operations: in the order in which they act.

    Raises:
        InputError: there is no such convolution or channel, or a kernel does not fit.
    """
    changed: dict[int, nn.Module] = {}
    for operation in operations:
        layer = layers.get(operation.layer)
        if not isinstance(layer, nn.Conv2d):
            known = [name for name, module in layers.items() if isinstance(module, nn.Conv2d)]
            some = f"Its convolutions begin with {', '.join(known[:8])}." if known else "It has none."
            raise InputError(f"The network has no convolution called {operation.layer[:40]!r}. {some}")
        for channel in operation.channels:
            _check(channel, layer.out_channels, f"output channels of {operation.layer}")
        if id(layer) not in changed:
            changed[id(layer)] = copy.deepcopy(layer)
        with torch.no_grad():
            operation.change(list(changed[id(layer)].parameters()))
    return changed


def _check(number: int, count: int, what: str) -> None:
    if not 0 <= number < count:
        raise InputError(f"The {what} are 0 to {count - 1}, not {number}.")


def operate(
    module: nn.Module, network: Sequence[Step], operations: Sequence[Operation]
) -> tuple[nn.Module, tuple[Step, ...]]:
    """A network with other weights where operations change them, and its steps.

    Args:
        module: never changed; all weights that stay as they are belong to both.
        network: its steps.
        operations: in the order in which they act.

    Raises:
        InputError: there is no such convolution or channel, or a kernel does not fit.
    """
    done = replacements({step.name: step.module for step in network}, operations)
    operated = twin(module, done)
    return operated, tuple(replace(step, module=done.get(id(step.module), step.module)) for step in network)
