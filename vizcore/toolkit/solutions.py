"""Ready pairs of trainings: two small runs that differ in one thing, and end in two places of a landscape.

All learn to tell digits apart with a rate that falls to 0, so that they end in a minimum and not beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vizcore.toolkit.experiments import deep

Settings = Mapping[str, Any]

BASE: Settings = {
    "count": 800,
    "share": 0.5,
    "batch": 32,
    "net": "lenet5",
    "schedule": "cosine",
    "epochs": 15,
}


@dataclass(frozen=True)
class Pair:
    """Two trainings."""

    title: str
    asks: str  # one sentence
    says: str  # what is known of it, one or two sentences, with its source
    base: Settings  # what both have besides BASE
    cases: Mapping[str, Settings]  # name of a training -> what it has besides
    sharper: str = ""  # the case that is said to end in the sharper minimum, where one is
    one_net: bool = True  # whether their weights mean the same, so that a line leads from one to the other

    def trainings(self, epochs: int = 0, seed: int = 0) -> dict[str, dict[str, Any]]:
        """Name of each training -> its settings, as those of `training_spec.Spec`.

        Args:
            epochs: how long both take; 0: as long as is usual for them.
            seed: added to that of both.
        """
        found = {name: {**BASE, **self.base, **case} for name, case in self.cases.items()}
        for settings in found.values():
            settings["epochs"] = epochs or settings["epochs"]
            settings["seed"] = seed + settings.get("seed", 0)
        return found


PAIRS: Mapping[str, Pair] = {
    "skips": Pair(
        "With and without skips",
        "What becomes of the landscape when each block is added to what it was given?",
        "Li et al. 2018 (arXiv:1712.09913) found that deep networks without skip connections have a chaotic "
        "landscape, and a nearly convex one with them. These have 21 convolutions and batch norm.",
        {"count": 400, "batch": 16, "lr": 0.005, "epochs": 20},
        {
            "without skips": {"net": deep(norm=True, skips=False)},
            "with skips": {"net": deep(norm=True, skips=True)},
        },
        sharper="without skips",
        one_net=False,
    ),
    "batch": Pair(
        "Small and large batches",
        "Do large batches end in sharper minima?",
        "Keskar et al. 2017 (arXiv:1609.04836) found that large batches end in sharp minima, which "
        "generalise worse. Li et al. warn that without filter normalisation one may only see how long the "
        "weights are.",
        {"epochs": 40},
        {"with batches of 16": {"batch": 16}, "with batches of 200": {"batch": 200}},
        sharper="with batches of 200",
    ),
    "norm": Pair(
        "With and without batch norm",
        "Does batch norm make the landscape smoother?",
        "Santurkar et al. 2018 (arXiv:1805.11604) found that batch norm makes it smoother. This is LeNet-5, "
        "which also learns without.",
        {},
        {"without batch norm": {}, "with batch norm": {"norm": True}},
        sharper="without batch norm",
        one_net=False,
    ),
    "decay": Pair(
        "Small and large weight decay",
        "What does weight decay do to the minimum?",
        "Weight decay shortens the weights, so that a step of the same length changes more. Filter "
        "normalisation takes that out again; the eigenvalue does not.",
        {"lr": 0.02, "epochs": 30},
        {"without weight decay": {}, "with weight decay 0.01": {"weight_decay": 0.01}},
    ),
    "seeds": Pair(
        "Two seeds",
        "Two equally good solutions: is it flat between them?",
        "Other seeds give other weights to start from and another order of the pictures. Which unit learns "
        "what is up to chance, and halfway between two networks every unit is half of each.",
        {},
        {"from one seed": {}, "from another seed": {"seed": 1}},
    ),
    "optimiser": Pair(
        "Two optimisers",
        "From the same start: do momentum and Adam end in the same valley?",
        "Both begin with the same weights and get the same batches.",
        {},
        {"with momentum": {}, "with Adam": {"optimiser": "adam", "lr": 0.001}},
    ),
}
