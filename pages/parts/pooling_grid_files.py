"""What can be taken away from one pooling."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from pages import frame
from pages.frame import links
from pages.parts import planes
from pages.parts.pooling_grid_settings import OWN, Chosen
from vizcore.exhibits.pooling import Pooled

Values = NDArray[np.float64]


def files(stage: frame.Stage, chosen: Chosen, found: Pooled, unpooled: Values) -> list[frame.Export]:
    """Everything in the export menu."""
    arrays = {"input": chosen.picture, "output": found.output, "unpooled": unpooled, "winners": found.winners}
    return [
        frame.Export(
            "The output, as a picture", "output.png", "image/png", partial(frame.map_png, found.output)
        ),
        frame.Export(
            "The output, as a table (CSV)", "output.csv", "text/csv", partial(frame.csv_of, found.output)
        ),
        frame.Export(
            "The unpooled input, as a table (CSV)",
            "unpooled.csv",
            "text/csv",
            partial(frame.csv_of, unpooled),
        ),
        frame.Export(
            "Input, output, winners and unpooled input (.npz)",
            "pooling.npz",
            "application/octet-stream",
            partial(frame.npz_of, **arrays),
        ),
        *frame.recomputed(stage, "One pooling of one picture", script(chosen)),
    ]


def script(chosen: Chosen) -> list[str]:
    """The program behind the line that sets `image`."""
    source = links.setting("grid_input")
    if source == planes.PICTURE:
        needs, given = planes.code("grid")
    elif source == OWN:
        needs, given = ["import numpy as np"], f"np.array({chosen.picture.tolist()!r})"
    else:
        needs, given = ["from vizcore.exhibits.pooling import GRIDS"], f"GRIDS[{source!r}].values"
    settings = ", ".join(f"{name}={value!r}" for name, value in chosen.settings.items())
    return [
        "",
        "from vizcore.exhibits.pooling import pool, unpool",
        *needs,
        "",
        f"picture = {given}",
        f"found = pool(picture, {settings})",
        'print("output", *found.output.shape)',
        'print(f"{found.output.min():.6g} {found.output.mean():.6g} {found.output.max():.6g}")',
        'print("unpooled", *unpool(found, picture.shape).shape)',
    ]
