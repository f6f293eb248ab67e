"""Small pictures that stand for a photograph or a network, as PNG bytes."""

import io
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw

# Okabe & Ito 2008: told apart by people with every kind of colour vision.
GROUP_COLOURS: Mapping[str, str] = {
    "input": "#7a8ca3",
    "linear": "#e69f00",
    "activation": "#009e73",
    "pooling": "#56b4e9",
    "norm": "#cc79a7",
    "shape": "#999999",
}


def photo(image: NDArray[np.float32], *, side: int = 128) -> bytes:
    """The central square of a picture.

    Args:
        image: (H, W, 3) in [0, 1].
        side: px; a smaller picture is enlarged pixel by pixel.
    """
    height, width = image.shape[:2]
    size = min(height, width)
    top, left = (height - size) // 2, (width - size) // 2
    square = Pillow.fromarray(np.round(image[top : top + size, left : left + size] * 255).astype(np.uint8))
    how = Pillow.Resampling.NEAREST if size < side else Pillow.Resampling.LANCZOS
    return _png(square.resize((side, side), how))


def network(
    shapes: Sequence[tuple[int, int, int]], groups: Sequence[str], *, width: int = 320, height: int = 180
) -> bytes:
    """A network as a row of blocks: the taller, the larger its maps; the wider, the more of them.

    Args:
        shapes: (C, H, W) of each layer, from input to output.
        groups: of each layer, keys of `GROUP_COLOURS`.
        width: px of the picture.
        height: px of the picture.
    """
    canvas = Pillow.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(canvas)
    breadths = np.log2([1 + shape[0] for shape in shapes])
    heights = np.log2([1 + shape[1] for shape in shapes])
    edges = np.concatenate([[0], np.cumsum(breadths)]) / breadths.sum() * (width - 24) + 12
    for left, right, size, group in zip(edges, edges[1:], heights / heights.max(), groups, strict=False):
        half = max(2.0, size * (height / 2 - 14))
        draw.rectangle(
            (left, height / 2 - half, right - min(1.5, (right - left) / 3), height / 2 + half),
            fill=GROUP_COLOURS[group],
        )
    return _png(canvas)


def entries(map_: NDArray[np.float32], *, side: int = 32) -> tuple[NDArray[np.uint8], bool]:
    """A feature map as entries of a colour table, scaled to its own largest |value|.

    Args:
        map_: (H, W), finite.
        side: px; a larger map is shrunk by the means of square blocks, those at the end may be smaller.

    Returns:
        (h, w) entries, h and w at most `side`. A map without negative values starts at 0 in entry 0; any
        other is symmetric around 0, which lies between entries 127 and 128. And whether it is such a map.
    """
    step = -(-max(map_.shape) // side)
    small = map_ if step == 1 else _block_means(map_, step)
    low, high = float(small.min()), float(small.max())
    if low < 0:
        return (small / max(-low, high) * 127.5 + 128).astype(np.uint8), True
    return (small / high * 255 if high else small).astype(np.uint8), False


def _block_means(map_: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    """(ceil(H / step), ceil(W / step)) means of blocks of step x step, at the end of what there is."""
    rows, columns = (np.arange(0, size, step) for size in map_.shape)
    sums = np.add.reduceat(np.add.reduceat(map_, rows, axis=0), columns, axis=1)
    counts = np.outer(np.diff(rows, append=map_.shape[0]), np.diff(columns, append=map_.shape[1]))
    means: NDArray[np.float32] = np.divide(sums, counts, dtype=np.float32)
    return means


def _png(picture: Pillow.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
