"""What a landscape is of: settings and arrays for its run, and its name in words."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.frame import links
from pages.parts import loss_landscape_plane_settings as settings
from pages.server import runs as following
from pages.server import trained, training
from vizcore import runs
from vizcore.toolkit import nets, subjects
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.landscape_scan import CHECKPOINTS
from vizcore.toolkit.plans import plan
from vizcore.toolkit.training_spec import Spec

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Source:
    """What a landscape is of."""

    title: str  # to be shown as text
    settings: Mapping[str, Any]  # of landscape_spec.Spec
    arrays: Arrays = field(default_factory=dict)  # what its function takes besides
    digest: str = ""  # another one for other arrays
    steps: tuple[int, ...] = ()  # at which there are checkpoints of its path


def trained_now() -> Source:
    """A training of its own that comes first, with its controls."""
    chosen = settings.training()
    spec = Spec(**chosen)
    total = plan(spec).total
    steps = sorted({*np.linspace(0, total, CHECKPOINTS).round().astype(int).tolist()})
    return Source(trained.subject(spec), {"training": chosen}, steps=tuple(steps))


def in_the_tube(net: str) -> Source:
    """The network with this reference.

    Raises:
        InputError: its weights are not here, or there are no pictures of its classes.
    """
    subjects.known_by(nets.find(net))
    reference, arrays = subjects.carried(net)
    path = {name: values[None] for name, values in arrays.items()}
    given = {"path": path["weights"], "buffers": path["buffers"]} if path else {}
    return Source(nets.find(net).title, {"net": reference}, given, net if given else "")


def of_a_run() -> Source | None:
    """The run of live training that the link names, as far as it was when it was looked at first.

    Returns:
        None where the link names none.

    Raises:
        InputError: it is no training run, or has no checkpoint yet.
    """
    run = following.linked("ll_run")
    if not run:
        return None
    spec = training.begun(run)
    steps = tuple(step for step in runs.checkpoints(run) if step <= _until(run))
    if not steps:
        raise InputError("This run has no checkpoint yet. Let it take a few steps first.")
    title = f"{trained.subject(spec)}, step {steps[-1]:,}"
    return Source(title, {"training": asdict(spec)}, _walked(run, steps), f"{run} {steps[-1]}", steps)


def _until(run: str) -> int:
    """The step up to which the landscape knows the run; that of its newest checkpoint at first."""
    text = links.setting("ll_until")
    if not (text.isascii() and text.isdigit()):
        text = str(max(runs.checkpoints(run), default=0))
        links.choose("ll_until", text)
    return int(text)


@st.cache_data(max_entries=2, show_spinner=False)
def _walked(run: str, steps: tuple[int, ...]) -> dict[str, NDArray[Any]]:
    """Weights and statistics of a run at its checkpoints, and its own pictures where it has some."""
    states = [runs.state_of(run, step) for step in steps]
    path, buffers = subjects.of_states(states, training.begun(run), training.extent(run))
    return {"path": path, "buffers": buffers, **runs.arrays(run)}
