"""training.js alone on a blank page: it follows a run, gives orders, and goes back in time."""

import base64
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from pages import components
from pages.components import watch
from pages.components.training import pack
from pages.server.training import NUMBERS
from tests.browser.blank import blank_page, overflows, picks, render
from tests.browser.replies import STATUS
from vizcore.toolkit.inspection import inspected, names
from vizcore.toolkit.training import Training
from vizcore.toolkit.training_spec import Spec

STANDING = STATUS | {"seconds": 1.0, "device": "cpu", "total": 100}
# Answers each question with `window.reply`, or with that for the order or the step that it names.
SERVE = """() => {
  window.asked = [];
  window.replies = {};
  window.fetch = async (url, { body }) => {
    const question = JSON.parse(body), order = Object.keys(question.do ?? {})[0];
    window.asked.push(question);
    if (order && window.replies[order]) window.replies.now = window.replies[order];
    const text = window.replies[question.at ?? 'now'] ?? window.replies.now;
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return { ok: true, arrayBuffer: async () => bytes.buffer };
  };
}"""
REFUSE = """(error) => {
  window.fetch = async () => ({ ok: false, status: 422, json: async () => ({ error }) });
}"""
LEAVE = """() => {
  window.back = window.fetch;
  window.fetch = async () => { throw new TypeError('no network'); };
}"""


@cache
def trained() -> tuple[list[dict[str, Any]], Any, Any]:
    """Reports of a short run, and a look into it with its names."""
    run = Training(Spec(count=300, batch=16, device="cpu"))
    lines = [asdict(report) for report in islice(run, 31)]
    return lines, inspected(run), names(run) | {"classes": run.data.classes}


def reply(
    count: int = 31,
    *,
    checkpoints: tuple[int, ...] = (0, 10, 20),
    lives: int = 1,
    ways: tuple[tuple[str, str], ...] = (),
    **status: Any,
) -> str:
    lines, look, known = trained()
    shown, arrays = watch.blocks(look, known)
    standing = STANDING | {"step": lines[count - 1]["step"]} | status
    over = standing["state"] in ("finished", "stopped", "failed")
    header: dict[str, Any] = {"status": standing, "next": count, "over": over, "total": 100, "per_epoch": 15}
    header |= {"checkpoints": checkpoints, "lives": lives, "anew": True, "ways": ways}
    columns = [np.array([line[name] for line in lines[:count]], kind) for name, kind in NUMBERS.items()]
    message = components.pack(header | shown | {"at": 30, "identity": "x"}, *columns, *arrays)
    return base64.b64encode(message).decode()


def message(
    run: str = "a", address: str = "", at: int | None = None, *, log: bool = False, **status: Any
) -> bytes:
    settings = {"lr": 0.01, "weight_decay": 0.0}
    return pack(
        run, address or f"/live?{run}", settings, STANDING | status, at, "LeNet-5 learns digits", log=log
    )


def serve(page: Page, **replies: str) -> None:
    page.evaluate("(given) => Object.assign(window.replies, given)", replies)


def orders(page: Page) -> list[Any]:
    return [asked["do"] for asked in page.evaluate("() => window.asked") if "do" in asked]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "training") as page:
        page.evaluate(SERVE)
        serve(page, now=reply())
        yield page


def standing(page: Page) -> Any:
    return expect(page.locator(".standing"))


def test_it_says_how_the_run_stands_and_draws_its_curves(page: Page) -> None:
    render(page, message())
    standing(page).to_contain_text("Running: step 30 of 100, epoch 2.0")
    page.locator("canvas.over").first.hover(position={"x": 100, "y": 100})
    expect(page.locator(".legend b").nth(1)).not_to_be_empty()
    expect(page.locator(".box figcaption").first).to_contain_text("Loss")


def test_a_run_that_waits_says_at_which_place(page: Page) -> None:
    serve(page, now=reply(1, state="queued", place=3))
    render(page, message())
    standing(page).to_have_text("Waits for its turn, at place 3.")


