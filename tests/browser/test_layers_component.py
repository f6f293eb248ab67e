"""layers.js alone on a blank page: lanes, rows, thumbnails, and how a layer is chosen."""

import base64
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect

from pages.components import bundle, styles
from pages.components.layers import pack
from tests.browser.blank import LOAD, RENDER
from vizcore.exhibits.feature_maps import Layer

LIST = "window.parent_.querySelector('.list')"
CHAIN = [("input",), *((f"conv{number}", f"conv{number - 1}") for number in range(1, 40))]
CHAIN[1] = ("conv1", "input")
RESIDUAL = [
    ("input",),
    ("layer1.0.conv1", "input"),
    ("layer1.0.conv2", "layer1.0.conv1"),
    ("layer1.0.downsample.0", "input"),
    ("layer1.0.add", "layer1.0.conv2", "layer1.0.downsample.0"),
    ("fc", "layer1.0.add"),
]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 900, "height": 700})
    errors: list[object] = []
    page.on("pageerror", lambda error: errors.append(error))
    load(page)
    yield page
    page.close()
    assert errors == []


def load(page: Page, *, dark: bool = False) -> None:
    page.evaluate(LOAD, [bundle("layers"), styles("layers"), 300, dark])


def render(
    page: Page,
    net: Sequence[tuple[str, ...]],
    chosen: str = "input",
    turn: int = 1,
    thumbs: Sequence[NDArray[np.uint8]] | None = None,
    signed: Sequence[bool] | None = None,
    identity: str = "a",
) -> None:
    """Show a network of (name, what it reads...)."""
    layers = [
        Layer(
            name=name,
            kind="Convolution",
            group="linear",
            settings="3 × 3",
            shape=(1024, 56, 56),
            parameters=4640,
            multiplications=0,
            does="",
            formula="",
            numbers=(),
            inputs=inputs,
        )
        for name, *inputs in net
    ]
    thumbs = thumbs or [np.zeros((2, 2), np.uint8)] * len(layers)
    message = pack(layers, thumbs, signed or [False] * len(layers), chosen, turn, identity)
    page.evaluate(RENDER, base64.b64encode(message).decode())


def lanes(page: Page, *inputs: Sequence[int]) -> Any:
    """Lanes of layers that read the layers with these numbers."""
    return page.evaluate("(all) => window.part.lanes(all.map((inputs) => ({ inputs })))", inputs)


def widths(graph: Any) -> list[int]:
    """How many lanes there are between each layer and the next."""
    gaps = range(len(graph["at"]) - 1)
    return [
        len({edge["lane"] for edge in graph["edges"] if edge["from"] <= gap < edge["to"]}) for gap in gaps
    ]


def selected(page: Page) -> str | None:
    return page.locator("li[aria-selected=true]").get_attribute("data-name")


def pixels(page: Page, name: str) -> list[list[int]]:
    """Red, green and blue of each pixel of a thumbnail."""
    flat = page.locator(f"li[data-name='{name}'] canvas").evaluate(
        "(canvas) => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"
    )
    return [flat[start : start + 3] for start in range(0, len(flat), 4)]


def lit(page: Page) -> int:
    """How many lines are coloured."""
    return (page.locator(".lit").get_attribute("d") or "").count("M")


def test_a_plain_chain_has_one_lane(page: Page) -> None:
    graph = lanes(page, [], [0], [1], [2])
    assert (graph["count"], graph["at"]) == (1, [0, 0, 0, 0])


def test_a_residual_block_has_two_lanes_and_its_surroundings_one(page: Page) -> None:
    graph = lanes(page, [], [0], [1], [2], [1, 3], [4])
    assert graph["at"] == [0] * 6
    assert widths(graph) == [1, 2, 2, 2, 1]


def test_residual_blocks_in_a_row_share_their_second_lane(page: Page) -> None:
    graph = lanes(page, [], [0], [1], [0, 2], [3], [3, 4])
    assert (graph["count"], widths(graph)) == (2, [2] * 5)


def test_a_projection_on_the_shortcut_lies_beside_the_main_path(page: Page) -> None:
    assert lanes(page, [], [0], [1], [0], [2, 3], [4])["at"] == [0, 0, 0, 1, 0, 0]


def test_four_parallel_branches_have_four_lanes_and_the_longest_lane_0(page: Page) -> None:
    graph = lanes(page, [], [0], [0], [2], [0], [4], [5], [0], [1, 3, 6, 7])
    assert graph["at"] == [0, 1, 2, 2, 0, 0, 0, 3, 0]
    assert widths(graph) == [4] * 8
    joining = {edge["from"]: edge["lane"] for edge in graph["edges"] if edge["to"] == 8}
    assert joining == {1: 1, 3: 2, 6: 0, 7: 3}


def test_squeeze_and_excitation_inside_a_residual_block_is_nested_in_it(page: Page) -> None:
    graph = lanes(page, [], [0], [1], [2], [3], [1, 4], [0, 5])
    past = {(edge["from"], edge["to"]): edge["lane"] for edge in graph["edges"] if edge["lane"]}
    assert past == {(1, 5): 1, (0, 6): 2}


