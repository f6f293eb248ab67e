"""What can be taken away from a landscape."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from pages import frame
from pages.parts.loss_landscape_plane_source import Source
from vizcore.toolkit.directions import NORMALISATIONS
from vizcore.toolkit.labels import quoted
from vizcore.toolkit.landscape_spec import PLANES, Spec

ARRAYS = (
    "a", "b", "loss", "accuracy", "computed", "explained", "eigenvalues", "coordinates", "distances",
    "relative", "path_loss", "plane_loss",
)  # fmt: skip
OWN_START = 'run = scan(spec, **np.load("weights.npz"))  # "The weights" in the same menu'


def files(
    spec: Spec, source: Source, newest: Mapping[str, Any], pack: Callable[[], bytes]
) -> list[frame.Export]:
    """Everything in the export menu; `pack` makes what the picture is given without a run."""
    found = [
        frame.Export(
            "The surface and the path (.npz)",
            "landscape.npz",
            "application/octet-stream",
            lambda: frame.npz_of(**{name: newest[name] for name in ARRAYS if name in newest}),
        ),
        frame.Export(
            "A page to turn it without a server (HTML)",
            "landscape.html",
            "text/html",
            lambda: frame.html_page(title(spec, source), "terrain", pack()),
        ),
        frame.Export(
            "A script that recomputes this", "recompute.py", "text/x-python", partial(script, spec, source)
        ),
    ]
    if source.arrays:
        weights = "The weights, for that script (.npz)", "weights.npz", "application/octet-stream"
        found.append(frame.Export(*weights, lambda: frame.npz_of(**source.arrays)))
    return found


def title(spec: Spec, source: Source) -> str:
    """What the landscape is of, and with which settings."""
    plane = PLANES[spec.plane].lower()
    if spec.plane == "random":
        plane += f", normalisation {NORMALISATIONS[spec.normalisation].title}, seed {spec.seed}"
    if spec.training is not None:
        run = spec.trained()
        plane += f"; {run.epochs} epochs, rate {run.lr:g}, batches of {run.batch}, seed {run.seed}"
    return f"Loss landscape: {source.title}; {plane}; ±{spec.span:g}, {spec.points} × {spec.points} points"


def script(spec: Spec, source: Source) -> bytes:
    """A Python program that computes the landscape once more with vizcore alone."""
    given, usual = asdict(spec), asdict(Spec())
    changed = [f"    {name}={value!r}," for name, value in given.items() if value != usual[name]]
    written = "\n".join(["", *changed, ""]) if changed else ""
    start = OWN_START if source.arrays else "run = scan(spec)"
    return f'''"""{quoted(title(spec, source))}

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

import numpy as np

from vizcore.exhibits.loss_landscape import Spec, scan

spec = Spec({written})
{start}
grid = 0
for report in run:
    if report.grid > grid:
        grid = report.grid
        print(f"{{grid}} x {{grid}} points: lowest loss {{report.loss:.4g}}, error before {{report.error}} %")
np.savez("landscape.npz", **run.look())
'''.encode()
