"""The main job in a real Chromium: from a picture to the values of its feature maps."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.downloads import printed, saved
from vizcore.exhibits import feature_maps
from vizcore.toolkit.images import decode, encode_png
from vizcore.toolkit.samples import sample

READY = 30_000  # ms; the first page waits for PyTorch
FILES = "input[type=file]"


def opened(visit: Visit, address: str) -> Page:
    visit.page.goto(address)
    visit.page.wait_for_selector("canvas.mosaic", timeout=READY)
    painted(visit.page, "")
    return visit.page


def painted(page: Page, layer: str) -> None:
    """Wait until the mosaic of a layer is on the screen."""
    ending = f"$='{layer}'" if layer else ""
    page.wait_for_selector(f".root:has(canvas.mosaic)[data-painted{ending}]", timeout=READY)


def picture_of(page: Page) -> str:
    """All pixels of the mosaic."""
    return str(page.locator("canvas.mosaic").evaluate("(canvas) => canvas.toDataURL()"))


def expect_other_picture(page: Page, before: str) -> None:
    """Wait until the mosaic is no longer what it was."""
    for _ in range(200):
        if picture_of(page) != before:
            return
        page.wait_for_timeout(50)
    raise AssertionError("the mosaic stayed the same")


def a_photo(path: Path) -> Path:
    pixels = np.random.default_rng(4).random((40, 60, 3), dtype=np.float32)
    path.write_bytes(encode_png(pixels))
    return path


def choose_file(page: Page, path: Path) -> None:
    page.get_by_role("button", name="Change or upload").click()
    page.set_input_files(FILES, str(path))


def test_the_home_page_leads_to_the_exhibit(visit: Visit, server: str) -> None:
    visit.page.goto(server)
    card = visit.page.get_by_role("button", name="What does each layer see")
    visit.page.wait_for_selector("button img[src^='data:image/png']", timeout=READY)
    card.click()
    painted(visit.page, "relu1_1")


def test_from_upload_to_mosaic_to_value(visit: Visit, server: str, tmp_path: Path) -> None:
    page = opened(visit, f"{server}/feature-maps?net=lenet5&layer=conv1")
    before = picture_of(page)
    photo = a_photo(tmp_path / "photo.png")
    choose_file(page, photo)
    expect(page.get_by_text("60 × 40 px.").first).to_be_visible(timeout=READY)
    expect_other_picture(page, before)
    page.locator("canvas.zoom").hover(position={"x": 100, "y": 130})
    words = page.locator(".left .status").inner_text()
    channel, row, col = (
        int(word) for word in words.replace(",", "").replace(":", "").split() if word.isdigit()
    )
    maps = feature_maps.feature_maps(decode(photo.read_bytes()), "lenet5", "conv1").maps
    shown = float(words.split(": ")[1].replace("\u2212", "-"))
    assert shown == pytest.approx(float(maps[channel, row, col]), rel=5e-3)
    assert "picture=mine-" in page.url


def value_of(page: Page) -> float:
    """The value that is taken apart, as it is written behind its title."""
    return number(page.locator(".head .value").inner_text())


def number(text: str) -> float:
    return float(text.replace("\u2212", "-"))


def test_from_upload_to_a_single_multiplication(visit: Visit, server: str, tmp_path: Path) -> None:
    page = opened(visit, f"{server}/feature-maps?net=lenet5&layer=conv2")
    photo = a_photo(tmp_path / "photo.png")
    choose_file(page, photo)
    expect(page.get_by_text("60 × 40 px.").first).to_be_visible(timeout=READY)
    box = page.locator("canvas.zoom").bounding_box()
    assert box
    page.locator("canvas.zoom").click(position={"x": 2.5 * box["width"] / 10, "y": 7.5 * box["height"] / 10})
    page.wait_for_url("**unit=7.2**")
    channel = int(page.url.split("channel=")[1].split("&")[0])
    expect(page.get_by_text(f"conv2, map {channel}, row 7, column 2")).to_be_visible(timeout=READY)
    found = feature_maps.unit_arithmetic(decode(photo.read_bytes()), "lenet5", "conv2", channel, 7, 2)
    assert value_of(page) == pytest.approx(found.value, rel=5e-3)


def test_a_link_to_a_unit_shows_the_same_number(visit: Visit, server: str, browser: Browser) -> None:
    page = opened(visit, f"{server}/feature-maps?net=small_resnet&picture=shape-heart&layer=stage2.0.add")
    page.locator("canvas.zoom").click(position={"x": 60, "y": 90})
    page.wait_for_url("**unit=**")
    page.wait_for_timeout(1000)
    other = Visit(browser)
    again = opened(other, page.url)
    again.wait_for_selector(".head .value", timeout=READY)
    assert value_of(again) == value_of(page)
    other.context.close()


def test_a_drawn_digit_changes_the_prediction(visit: Visit, server: str) -> None:
    page = opened(visit, f"{server}/feature-maps?net=lenet5&picture=drawing&layer=relu1")
    pad = page.locator(".paper").bounding_box()
    assert pad
    before = picture_of(page)

    def stroke(*points: tuple[float, float]) -> None:
        places = [(pad["x"] + x * pad["width"], pad["y"] + y * pad["height"]) for x, y in points]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=8)
        page.mouse.up()

    stroke((0.5, 0.15), (0.5, 0.85))
    expect_other_picture(page, before)
    expect(page.get_by_text("LeNet-5 says: 1")).to_be_visible(timeout=READY)
    page.get_by_role("button", name="Clear").click()
    stroke((0.3, 0.2), (0.72, 0.2), (0.45, 0.85))
    expect(page.get_by_text("LeNet-5 says: 7")).to_be_visible(timeout=READY)


def test_a_click_on_a_layer_shows_its_maps_and_changes_the_link(visit: Visit, server: str) -> None:
    page = opened(visit, f"{server}/feature-maps?net=lenet5&picture=digit-3&layer=conv1")
    page.locator("li[data-name=pool2]").click()
    painted(page, "pool2")
    page.wait_for_url("**layer=pool2**")
    expect(page.get_by_text("Max pooling.", exact=True)).to_be_visible()  # its words follow the maps
    page.locator("canvas.mosaic").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**channel=**")


def test_a_link_shows_the_same_picture_of_the_same_layer(visit: Visit, server: str, browser: Browser) -> None:
    page = opened(visit, f"{server}/feature-maps?net=tiny_vgg&picture=cat&layer=conv2_1")
    page.get_by_test_id("stButtonGroup").get_by_text("variance").click()
    page.wait_for_url("**sort=variance**")
    page.locator("canvas.mosaic").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_url("**channel=**")
    page.wait_for_timeout(500)
    page.mouse.move(5, 5)
    other = Visit(browser, viewport={"width": 1280, "height": 800}, color_scheme="light")
    opened(other, page.url).wait_for_timeout(500)
    assert picture_of(other.page) == picture_of(page)
    names = [one.locator(".inspector .name").inner_text() for one in (page, other.page)]
    assert names[0] == names[1]
    other.context.close()


def test_a_bad_file_gets_advice_and_the_page_goes_on(visit: Visit, server: str, tmp_path: Path) -> None:
    page = opened(visit, f"{server}/feature-maps?net=lenet5&picture=digit-3")
    bad = tmp_path / "photo.png"
    bad.write_bytes(encode_png(sample("digit-3"))[:60])
    choose_file(page, bad)
    advice = page.get_by_test_id("stDialog").get_by_test_id("stText")
    expect(advice).to_be_visible(timeout=READY)
    assert "Traceback" not in advice.inner_text()
    page.get_by_role("button", name="Coffee").click()
    expect(page.get_by_test_id("stDialog")).to_have_count(0, timeout=READY)
    page.wait_for_url("**picture=coffee**")


def test_the_chosen_picture_and_network_stay_when_the_page_changes(visit: Visit, server: str) -> None:
    page = opened(visit, f"{server}/feature-maps?net=lenet5&picture=digit-7&layer=pool1")
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Home").click()
    page.wait_for_url("**picture=digit-7**")
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Feature maps").click()
    painted(page, "pool1")
    assert "net=lenet5" in page.url


def test_a_preset_is_a_click_and_a_link(visit: Visit, server: str) -> None:
    page = opened(visit, f"{server}/feature-maps?net=lenet5&picture=digit-3&layer=pool1")
    pill = page.get_by_role("link", name="A photograph")
    assert pill.get_attribute("href") == "?picture=cat&net=tiny_vgg&layer=relu1_2"
    pill.click()
    painted(page, "tiny_vgg relu1_2")
    page.wait_for_url("**picture=cat**")
    expect(pill).to_have_attribute("aria-current", "true")


def test_two_visitors_keep_their_own_pictures(
    visit: Visit, server: str, browser: Browser, tmp_path: Path
) -> None:
    page = opened(visit, f"{server}/feature-maps?net=lenet5&picture=digit-3&layer=conv1")
    other = Visit(browser)
    opened(other, f"{server}/feature-maps?net=lenet5&picture=digit-5&layer=conv1")
    choose_file(page, a_photo(tmp_path / "secret.png"))
    expect(page.get_by_text("secret.png")).to_be_visible(timeout=READY)
    other.page.locator("li[data-name=relu1]").click()
    painted(other.page, "relu1")
    assert other.page.get_by_text("secret.png").count() == 0
    page.wait_for_url("**picture=mine-**")
    opened(other, page.url)
    expect(other.page.get_by_text("never part of a link")).to_be_visible(timeout=READY)
    other.context.close()


def test_a_hostile_file_name_is_text(visit: Visit, server: str, tmp_path: Path) -> None:
    page = opened(visit, f"{server}/feature-maps?net=lenet5&picture=digit-3")
    choose_file(page, a_photo(tmp_path / "![x](http:evil.png) <img src=x onerror=alert(1)>.png"))
    expect(page.get_by_text("<img src=x", exact=False).first).to_be_visible(timeout=READY)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_the_screen_in_both_themes(browser: Browser, server: str, theme: str, width: int) -> None:
    visit = Visit(browser, viewport={"width": width, "height": 800}, color_scheme=theme)
    page = opened(visit, f"{server}/feature-maps?net=tiny_vgg&picture=shape-star&layer=conv1_1")
    page.wait_for_timeout(500)
    scroller = page.get_by_test_id("stMain")
    assert scroller.evaluate("(element) => element.scrollWidth - element.clientWidth") <= 0
    box = page.locator("canvas.mosaic").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    if width == 1280:
        assert box["y"] + box["height"] <= 800  # above the fold
    middle = page.locator(".inspector .bar canvas").evaluate(
        "(canvas) => [...canvas.getContext('2d').getImageData(128, 0, 1, 1).data]"
    )
    assert (max(middle[:3]) < 60) == (theme == "dark")  # zero is dark on dark, light on light
    visit.context.close()
    assert visit.complaints == []


def test_every_picture_says_what_it_shows(visit: Visit, server: str) -> None:
    page = opened(visit, f"{server}/feature-maps?net=lenet5&picture=digit-3&layer=relu1")
    page.wait_for_timeout(1000)
    assert "6 maps of layer relu1, strongest:" in str(
        page.locator("canvas.mosaic").get_attribute("aria-label")
    )
    pictures = page.locator("[data-testid=stMain] img")
    assert pictures.count() >= 3
    assert all(pictures.nth(index).get_attribute("alt") for index in range(pictures.count()))


def test_what_is_shown_can_be_taken_away(visit: Visit, server: str, tmp_path: Path) -> None:
    page = opened(visit, f"{server}/feature-maps?net=lenet5&picture=digit-3&layer=pool1&channel=2")
    maps = feature_maps.feature_maps(sample("digit-3"), "lenet5", "pool1").maps
    table = np.loadtxt(saved(page, "Map 2, as a table", tmp_path), delimiter=",")
    np.testing.assert_allclose(table, maps[2], rtol=1e-6)
    np.testing.assert_array_equal(np.load(saved(page, "as numbers", tmp_path))["maps"], maps)
    assert saved(page, "These maps, as a picture", tmp_path).read_bytes().startswith(b"\x89PNG")
    with zipfile.ZipFile(saved(page, "Every layer", tmp_path)) as archive:
        assert len(archive.namelist()) == 13  # the input and twelve layers


def test_the_script_prints_the_numbers_of_the_page(visit: Visit, server: str, tmp_path: Path) -> None:
    page = opened(visit, f"{server}/feature-maps?net=lenet5&layer=pool1&channel=2")
    choose_file(page, a_photo(tmp_path / "photo.png"))
    expect(page.get_by_text("60 × 40 px.").first).to_be_visible(timeout=READY)
    script = saved(page, "A script", tmp_path)
    saved(page, "The picture, for that script", tmp_path)
    output = printed(script)
    values = feature_maps.feature_maps(decode((tmp_path / "photo.png").read_bytes()), "lenet5", "pool1").maps[
        2
    ]
    assert f"map 2 {values.min():.6g} {values.mean():.6g} {values.max():.6g}" in output


def test_a_sum_can_be_taken_away(visit: Visit, server: str, tmp_path: Path) -> None:
    page = opened(visit, f"{server}/feature-maps?net=lenet5&picture=digit-3&layer=conv2&channel=5&unit=4.6")
    found = feature_maps.unit_arithmetic(sample("digit-3"), "lenet5", "conv2", 5, 4, 6)
    lines = saved(page, "This value's sum", tmp_path).read_text().splitlines()
    products = [float(line.split(",")[-1]) for line in lines[1:-2]]
    assert len(products) == 6 * 25 + 1
    assert sum(products) == pytest.approx(found.value, abs=1e-4)
    with np.load(saved(page, "This value's patch", tmp_path)) as arrays:
        np.testing.assert_allclose((arrays["patch"] * arrays["weights"]).ravel(), arrays["terms"][:-1])


def test_the_exported_page_works_without_a_server(visit: Visit, server: str, tmp_path: Path) -> None:
    page = opened(visit, f"{server}/feature-maps?net=lenet5&picture=digit-3&layer=conv2&channel=2")
    path = saved(page, "works offline", tmp_path)
    page.close()  # it would ask after its server
    visit.context.set_offline(True)
    alone = visit.context.new_page()
    alone.goto(path.as_uri())
    painted(alone, "conv2")
    assert alone.locator(".inspector .name").inner_text() == "Map 2"
    alone.locator("canvas.mosaic").hover(position={"x": 20, "y": 20})
    assert "row" in alone.locator(".left .status").inner_text()
    visit.context.set_offline(False)


def test_a_foreign_page_cannot_open_a_socket(visit: Visit, server: str) -> None:
    visit.page.goto(server.replace("localhost", "127.0.0.1"))
    outcome = visit.page.evaluate(
        """(url) => new Promise((resolve) => { const socket = new WebSocket(url);
        socket.onopen = () => resolve('open'); socket.onerror = () => resolve('refused'); })""",
        server.replace("http", "ws") + "/_stcore/stream",
    )
    visit.complaints.clear()
    assert outcome == "refused"


def test_back_and_forward_walk_through_the_layers(visit: Visit, server: str) -> None:
    page = opened(visit, f"{server}/feature-maps?picture=digit-3&net=lenet5&layer=conv1")
    for layer in ("relu1", "pool1"):
        page.locator(f"li[data-name={layer}]").click()
        painted(page, layer)
        page.wait_for_url(f"**layer={layer}**")
    page.go_back()
    painted(page, "relu1")
    assert "layer=relu1" in page.url
    page.go_back()
    painted(page, "conv1")
    page.go_forward()
    painted(page, "relu1")
    expect(page.locator("li[aria-selected=true]")).to_have_attribute("data-name", "relu1")


def test_a_preset_is_one_step_back(visit: Visit, server: str) -> None:
    page = opened(visit, f"{server}/feature-maps?picture=digit-3&net=lenet5&layer=conv2&channel=5&unit=4.6")
    before = page.evaluate("() => history.length")
    page.get_by_role("link", name="First edges").click()
    painted(page, "tiny_vgg relu1_1")
    page.wait_for_url("**layer=relu1_1**")
    assert page.evaluate("() => history.length") == before + 1
    page.go_back()
    painted(page, "conv2")
    expect(page.get_by_text("conv2, map 5, row 4, column 6")).to_be_visible(timeout=READY)


def test_a_link_to_what_is_not_there_says_so(visit: Visit, server: str) -> None:
    page = opened(visit, f"{server}/feature-maps?picture=digit-3&net=lenet5&layer=conv9&channel=4711")
    expect(page.get_by_text("a layer that LeNet-5 does not have")).to_be_visible()
    page.wait_for_url("**layer=relu1**")
    assert "4711" not in page.url
    page.locator("li[data-name=pool1]").click()
    painted(page, "pool1")


def test_an_own_picture_stays_in_the_gallery(visit: Visit, server: str, tmp_path: Path) -> None:
    page = opened(visit, f"{server}/feature-maps?net=lenet5&layer=conv1")
    choose_file(page, a_photo(tmp_path / "holiday.png"))
    expect(page.get_by_text("60 × 40 px.").first).to_be_visible(timeout=READY)
    page.get_by_role("link", name="A digit").click()
    painted(page, "lenet5 relu1")
    page.get_by_role("button", name="Change or upload").click()
    page.get_by_test_id("stDialog").get_by_role("button", name="holiday.png").click()
    page.wait_for_url("**picture=mine-**")
