"""The bundled segmentation network: it names what every pixel of a picture belongs to.

A classifier says what there is, and should not notice when it moves: it is invariant. A segmenter says where
it is as well, and its answer should move along: it is equivariant.
"""

from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import torch
from numpy.typing import NDArray

from vizcore.toolkit import architectures, device, graphs, inputs, nets
from vizcore.toolkit.data import SHAPE_CLASSES
from vizcore.toolkit.graphs import Step
from vizcore.toolkit.images import Image

BACKGROUND = "background"
SEGMENTER = nets.Net(
    title="Small U-Net",
    summary="Down to maps of 8 × 8 and up again, trained to find ten shapes: it names every pixel.",
    build=architectures.SmallUNet,
    read=partial(nets.bundled, "segmenter"),
    input_shape=(3, 64, 64),
    mean=(0.5, 0.5, 0.5),
    std=(0.25, 0.25, 0.25),
    classes=(BACKGROUND, *SHAPE_CLASSES),
    source="after Ronneberger et al. 2015, arXiv:1505.04597",
)


@dataclass(frozen=True, eq=False)
class Segments:
    """What every pixel of a picture, as the network sees it, belongs to."""

    labels: NDArray[np.int64]  # (64, 64) index into `classes`; 0 is the background
    probabilities: NDArray[np.float32]  # (11, 64, 64), of the classes; their sum at each pixel is 1
    classes: tuple[str, ...]  # the background and the ten shapes


def segment(image: Image) -> Segments:
    """The class of every pixel.

    The picture is cropped, resized and normalised as the network expects (`inputs.prepare`).

    Args:
        image: (H, W, 3) in [0, 1].

    Raises:
        InputError: the array is not a picture.
    """
    batch = torch.from_numpy(inputs.prepare(image, SEGMENTER).normalised)[None]

    def probabilities(where: str) -> NDArray[np.float32]:
        steps = network(where)
        with torch.inference_mode():
            logits = graphs.outputs(steps, batch.to(where), [steps[-1].name])[steps[-1].name]
            return logits[0].softmax(dim=0).cpu().numpy()

    found, _ = device.run(probabilities)
    return Segments(found.argmax(axis=0), found, SEGMENTER.classes)


def network(where: str | None = None) -> tuple[Step, ...]:
    """The steps of the network with its weights, see `graphs.steps`; all who ask share it.

    Args:
        where: name of the device that its weights lie on; the fastest device when left out.

    Raises:
        InputError: its weights are missing or damaged.
    """
    return _network(where or device.best())


@lru_cache(maxsize=4)  # of 450 kB each
def _network(where: str) -> tuple[Step, ...]:
    module = nets.fresh(SEGMENTER).to(where)
    return graphs.steps(module, torch.zeros(1, *SEGMENTER.input_shape, device=where))
