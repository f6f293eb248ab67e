"""What can be taken away from a training run: weights, history, the link of its settings, a script."""

from dataclasses import fields
from functools import partial
from urllib.parse import urlencode, urlsplit

import streamlit as st

from pages import frame
from pages.parts import live_training_pictures_settings as settings
from pages.server import trained
from pages.server.training import begun
from vizcore import runs
from vizcore.exhibits.live_training import Spec
from vizcore.toolkit import datasets

OWN_IMPORTS = "\nimport numpy as np\n"
OWN_START = """pictures = Path(__file__).with_name("pictures.npz")  # "Your pictures" in the same menu
run = train(spec, **np.load(pictures))"""
COLUMNS = ("step", "epoch", "loss", "hits", "validation", "accuracy", "measured", "lr")


def exports(run: str, step: int | None = None) -> None:
    """The export menu of a run.

    Args:
        run: its id.
        step: whose weights are taken away, one with a checkpoint; None takes the newest.
    """
    frame.export_menu(partial(files, run, step), "training")


def files(run: str, step: int | None = None) -> list[frame.Export]:
    """Everything in the export menu."""
    spec = begun(run)
    weights = "The weights, as they are now" if step is None else f"The weights after step {step:,}"
    found = [
        frame.Export(
            f"{weights} (.safetensors)",
            "weights.safetensors",
            "application/octet-stream",
            partial(trained.file, run, step),
        ),
        frame.Export("The history, as a table (CSV)", "history.csv", "text/csv", partial(history, run)),
        frame.Export("A script that trains it once more", "train.py", "text/x-python", partial(script, spec)),
    ]
    if spec.data == datasets.OWN:
        return [*found, _pictures(run)]
    return [*found, _link(spec)]


def _link(spec: Spec) -> frame.Export:
    kind = "link.url", "application/internet-shortcut"
    where = f"{address()}?{query(spec)}"
    return frame.Export("A link that trains with these settings", *kind, partial(shortcut, where))


def _pictures(run: str) -> frame.Export:
    kind = "pictures.npz", "application/octet-stream"
    return frame.Export("Your pictures, for that script", *kind, lambda: frame.npz_of(**runs.arrays(run)))


def history(run: str) -> bytes:
    """A row for each report: losses in nats, shares of right pictures from 0 to 1."""
    rows = [",".join(f"{line[name]:.9g}" for name in COLUMNS) for line in runs.history(run)[0]]
    return "\n".join([",".join(COLUMNS), *rows, ""]).encode()


def address() -> str:
    """The address of this page, without its settings."""
    return urlsplit(st.context.url or "")._replace(query="", fragment="").geturl()


def query(spec: Spec) -> str:
    """The settings of a run as a link has them, but without the run: opened, it trains with them."""
    words = {f"t_{name}": settings.word(getattr(spec, name)) for name in settings.USUAL}
    changed = {name: word for name, word in words.items() if word != settings.STARTED[name]}
    return urlencode({"view": "pictures", **changed})


def shortcut(address: str) -> bytes:
    """A file that opens an address with a double click."""
    return f"[InternetShortcut]\r\nURL={address}\r\n".encode()


def script(spec: Spec) -> bytes:
    """A Python program that trains once more with vizcore alone, and saves the weights."""
    given = {field.name: getattr(spec, field.name) for field in fields(Spec)}
    changed = [f"    {name}={value!r}," for name, value in given.items() if value != getattr(Spec(), name)]
    written = "\n".join(["", *changed, ""]) if changed else ""
    subject = trained.subject(spec)
    imports, start = (OWN_IMPORTS, OWN_START) if spec.data == datasets.OWN else ("", "run = train(spec)")
    return f'''"""{subject}

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/train.py
"""

from pathlib import Path
{imports}
from vizcore.exhibits.live_training import Spec, train
from vizcore.toolkit.trained import weights

spec = Spec({written})
{start}
for report in run:
    if report.measured == report.step:
        print(f"step {{report.step}}: loss {{report.loss:.4f}}, held out {{report.accuracy:.1%}} right")
Path("weights.safetensors").write_bytes(weights(run.state(), run.net, {subject!r}))
'''.encode()
