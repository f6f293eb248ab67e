"""What whoever runs the server may set: environment variables, read once at its start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from vizcore.toolkit.errors import InputError

PREFIX = "CONVOSCOPE_"
MB = 2**20  # bytes


def _setting(default: Any, about: str) -> Any:
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True)
class Settings:
    """CONVOSCOPE_ADDRESS sets `address`, and so on. Numbers are above 0."""

    address: str = _setting("127.0.0.1", "where `make serve` listens; 0.0.0.0 in a container")
    port: int = _setting(8501, "its port")
    path: str = _setting("", "path that a proxy gives it, such as /convoscope")
    hosts: str = _setting(
        "",
        "host names that visitors may ask for, by commas, the first its own; any leaves DNS rebinding open",
    )
    log: str = _setting("text", "json: a line of JSON for each event (of `make serve`), or text")
    messages: int = _setting(20, "messages a second that a tab may send for long")
    burst: int = _setting(40, "messages that it may send at once")
    picture_mb: int = _setting(20, "MB of a picture")
    pictures_mb: int = _setting(60, "MB of pictures that a visit may have here unread")
    archive_mb: int = _setting(100, "MB of an archive of pictures; a visit may have one here")
    weights_mb: int = _setting(600, "MB of a file of weights; a visit may have one here")
    uploads_mb: int = _setting(4000, "MB of uploads of all visits together")
    cache_mb: int = _setting(1000, "MB of networks, maps and data that all visits share")
    keep: int = _setting(120, "seconds that a visit without a connection is kept")

    def __post_init__(self) -> None:
        if any(letter.isspace() for letter in self.path):
            raise InputError(f"{PREFIX}PATH has a space in it. Give a path such as /convoscope.")
        if any(letter.isspace() for letter in self.hosts):
            raise InputError(f"{PREFIX}HOSTS has a space in it. Separate host names by commas.")
        if self.log not in ("json", "text"):
            raise InputError(f"{PREFIX}LOG is {self.log[:40]!r}; it must be json or text.")
        if self.port > 65_535:
            raise InputError(f"{PREFIX}PORT is {self.port}; a port is at most 65535.")

    @property
    def allowed_hosts(self) -> list[str]:
        return [host for host in self.hosts.split(",") if host]


def read(environment: Mapping[str, str]) -> Settings:
    """The settings of an environment.

    Raises:
        InputError: a number is none, or not above 0.
    """
    given: dict[str, Any] = {}
    for entry in fields(Settings):
        name = PREFIX + entry.name.upper()
        if text := environment.get(name, ""):
            given[entry.name] = _number(name, text) if entry.type is int else text
    return Settings(**given)


@cache
def current() -> Settings:
    """Those of this process."""
    return read(os.environ)


def options(settings: Settings) -> dict[str, Any]:
    """The same for Streamlit; what is not here stands in .streamlit/config.toml."""
    hosts = settings.allowed_hosts
    return {
        "server.address": settings.address,
        "server.port": settings.port,
        "server.baseUrlPath": settings.path.strip("/"),
        "server.headless": True,
        "server.maxUploadSize": settings.weights_mb,
        "server.disconnectedSessionTTL": settings.keep,
        "server.allowedHosts": hosts,
        "browser.serverAddress": hosts[0] if hosts else "localhost",
    }


def whole(text: str) -> bool:
    """Whether a text is a whole number above 0, and not a huge one."""
    return text.isascii() and text.isdecimal() and 0 < int(text[:12]) < 10**9


def _number(name: str, text: str) -> int:
    if not whole(text):
        raise InputError(f"{name} is {text[:40]!r}; it must be a whole number above 0.")
    return int(text)
