"""A network as a list of steps that name what they read: residual sums and parallel branches included.

The steps are written down while the network runs once. torch.fx would find them without running it, but
while it traces it replaces `nn.Module.__call__` for the whole process: whatever network another thread
runs at that moment fails. The names are those that torch.fx (and torchvision's feature extraction) gives.
"""

import copy
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from vizcore.toolkit.modules import Add, Call, Concat, Multiply, Permute, Scale, Slot, mapped

INPUT = "input"  # what the first step reads: the picture as the network receives it
# They keep the shape. The meta device finds that out in Python, in milliseconds that hold up everybody else.
SAME_SHAPE = (F.batch_norm, F.gelu, F.hardsigmoid, F.hardswish, F.layer_norm, F.relu)


@dataclass(frozen=True, eq=False)
class Step:
    """One layer in its place."""

    name: str  # path of its module, or of the block around a function and the function; used again: ..._1
    module: nn.Module  # computes it, alone
    inputs: tuple[str, ...]  # the steps whose outputs it reads, in its order; INPUT is the picture
    channels_last: bool  # its output is (N, H, W, C)


def steps(net: nn.Module, batch: Tensor) -> tuple[Step, ...]:
    """The steps that a network takes for a batch, in the order in which they run.

    A module without children is one step, and so is a function such as `torch.cat` that runs outside of
    one. The hooks that this takes sit on a twin of the network, which shares its weights and nothing
    else: several threads can look into one network at once, and none is left behind whatever happens.

    Args:
        net: never changed; in eval mode if its batch norm should not learn.
        batch: (N, C, H, W), on the device of the weights; the meta device will do.
    """
    recorder = _Recorder(net, batch)
    watched = twin(net, {})
    for path, module in watched.named_modules():
        recorder.listen(path, module)
    with torch.no_grad(), recorder:  # no inference mode: gradients could not pass what a step keeps
        watched(batch)
    return tuple(recorder.found)


def bound(known: Iterable[Step], bare: nn.Module, net: nn.Module) -> tuple[Step, ...]:
    """The steps of a network from those of its twin on the meta device; it need not run for that.

    Args:
        known: from `steps(bare, ...)`.
        bare: built as `net`.
        net: never changed.
    """
    places = {id(module): net.get_submodule(path) for path, module in bare.named_modules()}
    weights: dict[int, Tensor] = {id(own): net.get_parameter(name) for name, own in bare.named_parameters()}
    return tuple(
        replace(step, module=places[id(step.module)])
        if id(step.module) in places
        else replace(step, module=_refilled(step.module, weights))
        for step in known
    )


def _refilled(module: nn.Module, weights: Mapping[int, Tensor]) -> nn.Module:
    """What stands for a function, with other weights: those under the ids of its own."""
    copied: Any = copy.copy(module)
    copied._parameters = {name: weights[id(own)] for name, own in module._parameters.items()}
    if isinstance(copied, Call):
        copied.arguments = mapped(
            copied.arguments, lambda entry: weights[id(entry)] if isinstance(entry, Tensor) else entry
        )
    return copied


def outputs(
    network: Iterable[Step],
    batch: Tensor,
    only: Iterable[str] | None = None,
    known: Mapping[str, Tensor] | None = None,
) -> dict[str, Tensor]:
    """What flows out of each step: name -> output, from one forward pass.

    Args:
        network: from `steps`.
        batch: (N, C, H, W), on the device of the weights; outputs are not to be written to.
        only: names to return; the pass ends once all are there. All steps when left out.
        known: outputs of steps that come before those in `network`.

    Raises:
        KeyError: there is no such step.
    """
    values = {INPUT: batch, **(known or {})}
    wanted = None if only is None else list(only)
    missing = set(wanted or ()) - {INPUT}
    with _Quick() if batch.is_meta else nullcontext():
        for step in network:
            if wanted is not None and not missing:
                break
            given = (values[name] for name in step.inputs)
            if getattr(step.module, "inplace", False):  # it would write over the output of the step before
                given = (value.clone() for value in given)
            values[step.name] = step.module(*given)
            missing.discard(step.name)
    if wanted is not None:
        return {name: values[name] for name in wanted}
    del values[INPUT]
    return values


def maps(network: Sequence[Step], batch: Tensor, only: Iterable[str] | None = None) -> dict[str, Tensor]:
    """What `outputs` returns, each as (N, C, H, W)."""
    last = {step.name: step.channels_last for step in network}
    found = outputs(network, batch, only)
    return {name: as_maps(output, last.get(name, False)) for name, output in found.items()}


def as_maps(output: Tensor, channels_last: bool = False) -> Tensor:
    """(N, C, H, W) of any output; a list of C values becomes C maps of 1 x 1."""
    if output.dim() == 2:
        return output[:, :, None, None]
    return output.permute(0, 3, 1, 2) if channels_last else output


class _Quick(TorchFunctionMode):
    """Shapes on the meta device, without much ado."""

    def __torch_function__(
        self, func: Callable[..., Any], types: object, args: Any = (), kwargs: Any = None
    ) -> Any:
        return _result(func, args, kwargs or {})


