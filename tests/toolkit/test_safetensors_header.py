"""Whatever somebody uploads as weights is refused in a sentence, quickly, and never run."""

import io
import json
import os
import pickle
import random
import re
import struct
import time
import tracemalloc
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from safetensors.torch import save
from torch import nn

from vizcore.toolkit import checkpoints
from vizcore.toolkit.checkpoints import receive
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.matching import Architecture
from vizcore.toolkit.safetensors_header import Entry, NeedsConversion, read_header

LINE = {"line": Architecture("Line", lambda classes: nn.Sequential(nn.Linear(2, classes)), 1)}
GOOD = {"0.weight": torch.tensor([[1.0, 2.0]]), "0.bias": torch.tensor([3.0])}  # 8 + 4 bytes


@pytest.fixture(autouse=True)
def an_empty_store(tmp_path, monkeypatch):
    (tmp_path / "store").mkdir()
    monkeypatch.setattr(checkpoints, "_folder", lambda: tmp_path / "store")
    monkeypatch.setattr(checkpoints, "_kept", OrderedDict())


def framed(header: bytes | str, values: bytes = bytes(12)) -> bytes:
    """A file with this header, be it sound or not."""
    text = header if isinstance(header, bytes) else header.encode()
    return struct.pack("<Q", len(text)) + text + values


