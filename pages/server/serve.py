"""`make serve`: the server as a class uses it, set up by environment variables (settings.py).

It ends with a sentence where one of them is wrong, also one that is read much later, by a run.
"""

import math
import os
import re
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path

from pages.server.settings import PREFIX, Settings, options, read, whole
from vizcore.runs import folder
from vizcore.toolkit.errors import InputError

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Become the server."""
    os.environ.setdefault(f"{PREFIX}LOG", "json")
    os.chdir(ROOT)
    try:
        check(os.environ)
        command = arguments(os.environ)
    except InputError as error:
        sys.exit(str(error))
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606


def arguments(environment: Mapping[str, str]) -> list[str]:
    """What Python is called with."""
    command = ["-m", "streamlit", "run", "app.py"]
    for name, value in options(read(environment)).items():
        values = value if isinstance(value, list) else [value]
        command += [f"--{name}={str(one).lower() if one is True else one}" for one in values]
    return command


def check(environment: Mapping[str, str]) -> None:
    """Make sure that a server can work with an environment.

    Raises:
        InputError: it has a setting that there is not, or one that is wrong.
    """
    for name in environment:
        if name.startswith(PREFIX) and name not in NAMES:
            near = get_close_matches(name.upper(), NAMES, n=1, cutoff=0)[0]
            raise InputError(f"There is no setting {name[:60]}. The nearest one is {near}.")
    for name, (wanted, fits) in OF_RUNS.items():
        text = environment.get(name)
        if text is not None and not fits(text):
            raise InputError(f"{name} is {text[:40]!r}; it must be {wanted}.")
    _check_address(read(environment).address)
    try:
        folder.root()
    except InputError as error:
        raise InputError(f"{error} {PREFIX}RUNS names the folder.") from None


def _check_address(address: str) -> None:
    try:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as door:
            door.bind((address, 0))
    except (OSError, ValueError):
        raise InputError(
            f"{PREFIX}ADDRESS is {address[:40]!r}, where this computer cannot listen. "
            "127.0.0.1 is for itself alone, 0.0.0.0 for its network."
        ) from None


def _above_zero(text: str, most: float = math.inf) -> bool:
    try:
        return 0 < float(text) <= most
    except ValueError:
        return False


def _host_and_port(text: str) -> bool:
    found = re.fullmatch(r"(?:[\w.-]+|\[[\da-fA-F:.]+\]):(\d+)", text)
    return not text or (found is not None and whole(found[1]) and int(found[1]) < 2**16)


# What runs read by themselves (vizcore.runs): what it must be, and whether it is.
OF_RUNS: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    f"{PREFIX}RUN_SLOTS": ("a whole number above 0", whole),
    f"{PREFIX}RUN_GPU": ("a number above 0, at most 1", lambda text: _above_zero(text, 1)),
    f"{PREFIX}RAY_ADDRESS": ("host:port", _host_and_port),
    **{
        f"{PREFIX}RUN_{limit}_AFTER": ("a number of seconds above 0", _above_zero)
        for limit in ("PAUSE", "YIELD", "REMOVE", "FORGET", "ORPHAN")
    },
}
NAMES = [
    *(PREFIX + entry.name.upper() for entry in fields(Settings)),
    *OF_RUNS,
    f"{PREFIX}RUNS",
    f"{PREFIX}DATA",
]


if __name__ == "__main__":
    main()
