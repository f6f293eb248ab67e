"""What a server would say of a run, for components that follow one on a blank page."""

import base64
from typing import Any

from numpy.typing import NDArray
from playwright.sync_api import Page

from pages.components import pack

Drawn = tuple[dict[str, Any], list[NDArray[Any]]]  # header and blocks
STATUS = {"state": "running", "step": 0, "total": 20, "place": 0, "eta": None, "sentence": ""}
# Answers with one reply after the other, and over and over with the last; from an order on, with that for it.
_ANSWER = """([replies, orders]) => {
  window.asked = [];
  window.fetch = async (url, { body }) => {
    window.asked.push(JSON.parse(body));
    const { do: order } = window.asked.at(-1);
    if (order) replies = [orders[order]];
    const text = replies.length > 1 ? replies.shift() : replies[0];
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return { ok: true, arrayBuffer: async () => bytes.buffer };
  };
}"""


def reply_with(
    drawn: tuple[dict[str, Any], list[NDArray[Any]]], after: int, over: bool, status: dict[str, Any]
) -> str:
    """A message about a run, as text.

    Args:
        drawn: what the component gets.
        after: number of the report that is asked for next.
        over: whether nothing more will come.
        status: what differs from STATUS.
    """
    header, blocks = drawn
    message = pack({"status": STATUS | status, "next": after, "over": over} | header, *blocks)
    return base64.b64encode(message).decode()


def answer(page: Page, *replies: str, **orders: str) -> None:
    """Let the page hear these replies; from an order on, what is given for it."""
    page.evaluate(_ANSWER, [list(replies), orders])
