"""Many small maps as one picture: tiles with a gap, coloured by a palette, as PNG bytes."""

import math
import struct
import zlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vizcore.plots.colours import Lut, lut_for

Maps = NDArray[np.float32]

GAP = 254  # palette entry of the space between tiles; values use 0..253


def tiles(
    maps: NDArray[np.float32], limits: NDArray[np.float32], *, columns: int = 0, gap: int = 1
) -> NDArray[np.uint8]:
    """Arrange maps in rows, left to right, as palette entries.

    Args:
        maps: (C, H, W).
        limits: (C, 2) the value of entry 0 and of entry 253 for each map; what lies outside is clipped.
        columns: tiles in a row; when 0, as many as make the picture about square.
        gap: px between tiles.

    Returns:
        (rows * (H + gap) - gap, columns * (W + gap) - gap), entries 0..253, GAP between the tiles.
    """
    count, height, width = maps.shape
    columns = columns or max(1, round(math.sqrt(count * (height + gap) / (width + gap))))
    rows = -(-count // columns)
    low = limits[:, 0, None, None]
    scale = (253 / (limits[:, 1] - limits[:, 0]))[:, None, None]
    entries = np.multiply(maps - low, scale, dtype=np.float32)
    np.clip(entries + np.float32(0.5), 0, 253, out=entries)
    grid = np.full((rows * columns, height + gap, width + gap), GAP, dtype=np.uint8)
    grid[:count, :height, :width] = entries
    grid = grid.reshape(rows, columns, height + gap, width + gap).swapaxes(1, 2)
    picture = grid.reshape(rows * (height + gap), columns * (width + gap))
    return picture[: picture.shape[0] - gap, : picture.shape[1] - gap]


def png(entries: NDArray[np.uint8], lut: Lut, *, background: tuple[int, int, int] | None = None) -> bytes:
    """A palette PNG: one byte a pixel, lossless, the colours in its header.

    Run-length coding at zlib's lowest level loses a little size on maps and wins most of the time.
    Source: PNG specification, third edition, W3C 2025.

    Args:
        entries: (H, W) as from `tiles`.
        lut: colours of the entries 0..253, resampled from its 256.
        background: colour of GAP; transparent when left out.
    """
    height, width = entries.shape
    palette = np.zeros((256, 3), dtype=np.uint8)
    palette[:GAP] = lut[np.round(np.linspace(0, 255, GAP)).astype(int)]
    palette[GAP:] = background or (0, 0, 0)
    lines = np.zeros((height, width + 1), dtype=np.uint8)  # each line starts with its filter: 0, none
    lines[:, 1:] = entries
    coder = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_RLE)
    data = coder.compress(lines.data) + coder.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [(b"IHDR", header), (b"PLTE", palette.tobytes())]
    if background is None:
        parts.append((b"tRNS", bytes([255] * GAP + [0] * (256 - GAP))))
    parts += [(b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)


def pngs(pictures: Iterable[tuple[Maps, Maps]], *, threads: int = 2) -> list[bytes]:
    """PNG of each (maps, limits) on a light page, side by side: NumPy and zlib let other threads run."""

    def one(picture: tuple[Maps, Maps]) -> bytes:
        maps, limits = picture
        return png(tiles(maps, limits), lut_for(limits))

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, pictures))


def enlarged(entries: NDArray[Any], factor: int) -> NDArray[Any]:
    """Every pixel of (H, W) or (H, W, 3) as a square of factor x factor."""
    return entries.repeat(factor, axis=0).repeat(factor, axis=1)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
