"""Live training in a real Chromium: one looks on, takes hold of the run, and loses nothing of it."""

import re
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.servers import free_port, process, wait_until_healthy
from tests.runs.rehearsing import kill, until, until_state
from vizcore import runs

READY = 60_000  # ms; the first run waits for PyTorch twice
LONG = "live-training?view=pictures&t_epochs=500"


def run_of(page: Page) -> str:
    page.wait_for_url(re.compile("run=[0-9a-f]{32}"), timeout=READY)
    found = re.search("run=([0-9a-f]{32})", page.url)
    assert found
    return found[1]


def started(page: Page, address: str) -> str:
    """The id of a run that has made its first steps."""
    page.goto(address)
    run = run_of(page)
    expect(page.locator(".standing")).to_have_text(re.compile("Running: step [1-9]"), timeout=READY)
    return run


def test_a_first_visit_trains_and_the_loss_falls(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/live-training")
    expect(page.locator(".standing")).to_contain_text("Done: step 1,290 of 1,290", timeout=READY)
    lines = runs.history(run_of(page))[0]
    assert lines[-1]["accuracy"] > 0.95
    assert lines[-1]["validation"] < lines[0]["validation"] / 10
    expect(page.get_by_text("held-out pictures are right")).to_be_visible()


def test_pause_stops_the_steps_and_one_step_is_one_step(visit: Visit, server: str) -> None:
    page = visit.page
    run = started(page, f"{server}/{LONG}")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".standing")).to_contain_text("Paused")
    step = until_state(run, "paused").step
    page.wait_for_timeout(300)
    assert runs.status(run).step == step
    page.get_by_role("button", name="Step", exact=True).click()
    expect(page.locator(".standing")).to_contain_text(f"Paused: step {step + 1:,} of")
    runs.stop(run)


def test_the_learning_rate_changes_while_it_runs(visit: Visit, server: str) -> None:
    page = visit.page
    run = started(page, f"{server}/{LONG}")
    page.locator("input[name=lr]").press("Home")
    until(lambda: runs.history(run)[0][-1]["lr"] == pytest.approx(1e-6))
    page.reload()
    expect(page.locator(".dial b").first).to_have_text("1e-6", timeout=READY)
    runs.stop(run)


def test_a_refresh_and_a_second_tab_find_the_run_again(visit: Visit, server: str) -> None:
    page = visit.page
    run = started(page, f"{server}/{LONG}")
    page.reload()
    expect(page.locator(".standing")).to_contain_text("Running: step", timeout=READY)
    second = visit.context.new_page()
    second.goto(page.url)
    expect(second.locator(".standing")).to_contain_text("Running: step", timeout=READY)
    assert run_of(page) == run_of(second) == run
    second.get_by_role("button", name="Pause").click()
    expect(page.locator(".standing")).to_contain_text("Paused", timeout=READY)
    runs.stop(run)


def test_a_killed_process_is_said_within_two_seconds_and_the_run_goes_on(visit: Visit, server: str) -> None:
    page = visit.page
    run = started(page, f"{server}/{LONG}")
    until(lambda: runs.checkpoints(run)[-1] > 0)
    kill(run)
    begin = time.monotonic()
    expect(page.locator(".sentence")).to_contain_text("was killed", timeout=READY)
    assert time.monotonic() - begin < 2
    before = runs.status(run).step
    page.get_by_role("button", name="Go on").click()
    until(lambda: runs.status(run).step > before + 50)
    expect(page.locator(".standing")).to_contain_text("Running: step")
    runs.stop(run)


