"""Whether the server lives, whether it is ready, and which one it is."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from pages.server import health, warmup

ROOT = Path(health.__file__).parents[2]


def asked(endpoint: Any) -> tuple[int, dict[str, Any], str]:
    """Status, content and how long it may be kept."""
    answer = asyncio.run(endpoint(Request({"type": "http"})))
    return answer.status_code, json.loads(answer.body), answer.headers["cache-control"]


def test_a_server_that_lives_tells_which_one_it_is() -> None:
    assert asked(health.alive) == (200, {"boot": health.BOOT}, "no-store")


def test_every_start_is_another_one() -> None:
    code = "from pages.server import health; print(health.BOOT)"
    other = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(other.stdout.strip()) == len(health.BOOT) == 16
    assert other.stdout.strip() != health.BOOT


@pytest.mark.parametrize(("pytorch", "runs"), [(False, False), (True, False), (True, True)])
def test_it_is_ready_once_pytorch_and_the_nursery_of_the_runs_are(
    monkeypatch: pytest.MonkeyPatch, pytorch: bool, runs: bool
) -> None:
    monkeypatch.setattr(warmup, "ready", lambda: pytorch)
    monkeypatch.setattr(warmup, "runs_ready", lambda: runs)
    status = 200 if pytorch and runs else 503
    assert asked(health.ready) == (status, {"pytorch": pytorch, "runs": runs}, "no-store")
