"""The network of a training run as a file of weights that says itself what it is for."""

import json
from typing import Any

import torch
from safetensors.torch import load, save

from vizcore.toolkit import specs

NET = "net."  # before the names of its tensors in the state of a run


def weights(state: bytes, net: specs.Spec, title: str) -> bytes:
    """The weights in the state of a run as a .safetensors file; equal weights give equal files.

    Its metadata have the title, the names of the classes as a JSON list, and the token of the architecture,
    so that `checkpoints.receive` knows what the weights are for.

    Args:
        state: as `Training.state` gave it.
        net: the network of that run.
        title: what people call it.

    Raises:
        InputError: the names of the classes are too long for a token.
    """
    found = {name.removeprefix(NET): each for name, each in load(state).items() if name.startswith(NET)}
    metadata = {"architecture": specs.token(net), "classes": json.dumps(net.classes), "title": title}
    return _in_order(save(found, metadata))


def measured(state: bytes) -> float:
    """The share of held-out pictures that were right when this was last measured, 0 to 1; nan before that."""
    facts = json.loads(_header(state)["__metadata__"]["training"])
    return float(facts["accuracy"])


def largest(state: bytes) -> float:
    """The largest magnitude of the weights in the state of a run; not a number where one of them is none."""
    found = [each.abs().max() for name, each in load(state).items() if _is_weight(name)]
    return float(torch.stack(found).max())


def _is_weight(name: str) -> bool:
    """Whether a tensor is moved by steps: what batch norm has measured is not."""
    return name.startswith(NET) and not name.endswith(("running_mean", "running_var", "num_batches_tracked"))


def _in_order(file: bytes) -> bytes:
    """The same file with its header sorted: safetensors writes metadata in another order every time."""
    head = json.dumps(_header(file), sort_keys=True).encode()
    head += b" " * (-len(head) % 8)
    return len(head).to_bytes(8, "little") + head + file[8 + _size(file) :]


def _header(file: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file[8 : 8 + _size(file)])
    return found


def _size(file: bytes) -> int:
    """Bytes of the header."""
    return int.from_bytes(file[:8], "little")
