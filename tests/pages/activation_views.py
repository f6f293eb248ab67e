"""The views of the activation functions without a browser: how to open one, and what its components get."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.pages.convolution_views import message, texts

__all__ = ["message", "opened", "texts"]

SHELL = str(Path(__file__).parents[2] / "pages" / "frame" / "shell.py")


def opened(view: str, picture: str = "shape-star", **settings: str) -> AppTest:
    """A first visit to a link; settings are those of the view, without its name in front."""
    app = AppTest.from_file(SHELL, default_timeout=60)
    named = {f"{view}_{name}": value for name, value in settings.items()}
    for name, value in {"view": view, "picture": picture, **named}.items():
        app.query_params[name] = value
    return app.run().switch_page("../activation_functions.py").run()
