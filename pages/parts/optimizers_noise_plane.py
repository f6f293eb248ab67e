"""The picture of gradient noise: loss over two weights with arrows or paths, and two charts beside it."""

import numpy as np
from numpy.typing import NDArray

from pages.components.charts import Chart, Line, Point
from pages.components.points import Arrows, Contours, Dot, Path, Plane
from pages.parts.optimizers_noise_scene import BATCH, COUNT, FULL, SINGLE, Scene
from vizcore.toolkit import gradient_noise

X, Y = (-2.0, 5.0), (-4.0, 3.0)  # of the plane
ARROWS = 60  # of a cloud that are drawn
SCALE = 0.3  # of an arrow beside the gradient that it shows
CELLS = 85  # along a side of the plane, for level lines
LEVELS = np.linspace(0.03, 1, 10) ** 2  # of the range of losses
DOT, GREY, TALL = 7, 7, 225  # styles; px
STYLES = {SINGLE: 1, BATCH: 0, FULL: 4}
FLOOR = 1e-6  # lowest loss above the lowest one that is drawn
Values = NDArray[np.float64]


def plane(scene: Scene) -> Plane:
    """The plane with what is chosen, and the charts that belong to it."""
    x, y = scene.point
    axes = np.meshgrid(np.linspace(*X, CELLS), np.linspace(*Y, CELLS))
    losses = gradient_noise.losses(scene.given, np.stack(axes, axis=-1))
    levels = losses.min() + LEVELS * (losses.max() - losses.min())
    at_x, at_y = gradient_noise.minimum(scene.given)
    return Plane(
        X,
        Y,
        [Dot(at_x, at_y, 2, "the lowest mean loss", fixed=True), Dot(x, y, DOT, "drag it")],
        paths(scene) if scene.setup.paths else [],
        [] if scene.setup.paths else arrows(scene),
        [Contours("mean loss", losses, levels.tolist(), GREY)],
        kinds=[(2, "minimum"), (DOT, "w")],
        x_title="w₁",
        y_title="w₂",
        equal=True,
        selected=1,
        line=said(scene),
        height=470,
        charts=[variances(scene), courses(scene) if scene.setup.paths else angles(scene)],
    )


def names(scene: Scene) -> dict[str, str]:
    """What each of the three is called in the legend."""
    return {SINGLE: "single examples", BATCH: f"batches of {scene.setup.k}", FULL: f"all {COUNT}"}


def arrows(scene: Scene) -> list[Arrows]:
    """The ways down that gradients point out at the point, all at the same scale."""
    found = {name: cloud.gradients[:ARROWS] for name, cloud in scene.clouds.items()}
    found[FULL] = scene.clouds[BATCH].full[None]
    return [
        Arrows(title, np.tile(scene.point, (len(found[name]), 1)), -SCALE * found[name], STYLES[name])
        for name, title in names(scene).items()
    ]


def paths(scene: Scene) -> list[Path]:
    """Gradient descent from the point."""
    return [
        Path(title, scene.paths[name].points, STYLES[name], faint=name == SINGLE, marked=name == FULL)
        for name, title in names(scene).items()
    ]


def said(scene: Scene) -> str:
    """One sentence below the plane."""
    setup = scene.setup
    if setup.paths:
        return f"Three paths of {setup.steps} steps with η = {setup.lr:g}, from the same point."
    return f"Arrows: −g at {SCALE:g} of its length, of {ARROWS} examples, {ARROWS} batches, and all."


def variances(scene: Scene) -> Chart:
    """Variance against the size of a batch: measured, and by the law."""
    k = np.arange(1.0, COUNT + 1)
    law = [
        scene.scatter * gradient_noise.law(COUNT, each, again=scene.setup.again)
        for each in range(1, COUNT + 1)
    ]
    lines = [Line("1 / k", scene.scatter / k, GREY)]
    if not scene.setup.again:
        lines.insert(0, Line("law, each example once", np.array(law), STYLES[BATCH]))
    marks = [
        Point(each, variance, f"k = {each}" if each == scene.setup.k else "", STYLES[BATCH])
        for each, variance in scene.measured.items()
        if variance > 1e-4 * scene.scatter
    ]
    limits = decades(scene.scatter / COUNT / 4, scene.scatter * 1.2)
    titles = "Variance of the gradient (dots: measured)", "examples in a batch, k", "E |g − full|²"
    return Chart(
        titles[0], k, lines, titles[1], titles[2], limits, log=True, log_x=True, points=marks, height=TALL
    )


def angles(scene: Scene) -> Chart:
    """How many gradients lie within an angle of the full one."""
    x = np.linspace(0, 180, 91)
    lines = [
        Line(names(scene)[name], (cloud.angles[None] <= x[:, None]).mean(axis=1), STYLES[name])
        for name, cloud in scene.clouds.items()
    ]
    title = "Direction: share of gradients within an angle"
    return Chart(title, x, lines, "angle from the full gradient (°)", "share", (0.0, 1.0), height=TALL)


def courses(scene: Scene) -> Chart:
    """Loss over all examples at each step, above the lowest one there is."""
    steps = scene.setup.steps
    lines = [
        Line(
            title,
            np.append(values := above(scene, name), np.full(steps + 1 - len(values), np.nan)),
            STYLES[name],
        )
        for name, title in names(scene).items()
    ]
    known = np.concatenate([line.y[np.isfinite(line.y)] for line in lines])
    limits = decades(known.min(), min(known.max(), 1e4))
    title = "Loss over all examples, above the lowest"
    return Chart(title, np.arange(steps + 1.0), lines, "step", "loss − lowest", limits, log=True, height=TALL)


def above(scene: Scene, name: str) -> Values:
    """(steps + 1,) loss above the lowest one along a path; fewer where it left all bounds."""
    return np.maximum(scene.paths[name].values - scene.lowest, FLOOR)


def decades(low: float, high: float) -> tuple[float, float]:
    """The powers of ten around a range, which stay while it moves a little."""
    low = max(low, FLOOR)
    return float(10 ** np.floor(np.log10(low))), float(10 ** np.ceil(np.log10(max(high, 2 * low))))
