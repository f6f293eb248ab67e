"""What flows out of every layer during one forward pass. The only place that registers hooks."""

import copy
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress

import torch
from torch import Tensor, nn


def outputs(net: nn.Module, batch: Tensor, layers: Iterable[str] | None = None) -> dict[str, Tensor]:
    """Outputs of layers, each as it left its layer, from one forward pass.

    Args:
        net: never changed; in eval mode if its batch norm should not learn.
        batch: (N, ...) its input, on its device.
        layers: names to keep; all when left out. The pass ends once all are there.

    Returns:
        Name -> output, in the order in which the layers ran. Each is a copy, because a later
        in-place operation (`ReLU(inplace=True)`, `x += shortcut`) would overwrite it.

    Raises:
        KeyError: the pass is over and a wanted layer never ran; it carries the names.
    """
    wanted = None if layers is None else set(layers)
    found: dict[str, Tensor] = {}

    def keep(name: str, _module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> bool:
        if wanted is None or name in wanted:
            found[name] = output.detach().clone()
        return wanted is not None and len(found) == len(wanted)

    watch(net, batch, keep)
    if wanted is not None and wanted - found.keys():
        raise KeyError(*sorted(wanted - found.keys()))
    return found


Watcher = Callable[[str, nn.Module, tuple[Tensor, ...], Tensor], bool]


def watch(net: nn.Module, batch: Tensor, watcher: Watcher) -> None:
    """Run one forward pass and call `watcher(name, module, inputs, output)` after each layer.

    A layer is a module without children. When it runs again in the same pass it counts again:
    the two uses of a module `relu` are called `relu` and `relu_1`.

    The hooks sit on a twin of the network that shares its weights and nothing else, so several
    threads can look into one network at once, and none is left behind whatever happens.

    Args:
        net: never changed.
        batch: (N, ...) its input, on its device.
        watcher: returns True to end the pass.
    """
    calls: Counter[str] = Counter()

    def hook_for(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], object], None]:
        def hook(module: nn.Module, inputs: tuple[Tensor, ...], output: object) -> None:
            call = name if not calls[name] else f"{name}_{calls[name]}"
            calls[name] += 1
            if isinstance(output, Tensor) and watcher(call, module, inputs, output):
                raise _EnoughError

        return hook

    twin = _twin(net, {})
    for name, module in twin.named_modules():
        if not module._modules:
            module.register_forward_hook(hook_for(name))
    with torch.inference_mode(), suppress(_EnoughError):
        twin(batch)


class _EnoughError(Exception):
    """Ends a forward pass."""


def _twin(module: nn.Module, done: dict[int, nn.Module]) -> nn.Module:
    """A module with the same weights and structure, and with hooks of its own.

    `done` maps what is copied already, so that a module used twice stays one module.
    """
    if id(module) not in done:
        twin = done[id(module)] = copy.copy(module)
        twin._forward_hooks = OrderedDict()
        twin._modules = {name: child and _twin(child, done) for name, child in module._modules.items()}
    return done[id(module)]
