"""The event loop is woken once, however much waits for it.

A run of a page hands its elements to the event loop one by one. For each of them asyncio writes a byte into a
socket, so that the loop wakes up, and Streamlit has another one written: that makes some two hundred system
calls in a run. One byte is enough as long as it has not been read.
"""

import asyncio
from typing import Any

_Loop: Any = asyncio.SelectorEventLoop
_write_to_self, _process_self_data = _Loop._write_to_self, _Loop._process_self_data


def install() -> None:
    """Let the event loops of this process be woken so; those of Windows are of another kind."""
    _Loop.woken = False
    _Loop._write_to_self, _Loop._process_self_data = _wake, _awake


def _wake(loop: Any) -> None:
    """Write a byte unless there is one. What the loop is to do stands in its list already."""
    if not loop.woken:
        loop.woken = True
        _write_to_self(loop)


def _awake(loop: Any, data: bytes) -> None:
    """The byte has been read: before the loop waits again, it looks into its list."""
    loop.woken = False
    _process_self_data(loop, data)
