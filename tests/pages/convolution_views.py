"""The views of the convolution page without a browser, and what their panels show."""

from functools import partial
from typing import Any

from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from tests.pages import views
from tests.pages.views import message, texts

__all__ = ["message", "opened", "panels", "texts"]

opened = partial(views.opened, "convolution")


def panels(app: AppTest) -> dict[str, NDArray[Any]]:
    """Title -> values (H, W), or (H, W, 3), of every panel that panels.js gets."""
    header, blocks = message(app, "columns")
    shown = [panel for panel in header["panels"] if panel]
    return {
        panel["title"]: block.reshape(panel["h"], panel["w"], *([3] if panel["colours"] == "rgb" else []))
        for panel, block in zip(shown, blocks, strict=False)
    }
