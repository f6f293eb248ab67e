"""What can be taken away from the laboratory of one kernel."""

from functools import partial

from pages import frame
from pages.frame import links
from pages.parts import planes
from pages.parts.convolution_slide_settings import Chosen
from vizcore.exhibits.convolution import Response


def files(stage: frame.Stage, chosen: Chosen, found: Response) -> list[frame.Export]:
    """Everything in the export menu."""
    arrays = {"input": chosen.picture, "kernel": chosen.kernel, "output": found.output}
    return [
        frame.Export(
            "The output, as a picture", "output.png", "image/png", partial(frame.map_png, found.output)
        ),
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
        *frame.recomputed(stage, "One kernel on one picture", script(chosen)),
    ]


def script(chosen: Chosen) -> list[str]:
    """The program behind the line that sets `image`."""
    function = "transposed" if chosen.kind == "transposed" else "convolve"
    source = links.setting("slide_input")
    if source == planes.PICTURE:
        needs, given = planes.code("slide")
    else:
        needs, given = ["from vizcore.exhibits.convolution import GRIDS"], f"GRIDS[{source!r}].values"
    settings = ", ".join(f"{name}={value!r}" for name, value in chosen.settings.items())
    return [
        "",
        f"from vizcore.exhibits.convolution import {function}",
        *needs,
        "",
        f"kernel = {chosen.kernel.tolist()!r}",
        f"found = {function}({given}, kernel, {settings})",
        'print("output", *found.output.shape)',
        'print(f"{found.output.min():.6g} {found.output.mean():.6g} {found.output.max():.6g}")',
    ]
