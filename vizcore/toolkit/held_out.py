"""Held-out examples as pictures, by names that a link carries, such as held~digits~0~0.25~0.0~0~4."""

import numpy as np

from vizcore.toolkit import datasets
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.images import Image
from vizcore.toolkit.samples import HELD
from vizcore.toolkit.training_spec import Spec

BETWEEN = HELD[-1]
# Settings of a run that say which examples it holds out, in order.
SPLIT = {"data": str, "count": int, "share": float, "noise": float, "seed": int}


def name_of(spec: Spec, number: int) -> str:
    """The name of the held-out example of this number in a run with these settings."""
    return HELD + BETWEEN.join([*(str(getattr(spec, name)) for name in SPLIT), str(number)])


def example(name: str) -> tuple[Image, str]:
    """The picture (H, W, 3) in [0, 1] of this name, and its title.

    Raises:
        InputError: there is none, or its data are not on this computer.
    """
    *texts, last = name.removeprefix(HELD).split(BETWEEN)
    try:
        spec = Spec(**{key: kind(text) for (key, kind), text in zip(SPLIT.items(), texts, strict=True)})
        number = int(last)
    except ValueError as error:
        raise InputError("The link names a held-out example that there is not.") from error
    return picture(spec, number)


def picture(spec: Spec, number: int, own: datasets.Own | None = None) -> tuple[Image, str]:
    """The same of a run.

    Args:
        spec: its settings.
        number: of the example; counted on from the first one behind the last.
        own: the pictures that it learns from, where these are somebody's own.
    """
    data = datasets.dataset(
        spec.data, own, count=spec.count, share=spec.share, noise=spec.noise, seed=spec.seed
    )
    at = number % len(data.held_labels)
    pixels = np.broadcast_to(data.held_images[at], (3, *data.held_images.shape[2:]))  # grey three times
    title = f"{datasets.TITLES[spec.data]}: example {at + 1}, {data.classes[data.held_labels[at]]}"
    return np.asarray(pixels.transpose(1, 2, 0) / 255, np.float32), title
