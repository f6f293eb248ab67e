"""A second network beside the first: before or after training, or before the surgery."""

from dataclasses import replace

import streamlit as st

from pages.frame import networks
from pages.parts import convolution_controls as controls
from pages.parts import filters_mosaic as mosaics
from pages.parts.filters_mosaic import Shown
from vizcore.toolkit import nets, surgery

TRAINING, SURGERY = "training", "surgery"  # what the setting `twin` can say, besides nothing


def control(net: str) -> str:
    """Choose what stands beside; returns its reference, or "" where nothing does."""
    chosen = controls.choice("Side by side with", choices(net), "twin")
    if chosen == SURGERY:
        return surgery.split(net)[0]
    if chosen != TRAINING:
        return ""
    other = trained_or_not(net)
    if nets.find(other).read is None:
        mosaics.number_control("Seed", "seed", networks.SEEDS + 1)
    return other


def choices(net: str) -> dict[str, str]:
    """What can stand beside a network -> in words."""
    base, done = surgery.split(net)
    if nets.find(base).read is not None:
        training = "before training"
    else:
        training = "after training" if has_weights(base) else "other random weights"
    found = {"": "nothing", TRAINING: training}
    return found | {SURGERY: "before the surgery"} if done else found


def trained_or_not(net: str) -> str:
    """The same architecture with trained weights if `net` is untrained, else with random ones."""
    base, _ = surgery.split(net)
    name = networks.architecture(base)
    if nets.find(base).read is None and has_weights(base):
        return name
    wanted = f"{name}~{mosaics.number('seed', networks.SEEDS + 1)}"
    return wanted if wanted != base else networks.untrained(base)


def has_weights(base: str) -> bool:
    """Whether trained weights belong to an architecture, be they on this computer or not."""
    return nets.find(networks.architecture(base)).read is not None


def twin(other: str, shown: Shown) -> Shown | None:
    """The same layer of the second network, shown in the same way; None where its weights are not here."""
    if not nets.ready(other):
        st.caption(
            "The trained weights are not on this computer: put the network into the tube to fetch them."
        )
        return None
    return replace(shown, net=other, found=mosaics.filters_of(other, shown.layer.name))
