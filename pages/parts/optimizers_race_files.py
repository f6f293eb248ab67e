"""What can be taken away from paths over a surface."""

from functools import partial

import numpy as np

from pages import frame
from pages.components import race as race_part
from pages.components.race import Race
from pages.frame import links
from pages.parts.optimizers_race_paths import Heat
from vizcore.exhibits.optimizers import landscape


def files(heat: Heat, shown: Race, alt: str) -> list[frame.Export]:
    """Everything in the export menu.

    Args:
        heat: what is shown.
        shown: the same, as the map shows it.
        alt: what is seen.
    """
    binary, program = "application/octet-stream", "A script that recomputes this"
    return [
        frame.Export("The paths, as a table (CSV)", "paths.csv", "text/csv", partial(table, heat)),
        frame.Export("The paths and the surface (.npz)", "paths.npz", binary, partial(arrays, heat, shown)),
        frame.Export(
            "A page that plays them (HTML)", "paths.html", "text/html", partial(page, heat, shown, alt)
        ),
        frame.Export(program, "recompute.py", "text/x-python", partial(script, heat)),
    ]


def table(heat: Heat) -> bytes:
    """A row for each step of each path."""
    rows = ["optimizer,rate,step,x,y,f"]
    for entry in heat.racers:
        path = heat.paths[entry.name]
        places = zip(path.points.tolist(), path.values.tolist(), strict=True)
        rows += [
            f"{entry.optimizer},{entry.lr:g},{step},{x!r},{y!r},{f!r}"
            for step, ((x, y), f) in enumerate(places)
        ]
    return "\n".join([*rows, ""]).encode()


def arrays(heat: Heat, shown: Race) -> bytes:
    """The surface over its window, and of each path its points."""
    paths = {entry.name: heat.paths[entry.name].points for entry in heat.racers}
    return frame.npz_of(surface=np.asarray(shown.values), window=np.array(heat.course.window), **paths)


def page(heat: Heat, shown: Race, alt: str) -> bytes:
    """The map with its paths, without a server."""
    surface = landscape(heat.course.surface)
    given = ", ".join(f"{name} = {value:g}" for name, value in heat.course.given.items())
    title = f"{surface.title}: f(x, y) = {surface.text.replace('**', '^')}{given and f', {given}'}"
    return frame.html_page(title, "race", race_part.pack(shown, alt=alt), links.shown())


def script(heat: Heat) -> bytes:
    """A program that prints where each path ends."""
    entries = [
        (entry.name, entry.optimizer, entry.lr, {**heat.course.given, **entry.settings})
        for entry in heat.racers
    ]
    return f'''"""Optimisers from one start over one surface

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from vizcore.exhibits.optimizers import trajectory

for name, optimizer, lr, parameters in {entries!r}:
    given = dict(start={heat.start!r}, lr=lr, steps={heat.steps}, seed={heat.course.seed}, **parameters)
    path = trajectory(optimizer, {heat.course.surface!r}, **given)
    x, y = path.points[-1]
    print(f"{{name}}: x = {{x:.6g}}, y = {{y:.6g}}, f = {{path.values[-1]:.6g}} {{path.over}}")
'''.encode()
