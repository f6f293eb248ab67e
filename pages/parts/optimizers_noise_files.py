"""What can be taken away from gradient noise at a point."""

from functools import partial

from pages import frame
from pages.parts.optimizers_noise_scene import BATCH, COUNT, DRAWS, Scene
from vizcore.toolkit.gradient_noise import law


def files(scene: Scene) -> list[frame.Export]:
    """Everything in the export menu."""
    course = "Variance against the size of a batch (CSV)", "variance.csv", "text/csv"
    binary = "Gradients and paths (.npz)", "noise.npz", "application/octet-stream"
    program = "A script that recomputes this", "recompute.py", "text/x-python"
    return [
        frame.Export(*course, partial(table, scene)),
        frame.Export(*binary, partial(arrays, scene)),
        frame.Export(*program, partial(script, scene)),
    ]


def table(scene: Scene) -> bytes:
    """A row for each size of batch: measured, and by the law."""
    rows = ["k,measured,law"]
    for k, variance in sorted(scene.measured.items()):
        rows.append(f"{k},{variance:.9g},{scene.scatter * law(COUNT, k, again=scene.setup.again):.9g}")
    return ("\n".join(rows) + "\n").encode()


def arrays(scene: Scene) -> bytes:
    """The examples, the gradients of all batches at the point, and the paths from it."""
    gradients = {f"gradients_{name}": cloud.gradients for name, cloud in scene.clouds.items()}
    paths = {f"path_{name}": path.points for name, path in scene.paths.items()}
    given = {"inputs": scene.given.inputs, "targets": scene.given.targets, "point": scene.point}
    return frame.npz_of(full=scene.clouds[BATCH].full, **given, **gradients, **paths)


def script(scene: Scene) -> bytes:
    """A program that prints the variance of batches, and where a path ends."""
    setup, point = scene.setup, tuple(scene.point.tolist())
    return f'''"""Noise of the gradient of a mini-batch

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from vizcore.toolkit.gradient_noise import cloud, descent, examples

given = examples({COUNT}, {setup.spread!r})
found = cloud(given, {point!r}, {setup.k}, draws={DRAWS}, again={setup.again})
print(f"variance of batches of {setup.k}: {{found.variance:.6g}}, by the law {{found.expected:.6g}}")
path = descent(given, {point!r}, {setup.k}, {setup.lr!r}, {setup.steps}, again={setup.again})
print("the path ends at", *path.points[-1])
'''.encode()
