"""What can be taken away from a line between two solutions."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from pages import frame
from pages.components import charts
from pages.components.charts import Chart
from pages.parts.loss_landscape_line_settings import Ends

TITLE = "Loss along a line between two solutions"
ARRAYS = ("alphas", "losses", "accuracies")


def files(ends: Ends, newest: Mapping[str, Any], drawn: Callable[[], Sequence[Chart]]) -> list[frame.Export]:
    """Everything in the export menu."""
    course = "The line, as a table (CSV)", "line.csv", "text/csv"
    everything = "The line (.npz)", "line.npz", "application/octet-stream"
    page = "The charts as a web page (HTML)", "line.html", "text/html"
    program = "A script that recomputes this", "recompute.py", "text/x-python"
    solutions = "The solutions, for that script (.npz)", "solutions.npz", "application/octet-stream"
    arrays = {name: newest[name] for name in ARRAYS}
    found = [
        frame.Export(*course, partial(table, ends, newest)),
        frame.Export(*everything, partial(frame.npz_of, **arrays)),
        frame.Export(*page, partial(html, drawn)),
        frame.Export(*program, partial(script, ends)),
    ]
    return [*found, frame.Export(*solutions, partial(frame.npz_of, **ends.arrays))] if ends.arrays else found


def table(ends: Ends, newest: Mapping[str, Any]) -> bytes:
    """A row for each place: α, and loss in nats and accuracy of each set of pictures."""
    names = [f"{what} ({row})" for what in ("loss", "accuracy") for row in ends.rows]
    columns = np.vstack([newest[name] for name in ARRAYS]).T
    return f"{','.join(['alpha', *names])}\n".encode() + frame.csv_of(columns)


def html(drawn: Callable[[], Sequence[Chart]]) -> bytes:
    """A web page with the charts, which answer to hover."""
    return frame.html_page(TITLE, "charts", charts.pack(drawn(), alt=TITLE, columns=2))


def script(ends: Ends) -> bytes:
    """A Python program that computes the line once more with vizcore alone."""
    settings = ",\n".join(f"    {name}={value!r}" for name, value in ends.settings.items())
    load, given = "", ""
    if ends.arrays:
        load = 'given = np.load("solutions.npz")  # "The solutions" in the same menu\n'
        given = ", **given"
    return f'''"""{TITLE}.

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

import numpy as np

from vizcore.toolkit.crossing import Spec, barrier, cross

spec = Spec(
{settings},
)
{load}*_, last = cross(spec{given})
for alpha, losses in zip(last.alphas, last.losses.T, strict=True):
    print(f"{{alpha:6.3f}}", *(f"{{loss:.6g}}" for loss in np.atleast_1d(losses)))
print("barrier", *barrier(last.alphas, last.losses[0]))
'''.encode()
