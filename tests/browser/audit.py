"""A server that writes down what it opens, whom it connects to, and how many bytes of uploads it holds.

`python tests/browser/audit.py PORT FILE` becomes it; `Audit` reads the file.
"""

import json
import os
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
ASKS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")


@dataclass(frozen=True)
class Audit:
    """What such a server has written down by now."""

    file: Path

    def events(self, *kinds: str) -> list[list[Any]]:
        """Those of some kinds, in order: the kind, and what belongs to it."""
        lines = self.file.read_text(errors="replace").split("\n")[:-1]
        return [event for event in map(json.loads, lines) if event[0] in kinds]

    def opened(self, *, written: bool = False) -> set[str]:
        """The paths of all files that were opened, or of those that were opened to be written to."""
        return {path for _, path, writes in self.events("open") if writes or not written}

    @property
    def held(self) -> int:
        """Bytes of uploads that are held as of now."""
        return int(self.events("held")[-1][1])


def note(file: str) -> None:
    """Write down what this process does, from now on, line by line."""
    out = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def say(*event: object) -> None:
        os.write(out, json.dumps(event, default=repr).encode() + b"\n")

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], (str, bytes, Path)):
            say("open", os.path.abspath(os.fsdecode(arguments[0])), bool((arguments[2] or 0) & WRITES))
        elif event in ASKS:
            say("out", event, *arguments[1:])

    sys.addaudithook(hook)
    threading.Thread(target=_count, args=(say,), daemon=True).start()


def _count(say: Any) -> None:
    """Look at the uploads ten times a second."""
    from streamlit.runtime import Runtime

    from pages.server import sessions

    last = -1
    while True:
        if Runtime.exists():
            found = sum(len(file.data) for files in sessions.uploads().values() for file in files.values())
            if found != last:
                say("held", last := found)
        time.sleep(0.1)


def serve(port: str, file: str) -> None:
    """Become the server."""
    note(file)
    from app import app
    from pages.server import settings

    app.run(config=settings.options(settings.read({**os.environ, "CONVOSCOPE_PORT": port})))


if __name__ == "__main__":
    serve(*sys.argv[1:])
