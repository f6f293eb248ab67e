"""No view of any page shows a traceback: what is computed for it fails here, with a secret in the error."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.bench.load.protocol import Failed, Visitor
from tests.server.every_view import EVERY, prepared

SECRET = "planted secret /etc/passwd"
# What explains a page is what computed it. All of that fails, and so does every question about a run.
BROKEN = f"""
import sys
from functools import wraps
from importlib import import_module
from pathlib import Path
from vizcore import runs
from vizcore.exhibits import feature_maps, filters

def broken(function):
    def fail(*_, **__):
        raise KeyError("{SECRET}")

    return wraps(function)(fail)

parts = [import_module(f"pages.parts.{{file.stem}}") for file in Path("pages/parts").glob("*.py")]
computing = {{function for part in parts for function in getattr(part, "EXPLAINED", ())}}
computing |= {{feature_maps.response, filters.filters, runs.start, runs.status}}
for module in [module for name, module in sys.modules.items() if name.startswith(("pages.", "vizcore."))]:
    for name, value in [*vars(module).items()]:
        if callable(value) and {{value, getattr(value, "__wrapped__", value)}} & computing:
            setattr(module, name, broken(value))
"""


class Listener(Visitor):
    """A visitor who keeps all that the server says."""

    heard = b""
    exceptions = 0

    def _take(self, message: ForwardMsg) -> bool:
        self.heard += message.SerializeToString()
        self.exceptions += message.delta.new_element.HasField("exception")
        return super()._take(message)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("broken") / "log.txt"


@pytest.fixture(scope="module")
def server(log: Path) -> Iterator[str]:
    with prepared(BROKEN, log, log="json") as address:
        yield address


async def listen(server: str, link: str) -> Listener:
    """What a visitor gets of a page that fails."""
    visitor = Listener(server, link)
    with pytest.raises(Failed):
        await visitor.__aenter__()
    return visitor


@pytest.mark.parametrize("link", ["/", *EVERY])
def test_a_bug_in_any_view_is_a_code_on_the_page_and_in_the_log(server: str, log: Path, link: str) -> None:
    visitor = asyncio.run(listen(server, link))
    sentences = [part.element.text.body for part in visitor.parts("text")]
    codes = re.findall(r"that is our mistake.*report the code ([0-9a-f]{8}),", "\n".join(sentences))
    logged = [json.loads(line) for line in log.read_text().splitlines() if line.startswith('{"time"')]
    assert codes
    assert {*codes} <= {line.get("code") for line in logged if line.get("error") == "KeyError"}
    assert visitor.exceptions == 0
    assert not any(word in visitor.heard for word in (b"planted", b"passwd", b"Traceback", b"KeyError"))
    assert "planted" not in log.read_text()
