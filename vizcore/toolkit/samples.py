"""The gallery: pictures that come with the app and need no network.

Photographs lie in the installed scikit-image and scikit-learn; their credits repeat what these packages say
about them. Digits and shapes are examples that no bundled network has been trained on, chosen by eye for
being easy to read. Importing this module imports none of the packages; loading does, for digits and shapes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.metadata import distribution
from pathlib import Path
from typing import Literal

import numpy as np

from vizcore.toolkit.errors import pick
from vizcore.toolkit.images import Image, decode

HELD = "held~"  # how names of held-out examples begin, see `held_out`


@dataclass(frozen=True)
class Sample:
    """A picture of the gallery."""

    title: str
    group: Literal["Photographs", "Digits", "Shapes"]
    credit: str  # author and licence, to be shown beside the picture
    alt: str  # what is seen, for those who do not see it
    load: Callable[[], Image]  # (H, W, 3) in [0, 1], H and W at most 512 px


def _photograph(title: str, path: str, credit: str, alt: str) -> Sample:
    return Sample(title, "Photographs", credit, alt, partial(_file, *path.split("/", 1)))


def _file(package: str, path: str) -> Image:
    """The picture in an installed package, which is found without importing it: that takes a second."""
    return decode(Path(str(distribution(package).locate_file(path))).read_bytes(), max_side=512)


def _digit(number: int, nth: int) -> Image:
    """The held-out digit of this number that comes `nth`, counted from 0, as 8 x 8 px grey."""
    from vizcore.toolkit.data import digits

    held_out = digits()
    grey = held_out.test_images[held_out.test_labels == number][nth]
    return np.repeat(grey[..., None], 3, axis=2)


def _held_out(name: str) -> Image:
    from vizcore.toolkit.held_out import example

    return example(name)[0]


def _shape(name: str, seed: int) -> Image:
    from vizcore.toolkit.data import shapes

    return shapes(1, seed=seed, classes=[name]).images[0]


PHOTOGRAPHS: Mapping[str, Sample] = {
    "cat": _photograph(
        "Cat",
        "scikit-image/skimage/data/chelsea.png",
        "Stefan van der Walt, CC0",
        "The face of a ginger tabby cat.",
    ),
    "coffee": _photograph(
        "Coffee",
        "scikit-image/skimage/data/coffee.png",
        "Rachel Michetti and Pikolo Espresso Bar, CC0",
        "A cup of espresso with a spoon on a red saucer, on a wooden table.",
    ),
    "astronaut": _photograph(
        "Astronaut",
        "scikit-image/skimage/data/astronaut.png",
        "NASA, public domain",
        "Eileen Collins, smiling, in an orange space suit before a flag and a model shuttle.",
    ),
    "camera": _photograph(
        "Photographer",
        "scikit-image/skimage/data/camera.png",
        "Lav Varshney, CC0",
        "A man in a dark coat looks through a camera on a tripod, in black and white.",
    ),
    "pagoda": _photograph(
        "Pagoda",
        "scikit-learn/sklearn/datasets/images/china.jpg",
        "danielbuechele (flickr.com/photos/danielbuechele/6061409035), CC BY 2.0, made smaller",
        "A Chinese tower with three roofs above trees and a lake.",
    ),
    "flower": _photograph(
        "Flower",
        "scikit-learn/sklearn/datasets/images/flower.jpg",
        "vultilion (flickr.com/photos/vultilion/6056698931; scikit-learn also names danielbuechele), "
        "CC BY 2.0, made smaller",
        "An orange dahlia in front of dark leaves.",
    ),
    "rocket": _photograph(
        "Rocket",
        "scikit-image/skimage/data/rocket.jpg",
        "SpaceX, public domain",
        "A white rocket on its launch pad between four towers, at dusk.",
    ),
    "galaxies": _photograph(
        "Galaxies",
        "scikit-image/skimage/data/hubble_deep_field.jpg",
        "NASA, public domain",
        "Hundreds of small, coloured galaxies on black.",
    ),
    "retina": _photograph(
        "Retina",
        "scikit-image/skimage/data/retina.jpg",
        "Mikael Häggström, CC0",
        "The back of an eye: an orange disc with branching blood vessels, on black.",
    ),
    "tissue": _photograph(
        "Tissue",
        "scikit-image/skimage/data/ihc.png",
        "Center for Microscopy and Molecular Imaging, no known copyright restrictions",
        "Glands stained brown among blue cell nuclei, under a microscope.",
    ),
    "coins": _photograph(
        "Coins",
        "scikit-image/skimage/data/coins.png",
        "Brooklyn Museum, no known copyright restrictions",
        "Four rows of worn ancient coins on a grey ground.",
    ),
    "horse": _photograph(
        "Horse",
        "scikit-image/skimage/data/horse.png",
        "Andreas Preuss, CC0",
        "The black outline of a horse on white.",
    ),
    "text": _photograph(
        "Handwriting",
        "scikit-image/skimage/data/text.png",
        "Wikipedia (File:Corner.png), public domain",
        "Formulas written on squared paper, seen at an angle.",
    ),
    "brick": _photograph(
        "Bricks",
        "scikit-image/skimage/data/brick.png",
        "CC0Textures (Bricks25), CC0",
        "Long grey bricks with light joints, side by side.",
    ),
    "grass": _photograph(
        "Grass",
        "scikit-image/skimage/data/grass.png",
        "linolafett (DeviantArt), CC0",
        "Trodden grass in grey, from above.",
    ),
    "gravel": _photograph(
        "Gravel",
        "scikit-image/skimage/data/gravel.png",
        "CC0Textures (Gravel04), CC0",
        "Small grey stones, from above.",
    ),
}

DIGITS: Mapping[str, Sample] = {
    f"digit-{number}": Sample(
        f"Digit {number}",
        "Digits",
        "E. Alpaydin and C. Kaynak (UCI Machine Learning Repository), CC BY 4.0",
        f"A handwritten {number}, white on black.",
        partial(_digit, number, nth),
    )
    for number, nth in enumerate((0, 12, 2, 6, 3, 4, 5, 2, 1, 3))
}

SHAPES: Mapping[str, Sample] = {
    f"shape-{name}": Sample(
        name.capitalize(),
        "Shapes",
        "Convoscope, MIT licence",
        f"One {name}, clearly set off from a coloured ground with a few specks on it.",
        partial(_shape, name, seed),
    )
    for name, seed in {
        "circle": 1004,
        "ring": 1012,
        "crescent": 1006,
        "square": 1002,
        "triangle": 1003,
        "cross": 1010,
        "star": 1001,
        "heart": 1013,
        "arrow": 1009,
        "hourglass": 1000,
    }.items()
}

SAMPLES: Mapping[str, Sample] = {**PHOTOGRAPHS, **DIGITS, **SHAPES}


@lru_cache(maxsize=16)  # of up to 3 MB each
def sample(name: str) -> Image:
    """Return a picture of the gallery, (H, W, 3) in [0, 1], longer side at most 512 px, read-only.

    Args:
        name: a key of SAMPLES, such as "cat", "digit-3" or "shape-star", or one of `held_out`.

    Raises:
        InputError: there is no such picture.
    """
    image = _held_out(name) if name.startswith(HELD) else pick(SAMPLES, name, "picture").load()
    image.setflags(write=False)
    return image
