"""What every answer of the server carries, and who may open a connection to it."""

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.server import events, health
from pages.server.pace import Bucket, paced
from pages.server.settings import Settings
from pages.server.tabs import asked_only
from pages.server.uploads import ADDRESS, Quota

# Streamlit's own counters and its agent interface tell strangers too much.
_CLOSED = re.compile(r"/_stcore/(metrics|agent)")
_PROBED = {route.path for route in health.ROUTES}  # by the number of the computer, not by its name
STRANGE_NAME = "This server does not answer to this name. Whoever runs it adds the name to CONVOSCOPE_HOSTS."


class Guard:
    """ASGI middleware: security headers on every answer, bounds on what comes in, our own pages only.

    A page of another site that a visitor has open could otherwise talk to this server with the
    visitor's browser (cross-site websocket hijacking), and a foreign Origin makes Streamlit
    look up its external address over the internet while every other session waits.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self.settings, self.quota = app, settings, Quota(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not same_origin(Headers(scope=scope)):
            await receive()
            events.log("socket refused", reason="origin")
            await send({"type": "websocket.close", "code": 1008, "reason": "foreign origin"})
            return
        receive, send = paced(receive, send, Bucket(self.settings.messages, self.settings.burst))
        await self.app(scope, asked_only(receive), send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(security_headers(Headers(scope=scope).get("host", "")))
                if "/bidi-components/" in scope["path"]:
                    headers["Cache-Control"] = "no-cache"  # their addresses carry no version
            await send(message)

        if not self._answers(scope):
            events.log("host refused")
            await PlainTextResponse(STRANGE_NAME, 421)(scope, receive, send_with_headers)
        elif _CLOSED.search(scope["path"]):
            await PlainTextResponse("Not found", 404)(scope, receive, send_with_headers)
        elif scope["method"] == "PUT" and ADDRESS.search(scope["path"]):
            await self.quota.put(self.app, scope, receive, send_with_headers)
        else:
            await self.app(scope, receive, send_with_headers)

    def _answers(self, scope: Scope) -> bool:
        """Whether a request names this server; under any other name its page would get no socket."""
        host = Headers(scope=scope).get("host", "")
        return scope["path"] in _PROBED or allowed(host, self.settings.allowed_hosts)


def allowed(host: str, names: Sequence[str]) -> bool:
    """Whether a Host header is among the names, which Streamlit reads in the same way; without any, all are.

    `*.school.test` stands for every name below school.test.
    """
    try:
        asked = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        asked = ""
    known = [name.lower().rstrip(".") for name in names] or ["*"]
    return any(name in ("*", asked) or (name[:2] == "*." and asked.endswith(name[1:])) for name in known)


def same_origin(headers: Headers) -> bool:
    """Whether the page that asks was served under the very host name that it asks for."""
    origin, host = headers.get("origin", ""), headers.get("host", "")
    return bool(host) and urlsplit(origin).netloc.lower() == host.lower()


def security_headers(host: str) -> dict[str, str]:
    """Headers of every answer. `host` names this server for browsers whose 'self' leaves out websockets."""
    sockets = f"ws://{host} wss://{host}" if re.fullmatch(r"[\w.\-:\[\]]+", host) else ""
    policy = {
        "default-src": "'self'",
        "script-src": f"'self' 'wasm-unsafe-eval' {inline_script_hash()}",  # Streamlit counts 64 bits in wasm
        "style-src": "'self' 'unsafe-inline'",  # Streamlit writes its styles at run time
        "img-src": "'self' data: blob:",
        "media-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": f"'self' data: {sockets}".strip(),  # data: is how a photo of the camera is read
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


@cache
def inline_script_hash() -> str:
    """Source expression for the one script inside Streamlit's own start page."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)