def test_play_turns_into_pause_in_its_place(page: Page) -> None:
    serve(page, pause=reply(state="paused"), go=reply())
    render(page, message())
    before = page.locator(".going").bounding_box()
    page.get_by_role("button", name="Pause").click()
    standing(page).to_contain_text("Paused: step 30")
    assert page.locator(".going").bounding_box() == before
    page.get_by_role("button", name="Play").click()
    standing(page).to_contain_text("Running: step 30")
    assert orders(page) == [{"pause": 1}, {"go": 1}]


@pytest.mark.parametrize(("button", "order"), [("Step", "step"), ("Epoch", "epoch"), ("Stop", "stop")])
def test_each_button_gives_its_order(page: Page, button: str, order: str) -> None:
    render(page, message())
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_function("() => window.asked.some((asked) => asked.do)")
    assert orders(page) == [{order: 1}]


def test_the_learning_rate_changes_when_the_slider_is_let_go(page: Page) -> None:
    render(page, message())
    standing(page).to_contain_text("Running: step 30")
    slider = page.locator("input[name=lr]")
    slider.focus()
    for _ in range(20):
        slider.press("ArrowRight")
    expect(page.locator(".dial b").first).to_have_text("0.1")
    assert orders(page)[-1] == {"change": {"lr": 0.1}}


def test_weight_decay_has_none_at_its_left_end(page: Page) -> None:
    render(page, message())
    slider = page.locator("input[name=weight_decay]")
    slider.press("ArrowRight")
    slider.press("Home")
    page.wait_for_function("() => window.asked.filter((asked) => asked.do).length === 2")
    assert orders(page) == [{"change": {"weight_decay": 1e-6}}, {"change": {"weight_decay": 0}}]


def test_the_time_slider_asks_for_a_checkpoint_and_marks_it_in_the_curves(page: Page) -> None:
    render(page, message())
    expect(page.locator(".time b")).to_have_text("now, step 30")
    page.locator(".time input").press("ArrowLeft")
    expect(page.locator(".time b")).to_have_text("step 20")
    page.wait_for_function("() => window.asked.at(-1).at === 20")
    expect(page.locator(".box figcaption .where").first).to_have_text("at 20")
    page.locator(".time input").press("End")
    expect(page.locator(".time b")).to_have_text("now, step 30")
    page.wait_for_function("() => window.asked.at(-1).at === null")


def test_python_hears_of_the_step_that_is_looked_at_when_the_slider_is_let_go(page: Page) -> None:
    render(page, message())
    expect(page.locator(".time b")).to_have_text("now, step 30")
    page.locator(".time input").press("ArrowLeft")
    page.locator(".time input").press("End")
    assert picks(page) == [["pick", {"at": 20}], ["pick", {"at": None}]]


def test_a_link_opens_at_its_step(page: Page) -> None:
    render(page, message(at=10))
    expect(page.locator(".time b")).to_have_text("step 10")
    page.wait_for_function("() => window.asked.at(-1).at === 10")
    assert picks(page) == []


def test_what_would_help_a_run_that_failed_is_offered_at_once(page: Page) -> None:
    title = "Branch from step 20 with a tenth of the learning rate, 0.001"
    serve(page, now=reply(state="failed", ways=(("slower", title),)))
    render(page, message())
    page.get_by_role("button", name=title).click()
    assert picks(page)[-1] == ["pick", {"way": "slower"}]


def test_the_axis_of_steps_grows_in_doublings_of_an_epoch(page: Page) -> None:
    serve(page, now=reply(11))
    render(page, message())
    curve, at = page.locator("canvas.over").first, page.locator(".box figcaption .where").first
    standing(page).to_contain_text("step 10")
    for count, end in ((11, "at 15"), (18, "at 30"), (31, "at 30")):
        serve(page, now=reply(count))
        standing(page).to_contain_text(f"step {count - 1} of")
        curve.press("Home")
        curve.press("End")
        expect(at).to_have_text(end)
    serve(page, now=reply(25, state="stopped"))
    standing(page).to_contain_text("Stopped: step 24")
    curve.press("End")
    expect(at).to_have_text("at 24")


