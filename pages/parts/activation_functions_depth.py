"""Through many layers: what becomes of a signal on its way up, and of its gradient on its way down."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import streamlit as st

from pages import components, frame
from pages.components import charts, verdicts
from pages.components.charts import Chart, Line
from pages.frame import links
from pages.parts import activation_functions_depth_files as files
from pages.parts import activation_functions_depth_words as words
from pages.parts.convolution_controls import choice, select, slide
from vizcore.toolkit import mean_field, signal_flow
from vizcore.toolkit.activations import ACTIVATIONS
from vizcore.toolkit.mean_field import Forecast
from vizcore.toolkit.signal_flow import DEPTHS, INITIALISATIONS, LOST, Flow

FUNCTIONS = tuple(ACTIVATIONS)
TITLES = {name: entry.title for name, entry in ACTIVATIONS.items()}
STARTING = {name: entry.title for name, entry in INITIALISATIONS.items()}
COMPARED = {"functions": "several functions", "initialisations": "all initialisations"}
LAYERS = tuple(map(str, (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100)))
SEEDS = tuple("0123456789")
MOST_TICKED = 6  # functions that are drawn at once; so many names fit into a link
FAR = 1e36  # largest value at an axis, and its inverse the smallest
STARTS: Mapping[str, str] = {  # each setting and what it is where the link says nothing
    "depth_compare": "functions",
    "depth_function": "sigmoid",
    "depth_init": "xavier",
    "depth_layers": "20",
    "depth_layer": "5",
    "depth_ticked": "sigmoid,tanh,relu,selu,gelu",
    "depth_seed": "0",
}
SETTINGS = tuple(STARTS)


def _preset(title: str, compare: str, function: str, init: str, layers: str) -> frame.Preset:
    settings = {"compare": compare, "function": function, "init": init, "layers": layers}
    return frame.Preset(title, {"view": "depth"} | {f"depth_{name}": each for name, each in settings.items()})


PRESETS: Mapping[str, frame.Preset] = {
    "sigmoid": _preset("Sigmoid in 20 layers", "functions", "sigmoid", "xavier", "20"),
    "relu": _preset("ReLU with Kaiming", "initialisations", "relu", "kaiming", "50"),
    "selu": _preset("SELU with LeCun", "functions", "selu", "lecun", "100"),
    "lecture": _preset("[−1/d, 1/d] of the lectures", "functions", "relu", "lecture", "10"),
    "zeros": _preset("All zeros", "initialisations", "tanh", "zeros", "10"),
}
EXPLAINED = (signal_flow.signal_flow, mean_field.forecast)


@st.cache_data(max_entries=128, show_spinner=False)
def flow_of(functions: tuple[str, ...], initialisations: tuple[str, ...], depth: int, seed: int) -> Flow:
    return signal_flow.signal_flow(functions, initialisations, depth=depth, seed=seed)


@st.cache_data(max_entries=256, show_spinner=False)
def forecast_of(function: str, initialisation: str, depth: int) -> Forecast:
    return mean_field.forecast(function, initialisation, depth=depth)


@st.fragment
def show(stage: frame.Stage) -> None:
    """The charts, below them what becomes of every pair, and the sums behind the selected one."""
    _settle()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        compare = choice("Compare", COMPARED, "depth_compare")
        if compare == "functions":
            select("Initialisation", STARTING, "depth_init", STARTS["depth_init"])
        else:
            select("Function", TITLES, "depth_function", STARTS["depth_function"])
        with st.container(width="stretch"):
            depth = int(slide("Layers", LAYERS, "depth_layers", STARTS["depth_layers"]))
        with st.popover("More", icon=":material/tune:"):
            seed = int(slide("Seed", SEEDS, "depth_seed", STARTS["depth_seed"]))
    function, init = links.setting("depth_function"), links.setting("depth_init")
    if compare == "functions":
        flow = flow_of(FUNCTIONS, (init,), depth, seed)
    else:
        flow = flow_of((function,), tuple(INITIALISATIONS), depth, seed)
    layer = min(depth, int(links.setting("depth_layer")))
    curves, table = st.columns([1, 1.2], gap="medium")
    with curves:
        draw(flow, drawn(compare), layer)
    gradient = flow.gradients[flow.initialisations.index(init), flow.functions.index(function)]
    formula, beside = st.columns(2, gap="medium")
    with formula:
        words.explain(function, init, gradient, forecast_of(function, init, depth), layer)
    everything = flow_of(FUNCTIONS, tuple(INITIALISATIONS), depth, seed)
    with table:
        tabulate(everything, compare, function, init)
    with beside:
        st.markdown("**What to notice.** " + " ".join(words.noticed(everything, function, init)))
        words.predict(everything, function, init, flow_of, seed)
        frame.export_menu(partial(files.files, everything, seed), "depth")
    links.publish("activation_functions", "view", "picture", "net", *SETTINGS, starts=STARTS)


def _settle() -> None:
    """Take the first state for what a link names in vain."""
    for key, names in (("depth_function", TITLES), ("depth_init", STARTING)):
        if links.setting(key, STARTS[key]) not in names:
            links.choose(key, STARTS[key])
    layers = tuple(str(layer) for layer in range(1, DEPTHS[1] + 1))
    if links.setting("depth_layer", STARTS["depth_layer"]) not in layers:
        links.choose("depth_layer", STARTS["depth_layer"])
    named = list(dict.fromkeys(links.setting("depth_ticked", STARTS["depth_ticked"]).split(",")))
    known = [name for name in named if name in TITLES][:MOST_TICKED]
    if named != known:
        links.choose("depth_ticked", ",".join(known) or STARTS["depth_ticked"])


def drawn(compare: str) -> dict[str, str]:
    """Name and title of each line: the ticked functions and the selected one, or all initialisations."""
    if compare == "initialisations":
        return STARTING
    names = [*links.setting("depth_ticked").split(","), links.setting("depth_function")]
    return {name: TITLES[name] for name in names}


def draw(flow: Flow, lines: Mapping[str, str], layer: int) -> None:
    """Both charts; the names of the lines are those of functions, or of initialisations."""
    x = np.arange(flow.gradients.shape[2], dtype=np.float64)
    pairs = []
    for title, levels in (
        ("Signal, from the input upwards", flow.activations),
        ("Gradient, from the loss downwards", flow.gradients),
    ):
        values = levels[0] if len(flow.functions) > 1 else levels[:, 0]
        order = flow.functions if len(flow.functions) > 1 else flow.initialisations
        curves = [Line(named, values[order.index(name)]) for name, named in lines.items()]
        chart = Chart(title, x, curves, "layer (0: input)", "root mean square", log=True)
        low, high = charts.limits(chart)
        pairs.append(Chart(**vars(chart) | {"limits": (max(low, 1 / FAR), min(high, FAR))}))
    charts.mount(
        pairs,
        key="depth.charts",
        alt=f"Root mean squares in {len(x) - 1} layers: {', '.join(lines.values())}",
        cursor=layer,
        on_pick=take_layer,
    )


def tabulate(flow: Flow, compare: str, function: str, init: str) -> None:
    """What becomes of the gradient, for every function and initialisation."""
    functions = compare == "functions"
    data = verdicts.pack(
        TITLES,
        STARTING,
        list(zip(*flow.verdicts, strict=True)),
        flow.factors.T,
        selected=(function, init),
        along="column" if functions else "row",
        ticked=links.setting("depth_ticked").split(",") if functions else None,
        alt="What becomes of the gradient, and by how much each layer multiplies it. Arrow keys select.",
    )
    components.mount("verdicts", data=data, key="depth.verdicts", on_pick=take_pair)
    st.caption(
        f"By how much a layer multiplies the gradient, on average. It vanishes where less than {LOST:g} of "
        f"it is left at the input, explodes where it is more than {1 / LOST:,.0f} times as large."
    )


def take_layer() -> None:
    """Keep where the cursor was left; the input has no layer."""
    links.choose("depth_layer", str(max(1, round(components.picked("depth.charts")["x"]))))


def take_pair() -> None:
    """Keep the selected cell, or which functions are drawn."""
    pick = components.picked("depth.verdicts")
    if "tick" not in pick:
        links.choose("depth_function", pick["row"])
        links.choose("depth_init", pick["column"])
        return
    names = [name for name in links.setting("depth_ticked").split(",") if name != pick["tick"]]
    if pick["on"]:
        names = [*names[: MOST_TICKED - 1], pick["tick"]]
    links.choose("depth_ticked", ",".join(names) or STARTS["depth_ticked"])
