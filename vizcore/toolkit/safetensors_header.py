"""Read what a .safetensors file says about its tensors before any of them is touched.

The format is 8 bytes with the length of the header, the header in JSON, then the values; source:
https://huggingface.co/docs/safetensors, "Format". Whether the values lie where the header says is for the
safetensors library to find out.
"""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.filetypes import file_kind

MAX_BYTES = 600_000_000  # of a file; VGG-16 has 553 million
MAX_HEADER = 1_000_000  # bytes
MAX_TENSORS = 5_000
MAX_NAME = 200  # characters
MAX_DIMENSIONS = 8
# PyTorch saves a ZIP archive that starts with */data.pkl; before version 1.6 it was a bare pickle.
PYTORCH = re.compile(rb"PK\x03\x04.{26}[^/]{1,200}/data\.pkl|\x80[\x02-\x05]", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """What the header says about a tensor."""

    dtype: str  # as the format writes it, such as "F32"; may be anything
    shape: tuple[int, ...]  # at most MAX_DIMENSIONS numbers from 0 up


@dataclass(frozen=True)
class Header:
    """What a file says about itself. Nothing in it has been compared with the values yet."""

    tensors: Mapping[
        str, Entry
    ]  # 1 to MAX_TENSORS of them; names are at most MAX_NAME characters of anything
    metadata: Mapping[str, str]


class NeedsConversion(InputError):
    """The file was made by PyTorch; `code` turns it into a safetensors file on the visitor's computer."""

    code = """\
import torch; from safetensors.torch import save_file
pt = torch.load("weights.pt", map_location="cpu", weights_only=True)
save_file({k: v.clone().contiguous() for k, v in pt.get("state_dict", pt).items()}, "weights.safetensors")"""


def printable(text: str) -> str:
    """At most 60 characters of text from outside; what is not printable ASCII becomes a question mark."""
    return "".join(c if " " <= c <= "~" else "?" for c in text[:60])


def damaged(what: str) -> InputError:
    """The sentences for a file that contradicts its format."""
    return InputError(f"This .safetensors file is damaged: {what}. Download it again, or save it once more.")


def read_header(file: BinaryIO) -> Header:
    """Return what a safetensors file says about its tensors; reads at most MAX_HEADER bytes of it.

    Raises:
        NeedsConversion: the file was made by PyTorch.
        InputError: it is no safetensors file, too large, damaged, or its header is beyond one of the limits.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    start = file.read(1024)
    if start[8:9] != b"{":
        raise _other_kind(start)
    if size > MAX_BYTES:
        raise InputError(
            f"This file has {size:,} bytes; at most {MAX_BYTES:,} can be read. Save the weights in half "
            "precision, or choose a smaller network."
        )
    length = int.from_bytes(start[:8], "little")
    if MAX_HEADER < length <= size:
        raise InputError(
            f"The header of this file has {length:,} bytes; at most {MAX_HEADER:,} can be read. Save the "
            "weights of the network alone."
        )
    if 8 + length > size:
        raise damaged("part of it is missing")
    file.seek(8)
    return _header(_json(file.read(length)), size)


def _other_kind(start: bytes) -> InputError:
    """The sentences for a file that is not in this format, by how it starts."""
    if not start:
        return InputError("This file is empty. Choose another one.")
    if PYTORCH.match(start):
        return NeedsConversion(
            "This is a PyTorch file (.pt or .pth), which can run programs when it is opened, so it is never "
            "opened here. Convert it on your computer:"
        )
    kind = file_kind(start) or "of a kind that is not known here"
    return InputError(f"This file is {kind}, but weights are read from .safetensors files only. Choose one.")


def _json(text: bytes) -> dict[str, Any]:
    """Decode a header, which starts with a brace; no object in it may have a key twice."""
    try:
        content: dict[str, Any] = json.loads(text.decode(), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:  # digits without end are a ValueError, too
        raise damaged("its header is no proper JSON or has a name twice") from error
    return content


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("a key is there twice")
    return content


def _header(content: dict[str, Any], size: int) -> Header:
    """Check the decoded header of a file of `size` bytes."""
    metadata = content.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise damaged("its metadata is not made of texts")
    if not 0 < len(content) <= MAX_TENSORS:
        raise InputError(
            f"This file has {len(content):,} tensors; 1 to {MAX_TENSORS:,} can be read. Save the weights of "
            "the network alone."
        )
    return Header({name: _entry(name, value, size) for name, value in content.items()}, metadata)


def _entry(name: str, value: Any, size: int) -> Entry:
    """Check what the header of a file of `size` bytes says about one tensor."""
    if len(name) > MAX_NAME:
        raise InputError(
            f"The name {printable(name)}... has {len(name):,} characters; at most {MAX_NAME} can be read. "
            "Rename the tensor."
        )
    match value:
        case {"dtype": str(dtype), "shape": [*shape]} if len(shape) <= MAX_DIMENSIONS:
            # A value takes a byte or more. True would be an instance of int, but is no number of values.
            if all(type(n) is int and 0 <= n <= size for n in shape):
                return Entry(dtype, tuple(shape))
    raise damaged(f"what its header says about {printable(name)} makes no sense")
