"""Where the arithmetic happens: a GPU when there is one, else the CPU."""

import os
import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import torch

T = TypeVar("T")
P = ParamSpec("P")

# As many forward passes at once as there are cores, each on one core: two users who each
# take every core slow one another down fifteenfold (OpenMP teams that wait for each other).
torch.set_num_threads(1)
# Newer GPUs would round what they multiply to 10 bits, and sums would differ from what is shown.
torch.backends.cudnn.allow_tf32 = False
SLOTS = max(2, os.cpu_count() or 2)
_passes = threading.BoundedSemaphore(SLOTS)


def best() -> str:
    """Name of the fastest device here: "cuda", "mps" or "cpu"."""
    if torch.cuda.is_available():
        return "cuda"
    if torch.backends.mps.is_available():
        return "mps"
    return "cpu"


def run(compute: Callable[[str], T], device: str | None = None) -> tuple[T, str]:
    """Run `compute(device)` and say where it ran.

    A GPU that is out of memory is not the user's fault: the work is done again on the CPU.
    At most as many passes run at once as there are cores; the others wait for their turn.

    Args:
        compute: takes the name of a device; must be safe to call twice.
        device: where to try first; the fastest device when left out.

    Returns:
        What `compute` returned, and a notice: empty, or a sentence on the way out taken.
    """
    device = device or best()
    with _passes:
        if device == "cpu":
            return compute("cpu"), ""
        try:
            return compute(device), ""
        except torch.OutOfMemoryError:
            torch.cuda.empty_cache()
        return compute("cpu"), "The GPU's memory is full, so this was computed on the CPU instead."


def in_turn(compute: Callable[P, T]) -> Callable[P, T]:
    """A function that trains or runs small networks on the CPU, and counts as one forward pass.

    It must not call `run`: whoever waits for a second turn while holding one may wait for ever.
    """

    @wraps(compute)
    def waiting(*given: P.args, **named: P.kwargs) -> T:
        with _passes:
            return compute(*given, **named)

    return waiting
