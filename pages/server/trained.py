"""Networks that were trained here: kept with their weights, so that every page can look through them.

A view that shows a training run calls `button(run)`. A network is called after its run, and that name
travels in the file of its weights: see `vizcore.toolkit.trained`.
"""

import io

import streamlit as st

from pages.frame import networks
from pages.server.errors import advice
from pages.server.training import begun, extent
from vizcore import runs
from vizcore.exhibits.live_training import Spec
from vizcore.runs import following
from vizcore.runs.states import Checkpoint
from vizcore.toolkit import checkpoints, datasets, plans, trained
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.recipes import RECIPES

OWN_NET = "Own network"
LOOKED_AT_BY = ("feature_maps", "filters", "invariance")  # pages


def keep(run: str, step: int | None = None) -> str:
    """The reference of the network of a run, kept with its weights and put into this visit's list.

    Args:
        run: its id.
        step: one that has a checkpoint; None takes the newest.

    Raises:
        InputError: there is no such run or checkpoint, it trains nothing, or its weights are not finite.
    """
    begun(run)  # refuses a run of another page
    found = checkpoints.receive(io.BytesIO(file(run, step)), {})
    reference = f"{found.architecture}@{found.digest}"
    networks.remember(reference)
    return reference


def file(run: str, step: int | None = None) -> bytes:
    """The weights of a run at a checkpoint as a .safetensors file; arguments and errors as of `keep`."""
    found = _checkpoint(run, step)
    spec = Spec(**found.settings)
    return trained.weights(found.state, plans.plan(spec, extent(run)).net, _title(found))


def _checkpoint(run: str, step: int | None) -> Checkpoint:
    steps = runs.checkpoints(run)
    if not steps:
        raise InputError("This run has no checkpoint yet. Let it take a few steps first.")
    return following.checkpoint(run, steps[-1] if step is None else step)


def _title(found: Checkpoint) -> str:
    """Such as “LeNet-5 on digits, step 1,290, 98.0 %”: what learns what, how far it is, how often right."""
    right = f"{100 * trained.measured(found.state):.1f} %"
    return f"{subject(Spec(**found.settings))}, step {found.step:,}, {right}"


def subject(spec: Spec) -> str:
    """Which network is trained on what, such as “LeNet-5 on digits”."""
    title = RECIPES[spec.net].title if spec.net in RECIPES else OWN_NET
    data = datasets.TITLES[spec.data]
    return f"{title} on {data.lower() if data[1:].islower() else data}"


def button(run: str) -> None:
    """Offer to put the newest network of a run into the tube; then, ways to the pages that look into it.

    Args:
        run: its id.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button("Look into this network", icon=":material/biotech:", key="trained.look"):
            try:
                networks.use(keep(run))
            except InputError as error:
                advice(str(error))
            else:
                st.session_state["trained.shown"] = run
                st.rerun()
        if st.session_state.get("trained.shown") == run:
            st.markdown("It is in the tube of every page now:", width="content")
            for page in LOOKED_AT_BY:
                st.page_link(st.session_state["pages"][page], width="content")