def test_in_a_dense_block_each_output_has_one_lane_for_all_its_readers(page: Page) -> None:
    graph = lanes(page, [], [0], [0, 1], [0, 1, 2], [0, 1, 2, 3])
    past = {(edge["from"], edge["lane"]) for edge in graph["edges"] if edge["lane"]}
    assert past == {(0, 3), (1, 2), (2, 1)}
    assert graph["at"] == [0] * 5


@pytest.mark.parametrize("seed", range(20))
def test_a_lane_carries_one_output_at_a_time_and_avoids_the_dots_of_others(page: Page, seed: int) -> None:
    random = np.random.default_rng(seed)
    inputs = [sorted({int(random.integers(at)) for _ in range(random.integers(1, 4))}) for at in range(1, 25)]
    graph = lanes(page, [], *inputs)
    carried: dict[tuple[int, int], int] = {}
    for edge in graph["edges"]:
        for gap in range(edge["from"], edge["to"]):
            assert carried.setdefault((edge["lane"], gap), edge["from"]) == edge["from"]
        assert edge["lane"] not in graph["at"][edge["from"] + 1 : edge["to"]]
    assert len(graph["edges"]) == sum(map(len, inputs))


def test_layers_are_shown_under_their_block_which_an_inner_one_does_not_interrupt(page: Page) -> None:
    names = ["conv1", "layer1.0.conv1", "layer1.0.down.0", "layer1.0.add", "layer1.1.block.0", "layer1.1.add"]
    blocks = page.evaluate("(names) => window.part.blocksOf(names)", names)
    assert blocks == ["", "layer1.0", "layer1.0", "layer1.0", "layer1.1.block", "layer1.1"]


def test_a_block_is_named_once_and_its_layers_by_the_rest_of_their_names(page: Page) -> None:
    render(page, RESIDUAL)
    assert page.locator(".heading").all_text_contents() == ["layer1.0"]
    rows = page.locator(".layer .name").all_text_contents()
    assert rows == ["input", "conv1", "conv2", "downsample.0", "add", "fc"]
    assert "layer1.0.conv2" in str(page.locator(".layer").nth(2).get_attribute("title"))


def test_a_row_says_shape_kind_and_parameters(page: Page) -> None:
    render(page, RESIDUAL)
    row = page.locator("li[data-name=fc]")
    assert row.locator(".shape").inner_text() == "1,024 × 56 × 56"
    assert row.locator(".kind").inner_text() == "Convolution, 3 × 3"
    assert row.locator(".parameters").inner_text() == "4,640"


def test_names_are_text_whatever_they_contain(page: Page) -> None:
    render(page, [("input",), ("<img src=x onerror=alert(1)>", "input")])
    assert page.locator(".layer .name").nth(1).inner_text() == "<img src=x onerror=alert(1)>"
    assert page.locator("img").count() == 0


def test_a_click_selects_a_layer_and_reports_its_name_once(page: Page) -> None:
    for _ in range(3):
        render(page, RESIDUAL)
    page.locator("li[data-name='layer1.0.add']").click()
    page.locator("li[data-name='layer1.0.add']").click()
    page.locator(".heading").click()
    assert selected(page) == "layer1.0.add"
    assert page.evaluate("() => window.picks") == [["pick", "layer1.0.add"]]


def test_the_keyboard_moves_the_selection(page: Page) -> None:
    render(page, RESIDUAL)
    page.locator("li[aria-selected=true]").focus()
    for key in ("ArrowUp", "ArrowDown", "ArrowDown", "ArrowUp", "End", "ArrowDown", "Home"):
        page.keyboard.press(key)
    names = [value for _, value in page.evaluate("() => window.picks")]
    assert names == ["layer1.0.conv1", "layer1.0.conv2", "layer1.0.conv1", "fc", "input"]
    expect(page.locator("li[data-name=input]")).to_be_focused()


def test_a_late_answer_does_not_undo_a_later_click(page: Page) -> None:
    render(page, RESIDUAL)
    page.locator("li[data-name='layer1.0.add']").click()
    page.locator("li[data-name=fc]").click()
    render(page, RESIDUAL)  # sent before the clicks arrived
    render(page, RESIDUAL, chosen="layer1.0.add")
    assert selected(page) == "fc"


def test_the_server_may_choose_another_layer(page: Page) -> None:
    render(page, RESIDUAL)
    page.locator("li[data-name=fc]").click()
    render(page, RESIDUAL, chosen="fc")
    render(page, RESIDUAL, chosen="layer1.0.conv1", turn=2)
    assert selected(page) == "layer1.0.conv1"


def test_lines_and_a_dot_for_each_layer_are_drawn(page: Page) -> None:
    render(page, RESIDUAL)
    assert page.locator(".lines").get_attribute("data-lanes") == "2"
    assert page.locator("circle").count() == len(RESIDUAL)
    assert str(page.locator(".all").get_attribute("d")).count("M") == 6


