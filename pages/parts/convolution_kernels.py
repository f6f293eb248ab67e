"""A kernel chosen by name, for the views that show one."""

import numpy as np
from numpy.typing import NDArray

from pages.parts.convolution_controls import select
from vizcore.toolkit import kernels


def kernel_choice(label: str, key: str, start: str, *, disabled: bool = False) -> str:
    """A name in KERNELS; stands in the address under `key`, and is `start` where the link names none."""
    titles = {name: entry.title for name, entry in kernels.KERNELS.items()}
    return select(label, titles, key, start, disabled=disabled, width=220)


def shown_well(name: str) -> NDArray[np.float64]:
    """The kernel at the size that shows it well."""
    return kernels.kernel(name, *kernels.KERNELS[name].start)
