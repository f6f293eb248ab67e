"""`make serve`: the server as a class uses it, set up by environment variables (settings.py)."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from pages.server.settings import PREFIX, options, read
from vizcore.toolkit.errors import InputError

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Become the server."""
    os.environ.setdefault(f"{PREFIX}LOG", "json")
    try:
        command = arguments(os.environ)
    except InputError as error:
        sys.exit(str(error))
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606


def arguments(environment: Mapping[str, str]) -> list[str]:
    """What Python is called with."""
    command = ["-m", "streamlit", "run", "app.py"]
    for name, value in options(read(environment)).items():
        values = value if isinstance(value, list) else [value]
        command += [f"--{name}={str(one).lower() if one is True else one}" for one in values]
    return command


if __name__ == "__main__":
    main()
