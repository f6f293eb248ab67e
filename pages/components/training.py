"""A training run as one looks on: what training.js needs at first; the rest it asks for."""

from collections.abc import Mapping
from typing import Any

from pages import components

RATES = (-6, 2)  # powers of ten of the learning rates that can be chosen
DECAYS = (-6, 0)  # and of the weight decays


def pack(
    run: str,
    url: str,
    settings: Mapping[str, Any],
    status: Mapping[str, Any],
    at: int | None,
    alt: str,
    *,
    log: bool = False,
) -> bytes:
    """The message for training.js.

    Args:
        run: its id.
        url: where to ask how it goes on.
        settings: of the run as of now.
        status: as of now, by field.
        at: step of the checkpoint that is looked at; None: now.
        alt: what is trained on what, for people.
        log: whether the axis of the loss is logarithmic in any case.
    """
    live = {"lr": settings["lr"], "weight_decay": settings["weight_decay"]}
    ranges = {"lr": RATES, "weight_decay": DECAYS}
    return components.pack(
        {"run": run, "url": url, "settings": live, "ranges": ranges, "status": dict(status)}
        | {"at": at, "alt": alt, "log": log}
    )
