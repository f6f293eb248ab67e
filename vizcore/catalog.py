"""Table of contents: one line per exhibit, in the order of the menu."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Exhibit:
    """One page. Its files are pages/<key>.py, vizcore/exhibits/<key>.py and tests/exhibits/test_<key>.py."""

    key: str  # stem of its files; with dashes, its address
    section: str  # heading in the menu
    title: str  # a noun
    question: str  # the one question that the page answers
    icon: str  # a Material symbol

    @property
    def path(self) -> str:
        """Address of the page below the server's root."""
        return self.key.replace("_", "-")


CATALOG: tuple[Exhibit, ...] = (
    Exhibit(
        "feature_maps",
        "Networks",
        "Feature maps",
        "What does each layer see in this picture?",
        ":material/blur_on:",
    ),
    Exhibit(
        "convolution",
        "Building blocks",
        "Convolution",
        "What does one kernel do to a picture?",
        ":material/grid_on:",
    ),
    Exhibit(
        "pooling",
        "Building blocks",
        "Pooling",
        "What does pooling keep, and what does it forget?",
        ":material/compress:",
    ),
    Exhibit(
        "invariance",
        "Building blocks",
        "Invariance",
        "Does the network notice when the picture moves?",
        ":material/open_with:",
    ),
    Exhibit(
        "filters",
        "Networks",
        "Filters",
        "What has this layer learned to look for?",
        ":material/filter_center_focus:",
    ),
    Exhibit(
        "live_training",
        "Training",
        "Live training",
        "How does a network learn?",
        ":material/model_training:",
    ),
    Exhibit(
        "activation_functions",
        "Training",
        "Activation functions",
        "Why this curve and not another?",
        ":material/show_chart:",
    ),
    Exhibit(
        "losses",
        "Training",
        "Losses",
        "What is the network punished for?",
        ":material/gavel:",
    ),
    Exhibit(
        "loss_landscape",
        "Training",
        "Loss landscape",
        "What does training walk on?",
        ":material/landscape:",
    ),
    Exhibit(
        "optimizers",
        "Training",
        "Optimisers",
        "Which way down?",
        ":material/downhill_skiing:",
    ),
)


def exhibit(key: str) -> Exhibit:
    """The entry called `key`; raises KeyError when there is none."""
    return {entry.key: entry for entry in CATALOG}[key]
