"""What is said of gradient noise: the law with its numbers, what to notice, and a prediction."""

import numpy as np
import streamlit as st

from pages import frame
from pages.parts.optimizers_noise_plane import FLOOR, above
from pages.parts.optimizers_noise_scene import BATCH, COUNT, DRAWS, FULL, SINGLE, Scene
from vizcore.toolkit import gradient_noise
from vizcore.toolkit.latex import aligned, number

ANSWERS = {
    "quarter": "about a quarter as far",
    "half": "about half as far",
    "same": "as far",
    "double": "about twice as far",
    "four": "about four times as far",
}
FACTORS = {"quarter": 0.25, "half": 0.5, "same": 1.0, "double": 2.0, "four": 4.0}
ARRIVED = 2  # times the loss of the path of all examples, from where on noise is what is left of a path
TAIL = 0.25  # of a path: the steps at its end, which tell how it settles


def formulas(scene: Scene) -> None:
    """The law, and the same with the numbers of the point."""
    k, cloud = scene.setup.k, scene.clouds[BATCH]
    once = r"\frac{N - k}{N - 1}\," if not scene.setup.again else ""
    numbers = rf"\frac{{{COUNT} - {k}}}{{{COUNT} - 1}} \cdot" if once else ""
    st.latex(r"g_B = \frac{1}{k} \sum_{n \in B} g_n, \quad w \leftarrow w - \eta\, g_B")
    rows = [
        rf"E\,|g_B - g|^2 &= {once}\frac{{1}}{{k}}\; E\,|g_n - g|^2",
        rf"&= {numbers} \frac{{1}}{{{k}}} \cdot {number(scene.scatter)} = {number(cloud.expected)}",
    ]
    st.latex(aligned(rows))
    st.caption(
        f"g: of all {COUNT} examples. Over {DRAWS} batches of {k} it is measured as {cloud.variance:.3g}. "
        + ("Drawn again and again" if scene.setup.again else "Each example comes once at most in a batch")
        + ("." if scene.setup.again else ", which is where the first factor comes from.")
    )


def noticed(scene: Scene) -> list[str]:
    """Sentences with the numbers of what is shown."""
    return walked(scene) if scene.setup.paths else strayed(scene)


def strayed(scene: Scene) -> list[str]:
    """How far the gradients at the point differ from the full one."""
    k, cloud = scene.setup.k, scene.clouds[BATCH]
    long, off = float(np.linalg.norm(cloud.full)), float(np.sqrt(cloud.expected))
    said = [
        f"The gradient of a batch of {k} is {off:.3g} away from the full one, which is {long:.3g} long. "
        "Distances here are root mean squares, by the law."
    ]
    if off > long:
        said.append("Chance counts more than the slope here: towards the minimum only the slope vanishes.")
    if long > 1e-6:
        middle = {name: float(np.median(each.angles)) for name, each in scene.clouds.items()}
        said.append(
            f"Half of the batches point within {middle[BATCH]:.3g}° of it, half of the single examples "
            f"within {middle[SINGLE]:.3g}°."
        )
    if not scene.setup.spread:
        said.append("All examples lie on one line: at its weights each of them has the gradient 0.")
    more = gradient_noise.halving(COUNT, k, again=scene.setup.again)
    said.append(f"To halve the distance takes {more} examples in a batch, {more / k:.2g} times the work.")
    return said if scene.setup.again else [*said, f"A batch of all {COUNT} is not away from it at all."]


def walked(scene: Scene) -> list[str]:
    """What the three paths need on their way down, and where they settle."""
    setup = scene.setup
    sizes = {
        SINGLE: ("one by one", 1),
        BATCH: (f"in batches of {setup.k}", setup.k),
        FULL: ("all at once", COUNT),
    }
    needs = [f"{title}: {needed(scene, name, k)}" for name, (title, k) in sizes.items()]
    ends = [f"{title}: {settled(scene, name)}" for name, (title, _) in sizes.items()]
    return [
        "Gradients of examples that were needed until the loss above the lowest was a tenth of what it began "
        f"with: {', '.join(needs)}. Its mean over the last quarter of the path: {', '.join(ends)}.",
        wandered(scene),
    ]


def wandered(scene: Scene) -> str:
    """Whether noise, or the way that is left, is what keeps the paths from the minimum."""
    if not scene.setup.spread:
        return "Without noise in the data all gradients vanish at one place, and no path has to wander."
    still, single = (settled_at(scene, name) for name in (FULL, SINGLE))
    if not np.isfinite(still):
        return "Even the path of all examples diverges: the rate is too large, whatever the batch."
    if still > FLOOR and not single > ARRIVED * still:
        return (
            "The path of all examples, which has no noise, is still on its way: so far the rate and the "
            "number of steps decide, not how the gradients stray."
        )
    return (
        f"The path of all examples ends {still:.2g} above the lowest, that of single ones {single:.2g}: what "
        "it has more is noise. A smaller rate at the end, as a schedule has it, does what larger batches do."
    )


def needed(scene: Scene, name: str, k: int) -> str:
    """How many gradients of examples a path takes for nine tenths of its way down."""
    course = above(scene, name)
    down = np.flatnonzero(course <= course[0] / 10)
    return f"{k * int(down[0]):,}" if len(down) else "more than there were"


def settled(scene: Scene, name: str) -> str:
    """Mean loss above the lowest at the end of a path."""
    loss = settled_at(scene, name)
    return f"{loss:.2g}" if np.isfinite(loss) else "it left all bounds"


def settled_at(scene: Scene, name: str) -> float:
    """The same as a number; infinity where the path left all bounds."""
    if scene.paths[name].diverged:
        return float("inf")
    return float(above(scene, name)[-max(1, int(TAIL * scene.setup.steps)) :].mean())


def predict(scene: Scene) -> None:
    """How far the gradients stray with another size of batch, by the law."""
    k, again = scene.setup.k, scene.setup.again
    other = 4 * k if 4 * k <= COUNT // 2 else k // 4

    def reveal() -> tuple[str, str]:
        if not scene.scatter:
            return "same", "Here all examples agree, and every distance is 0."
        now, then = (float(np.sqrt(gradient_noise.law(COUNT, each, again=again))) for each in (k, other))
        ratio, unit = then / now, scene.scatter**0.5
        nearest = min(FACTORS, key=lambda name: abs(np.log(FACTORS[name] / ratio)))
        return nearest, f"By the law it was {now * unit:.3g} and is then {then * unit:.3g}: × {ratio:.2g}."

    ask = (
        f"a batch had {other} examples in place of {k}? Its gradient would be, root mean square, … from the "
        "full one."
    )
    frame.question(ask, ANSWERS, f"noise.predict.{scene.setup}.{scene.point.tolist()}", reveal)
