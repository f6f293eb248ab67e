"""Every test of this folder has three slots, and leaves no run behind."""

from collections.abc import Iterator

import pytest

from tests.runs.rehearsing import leave_no_run


@pytest.fixture(autouse=True)
def no_run_stays(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CONVOSCOPE_RUN_SLOTS", "3")
    yield
    monkeypatch.undo()
    leave_no_run()
