"""What can be taken away from the page of the filters."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pages import frame
from pages.parts.filters_mosaic import Shown
from vizcore.plots import colours, mosaic
from vizcore.toolkit import images, nets


def files(stage: frame.Stage, shown: Shown, channel: int, packed: bytes) -> list[frame.Export]:
    """Everything in the export menu."""
    stem = f"{stage.net[:40]}-{shown.layer.name}".replace("!", "-")
    title = f"Filters of {shown.layer.name} in {nets.find(stage.net).title}"
    weights = shown.found.weights
    return [
        frame.Export("These filters, as a picture", f"{stem}.png", "image/png", partial(picture, shown)),
        frame.Export(
            "These filters, as a page that works offline",
            f"{stem}.html",
            "text/html",
            partial(frame.html_page, title, "filters", packed),
        ),
        frame.Export(
            f"Filter {channel}, as a table (CSV)",
            f"{stem}-{channel}.csv",
            "text/csv",
            partial(table, weights[channel]),
        ),
        frame.Export(
            "What is measured, as a table (CSV)", f"{stem}.csv", "text/csv", partial(measures, shown)
        ),
        frame.Export(
            "All weights, as numbers (.npz)",
            f"{stem}.npz",
            "application/octet-stream",
            partial(archive, shown),
        ),
        *frame.recomputed(stage, title, script(stage, shown, channel)),
    ]


def picture(shown: Shown) -> bytes:
    """The tiles in their order, about 1,600 px wide; of several kernels the strongest one."""
    order, limits = shown.order, shown.limits
    if shown.colour:
        scaled = 0.5 + 0.5 * shown.found.weights[order] / limits[order, None, None, None]
        return images.encode_png(framed(scaled.transpose(0, 2, 3, 1)))
    first = np.take_along_axis(shown.found.weights, shown.channels[:, :1, None, None], axis=1)[order, 0]
    ends = np.stack([-limits, limits], axis=1)[order]
    entries = mosaic.tiles(first, ends)
    large = mosaic.enlarged(entries, max(1, 1600 // entries.shape[1]))
    return mosaic.png(large, colours.lut_for(ends), background=(255, 255, 255))


def framed(tiles: NDArray[np.float32]) -> NDArray[np.float32]:
    """(O, h, w, 3) tiles in [0, 1] as one picture, white between them."""
    count, height, width = tiles.shape[:3]
    columns = int(np.ceil(np.sqrt(count)))
    rows = -(-count // columns)
    sheet = np.ones((rows * columns, height + 1, width + 1, 3), np.float32)
    sheet[:count, :height, :width] = tiles
    joined = sheet.reshape(rows, columns, height + 1, width + 1, 3).swapaxes(1, 2)
    whole = joined.reshape(rows * (height + 1), columns * (width + 1), 3)[:-1, :-1]
    return mosaic.enlarged(whole, max(1, 1600 // whole.shape[1]))


def table(weights: NDArray[np.float32]) -> bytes:
    """One line for each weight (I, h, w): where it is, and its value."""
    lines = ["input,row,column,weight"]
    lines += [f"{source},{row},{col},{value:.9g}" for (source, row, col), value in np.ndenumerate(weights)]
    return "\n".join([*lines, ""]).encode()


def measures(shown: Shown) -> bytes:
    """One line for each filter: what is measured on it."""
    found = shown.found
    columns = (found.norm, found.orientation, found.frequency, found.separable)
    lines = ["filter,norm,edges at (degrees),frequency (cycles/px),separable,dead"]
    for channel, values in enumerate(zip(*columns, strict=True)):
        lines.append(
            ",".join([str(channel), *(f"{value:.9g}" for value in values), str(int(found.dead[channel]))])
        )
    return "\n".join([*lines, ""]).encode()


def archive(shown: Shown) -> bytes:
    """The weights and, where there is one, the bias."""
    found = shown.found
    bias = np.zeros(0, np.float32) if found.bias is None else found.bias
    return frame.npz_of(weights=found.weights, bias=bias, norm=found.norm)


def script(stage: frame.Stage, shown: Shown, channel: int) -> Sequence[str]:
    """The program behind the line that sets `image`."""
    needs = ["# It needs the uploaded weights: run it where the server runs."] if "@" in stage.net else []
    return [
        "",
        "from vizcore.exhibits.filters import effect, filters, picture",
        "from vizcore.toolkit.surgery import split",
        "",
        *needs,
        f"net, layer, channel = {stage.net!r}, {shown.layer.name!r}, {channel}",
        "found = filters(net, layer)",
        'print("weights", *found.weights.shape)',
        'print("norm", f"{found.norm[channel]:.6g}", "separable", f"{found.separable[channel]:.6g}")',
        'print("near copies", found.copies)',
        "seen = picture(image, net, layer, channel).map",
        'print("map", f"{seen.min():.6g} {seen.mean():.6g} {seen.max():.6g}")',
        "base, operations = split(net)",
        "if operations:",
        "    change = effect(image, base, net)",
        "    for name, before, after in zip(change.classes, change.before, change.after):",
        '        print(name, f"{before:.4f} -> {after:.4f}")',
    ]
