"""Names, titles and links are shown as the text that they are, wherever they come from."""

import io
import json
import zipfile
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.browser import injected, told
from tests.browser.injected import PAYLOADS, Place
from tests.browser.watching import READY, Watched
from tests.runs.rehearsing import leave_no_run, until_state
from vizcore import runs
from vizcore.toolkit import specs
from vizcore.toolkit.images import encode_png
from vizcore.toolkit.labels import clean_label

NAMES = list(PAYLOADS)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with injected.place(tmp_path_factory.mktemp("injected")) as place:
        yield place


@pytest.fixture
def watched(browser: Browser, place: Place) -> Iterator[Watched]:
    watched = Watched(browser, place.address)
    yield watched
    watched.context.close()


@pytest.fixture
def run() -> Iterator[str]:
    """A training that is over, with classes that are called as the payloads."""
    names = [clean_label(text) for text in PAYLOADS.values()]
    labels = np.repeat(np.arange(len(names)), 8)
    pictures = np.random.default_rng(0).integers(0, 256, (len(labels), 3, 32, 32), np.uint8)
    arrays = {"images": pictures, "labels": labels, "classes": np.array(names)}
    run = runs.start("live_training.train", {"data": "own", "net": "mlp", "epochs": 1, "batch": 40}, arrays)
    until_state(run, "finished")
    yield run
    leave_no_run()


def test_classes_of_a_run_are_text(run: str, place: Place, watched: Watched) -> None:
    page = watched.open(f"{place.address}/live-training?view=pictures&run={run}")
    expect(page.get_by_text("javascript:hit()").first).to_be_attached(timeout=READY)
    watched.assert_harmless()
    assert told.loud(place.port, f"live-training?view=step&run={run}") == []


def test_no_view_says_titles_classes_or_links_as_markdown(place: Place) -> None:
    loud = []
    for at, (page, view) in enumerate(told.views()):
        title = NAMES[at % len(NAMES)]
        for given in (told.hostile(page, view, at) | {"net": place.nets[title]}, {"net": place.nets[title]}):
            loud += [(page, view, title, one) for one in told.loud(place.port, told.link(page, view, given))]
    assert loud == []


@pytest.mark.parametrize("page", sorted({page for page, _ in told.views()}))
def test_a_page_whose_link_is_hostile_stays_a_page(place: Place, watched: Watched, page: str) -> None:
    view = next(view for key, view in told.views() if key == page)
    given = told.hostile(page, view) | {"net": place.nets["a drawing"]}
    watched.open(f"{place.address}/{told.link(page, view, given)}")
    watched.assert_harmless()


def test_titles_and_classes_of_own_weights_are_text(place: Place, watched: Watched) -> None:
    page = watched.open(f"{place.address}/feature-maps?net={place.nets['a foreign picture']}")
    expect(page.get_by_text(f"{PAYLOADS['a foreign picture']} says: ").first).to_be_visible(timeout=READY)
    chart = page.get_by_test_id("stEChartsChart").last.bounding_box()
    for share in range(1, 10):  # the names of charts are shown under the pointer, too
        page.mouse.move(chart["x"] + 0.6 * chart["width"], chart["y"] + share * chart["height"] / 10)
        page.wait_for_timeout(50)
    watched.assert_harmless()


def test_names_of_files_are_text(place: Place, watched: Watched) -> None:
    page = watched.open(f"{place.address}/feature-maps")
    for at, name in enumerate([*PAYLOADS.values()][::5]):
        page.get_by_test_id("stSidebar").locator("button[data-name]").first.click(timeout=READY)
        picture = encode_png(np.full((20, 30, 3), at / 40, np.float32))
        file = {"name": name[:250].replace("\0", "") + ".png", "mimeType": "image/png", "buffer": picture}
        page.get_by_test_id("stDialog").locator("input[type=file]").set_input_files(file)
        expect(page.get_by_test_id("stDialog")).to_have_count(0, timeout=READY)
    page.get_by_test_id("stSidebar").locator("button[data-name]").first.click(timeout=READY)
    expect(page.get_by_test_id("stDialog").get_by_text("This visit")).to_be_visible(timeout=READY)
    watched.assert_harmless()


def archive() -> bytes:
    """An archive whose folders are called as the payloads."""
    out, picture = io.BytesIO(), encode_png(np.full((20, 30, 3), 0.5, np.float32))
    with zipfile.ZipFile(out, "w") as packed:
        for at, name in enumerate(PAYLOADS.values()):
            folder = name.replace("/", "|").replace("\0", "")[:400]
            for number in range(8):
                packed.writestr(f"{at}/{folder}/{number}.png", picture)
    return out.getvalue()


def test_names_of_folders_are_text(place: Place, watched: Watched) -> None:
    page = watched.open(f"{place.address}/live-training?view=pictures&t_data=own&t_net=mlp")
    page.get_by_role("button", name="Add or remove pictures").click(timeout=READY)
    found = page.get_by_test_id("stDialog")
    file = {"name": "<img src=x onerror=hit()>.zip", "mimeType": "application/zip", "buffer": archive()}
    found.locator("input[type=file]").set_input_files(file)
    expect(found.get_by_text("were added")).to_be_visible(timeout=READY)
    watched.assert_harmless()


def test_a_refusal_says_what_it_quotes_as_text(place: Place, watched: Watched) -> None:
    from safetensors.numpy import save

    page = watched.open(f"{place.address}/feature-maps")
    page.get_by_test_id("stSidebar").locator("button[data-name]").nth(1).click(timeout=READY)
    found = page.get_by_test_id("stDialog")
    found.get_by_role("tab", name="Own weights").click()
    data = save({name[:190]: np.zeros(1, np.float32) for name in PAYLOADS.values()})
    file = {"name": "![](http://evil.test/x.png).safetensors", "mimeType": "", "buffer": data}
    found.locator("input[type=file]").set_input_files(file)
    expect(found.get_by_text("fit none of the networks")).to_be_visible(timeout=READY)
    watched.assert_harmless()


def test_classes_of_an_own_architecture_are_text(place: Place, watched: Watched) -> None:
    names = [clean_label(text) for text in PAYLOADS.values()]
    layers = [{"kind": "conv", "out": 4, "kernel": 5}, {"kind": "relu"}, {"kind": "flatten"}]
    document = {"classes": names, "layers": [*layers, {"kind": "linear", "out": len(names)}]}
    token = specs.token(specs.parse(json.dumps(document | {"input": [3, 32, 32]})))
    assert told.loud(place.port, told.link("feature_maps", "", {"net": f"{token}~0"})) == []
    page = watched.open(f"{place.address}/feature-maps?net={token}~0")
    page.get_by_test_id("stSidebar").locator("button[data-name]").nth(1).click(timeout=READY)
    found = page.get_by_test_id("stDialog")
    found.get_by_role("tab", name="Own architecture").click()
    expect(found.get_by_text("nn.Linear")).to_be_visible(timeout=READY)
    watched.assert_harmless()
