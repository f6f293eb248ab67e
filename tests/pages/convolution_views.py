"""The views of the convolution page without a browser: how to open one, and what its components get."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

SHELL = str(Path(__file__).parents[2] / "pages" / "frame" / "shell.py")


def opened(view: str, picture: str = "shape-star", **settings: str) -> AppTest:
    """A first visit to a link; settings are those of the view, without its name in front."""
    app = AppTest.from_file(SHELL, default_timeout=60)
    named = {f"{view}_{name}": value for name, value in settings.items()}
    for name, value in {"view": view, "picture": picture, **named}.items():
        app.query_params[name] = value
    return app.run().switch_page("../convolution.py").run()


def message(app: AppTest, what: str) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """Header and blocks of the first message whose header has the entry `what`."""
    for part in app.get("bidi_component"):
        if packed := part.proto.bytes:
            (length,) = struct.unpack("<I", packed[:4])
            header, body = json.loads(packed[4 : 4 + length]), packed[4 + length :]
            if what in header:
                return header, [np.frombuffer(body, kind, count, at) for at, count, kind in header["blocks"]]
    raise AssertionError(f"no component got {what}")


def panels(app: AppTest) -> dict[str, NDArray[Any]]:
    """Title -> values (H, W), or (H, W, 3), of every panel that panels.js gets."""
    header, blocks = message(app, "columns")
    shown = [panel for panel in header["panels"] if panel]
    return {
        panel["title"]: block.reshape(panel["h"], panel["w"], *([3] if panel["colours"] == "rgb" else []))
        for panel, block in zip(shown, blocks, strict=False)
    }


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.text, *app.caption])
