"""watch.js alone on a blank page, with what `inspected` says of runs of a few steps."""

import base64
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Locator, Page, Position, expect

from pages.components import pack
from pages.components.watch import blocks
from tests.browser.blank import blank_page, overflows, picks
from vizcore.toolkit.inspection import inspected, names
from vizcore.toolkit.training import Training
from vizcore.toolkit.training_spec import Spec

LENET = Spec(count=300, batch=16, device="cpu")
RESNET = Spec(data="shapes", net="resnet", norm=True, count=200, batch=16, device="cpu")
MOUNT = """() => {
  const box = document.createElement('div'), tell = (name) => (value) => window.picks.push([name, value]);
  window.parent_.append(box);
  window.watch = window.part.watchIn(box, { layer: tell('layer'), cell: tell('cell'), probe: tell('probe') });
}"""
SHOW = """(text) => {
  const data = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const { header, blocks } = window.part.unpack(data);
  window.part.showLook(window.watch, header, blocks);
}"""
PIXEL = "(canvas, [x, y]) => Array.from(canvas.getContext('2d').getImageData(x, y, 1, 1).data.slice(0, 3))"
Look = dict[str, NDArray[Any]]


@cache
def looked(spec: Spec, steps: int = 20) -> tuple[Look, dict[str, Any]]:
    """What a run is like after so many reports, with the names."""
    run = Training(spec)
    list(islice(run, steps))
    found = inspected(run) | {"probed": np.array([0, run.data.held_labels[0]], np.int32)}
    return found, {**names(run), "classes": run.data.classes}


def show(page: Page, spec: Spec = LENET, *, steps: int = 20, layer: str | None = None, **others: Any) -> Look:
    """Show a look, some of whose arrays are `others`; between other things of the message."""
    found, known = looked(spec, steps)
    found = found | others
    header, arrays = blocks(found, known, layer)
    message = pack({"step": steps, **header}, np.arange(5, dtype=np.float32), *arrays)
    page.evaluate(SHOW, base64.b64encode(message).decode())
    return found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank_page(browser, "watch") as page:
        page.evaluate(MOUNT)
        yield page


def at_tab(page: Page, title: str) -> Locator:
    page.get_by_role("tab", name=title).click()
    return page.get_by_role("tabpanel", name=title)


def cell_of(page: Page, right: int, guess: int) -> Position:
    """Where a cell of the confusion matrix lies on its canvas."""
    confusion = page.evaluate_handle("() => window.watch.tabs[2].panel.confusion")
    left, top, side = confusion.evaluate("({ left, top, side }) => [left, top, side]")
    return Position(x=left + (guess + 0.5) * side, y=top + (right + 0.5) * side)


def test_before_the_first_look_there_is_a_sentence(page: Page) -> None:
    expect(page.get_by_text("The first look at the network is on its way.")).to_be_visible()
    show(page)
    expect(page.get_by_text("The first look at the network is on its way.")).to_be_hidden()
    expect(page.get_by_role("tabpanel")).to_have_count(1)


def test_pointing_at_a_filter_reads_its_weight(page: Page) -> None:
    weights = show(page)["filters"]
    page.locator(".filters .frame canvas").hover(position={"x": 2, "y": 2})
    value = f"{abs(weights[0, 0, 0, 0]):.3g}"
    expect(page.locator(".filters .status")).to_contain_text("Filter 0, row 0, column 0:")
    expect(page.locator(".filters .status")).to_contain_text(value)


def test_arrow_keys_go_over_the_edge_of_a_filter_into_the_next(page: Page) -> None:
    show(page)
    page.locator(".filters .frame canvas").focus()
    for _ in range(4):  # the first one points at the middle
        page.keyboard.press("ArrowRight")
    expect(page.locator(".filters .status")).to_contain_text("Filter 1, row 2, column 0:")


def test_the_three_channels_of_a_filter_lie_one_below_the_other(page: Page) -> None:
    show(page, RESNET)
    page.locator(".filters .frame canvas").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".filters .status")).to_contain_text("Filter 0, green, row 1, column 1:")


