"""What can be taken away from the shares of a rare class."""

from collections.abc import Mapping, Sequence
from functools import partial

from pages import frame
from vizcore.toolkit.imbalance import WAYS, Shares


def files(
    ratio: int,
    settings: Mapping[str, float],
    ratios: Sequence[str],
    over_ratio: list[dict[str, Shares]],
) -> list[frame.Export]:
    """Everything in the export menu."""
    named = "Shares over the ratio, as a table (CSV)", "shares.csv", "text/csv"
    program = "A script that recomputes this", "recompute.py", "text/x-python"
    return [
        frame.Export(*named, partial(table, ratios, over_ratio)),
        frame.Export(*program, partial(script, ratio, settings)),
    ]


def table(ratios: Sequence[str], over_ratio: list[dict[str, Shares]]) -> bytes:
    """A row for each ratio: the shares that the rare have of loss and gradient, by each way."""
    head = ["ratio", *(f"{way} {what}" for way in WAYS for what in ("loss", "gradient"))]
    lines = []
    for ratio, found in zip(ratios, over_ratio, strict=True):
        shares = [share for way in WAYS for share in (found[way].loss, found[way].gradient)]
        lines.append(",".join([ratio, *(f"{share:.9g}" for share in shares)]))
    return "\n".join([",".join(head), *lines, ""]).encode()


def script(ratio: int, settings: Mapping[str, float]) -> bytes:
    """A program that prints the shares at one ratio."""
    given = "".join(f", {name}={value!r}" for name, value in settings.items())
    return f'''"""What the rare examples of a batch have of loss and gradient

Run it in the folder of Convoscope: PYTHONPATH=. python ~/Downloads/recompute.py
"""

from vizcore.toolkit.imbalance import compared

for way, found in compared({ratio}{given}).items():
    print(f"{{way}} {{found.loss:.6g}} {{found.gradient:.6g}}")
'''.encode()