def test_a_branch_goes_on_from_an_earlier_step_as_another_run(visit: Visit, server: str) -> None:
    page = visit.page
    run = started(page, f"{server}/{LONG}")
    until(lambda: runs.checkpoints(run)[-1] > 0)
    page.locator(".time input").press("Home")
    expect(page.locator(".time b")).to_have_text("step 0")
    page.get_by_role("button", name="Branch").click()
    page.wait_for_url(lambda url: run not in url)
    other = run_of(page)
    assert (runs.description(other)["parent"], runs.description(other)["step"]) == (run, 0)
    expect(page.locator(".time b")).to_contain_text("now")
    until_state(run, "stopped")
    runs.stop(other)


def test_the_run_of_somebody_who_writes_links_by_hand_is_refused(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/{LONG}&run=../../../etc/passwd")
    expect(page.get_by_text("This link does not name a run")).to_be_visible(timeout=READY)
    runs.stop(run_of(page))


def test_whoever_comes_when_all_slots_are_taken_waits_at_a_place(visit: Visit, server: str) -> None:
    taken = [runs.start("rehearsal.count", {"steps": 10_000}) for _ in range(8)]
    page = visit.page
    page.goto(f"{server}/{LONG}")
    expect(page.locator(".standing")).to_have_text(re.compile("Waits for its turn, at place"), timeout=READY)
    for run in taken:
        runs.remove(run)
    expect(page.locator(".standing")).to_contain_text("Running: step", timeout=READY)
    runs.stop(run_of(page))


def test_a_run_that_diverges_says_so_and_where(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/live-training?view=pictures&t_optimiser=sgd&t_lr=0.5")
    expect(page.locator(".sentence")).to_contain_text("The run has diverged.", timeout=READY)
    expect(page.get_by_text("Go back to an earlier step, take a smaller rate, and branch.")).to_be_visible()
    expect(page.get_by_role("button", name="Branch", exact=True)).to_be_disabled()
    page.locator(".time input").press("Home")
    expect(page.get_by_role("button", name="Branch", exact=True)).to_be_enabled()


def test_a_run_that_diverged_goes_on_at_once_with_a_tenth_of_the_rate(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/live-training?view=pictures&t_optimiser=sgd&t_lr=0.5&t_epochs=500")
    page.get_by_role("button", name="with a tenth of the learning rate, 0.05").click(timeout=READY)
    expect(page.locator(".standing")).to_have_text(re.compile("Running: step [1-9]"), timeout=READY)
    run = run_of(page)
    assert (runs.description(run)["step"], runs.description(run)["settings"]["lr"]) == (0, 0.05)
    runs.stop(run)


def test_what_to_notice_is_about_the_step_that_is_shown(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/live-training?view=pictures&t_epochs=2")
    expect(page.get_by_text("At epoch 2,")).to_be_visible(timeout=READY)
    page.locator(".time input").press("Home")
    expect(page.get_by_text("Before the first step,")).to_be_visible(timeout=READY)
    page.reload()
    expect(page.locator(".time b")).to_have_text("step 0", timeout=READY)
    expect(page.get_by_text("Before the first step,")).to_be_visible(timeout=READY)


def test_the_first_filters_are_seen_without_scrolling(visit: Visit, server: str) -> None:
    page = visit.page
    page.goto(f"{server}/live-training?view=pictures&t_epochs=2")
    expect(page.get_by_text("At epoch 2,")).to_be_visible(timeout=READY)
    box = page.locator(".filters .frame").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 800


def test_a_run_is_shown_on_after_its_server_was_started_anew(visit: Visit, tmp_path: Path) -> None:
    page, port = visit.page, free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
    address, log = f"http://localhost:{port}", tmp_path / "log.txt"
    with process(command, log):
        wait_until_healthy(address, 60, log)
        started(page, f"{address}/{LONG}")
    expect(page.locator(".standing")).to_contain_text("No connection to the server. The last that is known")
    with process(command, log):
        wait_until_healthy(address, 60, log)
        expect(page.locator(".standing")).to_contain_text("Running: step", timeout=READY)
        runs.stop(run_of(page))
        page.goto("about:blank")
    visit.complaints.clear()  # the browser's own, of a server that was away
