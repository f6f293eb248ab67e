"""What can be taken away from an activation function on a feature map."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from pages import frame
from pages.parts.activation_functions_map_settings import Seen


def files(seen: Seen) -> list[frame.Export]:
    """Everything in the export menu."""
    stage, channel, function, found = seen.stage, seen.channel, seen.function, seen.found
    stem = f"{stage.net[:40]}-{seen.layer}-{function.name}"
    return [
        _png("The map before, as a picture", f"{stem}-{channel}-before.png", seen.before),
        _png("The map after, as a picture", f"{stem}-{channel}-after.png", seen.after),
        frame.Export(
            "The map after, as a table (CSV)",
            f"{stem}-{channel}.csv",
            "text/csv",
            partial(frame.csv_of, seen.after),
        ),
        frame.Export(
            "The layer before and after, with the slopes (.npz)",
            f"{stem}.npz",
            "application/octet-stream",
            partial(frame.npz_of, before=found.x, after=found.value, slope=found.slope),
        ),
        *frame.recomputed(stage, f"{function.title} on the maps of a layer", script(seen)),
    ]


def script(seen: Seen) -> list[str]:
    """The program behind the line that sets `image`."""
    net, channel = seen.stage.net, seen.channel
    needs = ["# It needs the uploaded weights: run it where the server runs."] if "@" in net else []
    return [
        "",
        "from vizcore.exhibits.feature_maps import feature_maps",
        "from vizcore.toolkit.activation_maps import measures, prelu, saturated",
        "from vizcore.toolkit.activations import curve",
        "",
        *needs,
        f"maps = feature_maps(image, {net!r}, {seen.layer!r}).maps",
        f"found = {seen.function.code}",
        f"for name, part in {{'layer': slice(None), 'channel {channel}': {channel}}}.items():",
        "    for when, values in (('before', found.x[part]), ('after', found.value[part])):",
        "        each = measures(values)",
        "        print(name, when, f'{each.mean:.6g} {each.variance:.6g} {each.zeros:.6g}')",
        "print('saturated', f'{saturated(found.slope):.6g}')",
    ]


def _png(title: str, name: str, values: NDArray[np.floating]) -> frame.Export:
    return frame.Export(title, name, "image/png", partial(frame.map_png, values))
