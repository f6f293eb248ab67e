"""Why a run ends: the exit code of its process, the state it leaves, and what people read."""

from collections.abc import Mapping
from dataclasses import dataclass

from vizcore.runs import folder as folders
from vizcore.toolkit.errors import InputError


@dataclass(frozen=True)
class End:
    """One way to end."""

    code: int  # exit code of the process
    state: str
    sentence: str
    goes_on: bool = False  # whether it is worth another try from the last checkpoint


ENDS: Mapping[str, End] = {
    "finished": End(0, "finished", ""),
    "bug": End(1, "failed", "The run failed, and that is our mistake; its log on the server says more."),
    "stopped": End(2, "stopped", "The run was stopped."),
    "diverged": End(3, "failed", "The run has diverged. A smaller learning rate is the usual way out."),
    "memory": End(4, "failed", "The run needs more memory than there is. Choose smaller settings.", True),
    "input": End(5, "failed", "The run cannot be made with these settings."),
    "gpu": End(6, "failed", "The GPU is out of memory, or lost. Take a smaller batch, or the CPU.", True),
    "asleep": End(7, "paused", "The run rests on the disk until you resume it."),
    "disk": End(8, "failed", "The disk of the server is full, so the run could not begin."),
}
LOST = "The process of this run was killed, perhaps because memory ran out."
LOST_ELSEWHERE = "The cluster on which this run worked was lost."
CROWDED = "It waits for room on the cluster."
_GPU = ("CUDA", "CUDNN", "CUBLAS", "device lost", "MPS backend")  # in what torch says about a GPU
_MEMORY = ("can't allocate memory", "not enough memory")  # and about the memory of the computer


def of(error: Exception) -> tuple[str, str]:
    """The name of the end that an error leads to, and its sentence."""
    text = str(error)
    if isinstance(error, InputError):
        return "input", text
    name = "bug"
    if type(error).__name__ == "OutOfMemoryError" or _any(_GPU, text):
        name = "gpu"
    elif isinstance(error, MemoryError) or _any(_MEMORY, text):
        name = "memory"
    elif isinstance(error, OSError) and folders.full(error):
        name = "disk"
    return name, ENDS[name].sentence


def _any(words: tuple[str, ...], text: str) -> bool:
    return any(word in text for word in words)
