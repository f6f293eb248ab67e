"""What can be taken away from the laboratory of one kernel."""

from functools import partial

import numpy as np

from pages import frame
from pages.frame import links
from pages.parts.convolution_slide_settings import COLOURS, Chosen
from vizcore.exhibits.convolution import Response
from vizcore.plots import colours, mosaic
from vizcore.toolkit import images


def files(stage: frame.Stage, chosen: Chosen, found: Response) -> list[frame.Export]:
    """Everything in the export menu."""
    arrays = {"input": chosen.picture, "kernel": chosen.kernel, "output": found.output}
    lines = script(chosen)
    return [
        frame.Export("The output, as a picture", "output.png", "image/png", partial(picture, found)),
        frame.Export(
            "The output, as a table (CSV)", "output.csv", "text/csv", partial(frame.csv_of, found.output)
        ),
        frame.Export(
            "The kernel, as a table (CSV)", "kernel.csv", "text/csv", partial(frame.csv_of, chosen.kernel)
        ),
        frame.Export(
            "Input, kernel and output (.npz)",
            "convolution.npz",
            "application/octet-stream",
            partial(frame.npz_of, **arrays),
        ),
        frame.Export(
            "A script that recomputes this",
            "recompute.py",
            "text/x-python",
            partial(frame.script, "One kernel on one picture", "" if stage.own else stage.picture, lines),
        ),
        frame.Export(
            "The picture, for that script",
            "picture.png",
            "image/png",
            partial(images.encode_png, stage.image),
        ),
    ]


def picture(found: Response) -> bytes:
    """The output, about 1,000 px wide: around zero where it has two signs."""
    values = found.output.astype(np.float32)[None]
    low, high = float(values.min()), float(values.max())
    most = max(-low, high) or 1.0
    limits = np.array([[-most if low < 0 else 0.0, most]], np.float32)
    large = mosaic.enlarged(mosaic.tiles(values, limits), max(1, 1000 // values.shape[2]))
    return mosaic.png(large, colours.lut_for(limits))


def script(chosen: Chosen) -> list[str]:
    """The program behind the line that sets `image`."""
    function = "transposed" if chosen.kind == "transposed" else "convolve"
    source, shade = links.setting("slide_input"), links.setting("slide_colour")
    if source == "picture":
        plane = "grey(image)" if shade == "grey" else f"image[..., {list(COLOURS).index(shade) - 1}]"
        names, needs = f"{function}, grey", ["from vizcore.toolkit.small import small"]
        given = f"small({plane}[..., None], {links.setting('slide_size')})[..., 0]"
    else:
        names, needs, given = f"GRIDS, {function}", [], f"GRIDS[{source!r}].values"
    settings = ", ".join(f"{name}={value!r}" for name, value in chosen.settings.items())
    return [
        "",
        f"from vizcore.exhibits.convolution import {names}",
        *needs,
        "",
        f"kernel = {chosen.kernel.tolist()!r}",
        f"found = {function}({given}, kernel, {settings})",
        'print("output", *found.output.shape)',
        'print(f"{found.output.min():.6g} {found.output.mean():.6g} {found.output.max():.6g}")',
    ]
