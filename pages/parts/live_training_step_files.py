"""What can be taken away from one step of a training run."""

from dataclasses import fields
from functools import partial

import numpy as np

from pages import frame
from vizcore.exhibits.live_training import Spec
from vizcore.toolkit.training import Training
from vizcore.toolkit.walkthrough import Walk

ARRAYS = ("images", "labels", "logits", "probabilities", "targets", "losses", "slopes", "forward", "backward")


def files(spec: Spec, begin: Training, on: int, found: Walk) -> list[frame.Export]:
    """Everything in the export menu.

    Args:
        spec: settings of the run.
        begin: the run where steps are taken from.
        on: steps that come before the one that is shown.
        found: that one.
    """
    batch = "The batch, as a table (CSV)", "batch.csv", "text/csv"
    everything = "The step (.npz)", "step.npz", "application/octet-stream"
    state = "The run before it, for that script", "run.safetensors", "application/octet-stream"
    program = "A script that recomputes this", "recompute.py", "text/x-python"
    arrays = {name: getattr(found, name) for name in ARRAYS}
    return [
        frame.Export(*batch, partial(table, found)),
        frame.Export(*everything, partial(frame.npz_of, **arrays)),
        frame.Export(*program, partial(script, spec, on)),
        frame.Export(*state, begin.state),
    ]


def table(found: Walk) -> bytes:
    """A row for each example: true class, guess, loss in nats, and the logits."""
    names = ["class", "guess", "loss", *(f"logit {at}" for at in range(found.logits.shape[1]))]
    values = np.column_stack([found.labels, found.guesses, found.losses, found.logits])
    return f"{','.join(names)}\n".encode() + frame.csv_of(values)


def script(spec: Spec, on: int) -> bytes:
    """A Python program that takes the same step with vizcore alone."""
    usual = Spec()
    changed = {field.name: getattr(spec, field.name) for field in fields(spec)} | {"device": "cpu"}
    settings = ", ".join(
        f"{name}={value!r}" for name, value in changed.items() if value != getattr(usual, name)
    )
    return f'''"""One step of a training run, taken apart.

It reads run.safetensors of the same menu, which lies beside it.
Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from pathlib import Path

from vizcore.exhibits.live_training import Spec
from vizcore.toolkit.training import Training
from vizcore.toolkit.walkthrough import ahead, walked

run = Training(Spec({settings}), Path(__file__).with_name("run.safetensors").read_bytes())
step = walked(ahead(run, {on}))
print(f"step {{step.step + 1}}: loss of the batch before {{step.before:.4g}}, after {{step.after:.4g}}")
for name, gradient, move in zip(step.tensors, step.gradients, step.moves, strict=True):
    print(f"{{name}}: gradient {{gradient:.3g}}, step {{move:.3g}}")
'''.encode()
