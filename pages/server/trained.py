"""Networks that were trained here: kept with their weights, so that every page can look through them.

A view that shows a training run calls `button(run)`. A network is called after its run, and that name
travels in the file of its weights: see `vizcore.toolkit.trained`.
"""

import io

import numpy as np
import streamlit as st

from pages.frame import links, networks
from pages.frame import pictures as stage_pictures
from pages.server.errors import advice
from pages.server.training import begun, extent, pictures
from vizcore import runs
from vizcore.exhibits.live_training import Spec
from vizcore.runs import following
from vizcore.runs.states import Checkpoint
from vizcore.toolkit import checkpoints, datasets, plans, trained
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.images import Image
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


def probe(run: str, number: int) -> tuple[Image, str]:
    """A held-out example of a run as a picture for the stage, and its title.

    Args:
        run: its id.
        number: of the example; counted on from the first one behind the last.
    """
    spec = begun(run)
    data = datasets.dataset(
        spec.data, pictures(run), count=spec.count, share=spec.share, noise=spec.noise, seed=spec.seed
    )
    at = number % len(data.held_labels)
    pixels = np.broadcast_to(data.held_images[at], (3, *data.held_images.shape[2:]))  # grey three times
    title = f"{datasets.TITLES[spec.data]}: example {at + 1}, {data.classes[data.held_labels[at]]}"
    return np.asarray(pixels.transpose(1, 2, 0) / 255, np.float32), title


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
                stage_pictures.put(*probe(run, example))
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