def entry(shape: object, start: int, end: int, dtype: object = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


def file(weight: object = None, bias: object = None, values: bytes = bytes(12), **others: object) -> bytes:
    """A file for LINE by hand, sound where nothing else is said."""
    tensors = {"0.weight": weight or entry([1, 2], 0, 8), "0.bias": bias or entry([1], 8, 12)}
    return framed(json.dumps(tensors | others), values)


def refusal(data: bytes) -> str:
    """The sentences with which `data` is refused; fails where that is slow, large or shows our inside."""
    tracemalloc.start()
    start = time.perf_counter()
    with pytest.raises(InputError) as caught:
        receive(io.BytesIO(data), LINE)
    assert time.perf_counter() - start < 2
    assert tracemalloc.get_traced_memory()[1] < 500e6
    tracemalloc.stop()
    message = str(caught.value)
    assert re.fullmatch(r"[A-Z][ -~]{30,600}[.:]", message)
    assert not re.search(r"0x[0-9a-f]{4}|[a-z]Error|Traceback|\.py|column \d|Metadata", message)
    return message


def test_the_sound_file_by_hand_is_accepted():
    header = read_header(io.BytesIO(file(__metadata__={"made": "by hand"})))
    assert header.tensors == {"0.weight": Entry("F32", (1, 2)), "0.bias": Entry("F32", (1,))}
    assert header.metadata == {"made": "by hand"}
    assert receive(io.BytesIO(file()), LINE).classes == 1


# ---------------------------------------------------------------- files of PyTorch are never opened


class Bomb:
    """Runs a program when it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f"touch {self.canary}",)


def torch_file(bomb: Bomb, zipped: bool) -> bytes:
    out = io.BytesIO()
    torch.save({"fc.weight": bomb}, out, _use_new_zipfile_serialization=zipped)
    return out.getvalue()


@pytest.mark.parametrize(
    "packed",
    [
        lambda bomb: torch_file(bomb, zipped=True),
        lambda bomb: torch_file(bomb, zipped=False),
        *(lambda bomb, protocol=protocol: pickle.dumps(bomb, protocol) for protocol in (2, 3, 4, 5)),
    ],
)
def test_a_program_in_a_pytorch_file_does_not_run(packed, tmp_path):
    data = packed(Bomb(tmp_path / "canary"))
    assert refusal(data).startswith("This is a PyTorch file (.pt or .pth), which can run programs when")
    with pytest.raises(NeedsConversion):
        receive(io.BytesIO(data), LINE)
    assert not (tmp_path / "canary").exists()


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(50_000_000))
    return out.getvalue()


# ---------------------------------------------------------------- hostile and broken files

KEYS = ",".join(f'"{k:x}":0' for k in range(1_000_000))
DEEP = "[" * 100_000 + "]" * 100_000

HOSTILE: dict[str, tuple[bytes, str]] = {  # what it is -> (the file, a part of the answer)
    # other kinds of files
    "nothing": (b"", "This file is empty"),
    "a zip bomb": (zip_bomb(), "This file is a ZIP archive, but"),
    "a pickle of protocol 0": (pickle.dumps(Bomb(Path("canary")), 0), "a text file"),
    "a web page": (b"<!doctype html><title>Not found</title>", "an HTML page"),
    "a pointer of git LFS": (b"version https://git-lfs.github.com/spec/v1\nsize 9\n", "a text file"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(99), "This file is PNG, but"),
    "random bytes": (random.Random(0).randbytes(100_000), "of a kind that is not known here"),
    "zeros": (bytes(100_000), "of a kind that is not known here"),
    "eight bytes": (struct.pack("<Q", 2), "of a kind that is not known here"),
    "a list for a header": (framed("[]"), "of a kind that is not known here"),
    "a header in UTF-16": (framed('{"a":0}'.encode("utf-16")), "of a kind that is not known here"),
    # headers
    "a header that is cut off": (file()[:40], "part of it is missing"),
    "a header of 2^63 bytes": (struct.pack("<Q", 2**63) + b"{}", "part of it is missing"),
    "a header of 2^64 - 1 bytes": (b"\xff" * 8 + b"{}", "part of it is missing"),
    "a header of 10 MB": (framed("{" + " " * 10_000_000 + "}"), "header of this file has 10,000,002 bytes"),
    "a million keys": (framed(f"{{{KEYS}}}"), "at most 1,000,000 can be read"),
    "ninety thousand keys": (framed(f"{{{KEYS[:960_000].rpartition(',')[0]}}}"), "1 to 5,000 can be read"),
    "no tensor": (framed("{}"), "This file has 0 tensors"),
    "a name of 1 MB": (file(**{"x" * 1_000_000: entry([1], 0, 4)}), "header of this file has 1,000,"),
    "a name of 201 characters": (file(**{"x" * 201: entry([1], 0, 4)}), "has 201 characters; at most 200"),
    "a name twice": (framed('{"0.bias": {}, "0.bias": {}}'), "no proper JSON or has a name twice"),
    "a shape twice": (framed('{"0.bias": {"shape": [], "shape": []}}'), "no proper JSON or has a name twice"),
    "lists in lists": (framed(f'{{"0.bias": {DEEP}}}'), "no proper JSON"),
    "tables in tables": (framed('{"a":' * 100_000 + "0" + "}" * 100_000), "no proper JSON"),
    "no JSON": (framed("{'0.bias': 0}"), "no proper JSON"),
    "a number without end": (framed(f'{{"0.bias": {"9" * 900_000}}}'), "no proper JSON"),
    "no UTF-8": (framed(b'{"\xff": 0}'), "no proper JSON"),
    "metadata that are a number": (file(__metadata__=1), "metadata is not made of texts"),
    "metadata that are a list": (file(__metadata__=["classes"]), "metadata is not made of texts"),
    "metadata with a number": (file(__metadata__={"classes": 2}), "metadata is not made of texts"),
    "a tensor that is a number": (framed('{"0.bias": 7}'), "says about 0.bias makes no sense"),
    "no shape": (file(bias={"dtype": "F32", "data_offsets": [8, 12]}), "says about 0.bias makes no sense"),
    "a type that is a number": (file(bias=entry([1], 8, 12, dtype=32)), "about 0.bias makes no sense"),
    "a negative shape": (file(bias=entry([-1], 8, 12)), "about 0.bias makes no sense"),
    "NaN as a shape": (file(bias=entry([float("nan")], 8, 12)), "about 0.bias makes no sense"),
    "infinity as a shape": (file(bias=entry([1e999], 8, 12)), "about 0.bias makes no sense"),
    "true as a shape": (file(bias=entry([True], 8, 12)), "about 0.bias makes no sense"),
    "text as a shape": (file(bias=entry("1", 8, 12)), "about 0.bias makes no sense"),
    "a trillion values in no byte": (file(bias=entry([10**6, 10**6], 8, 8)), "about 0.bias makes no sense"),
    "ten thousand values in no byte": (
        file(bias=entry([100, 100], 8, 8)),
        "These weights fit none of the networks",
    ),
    "more values than 2^64": (file(bias=entry([2**32, 2**32, 4], 8, 12)), "about 0.bias makes no sense"),
    "100,000 dimensions": (file(bias=entry([1] * 100_000, 8, 12)), "about 0.bias makes no sense"),
    # tensors
    "markup as a name": (
        file(**{"<img src=x onerror=alert(1)>": entry([1], 0, 4)}),
        "Unexpected: <img src",
    ),
    "half a surrogate as a name": (file(**{"\ud800": entry([1], 0, 4)}), "Unexpected: ?."),
    "a NUL in a name": (file(**{"0.bias\0": entry([1], 0, 4)}), "Unexpected: 0.bias?."),
    "double precision": (file(entry([1, 2], 0, 16, "F64"), values=bytes(20)), "0.weight is stored as F64"),
    "integers": (file(bias=entry([1], 8, 12, "I32")), "0.bias is stored as I32"),
    "truth values": (file(bias=entry([1], 8, 9, "BOOL"), values=bytes(9)), "0.bias is stored as BOOL"),
    "a type that does not exist": (
        file(bias=entry([1], 8, 12, "<b>\n" * 99)),
        "0.bias is stored as <b>?",
    ),
    # values
    "values that are cut off": (file()[:-1], "values do not lie where its header says"),
    "values beyond the end": (file(bias=entry([1], 12, 16)), "values do not lie where"),
    "values far beyond the end": (file(bias=entry([1], 2**64 - 4, 2**64)), "values do not lie where"),
    "values before the start": (file(bias=entry([1], -4, 0)), "values do not lie where"),
    "values that overlap": (file(bias=entry([1], 4, 8)), "values do not lie where"),
    "values that end before they start": (file(bias=entry([1], 12, 8)), "values do not lie where"),
    "a gap between values": (file(bias=entry([1], 12, 16), values=bytes(16)), "values do not lie where"),
    "more bytes than values": (file(values=bytes(13)), "values do not lie where"),
    "fewer bytes than the shape": (file(bias=entry([1], 8, 10)), "values do not lie where"),
    "offsets that are text": (file(bias=entry([1], "8", "12")), "values do not lie where"),
    "not a number": (save(GOOD | {"0.bias": torch.tensor([torch.nan])}), "0.bias has values that are not"),
    "infinity": (
        save(GOOD | {"0.weight": torch.tensor([[1, torch.inf]])}),
        "0.weight has values that",
    ),
    "minus infinity in half precision": (
        save({name: value.half().log() for name, value in (GOOD | {"0.bias": torch.zeros(1)}).items()}),
        "0.bias has values that are not finite",
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_and_nothing_is_kept(what, tmp_path):
    data, answer = HOSTILE[what]
    assert answer in refusal(data)
    assert list((tmp_path / "store").iterdir()) == []


def test_a_file_with_any_byte_changed_is_refused_or_read():
    """Nothing but an InputError comes out, wherever the damage is."""
    sound, chance = save(GOOD), random.Random(0)
    for place in range(len(sound) - 12):
        data = bytearray(sound)
        data[place] = chance.randrange(256)
        with suppress(InputError):
            receive(io.BytesIO(data), LINE)
