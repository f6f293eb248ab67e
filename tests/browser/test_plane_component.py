"""plane.js alone on a blank page: the network, the plane, what is said of them, and what is reported."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from pages.components.plane import Unit, drawn, pack
from tests.browser.blank import blank_page, overflows, picks, render
from tests.browser.replies import STATUS, answer, reply_with
from vizcore.toolkit.playground import Spec, train

SPEC = Spec(layers=(3, 2), epochs=40)
FINISHED = STATUS | {"state": "finished", "total": 40, "step": 40}


def newest(spec: Spec = SPEC, epochs: int = 5) -> dict[str, Any]:
    run = train(spec)
    *_, report = (next(run) for _ in range(epochs + 1))
    return vars(report) | run.look()


def message(spec: Spec = SPEC, known: int = 5, unit: Unit | None = None, **changes: Any) -> bytes:
    texts = {"run": "a", "url": "/live", "over": True, "status": FINISHED, "alt": "Circle"}
    return pack(spec, newest(spec, known), unit, (1.5, 2.0), **texts | changes)


def reply(known: int, over: bool = True, **status: Any) -> str:
    report = newest(epochs=known)
    lines = [{"step": step, "loss": 0.7, "test": 0.8} for step in range(known + 1)]
    return reply_with(drawn(SPEC.sizes, None, lines, report), known + 1, over, status or FINISHED)


def nothing_new() -> str:
    return reply_with(drawn(SPEC.sizes, None, [], None), 6, True, FINISHED)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "plane") as page:
        answer(page, nothing_new())
        yield page


def tile(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def reported(page: Page) -> list[Any]:
    """What was reported, but for how the run stands."""
    return [pick for _, pick in picks(page) if "standing" not in pick]


def ink(page: Page, name: str) -> int:
    """How many colours a canvas has."""
    script = """(canvas) => new Set(new Uint32Array(
      canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size"""
    return int(page.locator(name).first.evaluate(script))


def test_every_feature_and_unit_has_a_tile_and_every_weight_a_line(page: Page) -> None:
    render(page, message())
    assert page.locator(".tile").count() == 7 + 3 + 2 + 1
    assert page.locator(".tile.off").count() == 5
    assert page.locator(".link").count() == 2 * 3 + 3 * 2 + 2
    assert ink(page, ".says .base") > 50


def test_a_weight_is_read_and_drawn_by_its_sign(page: Page) -> None:
    render(page, message())
    weight = float(newest()["weights"][0])
    first = page.locator(".link").first
    assert (first.evaluate("(line) => line.style.strokeDasharray") != "") == (weight < 0)
    page.locator(".hit").first.dispatch_event("pointerenter")
    shown = f"{weight:.3g}".replace("-", "−")
    expect(page.locator(".read")).to_have_text(f"Weight from feature x₁ to hidden layer 1, unit 1: {shown}")


def test_a_unit_is_shown_large_while_it_is_pointed_at_and_kept_by_a_click(page: Page) -> None:
    render(page, message())
    title = page.locator(".says h3")
    expect(title).to_have_text("What the network says")
    tile(page, "hidden layer 1, unit 2").hover()
    expect(title).to_have_text("Hidden layer 1, unit 2")
    tile(page, "hidden layer 1, unit 2").click()
    tile(page, "hidden layer 2, unit 1").click()
    tile(page, "the output").click()
    expect(title).to_have_text("What the network says")
    assert reported(page) == [{"unit": [0, 1]}, {"unit": [1, 0]}, {"unit": None}]


def test_arrow_keys_go_from_tile_to_tile(page: Page) -> None:
    render(page, message())
    tile(page, "the output").focus()
    for key in ("ArrowLeft", "ArrowDown", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    assert reported(page) == [{"unit": [0, 1]}]


def test_features_are_added_and_taken_away_but_one_stays(page: Page) -> None:
    render(page, message())
    tile(page, "Feature x₁x₂").click()
    tile(page, "Feature x₁").click()
    assert reported(page) == [{"features": ["x1", "x2", "x1x2"]}, {"features": ["x2"]}]
    render(page, message(Spec(layers=(3, 2), epochs=40, features=("x2",)), run="b"))
    tile(page, "Feature x₂").click()
    assert len(reported(page)) == 2


def test_layers_and_units_are_added_and_taken_away(page: Page) -> None:
    render(page, message())
    for name in (
        "One hidden layer more",
        "One hidden layer less",
        "One unit more in hidden layer 1",
        "One unit less in hidden layer 2",
    ):
        tile(page, name).click()
    assert reported(page) == [{"layers": each} for each in ([3, 2, 2], [3], [4, 2], [3, 1])]
    render(page, message(Spec(layers=(1, 8)), run="b"))
    expect(tile(page, "One unit less in hidden layer 1")).to_be_disabled()
    expect(tile(page, "One unit more in hidden layer 2")).to_be_disabled()


def test_a_run_is_followed_and_python_hears_of_its_end(page: Page) -> None:
    answer(page, reply(3, False, total=40, step=3), reply(5))
    status = STATUS | {"state": "running", "total": 40}
    render(page, message(known=0, over=False, status=status))
    expect(page.locator(".standing")).to_have_text("All 40 epochs are done.")
    expect(page.locator(".read")).to_contain_text("Epoch 5: ")
    assert [pick for _, pick in picks(page)] == [{"standing": "finished"}]


def test_the_axis_of_epochs_grows_in_doublings(page: Page) -> None:
    curve, at = page.locator(".box canvas.over"), page.locator(".box figcaption .where")
    for known, end in ((5, "at 10"), (11, "at 20"), (21, "at 40")):
        answer(page, reply(known))
        render(page, message(run=f"{known}"))
        expect(page.locator(".read")).to_contain_text(f"Epoch {known}: ")
        curve.press("End")
        expect(at).to_have_text(end)


def test_a_map_that_comes_late_is_not_shown_for_another_unit(page: Page) -> None:
    answer(page, reply(3, False, total=40, step=3))
    render(page, message(over=False, status=STATUS | {"state": "running", "total": 40}))
    tile(page, "hidden layer 1, unit 2").click()
    page.wait_for_timeout(300)
    small = newest(epochs=3)["units"][1][1::2, 1::2]
    assert page.evaluate("() => [...window.parent_.__view.painted.bytes]") == small.ravel().tolist()


def test_the_same_tiles_stay_while_the_run_goes_on(page: Page) -> None:
    render(page, message())
    page.evaluate("() => { window.before = window.parent_.querySelector('.tile canvas'); }")
    render(page, message(known=9))
    assert page.evaluate("() => window.before === window.parent_.querySelector('.tile canvas')")


def test_a_place_is_read_selected_and_moved_by_keys(page: Page) -> None:
    render(page, message())
    where = page.locator(".says .where")
    expect(where).to_contain_text("At x₁ = 1.5, x₂ = 2.0: ")
    page.locator(".says .over").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    expect(where).to_contain_text("At x₁ = 1.4, x₂ = 1.5: ")
    assert reported(page) == [{"place": [1.4, 2]}, {"place": [1.4, 1.5]}]


def test_test_points_can_be_hidden(page: Page) -> None:
    render(page, message())
    before = ink(page, ".says .base")
    page.get_by_role("button", name="test points").click()
    expect(page.get_by_role("button", name="test points")).to_have_attribute("aria-pressed", "false")
    assert ink(page, ".says .base") != before


def test_units_that_sleep_have_another_frame(page: Page) -> None:
    run = train(Spec(layers=(2,), activation="relu"))
    run.weights[0][1] = [0, 0, -1]
    report = vars(next(run)) | run.look()
    texts = {"run": "a", "url": "/live", "over": True, "status": FINISHED, "alt": "Circle"}
    render(page, pack(run.spec, report, None, (0.0, 0.0), **texts))
    assert page.locator(".tile.asleep").count() == 1


def test_other_weights_and_points_are_asked_for(page: Page) -> None:
    render(page, message())
    for name in ("New weights", "New points", "start again"):
        tile(page, name).click()
    assert reported(page) == [{"other": "seed"}, {"other": "draw"}, {"again": "a"}]


@pytest.mark.parametrize("width", [300, 1200])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_is_as_wide_as_its_place(browser: Browser, width: int, dark: bool) -> None:
    with blank_page(browser, "plane", width=width, dark=dark) as page:
        answer(page, nothing_new())
        render(page, message(Spec(layers=(8,) * 6)))
        assert not overflows(page)
        assert page.locator(".tile").first.bounding_box()["width"] >= 20  # type: ignore[index]
