"""Pictures with a name each: what cards.js needs."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

Card = dict[str, Any]


def card(name: str, title: str, note: str, picture: str, alt: str, facts: Sequence[str] = ()) -> Card:
    """One card; all of it may be somebody's words, since cards.js shows them as text.

    Args:
        name: what a click on it reports.
        title: one line.
        note: a sentence below the title; may be empty.
        picture: an address, see `data_url`.
        alt: what is seen on the picture.
        facts: a few words each, in small type below the note.
    """
    return {"name": name, "title": title, "note": note, "picture": picture, "alt": alt, "facts": [*facts]}


def data_for(look: str, groups: Mapping[str, Sequence[Card]], chosen: str = "") -> dict[str, Any]:
    """What cards.js gets.

    Args:
        look: "row", "gallery", "wide" or "home", as in cards.css.
        groups: heading, which may be empty -> cards.
        chosen: name of the card that is marked.
    """
    marked = [
        {"title": title, "cards": [entry | {"chosen": entry["name"] == chosen} for entry in cards]}
        for title, cards in groups.items()
    ]
    return {"look": look, "groups": marked}


def data_url(png: bytes) -> str:
    """PNG bytes as an address that a page can show without asking the server."""
    return "data:image/png;base64," + base64.b64encode(png).decode()
