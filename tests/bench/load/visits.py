"""What a visitor of each page does, over and over: move a control, click into a component, drag in it.

Each move asks for something of the visitor's own and raises Crossed unless that very thing comes back.
"""

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tests.bench.load.protocol import IMPOSSIBLE, Failed, Visitor, unpacked

# Gets a number of the visitor's own, at least 1, of three decimals, another one at each move.
Move = Callable[[Visitor, float], Awaitable[None]]
RATES = ("0.001", "0.002", "0.003", "0.005", "0.01", "0.02", "0.03", "0.05")


class Crossed(Exception):
    """What came back is not what this visitor asked for."""


@dataclass(frozen=True)
class Visit:
    """One way to use a page."""

    link: str  # that is opened
    moves: Sequence[Move]  # taken in turn; each is one interaction


def own(who: int, turn: int) -> float:
    """A number that no other visitor, and no earlier turn of this one, gets; from 1 to 1000."""
    return 1 + who % 999 + turn % 1000 / 1000


def spread(number: float, count: int) -> int:
    """A whole number below `count` that differs between neighbours."""
    return round(number * 1000) * 7 % count


def same(found: ArrayLike, wanted: ArrayLike) -> None:
    """Raise Crossed unless both are the same numbers, as nearly as float32 can say."""
    if np.shape(found) != np.shape(wanted) or not np.allclose(found, wanted, rtol=1e-5, atol=1e-6):
        raise Crossed(f"{np.ravel(found)[:4]} came back for {np.ravel(wanted)[:4]}")


def equal(found: str, wanted: str) -> None:
    """Raise Crossed unless both texts are the same."""
    if found != wanted:
        raise Crossed(f"{found!r} came back for {wanted!r}")


def _kernel(number: float) -> NDArray[np.float64]:
    return np.pad([[number]], 1)


async def type_a_weight(visitor: Visitor, number: float) -> None:
    """A kernel of one weight of one's own, and the picture that many times as bright."""
    await visitor.pick("slide.lab", {"kernel": _kernel(number).tolist()})
    shown = visitor.message("slide.lab")
    same(shown.header["kernel"], _kernel(number).ravel())
    _scaled(shown.blocks[0], shown.blocks[1], number)


async def drag_a_weight(visitor: Visitor, number: float) -> None:
    shown = visitor.message("slide.lab")
    answer = await visitor.ask(shown.header["live"], {"kernel": _kernel(number).tolist()})
    _scaled(shown.blocks[0], answer.blocks[0], number)


def _scaled(picture: NDArray[np.float32], output: NDArray[np.float32], number: float) -> None:
    side = round(len(picture) ** 0.5)
    same(output, number * picture.reshape(side, side)[1:-1, 1:-1].ravel())


async def type_values(visitor: Visitor, number: float) -> None:
    """A grid of one number, all over: its pooling is that number."""
    await visitor.pick("grid.lab", {"values": np.full((7, 7), number).tolist()})
    same(visitor.message("grid.lab").header["values"], np.full(49, number))


async def drag_values(visitor: Visitor, number: float) -> None:
    address = visitor.message("grid.lab").header["live"]
    answer = await visitor.ask(address, {"values": np.full((7, 7), number).tolist()})
    same(answer.blocks[0], np.full(9, number))


async def leave_the_picture(visitor: Visitor, number: float) -> None:
    place = _place(number)
    await visitor.pick("shift.moves", {"place": place})
    same(visitor.message("shift.moves").header["place"], place)


async def drag_the_picture(visitor: Visitor, _number: float) -> None:
    """While it is dragged over the place where it was left last, the answer is what stands there."""
    shown = visitor.message("shift.moves")
    answer = await visitor.ask(shown.header["live"], {"place": shown.header["place"]})
    there = unpacked(shown.blocks[2].tobytes())
    equal(answer.header["line"], there.header["line"])
    same(answer.blocks[0], there.blocks[0])


def _place(number: float) -> list[int]:
    return [spread(number, 61) - 30, int(number) % 61 - 30]


async def choose_a_filter(visitor: Visitor, number: float) -> None:
    channel = spread(number, 16)
    await visitor.pick("filters.mosaic", {"channel": channel})
    equal(visitor.message("filters.one").header["title"], f"Filter {channel} of conv1_1")


async def change_a_weight(visitor: Visitor, number: float) -> None:
    """An operation on a network that only this visitor sees."""
    await visitor.pick("filters.one", {"input": 0, "row": 0, "col": 0, "value": number / 1000})
    same(visitor.message("filters.one").blocks[0][0], number / 1000)


async def undo(visitor: Visitor, _number: float) -> None:
    """Back to the network as it was trained: a link of a hundred operations is nobody's."""
    await visitor.press("filters.undo_all")
    if visitor.message("filters.one").header["id"].partition(" ")[0] != "tiny_vgg":
        raise Crossed("the network is still another one")


async def choose_a_layer(visitor: Visitor, number: float) -> None:
    layer = ("relu1_1", "relu2_1", "relu3_1")[spread(number, 3)]
    await visitor.pick("feature_maps.layers", layer)
    equal(visitor.message("feature_maps.maps").header["layer"], layer)
    await visitor.pick("feature_maps.maps", {"painted": visitor.message("feature_maps.maps").header["id"]})


