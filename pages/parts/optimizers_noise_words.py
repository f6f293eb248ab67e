"""What is said of gradient noise: the law with its numbers, what to notice, and a prediction."""

import numpy as np
import streamlit as st

from pages import frame
from pages.parts.optimizers_noise_plane import above
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
    said = [f"The gradient of a batch of {k} is {off:.3g} away from the full one, which is {long:.3g} long."]
    if off > long:
        said.append("Chance counts more than the slope here: towards the minimum only the slope vanishes.")
    if long > 1e-6:
        middle = {name: float(np.median(each.angles)) for name, each in scene.clouds.items()}
        said.append(
            f"Half of the batches point within {middle[BATCH]:.0f}° of it, half of the single examples "
            f"within {middle[SINGLE]:.0f}°."
        )
    if not scene.setup.spread:
        said.append("All examples lie on one line: at its weights each of them has the gradient 0.")
    said.append("About four times as many examples, and as much work, halve the distance.")
    return said if scene.setup.again else [*said, f"A batch of all {COUNT} has none."]


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
        "The more gradients stray and the larger η, the wider a path wanders about the minimum: a smaller "
        "rate at the end, as a schedule has it, does what larger batches do.",
    ]


def needed(scene: Scene, name: str, k: int) -> str:
    """How many gradients of examples a path takes for nine tenths of its way down."""
    course = above(scene, name)
    down = np.flatnonzero(course <= course[0] / 10)
    return f"{k * int(down[0]):,}" if len(down) else "more than there were"


def settled(scene: Scene, name: str) -> str:
    """Mean loss above the lowest at the end of a path."""
    if scene.paths[name].diverged:
        return "it left all bounds"
    return f"{above(scene, name)[-max(1, int(TAIL * scene.setup.steps)) :].mean():.2g}"


def predict(scene: Scene) -> None:
    """How far the gradients stray with another size of batch."""
    k = scene.setup.k
    other = 4 * k if 4 * k <= COUNT // 2 else k // 4

    def reveal() -> tuple[str, str]:
        now, then = (
            gradient_noise.cloud(scene.given, scene.point, each, draws=DRAWS, again=scene.setup.again)
            for each in (k, other)
        )
        if not now.variance:
            return "same", "Here all examples agree, and every distance is 0."
        ratio = float(np.sqrt(then.variance / now.variance))
        nearest = min(FACTORS, key=lambda name: abs(np.log(FACTORS[name] / ratio)))
        return (
            nearest,
            f"The distance was {now.variance**0.5:.3g} and is then {then.variance**0.5:.3g}: × {ratio:.2g}.",
        )

    ask = f"a batch had {other} examples in place of {k}? Its gradient would be … from the full one."
    frame.question(ask, ANSWERS, f"noise.predict.{scene.setup}.{scene.point.tolist()}", reveal)