def _result(func: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    if func in SAME_SHAPE and args[0].is_meta:
        return torch.empty_like(args[0])
    return func(*args, **kwargs)


class _Recorder(TorchFunctionMode):
    """Writes down what runs: modules report through hooks, functions come by here."""

    def __init__(self, net: nn.Module, batch: Tensor) -> None:
        super().__init__()
        self.net = net
        self.found: list[Step] = []
        self.blocks: list[str | None] = []  # modules that are running, the innermost last; None: no children
        self.calls: Counter[str] = Counter()
        self.names = {id(batch): INPUT}  # which step a tensor comes from
        self.alive = [batch]  # or another tensor could get the same id
        self.last = {INPUT: False}  # step -> channels last

    def listen(self, path: str, module: nn.Module) -> None:
        """Be told when a module starts and ends.

        Its hooks do not refer to it: a circle would keep all outputs in memory until garbage is collected.
        """
        leaf = not module._modules

        def start(_module: nn.Module, _given: object) -> None:
            self.blocks.append(None if leaf else path)

        def end(module: nn.Module, given: tuple[object, ...], output: object) -> object:
            passed_on = any(output is tensor for tensor in given) and not getattr(module, "inplace", False)
            if leaf and passed_on and isinstance(output, Tensor):
                output = output.view_as(output)  # such as dropout's: two names need two tensors
            self.blocks.pop()
            if leaf and self._running and isinstance(output, Tensor):
                self._add(path, self.net.get_submodule(path), given, output)
            return output

        module.register_forward_pre_hook(start)
        module.register_forward_hook(end)

    @property
    def _running(self) -> bool:
        """Whether a block runs, and not a module without children: what that does inside is its own."""
        return None not in self.blocks

    def __torch_function__(
        self, func: Callable[..., Any], types: object, args: Any = (), kwargs: Any = None
    ) -> Any:
        result = _result(func, args, kwargs or {})
        if self._running:
            several = isinstance(result, (tuple, list))
            for part, output in enumerate(result if several else [result]):
                if isinstance(output, Tensor):
                    self._add_function(func, args, kwargs or {}, part if several else None, output)
        return result

    def _add_function(
        self, func: Callable[..., Any], args: Any, kwargs: Any, part: int | None, output: Tensor
    ) -> None:
        name = func.__name__.strip("_")
        name = {"iadd": "add", "radd": "add", "imul": "mul", "rmul": "mul"}.get(name, name)
        given: list[Tensor] = []
        arguments = self._slots((args, kwargs), given)
        if given:
            path = f"{self.blocks[-1] or ''}.{name}".lstrip(".")
            self._add(path, _module(name, func, arguments, part), given, output)

    def _slots(self, arguments: Any, given: list[Tensor]) -> Any:
        """Arguments with a Slot for every output of a step; the outputs are appended to `given`."""

        def slot(entry: Any) -> Any:
            if not isinstance(entry, Tensor) or id(entry) not in self.names:
                return entry
            given.append(entry)
            return Slot(len(given) - 1)

        return mapped(arguments, slot)

    def _add(self, path: str, module: nn.Module, given: Iterable[object], output: Tensor) -> None:
        name = path if not self.calls[path] else f"{path}_{self.calls[path]}"
        self.calls[path] += 1
        inputs = tuple(self.names[id(tensor)] for tensor in given if id(tensor) in self.names)
        dims = tuple(getattr(module, "dims", ()))
        self.last[name] = dims == (0, 2, 3, 1) if dims else self.last[inputs[0]]
        self.names[id(output)] = name
        self.alive.append(output)
        self.found.append(Step(name, module, inputs, self.last[name]))


def _flatten(start_dim: int = 0, end_dim: int = -1) -> nn.Module:
    return nn.Flatten(start_dim, end_dim)


# Name of a function -> the module that does the same, from the arguments behind the picture's.
MODULES: Mapping[str, Callable[..., nn.Module]] = {
    "relu": lambda inplace=False: nn.ReLU(),
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "adaptive_avg_pool2d": nn.AdaptiveAvgPool2d,
    "avg_pool2d": nn.AvgPool2d,
    "max_pool2d": nn.MaxPool2d,
    "dropout": lambda p=0.5, training=False, inplace=False: nn.Dropout(p).eval(),
    "flatten": _flatten,
}


def _module(name: str, func: Callable[..., Any], arguments: Any, part: int | None) -> nn.Module:
    """A module that does what a function did to its arguments."""
    places, named = arguments
    match name, *places:
        case "add", Slot(), Slot() if not named:
            return Add()
        case "mul", Slot(), Slot():
            return Multiply()
        case ("mul", Slot(), nn.Parameter() as factors) | ("mul", nn.Parameter() as factors, Slot()):
            return Scale(factors)
        case "cat", [*parts], *dim if (dim or [named.get("dim")]) == [1] and _only_slots(parts):
            return Concat()
        case ("permute", Slot(), [*dims]) | ("permute", Slot(), *dims) if dims:
            return Permute(*dims)
        case name, Slot(), *rest if name in MODULES:
            return MODULES[name](*rest, **named)
    return Call(func, arguments, part)


def _only_slots(parts: Iterable[object]) -> bool:
    return all(isinstance(part, Slot) for part in parts)


def twin(module: nn.Module, done: dict[int, nn.Module]) -> nn.Module:
    """A module with the same weights and structure, and with hooks of its own.

    Args:
        module: never changed.
        done: id of a module -> what stands in its place in the twin, so that a module used twice stays one;
            every module that is copied is added.
    """
    if id(module) not in done:
        copied = done[id(module)] = copy.copy(module)
        copied._forward_hooks, copied._forward_pre_hooks = OrderedDict(), OrderedDict()
        copied._modules = {name: child and twin(child, done) for name, child in module._modules.items()}
    return done[id(module)]
