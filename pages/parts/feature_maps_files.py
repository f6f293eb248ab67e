"""What can be taken away from the page of feature maps."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pages import frame
from pages.parts.feature_maps_panel import Panel, Unit
from vizcore.exhibits.feature_maps import Response, UnitArithmetic
from vizcore.plots import colours, mosaic
from vizcore.toolkit import maps as of_maps
from vizcore.toolkit import nets


def files(shown: Panel, unit: Unit, taken_apart: UnitArithmetic | None) -> list[frame.Export]:
    """Everything in the export menu."""
    stage, layer, found = shown.stage, shown.layer, shown.found
    channel, stem = unit[0], f"{stage.net[:40]}-{shown.layer.name}"
    title = f"Feature maps of {layer.name} in {nets.find(stage.net).title}"
    one = found.maps[channel]
    of_one = np.array([channel])
    return [
        _png("These maps, as a picture", f"{stem}.png", found.maps[shown.order], shown.limits[shown.order]),
        _png(
            f"Map {channel}, as a picture", f"{stem}-{channel}.png", found.maps[of_one], shown.limits[of_one]
        ),
        frame.Export(
            "These maps, as a page that works offline",
            f"{stem}.html",
            "text/html",
            partial(frame.html_page, title, "maps", shown.message(unit)),
        ),
        _csv(f"Map {channel}, as a table (CSV)", f"{stem}-{channel}.csv", partial(frame.csv_of, one)),
        _npz("These maps, as numbers (.npz)", f"{stem}.npz", maps=found.maps, image=stage.image),
        *(_of_unit(shown, unit, taken_apart) if taken_apart else []),
        frame.Export(
            "Every layer, as pictures (.zip)",
            f"{stage.net[:40]}.zip",
            "application/zip",
            partial(every_layer, shown.guess),
        ),
        *frame.recomputed(stage, title, script(shown, unit)),
    ]


def _of_unit(shown: Panel, unit: Unit, taken_apart: UnitArithmetic) -> list[frame.Export]:
    parts = taken_apart.parts
    stem = f"{shown.stage.net[:40]}-{shown.layer.name}-" + "-".join(map(str, unit))
    weights = np.zeros(0) if parts.weights is None else parts.weights
    return [
        _csv("This value's sum, as a table (CSV)", f"{stem}.csv", partial(table, taken_apart)),
        _npz(
            "This value's patch, kernel and sum (.npz)",
            f"{stem}.npz",
            patch=parts.patch,
            weights=weights,
            terms=parts.terms,
            value=np.array(taken_apart.value),
        ),
    ]


def table(taken_apart: UnitArithmetic) -> bytes:
    """One line for each value that a unit reads: where it is, its weight, their product."""
    parts = taken_apart.parts
    lines = ["input,row,column,value,weight,product"]
    for (channel, row, col), value in np.ndenumerate(parts.patch):
        name = parts.channels[channel] if parts.channels else taken_apart.sources[channel]
        place = f"{name},{parts.corner[0] + row * parts.step},{parts.corner[1] + col * parts.step}"
        weight = None if parts.weights is None else parts.weights[channel, row, col]
        lines.append(
            f"{place},{value:.9g}," + (f"{weight:.9g},{value * weight:.9g}" if weight is not None else ",")
        )
    if parts.bias is not None:
        lines.append(f"bias,,,,,{parts.bias:.9g}")
    lines.append(f"sum of the terms,,,,,{parts.terms.sum():.9g}")
    return "\n".join([*lines, f"value in the map,,,,,{taken_apart.value:.9g}", ""]).encode()


def script(shown: Panel, unit: Unit) -> Sequence[str]:
    """The program behind the line that sets `image`."""
    net, layer, (channel, row, col) = shown.stage.net, shown.layer.name, unit
    needs = ["# It needs the uploaded weights: run it where the server runs."] if "@" in net else []
    return [
        "",
        "from vizcore.exhibits.feature_maps import feature_maps, receptive_field, response, unit_arithmetic",
        "",
        *needs,
        f"net, layer = {net!r}, {layer!r}",
        "found = feature_maps(image, net, layer)",
        f"values = found.maps[{channel}]",
        'print("maps", *found.maps.shape)',
        f'print("map {channel}", f"{{values.min():.6g}} {{values.mean():.6g}} {{values.max():.6g}}")',
        f"unit = unit_arithmetic(image, net, layer, {channel}, {row}, {col})",
        'print("value", f"{unit.value:.6g}", "=", len(unit.terms), f"terms: {unit.terms.sum():.6g}")',
        f'print("sees", receptive_field(net, layer, {row}, {col}))',
        "guess = response(image, net)",
        "for name, share in zip(guess.classes, guess.probabilities):",
        '    print(name, f"{share:.4f}")',
    ]


def every_layer(guess: Response) -> bytes:
    """A ZIP with the mosaic of each layer."""
    found = guess.maps.items()
    pairs = [(maps, of_maps.limits(of_maps.measured(maps), "map", (0, 1))) for _, maps in found]
    names = [f"{number:03}-{name}.png" for number, (name, _) in enumerate(found)]
    return frame.zip_of(dict(zip(names, mosaic.pngs(pairs), strict=True)))


def picture(maps: NDArray[np.float32], limits: NDArray[np.float32]) -> bytes:
    """A mosaic about 1,600 px wide."""
    entries = mosaic.tiles(maps, limits)
    large = mosaic.enlarged(entries, max(1, 1600 // entries.shape[1]))
    return mosaic.png(large, colours.lut_for(limits), background=(255, 255, 255))


def _png(title: str, name: str, maps: NDArray[np.float32], limits: NDArray[np.float32]) -> frame.Export:
    return frame.Export(title, name, "image/png", partial(picture, maps, limits))


def _csv(title: str, name: str, make: partial[bytes]) -> frame.Export:
    return frame.Export(title, name, "text/csv", make)


def _npz(title: str, name: str, **arrays: NDArray[np.floating]) -> frame.Export:
    return frame.Export(title, name, "application/octet-stream", partial(frame.npz_of, **arrays))
