"""What can be taken away from two networks that have learnt a picture."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from pages import frame
from vizcore.toolkit import images
from vizcore.toolkit.images import Image


def files(
    stage: frame.Stage,
    image: Image,
    settings: Mapping[str, Any],
    lines: list[dict[str, Any]],
    newest: Mapping[str, Any],
) -> list[frame.Export]:
    """Everything in the export menu."""
    siren, relu = newest["siren_picture"], newest["relu_picture"]
    arrays = {"picture": image, "siren": siren, "relu": relu}
    sines = "What the sines draw", "siren.png", "image/png"
    relus = "What the ReLUs draw", "relu.png", "image/png"
    course = "PSNR at every step reported (CSV)", "psnr.csv", "text/csv"
    pictures = "The three pictures (.npz)", "siren.npz", "application/octet-stream"
    return [
        frame.Export(*sines, partial(images.encode_png, siren)),
        frame.Export(*relus, partial(images.encode_png, relu)),
        frame.Export(*course, partial(table, lines)),
        frame.Export(*pictures, partial(frame.npz_of, **arrays)),
        *frame.recomputed(stage, "Sines and ReLUs learn a picture", script(max(image.shape), settings)),
    ]


def table(lines: list[dict[str, Any]]) -> bytes:
    """Step and PSNR of both in dB."""
    rows = [f"{line['step']},{line['siren']:.9g},{line['relu']:.9g}\n" for line in lines]
    return "".join(["step,siren,relu\n", *rows]).encode()


def script(side: int, settings: Mapping[str, Any]) -> list[str]:
    """The program behind the line that sets `image`."""
    return [
        "",
        "from vizcore.toolkit.siren import Spec, beside",
        "from vizcore.toolkit.small import small",
        "",
        f"spec = Spec({', '.join(f'{name}={value!r}' for name, value in settings.items())})",
        f'for pair in beside(small(image, {side}).astype("float32"), spec):',
        '    print(pair.step, f"{pair.siren:.4g} {pair.relu:.4g}")',
    ]
