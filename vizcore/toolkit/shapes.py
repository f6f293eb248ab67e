"""Pictures of ten shapes, drawn from a seed, each with the exact mask of its object.

A picture is made as a stage set is: a textured backdrop, clutter in front of it, then the object, cut out
with its mask, and at last the light and the noise of a camera. The class depends on the outline alone:
colours, textures, sizes, places and angles are drawn independently of it, so that a network has to look at
the shape.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vizcore.toolkit.errors import InputError, pick

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

SIDE = 64  # height and width of a picture, px
SHEET = 50  # pictures drawn together; fixed, so that a longer set begins with the shorter one
CONTRAST = 0.32  # least RGB distance between any colour of the object and any of the backdrop


@dataclass(frozen=True, eq=False)
class Shapes:
    """Labelled pictures, with the place of what the label names."""

    images: Floats  # (N, 64, 64, 3) in [0, 1]
    labels: NDArray[np.int64]  # (N,) index into SHAPE_CLASSES
    masks: Mask  # (N, 64, 64), True where the pixel belongs to the object


def _triangle(u: Floats, v: Floats) -> Mask:
    return (v >= -0.5) & (v <= 1 - np.sqrt(3) * np.abs(u))


def _star(u: Floats, v: Floats) -> Mask:
    """Five points: fold the plane into one tenth of it, then the outline is one straight edge."""
    angle = np.abs((np.arctan2(u, v) + np.pi / 5) % (2 * np.pi / 5) - np.pi / 5)
    radius = np.hypot(u, v)
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    inner_x, inner_y = 0.45 * np.cos(np.pi / 5), 0.45 * np.sin(np.pi / 5)
    return (x - 1) * inner_y <= y * (inner_x - 1)


def _heart(u: Floats, v: Floats) -> Mask:
    x, y = 1.28 * u, 1.28 * v + 0.25
    return (x**2 + y**2 - 1) ** 3 <= x**2 * y**3


# Is the point (u to the right, v upwards) inside? Every shape lies within the unit circle.
OUTLINES: Mapping[str, Callable[[Floats, Floats], Mask]] = {
    "circle": lambda u, v: np.hypot(u, v) <= 0.9,
    "ring": lambda u, v: np.abs(np.hypot(u, v) - 0.76) <= 0.2,
    "crescent": lambda u, v: (np.hypot(u, v) <= 0.98) & (np.hypot(u - 0.42, v) >= 0.76),
    "square": lambda u, v: np.maximum(np.abs(u), np.abs(v)) <= 0.7,
    "triangle": _triangle,
    "cross": lambda u, v: (np.minimum(np.abs(u), np.abs(v)) <= 0.27) & (np.maximum(abs(u), abs(v)) <= 0.94),
    "star": _star,
    "heart": _heart,
    "arrow": lambda u, v: np.where(u < 0.1, (abs(v) <= 0.2) & (u >= -0.95), abs(v) <= 0.78 * (0.98 - u)),
    "hourglass": lambda u, v: (np.abs(u) <= 0.09 + 0.68 * np.abs(v)) & (np.abs(v) <= 0.78),
}
SHAPE_CLASSES: tuple[str, ...] = tuple(OUTLINES)

# How much of the second colour a point gets, 0 to 1, from its place (in periods) and smooth noise.
TEXTURES: tuple[Callable[[Floats, Floats, Floats], Floats], ...] = (
    lambda p, q, noise: np.zeros_like(p),  # plain
    lambda p, q, noise: (p % 1 < 0.5).astype(np.float32),  # stripes
    lambda p, q, noise: (np.hypot(p % 1 - 0.5, q % 1 - 0.5) < 0.3).astype(np.float32),  # dots
    lambda p, q, noise: ((p % 1 < 0.5) ^ (q % 1 < 0.5)).astype(np.float32),  # checker
    lambda p, q, noise: 0.5 + 0.5 * np.sin(0.5 * p),  # gradient
    lambda p, q, noise: noise,
)


def shapes(count: int, *, seed: int, classes: Sequence[str] = SHAPE_CLASSES, bare: bool = False) -> Shapes:
    """Draw `count` pictures; the classes take turns.

    Args:
        count: how many, at least 1.
        seed: equal seeds give equal pictures, and a longer set begins with the shorter one.
        classes: which of SHAPE_CLASSES to draw, in this order.
        bare: leave the objects out and all else as it is; the masks are empty.

    Raises:
        InputError: no pictures asked for, no classes, or a class that does not exist.
    """
    if count < 1 or not classes:
        raise InputError(f"Ask for at least 1 picture of at least 1 shape, not {count} of {len(classes)}.")
    for name in classes:
        pick(OUTLINES, name, "shape")
    turns = np.array([SHAPE_CLASSES.index(name) for name in classes], dtype=np.int64)
    labels = turns[np.arange(count) % len(turns)]
    images = np.empty((count, SIDE, SIDE, 3), np.float32)
    masks = np.empty((count, SIDE, SIDE), np.bool_)
    for sheet, start in enumerate(range(0, count, SHEET)):
        part = slice(start, min(start + SHEET, count))
        filled = np.resize(labels[part], SHEET)  # a last sheet is drawn in full, then cut
        drawn, cut_out = _sheet(np.random.default_rng((seed, sheet)), filled, bare)
        images[part], masks[part] = drawn[: part.stop - start], cut_out[: part.stop - start]
    return Shapes(images, labels, masks)


def compose(masks: Mask, objects: Floats, behind: Floats) -> Floats:
    """The object where its mask is True and what lies behind it elsewhere, (N, H, W, 3)."""
    return np.where(masks[..., None], objects, behind)


def _sheet(rng: np.random.Generator, labels: NDArray[np.int64], bare: bool) -> tuple[Floats, Mask]:
    """SHEET pictures of the given classes, and their masks."""
    masks = _masks(rng, labels) & (not bare)
    behind, ahead = _colours(rng)
    scene = compose(masks, _textured(rng, ahead), _cluttered(rng, _textured(rng, behind)))
    gain, lift = _draw(rng, 0.75, 1.1)[..., None], _draw(rng, -0.08, 0.08)[..., None]
    grain = _draw(rng, 0, 0.04)[..., None] * rng.standard_normal(scene.shape, np.float32)
    return np.clip(0.5 + gain * (scene - 0.5) + lift + grain, 0, 1), masks


def _draw(rng: np.random.Generator, low: float, high: float) -> Floats:
    """One number a picture, uniform in [low, high), (SHEET, 1, 1)."""
    return low + (high - low) * rng.random((SHEET, 1, 1), np.float32)


def _turned(rng: np.random.Generator, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The pixel grid seen from (x, y), turned by a random angle: two arrays (SHEET, 64, 64) in px."""
    rows, columns = np.indices((SIDE, SIDE), np.float32)
    angle = _draw(rng, 0, 2 * np.pi)
    right, up = columns - x, y - rows
    return right * np.cos(angle) + up * np.sin(angle), up * np.cos(angle) - right * np.sin(angle)


