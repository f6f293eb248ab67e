"""Servers come and go; runs stay."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.runs.rehearsing import rehearse, total, until, until_state, until_step
from vizcore import runs
from vizcore.runs import folder, locks, presence
from vizcore.runs.keeper import keeper

ROOT = Path(__file__).parents[2]
START = """
import sys
from vizcore import runs
print(runs.start("rehearsal.count", {"steps": int(sys.argv[1])}), flush=True)
sys.stdin.read()
"""


@contextmanager
def server(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Another server on the same folder, which has started a rehearsal and says its id."""
    with subprocess.Popen(
        [sys.executable, "-c", START, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_worker_outlives_its_server_and_sleeps_once_no_other_is_there() -> None:
    keeper.start()  # so that this process is a server, too
    with server("3000", CONVOSCOPE_RUN_ORPHAN_AFTER="1.5") as other:
        run = said(other)
        until_step(run, 5)
        os.kill(other.pid, signal.SIGKILL)
    step = runs.status(run).step
    until_step(run, step + 200)  # 2 s
    keeper.close()
    until(lambda: not locks.held(folder.of(run) / "process"))
    status = runs.status(run)
    assert (status.state, runs.checkpoints(run)[-1]) == ("paused", status.step)
    runs.step(run, 3)
    until(lambda: runs.status(run).step == status.step + 3)
    assert runs.history(run)[0][-1]["sum"] == total(status.step + 3)


def test_two_servers_on_one_folder_share_its_slots() -> None:
    ours = [rehearse(steps=2000) for _ in range(3)]
    with server("20") as other:
        run = said(other)
        assert runs.status(run).place == 1
        runs.stop(ours[0])
        until_state(run, "finished")


def test_a_server_whose_file_was_cleared_away_says_again_that_it_is_there() -> None:
    keeper.start()
    for path in (folder.root() / "servers").iterdir():
        path.unlink()
    assert not presence.anybody(folder.root())
    until(lambda: presence.anybody(folder.root()))
