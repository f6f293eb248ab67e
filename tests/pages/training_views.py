"""The views of the live training page without a browser."""

from streamlit.testing.v1 import AppTest

from tests.pages import views


def linked(**settings: str) -> AppTest:
    """A first visit to a link."""
    return views.linked("live_training", settings)
