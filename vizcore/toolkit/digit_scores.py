"""What two models make of the held-out digits, asked of each whether it is one certain digit.

A score is the log odds, ln p / (1 - p): 0 where the model is undecided, above it where it rather says yes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from vizcore.toolkit import device, inputs, nets
from vizcore.toolkit.data import DIGIT_CLASSES, digits
from vizcore.toolkit.errors import InputError, pick

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """Something that scores digits."""

    title: str
    score: Callable[[int], Floats]  # digit -> (450,) log odds of the held-out digits
    says: str


def _linear(digit: int) -> Floats:
    from sklearn.linear_model import LogisticRegression

    data = digits()
    model = LogisticRegression(max_iter=1_000)
    model.fit(data.train_images.reshape(-1, 64), data.train_labels == digit)
    return model.decision_function(data.test_images.reshape(-1, 64)).astype(np.float64)


def _lenet5(digit: int) -> Floats:
    logits = _logits()
    return logits[:, digit] - np.logaddexp.reduce(np.delete(logits, digit, axis=1), axis=1)


@lru_cache(maxsize=1)
def _logits() -> Floats:
    """(450, 10) of LeNet-5 on the held-out digits."""
    net = nets.find("lenet5")
    pictures = inputs.resized(torch.tensor(digits().test_images)[:, None], net)

    def forward(where: str) -> Floats:
        with torch.no_grad():
            logits = nets.load("lenet5", where)(inputs.normalised(pictures, net).to(where))
        return logits.double().cpu().numpy()

    return device.run(forward)[0]


MODELS: Mapping[str, Model] = {
    "linear": Model(
        "One linear layer",
        _linear,
        "64 pixels times 64 weights and a bias, trained by cross entropy with L2 (logistic regression).",
    ),
    "lenet5": Model(
        "LeNet-5", _lenet5, "The bundled network; the logit of the digit against all the others."
    ),
}


@lru_cache(maxsize=32)
def digit_scores(model: str, digit: int) -> tuple[Floats, NDArray[np.int64]]:
    """Scores (450,) of the held-out digits, and 1 for each that is the digit; both are read-only.

    Args:
        model: key of MODELS.
        digit: 0 to 9.

    Raises:
        InputError: there is no such model or digit.
    """
    entry = pick(MODELS, model, "model")
    if digit not in range(len(DIGIT_CLASSES)):
        raise InputError(f"There is no digit {str(digit)[:40]}. Choose one from 0 to 9.")
    scores, targets = entry.score(digit), (digits().test_labels == digit).astype(np.int64)
    scores.setflags(write=False)
    targets.setflags(write=False)
    return scores, targets
