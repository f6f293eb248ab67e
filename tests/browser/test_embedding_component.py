"""embedding.js alone on a blank page: steps, play, points that are dragged, and what is reported."""

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.components import embedding as embedding_part
from pages.parts.losses_embedding import history
from tests.browser.blank import blank_page, overflows, picks, render
from tests.browser.planes import Place, pull, px
from tests.browser.replies import answer
from vizcore.toolkit.metric_learning import Placed, Spec, learned

SPEC, REACH = Spec(classes=2, each=3, steps=40), 3.0
RUN = list(learned(SPEC))


def sent(step: int = 0, identity: str = "a", rays: bool = False) -> bytes:
    return embedding_part.pack(
        history(SPEC, RUN, 0),
        identity=identity,
        step=step,
        reach=REACH,
        rays=rays,
        alt="Points.",
        ask="/live/x",
    )


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "embedding") as page:
        render(page, sent())
        yield page


def place(dot: int, step: int = 0) -> Place:
    x, y = RUN[step].points[dot].tolist()
    return x, y


def step(page: Page) -> int:
    return int(page.locator(".root").get_attribute("data-step") or -1)


def test_the_curves_read_the_step_that_is_shown(page: Page) -> None:
    page.locator(".at input").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert step(page) == 3
    assert page.locator(".curves .where").all_inner_texts() == ["at 3"] * 3
    assert page.locator(".curves .legend b").first.inner_text() == f"{RUN[3].loss:.3f}"
    assert picks(page)[-1] == ["pick", {"step": 3}]


def test_the_cursor_of_the_curves_walks_through_the_steps(page: Page) -> None:
    page.locator(".curves .over").first.focus()
    page.keyboard.press("End")
    assert (step(page), picks(page)) == (40, [["pick", {"step": 40}]])


def test_play_goes_to_the_end_and_reports_it_once(page: Page) -> None:
    page.locator(".speed input").fill("6")
    page.get_by_role("button", name="play").click()
    expect(page.locator(".at output")).to_have_text("40 of 40")
    expect(page.get_by_role("button", name="play")).to_be_visible()
    assert picks(page) == [["pick", {"step": 40}]]


def test_play_at_the_end_begins_at_the_start_and_can_be_paused(page: Page) -> None:
    render(page, sent(step=40, identity="b"))
    page.get_by_role("button", name="play").click()
    page.wait_for_function("() => window.parent_.querySelector('.root').dataset.step === '2'")
    page.get_by_role("button", name="pause").click()
    assert 2 <= picks(page)[0][1]["step"] < 40


def test_whoever_asks_for_less_motion_walks_step_by_step(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    assert not page.get_by_role("button", name="play").is_visible()
    page.get_by_role("button", name="one step forward").click()
    assert picks(page) == [["pick", {"step": 1}]]


def test_a_click_chooses_a_point_whose_rivals_python_names(page: Page) -> None:
    page.mouse.click(*px(page.locator(".plane"), place(4), REACH))
    assert picks(page) == [["pick", {"step": 0, "dot": 4}]]


def test_a_dragged_point_goes_on_from_there(page: Page) -> None:
    run = list(learned(SPEC, [Placed(0, 2, 2.0, 2.0)]))
    reply = embedding_part.pack(history(SPEC, run, 2))
    answer(page, base64.b64encode(reply).decode())
    pull(page, page.locator(".plane"), place(2), (2, 2), REACH)
    expect(page.locator(".curves .legend b").first).to_have_text(f"{run[0].loss:.3g}")
    assert picks(page) == []
    page.mouse.up()
    ((_, picked),) = picks(page)
    assert (picked["step"], picked["dot"]) == (0, 2)
    assert [picked["x"], picked["y"]] == pytest.approx([2, 2], abs=0.02)


def test_arrow_keys_move_the_chosen_point(page: Page) -> None:
    page.locator(".plane .base").focus()
    page.keyboard.press("ArrowUp")
    ((_, picked),) = picks(page)
    assert picked["dot"] == 0
    assert picked["y"] > place(0)[1]


def test_other_settings_start_at_their_own_step(page: Page) -> None:
    page.locator(".curves .over").first.focus()
    page.keyboard.press("End")
    render(page, sent(step=7, identity="b"))
    assert step(page) == 7


def test_a_message_does_not_disturb_a_drag(page: Page) -> None:
    pull(page, page.locator(".plane"), place(2), (2, 2), REACH)
    expect(page.locator(".plane .names")).not_to_contain_text("farthest")  # it is on its way
    render(page, sent(step=9))
    assert step(page) == 0
    expect(page.locator(".plane .names")).not_to_contain_text("farthest")


@pytest.mark.parametrize("width", [300, 1200])
@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_into_its_place(browser: Browser, width: int, dark: bool) -> None:
    with blank_page(browser, "embedding", width=width, dark=dark) as page:
        render(page, sent(rays=True))
        assert not overflows(page)
