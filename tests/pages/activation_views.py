"""The views of the activation functions without a browser."""

from functools import partial

from tests.pages import views
from tests.pages.views import message, texts

__all__ = ["message", "opened", "texts"]

opened = partial(views.opened, "activation_functions")
