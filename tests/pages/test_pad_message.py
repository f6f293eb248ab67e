"""Messages of the drawing pad: sound ones become pixels, everything else one sentence."""

import base64
import json
from typing import Any

import numpy as np
import pytest

from pages.components.pad import SIDE, blank, data_for, received
from vizcore.toolkit.errors import InputError

GREY = np.random.default_rng(3).integers(0, 256, (SIDE, SIDE), np.uint8)
LINE = {"width": 0.11, "ink": 1, "points": [0.25, 0.5, 0.75, 0.5]}


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def message(**changes: Any) -> dict[str, Any]:
    return {"n": 7, "pixels": encoded(GREY.tobytes()), "strokes": [LINE], **changes}


def with_stroke(**changes: Any) -> dict[str, Any]:
    return message(strokes=[LINE, {**LINE, **changes}])


def nested(depth: int) -> list[Any]:
    outer: list[Any] = []
    for _ in range(depth):
        outer = [outer]
    return outer


def test_bytes_become_grey_levels_from_0_to_1() -> None:
    pixels = received(message()).pixels
    assert (pixels.shape, pixels.dtype) == ((SIDE, SIDE, 3), np.float32)
    for channel in range(3):
        np.testing.assert_allclose(pixels[..., channel], GREY / 255, rtol=1e-6)


def test_strokes_go_back_as_they_came() -> None:
    erased = {"width": 0.2, "ink": 0, "points": [-1, 2]}
    sent = message(strokes=[LINE, erased])
    assert json.loads(json.dumps(data_for(received(sent), "a"))) == {
        "n": 7,
        "strokes": [LINE, erased],
        "reset": "a",
    }


def test_a_blank_pad_is_black_and_has_no_strokes() -> None:
    assert not blank().pixels.any()
    assert data_for(blank(), "b") == {"n": 0, "strokes": [], "reset": "b"}


def test_the_largest_drawing_is_taken() -> None:
    long = {**LINE, "points": [0.5] * (2 * (20_000 - 299))}
    dots = [{**LINE, "points": [0.5, 0.5]}] * 299
    assert len(received(message(strokes=[*dots, long])).strokes) == 300


HOSTILE: dict[str, object] = {
    "nothing": None,
    "a number": 3,
    "text": "clear",
    "a list": [7, "", []],
    "an empty object": {},
    "a deep nest": nested(10_000),
    "a field too few": {"n": 7, "pixels": message()["pixels"]},
    "a field too many": message(extra=1),
    "no count": message(n=None),
    "a count that is true": message(n=True),
    "a broken count": message(n=1.5),
    "a count that is not a number": message(n=float("nan")),
    "a count of zero": message(n=0),
    "a negative count": message(n=-1),
    "an endless count": message(n=10**400),
    "pixels as numbers": message(pixels=[0] * SIDE**2),
    "pixels as bytes": message(pixels=base64.b64encode(GREY.tobytes())),
    "no pixels": message(pixels=""),
    "a pixel too few": message(pixels=encoded(bytes(SIDE**2 - 1))),
    "a pixel too many": message(pixels=encoded(bytes(SIDE**2 + 1))),
    "a hundred times the pixels": message(pixels=encoded(bytes(100 * SIDE**2))),
    "padding in the middle": message(pixels="====" * (len(message()["pixels"]) // 4)),
    "letters outside of base64": message(pixels="*" * len(message()["pixels"])),
    "letters outside of ASCII": message(pixels="é" * len(message()["pixels"])),
    "half a surrogate pair": message(pixels="\ud800" * len(message()["pixels"])),
    "strokes as text": message(strokes="[]"),
    "strokes as an object": message(strokes={}),
    "no strokes": message(strokes=None),
    "strokes in a deep nest": message(strokes=nested(10_000)),
    "a stroke too many": message(strokes=[LINE] * 301),
    "a million strokes": message(strokes=[LINE] * 1_000_000),
    "a stroke that is a list": message(strokes=[[0.1, 1, [0.5, 0.5]]]),
    "a stroke without ink": message(strokes=[{"width": 0.1, "points": [0.5, 0.5]}]),
    "a stroke with a secret": with_stroke(secret=1),
    "a width of zero": with_stroke(width=0),
    "a negative width": with_stroke(width=-0.1),
    "a width beyond the pad": with_stroke(width=1.01),
    "a width that is not a number": with_stroke(width=float("nan")),
    "a width as text": with_stroke(width="0.1"),
    "a width that is true": with_stroke(width=True),
    "grey ink": with_stroke(ink=0.5),
    "ink brighter than white": with_stroke(ink=2),
    "ink that is true": with_stroke(ink=True),
    "ink in a list": with_stroke(ink=[1]),
    "points as text": with_stroke(points="0.5 0.5"),
    "no points": with_stroke(points=[]),
    "half a point": with_stroke(points=[0.5, 0.5, 0.5]),
    "points in pairs": with_stroke(points=[[0.5, 0.5], [0.6, 0.6]]),
    "a point that is not a number": with_stroke(points=[0.5, float("nan")]),
    "a point at infinity": with_stroke(points=[0.5, float("-inf")]),
    "a point far outside": with_stroke(points=[0.5, 2.001]),
    "a point too long to be a float": with_stroke(points=[0.5, 10**400]),
    "a point that is null": with_stroke(points=[0.5, None]),
    "a point too many": with_stroke(points=[0.5] * 40_002),
    "too many points in all": message(strokes=[{**LINE, "points": [0.5] * 200}] * 201),
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_anything_else_is_one_sentence(hostile: object) -> None:
    with pytest.raises(InputError, match="The drawing arrived damaged"):
        received(hostile)
