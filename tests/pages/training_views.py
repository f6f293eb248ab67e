"""The views of the live training page without a browser: how to open one."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

SHELL = str(Path(__file__).parents[2] / "pages" / "frame" / "shell.py")


def linked(**settings: str) -> AppTest:
    """A first visit to a link."""
    app = AppTest.from_file(SHELL, default_timeout=60)
    for name, value in settings.items():
        app.query_params[name] = value
    return app.run().switch_page("../live_training.py").run()