def test_lines_of_the_layer_under_the_pointer_else_of_the_selected_one_are_coloured(page: Page) -> None:
    render(page, RESIDUAL)
    assert lit(page) == 2  # the input has two readers
    page.locator("li[data-name='layer1.0.add']").hover()
    assert lit(page) == 3  # reads two, is read by one
    page.mouse.move(800, 600)
    assert lit(page) == 2


@pytest.mark.parametrize("count", [12, 48])
def test_the_lanes_of_a_dense_block_get_closer_until_they_fit(page: Page, count: int) -> None:
    names = [f"layer{number}" for number in range(count)]
    render(page, [(name, *names[:number]) for number, name in enumerate(names)], chosen="layer0")
    assert page.locator(".lines").get_attribute("data-lanes") == str(count - 1)
    assert page.locator(".lines").bounding_box()["width"] <= 64  # type: ignore[index]


def test_thumbnails_show_what_was_sent_in_the_colours_of_their_table(page: Page) -> None:
    ends = np.array([[0, 255]], np.uint8)
    render(page, RESIDUAL[:2], thumbs=[ends, ends[:, ::-1]], signed=[False, True])
    assert pixels(page, "input") == [[68, 1, 84], [253, 231, 37]]
    assert pixels(page, "layer1.0.conv1") == [[103, 0, 31], [5, 48, 97]]


def test_signed_thumbnails_have_a_dark_middle_on_a_dark_page(page: Page) -> None:
    load(page, dark=True)
    render(page, [("input",)], thumbs=[np.array([[0, 128, 255]], np.uint8)], signed=[True])
    low, middle, high = pixels(page, "input")
    assert (low, high) == ([158, 176, 255], [255, 173, 173])
    assert max(middle) < 32


def test_thumbnails_fit_into_their_square(page: Page) -> None:
    thumbs = [np.zeros(shape, np.uint8) for shape in ((1, 1), (4, 32))]
    render(page, RESIDUAL[:2], thumbs=thumbs)
    boxes = [page.locator("canvas").nth(index).bounding_box() for index in range(2)]
    assert [(box["width"], box["height"]) for box in boxes if box] == [(36, 36), (36, 4.5)]


def test_other_thumbnails_keep_rows_scroll_and_selection(page: Page) -> None:
    render(page, CHAIN, chosen="conv2")
    page.evaluate(f"() => {{ window.row = {LIST}.querySelector('li'); {LIST}.scrollTop = 333; }}")
    render(page, CHAIN, chosen="conv2", thumbs=[np.full((2, 2), 255, np.uint8)] * 40, identity="b")
    assert page.evaluate(f"() => window.row === {LIST}.querySelector('li') && {LIST}.scrollTop") == 333
    assert pixels(page, "conv39") == [[253, 231, 37]] * 4
    assert page.locator(".network").get_attribute("data-painted") == "b"


def test_another_network_replaces_the_rows(page: Page) -> None:
    render(page, CHAIN, chosen="conv20")
    render(page, RESIDUAL, chosen="fc")
    assert (page.locator(".layer").count(), selected(page)) == (len(RESIDUAL), "fc")


def test_the_selected_layer_is_scrolled_into_sight_and_the_page_stays(page: Page) -> None:
    page.evaluate("() => { document.body.style.paddingTop = '2000px'; }")
    render(page, CHAIN, chosen="conv30")
    top, bottom = page.evaluate(
        f"""() => {{ const box = {LIST}.querySelector('[aria-selected=true]').getBoundingClientRect();
        const list = {LIST}.getBoundingClientRect();
        return [box.top - list.top, list.bottom - box.bottom]; }}"""
    )
    assert top >= 0
    assert bottom >= 0
    assert page.evaluate("() => window.scrollY") == 0


@pytest.mark.parametrize("width", [200, 230, 330, 350, 700])
def test_nothing_overflows_at_any_width(page: Page, width: int) -> None:
    page.evaluate("(width) => { document.getElementById('host').style.width = `${width}px`; }", width)
    render(page, [("input",), ("features.denseblock3.denselayer17.a_long_name_for_a_layer", "input")])
    overflow = page.evaluate(
        f"""() => {{ const right = {LIST}.getBoundingClientRect().right;
        const parts = [...{LIST}.querySelectorAll('.shape, .kind, .name, .thumb')];
        return parts.filter((part) => part.getBoundingClientRect().right > right).length; }}"""
    )
    assert overflow == 0
    assert page.evaluate(f"() => {LIST}.scrollWidth <= {LIST}.clientWidth")


def test_the_strip_is_low_on_a_phone_where_it_is_alone_in_its_row(page: Page) -> None:
    render(page, CHAIN)
    assert page.evaluate(f"() => {LIST}.offsetHeight") > 400
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate(f"() => {LIST}.offsetHeight") <= 220
