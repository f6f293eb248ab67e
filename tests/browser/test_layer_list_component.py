"""layer_list.js alone on a blank page: a network grows, and beside each layer stands what Python says."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.components import layer_list
from pages.parts.live_training_net import answer, drafted
from tests.browser.blank import blank_page, overflows, picks, render
from vizcore.toolkit import recipes, specs

SHAPE, CLASSES = (1, 32, 32), 10
STYLE = recipes.Style("relu", False, 0.0)
SMALL = [{"kind": "conv", "out": 4, "kernel": 5}, {"kind": "flatten"}, {"kind": "linear", "out": 10}]
# Python answers in this test, as the server would.
FETCH = """() => {
  window.fetch = async (url, { body }) => {
    const text = await window.python(body);
    return { ok: true, arrayBuffer: async () => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer };
  };
}"""


def message(layers: list[dict[str, Any]], name: str = "a") -> bytes:
    titles = {key: entry.title for key, entry in recipes.RECIPES.items()}
    return layer_list.pack(layers, SHAPE, CLASSES, recipes=titles, ask="/live", name=name)


@contextmanager
def building(browser: Browser, layers: list[dict[str, Any]] = SMALL, width: int = 1000) -> Iterator[Page]:
    def python(body: str) -> str:
        return base64.b64encode(answer(SHAPE, CLASSES, STYLE, json.loads(body))).decode()

    with blank_page(browser, "layer_list", width=width) as page:
        page.expose_function("python", python)
        page.evaluate(FETCH)
        render(page, message(layers))
        yield page


def names(page: Page) -> list[str]:
    return page.locator(".name").all_inner_texts()


def row(page: Page, place: int) -> Any:
    return page.locator(".layer").nth(place)


def built(page: Page) -> specs.Spec:
    """The network that is handed over."""
    page.get_by_role("button", name="Use this network").click()
    return specs.from_token(picks(page)[-1][1])


def test_each_layer_says_what_it_gives_has_and_sees(browser: Browser) -> None:
    layers = drafted("lenet5", SHAPE, CLASSES, STYLE)
    with building(browser, layers) as page:
        texts = [part.strip() for part in row(page, 3).inner_text().splitlines() if part.strip()]
        assert texts[:5] == ["conv2", "Convolution, 16 out, 5 × 5", "16 maps of 10 × 10", "2,416", "14 px"]
        expect(page.locator(".whole")).to_have_text("61,706 parameters in 12 layers.")
        assert built(page) == specs.parse(json.dumps({"input": SHAPE, "layers": layers}))


def test_a_layer_is_added_behind_the_selected_one_and_everything_follows(browser: Browser) -> None:
    with building(browser) as page:
        page.get_by_role("button", name="Max pooling").click()
        expect(row(page, 1).locator(".shape")).to_have_text("4 maps of 14 × 14")
        expect(page.locator(".whole")).to_have_text(f"{4 * 26 + 784 * 10 + 10:,} parameters in 4 layers.")
        assert [layer.kind for layer in built(page).layers] == ["conv", "max_pool", "flatten", "linear"]


def test_a_setting_is_changed_while_one_writes(browser: Browser) -> None:
    with building(browser) as page:
        page.get_by_label("kernel").fill("3")
        expect(row(page, 0).locator(".shape")).to_have_text("4 maps of 30 × 30")
        expect(page.get_by_label("kernel")).to_be_focused()
        page.get_by_label("bias").uncheck()
        expect(row(page, 0).locator(".parameters")).to_have_text("36")


def test_what_cannot_be_is_explained_beside_its_layer_and_cannot_be_used(browser: Browser) -> None:
    with building(browser) as page:
        row(page, 1).get_by_role("button", name="Remove").click()
        expect(row(page, 1).locator(".why")).to_contain_text("put flatten before it")
        assert row(page, 0).locator(".shape").inner_text() == "4 maps of 28 × 28"
        assert page.get_by_role("button", name="Use this network").is_disabled()
        expect(page.locator(".whole")).to_contain_text("does not fit")


def test_the_keyboard_selects_moves_and_removes(browser: Browser) -> None:
    with building(browser) as page:
        page.get_by_role("button", name="tanh").click()
        expect(row(page, 1).locator(".name")).to_have_text("tanh1")
        row(page, 1).focus()
        page.keyboard.press("Alt+ArrowDown")
        expect(row(page, 2).locator(".name")).to_have_text("tanh1")
        expect(row(page, 2)).to_be_focused()
        page.keyboard.press("ArrowUp")
        expect(row(page, 1)).to_have_attribute("aria-selected", "true")
        page.keyboard.press("End")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Delete")
        expect(page.locator(".layer")).to_have_count(3)
        assert names(page)[-1] == "linear1"


def test_changes_are_taken_back_one_by_one(browser: Browser) -> None:
    with building(browser) as page:
        undo = page.get_by_role("button", name="Undo")
        expect(undo).to_be_disabled()
        page.get_by_label("kernel").fill("3")
        page.get_by_role("button", name="tanh").click()
        page.get_by_label("Start from").select_option("lenet5")
        expect(page.locator(".layer")).not_to_have_count(4)
        undo.click()
        expect(page.locator(".layer")).to_have_count(4)
        undo.click()
        expect(row(page, 0).locator(".shape")).to_have_text("4 maps of 30 × 30")
        row(page, 0).focus()
        page.keyboard.press("Control+z")
        expect(row(page, 0).locator(".shape")).to_have_text("4 maps of 28 × 28")
        expect(undo).to_be_disabled()
        assert built(page) == specs.parse(json.dumps({"input": SHAPE, "layers": SMALL}))


def test_twenty_changes_can_be_taken_back(browser: Browser) -> None:
    with building(browser) as page:
        for _ in range(21):
            page.get_by_role("button", name="tanh").click()
        undo = page.get_by_role("button", name="Undo")
        for _ in range(20):
            undo.click()
        expect(undo).to_be_disabled()
        expect(page.locator(".layer")).to_have_count(len(SMALL) + 1)


def test_a_recipe_replaces_what_is_there(browser: Browser) -> None:
    with building(browser) as page:
        page.locator(".recipe").select_option("resnet")
        expect(page.locator(".whole")).to_contain_text("174,")
        assert any(layer.kind == "add" for layer in built(page).layers)


def test_a_sum_takes_two_layers_that_can_be_chosen(browser: Browser) -> None:
    start = [SMALL[0], {"kind": "relu"}, {"kind": "conv", "out": 4, "padding": 1}, *SMALL[1:]]
    with building(browser, start) as page:
        row(page, 2).click()
        page.get_by_role("button", name="Sum").click()
        expect(row(page, 3).locator(".shape")).to_have_text("4 maps of 28 × 28")
        page.get_by_label("takes").nth(1).select_option("conv1")
        expect(row(page, 3).locator(".kind")).to_have_text("Sum, from fork1 and fork3")
        row(page, 2).click()
        page.get_by_label("takes").select_option("input")
        expect(row(page, 3).locator(".why")).to_contain_text("which must be alike")


def test_another_message_about_the_same_network_keeps_what_was_built(browser: Browser) -> None:
    with building(browser) as page:
        page.get_by_role("button", name="Dropout").click()
        expect(page.locator(".layer")).to_have_count(4)
        render(page, message(SMALL))
        expect(page.locator(".layer")).to_have_count(4)
        render(page, message(SMALL, "b"))
        expect(page.locator(".layer")).to_have_count(3)


def test_no_more_layers_are_added_than_a_network_may_have(browser: Browser) -> None:
    with building(browser, [SMALL[0], *[{"kind": "relu"}] * 97, *SMALL[1:]]) as page:
        expect(page.locator(".layer")).to_have_count(100)
        assert page.locator(".palette button:enabled").count() == 0
        assert page.get_by_role("button", name="Use this network").is_enabled()


@pytest.mark.parametrize("width", [300, 500, 800, 1200])
def test_it_fits_its_place(browser: Browser, width: int) -> None:
    with building(browser, drafted("resnet", SHAPE, CLASSES, STYLE), width) as page:
        row(page, 30).click()
        assert not overflows(page)


def test_ctrl_z_takes_a_change_back_wherever_the_focus_is_but_where_one_writes(browser: Browser) -> None:
    with building(browser) as page:
        page.get_by_role("button", name="tanh").click()
        page.get_by_role("button", name="Max pooling").click()
        page.keyboard.press("Control+z")
        expect(page.locator(".layer")).to_have_count(4)
        page.evaluate("() => document.activeElement.blur()")
        page.keyboard.press("Control+z")
        expect(page.locator(".layer")).to_have_count(3)
        page.get_by_role("button", name="tanh").click()
        row(page, 0).click()
        page.get_by_label("kernel").press("Control+z")
        expect(page.locator(".layer")).to_have_count(4)