def _masks(rng: np.random.Generator, labels: NDArray[np.int64]) -> Mask:
    """Outlines of random size, place and angle, fully inside the picture, (SHEET, 64, 64)."""
    radius = _draw(rng, 12, 26)
    x, y = (radius + (SIDE - 1 - 2 * radius) * _draw(rng, 0, 1) for _ in range(2))
    u, v = (along / radius for along in _turned(rng, x, y))
    masks = np.empty(u.shape, np.bool_)
    for label in np.unique(labels):
        chosen = labels == label
        masks[chosen] = OUTLINES[SHAPE_CLASSES[label]](u[chosen], v[chosen])
    return masks


def _palette(rng: np.random.Generator, count: int) -> Floats:
    """Pairs of related colours, a main one and a lighter or darker one, (SHEET, count, 2, 3) RGB in [0, 1].

    From hue, saturation and value by the formula of Smith 1978, "Color gamut transform pairs".
    """
    hue, saturation, value, step = rng.random((4, SHEET, count, 1), np.float32)
    saturation, value = 0.1 + 0.8 * saturation, 0.2 + 0.8 * value
    sector = (np.array([5, 3, 1], np.float32) + 6 * hue) % 6
    main = value * (1 - saturation * np.clip(np.minimum(sector, 4 - sector), 0, 1))
    other = main + (0.2 + 0.3 * step) * ((value < 0.6).astype(np.float32) - main)
    return np.stack([main, other], axis=2)


def _colours(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """A pair of colours for the backdrop and a clearly different one for the object, (SHEET, 2, 3) each."""
    behind, ahead = _palette(rng, 1), _palette(rng, 100)
    apart = np.linalg.norm(ahead[:, :, :, None] - behind[:, :, None], axis=-1).min(axis=(2, 3))
    first = np.argmax(np.minimum(apart, CONTRAST), axis=1)  # the first that is far enough away
    return behind[:, 0], ahead[np.arange(SHEET), first]


def _textured(rng: np.random.Generator, pair: Floats) -> Floats:
    """Whole pictures filled with a random texture in two colours, (SHEET, 64, 64, 3)."""
    period = _draw(rng, 5, 12)
    p, q = (along / period for along in _turned(rng, _draw(rng, 0, SIDE), _draw(rng, 0, SIDE)))
    knots = np.linspace(0, 8, SIDE, dtype=np.float32)[:, None] - np.arange(9, dtype=np.float32)
    tent = np.maximum(0, 1 - np.abs(knots))  # (64, 9), linear interpolation between nine values
    noise = tent @ rng.random((SHEET, 9, 9), np.float32) @ tent.T
    share = np.empty_like(p)
    kinds = rng.integers(len(TEXTURES), size=SHEET)
    for kind in np.unique(kinds):
        chosen = kinds == kind
        share[chosen] = TEXTURES[kind](p[chosen], q[chosen], noise[chosen])
    main, other = pair[:, None, None, 0], pair[:, None, None, 1]
    return main + share[..., None] * (other - main)


def _cluttered(rng: np.random.Generator, scene: Floats) -> Floats:
    """`scene` with up to eight small blobs, lines and splinters on it."""
    for _ in range(8):
        p, q = _turned(rng, _draw(rng, 0, SIDE), _draw(rng, 0, SIDE))
        size, kind = _draw(rng, 1.5, 4), _draw(rng, 0, 5)  # every other piece is left out
        blob = (p / 1.4) ** 2 + q**2 <= size**2
        line = (np.abs(q) <= 0.8) & (np.abs(p) <= 4 * size)
        splinter = (q >= 0) & (np.abs(p) + q <= 1.4 * size)
        piece = np.select([kind < 1, kind < 2, kind < 3], [blob, line, splinter], False)
        scene = compose(piece, _palette(rng, 1)[:, :, :1], scene)
    return scene
