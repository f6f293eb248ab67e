"""What can be taken away from a comparison."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import partial
from typing import Any

from pages import frame
from pages.components.compare import Lines
from vizcore import runs
from vizcore.toolkit.seeds import Spec

QUANTITIES = ("loss", "validation", "accuracy")
FIVE = ("least", "lower quartile", "median", "upper quartile", "largest")


def files(found: Sequence[str], names: Sequence[str]) -> list[frame.Export]:
    """Everything in the export menu."""
    course = "The bands, as a table (CSV)", "bands.csv", "text/csv"
    ends = "The end of every copy, as a table (CSV)", "copies.csv", "text/csv"
    program = "A script that recomputes this", "recompute.py", "text/x-python"
    return [
        frame.Export(*course, partial(bands, found, names)),
        frame.Export(*ends, partial(copies, found, names)),
        frame.Export(*program, partial(script, found, names)),
    ]


def bands(found: Sequence[str], names: Sequence[str]) -> bytes:
    """A row for each report that was kept: run, step, and five numbers of each quantity."""
    return courses([runs.history(run)[0] for run in found], names)


def courses(histories: Sequence[Lines], names: Sequence[str]) -> bytes:
    """The same, of the lines of each run."""
    rows = [",".join(["run", "step", *(f"{name} {part}" for name in QUANTITIES for part in FIVE)])]
    for lines, name in zip(histories, names, strict=True):
        for line in lines:
            numbers = [f"{number:.9g}" for quantity in QUANTITIES for number in line[quantity]]
            rows.append(",".join([f'"{name}"', str(line["step"]), *numbers]))
    return ("\n".join(rows) + "\n").encode()


def copies(found: Sequence[str], names: Sequence[str]) -> bytes:
    """A row for each copy as of the newest report: run, seed, losses and accuracy."""
    rows = ["run,seed,loss,validation,accuracy"]
    for run, name in zip(found, names, strict=True):
        newest, first = runs.newest(run) or {}, Spec(**runs.description(run)["settings"]).seed
        columns = [newest.get(key, ()) for key in ("recent", "validations", "accuracies")]
        for at, numbers in enumerate(zip(*columns, strict=True)):
            rows.append(",".join([f'"{name}"', str(first + at), *(f"{number:.9g}" for number in numbers)]))
    return ("\n".join(rows) + "\n").encode()


def script(found: Sequence[str], names: Sequence[str]) -> bytes:
    """A Python program that trains all copies once more with vizcore alone."""
    entries = zip(names, (runs.description(run)["settings"] for run in found), strict=True)
    written = "".join(f"    {name!r}: Spec({_changed(settings)}),\n" for name, settings in entries)
    return f'''"""The same small runs from many seeds.

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from vizcore.toolkit.seeds import Spec, train

for name, spec in {{
{written}}}.items():
    *_, last = train(spec)
    print(name, "validation loss: quartiles", *(f"{{number:.4g}}" for number in last.validation[1:4]))
'''.encode()


def _changed(settings: Mapping[str, Any]) -> str:
    """What differs from the usual settings, as arguments."""
    usual = Spec()
    names = [field.name for field in fields(Spec)]
    changed = {
        name: settings[name] for name in names if name in settings and settings[name] != getattr(usual, name)
    }
    return ", ".join(f"{name}={value!r}" for name, value in changed.items())
