"""Odd pictures through the real server: a picture or a sentence, and everybody else is answered meanwhile."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.bench.load.measure import Server, serving
from tests.browser import school
from tests.browser.bringing import Came, bring_all
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


@dataclass(frozen=True)
class Seen:
    """What came of uploads, and what others noticed."""

    came: Came
    grown: float  # MB that the server has held at most, above what it held before
    wait: float  # s that /healthz took at most in 95 of 100 cases


def looked_on(server: Server, files: list[bytes]) -> Seen:
    """Upload files, and look on."""
    bring_all(server.address, files[:1])  # so that PyTorch is there
    before, waits, over = server.memory(), [], threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            waits.append(school.get(int(server.address.rpartition(":")[2]), "/healthz")[2])

    thread = threading.Thread(target=look)
    thread.start()
    came = bring_all(server.address, files)
    over.set()
    thread.join()
    return Seen(came, peak(server) - before, float(np.percentile(waits, 95)))


def test_odd_pictures_are_taken_or_refused_and_nobody_waits_for_them(server: Server) -> None:
    seen = looked_on(server, odd_files(COUNT))
    assert seen.came.failed == []
    assert seen.came.taken >= len(SOUND)
    assert seen.came.taken + seen.came.refused == COUNT
    assert seen.grown <= 300
    assert seen.wait <= 2  # 0.5 s on a machine that does nothing else (soak_safety.py)