def test_the_loss_can_be_read_on_a_logarithmic_scale(page: Page) -> None:
    render(page, message())
    standing(page).to_contain_text("step 30")
    drawn = "() => window.parent_.querySelector('canvas.base').toDataURL()"
    before = page.evaluate(drawn)
    page.get_by_label("Loss on a logarithmic scale").check()
    assert page.evaluate(drawn) != before
    page.get_by_label("Loss on a logarithmic scale").uncheck()
    assert page.evaluate(drawn) == before


def test_a_branch_begins_at_the_step_that_is_looked_at_with_the_rates_as_they_stand(page: Page) -> None:
    serve(page, now=reply(state="failed", sentence="It has diverged."))
    render(page, message())
    expect(page.locator(".sentence")).to_have_text("It has diverged.")
    page.locator("input[name=lr]").press("ArrowLeft")
    page.locator(".time input").press("Home")
    expect(page.locator(".time b")).to_have_text("step 0")
    page.get_by_role("button", name="Branch").click()
    assert picks(page)[-1][1] == {"branch": 0, "settings": {"lr": 0.0089, "weight_decay": 0}}
    assert orders(page) == []


def test_python_hears_once_that_the_run_rests(page: Page) -> None:
    serve(page, now=reply(state="finished"))
    render(page, message())
    standing(page).to_contain_text("Done: step 30 of 100")
    page.wait_for_timeout(300)
    assert picks(page) == [["pick", {"rests": "finished.30"}]]
    expect(page.get_by_role("button", name="Play")).to_be_disabled()


def test_a_run_that_was_interrupted_goes_on_and_its_curves_end_where_it_does(page: Page) -> None:
    serve(page, now=reply(state="lost", sentence="It can go on from step 20."), go=reply(22, lives=2))
    render(page, message())
    standing(page).to_have_text("Interrupted: step 30 of 100, epoch 2.0 · on the CPU.")
    expect(page.locator(".sentence")).to_have_text("It can go on from step 20.")
    page.get_by_role("button", name="Go on").click()
    standing(page).to_contain_text("Running: step 21")
    expect(page.locator(".ways button")).to_have_count(0)
    page.wait_for_function("() => window.asked.at(-1).lives === 2")
    page.locator("canvas.over").first.press("End")
    expect(page.locator(".box figcaption .where").first).to_have_text("at 30")
    expect(page.locator(".legend b").first).to_be_empty()


def test_behind_the_last_step_nothing_can_branch(page: Page) -> None:
    serve(page, now=reply(state="finished", checkpoints=(0, 20, 30)))
    render(page, message())
    expect(page.get_by_role("button", name="Branch")).to_be_disabled()
    page.locator(".time input").press("Home")
    expect(page.get_by_role("button", name="Branch")).to_be_enabled()


def test_what_the_server_refuses_is_said_and_the_controls_stay(page: Page) -> None:
    render(page, message())
    standing(page).to_contain_text("Running")
    page.evaluate(REFUSE, "Only a run that is under way can be changed.")
    page.locator("input[name=lr]").press("Home")
    expect(page.locator(".sentence")).to_have_text("Only a run that is under way can be changed.")
    expect(page.get_by_role("button", name="Pause")).to_be_enabled()


def test_a_server_that_is_away_is_said_and_the_run_is_shown_on_once_it_is_back(page: Page) -> None:
    render(page, message())
    standing(page).to_contain_text("Running: step 30")
    page.evaluate(LEAVE)
    standing(page).to_have_text(
        "No connection to the server. The last that is known is step 30; trying again."
    )
    expect(page.locator(".sentence")).to_be_empty()
    page.evaluate("() => { window.fetch = window.back; }")
    standing(page).to_contain_text("Running: step 30")


def test_a_new_address_of_the_same_run_is_asked_at_once(page: Page) -> None:
    render(page, message())
    standing(page).to_contain_text("Running: step 30")
    page.evaluate(LEAVE)
    standing(page).to_contain_text("No connection")
    page.evaluate("() => { window.fetch = window.back; window.asked = []; }")
    render(page, message(address="/live/new?a"))
    standing(page).to_contain_text("Running: step 30", timeout=500)
    assert page.evaluate("() => window.asked[0].since") == 0