async def choose_a_value(visitor: Visitor, number: float) -> None:
    channel, row, col = spread(number, 16), spread(number, 16), int(number) % 16
    await visitor.pick("feature_maps.maps", {"channel": channel, "unit": [row, col]})
    title = visitor.message("feature_maps.one").header["title"]
    equal(title.partition(", ")[2], f"map {channel}, row {row}, column {col}")


async def change_the_rate(visitor: Visitor, number: float) -> None:
    """The settings are this visitor's; the run is still the one that its link names."""
    rate = RATES[spread(number, len(RATES))]
    await visitor.set("t_lr.control", rate)
    found = visitor.settings
    equal(found.get("t_lr", "0.01"), rate)
    equal(visitor.message("training.run").header["run"], found["run"])


async def look_at_the_run(visitor: Visitor, _number: float) -> None:
    """What a browser asks ten times a second while a run goes on."""
    answer = await visitor.ask(visitor.message("training.run").header["url"], {"since": 0})
    equal(answer.header["identity"].partition(".")[0], visitor.settings["run"])


async def move_the_cursor(visitor: Visitor, number: float) -> None:
    x = number % 2  # within every reach
    await visitor.pick("curves.charts", {"x": x})
    same(visitor.message("curves.charts").header["cursor"], x)


async def change_the_reach(visitor: Visitor, number: float) -> None:
    reach = ("−6 to 6", "−2 to 2", "−12 to 12")[spread(number, 3)]
    await visitor.set("curves_reach.control", reach)
    wanted = float(reach.rpartition(" ")[2])
    if not any(np.isclose(block.max(), wanted) for block in visitor.message("curves.charts").blocks):
        raise Crossed(f"no axis ends at {wanted}")


async def leave_the_logits(visitor: Visitor, number: float) -> None:
    await visitor.pick("softmax.bars", {"logits": _logits(number)})
    same(visitor.message("softmax.bars").header["logits"], _logits(number))


async def drag_the_logits(visitor: Visitor, number: float) -> None:
    address = visitor.message("softmax.bars").header["live"]
    answer = await visitor.ask(address, {"logits": _logits(number), "chosen": 1})
    same(answer.header["logits"], _logits(number))


def _logits(number: float) -> list[float]:
    return [number / 1000, -1.0, number % 1]


async def point_at_the_landscape(visitor: Visitor, number: float) -> None:
    place = [float(f"{number / 1000:.4g}"), -0.5]
    await visitor.pick("ll.terrain", {"place": place})
    same(visitor.message("ll.terrain").header["place"], place)


async def look_at_the_landscape(visitor: Visitor, _number: float) -> None:
    shown = visitor.message("ll.terrain").header
    answer = await visitor.ask(shown["url"], {"since": 0})
    if "status" not in answer.header:
        raise Crossed("no status of a run")


async def leave_the_start(visitor: Visitor, number: float) -> None:
    start = _start(number)
    await visitor.pick("race.map", {"start": start, "step": 60, "shown": ["gd", "momentum", "adam"]})
    same(visitor.message("race.map").header["start"], start)


async def drag_the_start(visitor: Visitor, number: float) -> None:
    answer = await visitor.ask(visitor.message("race.map").header["ask"], {"start": _start(number)})
    same(answer.header["start"], _start(number))
    same(answer.blocks[0][0], _start(number)[0])


def _start(number: float) -> list[float]:
    return [float(f"{number % 2.5:.5g}"), -1.0]


async def wander(visitor: Visitor, number: float) -> None:
    """Set some control of the page to some choice; one of them changes the view."""
    chance = random.Random(number)
    controls = [part for part in visitor.parts() if part.choices]
    if controls:
        control = chance.choice(controls)
        try:
            await visitor.set(control.key, chance.choice(control.choices))
        except Failed as error:
            if IMPOSSIBLE not in str(error):
                raise


VISITS: Mapping[str, Visit] = {
    "/convolution": Visit("/convolution", (type_a_weight, drag_a_weight)),
    "/pooling": Visit("/pooling?grid_input=numbered", (type_values, drag_values)),
    "/invariance": Visit("/invariance", (leave_the_picture, drag_the_picture)),
    "/filters": Visit("/filters", (choose_a_filter, change_a_weight, undo)),
    "/feature-maps": Visit("/feature-maps", (choose_a_layer, choose_a_value)),
    "/live-training": Visit("/live-training", (change_the_rate, look_at_the_run)),
    "/activation-functions": Visit("/activation-functions", (move_the_cursor, change_the_reach)),
    "/losses": Visit("/losses?view=softmax", (leave_the_logits, drag_the_logits)),
    "/loss-landscape": Visit("/loss-landscape", (point_at_the_landscape, look_at_the_landscape)),
    "/optimizers": Visit("/optimizers", (leave_the_start, drag_the_start)),
}
WALKS: Mapping[str, Visit] = {page: Visit(page, [wander]) for page in VISITS}
