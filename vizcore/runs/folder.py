"""Where runs lie, and how their files are written so that no moment leaves half of one behind."""

import errno
import getpass
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vizcore.toolkit.errors import InputError

GONE = "This run is no longer kept on the server. Start it again."
ID = re.compile(r"[0-9a-f]{32}")
PARTS = ("runs", "queue", "slots", "servers", "cluster")  # of the common folder


def root() -> Path:
    """The folder of all runs, made where it is missing, for this user alone.

    Raises:
        InputError: it cannot be made, or belongs to somebody else.
    """
    user = os.getuid() if hasattr(os, "getuid") else getpass.getuser()
    shared = Path(tempfile.gettempdir()) / f"convoscope-{user}"
    path = Path(os.environ.get("CONVOSCOPE_RUNS", shared))
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        if path == shared:
            _claim(path)
        for part in PARTS:
            (path / part).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise InputError(f"Runs cannot be kept here: {error.strerror}. Tell who runs the server.") from None
    return path


def _claim(path: Path) -> None:
    """Keep others out of a folder that lies where everybody may have made one."""
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or (hasattr(os, "getuid") and found.st_uid != os.getuid()):
        raise InputError("Runs cannot be kept here: their folder is not the server's own. Tell who runs it.")
    if found.st_mode & 0o077:
        path.chmod(0o700)


def create() -> Path:
    """The folder of a new run, which is there for others once it has a record; its name is the id."""
    path = root() / "runs" / secrets.token_hex(16)
    path.mkdir(mode=0o700)
    return path


def of(run: str) -> Path:
    """The folder of a run.

    Args:
        run: id from a link, so it may be anything.

    Raises:
        InputError: this is no id, or there is no such run.
    """
    if not (isinstance(run, str) and ID.fullmatch(run)):
        raise InputError("This link does not name a run. Copy the whole link once more.")
    path = root() / "runs" / run
    if not (path / "record").is_file():
        raise InputError(GONE)
    return path


def everything() -> list[str]:
    """Ids of all runs, also of those that are just being made or removed."""
    return [path.name for path in (root() / "runs").iterdir() if ID.fullmatch(path.name)]


def replace(path: Path, content: bytes, *, sync: bool = False) -> None:
    """Write a file as a whole: readers see the old one or the new one, also after a crash (`sync`)."""
    draft = path.with_name(f"{path.name}.new")
    try:
        with draft.open("wb") as file:
            file.write(content)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def append(path: Path, line: bytes) -> None:
    """Add a line to a file as a whole. OSError: there is no room, and all is as before."""
    with path.open("ab", buffering=0) as file:
        size = file.tell()
        try:
            if file.write(line) < len(line):
                raise OSError(errno.ENOSPC, "half a line")
        except OSError:
            file.truncate(size)
            raise


@contextmanager
def room() -> Iterator[None]:
    """Raise an InputError where the disk is full."""
    try:
        yield
    except OSError as error:
        if not full(error):
            raise
        raise InputError("The disk of the server is full. Tell who runs it, and try again later.") from error


def full(error: OSError) -> bool:
    """Whether there was no room on the disk."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def seconds(name: str, default: float) -> float:
    """A time limit that the environment may set as CONVOSCOPE_RUN_<name>, in s."""
    return float(os.environ.get(f"CONVOSCOPE_RUN_{name}", default))
