"""Turn the bytes of a picture file into pixels, and pixels into a PNG.

The bytes may come from anyone. So the content decides what a file is, never its name; only five formats
are ever handed to a decoder; and size, dimensions and the number of steps are limited before the work is
done. What the limits are for: [CWE-409](https://cwe.mitre.org/data/definitions/409.html), small files that
unpack to huge pictures.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from math import ceil
from typing import TypeAlias

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ExifTags import Base
from PIL.GifImagePlugin import GifImageFile
from PIL.Image import Resampling, Transpose
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.filetypes import file_kind

Image: TypeAlias = NDArray[np.float32]  # (H, W, 3), red green blue, sRGB in [0, 1], 0 = black

MAX_BYTES = 20_000_000  # of a file
MAX_PIXELS = 50_000_000  # of a picture, before it is scaled; 200 MB while it is read
PROGRESSIVE = "progressive JPEG"
FEWER = {"WebP": 15_000_000, PROGRESSIVE: 25_000_000}  # pixels of kinds whose decoders hold several copies
LONG_SIDE = 1280  # px of a picture that is kept; networks look at 224 of them
MAX_SIDE = 65_535  # px, what JPEG and GIF can say
MAX_READS = 200_000  # of a decoder; an honest 20 MB file needs some 20,000
MAX_SCANS = 100  # of a JPEG; an honest progressive one has about 10
SCAN = re.compile(rb"\xff\xda\0[\x06-\x0c][\x01-\x04]")  # marker, length and components of a JPEG scan
GAP = 3  # shrink roughly to this many times the wanted size, then finely
LARGE = 16_000_000  # pixels from where on half of that has to do, since it lies in memory beside the picture

READERS: Mapping[str, type[ImageFile]] = {
    "PNG": PngImageFile,
    "JPEG": JpegImageFile,  # the class itself: PIL.Image.open would turn some into MPO
    "WebP": WebPImageFile,
    "BMP": BmpImageFile,
    "GIF": GifImageFile,
}

# EXIF orientation -> what sets the picture upright (CIPA DC-008, tag 0x0112).
UPRIGHT: Mapping[object, Transpose] = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


class TooLarge(InputError):
    """A picture has more pixels than can be read."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded file and what was done to it on the way."""

    pixels: Image  # (H, W, 3) in [0, 1], multiples of 1/255
    notes: tuple[str, ...]  # sentences such as "Transparent parts are shown on white."


class _Steps(BytesIO):
    """A file that ends the work when it is read in too many small pieces."""

    left = MAX_READS

    def read(self, size: int | None = -1, /) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise InputError("This file is split into too many pieces to be read. Save it again as PNG.")
        return super().read(size)


def decode(data: bytes, *, max_side: int = LONG_SIDE) -> Image:
    """Return the pixels of a picture file: `read` without the notes."""
    return read(data, max_side=max_side).pixels


def read(data: bytes, *, max_side: int = LONG_SIDE) -> Picture:
    """Return the picture in a PNG, JPEG, WebP, BMP or GIF file, upright, on white and not too large.

    Args:
        data: the content of the file, at most 20 MB.
        max_side: longest side of the result in px; a smaller picture keeps its size.

    Raises:
        InputError: not one of the five formats, too large, cut off or damaged.
    """
    kind = _readable_kind(data)
    with _damage_explained(kind):
        file = READERS[kind](_Steps(data))
        width, height = file.size
        _check_size(kind, file)
        scale = min(1.0, max_side / max(width, height))
        small, see_through = _shrunk(file, (max(1, round(width * scale)), max(1, round(height * scale))))
        turn = UPRIGHT.get(_orientation(file))
        frames = getattr(file, "n_frames", 1)

    if turn is not None:
        small = small.transpose(turn)
    if turn in (Transpose.TRANSPOSE, Transpose.TRANSVERSE, Transpose.ROTATE_90, Transpose.ROTATE_270):
        width, height = height, width
    notes = []
    if frames > 1:
        notes.append(f"This {kind} has {frames} frames; the first one is shown.")
    if see_through:
        notes.append("Transparent parts are shown on white.")
    if scale < 1:
        notes.append(f"Scaled from {width} × {height} to {small.width} × {small.height} pixels.")
    return Picture(np.asarray(small, np.float32) / np.float32(255), tuple(notes))


def stated_pixels(data: bytes) -> int | None:
    """How many pixels `read` would decode of a picture file, by its header alone.

    Args:
        data: the file, or its beginning.

    Returns:
        0 for a picture that it would refuse; None where the header cannot be read.
    """
    kind = file_kind(data) or ""
    try:
        file = READERS[kind](_Steps(data))
        _check_size(kind, file)
    except TooLarge:
        return 0
    except Exception:  # broken files raise anything
        return None
    return file.width * file.height


def encode_png(image: Image) -> bytes:
    """Return `image` (H, W, 3) as an 8-bit RGB PNG; `decode` gives multiples of 1/255 back exactly."""
    out = BytesIO()
    eight_bit = np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
    PIL.Image.fromarray(eight_bit).save(out, "PNG")
    return out.getvalue()


