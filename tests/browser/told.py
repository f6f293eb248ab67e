"""What a page tells a browser, heard without one, and which settings its links may have."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from urllib.parse import urlencode

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from tests.browser.injected import PAYLOADS
from tests.server import every_view
from vizcore.catalog import CATALOG
from vizcore.toolkit.labels import clean_label

COMMON = ("picture", "net", "beside", "picture2", "net2", "layer", "channel", "unit", "run")
# What browsers show as it is. Everything else that has words in it is Markdown, or may become so.
PLAIN = re.compile(
    r"text\.body|code\.code_text|bidi_component\.|text_area\.|text_input\.|echarts_chart\.|\.id$"
)
LIVELY = re.compile(r"[<\[$`|:{\"]")  # without one of these a text does nothing in Markdown
SENT = 300  # characters of a payload in a link


def views() -> list[tuple[str, str]]:
    """Key of a page and name of a view of it, empty where it has no views; all that there are."""
    return [(page.key, view) for page in CATALOG for view in every_view.views(page.key)]


def settings(page: str, view: str) -> list[str]:
    """The names of all that a link to a view may say."""
    own = import_module(f"pages.parts.{page}_{view}").STARTS if view else _starts(page)
    return sorted({*COMMON, *own})


def link(page: str, view: str, given: Mapping[str, str]) -> str:
    """The address of a view below that of the server."""
    cut = {name: value[:SENT] for name, value in given.items()}
    return f"{page.replace('_', '-')}?{urlencode(({'view': view} if view else {}) | cut)}"


def hostile(page: str, view: str, turn: int = 0) -> dict[str, str]:
    """A payload for everything that a link to a view may say; with another turn, other ones."""
    texts = list(PAYLOADS.values())
    return {name: texts[(at + turn) % len(texts)] for at, name in enumerate(settings(page, view))}


def loud(port: int, link: str) -> list[str]:
    """Where payloads stand in what is no plain text, and exceptions; both with their place."""
    return [
        f"{place}: {text[:200]}"
        for place, text in said(port, link)
        if "exception" in place or (not PLAIN.search(place) and any(core.search(text) for core in _cores()))
    ]


def said(port: int, link: str) -> Iterator[tuple[str, str]]:
    """Each text of a page, behind its place in the message that brings it."""
    page, _, query = link.partition("?")
    ask = BackMsg()
    ask.rerun_script.page_name, ask.rerun_script.query_string = page, query
    host = f"localhost:{port}"
    with connect(
        f"ws://{host}/_stcore/stream", origin=f"http://{host}", subprotocols=["streamlit"], max_size=None
    ) as socket:  # type: ignore[arg-type,list-item]
        socket.send(ask.SerializeToString())
        while True:
            heard = ForwardMsg.FromString(bytes(socket.recv(timeout=60)))  # type: ignore[arg-type]
            kind = heard.WhichOneof("type")
            if kind == "delta":
                yield from _texts(heard.delta)
            elif kind == "script_finished" and heard.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return


def _texts(message: Message, place: str = "") -> Iterator[tuple[str, str]]:
    for field, value in message.ListFields():
        where = f"{place}.{field.name}".strip(".")
        for each in value if isinstance(value, (list, tuple)) or hasattr(value, "append") else [value]:
            if isinstance(each, str):
                yield where, each
            elif isinstance(each, Message):
                yield from _texts(each, where)


@cache
def _cores() -> tuple[re.Pattern[str], ...]:
    """How those payloads begin that Markdown makes something of, unless a backslash keeps it from that."""
    starts = (clean_label(text)[:12] for text in PAYLOADS.values() if LIVELY.search(text))
    return tuple(re.compile(r"(?<!\\)" + re.escape(start)) for start in starts)


def _starts(page: str) -> list[str]:
    """The names of the settings of a page without views, by its text: to import a page is to run it."""
    text = (every_view.ROOT / "pages" / f"{page}.py").read_text(encoding="utf-8")
    return re.findall(r'"(\w+)":', text[text.index("\nSTARTS") : text.index("\nSETTINGS")])
