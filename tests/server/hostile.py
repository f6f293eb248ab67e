"""Links that nobody writes by mistake, and what is wrong with the pages that they open."""

import asyncio
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.bench.load.measure import MISSED
from tests.bench.load.protocol import IMPOSSIBLE, Part, Visitor
from tests.server.every_view import EVERY

PICTURE = "![x](http://evil.example/x.png)"  # as Markdown, fetched by whoever sees it
_TEXTS = (
    "", " ", "\n\r", "0", "-0", "-1", "1", "7", "1.5", "0.0", "-5,-5", "9,1", "9.1", "4.6.1", "1 2 3",
    "a,b,c", "a:b", "99999999999999999999999", "1e9", "1e308", "-1e308", "1e-400", "inf", "-inf", "nan",
    "nan,inf,1e308", "1e308,1e308;1e308,-1e308", "1,2", ";", ",", "9.9.9.9.9.9.9.9", "0x10", "1_000", "١٢",
    "²", "½", "true", "None", "null", "__class__", "../../etc/passwd", "/etc/passwd", "C:\\x", "a\x00b",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", PICTURE, "[x](javascript:alert(1))",
    "$\\frac{", "{{7*7}}", '{"a": [1, {"b": null}]}', "[[1,2],[3]]", "[" * 3000, "(" * 200, "x" * 60_000,
    "9" * 60_000, "1," * 30_000, "😀é漢", "\u202eevil", "+", "%", "&", "=", "#", "x**x**x**x", "9**9**9**9",
    "1/0", "exp(exp(exp(99)))", "log(0)*x", "x^2+y^2)", "tiny_vgg~1e9", "tiny_vgg~-1",
    "tiny_vgg!z-conv1_1-99999", "tiny_vgg@" + "0" * 64, "0" * 32, ".".join(["0" * 32] * 3), "mine-0123",
)  # fmt: skip
# As they stand in an address; some say there what no encoding says.
VALUES = (*map(quote, _TEXTS), "%", "%zz", "%00", "%ff%fe", "%E0%A4%A", "%25zz", "+++")
STRANGE = (  # whole queries
    "&&==&=x&?",
    "__class__=1&self=2&st=3&links.shown=4",
    "&".join(f"{number}=1" for number in range(1001)),
    "x=" + "x" * 600_000,
)

# The server says which settings a page asks for. Runs are begun, but none works, and the queue has no end.
SPY = """
from pages.frame import links
from vizcore.runs import slots

plain, slots.MOST_WAITING = links._address, 10**6

def heard(name):
    print("asked for", name, flush=True)
    return plain(name)

links._address = heard
"""
Known = Mapping[str, list[str]]  # link -> the settings that its page knows


def settings_of(address: str, log: Path) -> Known:
    """What each view asks for on a first visit to a server with the SPY."""
    found = {}
    for link in EVERY:
        before = len(log.read_text())
        assert opened(address, [link]) == {}
        found[link] = sorted({*re.findall(r"asked for (\w+)", log.read_text()[before:])} - {"view"})
    return found


def mixed(link: str, names: Sequence[str], step: int) -> Iterator[str]:
    """Links to a page with another value for each setting; from one to the next, each moves on by `step`.

    With a step of 1 every setting gets every value. With one of as many as there are settings, every value
    is there once.
    """
    for turn in range(0, len(VALUES), step):
        values = {name: VALUES[(turn + place) % len(VALUES)] for place, name in enumerate(names)}
        yield joined(link, *(f"{name}={value}" for name, value in values.items()))


def joined(link: str, *settings: str) -> str:
    """The link with more settings."""
    return link + ("&" if "?" in link else "?") + "&".join(settings)


def opened(address: str, links: Iterable[str], *, impossible: bool = False) -> dict[str, str]:
    """Open links one after the other, each in a visit of its own; what is wrong, by link.

    Args:
        address: of the server.
        links: without it.
        impossible: whether a page may say that its settings do not go together.
    """

    async def each() -> dict[str, str]:
        return {link[:3000]: why for link in links if (why := await _first_look(address, link, impossible))}

    return asyncio.run(each())


async def _first_look(address: str, link: str, impossible: bool) -> str:
    visitor = Visitor(address, link)
    try:
        async with visitor:
            return _wrong(visitor)
    except MISSED as error:
        if impossible and IMPOSSIBLE in str(error):
            return ""
        return f"{error!r} {[part.element.text.body[:300] for part in visitor.parts('text')]}"


def _wrong(visitor: Visitor) -> str:
    """What is wrong with a page: nothing to use on it, no JSON for the browser, or foreign Markdown."""
    parts = list(visitor.parts("bidi_component"))
    if all(part.key.startswith(("boot", "stage.")) or part.key.endswith(".presets") for part in parts):
        return "nothing to use on the page"
    for part in parts:
        try:
            _header(part.element.bidi_component.bytes)
        except ValueError as error:
            return f"{part.key} gets no JSON: {error}"
    drawn = [part.key for part in visitor.parts() if any(PICTURE in text for text in _markdown(part))]
    return f"Markdown of the link in {drawn}" if drawn else ""


def _header(message: bytes) -> Any:
    """The header of a message, if there is one, as strictly as browsers read it."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    length = int.from_bytes(message[:4], "little")
    return json.loads(message[4 : 4 + length] or b"{}", parse_constant=refuse)


def _markdown(part: Part) -> Iterator[str]:
    """What an element shows as Markdown."""
    if part.kind != "text":
        shown = getattr(part.element, part.kind)
        yield from (str(getattr(shown, field, "")) for field in ("body", "label", "help", "text", "options"))
