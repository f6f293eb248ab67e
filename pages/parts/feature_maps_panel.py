"""The maps of one layer, as they stand on the page: once, or twice side by side."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages import components, frame
from pages.components import maps as maps_part
from pages.parts import feature_maps_words as words
from vizcore.exhibits import feature_maps
from vizcore.exhibits.feature_maps import Layer, Response
from vizcore.plots import thumbnails
from vizcore.toolkit import maps as of_maps
from vizcore.toolkit.maps import LayerMaps
from vizcore.toolkit.shared import Shared

Unit = tuple[int, int, int]  # channel, row, column


@dataclass(frozen=True, eq=False)
class Seen:
    """A network's response to a picture, and the pictures of its layers in the strip."""

    response: Response
    thumbs: list[NDArray[np.uint8]]  # (h, w) of each layer
    signed: list[bool]  # of each layer, whether its strongest map has values below 0


@dataclass(frozen=True, eq=False)
class Panel:
    """A layer's maps in their order and colours."""

    stage: frame.Stage
    guess: Response
    layer: Layer
    found: LayerMaps
    limits: NDArray[np.float32]  # (C, 2)
    order: NDArray[np.int64]  # (C,)

    def message(self, unit: Unit, turn: int = 0, *, apart: bool = False) -> bytes:
        """The message for maps.js, with one unit selected; `apart` if a click on a value takes it apart."""
        layer, stage = self.layer, self.stage
        view = maps_part.View(
            layer=layer.name,
            identity=f"{stage.digest} {stage.net} {layer.name}",
            selected=unit[0],
            unit=unit[1:],
            turn=turn,
            labels=words.names_of(layer, stage.net),
            apart=apart,
            alt=f"{layer.shape[0]} maps of layer {layer.name}, strongest: {words.strongest(self.found)}",
        )
        return maps_part.pack(view, self.found.maps, self.limits, self.order, self.guess.cropped)


_seen = Shared[Seen]()


def seen_by(stage: frame.Stage) -> Seen:
    """What the network makes of the picture, computed once for all who ask."""

    def look() -> Seen:
        response = feature_maps.response(stage.image, stage.net)
        entries = [thumbnails.entries(of_maps.strongest(maps)) for maps in response.maps.values()]
        thumbs, signed = zip(*entries, strict=True)
        return Seen(response, list(thumbs), list(signed))

    return _seen.get((stage.digest, stage.net), look)


def known(stage: frame.Stage) -> bool:
    """Whether `seen_by` takes no time."""
    return _seen.known((stage.digest, stage.net)) is not None


def panel(stage: frame.Stage, layer: Layer, by: str, scale: str) -> Panel:
    """The maps of a layer, sorted by `by`, with colours that `scale` shares."""
    guess = seen_by(stage).response
    found = of_maps.measured(guess.maps[layer.name])
    limits = of_maps.limits(found, scale, (guess.low, guess.high))
    return Panel(stage, guess, layer, found, limits, of_maps.order(found, by))


def mount(message: bytes, key: str, on_pick: Callable[[], None] | None = None) -> None:
    """Show what `Panel.message` says."""
    components.mount("maps", data=message, key=key, on_pick=on_pick)
