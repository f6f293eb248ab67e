"""step_walk.js alone on a blank page: the stages of a step, what each of them shows, and what is reported."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from pages.components.step_walk import cell, pack
from tests.browser.blank import blank_page, overflows, picks, render
from vizcore.toolkit.training import Training
from vizcore.toolkit.training_spec import Spec
from vizcore.toolkit.walkthrough import Walk, ahead, walked

SPEC = Spec(count=300, batch=16, device="cpu")


@pytest.fixture(scope="module")
def walk() -> Walk:
    return walked(ahead(Training(SPEC), 2))


def message(walk: Walk, stage: str = "forward", example: int = 0) -> bytes:
    return pack(walk, stage=stage, example=example, alt="LeNet-5 on Digits")


@pytest.fixture
def page(browser: Browser, walk: Walk) -> Iterator[Page]:
    with blank_page(browser, "step_walk") as page:
        render(page, message(walk))
        yield page


def known(page: Page, kind: str) -> int:
    """How many bars of a kind have a height."""
    heights = page.locator(f".column .{kind}").evaluate_all("(all) => all.map((bar) => bar.offsetHeight)")
    return sum(height > 0 for height in heights)


def test_the_batch_is_shown_with_its_guesses(page: Page, walk: Walk) -> None:
    shots = page.locator(".shot")
    assert shots.count() == 16
    guesses = [text[2:] for text in page.locator(".shot .guess").all_inner_texts()]
    assert guesses == [walk.classes[guess] for guess in walk.guesses]
    assert page.locator(".shot.wrong").count() == int((walk.guesses != walk.labels).sum())


def test_each_stage_tells_more_than_the_one_before(page: Page, walk: Walk) -> None:
    assert (known(page, "forward"), known(page, "backward")) == (len(walk.layers), 0)
    assert page.locator(".shot .number").first.inner_text().strip() == ""
    page.get_by_role("tab", name="Loss").click()
    assert page.locator(".shot .number").first.inner_text() == f"{walk.losses[0]:.3g}"
    page.get_by_role("tab", name="Backward").click()
    assert known(page, "backward") == len(walk.layers)
    page.get_by_role("tab", name="Update").click()
    expect(page.locator(".root > .says")).to_contain_text(
        f"Loss of this batch before {walk.before:.3g}, after {walk.after:.3g}"
    )
    assert [pick for _, pick in picks(page)] == [{"stage": each} for each in ("loss", "backward", "update")]


def test_arrow_keys_go_from_stage_to_stage(page: Page) -> None:
    page.get_by_role("tab", name="Forward").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Backward")).to_be_focused()
    page.keyboard.press("End")
    assert page.locator(".root").get_attribute("data-stage") == "update"


def test_slow_motion_goes_through_all_layers_there_and_back(page: Page) -> None:
    page.locator(".speed input").fill("4")
    page.get_by_role("tab", name="Update").click()
    page.get_by_role("button", name="play").click()
    expect(page.locator(".root[data-stage='loss']")).to_be_attached()
    expect(page.locator(".root[data-stage='update']")).to_be_attached()
    expect(page.get_by_role("button", name="play")).to_be_visible()


def test_a_single_beat_takes_the_gradient_one_layer_further_back(browser: Browser, walk: Walk) -> None:
    with blank_page(browser, "step_walk") as page:
        render(page, message(walk, "loss"))
        page.get_by_role("button", name="one step forward").click()
        page.get_by_role("button", name="one step forward").click()
        assert known(page, "backward") == 2
        assert picks(page) == [["pick", {"stage": "backward"}]]


def test_people_who_ask_for_no_motion_have_the_buttons(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    expect(page.locator(".play")).to_be_hidden()
    expect(page.get_by_role("button", name="one step back")).to_be_visible()


def test_a_click_on_a_picture_shows_its_numbers_class_by_class(page: Page, walk: Walk) -> None:
    page.get_by_role("tab", name="Backward").click()
    page.locator(".shot").nth(3).click()
    label = int(walk.labels[3])
    assert page.locator(".example h4").inner_text() == f"Example 4: {walk.classes[label]}"
    target = page.locator(".table .target")
    assert target.locator("b").nth(1).inner_text() == f"{walk.probabilities[3, label]:#.3g}"
    assert picks(page)[-1] == ["pick", {"example": 3}]


def test_a_click_on_a_weight_or_an_arrow_key_follows_another_one(page: Page, walk: Walk) -> None:
    canvas = page.locator(".grids canvas").first
    box = canvas.bounding_box()
    assert box
    canvas.click(position={"x": box["width"] / 25 * 4.5, "y": 12 * 2.5})
    page.keyboard.press("ArrowRight")
    assert picks(page) == [["pick", {"weight": [0, 2 * 25 + 4]}], ["pick", {"weight": [0, 2 * 25 + 5]}]]
    page.locator("select").select_option("conv2.weight")
    assert picks(page)[-1] == ["pick", {"weight": [2, 0]}]


def test_the_followed_weight_is_marked_where_it_is_shown(walk: Walk) -> None:
    row, column = cell(walk) or (-1, -1)
    assert walk.weights[row, column] == np.float32(walk.followed.before)
    beyond = walked(Training(SPEC), (4, 100 * 400))  # linear1, unit 100 of 120 x 400 weights
    assert cell(beyond) is None


def test_a_step_to_nowhere_can_be_shown(browser: Browser) -> None:
    far = walked(ahead(Training(Spec(count=300, lr=100.0, optimiser="sgd", device="cpu")), 20))
    with blank_page(browser, "step_walk") as page:
        render(page, message(far, "update"))
        assert "nan" in page.locator(".root > .says").inner_text().lower()


@pytest.mark.parametrize("width", [300, 1200])
def test_it_is_as_wide_as_its_place(browser: Browser, walk: Walk, width: int) -> None:
    with blank_page(browser, "step_walk", width=width) as page:
        render(page, message(walk, "update"))
        assert not overflows(page)
