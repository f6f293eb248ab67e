"""Memory that is free goes back to the system."""

import sys
from pathlib import Path

import pytest

from pages.server import garbage


def held() -> int:
    """Pages of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1])


@pytest.mark.skipif(sys.platform != "linux", reason="asks glibc")
def test_memory_between_what_is_kept_goes_back_to_the_system() -> None:
    pieces = [bytearray(b"x") * 60_000 for _ in range(2000)]  # too small for a mapping of its own
    kept = pieces[::10]
    pieces.clear()
    before = held()
    assert garbage.give_back()
    assert held() < before - 10_000  # 40 MB of 108
    assert len(kept) == 200


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda name: object())
    assert not garbage.give_back()
