"""What can be taken away from optimisers on a network."""

from functools import partial

from pages import frame
from pages.parts.live_training_compare_files import courses
from pages.parts.optimizers_network_runs import ended, lines_of
from vizcore import runs
from vizcore.toolkit.optimisation import OPTIMISERS
from vizcore.toolkit.rivals import Spec

NAMES = ("net", "count", "share", "batch", "epochs", "copies", "weight_decay", "optimisers", "rates")


def files(run: str, spec: Spec) -> list[frame.Export]:
    """Everything in the export menu."""
    course = "The bands, as a table (CSV)", "bands.csv", "text/csv"
    ends = "The end of every seed, as a table (CSV)", "seeds.csv", "text/csv"
    program = "A script that recomputes this", "recompute.py", "text/x-python"
    return [
        frame.Export(*course, partial(bands, run, spec)),
        frame.Export(*ends, partial(copies, run, spec)),
        frame.Export(*program, partial(script, spec)),
    ]


def bands(run: str, spec: Spec) -> bytes:
    """A row for each report that was kept of each optimiser."""
    history = runs.history(run)[0]
    lines = [lines_of(history, place) for place in range(len(spec.optimisers))]
    return courses(lines, [OPTIMISERS[name].title for name in spec.optimisers])


def copies(run: str, spec: Spec) -> bytes:
    """A row for each seed of each optimiser: loss and accuracy at the end, and what a step took."""
    rows = ["optimiser,rate,seed,validation,accuracy,seconds a step of all seeds"]
    for end, rate in zip(ended(run, spec), spec.rates, strict=True):
        for at, (loss, accuracy) in enumerate(zip(end.losses, end.accuracies, strict=True)):
            rows.append(f"{end.name},{rate:g},{spec.seed + at},{loss:.9g},{accuracy:.9g},{end.pace:.9g}")
    return ("\n".join(rows) + "\n").encode()


def script(spec: Spec) -> bytes:
    """A Python program that trains all of them once more with vizcore alone."""
    settings = "".join(f"    {name}={getattr(spec, name)!r},\n" for name in NAMES)
    return f'''"""Optimisers on the same network, from the same seeds.

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from vizcore.toolkit.rivals import Spec, train

spec = Spec(
{settings})
*_, last = train(spec)
for name, loss, seconds in zip(spec.optimisers, last.validation, last.seconds):
    quartiles = ", ".join(f"{{each:.4g}}" for each in loss[1:4])
    print(f"{{name}}: quartiles of the validation loss {{quartiles}}, in {{seconds:.3g}} s")
'''.encode()
