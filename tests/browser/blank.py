"""A component alone on a blank page: load its script, give it messages, and see what it reports."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from pages.components import bundle, styles

LOAD = """async ([code, style, width, dark]) => {
  document.body.innerHTML = `<div id="host" style="width:${width}px"></div>`;
  const host = document.getElementById('host');
  host.style.setProperty('--st-background-color', dark ? '#111111' : '#ffffff');
  host.style.setProperty('--st-text-color', dark ? '#eeeeee' : '#222222');
  window.part = await import(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
  window.picks = [];
  window.parent_ = host.attachShadow({ mode: 'open' });
  const sheet = document.createElement('style');
  sheet.textContent = style;
  window.parent_.append(sheet);
}"""
RENDER = """(text) => {
  const data = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const setTriggerValue = (name, value) => window.picks.push([name, value]);
  window.part.default({ data, parentElement: window.parent_, setTriggerValue });
}"""


@contextmanager
def blank_page(browser: Browser, name: str, *, width: int = 900, dark: bool = False) -> Iterator[Page]:
    """A page with nothing but the place of the component called `name`; its console must stay quiet."""
    page = browser.new_page(viewport={"width": width + 40, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.evaluate(LOAD, [bundle(name), styles(name), width, dark])
    yield page
    page.close()
    assert errors == []


def render(page: Page, message: bytes) -> None:
    page.evaluate(RENDER, base64.b64encode(message).decode())


def picks(page: Page) -> list[Any]:
    """What was reported so far: name and value of each."""
    return list(page.evaluate("() => window.picks"))


def overflows(page: Page) -> bool:
    """Whether anything is wider than the place of the component."""
    return bool(page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth"))
