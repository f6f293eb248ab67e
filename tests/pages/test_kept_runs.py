"""Runs that all visits share: found again by a server that was started anew, and begun again where asked."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import kept_runs
from tests.runs.rehearsing import kill, until, until_state, until_step
from vizcore import runs
from vizcore.runs.rounds import UNWATCHED

pytestmark = pytest.mark.usefixtures("no_run_stays")


def page() -> None:
    import streamlit as st

    from pages.parts import kept_runs

    settings = {"steps": 1000, "factor": int(st.query_params["factor"])}
    st.text(kept_runs.kept_run("place", "rehearsal.count", settings, {}, "digest"))


def opened(factor: int = 3) -> AppTest:
    """A new visit."""
    app = AppTest.from_function(page)
    app.query_params["factor"] = str(factor)
    return app.run()


def followed(app: AppTest) -> str:
    """The id of the run that a visit follows."""
    assert not app.exception
    return str(app.text[0].value)


def visit(factor: int = 3) -> str:
    return followed(opened(factor))


def test_equal_settings_share_a_run_and_others_do_not() -> None:
    assert visit() == visit()
    assert visit(5) != visit()


def test_a_server_that_was_started_anew_finds_the_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    run = visit()
    monkeypatch.setattr(kept_runs, "_kept", {})
    assert visit() == run


def test_a_stopped_run_stays_stopped_for_who_follows_it_and_goes_on_for_who_comes_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = opened()
    run = followed(app)
    runs.stop(run)
    until_state(run, "stopped")
    assert followed(app.run()) == run
    assert runs.status(run).state == "stopped"
    monkeypatch.setattr(kept_runs, "_followers", {})
    assert visit() == run
    until_state(run, "running")


def test_who_comes_back_to_a_run_that_was_ended_behind_him_finds_it_going_on() -> None:
    app = opened()
    run = followed(app)
    app.query_params["factor"] = "5"
    app.run()
    until_state(run, "stopped")
    app.query_params["factor"] = "3"
    assert followed(app.run()) == run
    until_state(run, "running")


def test_a_killed_run_goes_on_from_its_checkpoint_in_the_next_visit() -> None:
    run = visit()
    until_step(run, 5)
    kill(run)
    until_state(run, "lost")
    assert visit() == run
    until_state(run, "running")
    until(lambda: runs.status(run).lives == 2)


def test_a_visit_lets_a_run_go_on_that_nobody_watched_but_none_that_a_person_paused() -> None:
    run = visit()
    runs.pause(run)
    until_state(run, "paused")
    assert visit() == run
    assert runs.status(run).state == "paused"
    runs.resume(run)
    until_state(run, "running")
    runs.pause(run, UNWATCHED)
    until_state(run, "paused")
    visit()
    until_state(run, "running")


def test_a_run_that_is_begun_again_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    run = visit()
    kept_runs.forget_run(run)
    second = visit()
    assert second != run
    monkeypatch.setattr(kept_runs, "_kept", {})
    assert visit() == second
