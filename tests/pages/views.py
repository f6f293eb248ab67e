"""Pages without a browser: how to open a view of one, and what its components and readers get."""

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

SHELL = str(Path(__file__).parents[2] / "pages" / "frame" / "shell.py")
Message = tuple[dict[str, Any], list[NDArray[Any]]]


def linked(page: str, query: Mapping[str, str]) -> AppTest:
    """A first visit to a link."""
    app = AppTest.from_file(SHELL, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run().switch_page(f"../{page}.py").run()


def opened(page: str, view: str, /, picture: str = "shape-star", **settings: str) -> AppTest:
    """A first visit to a view; settings are without its name in front."""
    named = {f"{view}_{name}": value for name, value in settings.items()}
    return linked(page, {"view": view, "picture": picture, **named})


def unpacked(packed: bytes) -> Message:
    """Header and blocks of a message, or of one that is a block of another."""
    (length,) = struct.unpack("<I", packed[:4])
    header, body = json.loads(packed[4 : 4 + length]), packed[4 + length :]
    return header, [np.frombuffer(body, kind, count, at) for at, count, kind in header["blocks"]]


def message(app: AppTest, what: str) -> Message:
    """The first message whose header has the entry `what`."""
    for part in app.get("bidi_component"):
        if part.proto.bytes:
            header, blocks = unpacked(part.proto.bytes)
            if what in header:
                return header, blocks
    raise AssertionError(f"no component got {what}")


def texts(app: AppTest) -> str:
    """All that is written on the page."""
    return "\n".join(element.value for element in [*app.markdown, *app.text, *app.caption, *app.latex])
