"""What a training run was like at one of its checkpoints."""

from dataclasses import replace

import numpy as np
from torch.nn import functional as F

from vizcore.toolkit import datasets
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.inspection import Arrays, inspected
from vizcore.toolkit.training import Training
from vizcore.toolkit.training_spec import Spec

MOST = 24  # pictures of one cell of the confusion matrix


def look(
    spec: Spec,
    state: bytes,
    cell: tuple[int, int] | None = None,
    probe: int | None = None,
    own: datasets.Own | None = None,
) -> Arrays:
    """Everything about a run at a checkpoint; nothing is trained.

    Args:
        spec: the settings of the run.
        state: of the run at that step.
        cell: true class and guess, to see who is in this cell of the confusion matrix.
        probe: number of the held-out example whose maps are shown; None: that of the run.
        own: the pictures, where the data are somebody's own.

    Returns:
        What `inspected` says; with a cell also "cell" (2,) as it is, and its "cell_images" (N, C, S, S), at
        most MOST, the highest loss first.

    Raises:
        InputError: the state is not that of such a run, or there is no such cell.
    """
    run = Training(replace(spec, device="cpu"), state, own)
    if probe is not None:
        run.change(probe=probe)
    run.held = run.seen()
    return inspected(run) | (_cell(run, *cell) if cell else {})


def _cell(run: Training, right: int, guess: int) -> Arrays:
    classes = len(run.data.classes)
    if not (0 <= right < classes and 0 <= guess < classes) or run.held is None:
        raise InputError(f"The classes are numbered 0 to {classes - 1}, not {right} and {guess}.")
    logits, labels = run.held.logits, run.held_labels
    losses = F.cross_entropy(logits, labels, reduction="none").numpy()
    found = np.flatnonzero((labels == right).numpy() & (logits.argmax(1) == guess).numpy())
    chosen = found[np.argsort(-losses[found], kind="stable")][:MOST]
    return {"cell": np.array([right, guess], np.int32), "cell_images": run.data.held_images[chosen]}
