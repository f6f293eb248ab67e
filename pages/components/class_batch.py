"""A small batch whose logits and targets can be changed by hand: what class_batch.js needs."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pages import components
from vizcore.toolkit.class_losses import Batch

Floats = NDArray[np.float64]


def mount(
    found: Batch,
    logits: Floats,
    targets: Sequence[int],
    *,
    key: str,
    limits: tuple[float, float],
    step: float,
    ask: str,
    on_pick: Callable[[], None],
) -> None:
    """Show the batch; `picked(key)` is {"logits": rows, "targets": classes} when one of them was changed.

    Args:
        found: what the batch costs.
        logits: (N, C).
        targets: N classes.
        key: unique on the page.
        limits: lowest and highest logit that can be set.
        step: between two of them.
        ask: address that answers the same question with `pack_answer` while a logit is dragged.
        on_pick: runs before the page (or fragment) is run again.
    """
    header = {"limits": limits, "step": step, "ask": ask, "targets": list(targets), "shape": logits.shape}
    answer = np.frombuffer(pack_answer(found), np.uint8)
    message = components.pack(header, logits.astype(np.float32), answer)
    components.mount("class_batch", data=message, key=key, on_pick=on_pick)


def pack_answer(found: Batch) -> bytes:
    """Everything that depends on logits and targets."""
    sums = {"losses": found.losses.sum(), "weights": found.weights.sum()}
    header = {name: float(value) for name, value in sums.items()} | {
        "mean": None if np.isnan(found.mean) else found.mean,
        "per_example": found.per_example,
    }
    blocks = (np.exp(found.logarithms), found.losses, found.weights)
    return components.pack(header, *(block.astype(np.float32) for block in blocks))
