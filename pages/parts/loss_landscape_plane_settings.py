"""Settings of a landscape: as words in the link, their controls, and the Spec they make."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages import frame
from pages.frame import links
from pages.parts.convolution_controls import choice, select, slide
from vizcore.toolkit.directions import NORMALISATIONS
from vizcore.toolkit.landscape_spec import GRIDS, STATISTICS
from vizcore.toolkit.recipes import RECIPES

SOURCES = {"trained": "Train one now", "tube": "Network in the tube", "run": "Live training"}
OF_A_PATH = {"pca": "Path (PCA)", "random": "Random", "hessian": "Most curved"}  # planes
OF_WEIGHTS = {name: OF_A_PATH[name] for name in ("random", "hessian")}
DATA = {"digits": "Digits", "shapes": "Shapes"}
NETS = {name: recipe.title for name, recipe in RECIPES.items()}
LENGTHS = {name: entry.title for name, entry in NORMALISATIONS.items()}
SWITCH = {"no": "Off", "yes": "On"}
SPANS = ("0.1", "0.2", "0.5", "1", "1.2", "1.5", "2", "3", "5")
POINTS = tuple(map(str, GRIDS))
PICTURES = ("50", "100", "200", "500", "1000", "0")
EPOCHS = ("1", "2", "5", "10", "20")
RATES = ("0.001", "0.003", "0.01", "0.03", "0.05", "0.1", "0.3")
BATCHES = ("8", "16", "32", "64", "128", "256", "512")
SEEDS = tuple("0123456789")
MIDDLE, FAR = "0,0", 1e3  # of the cursor: where it stands at first, and coordinates at most
FEW_SHAPES = 1_000  # of them that are learnt from here, so that it takes seconds

LEAST_TILT, MOST_TILT, LEAST_ZOOM, MOST_ZOOM = 0.08, 1.58, 0.5, 4.0  # of the camera

STARTED: Mapping[str, str] = {  # of each setting where the link says nothing
    "ll_of": "trained",
    "ll_plane": "pca",
    "ll_norm": "filter",
    "ll_span": "1.2",
    "ll_points": "49",
    "ll_pictures": "0",
    "ll_seed": "0",
    "ll_statistics": "running",
    "ll_data": "digits",
    "ll_net": "lenet5",
    "ll_bn": "no",
    "ll_epochs": "5",
    "ll_lr": "0.03",
    "ll_batch": "32",
    "ll_start": "0",
    "ll_scale": "log",
}


def _preset(title: str, tube: str = "", **chosen: str) -> frame.Preset:
    named = {f"ll_{name}": value for name, value in chosen.items()}
    return frame.Preset(title, {"view": "plane", **STARTED, **named, **({"net": tube} if tube else {})})


SLIDERS = {  # key of the setting -> label and steps
    "ll_span": ("Reaches", SPANS),
    "ll_points": ("Points along each side", POINTS),
    "ll_pictures": ("Pictures", PICTURES),
    "ll_seed": ("Seed of random directions", SEEDS),
    "ll_epochs": ("Epochs", EPOCHS),
    "ll_lr": ("Learning rate", RATES),
    "ll_batch": ("Batch size", BATCHES),
    "ll_start": ("Seed of the weights", SEEDS),
}
WORDS: Mapping[str, tuple[str, Mapping[str, str]]] = {  # key of the setting -> label and options
    "ll_of": ("Landscape of", SOURCES),
    "ll_plane": ("Directions", OF_A_PATH),
    "ll_norm": ("Normalisation", LENGTHS),
    "ll_statistics": ("Statistics of batch norm", STATISTICS),
    "ll_data": ("Data", DATA),
    "ll_net": ("Network", NETS),
    "ll_bn": ("Batch norm", SWITCH),
    "ll_scale": ("Scale", {"log": "Log", "linear": "Linear"}),
}


PRESETS: Mapping[str, frame.Preset] = {
    "path": _preset("The path of LeNet-5"),
    "random": _preset("Random directions", "lenet5", of="tube", plane="random", span="1"),
    "none": _preset("Without normalisation", "lenet5", of="tube", plane="random", norm="none", span="1"),
    "hessian": _preset(
        "Most curved directions", "lenet5", of="tube", plane="hessian", span="0.2", scale="linear"
    ),
    "fast": _preset("Rate near its limit", lr="0.05"),
    "resnet": _preset("A small ResNet", "small_resnet", of="tube", plane="random", span="1", points="25"),
}


def source() -> str:
    """What the landscape is of, one of SOURCES; by its control."""
    return choice("Landscape of", SOURCES, "ll_of")


def controls(of: str) -> dict[str, Any]:
    """The controls, and the settings of the Spec that they make, all but what it is a landscape of."""
    planes = OF_WEIGHTS if of == "tube" else OF_A_PATH
    plane = choice("Directions", planes, "ll_plane")
    normalisation = STARTED["ll_norm"]
    if plane == "random":
        normalisation = select("Normalisation", LENGTHS, "ll_norm", normalisation, width=130)
    with st.popover("More", icon=":material/tune:"):
        return {"plane": plane, "normalisation": normalisation, **_more(plane)}


def _more(plane: str) -> dict[str, Any]:
    """Settings that are rarely changed."""
    seed = STARTED["ll_seed"]
    if plane == "random":
        seed = f"{slide('Seed of random directions', SEEDS, 'll_seed', seed):g}"
    return {
        "seed": int(seed),
        "span": slide("Reaches (lengths of a direction)", SPANS, "ll_span", STARTED["ll_span"]),
        "points": int(slide("Points along each side", POINTS, "ll_points", STARTED["ll_points"])),
        "pictures": int(slide("Pictures (0: all)", PICTURES, "ll_pictures", STARTED["ll_pictures"])),
        "statistics": select(
            "Statistics of batch norm", STATISTICS, "ll_statistics", STARTED["ll_statistics"], width=260
        ),
    }


def training() -> dict[str, Any]:
    """The controls of a training that comes first, and its settings."""
    with st.popover("Training", icon=":material/model_training:"):
        data = choice("Data", DATA, "ll_data")
        net = select("Network", NETS, "ll_net", STARTED["ll_net"], width=200)
        norm = choice("Batch norm", SWITCH, "ll_bn") == "yes"
        epochs = int(slide("Epochs", EPOCHS, "ll_epochs", STARTED["ll_epochs"]))
        lr = slide("Learning rate", RATES, "ll_lr", STARTED["ll_lr"])
        batch = int(slide("Batch size", BATCHES, "ll_batch", STARTED["ll_batch"]))
        seed = int(slide("Seed of the weights", SEEDS, "ll_start", STARTED["ll_start"]))
    chosen = {"data": data, "net": net, "norm": norm, "epochs": epochs, "lr": lr, "batch": batch}
    return chosen | {"seed": seed, "count": FEW_SHAPES if data == "shapes" else 0}


def place() -> tuple[float, float]:
    """The coordinates of the cursor that the link names; the middle where it names none."""
    parts = links.setting("ll_at", MIDDLE).split(",")
    try:
        a, b = map(float, parts)
    except ValueError:
        a, b = float("nan"), float("nan")
    if not (abs(a) <= FAR and abs(b) <= FAR):  # nan too
        links.choose("ll_at", MIDDLE)
        return 0.0, 0.0
    return a, b


def camera() -> tuple[float, float, float] | None:
    """Turn, tilt and zoom that the link names; None where it names none."""
    try:
        turn, tilt, zoom = map(float, links.setting("ll_camera").split(","))
    except ValueError:
        return None
    seen = abs(turn) <= FAR and LEAST_TILT <= tilt <= MOST_TILT and LEAST_ZOOM <= zoom <= MOST_ZOOM  # not nan
    return (turn, tilt, zoom) if seen else None


def log() -> bool:
    """Whether losses are shown on a scale of powers of ten."""
    if links.setting("ll_scale", "log") not in ("log", "linear"):
        links.choose("ll_scale", "log")
    return links.setting("ll_scale") == "log"


def take_sight(pick: Mapping[str, Any]) -> None:
    """Keep what was chosen in a terrain: the cursor, the scale, or where it is seen from."""
    if "place" in pick:
        links.choose("ll_at", "{:.4g},{:.4g}".format(*pick["place"]))
    elif "log" in pick:
        links.choose("ll_scale", "log" if pick["log"] else "linear")
    elif "camera" in pick:
        links.choose("ll_camera", ",".join(f"{each:g}" for each in pick["camera"]))
