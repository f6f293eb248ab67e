"""The views of the optimisers page without a browser."""

from functools import partial
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.pages import views
from tests.pages.views import message, texts, unpacked

__all__ = ["message", "opened", "race_of", "texts", "unpacked"]

opened = partial(views.opened, "optimizers")


def race_of(app: AppTest) -> dict[str, Any]:
    """The header of the race's message, with x, y, value and gradient of every runner by its name."""
    header, blocks = message(app, "runners")
    names = [runner["name"] for runner in header["runners"]]
    tracks = [block.reshape(5, -1) for block in blocks[: len(names)]]
    return header | {"tracks": dict(zip(names, tracks, strict=True))}
