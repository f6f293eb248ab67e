"""Runs that all visits share: found again by a server that was started anew, and begun again where asked."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import kept_runs
from tests.runs.rehearsing import leave_no_run, until_state
from vizcore import runs


@pytest.fixture(autouse=True)
def no_run_stays() -> Iterator[None]:
    yield
    leave_no_run()


def page() -> None:
    import streamlit as st

    from pages.parts import kept_runs

    settings = {"steps": 1000, "factor": int(st.query_params["factor"])}
    st.text(kept_runs.kept_run("place", "rehearsal.count", settings, {}, "digest"))


def visit(factor: int = 3) -> str:
    """The id of the run that a new visit follows."""
    app = AppTest.from_function(page)
    app.query_params["factor"] = str(factor)
    app.run()
    assert not app.exception
    return str(app.text[0].value)


def test_equal_settings_share_a_run_and_others_do_not() -> None:
    assert visit() == visit()
    assert visit(5) != visit()


def test_a_server_that_was_started_anew_finds_the_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    run = visit()
    monkeypatch.setattr(kept_runs, "_kept", {})
    assert visit() == run
    runs.stop(run)
    until_state(run, "stopped")
    monkeypatch.setattr(kept_runs, "_kept", {})
    assert visit() != run


def test_a_run_that_is_begun_again_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    run = visit()
    kept_runs.forget_run(run)
    second = visit()
    assert second != run
    monkeypatch.setattr(kept_runs, "_kept", {})
    assert visit() == second
