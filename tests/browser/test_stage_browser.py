"""Pictures and networks in a real Chromium: every way in, on a computer without internet."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Locator, Page, expect
from safetensors.torch import load_file, save_file

from tests.browser import chromium
from tests.browser.conftest import Visit
from tests.browser.servers import ROOT, streamlit_server
from vizcore.toolkit.images import encode_png

READY = 30_000  # ms; the first page waits for PyTorch
FAKE_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
COUNT_CAMERAS = """
window.asked = 0;
const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wish) => { window.asked += 1; return real(wish); };
"""
SEEN = "(video) => video.readyState > 2 || new Promise((seen) => { video.oncanplay = () => seen(true); })"
THREE = '[{"kind": "conv", "out": 4, "kernel": 5}, {"kind": "flatten"}, {"kind": "linear", "out": 3}]'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that has no pretrained weights and cannot fetch any."""
    folder = tmp_path_factory.mktemp("offline")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TORCH_HOME", str(folder / "torch"))
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            patch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
        patch.setenv("no_proxy", "localhost")
        with streamlit_server("run", "app.py", log=folder / "log.txt") as address:
            yield address


def opened(visit: Visit, address: str) -> Page:
    visit.page.goto(address)
    expect(cards(visit.page)).to_have_count(2, timeout=READY)
    return visit.page


def cards(page: Page) -> Locator:
    """The two in the sidebar: the picture and the network."""
    return page.get_by_test_id("stSidebar").locator("button[data-name]")


def dialog(page: Page, card: int, tab: str = "") -> Locator:
    """Open the dialog of a card, and a tab of it."""
    cards(page).nth(card).click()
    found = page.get_by_test_id("stDialog")
    if tab:
        found.get_by_role("tab", name=tab).click()
    return found


def upload(page: Page, path: Path, grey: float) -> None:
    path.write_bytes(encode_png(np.full((20, 30, 3), grey, np.float32)))
    found = dialog(page, 0)
    found.locator("input[type=file]").set_input_files(path)
    expect(found).to_have_count(0, timeout=READY)


def mosaic(page: Page) -> str:
    """All pixels of the maps on the screen."""
    page.wait_for_selector(".root[data-painted]", timeout=READY)
    return str(page.locator("canvas.mosaic").evaluate("(canvas) => canvas.toDataURL()"))


def test_the_camera_is_asked_for_when_it_is_wanted_and_gives_a_picture(browser: Browser, home: str) -> None:
    flags = [*chromium.FLAGS, *FAKE_CAMERA]
    with browser.browser_type.launch(executable_path=chromium.find(), args=flags) as camera:
        visit = Visit(camera)
        visit.page.add_init_script(COUNT_CAMERAS)
        page = opened(visit, home)
        found = dialog(page, 0)
        expect(found.get_by_role("button", name="Cat")).to_be_visible(timeout=READY)
        assert page.evaluate("window.asked") == 0
        found.get_by_text("The camera").click()
        found.locator("video").evaluate(SEEN, timeout=READY)
        found.get_by_role("button", name="Take Photo").click(timeout=READY)
        expect(cards(page).first).to_contain_text("From the camera", timeout=READY)
        page.wait_for_url("**picture=mine-*")
    assert visit.complaints == []


def test_pictures_of_the_visit_come_first_and_go_back(visit: Visit, home: str, tmp_path: Path) -> None:
    page = opened(visit, home)
    upload(page, tmp_path / "dark.png", 0.2)
    upload(page, tmp_path / "light.png", 0.8)
    expect(cards(page).first).to_contain_text("light.png")
    found = dialog(page, 0)
    expect(found.locator("h3").first).to_have_text("This visit")
    assert found.locator(".grid").first.locator("strong").all_inner_texts() == ["light.png", "dark.png"]
    found.get_by_role("button", name="dark.png").click()
    expect(cards(page).first).to_contain_text("dark.png", timeout=READY)


def test_what_is_drawn_changes_the_maps(visit: Visit, home: str) -> None:
    page = opened(visit, f"{home}/feature-maps?net=lenet5&picture=digit-3&layer=conv1")
    dialog(page, 0).get_by_text("A drawing").click()
    page.wait_for_url("**picture=drawing**")
    pad = page.get_by_role("application")
    expect(pad).to_be_visible(timeout=READY)
    page.wait_for_timeout(500)
    before = mosaic(page)
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 150, steps=10)
    page.mouse.up()
    page.wait_for_timeout(1000)
    assert mosaic(page) != before


