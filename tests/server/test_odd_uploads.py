"""Odd pictures through the real server: a picture or a sentence, and everybody else is answered meanwhile."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.bench.load.measure import Server, serving
from tests.browser import school
from tests.browser.bringing import bring_all
from tests.toolkit import test_images as odd

SOUND = [*odd.FULL.values()]
COUNT = 30


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("odd")) as server:
        yield server


def odd_files(count: int) -> list[bytes]:
    """So many: sound ones, bombs, what is no picture, and the rest damaged."""
    owner = np.random.default_rng(16)
    bombs = [odd.header_only(kind, 8_000, 8_000) for kind in odd.READERS]
    given = [*SOUND, *bombs, b"", b"<svg>", b"PK\3\4" + bytes(99), owner.bytes(999)]
    damaged = [odd.mutated(odd.SEEDS[turn % len(odd.SEEDS)], owner) for turn in range(count - len(given))]
    return [*given, *damaged]


def peak(server: Server) -> float:
    """The most MB that its process has held at once."""
    text = Path(f"/proc/{server.pid}/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) / 1024


def test_odd_pictures_are_taken_or_refused_and_nobody_waits_for_them(server: Server) -> None:
    bring_all(server.address, SOUND[:1])  # so that PyTorch is there
    before, waits, over = server.memory(), [], threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            waits.append(school.get(int(server.address.rpartition(":")[2]), "/healthz")[2])

    thread = threading.Thread(target=look)
    thread.start()
    came = bring_all(server.address, odd_files(COUNT))
    over.set()
    thread.join()
    assert came.failed == []
    assert came.taken >= len(SOUND)
    assert came.taken + came.refused == COUNT
    assert peak(server) <= before + 300
    assert np.percentile(waits, 95) <= 2  # 0.5 s on a machine that does nothing else (soak_safety.py)
