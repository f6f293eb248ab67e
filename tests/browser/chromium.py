"""The Chromium of the browser tests: where it is, and how it gets onto this machine.

`find()` and `started()` are for tests. `python tests/browser/chromium.py` installs a Chromium where there is
none.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (  # for Playwright's launch(args=...): no sandbox (root needs that), no talk with the internet
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PLAYWRIGHT = (sys.executable, "-m", "playwright")
OWN = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def find() -> str:
    """The path of a browser that starts: $CHROMIUM, else one on PATH, else Playwright's own download.

    Raises:
        RuntimeError: there is none.
    """
    if named := os.environ.get("CHROMIUM"):
        if _starts(named):
            return named
        raise RuntimeError(f"CHROMIUM={named} is no browser that starts.")
    for path in map(shutil.which, NAMES):
        if path and _starts(path):
            return path
    own = _run([sys.executable, "-c", OWN]).stdout.strip()
    if own and _starts(own):
        return own
    raise RuntimeError("The browser tests need a Chromium: install one, or name it: CHROMIUM=/path/to/it")


@contextmanager
def started() -> Iterator["Browser"]:
    """A browser that ends with the block."""
    from playwright.sync_api import sync_playwright  # which `install` may still have to get

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        yield browser
        browser.close()


def install() -> None:
    """See to it that Playwright starts and that there is a browser, installing what is missing.

    Raises:
        RuntimeError: something is still missing; what the installers said stands on stderr.
    """
    for command in () if os.environ.get("CHROMIUM") else _installers():
        try:
            return _check()
        except RuntimeError:
            print("For the browser tests:", *command, flush=True)
        outcome = _run(command)
        if outcome.returncode:
            print(outcome.stderr[-1000:], file=sys.stderr)
    return _check()


def _check() -> None:
    if _run([*PLAYWRIGHT, "--version"]).returncode:
        raise RuntimeError("Playwright does not start; on Debian and Ubuntu: apt install libatomic1")
    find()


def _installers() -> Iterator[list[str]]:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        yield ["apt-get", "update"]
        yield ["apt-get", "install", "-y", "libatomic1"]  # for Playwright's Node.js
        yield ["apt-get", "install", "-y", "chromium"]
        yield [*PLAYWRIGHT, "install", "--with-deps", "chromium"]
    else:
        yield [*PLAYWRIGHT, "install", "chromium"]


def _starts(path: str) -> bool:
    try:
        return _run([path, "--version"], patience=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _run(command: Sequence[str], patience: float | None = None) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(
        command, capture_output=True, text=True, errors="replace", env=settings, timeout=patience, check=False
    )


if __name__ == "__main__":
    try:
        install()
    except RuntimeError as error:
        sys.exit(str(error))
