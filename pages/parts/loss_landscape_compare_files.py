"""What can be taken away from two landscapes."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from pages import frame
from pages.components import terrain
from pages.components.terrain import Terrain
from pages.parts.loss_landscape_compare_settings import Chosen
from vizcore.toolkit.directions import NORMALISATIONS
from vizcore.toolkit.landscape_spec import Spec

TITLE = "Two loss landscapes on one scale"
SURFACE = ("a", "b", "loss", "accuracy")
NUMBERS = (
    "end_loss",
    "end_accuracy",
    "held_loss",
    "held_accuracy",
    "leading",
    "leading_error",
    "above",
    "below",
    "trace",
    "trace_error",
)


def files(
    chosen: Chosen, newest: Sequence[Mapping[str, Any]], drawn: Sequence[Terrain]
) -> list[frame.Export]:
    """Everything in the export menu."""
    surfaces = "Both surfaces (.npz)", "landscapes.npz", "application/octet-stream"
    page = "A page to turn them without a server (HTML)", "landscapes.html", "text/html"
    numbers = "The numbers of both, as a table (CSV)", "minima.csv", "text/csv"
    program = "A script that recomputes this", "recompute.py", "text/x-python"
    arrays = {
        f"{name}_{at}": report[name]
        for at, report in enumerate(newest, 1)
        for name in SURFACE
        if name in report
    }
    heading = f"{TITLE}: {chosen.pair.title}; {_shared(chosen)}"
    return [
        frame.Export(*surfaces, partial(frame.npz_of, **arrays)),
        frame.Export(*page, lambda: frame.html_page(heading, "terrain", terrain.pack(drawn, key="two"))),
        frame.Export(*numbers, partial(table, chosen, newest)),
        frame.Export(*program, partial(script, chosen)),
    ]


def _shared(chosen: Chosen) -> str:
    """The settings of both surfaces."""
    spec = Spec(**next(iter(chosen.specs.values())))
    kind, points = NORMALISATIONS[spec.normalisation].title, spec.points
    return f"normalisation {kind}, ±{spec.span:g}, {points} × {points} points, seed {spec.seed}"


def table(chosen: Chosen, newest: Sequence[Mapping[str, Any]]) -> bytes:
    """A row for each minimum: losses, accuracies, and curvature."""
    rows = [",".join(["training", *NUMBERS])]
    for name, report in zip(chosen.specs, newest, strict=True):
        rows.append(",".join([name, *(f"{report[each]:.9g}" for each in NUMBERS)]))
    return ("\n".join(rows) + "\n").encode()


def script(chosen: Chosen) -> bytes:
    """A Python program that computes both once more with vizcore alone."""
    entries = "".join(f"    {name!r}: Spec(**{settings!r}),\n" for name, settings in chosen.specs.items())
    return f'''"""{TITLE}.

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from vizcore.toolkit.landscape_spec import Spec
from vizcore.toolkit.sharpness import sharpness

for name, spec in {{
{entries}}}.items():
    work = sharpness(spec)
    *_, last = work
    print(f"{{name}}: loss {{last.end_loss:.4g}}, held out {{last.held_loss:.4g}}")
    print(f"  leading eigenvalue {{last.leading:.4g}}, trace {{last.trace:.4g}} ± {{last.trace_error:.2g}}")
    print("  loss of the surface from", work.look()["loss"].min(), "to", work.look()["loss"].max())
'''.encode()
