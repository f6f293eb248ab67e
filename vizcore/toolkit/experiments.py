"""Ready comparisons: two or three settings of a small run that differ in one thing.

They take 200 to 300 digits, so that 16 copies of each are there within half a minute on two cores.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vizcore.toolkit import specs
from vizcore.toolkit.data import DIGIT_CLASSES

Settings = Mapping[str, Any]
SIDE = 32  # px of the digits
BLOCKS, WIDTH = 10, 8  # of the deep network: pairs of convolutions, maps of each

BASE: Settings = {"count": 400, "share": 0.5, "batch": 16, "net": "lenet5", "epochs": 12}


@dataclass(frozen=True)
class Experiment:
    """A comparison."""

    title: str
    asks: str  # one sentence
    says: str  # what is behind it, one or two sentences
    base: Settings  # what all of its runs have besides BASE
    cases: Mapping[str, Settings]  # name of a run -> what it has besides

    def settings(self) -> dict[str, dict[str, Any]]:
        """Name of each run -> its settings."""
        return {name: {**BASE, **self.base, **case} for name, case in self.cases.items()}


def deep(*, norm: bool, skips: bool) -> str:
    """The token of a network of 21 convolutions with few maps, with batch norm or skips or neither."""
    layers: list[dict[str, object]] = [
        {"kind": "conv", "out": WIDTH, "kernel": 3, "stride": 2, "padding": 1},
        {"kind": "relu"},
        {"kind": "max_pool", "kernel": 2, "name": "block0"},
    ]
    for block in range(1, BLOCKS + 1):
        before = f"block{block - 1}"
        first, second = (_convolution(norm) for _ in range(2))
        first[0]["from"] = before
        layers += [*first, {"kind": "relu"}, *second]
        if skips:
            layers[-1]["name"] = f"residual{block}"
            layers.append({"kind": "add", "from": [f"residual{block}", before]})
        layers.append({"kind": "relu", "name": f"block{block}"})
    return _token(layers)


def narrow(units: int) -> str:
    """The token of a network with one hidden layer of so many units."""
    return _token([{"kind": "flatten"}, {"kind": "linear", "out": units}, {"kind": "tanh"}])


def _convolution(norm: bool) -> list[dict[str, object]]:
    convolution: dict[str, object] = {"kind": "conv", "out": WIDTH, "kernel": 3, "padding": 1}
    return [convolution, {"kind": "batch_norm"}] if norm else [convolution]


def _token(layers: list[dict[str, object]]) -> str:
    """The layers, and behind them what tells the digits apart."""
    end = [{"kind": "flatten"}] if layers[0]["kind"] != "flatten" else []
    document = {
        "input": [1, SIDE, SIDE],
        "classes": list(DIGIT_CLASSES),
        "layers": [*layers, *end, {"kind": "linear", "out": len(DIGIT_CLASSES)}],
    }
    return specs.token(specs.parse(json.dumps(document)))


EXPERIMENTS: Mapping[str, Experiment] = {
    "overfit": Experiment(
        "Overfitting: 100 digits",
        "Does it help to hold the weights down, or to drop values?",
        "The MLP has 140,000 weights for 100 pictures, so it can learn them by heart. Weight decay and "
        "dropout make that harder.",
        {"share": 0.75, "batch": 10, "net": "mlp", "lr": 0.005, "epochs": 40},
        {"neither": {}, "weight decay 0.03": {"weight_decay": 0.03}, "dropout 0.5": {"dropout": 0.5}},
    ),
    "underfit": Experiment(
        "Underfitting",
        "How many hidden units do ten digits need?",
        "All that the last layer knows of a picture are the values of the hidden units. Where these are too "
        "few, even the pictures it learns from stay mixed up.",
        {"lr": 0.01, "epochs": 30},
        {"2 units": {"net": narrow(2)}, "8 units": {"net": narrow(8)}, "64 units": {"net": narrow(64)}},
    ),
    "rate": Experiment(
        "Learning rate",
        "Too small, right, too big: which is which, and how far do seeds differ?",
        "Too small, and nothing much happens; too big, and each step lands higher than it began.",
        {},
        {"η = 0.0001": {"lr": 0.0001}, "η = 0.01": {"lr": 0.01}, "η = 0.1": {"lr": 0.1}},
    ),
    "norm": Experiment(
        "No normalisation",
        "Does a deep network learn without batch norm?",
        "21 convolutions, each fed by the one before: batch norm keeps the size of signals as they pass.",
        {"lr": 0.003, "epochs": 10},
        {
            "without": {"net": deep(norm=False, skips=False)},
            "batch norm": {"net": deep(norm=True, skips=False)},
        },
    ),
    "skips": Experiment(
        "With and without skips",
        "What does it change that each block is added to what it was given? Both have batch norm.",
        "Through a sum the gradient reaches early layers unchanged, however deep the network is.",
        {"lr": 0.003, "epochs": 10},
        {
            "without": {"net": deep(norm=True, skips=False)},
            "skips": {"net": deep(norm=True, skips=True)},
        },
    ),
    "start": Experiment(
        "Bad initialisation",
        "Does it matter how the weights begin?",
        "From zeros all units of a layer get the same gradient and stay alike. From very small weights the "
        "signal vanishes on its way, and the gradient with it.",
        {},
        {"zeros": {"start": "zeros"}, "N(0, 0.01²)": {"start": "small"}, "Kaiming": {"start": "kaiming"}},
    ),
    "batch": Experiment(
        "Small and large batches",
        "As many epochs, but few large steps or many small ones?",
        "The variance of a batch's gradient falls as 1 / B. A large batch sees more clearly, but moves less "
        "often in one epoch.",
        {"lr": 0.003, "epochs": 8},
        {"4 pictures": {"batch": 4}, "16 pictures": {"batch": 16}, "100 pictures": {"batch": 100}},
    ),
    "real": Experiment(
        "Is it real? Momentum and Nesterov",
        "Is one of them better, or was it a lucky seed?",
        "Both rules differ by one look ahead. A single pair of runs always has a winner; bands show whether "
        "another pair would have had the same one.",
        {"optimiser": "momentum"},
        {"momentum": {}, "Nesterov": {"optimiser": "nesterov"}},
    ),
}