def test_maps_behind_relu_are_viridis_and_those_before_it_red_and_blue(page: Page) -> None:
    found = show(page, layer="relu1")
    assert found["maps"][6 * 28 * 28] == 0  # the first value of relu1
    canvas = page.locator(".maps .frame canvas")
    assert canvas.evaluate(PIXEL, [1, 1]) == [68, 1, 84]
    show(page, layer="conv1", maps=np.zeros_like(found["maps"]) - 1)
    assert canvas.evaluate(PIXEL, [1, 1]) == [5, 48, 97]


def test_the_name_of_a_layer_asks_for_its_maps(page: Page) -> None:
    show(page)
    page.get_by_role("button", name="pool1").click()
    assert picks(page) == [["layer", "pool1"]]
    expect(page.locator(".choices [aria-pressed=true]")).to_have_text("pool1")


def test_the_next_probe_counts_from_the_one_that_is_on_its_way(page: Page) -> None:
    show(page)
    for _ in range(2):
        page.get_by_role("button", name="Next example").click()
    show(page)  # a look from before the clicks
    expect(page.locator(".which")).to_have_text("example 3 of 75")
    assert picks(page) == [["probe", 1], ["probe", 2]]


def test_probabilities_name_guess_and_true_class(page: Page) -> None:
    found = show(page)
    guess = int(found["scores"].argmax())
    expect(page.locator(".probe .says")).to_have_text(f"Guess: {guess}. True class: {found['probed'][1]}.")
    expect(page.locator(".probe .line b").nth(guess)).to_have_text(f"{found['scores'].max():.3f}")


def test_layers_show_how_large_their_steps_are(page: Page) -> None:
    show(page, updates=np.array([1e-3, 2e-4, 1e-2, np.nan, np.inf], np.float32))
    rows = at_tab(page, "Layers").locator(".rows").nth(1)
    expect(rows.locator(".says")).to_contain_text("1 of 5 layers below it, 1 above")
    assert rows.locator(".line b").all_inner_texts()[:5] == ["0.00100", "2.00e-4", "0.0100", "nan", "inf"]
    assert rows.locator(".dot").nth(3).is_hidden()


def test_a_log_axis_widens_but_does_not_shrink(page: Page) -> None:
    show(page, gradients=np.array([1e-6, 1, 1, 1, 1], np.float32))
    ticks = at_tab(page, "Layers").locator(".rows").first.locator(".ticks i")
    wide = ticks.all_inner_texts()
    show(page, gradients=np.ones(5, np.float32))
    assert ticks.all_inner_texts() == wide
    assert wide[0] == "10⁻⁶"


def test_a_bar_of_a_histogram_reads_how_many_weights_it_has(page: Page) -> None:
    counts = show(page)["histograms"]
    group = at_tab(page, "Layers").locator(".histograms")
    group.focus()
    page.keyboard.press("ArrowDown")  # from the middle of the first layer
    expect(page.locator(".spread .status")).to_contain_text(f"conv2: {counts[1, 20]} weights from 0 to ")


def test_a_click_on_a_cell_asks_for_its_pictures_and_they_come_with_a_later_look(page: Page) -> None:
    found = show(page)
    right, guess = (int(place) for place in np.argwhere(found["confusion"] > 1)[0])
    panel = at_tab(page, "Mistakes")
    panel.locator(".confusion canvas").click(position=cell_of(page, right, guess))
    assert picks(page) == [["cell", [right, guess]]]
    expect(panel.get_by_text("Pictures are on their way.")).to_be_visible()
    show(page, cell=np.array([right, guess], np.int32), cell_images=found["worst_images"][:2])
    expect(panel.locator(".of-cell .shot")).to_have_count(2)


def test_arrow_keys_and_enter_choose_a_cell_and_let_it_go(page: Page) -> None:
    show(page)
    at_tab(page, "Mistakes").locator(".confusion canvas").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Enter", "Enter"):
        page.keyboard.press(key)
    assert picks(page) == [["cell", [1, 1]], ["cell", None]]


