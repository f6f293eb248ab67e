"""Own weights: check a .safetensors file before anything of it is loaded, and keep it for a while.

Nothing in the file is believed. Its header is read within limits (`safetensors_header`), the names, shapes
and types of its tensors are compared with an architecture (`matching`); only then its values are looked at.
"""

import atexit
import hashlib
import json
import shutil
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import BinaryIO

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.labels import clean_label
from vizcore.toolkit.matching import Architecture, fitting, written
from vizcore.toolkit.pretrained import renamed
from vizcore.toolkit.safetensors_header import Header, damaged, read_header

MAX_KEPT = 2_000_000_000  # bytes of all files together
MAX_TITLE = 80  # characters
WRAPPERS = ("module.", "_orig_mod.", "model.", "backbone.")  # of DataParallel, torch.compile and own classes


@dataclass(frozen=True)
class Checkpoint:
    """Weights that somebody uploaded: they fit an architecture, and all are finite."""

    architecture: str  # a key of the architectures they were compared with
    classes: int  # outputs of the last layer
    labels: tuple[str, ...]  # names of the classes where the file has them, else empty
    digest: str  # 32 hex digits of the file's content; with the architecture it names the network in links
    notes: tuple[str, ...]  # what was changed, in sentences
    title: str = ""  # what the file calls the network; empty where it says nothing


def receive(
    file: BinaryIO, architectures: Mapping[str, Architecture], chosen: str | None = None
) -> Checkpoint:
    """Check a file of weights and keep it under the names that the architecture uses.

    Args:
        file: what somebody says is a .safetensors file; may be anything.
        architectures: what weights can be for, by name.
        chosen: which of them these weights are for; None takes the one that the file brings along by its
            token, else the first that they fit.

    Raises:
        NeedsConversion: PyTorch made the file; the error has the code that converts it.
        InputError: the file is damaged, too large, does not fit or has values that are not finite.
    """
    header = read_header(file)
    prefix = _prefix(header.tensors)
    sources = renamed({source.removeprefix(prefix): source for source in header.tensors})
    entries = {name: header.tensors[source] for name, source in sources.items()}
    brought = {} if chosen else _brought(header.metadata.get("architecture", ""))
    architecture, match = fitting(entries, brought or architectures, chosen)
    missing = [name for name in match.wanted if name not in entries]
    checkpoint = Checkpoint(
        architecture,
        match.classes,
        _labels(header.metadata.get("classes", ""), match.classes),
        _digest(file),
        tuple(_notes(header, prefix, sources, missing)),
        clean_label(title, limit=MAX_TITLE) if (title := header.metadata.get("title", "")) else "",
    )
    _keep(checkpoint, file, sources, missing)
    return checkpoint


def known(digest: str) -> Checkpoint | None:
    """What is known of weights that were received, or None where they are not kept (any more)."""
    with _lock:
        if digest in _kept:
            _kept.move_to_end(digest)
        return _kept.get(digest)


def stored(digest: str) -> Path | None:
    """The file of weights that were received, or None where it is not kept (any more)."""
    return _path(digest) if known(digest) else None


def load(digest: str) -> dict[str, Tensor]:
    """The tensors of weights that were received, on the CPU: float32, counters as int64.

    Raises:
        InputError: they are not kept (any more).
    """
    with _lock:  # until the file is open, nobody removes it
        if known(digest) is None:
            raise InputError("These weights are no longer on this computer. Upload the file again.")
        tensors = load_file(_path(digest))
    return {
        name: tensor.to(torch.float32 if tensor.is_floating_point() else tensor.dtype, copy=True)
        for name, tensor in tensors.items()
    }


_receiving = threading.Lock()  # one file at a time, so that a class needs the memory of one
_lock = threading.RLock()  # guards _kept and the files it names
_kept: OrderedDict[str, Checkpoint] = OrderedDict()  # by digest, the least recently used first


@lru_cache(maxsize=1)
def _folder() -> Path:
    """Where this process keeps files, for its user alone; it goes when the process ends."""
    folder = Path(mkdtemp(prefix="convoscope-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _path(digest: str) -> Path:
    return _folder() / f"{digest}.safetensors"


def _digest(file: BinaryIO) -> str:
    """32 hex digits that name the content of a file."""
    content = hashlib.blake2b(digest_size=16)
    file.seek(0)
    while piece := file.read(2**20):
        content.update(piece)
    return content.hexdigest()


def _prefix(names: Iterable[str]) -> str:
    """The wrappers around all names, such as "module.model."; there has to be a name."""
    prefix = ""
    while more := [each for each in WRAPPERS if all(name.startswith(prefix + each) for name in names)]:
        prefix += more[0]
    return prefix


def _brought(token: str) -> Mapping[str, Architecture]:
    """The architecture that a file brings along, by its token; nothing where that is none."""
    try:
        return {token: written(token)}
    except InputError:
        return {}


def _notes(header: Header, prefix: str, sources: Mapping[str, str], missing: Sequence[str]) -> Iterator[str]:
    """What is changed in a file whose tensor `sources[name]` becomes `name`."""
    if prefix:
        yield f"The prefix {prefix} was removed."
    if any(prefix + name != source for name, source in sources.items()):
        yield "Old names of tensors were replaced by today's."
    if len(sources) < len(header.tensors):
        yield "Tensors that only help the training were left out."
    if any(header.tensors[source].dtype in ("F16", "BF16") for source in sources.values()):
        yield "Half precision was widened to single."
    if missing:
        yield "num_batches_tracked was missing and set to 0."


def _labels(text: str, classes: int) -> tuple[str, ...]:
    """Names of classes out of a JSON list or a list with commas; empty unless there is one for each class."""
    try:
        names = json.loads(text)
    except (ValueError, RecursionError):
        names = text.split(",")
    if not isinstance(names, list) or len(names) != classes or not all(isinstance(n, str) for n in names):
        return ()
    return tuple(clean_label(name) for name in names)


def _keep(checkpoint: Checkpoint, file: BinaryIO, sources: Mapping[str, str], missing: Sequence[str]) -> None:
    """Store a file that fits, if it is not there yet, and remove the least recently used beyond MAX_KEPT.

    Raises:
        InputError: a value is not finite, or the values do not lie where the header says.
    """
    with _receiving:
        if known(checkpoint.digest) is None:
            with TemporaryDirectory(dir=_folder()) as scratch:
                upload, cleaned = Path(scratch, "upload"), Path(scratch, "cleaned")
                with upload.open("wb") as copy:
                    file.seek(0)
                    shutil.copyfileobj(file, copy)
                _clean(upload, cleaned, sources, missing)
                cleaned.replace(_path(checkpoint.digest))
        with _lock:
            _kept[checkpoint.digest] = checkpoint
            while sum(_path(digest).stat().st_size for digest in _kept) > MAX_KEPT:
                _path(_kept.popitem(last=False)[0]).unlink()


def _clean(upload: Path, target: Path, sources: Mapping[str, str], missing: Sequence[str]) -> None:
    """Write the finite tensors of `upload` to `target` under today's names, and the missing counters as 0."""
    try:
        with safe_open(upload, framework="pt") as opened:  # maps the file; no tensor takes memory of its own
            tensors = {name: opened.get_tensor(source) for name, source in sources.items()}
    except SafetensorError as error:
        raise damaged("its values do not lie where its header says") from error
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not all(end.isfinite() for end in tensor.aminmax()):
            raise InputError(
                f"The tensor {name} has values that are not finite (nan or infinite). Its training may have "
                "diverged: choose weights that were saved before."
            )
    save_file(tensors | {name: torch.zeros((), dtype=torch.int64) for name in missing}, target)
