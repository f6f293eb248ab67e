"""A network that takes long to be loaded: the page stands meanwhile, and goes on when it is there."""

import threading
import time
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest
from torch import nn

from pages.parts import feature_maps_panel as panels
from pages.parts import invariance_networks as networks
from pages.server import work
from tests.pages.views import linked, texts
from vizcore.toolkit import estimates, nets
from vizcore.toolkit.shared import Room, Shared

SEEDS = (41, 42)
LINK = {"picture": "digit-3", "net": "lenet5~41", "layer": "conv2"}


class Held:
    """Networks with the seeds of these links cannot be built before `free` is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free, self.built, fresh = threading.Event(), list[str](), nets.fresh

        def slowly(net: nets.Net) -> nn.Module:
            if net.seed in SEEDS:
                self.built.append(threading.current_thread().name.partition("_")[0])
                self.free.wait(20)
            return fresh(net)

        monkeypatch.setattr(nets, "fresh", slowly)
        monkeypatch.setattr(nets, "_networks", Shared(nets.nbytes, Room(10**9)))
        monkeypatch.setattr(panels, "_seen", Shared(room=Room(10**9)))


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    found = Held(monkeypatch)
    yield found
    found.free.set()


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimates, "loading", lambda _: 3.0)


def until_it_goes_on(app: AppTest) -> AppTest:
    for _ in range(200):
        if not app.get("progress"):
            return app
        time.sleep(0.05)
        app.run()
    raise AssertionError("it goes on loading")


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize("page", ["feature_maps", "filters", "invariance", "activation_functions"])
def test_the_page_stands_while_a_network_is_loaded_and_then_shows_it(held: Held, page: str) -> None:
    view = {"invariance": "network", "activation_functions": "map"}.get(page)
    app = linked(page, LINK | ({"view": view} if view else {}))
    assert "LeNet-5, untrained (seed 41) are made ready, which takes about 3 s." in texts(app)
    assert app.title[0].value  # the header is there
    assert held.built == ["awaited"]  # in no thread of a session
    held.free.set()
    app = until_it_goes_on(app)
    assert not app.exception
    assert "made ready" not in texts(app)


def test_what_takes_no_time_is_loaded_in_the_run_of_the_page(held: Held) -> None:
    held.free.set()
    assert "made ready" not in texts(linked("feature_maps", LINK))
    assert held.built == ["ScriptRunner.scriptThread"]


@pytest.mark.usefixtures("long")
def test_a_stop_answers_at_once_and_one_can_load_it_again(held: Held) -> None:
    app, began = linked("feature_maps", LINK), time.monotonic()
    app.button(key="loading.net.stop").click().run()
    assert time.monotonic() - began < 5
    (again,) = (button for button in app.button if button.label == "Load the network")
    held.free.set()
    again.click().run()
    assert not until_it_goes_on(app).exception


@pytest.mark.usefixtures("long")
def test_a_network_beside_is_loaded_for_itself(held: Held) -> None:
    held.free.set()
    app = until_it_goes_on(linked("feature_maps", LINK | {"beside": "net", "net2": "lenet5~42"}))
    assert not app.exception
    assert sorted(set(held.built)) == ["awaited"]
    assert len(held.built) == 2


@pytest.mark.usefixtures("long")
def test_what_was_seen_needs_no_network_once_more(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    held.free.set()
    until_it_goes_on(linked("feature_maps", LINK))
    monkeypatch.setattr(nets, "_networks", Shared(nets.nbytes, Room(10**9)))  # forgotten
    assert "made ready" not in texts(linked("feature_maps", LINK))


def test_answers_that_take_long_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    free, answer = threading.Event(), networks.answer
    monkeypatch.setattr(networks, "answer", lambda *given: free.wait(20) and answer(*given))
    monkeypatch.setattr("vizcore.toolkit.glances.expected", lambda _: work.LONG)
    link = {"view": "network", "picture": "digit-3", "net": "lenet5", "network_at": "5,3"}
    app = linked("invariance", link)
    assert app.get("progress")[0].proto.text.startswith("Both answers: ")
    free.set()
    for _ in range(200):
        if "What to notice" in texts(app.run()):
            break
        time.sleep(0.05)
    assert not app.exception
    assert "What to notice" in texts(app)
