"""Every test of this folder has three slots, and leaves no run behind."""

from collections.abc import Iterator

import pytest

from vizcore.runs import control, folder


@pytest.fixture(autouse=True)
def no_run_stays(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CONVOSCOPE_RUN_SLOTS", "3")
    yield
    monkeypatch.undo()
    for run in folder.everything():
        control.discard(folder.root() / "runs" / run)
