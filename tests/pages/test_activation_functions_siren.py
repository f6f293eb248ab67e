"""Sines against ReLUs without a browser: the run behind the page, its words and its files."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import activation_functions_siren as view
from pages.parts import kept_runs
from pages.parts.activation_functions_siren_files import script, table
from tests.pages.activation_views import message, opened, texts
from tests.runs.rehearsing import until, until_state
from vizcore import runs
from vizcore.runs.rounds import UNWATCHED
from vizcore.toolkit.samples import sample
from vizcore.toolkit.siren import Spec, beside
from vizcore.toolkit.small import small

SHORT = {"picture": "digit-3", "steps": "100"}  # 8 x 8 px


def run_of(app: AppTest) -> str:
    return str(message(app, "pictures")[0]["run"])


def finished(**settings: str) -> AppTest:
    app = opened("siren", **SHORT | settings)
    until_state(run_of(app), "finished")
    return app.run()


def test_a_first_visit_starts_the_run_and_shows_the_picture() -> None:
    app = opened("siren", **SHORT)
    assert not app.exception
    header, blocks = message(app, "pictures")
    np.testing.assert_array_equal(blocks[0], np.round(255 * sample("digit-3")).ravel())
    assert header["url"].endswith(f"?{header['run']}")
    assert runs.description(header["run"])["settings"] == {"omega": 30, "steps": 100, "every": 5, "seed": 0}


def test_what_is_shown_at_the_end_is_what_both_fits_have_learnt() -> None:
    app = finished(omega="20", seed="3")
    *_, last = beside(sample("digit-3"), Spec(omega=20, steps=100, every=5, seed=3))
    header, blocks = message(app, "pictures")
    np.testing.assert_array_equal(blocks[1], np.round(255 * last.siren_picture).ravel())
    np.testing.assert_array_equal(blocks[2], np.round(255 * last.relu_picture).ravel())
    assert header["relu"] == f"{last.relu:.1f} dB"
    assert f"After 100 steps the sines stand at {last.siren:.3g} dB" in texts(app)
    times = 10 ** ((last.siren - last.relu) / 10)
    assert f"error of the ReLUs is {float(f'{times:.3g}'):,g} times that of the sines" in texts(app)


LONG = {"picture": "camera", "steps": "1000"}


def test_the_same_settings_find_the_run_that_there_is_and_others_end_it() -> None:
    app = opened("siren", **LONG)
    first = run_of(app)
    assert run_of(app.run()) == first
    app.select_slider(key="siren_omega.control").set_value("3").run()
    second = run_of(app)
    assert second != first
    until_state(first, "stopped")
    runs.stop(second)


def test_visits_share_a_run_and_only_the_last_to_leave_ends_it() -> None:
    mine, yours = opened("siren", **LONG, seed="4"), opened("siren", **LONG, seed="4")
    shared = run_of(mine)
    assert run_of(yours) == shared
    mine.select_slider(key="siren_omega.control").set_value("3").run()
    assert runs.status(shared).state in ("queued", "running")
    yours.select_slider(key="siren_omega.control").set_value("3").run()
    assert run_of(yours) == run_of(mine)
    until_state(shared, "stopped")
    runs.stop(run_of(mine))


def test_a_run_that_nobody_watched_goes_on_for_those_who_arrive_and_a_stopped_one_stays_so() -> None:
    app = opened("siren", **LONG, seed="5")
    first = run_of(app)
    until_state(first, "running")
    runs.pause(first, UNWATCHED)
    until_state(first, "paused")
    assert run_of(app.run()) == first
    assert runs.status(first).state == "paused"
    assert run_of(opened("siren", **LONG, seed="5")) == first
    until_state(first, "running")
    runs.stop(first)
    until_state(first, "stopped")
    assert run_of(app.run()) == first
    assert runs.status(first).state == "stopped"


def test_the_oldest_runs_are_looked_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_runs, "MOST", 1)
    first = run_of(finished())
    finished(seed="1")
    assert len(kept_runs._kept) == 1
    assert run_of(finished()) == first


def test_a_smaller_picture_is_learnt_where_that_is_asked_for_and_its_proportions_stay() -> None:
    app = opened("siren", picture="cat", side="32", steps="100")
    header, _ = message(app, "pictures")
    assert (header["h"], header["w"]) == small(sample("cat"), 32).shape[:2] == (21, 32)
    runs.stop(header["run"])


def test_the_browser_gets_what_is_new_and_nothing_else() -> None:
    run = runs.start("activation_functions.fit", {"steps": 10, "every": 5}, {"image": sample("digit-3")})
    until_state(run, "finished")
    header, blocks = view.view(10, run, [], runs.newest(run))
    assert header["step"] == 10
    assert [line["name"] for line in header["charts"][0]["lines"]] == ["Sines (SIREN)", "ReLUs"]
    assert blocks[0].shape == sample("digit-3").shape
    assert view.view(10, run, [], None) == ({}, [])


def test_before_the_first_report_the_chart_and_the_places_are_kept() -> None:
    app = opened("siren", **SHORT, seed="9")
    header, _ = message(app, "pictures")
    assert header["charts"][0]["limits"] == [0, 65]
    until(lambda: runs.status(run_of(app)).over)


def test_another_frequency_is_tried_for_the_question() -> None:
    app = finished()
    app.radio[0].set_value("further").run()
    image = small(sample("digit-3"), view.TRIAL_SIDE).astype(np.float32)
    *_, report = beside(image, Spec(omega=3, steps=view.TRIAL_STEPS, every=view.TRIAL_STEPS))
    assert f"they have {report.siren:.3g} dB after 100 steps with ω₀ = 3" in texts(app)


@pytest.mark.parametrize("value", ["", "-1", "1e9", "nan", "²", "<script>", "x" * 9_000])
def test_hostile_links_show_the_first_state(value: str) -> None:
    names = {name.removeprefix("siren_"): value for name in view.SETTINGS}
    app = opened("siren", **{"picture": "digit-3"} | names)
    assert not app.exception
    assert runs.description(run_of(app))["settings"]["omega"] == 30


def test_what_is_taken_away_recomputes_what_is_shown() -> None:
    lines = [{"step": 0, "siren": 12.5, "relu": 6.25}]
    assert table(lines).decode() == "step,siren,relu\n0,12.5,6.25\n"
    code = "\n".join(script(32, {"omega": 30.0, "steps": 100}))
    compile(code, "recompute.py", "exec")
    assert "Spec(omega=30.0, steps=100)" in code
