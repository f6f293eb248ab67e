"""Text that tries to be more than text, and a server with networks that are called so."""

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.servers import free_port, process, wait_until_healthy

# Each begins with what would do harm, so that a name of 40 characters still has it.
PAYLOADS: dict[str, str] = {
    "a picture": "<img src=x onerror=hit()>",
    "a script": "<script>hit()</script>",
    "a frame": "<iframe srcdoc='<script>parent.hit()'>",
    "a drawing": "<svg onload=hit()>",
    "a style": "<style>*{display:none}</style>",
    "a foreign picture": "![](http://evil.test/x.png)",
    "a link": "[go on](javascript:hit())",
    "a formula": r"$\href{javascript:hit()}{x}$",
    "a turn": "\u202egnp.exe\u2066",
    "nothing to see": "a\u200b\u200d\ufeff\u00ad",
    "controls": "a\0b\x07\x1b[31mc",
    "a long word": "x" * 20_000,
    "a colon": "cat:dog:Q",
    "a pile of accents": "e" + "\u0301" * 300 + "\U0001f469\u200d\U0001f467" * 60,
    "a template": "${hit()} {{hit()}} {0.__class__}",
    "back ticks": "```\nhit()\n```",
    "a table": "| a | b |\n|---|---|\n| 1 | 2 |",
    "lines": "\n" * 500 + "# loud\n---\n" + "\n" * 500,
    "directives": ":material/home: :red[x] :streamlit:",
    "a program": '"""+hit()+"""',
}


@dataclass(frozen=True)
class Place:
    """A server where networks have payloads for titles and classes."""

    port: int
    nets: dict[str, str]  # by payload

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"


def links() -> dict[str, str]:
    """References of networks whose titles and classes are payloads, by payload; for the server alone."""
    from safetensors.torch import save

    from vizcore.toolkit import checkpoints, nets

    known, found = nets.all_architectures(), {}
    classes = json.dumps(list(PAYLOADS.values()))
    state = nets.NETS["tiny_vgg"].build(len(PAYLOADS)).state_dict()
    for what, title in PAYLOADS.items():
        data = save(state, {"title": title, "classes": classes})
        found[what] = f"tiny_vgg@{checkpoints.receive(io.BytesIO(data), known, 'tiny_vgg').digest}"
    return found


@contextmanager
def place(folder: Path) -> Iterator[Place]:
    """Such a server, which says in a file of the folder how to find what it has."""
    port, log, found = free_port(), folder / "log.txt", folder / "found.json"
    with process([sys.executable, __file__, str(port), str(found)], log):
        wait_until_healthy(f"http://localhost:{port}", 60, log)
        yield Place(port, json.loads(found.read_text()))


def serve(port: str, found: str) -> None:
    """Become the server."""
    from app import app
    from pages.server import settings

    Path(found).write_text(json.dumps(links()))
    app.run(config=settings.options(settings.read({"CONVOSCOPE_PORT": port})))


if __name__ == "__main__":
    serve(*sys.argv[1:])