def test_pointing_at_a_cell_reads_count_and_share(page: Page) -> None:
    confusion = np.zeros((10, 10), np.int32)
    confusion[4, 9], confusion[4, 4] = 1, 7
    show(page, confusion=confusion)
    canvas = at_tab(page, "Mistakes").locator(".confusion canvas")
    canvas.hover(position=cell_of(page, 4, 9))
    expect(page.locator(".confusion .status")).to_have_text("True 4, guess 9: 1 of 8, 12.5 %.")


def test_precision_and_recall_follow_from_the_counts(page: Page) -> None:
    confusion = np.zeros((10, 10), np.int32)
    confusion[0, 0], confusion[0, 1], confusion[2, 0] = 3, 1, 1
    show(page, confusion=confusion)
    row = at_tab(page, "Mistakes").locator(".rates tbody tr")
    assert row.nth(0).locator("td").all_inner_texts() == ["4", "0.750", "0.750"]
    assert row.nth(5).locator("td").all_inner_texts() == ["0", "–", "–"]  # neither there nor guessed


def test_a_click_on_a_mistake_shows_its_maps(page: Page) -> None:
    worst = show(page)["worst"][1]
    at_tab(page, "Mistakes").locator(".worst button").nth(1).click()
    assert picks(page) == [["probe", int(worst[0])]]
    expect(page.get_by_role("tabpanel", name="Filters and maps")).to_be_visible()


def test_arrow_keys_go_from_tab_to_tab(page: Page) -> None:
    show(page)
    page.get_by_role("tab", name="Filters and maps").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tabpanel", name="Layers")).to_be_visible()
    expect(page.get_by_role("tab", name="Layers")).to_be_focused()


def test_another_look_keeps_every_element_and_the_height(page: Page) -> None:
    show(page, steps=20)
    count = "() => [window.parent_.querySelectorAll('*').length, window.watch.box.clientHeight]"
    for title in ("Filters and maps", "Layers", "Mistakes"):
        at_tab(page, title)
        before = page.evaluate(count)
        show(page, steps=40)
        assert page.evaluate(count) == before


def test_a_network_that_has_diverged_shows_nan_and_breaks_nothing(page: Page) -> None:
    show(page, Spec(count=300, batch=16, device="cpu", optimiser="sgd", lr=100), steps=60, layer="conv1")
    expect(page.get_by_text("it has diverged")).to_be_visible()
    expect(page.locator(".probe .says")).to_contain_text("Guess: none.")
    for title in ("Layers", "Mistakes"):
        expect(at_tab(page, title)).to_be_visible()


def test_maps_without_a_number_say_so(page: Page) -> None:
    found, _ = looked(LENET)
    show(page, maps=np.full_like(found["maps"], np.nan), filters=np.full_like(found["filters"], np.nan))
    expect(page.locator(".maps .says")).to_contain_text("none of the values is a number any more")
    expect(page.locator(".filters .says")).to_contain_text("none of them is a number any more")


def test_a_network_without_convolutions_says_so(page: Page) -> None:
    show(page, Spec(count=200, net="mlp", device="cpu"), steps=3)
    expect(page.get_by_text("There is no convolution in this network")).to_be_visible()
    expect(page.get_by_text("No layer of this network gives maps.")).to_be_visible()


def test_another_run_begins_with_nothing_chosen(page: Page) -> None:
    show(page)
    at_tab(page, "Mistakes").locator(".confusion canvas").click(position=cell_of(page, 0, 0))
    page.evaluate("() => window.part.clearWatch(window.watch)")
    expect(page.get_by_text("The first look at the network is on its way.")).to_be_visible()
    show(page, RESNET)
    expect(page.get_by_text("None is chosen")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(300, False), (1200, True)])
def test_every_tab_fits_narrow_and_wide_pages(browser: Browser, width: int, dark: bool) -> None:
    with blank_page(browser, "watch", width=width, dark=dark) as page:
        page.evaluate(MOUNT)
        show(page, RESNET)
        for title in ("Filters and maps", "Layers", "Mistakes"):
            assert at_tab(page, title).evaluate("(panel) => panel.scrollWidth <= panel.clientWidth")
            assert not overflows(page)
