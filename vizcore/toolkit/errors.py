"""The one exception for people, and the look-up that raises it."""

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


class InputError(ValueError):
    """Something a person gave us cannot be used.

    The message is one or two sentences for that person: what was wrong, the value,
    and what to do. It is the only exception whose text reaches a page.
    """


def pick(table: Mapping[str, T], name: str, what: str) -> T:
    """Return `table[name]`.

    Args:
        table: the choices by name.
        name: what was asked for; may come from a link, so it may be anything.
        what: the thing chosen, in words for the message, such as "network".

    Raises:
        InputError: there is no such entry; the sentence lists the choices.
    """
    if isinstance(name, str) and name in table:
        return table[name]
    raise InputError(f"There is no {what} called {str(name)[:40]!r}. Choose one of: {', '.join(table)}.")
