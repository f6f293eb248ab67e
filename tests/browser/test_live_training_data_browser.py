"""Own pictures and downloads of the training page in a real Chromium."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import chromium
from tests.browser.conftest import Visit
from tests.runs.rehearsing import until_state
from vizcore import runs
from vizcore.runs import folder
from vizcore.toolkit.images import encode_png

READY = 30_000  # ms; the first page waits for PyTorch
FAKE_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
OWN = "live-training?view=pictures&t_data=own&t_net=mlp&t_epochs=2"


def archive(path: Path, classes: int = 2) -> Path:
    """An archive with nine pictures in each folder, and a link, a note and a damaged picture."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for label in range(classes):
            for number in range(9):
                picture = np.full((20, 30, 3), (label + number / 20) / classes, np.float32)
                packed.writestr(f"set/<b>class {label}/{number}.png", encode_png(picture))
        packed.writestr("set/<b>class 0/damaged.png", encode_png(picture)[:50])
        packed.writestr("../../etc/cron.d/evil.png", encode_png(picture))
    path.write_bytes(out.getvalue())
    return path


def dialog(page: Page, address: str) -> Locator:
    page.goto(address)
    page.get_by_role("button", name="Add or remove pictures").click(timeout=READY)
    return page.get_by_test_id("stDialog")


def run_of(page: Page) -> str:
    page.wait_for_url(re.compile("run=[0-9a-f]{32}"), timeout=READY)
    return re.findall("run=([0-9a-f]{32})", page.url)[0]


def test_pictures_that_were_brought_are_there_though_the_dialog_was_closed_with_escape(
    visit: Visit, server: str, tmp_path: Path
) -> None:
    page = visit.page
    found = dialog(page, f"{server}/{OWN}")
    found.locator("input[type=file]").set_input_files(archive(tmp_path / "mine.zip"))
    expect(found.get_by_text("18 pictures of 2 classes were added")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("no pictures of your own yet")).to_have_count(0)
    page.get_by_text("The data", exact=True).click()
    expect(page.get_by_text("There are 18 pictures of 2 classes.")).to_be_visible()
    run = run_of(page)
    page.goto("about:blank")  # nobody asks about the run any more
    runs.remove(run)


def test_a_network_learns_from_an_archive_and_its_pictures_go_with_the_run(
    visit: Visit, server: str, tmp_path: Path
) -> None:
    page = visit.page
    found = dialog(page, f"{server}/{OWN}")
    found.locator("input[type=file]").set_input_files(archive(tmp_path / "mine.zip"))
    expect(found.get_by_text("18 pictures of 2 classes were added")).to_contain_text(
        "leads out of the archive"
    )
    expect(found.get_by_role("rowheader")).to_have_text(["<b>class 0", "<b>class 1"])
    found.get_by_role("button", name="Use them").click()
    run = run_of(page)
    until_state(run, "finished")
    assert runs.arrays(run)["classes"].tolist() == ["<b>class 0", "<b>class 1"]
    runs.remove(run)
    assert not list(folder.root().rglob("images.npy"))


def test_a_hostile_archive_is_explained_and_the_page_goes_on(
    visit: Visit, server: str, tmp_path: Path
) -> None:
    found = dialog(visit.page, f"{server}/{OWN}")
    found.locator("input[type=file]").set_input_files(archive(tmp_path / "many.zip", classes=30))
    expect(found.get_by_text("at most 20 classes")).to_be_visible()
    expect(found.get_by_role("button", name="Use them")).to_be_disabled()


PLAYING = """video => new Promise((done) => {
  const look = () => (video.readyState > 2 ? done() : setTimeout(look, 50));
  look();
})"""


@pytest.fixture
def camera(browser: Browser) -> Iterator[Page]:
    """A page in a browser with a camera that shows a test picture."""
    flags = [*chromium.FLAGS, *FAKE_CAMERA]
    with browser.browser_type.launch(executable_path=chromium.find(), args=flags) as started:
        yield started.new_page()


def test_the_camera_gives_one_picture_a_click_for_the_class_that_is_named(camera: Page, server: str) -> None:
    found = dialog(camera, f"{server}/{OWN}")
    found.get_by_text("The camera", exact=True).click()
    found.get_by_label("Class of the next pictures").fill("cup")
    found.get_by_label("Class of the next pictures").press("Enter")
    for count in ("1", "2"):
        found.locator("video").evaluate(PLAYING)  # the button is there before the camera shows anything
        camera.wait_for_timeout(1000)
        found.get_by_role("button", name="Take Photo").click(timeout=READY)
        expect(found.locator(".number")).to_have_text(count, timeout=READY)
    expect(found.get_by_text("A network tells 2 to 20 classes apart here; there are 1.")).to_be_visible()
