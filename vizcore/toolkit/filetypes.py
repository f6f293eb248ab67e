"""Say what a file is by how it starts; its name is never asked."""

import re
from collections.abc import Mapping

# What a file is -> how its first bytes look. The first match wins; nothing can match slowly.
KINDS: Mapping[str, re.Pattern[bytes]] = {
    kind: re.compile(start, re.DOTALL)
    for kind, start in {
        "PNG": rb"\x89PNG\r\n\x1a\n",
        "JPEG": rb"\xff\xd8\xff",
        "WebP": rb"RIFF....WEBP",
        "BMP": rb"BM.{12}[\x0c(48@l|]\0\0\0",
        "GIF": rb"GIF8[79]a",
        "a HEIC or AVIF photo": rb"....ftyp(hei|hev|mif1|msf1|avi)",
        "a TIFF picture": rb"II[*+]\0|MM\0[*+]",
        "a PDF document": rb"%PDF-",
        "a PostScript drawing": rb"%!PS|\xc5\xd0\xd3\xc6",
        "a ZIP archive": rb"PK(\x03\x04|\x05\x06)",
        "a Python pickle": rb"\x80[\x02-\x05]",
        "an HTML page": rb"(?i:[^\0a-z]*(doctype html|html|head|body)\b)",
        "an SVG drawing": rb"[^\0]*?<svg\b",
        "a text file": rb"[^\0-\x08\x0e-\x1f]+\Z",  # no control characters
    }.items()
}


def file_kind(data: bytes) -> str | None:
    """Return what the file with this content is, a key of KINDS, or None where nothing matches.

    A match says how the file starts, not that the rest of it is sound.
    """
    return next((kind for kind, start in KINDS.items() if start.match(data[:1024])), None)