def test_the_pace_of_one_run_is_not_that_of_the_next(page: Page) -> None:
    serve(page, now=reply(11, seconds=1.0))
    render(page, message(step=10, seconds=1.0))
    standing(page).to_contain_text("step 10")
    serve(page, now=reply(31, seconds=2.0))
    standing(page).to_contain_text("20 steps/s")
    serve(page, now=reply(2, seconds=0.5))
    render(page, message("b", step=1, seconds=0.5))
    standing(page).to_have_text("Running: step 1 of 100, epoch 0.1 · on the CPU.")


def test_a_loss_that_is_no_number_any_more_is_marked_on_an_axis_that_shows_what_it_was(page: Page) -> None:
    made = """async ([code]) => {
      const part = await import(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
      const series = part.noSeries(), none = [0, 0, 0, 0, 0];
      const loss = [NaN, 2.5, 40, 9e4, NaN];
      part.growSeries(series, [[0, 1, 2, 3, 4], loss, none, [2.3, NaN], none, none], 100, 15);
      const [[{ limits, log, points }]] = part.seriesFigures(series, 4);
      return { limits, log, mark: points.at(-1) };
    }"""
    found = page.evaluate(made, [components.bundle("training_charts")])
    assert (found["limits"], found["log"]) == ([1, 1e5], True)
    assert (found["mark"]["x"], found["mark"]["y"], found["mark"]["cross"]) == (4, 1e5, True)
    assert found["mark"]["name"] == "loss is not finite: step 4"


def test_the_running_mean_looks_back_no_further_than_an_epoch(page: Page) -> None:
    made = """async ([code]) => {
      const part = await import(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
      const series = part.noSeries(), steps = Array.from({ length: 100 }, (_, at) => at + 1);
      const loss = steps.map((step) => (step === 1 ? 9 : step <= 20 ? 2 : 1)), none = steps.map(() => 0);
      part.growSeries(series, [steps, loss, none, none, none, none], 21500, 10);
      return series.train.lossMean;
    }"""
    mean = page.evaluate(made, [components.bundle("training_charts")])
    assert mean[0] == 9
    assert mean[1] < 6
    assert mean[39] < 1.03


def test_another_run_takes_the_place_of_the_first(page: Page) -> None:
    render(page, message())
    standing(page).to_contain_text("step 30")
    page.locator(".time input").press("Home")
    serve(page, now=reply(1, state="paused"))
    render(page, message("b"))
    standing(page).to_have_text("Paused: step 0 of 100, epoch 0.0 · on the CPU.")
    expect(page.locator(".time b")).to_have_text("now, step 0")


@pytest.mark.parametrize("width", [300, 1200])
def test_it_is_as_wide_as_its_place(browser: Browser, width: int) -> None:
    with blank_page(browser, "training", width=width) as page:
        page.evaluate(SERVE)
        serve(page, now=reply())
        render(page, message())
        standing(page).to_contain_text("step 30")
        assert not overflows(page)


def test_the_scale_of_the_loss_is_reported_and_taken_from_the_message(page: Page) -> None:
    box = page.get_by_label("Loss on a logarithmic scale")
    render(page, message())
    box.check()
    assert picks(page)[-1] == ["pick", {"log": True}]
    render(page, message("b"))
    expect(box).to_be_checked()
    render(page, message("b", log=True))
    render(page, message("b"))
    expect(box).not_to_be_checked()


def test_another_run_is_never_shown_with_the_look_of_the_one_before(page: Page) -> None:
    render(page, message())
    expect(page.locator(".probed")).to_be_visible()
    tall = page.locator(".watch").bounding_box()
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    render(page, message("b"))
    expect(page.locator(".probed")).to_be_hidden()
    expect(page.get_by_text("The first look at the network is on its way.")).to_be_visible()
    assert page.locator(".watch").bounding_box() == tall