def test_own_weights_from_the_wrong_file_to_the_right_one(visit: Visit, home: str, tmp_path: Path) -> None:
    weights = load_file(ROOT / "vizcore" / "weights" / "lenet5.safetensors")
    torch.save(weights, tmp_path / "mine.pt")
    save_file({f"module.{name}": tensor for name, tensor in weights.items()}, tmp_path / "mine.safetensors")
    page = opened(visit, home)
    found = dialog(page, 1, "Own weights")
    found.locator("input[type=file]").set_input_files(tmp_path / "mine.pt")
    expect(found.get_by_test_id("stCode")).to_contain_text("save_file", timeout=READY)
    found.locator("input[type=file]").set_input_files(tmp_path / "mine.safetensors")
    expect(cards(page).nth(1)).to_contain_text("LeNet-5 with own weights", timeout=READY)
    expect(page.get_by_text("The prefix module. was removed.")).to_be_visible()
    page.wait_for_url("**net=lenet5%40*")


def test_whoever_has_the_link_can_use_own_weights(
    visit: Visit, home: str, tmp_path: Path, browser: Browser
) -> None:
    weights = load_file(ROOT / "vizcore" / "weights" / "lenet5.safetensors")
    save_file({name: tensor / 2 for name, tensor in weights.items()}, tmp_path / "half.safetensors")
    page = opened(visit, home)
    dialog(page, 1, "Own weights").locator("input[type=file]").set_input_files(tmp_path / "half.safetensors")
    page.wait_for_url("**net=lenet5%40*", timeout=READY)
    other = Visit(browser)
    opened(other, page.url)
    expect(cards(other.page).nth(1)).to_contain_text("LeNet-5 with own weights")
    other.context.close()


def test_an_own_architecture_becomes_code_and_then_a_link(visit: Visit, home: str, browser: Browser) -> None:
    page = opened(visit, home)
    found = dialog(page, 1, "Own architecture")
    text = found.get_by_label("Its layers, as JSON")
    text.fill(THREE)
    text.press("Control+Enter")
    expect(found.get_by_test_id("stCode")).to_contain_text("nn.Conv2d(3, 4, 5)", timeout=READY)
    found.get_by_role("button", name="Use it").click()
    page.wait_for_url("**net=arch-*", timeout=READY)
    other = Visit(browser)
    opened(other, page.url)
    expect(cards(other.page).nth(1)).to_contain_text("Own architecture, untrained (seed 0)")
    other.context.close()


def test_without_internet_the_way_out_is_named_and_works(visit: Visit, home: str) -> None:
    page = opened(visit, f"{home}/feature-maps?net=resnet18&picture=cat")
    page.get_by_role("button", name="Download 44.7 MB").click(timeout=READY)
    sentence = page.get_by_text("the download did not work")
    expect(sentence).to_be_visible(timeout=READY)
    words = sentence.inner_text()
    assert "resnet18-f37072fd.pth" in words
    assert "torch/hub/checkpoints" in words
    page.get_by_role("button", name="Use it untrained").click()
    page.wait_for_url("**net=resnet18~0**", timeout=READY)
    assert mosaic(page)


def test_a_link_to_an_untrained_network_with_a_seed_works(visit: Visit, home: str) -> None:
    page = opened(visit, f"{home}/feature-maps?net=resnet18~3&picture=cat")
    assert mosaic(page)
    expect(page.get_by_test_id("stSidebar")).to_contain_text("untrained, seed 3")


def test_a_network_from_the_list(visit: Visit, home: str) -> None:
    page = opened(visit, f"{home}?net=lenet5~7")
    found = dialog(page, 1)
    assert found.get_by_label("Seed").input_value() == "7"
    found.locator("button[data-name='squeezenet1_1~7']").click(timeout=READY)
    expect(cards(page).nth(1)).to_contain_text("SqueezeNet 1.1, untrained (seed 7)", timeout=READY)


@pytest.mark.parametrize(
    ("card", "tab"), [(0, ""), (1, "The list"), (1, "Own weights"), (1, "Own architecture")]
)
def test_the_dialogs_fit_a_telephone(browser: Browser, home: str, card: int, tab: str) -> None:
    visit = Visit(browser, viewport={"width": 390, "height": 800})
    visit.page.goto(home)
    visit.page.get_by_test_id("stExpandSidebarButton").click(timeout=READY)
    found = dialog(visit.page, card, tab)
    visit.page.wait_for_timeout(1000)
    box = found.bounding_box()
    assert box
    assert box["x"] + box["width"] <= 390
    assert found.evaluate("(box) => box.scrollWidth - box.clientWidth") <= 0
    visit.context.close()
    assert visit.complaints == []
