"""The views of the losses page without a browser."""

from functools import partial

from tests.pages import views
from tests.pages.views import Message, message, texts, unpacked

__all__ = ["Message", "linked", "message", "opened", "texts", "unpacked"]

linked = partial(views.linked, "losses")
opened = partial(views.opened, "losses")
