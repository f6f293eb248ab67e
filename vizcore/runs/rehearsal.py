"""A run to rehearse with: it counts, and has whatever accident it is told to have."""

import json
import math
import signal
import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit.errors import InputError

REFUSED = "This rehearsal was told to refuse its settings."
ACCIDENTS = ("", "bug", "diverge", "full disk", "gpu", "hang", "input", "memory")


@dataclass(frozen=True)
class Spec:
    """Everything a rehearsal depends on."""

    steps: int = 100
    pause: float = 0.01  # s a step
    factor: int = 3  # what the sum is multiplied by in every step
    accident: str = ""
    at: int = 10  # step of the accident

    def __post_init__(self) -> None:
        if self.accident not in ACCIDENTS:
            raise InputError(f"An accident is one of {ACCIDENTS}, not {str(self.accident)[:40]!r}.")
        if not 1 <= self.factor <= 1000:
            raise InputError(f"The factor goes from 1 to 1000, not {self.factor}.")


@dataclass(frozen=True, eq=False)
class Report:
    """How far the count is."""

    step: int
    sum: float  # depends on every step before
    square: NDArray[np.float32]  # (2, 2) of the step


class Count:
    """The work: an iterator of reports that can be kept, changed and gone on with."""

    def __init__(self, spec: Spec, state: bytes | None) -> None:
        self._spec = spec if state is None else replace(spec, accident="")  # one is enough
        self._step: int = -1
        self._sum: float = 0
        if state is not None:
            self._step, self._sum = json.loads(state)

    def __iter__(self) -> "Count":
        return self

    def __next__(self) -> Report:
        if self._step == self._spec.steps:
            raise StopIteration
        time.sleep(self._spec.pause)
        self._step += 1
        self._sum = (self._spec.factor * self._sum + self._step) % 1_000_003
        if self._step == self._spec.at:
            self._have_accident()
        return Report(self._step, float(self._sum), np.full((2, 2), self._step, np.float32))

    def state(self) -> bytes:
        """All that it needs to go on, as large as that of a very small network."""
        return json.dumps([self._step, self._sum]).encode().ljust(8192)

    def change(self, **settings: float) -> None:
        """Multiply by another factor from now on, or take more or less time."""
        if settings.get("factor") == 13:
            raise InputError("The work itself refuses a factor of 13.")
        self._spec = replace(self._spec, **settings)  # type: ignore[arg-type]

    def _have_accident(self) -> None:
        match self._spec.accident:
            case "bug":
                raise ZeroDivisionError("a secret of the server")
            case "diverge":
                self._spec, self._sum = replace(self._spec, steps=self._step), math.nan
            case "full disk":
                _fill_disk()
            case "gpu":
                raise RuntimeError("CUDA error: out of memory")
            case "hang":
                time.sleep(3600)
            case "input":
                raise InputError(REFUSED)
            case "memory":
                np.empty(2**55)


def _fill_disk() -> None:
    """Let this process write no file beyond 4 kB from now on; the system says so as with a full disk."""
    import resource  # not on Windows

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))


def count(spec: Spec, state: bytes | None = None) -> Count:
    """Count to `steps`, a report a step.

    Raises:
        InputError: it was told to have the accident of step 0.
    """
    if spec.accident == "input" and not spec.at:
        raise InputError(REFUSED)
    return Count(spec, state)
