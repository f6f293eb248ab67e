"""The two data sets that come with the app: scikit-learn's handwritten digits and drawn shapes."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit.shapes import SHAPE_CLASSES, Shapes, shapes

__all__ = ["DIGIT_CLASSES", "SHAPE_CLASSES", "Digits", "Shapes", "digits", "shapes"]

DIGIT_CLASSES: tuple[str, ...] = tuple("0123456789")


@dataclass(frozen=True, eq=False)
class Digits:
    """1,797 handwritten digits, light on dark; a quarter of each class is held out."""

    train_images: NDArray[np.float32]  # (1347, 8, 8) in [0, 1], 1 = ink
    train_labels: NDArray[np.int64]  # (1347,) 0 to 9
    test_images: NDArray[np.float32]  # (450, 8, 8) in [0, 1], never trained on
    test_labels: NDArray[np.int64]  # (450,) 0 to 9


@lru_cache(maxsize=1)
def digits() -> Digits:
    """The digits of scikit-learn, always split in the same way; the arrays are read-only.

    Source: E. Alpaydin and C. Kaynak 1998, "Optical Recognition of Handwritten Digits", UCI Machine Learning
    Repository (CC BY 4.0), the test part, as shipped with scikit-learn.
    """
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    pixels, labels = load_digits(return_X_y=True)
    images = (pixels.reshape(-1, 8, 8) / 16).astype(np.float32)
    labels = labels.astype(np.int64)
    split = train_test_split(images, labels, test_size=0.25, random_state=0, stratify=labels)
    train_images, test_images, train_labels, test_labels = split
    for array in split:
        array.setflags(write=False)
    return Digits(train_images, train_labels, test_images, test_labels)
