"""Results of a run beside those of threads: a place of a page follows it, stops it, begins it again."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import invariance_network_grids as network_grids
from pages.parts import kept_runs
from pages.server import work
from tests.pages.test_invariance_page import message, opened, texts
from tests.runs.rehearsing import until, until_state
from vizcore.runs import control, folder, record
from vizcore.runs.slots import withdraw
from vizcore.toolkit.shared import Shared

pytestmark = pytest.mark.usefixtures("no_run_stays", "long")


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run compute what would not take long; nothing that was computed before is known."""
    monkeypatch.setattr(network_grids, "expected", lambda _case: 10.0)
    forget(monkeypatch)


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Know nothing of what was computed, and of nobody who follows runs, as a server that has just begun."""
    monkeypatch.setattr(work, "_kept", Shared())
    monkeypatch.setattr(kept_runs, "_kept", {})
    monkeypatch.setattr(kept_runs, "_followers", {})


def visit(net: str = "lenet5") -> AppTest:
    return opened("network", picture="digit-8", net=net)


def waiting(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A visit whose run waits for a slot."""
    monkeypatch.setenv("CONVOSCOPE_RUN_SLOTS", "0")
    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    return app


def page() -> None:
    """The place of the page alone."""
    import streamlit as st

    from pages.parts.invariance_network_grids import grids_at
    from pages.parts.invariance_networks import Case
    from pages.server import work
    from vizcore.toolkit.samples import sample

    found = grids_at("here", Case("d", "lenet5", "shift", "circular", 3, None, 0), sample("digit-8"))
    work.progress({"here": "every shift"})
    st.text("ready" if found else "not yet")


def said(app: AppTest) -> str:
    """What stands at the place, and at its buttons."""
    bars = [bar.proto.text for bar in app.get("progress")]
    return " ".join([*bars, *(text.value for text in app.text), *(button.label for button in app.button)])


def only_run() -> str:
    (run,) = folder.everything()
    return run


def until_said(app: AppTest, what: str) -> None:
    until(lambda: what in said(app.run()))


def test_a_run_computes_the_same_grids(monkeypatch: pytest.MonkeyPatch) -> None:
    by_run = visit()
    assert control.description(only_run())["function"] == "invariance.grid"
    monkeypatch.setattr(network_grids, "expected", lambda _case: 0.0)
    monkeypatch.setattr(work, "_kept", Shared())
    by_thread = visit()
    notes = [[field["note"] for field in message(app)[0]["fields"]] for app in (by_run, by_thread)]
    assert notes[0] == notes[1]
    assert "consistent" in notes[0][0]
    assert texts(by_run) == texts(by_thread)


def test_a_link_finds_the_run_again_on_a_server_that_was_started_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visit()
    run = only_run()
    forget(monkeypatch)
    assert all(field["ready"] for field in message(visit())[0]["fields"])
    assert only_run() == run


def test_two_visits_share_a_run_and_one_that_stops_leaves_it_to_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = waiting(monkeypatch), waiting(monkeypatch)
    run = only_run()
    first.button(key="here.stop").click().run()
    first.run()
    assert "Compute every shift" in said(first)
    monkeypatch.setenv("CONVOSCOPE_RUN_SLOTS", "1")
    until_said(second, "ready")
    assert only_run() == run


def test_a_run_that_waits_says_at_which_place(monkeypatch: pytest.MonkeyPatch) -> None:
    app = waiting(monkeypatch)
    assert "Every shift: Waiting for its turn, at place 1" in said(app)
    assert app.button(key="here.stop")


def test_a_stop_ends_the_run_and_it_can_begin_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = waiting(monkeypatch)
    app.button(key="here.stop").click().run()
    app.run()
    run = only_run()
    assert until_state(run, "stopped").over
    monkeypatch.setenv("CONVOSCOPE_RUN_SLOTS", "1")
    app.button(key="here.start").click().run()
    until_said(app, "ready")
    assert only_run() == run


def test_what_has_rested_because_nobody_watched_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    app = waiting(monkeypatch)
    control.pause(only_run())
    monkeypatch.setenv("CONVOSCOPE_RUN_SLOTS", "1")
    until_said(app, "ready")


def test_a_run_that_was_removed_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    app = waiting(monkeypatch)
    control.remove(only_run())
    monkeypatch.setenv("CONVOSCOPE_RUN_SLOTS", "1")
    until_said(app, "ready")


def test_what_has_become_of_a_run_is_said_and_it_can_begin_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = waiting(monkeypatch)
    record.end(folder.of(only_run()), "memory")
    withdraw(only_run())
    app.run()
    assert "needs more memory than there is" in said(app)
    monkeypatch.setenv("CONVOSCOPE_RUN_SLOTS", "1")
    app.button(key="here.start").click().run()
    until_said(app, "ready")


def test_a_server_without_room_for_a_run_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vizcore.runs.slots.MOST_WAITING", 0)
    app = waiting(monkeypatch)
    assert "Try again in some minutes" in said(app)
    assert "Compute every shift" in said(app)
