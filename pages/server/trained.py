"""Networks that were trained here: kept with their weights, so that every page can look through them.

A view that shows a training run calls `button(run)`. A network is called after its run, and that name
travels in the file of its weights: see `vizcore.toolkit.trained`.
"""

import io

import streamlit as st

from pages.frame import links, networks
from pages.frame import pictures as stage_pictures
from pages.server.errors import advice
from pages.server.training import begun, extent, pictures
from vizcore import runs
from vizcore.exhibits.live_training import Spec
from vizcore.runs import following
from vizcore.runs.states import Checkpoint
from vizcore.toolkit import checkpoints, datasets, held_out, plans, trained
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.recipes import RECIPES

OWN_NET = "Own network"
LOOKED_AT_BY = {  # pages, each with the view that looks into a network; "" where it has but one
    "feature_maps": "",
    "filters": "",
    "invariance": "network",
    "activation_functions": "map",
}


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


def look_at(run: str, number: int) -> None:
    """Put a held-out example of a run onto the stage; a link carries it, unless it is somebody's own.

    Args:
        run: its id.
        number: of the example; counted on from the first one behind the last.
    """
    spec = begun(run)
    if own := pictures(run):
        stage_pictures.put(*held_out.picture(spec, number, own))
    else:
        links.choose("picture", held_out.name_of(spec, number))


def button(run: str, step: int | None = None, example: int = 0) -> None:
    """Offer to put the network of a run into the tube; then, ways to the pages that look into it.

    Args:
        run: its id.
        step: one that has a checkpoint; None takes the newest.
        example: number of the held-out example that goes onto the stage with it.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button("Look into this network", icon=":material/biotech:", key="trained.look"):
            try:
                networks.use(keep(run, step))
                look_at(run, example)
            except InputError as error:
                advice(str(error))
            else:
                st.session_state["trained.shown"] = (run, step)
                st.rerun()
        if st.button("See its landscape", icon=":material/landscape:", key="trained.landscape"):
            plane = "pca" if len(runs.checkpoints(run)) > 2 else "random"  # two places span no plane
            for name, value in {"ll_of": "run", "ll_run": run, "ll_until": "", "ll_plane": plane}.items():
                links.choose(name, value)
            st.switch_page(st.session_state["pages"]["loss_landscape"])
        if st.session_state.get("trained.shown") == (run, step):
            st.markdown("It is in the tube of every page now, and a held-out picture on the stage:")
            for page, view in LOOKED_AT_BY.items():
                st.page_link(st.session_state["pages"][page], query_params={"view": view} if view else None)
