"""One step of a training run in slow motion: what step_walk.js needs."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages import components
from vizcore.toolkit.walkthrough import Walk

STAGES = ("forward", "loss", "backward", "update")


def pack(walk: Walk, *, stage: str, example: int, alt: str) -> bytes:
    """The message for step_walk.js.

    Args:
        walk: the step.
        stage: one of STAGES, at which it stands.
        example: number of the example that is looked at.
        alt: what is trained on what, for people.
    """
    header = {
        "identity": f"{walk.step} {walk.before!r} {walk.followed.name} {walk.lr!r}",
        "step": walk.step,
        "classes": walk.classes,
        "layers": walk.layers,
        "tensors": walk.tensors,
        "shape": walk.images.shape,
        "grid": walk.weights.shape,
        "cell": cell(walk),
        "tensor": walk.tensors.index(walk.followed.name),
        "inputs": walk.shape[1],
        "stages": STAGES,
        "stage": stage,
        "example": example,
        "alt": alt,
    }
    numbers = (
        walk.logits,
        walk.probabilities,
        walk.targets,
        walk.losses,
        walk.slopes,
        walk.forward,
        walk.backward,
        walk.sizes,
        walk.gradients,
        walk.moves,
        np.array([walk.before, walk.after, walk.expected]),
        walk.weights,
        walk.slope,
        walk.move,
    )
    blocks: list[NDArray[Any]] = [np.asarray(each, np.float32) for each in numbers]
    return components.pack(header, walk.images, walk.labels.astype(np.int32), *blocks)


def cell(walk: Walk) -> list[int] | None:
    """Row and column of the followed weight among those that are shown; None where it lies beyond."""
    row, column = divmod(walk.followed.index, walk.shape[1])
    rows, columns = walk.weights.shape
    return [row, column] if row < rows and column < columns else None