def digest(image: Image) -> str:
    """Return 32 hexadecimal digits that stand for shape, type and values of `image`: a key for caches."""
    content = f"{image.shape}{image.dtype}".encode() + image.tobytes()
    return blake2b(content, digest_size=16).hexdigest()


def _readable_kind(data: bytes) -> str:
    """Return the format of `data`, a key of READERS, or say what the file is instead of a picture."""
    if not data:
        raise InputError("This file is empty. Choose another one.")
    if len(data) > MAX_BYTES:
        raise InputError(
            f"This file has {len(data):,} bytes; at most {MAX_BYTES:,} can be read. Save it smaller."
        )
    kind = file_kind(data) or f"not a picture (its first bytes are {data[:4].hex(' ')})"
    if kind not in READERS:
        raise InputError(
            f"This file is {kind}, which can't be read here. Use a PNG, JPEG, WebP, BMP or GIF instead."
        )
    scans = len(SCAN.findall(data)) if kind == "JPEG" else 0
    if scans > MAX_SCANS:
        raise InputError(
            f"This JPEG consists of {scans} scans; at most {MAX_SCANS} can be read. Save it again."
        )
    return kind


def _check_size(kind: str, file: ImageFile) -> None:
    """Refuse a picture that would take too much memory; called before any pixel is decoded."""
    kind = PROGRESSIVE if "progressive" in file.info else kind
    most = FEWER.get(kind, MAX_PIXELS)
    if file.width * file.height > most or max(file.size) > MAX_SIDE:
        raise TooLarge(
            f"This {kind} has {file.width} x {file.height} pixels; at most {most / 1e6:.0f} million in all "
            f"and {MAX_SIDE:,} a side can be read. Save it smaller."
        )


@contextmanager
def _damage_explained(kind: str) -> Iterator[None]:
    """Turn whatever a decoder raises into an InputError; broad, because broken files raise anything."""
    try:
        yield
    except InputError:
        raise
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning):
        raise TooLarge(
            f"This {kind} has more than the {MAX_PIXELS / 1e6:.0f} million pixels that can be read. "
            "Save it smaller."
        ) from None
    except Exception as error:
        raise InputError(
            f"This {kind} file is cut off or damaged. Download it again, or save it as a new PNG."
        ) from error


def _shrunk(file: ImageFile, size: tuple[int, int]) -> tuple[PIL.Image.Image, bool]:
    """Return the picture as RGB of `size`, and whether any of it was transparent.

    Works strip by strip, so that only the pixels of the file are held in full: 50 million of them are 200 MB.
    """
    _rescale_key_colour(file)
    gap = GAP if file.width * file.height <= LARGE else GAP / 2
    wanted = round(gap * size[0]), round(gap * size[1])
    draft = file.draft(None, wanted)  # a JPEG can be decoded at 1/2, 1/4 or 1/8
    across, down = (max(1, side // goal) for side, goal in zip(file.size, wanted, strict=True))
    box = draft[1] if draft else (0, 0, *file.size)
    rough = PIL.Image.new("RGB", (ceil(file.width / across), ceil(file.height / down)))
    rows = down * ceil(1_000_000 / (down * file.width))
    see_through = False
    for top in range(0, file.height, rows):
        strip = file.crop((0, top, file.width, min(top + rows, file.height)))
        if strip.mode == "I;16":
            strip = _eight_bit(strip)
        if strip.has_transparency_data:
            strip = strip.convert("RGBA")
            alpha = strip.getchannel("A")
            see_through |= alpha.getextrema() != (255, 255)
            strip = PIL.Image.composite(
                strip.convert("RGB"), PIL.Image.new("RGB", strip.size, "white"), alpha
            )
        rough.paste(strip.convert("RGB").reduce((across, down)), (0, top // down))
    return rough.resize(size, Resampling.LANCZOS, (0, 0, box[2] / across, box[3] / down)), see_through


def _rescale_key_colour(file: ImageFile) -> None:
    """Scale the one colour that a PNG may call transparent to 8 bits, as Pillow does with the pixels only."""
    key, stored = file.info.get("transparency"), file.tile[0].args if file.tile else None
    if isinstance(key, int) and stored in ("L;2", "L;4"):
        file.info["transparency"] = key * (85 if stored == "L;2" else 17)
    if isinstance(key, tuple) and stored == "RGB;16B":
        file.info["transparency"] = tuple(channel >> 8 for channel in key)


def _eight_bit(grey: PIL.Image.Image) -> PIL.Image.Image:
    """Return 16-bit grey on 8 bits, 65535 as 255; where it has a transparent value, with alpha."""
    values = np.asarray(grey).astype(np.uint32)
    out = PIL.Image.fromarray(((values * 255 + 32767) // 65535).astype(np.uint8))
    if "transparency" in grey.info:
        opaque = values != grey.info["transparency"]
        out.putalpha(PIL.Image.fromarray(opaque.astype(np.uint8) * 255))
    return out


def _orientation(file: ImageFile) -> object:
    """Return the EXIF orientation, None where there is none or EXIF cannot be read: that costs no picture."""
    try:
        return file.getexif().get(Base.Orientation)
    except Exception:
        return None
