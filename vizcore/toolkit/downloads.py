"""A file from the internet, once, whole and checked, or a sentence that says why it is not there."""

import hashlib
import math
import os
import shutil
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from vizcore.toolkit.errors import InputError

MB = 2**20  # bytes, as torchvision counts
PIECE = 2**20  # most bytes read at a time
SILENCE = 15  # seconds without a byte after which the other side counts as gone
PAUSE = 0.1  # least seconds between two calls of `progress`


def download(
    url: str,
    target: Path,
    *,
    sha256: str,
    most: int,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Put a file from the internet at `target`, through the proxy that the environment names, if any.

    Does nothing when the file is there. Of several who ask at once one downloads and the others wait.
    The file appears whole or not at all; no part of it stays behind, whatever happens.

    Args:
        url: where it is, http or https.
        target: where to put it; missing folders are made.
        sha256: how the SHA-256 of its content begins, in lower-case hexadecimal.
        most: most bytes it may have.
        progress: told bytes done and bytes in all (0: not known) at the start, at most ten times a second
            and at the end.
        cancelled: asked after each piece; True ends the call, and `target` is not there.

    Raises:
        InputError: the address, the connection, the answer, the file or the disk is not as it should be.
    """
    turn = _turns.setdefault(str(target), _Turn())
    while not turn.free.acquire(timeout=PAUSE):
        if cancelled():
            return
        progress(turn.done, turn.total)
    try:
        if not target.exists():
            _report(_transfer(url, target, sha256, most), turn, progress, cancelled)
    finally:
        turn.free.release()


def check(path: Path, sha256: str) -> None:
    """Raise an InputError unless the SHA-256 of a file begins so; an unchanged file is read once only."""
    try:
        found = path.stat()
        digest = _digest(path, found.st_size, found.st_mtime_ns)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({_reason(error)}).") from error
    if not digest.startswith(sha256):
        raise InputError(f"{path} is damaged or another file. Delete it and download it again.")


@lru_cache(maxsize=64)
def _digest(path: Path, size: int, changed: int) -> str:
    """SHA-256 of a file; its size in bytes and time of change in ns tell a changed file from the old one."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass
class _Turn:
    """Whose turn it is to download into one target, and how far they are."""

    free: threading.Lock = field(default_factory=threading.Lock)
    done: int = 0  # bytes
    total: int = 0  # bytes, 0 when not known


_turns: dict[str, _Turn] = {}  # by target, as text: with such keys `setdefault` is safe among threads

Steps = Generator[tuple[int, int]]  # bytes done and bytes in all, so far


def _report(
    steps: Steps, turn: _Turn, progress: Callable[[int, int], None], cancelled: Callable[[], bool]
) -> None:
    """Run a transfer until it ends or is cancelled, and tell how far it is."""
    told = -math.inf
    with closing(steps):
        for turn.done, turn.total in steps:
            if cancelled():
                return
            if time.monotonic() - told >= PAUSE:
                progress(turn.done, turn.total)
                told = time.monotonic()
    progress(turn.done, turn.total)


def _transfer(url: str, target: Path, sha256: str, most: int) -> Steps:
    """Save a file; yields bytes done and bytes in all, first and after each piece. Close it to cancel."""
    part = target.with_name(f"{target.name}.{os.getpid()}.part")  # no other process writes to it
    digest, done = hashlib.sha256(), 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _answer(url) as answer, part.open("wb") as file:
            total = answer.length or 0
            _check_room(target, total)
            yield done, total
            while piece := _piece(answer, url):
                done += len(piece)
                _check_size(target.name, max(done, total), most)
                file.write(piece)
                digest.update(piece)
                yield done, total
        _check_content(target.name, done, total, digest.hexdigest(), sha256)
        part.replace(target)
    except OSError as error:
        raise InputError(f"{target.name} cannot be saved in {target.parent} ({_reason(error)}).") from error
    finally:
        with suppress(OSError):  # it is not there when all went well
            part.unlink()


def _answer(url: str) -> HTTPResponse:
    """What the other side answers, its content not read yet."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise InputError(f"{url} is no web address. It must begin with https:// or http://.")
    request = Request(url, headers={"User-Agent": "convoscope"})  # noqa: S310 - http or https
    with _connected(url):
        return urlopen(request, timeout=SILENCE)  # noqa: S310 - http or https


def _piece(answer: HTTPResponse, url: str) -> bytes:
    """The next bytes as soon as there are any; none at the end."""
    with _connected(url):
        return answer.read1(PIECE)


@contextmanager
def _connected(url: str) -> Iterator[None]:
    """Turn what can go wrong between here and there into an InputError."""
    host = urlsplit(url).netloc
    try:
        yield
    except HTTPError as error:
        error.close()
        raise InputError(f"{host} answered {error.code} {error.reason}.") from error
    except (OSError, HTTPException) as error:
        if isinstance(error, TimeoutError) or isinstance(getattr(error, "reason", None), TimeoutError):
            raise InputError(f"{host} was silent for {SILENCE} s.") from error
        failed = "cannot be reached" if isinstance(error, URLError) else "broke off the connection"
        raise InputError(f"{host} {failed} ({_reason(error)}).") from error


def _reason(error: Exception) -> object:
    """What happened, in the words of the operating system where it has any."""
    inner = getattr(error, "reason", error)  # a URLError wraps the error that stopped it
    return getattr(inner, "strerror", None) or inner


def _check_room(target: Path, size: int) -> None:
    """Raise an InputError unless a file of `size` bytes fits on the disk."""
    free = shutil.disk_usage(target.parent).free
    if size > free:
        found = f"{_megabytes(free)} of {_megabytes(size)}"
        raise InputError(f"{target.name} does not fit in {target.parent}: only {found} are free there.")


def _check_size(name: str, size: int, most: int) -> None:
    """Raise an InputError unless a file of `size` bytes is allowed."""
    if size > most:
        raise InputError(f"{name} is larger than {_megabytes(most)}, so it is not the file expected.")


def _check_content(name: str, done: int, total: int, digest: str, sha256: str) -> None:
    """Raise an InputError unless a file arrived whole and is the one expected."""
    if done < total:
        raise InputError(f"{name} broke off after {_megabytes(done)} of {_megabytes(total)}.")
    if not digest.startswith(sha256):
        found = digest[: len(sha256)]
        raise InputError(f"{name} is not the file expected: its SHA-256 begins with {found}, not {sha256}.")


def _megabytes(size: int) -> str:
    """Bytes in words, such as `44.7 MB`."""
    return f"{size / MB:.1f} MB"
