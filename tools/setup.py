"""Make .venv ready for a target of the Makefile, or say in one sentence why that cannot be.

Usage: python tools/setup.py run PORT | dev

The file .venv/installed lists the requirements files that .venv holds, with their hashes; while they
agree there is nothing to do. It is empty while a new .venv is being filled, so that one which was cut
off is made anew.
"""

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
REQUIREMENTS = {
    "run": ["requirements.txt"],
    "dev": ["requirements.txt", "requirements-cluster.txt", "requirements-dev.txt"],  # the last has all
}
NEEDED_GB = 10 if sys.platform == "linux" else 3  # at its peak; on Linux PyTorch brings CUDA
CACHE_GB = 4  # what pip keeps of it for the next time


class SetupError(Exception):
    """What a person must know to go on, as a sentence."""


def main(arguments: Sequence[str]) -> int:
    """Return the exit status for `python tools/setup.py <arguments>`."""
    target, *port = arguments
    try:
        for text in port:
            check_port(text)
        prepare(REQUIREMENTS[target])
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Setting up .venv failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; the next try starts again.", file=sys.stderr)
        return 130
    return 0


def check_port(text: str) -> None:
    """Raise a SetupError where no server can listen on this port of the loopback address."""
    if not (text.isdecimal() and 1 <= int(text) <= 65535):
        raise SetupError(f"A port is a number from 1 to 65535, not {text!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except PermissionError:
            raise SetupError(f"Port {text} is not allowed here: choose one from 1024, PORT=8600.") from None
        except OSError:
            raise SetupError(f"Port {text} is taken, maybe by this app: choose another, PORT=8600.") from None


def prepare(files: Sequence[str]) -> None:
    """Install the requirements `files` into .venv unless it holds them already."""
    if is_ready(files):
        return
    with _alone():
        if is_ready(files):
            return
        try:
            if is_usable():
                print("Bringing .venv up to date ...", flush=True)
            else:
                _make_venv()
                print("Installing PyTorch and friends, about 6 GB the first time ...", flush=True)
            _install("--upgrade", "pip")
            _install("-r", str(ROOT / files[-1]))
        except BaseException:
            if _is_unfinished():
                shutil.rmtree(VENV, ignore_errors=True)
            raise
        _stamp().write_text("".join(_lines(files)))


def is_ready(files: Sequence[str]) -> bool:
    """Whether .venv works and holds these requirements files as they are now."""
    if not _stamp().exists() or not is_usable():
        return False
    return set(_lines(files)) <= set(_stamp().read_text().splitlines(keepends=True))


def is_usable() -> bool:
    """Whether .venv was finished, and has pip and a Python of the version that runs this."""
    if _is_unfinished():
        return False
    version = tuple(sys.version_info[:2])
    try:
        probe = _run(_python(), "-c", f"import sys, pip; sys.exit(sys.version_info[:2] != {version})")
    except OSError:
        return False
    return probe.returncode == 0


def _is_unfinished() -> bool:
    return _stamp().exists() and not _stamp().read_text()


def _make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python3.{sys.version_info.minor}-venv"
        raise SetupError(f"{sys.executable} cannot make a .venv; on Debian and Ubuntu: apt install {package}")
    VENV.mkdir(exist_ok=True)  # gone where a make that we waited for has failed
    free = shutil.disk_usage(VENV).free / 1e9
    if free < NEEDED_GB:
        raise SetupError(
            f"Installing takes about {NEEDED_GB} GB, and {free:.1f} GB are free on the disk of {VENV}."
        )
    _stamp().write_text("")
    for entry in VENV.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry not in (_stamp(), _lock()):
            entry.unlink()
    try:
        venv.create(VENV, symlinks=True, with_pip=True)
    except subprocess.CalledProcessError as error:
        raise SetupError(f"{sys.executable} cannot make a .venv: {error}") from error


def _install(*what: str) -> None:
    """Run `pip install`, show the large downloads as they come, and on failure what pip says of it."""
    options = ["--disable-pip-version-check", "--no-input", "--progress-bar=off"]
    if shutil.disk_usage(VENV).free < (NEEDED_GB + CACHE_GB) * 1e9:
        options.append("--no-cache-dir")
    scratch = VENV / "tmp"  # on the disk that was checked; /tmp is often small
    scratch.mkdir(exist_ok=True)
    said = []
    with subprocess.Popen(  # noqa: S603 - the words are ours
        [_python(), "-m", "pip", "install", *options, *what],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={"TMPDIR": str(scratch), **os.environ},
    ) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            said.append(line)
            if download := re.match(r"\s*(?:Downloading|Using cached) ([^-]+)-\S+ \((\S+ MB)\)", line):
                print("  {} ({})".format(*download.groups()), flush=True)
            elif line.startswith("Installing collected packages"):
                print("  unpacking, this takes a minute or two", flush=True)
    shutil.rmtree(scratch, ignore_errors=True)
    if pip.returncode:
        errors = [line for line in said if line.startswith("ERROR")] or said[-20:]
        raise SetupError("".join(errors) + "The installation failed: is there a connection to the internet?")


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time work on .venv."""
    VENV.mkdir(exist_ok=True)
    with _lock().open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for another make, which is installing ...", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            pass  # a network disk without locks
        yield


def _run(*command: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - the words are ours


def _lines(files: Sequence[str]) -> list[str]:
    return [f"{hashlib.sha256((ROOT / name).read_bytes()).hexdigest()}  {name}\n" for name in files]


def _python() -> str:
    return str(VENV / "bin" / "python")


def _stamp() -> Path:
    return VENV / "installed"


def _lock() -> Path:
    return VENV / "lock"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
