"""Networks in the tube without a browser: references in links, missing weights, own architectures."""

import io
import threading
from collections.abc import Callable

import pytest
import torch
from streamlit.testing.v1 import AppTest

from pages.frame import networks
from pages.frame.downloading import MB, Download
from vizcore.toolkit import pretrained, specs
from vizcore.toolkit.errors import InputError

Opener = Callable[..., AppTest]
THREE = '[{"kind": "conv", "out": 4, "kernel": 5}, {"kind": "flatten"}, {"kind": "linear", "out": 3}]'


def page() -> None:
    """A page that says which networks it looks through."""
    import streamlit as st

    from pages import frame
    from pages.frame import links

    names = ("picture", "net", "layer", "channel", "unit", *frame.BESIDE)
    links.follow("page", *names)
    stage = frame.current()
    frame.header("feature_maps", {}, stage)
    frame.sidebar(stage)
    if not frame.missing(stage):
        st.text(f"through {stage.net}")
        second = frame.beside(stage)
        if second and not frame.missing(second, "net2"):
            st.text(f"beside {second.net}")
    links.publish("page", *names)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opener:
    """The page, on a computer without the weights of a pretrained network."""
    monkeypatch.setattr(pretrained, "available", lambda name: False)

    def open_page(**query: str) -> AppTest:
        app = AppTest.from_function(page, default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return open_page


def texts(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.value for element in [*app.text, *app.caption, *app.subheader])


def choosing(app: AppTest, way: str) -> AppTest:
    """Open a tab of the dialog, by clicks on the card in the sidebar and on the tab."""
    app.session_state["stage.net"] = {"pick": "x"}
    app.session_state["stage.way"] = way
    return app.run()


@pytest.mark.parametrize(
    "net", ["nothing", "-1", "resnet18~12345678", "arch-AAAA", "lenet5!z-conv9-0", "x" * 60_000]
)
def test_a_link_to_no_network_shows_the_first_one_and_says_so(opened: Opener, net: str) -> None:
    app = opened(net=net)
    assert "through tiny_vgg" in texts(app)
    assert len(app.text) == 2
    assert app.query_params["net"] == "tiny_vgg"


def test_own_weights_that_are_gone_are_explained(opened: Opener) -> None:
    assert "no longer on this server" in texts(opened(net="lenet5@" + 32 * "0"))


def test_the_sidebar_says_how_large_a_network_is_and_what_its_weights_are(opened: Opener) -> None:
    assert "61,706 parameters in 12 layers; trained." in texts(opened(net="lenet5"))
    assert "61,706 parameters in 12 layers; untrained, seed 7." in texts(opened(net="lenet5~7"))
    assert "11,689,512 parameters in 69 layers; untrained, seed 3." in texts(opened(net="resnet18~3"))


def test_an_own_architecture_stands_in_the_link_as_a_whole(opened: Opener) -> None:
    names = [f"{number}: {'etc. ' * 6}" for number in range(100)]
    wide = THREE.replace("3}", "100}").replace("5}", "5}", 1)
    reference = specs.token(specs.parse(f'{{"classes": {names}, "layers": {wide}}}'.replace("'", '"'))) + "~5"
    assert len(reference) > 200
    assert f"through {reference}" in texts(opened(net=reference))


def test_the_sidebar_says_what_was_done_to_channels(opened: Opener) -> None:
    app = opened(net="lenet5~7!z-conv1-3!s-conv2-0-2")
    assert "through lenet5~7!z-conv1-3!s-conv2-0-2" in texts(app)
    assert "61,706 parameters in 12 layers; untrained, seed 7." in texts(app)
    assert "Operated on: channel 3 of conv1 cleared; channel 0 of conv2 multiplied by 2." in texts(app)


def test_sixteen_operations_on_a_large_own_architecture_fit_into_a_link(opened: Opener) -> None:
    reference = f"{specs.token(specs.parse(THREE))}~5!" + "!".join(15 * ["k-conv1-0-0-5x5-" + 134 * "A"])
    assert f"through {reference}" in texts(opened(net=reference))


def test_a_network_that_was_operated_on_needs_the_weights_of_the_network(opened: Opener) -> None:
    app = opened(net="resnet18!z-conv1-3", layer="layer1.0.add")
    assert "The weights of ResNet-18 are not on this computer" in texts(app)
    app.button(key="missing.net.resnet18~0").click().run()
    assert app.query_params["layer"] == "layer1.0.add"


def test_missing_weights_are_announced_and_nothing_else_is_shown(opened: Opener) -> None:
    app = opened(net="resnet18", picture="cat")
    assert "The weights of ResNet-18 are not on this computer" in texts(app)
    assert "resnet18-f37072fd.pth, 44.7 MB, from download.pytorch.org" in texts(app)
    assert str(pretrained.path("resnet18").parent) in texts(app)
    assert "through" not in texts(app)


def test_the_same_architecture_untrained_is_a_deliberate_choice_and_keeps_the_layer(opened: Opener) -> None:
    app = opened(net="resnet18", layer="layer1.0.add", channel="3", unit="1.1")
    app.button(key="missing.net.resnet18~0").click().run()
    assert "through resnet18~0" in texts(app)
    assert app.query_params["layer"] == "layer1.0.add"


def test_another_architecture_has_other_layers(opened: Opener) -> None:
    app = opened(net="resnet18", layer="layer1.0.add", channel="3", unit="1.1")
    app.button(key="missing.net.lenet5").click().run()
    assert not {"layer", "channel", "unit"} & set(app.query_params)


def test_weights_that_arrive_end_the_announcement(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(net="resnet18")
    monkeypatch.setattr(pretrained, "available", lambda name: True)
    assert "through resnet18" in texts(app.run())


def test_a_failed_download_is_explained(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str, progress: object, cancelled: object) -> None:
        raise InputError("No way to the *server*.")

    monkeypatch.setattr(pretrained, "download", fail)
    app = opened(net="vgg16")
    app.button(key="missing.net.start").click().run()
    for thread in threading.enumerate():
        if thread.name == "download vgg16":
            thread.join()
    assert "No way to the *server*." in texts(app.run())


def test_beside_a_network_stands_the_same_untrained(opened: Opener) -> None:
    assert "beside lenet5~0" in texts(opened(net="lenet5", beside="net"))
    assert "beside lenet5~1" in texts(opened(net="lenet5~0", beside="net"))
    assert "beside lenet5~9" in texts(opened(net="lenet5", beside="net", net2="lenet5~9"))


def test_missing_weights_of_the_second_network_leave_the_first_alone(opened: Opener) -> None:
    app = opened(net="lenet5", layer="relu1", beside="net", net2="alexnet")
    assert "through lenet5" in texts(app)
    app.button(key="missing.net2.tiny_vgg").click().run()
    assert "beside tiny_vgg" in texts(app)
    assert app.query_params["layer"] == "relu1"


def test_weights_of_another_architecture_and_seed_are_other_weights() -> None:
    digest = "lenet5@" + 32 * "a"
    known = (digest, "lenet5~5", "lenet5!z-conv1-0", "lenet5~0", "lenet5~0!z-conv1-0")
    wanted = ["lenet5~0", "lenet5~0", "lenet5~0", "lenet5~1", "lenet5~1"]
    assert [networks.untrained(net) for net in known] == wanted


def test_the_list_offers_every_network_and_says_what_choosing_it_costs(opened: Opener) -> None:
    app = choosing(opened(), "The list")
    cards = "".join(part.proto.json for part in app.get("bidi_component"))
    assert all(f'"name": "{name}"' in cards for name in ("lenet5", *pretrained.PRETRAINED))
    assert "44.7 MB, not on this computer yet" in cards
    app.segmented_control(key="stage.weights").set_value("untrained").run()
    app.number_input(key="stage.seed").set_value(7).run()
    cards = "".join(part.proto.json for part in app.get("bidi_component"))
    assert '"name": "resnet18~7"' in cards
    assert "not on this computer" not in cards


@pytest.mark.parametrize("way", ["The list", "Own architecture"])
def test_the_choice_begins_with_the_seed_of_a_network_that_was_operated_on(opened: Opener, way: str) -> None:
    base = f"{specs.token(specs.parse(THREE))}~6" if way == "Own architecture" else "lenet5~6"
    app = choosing(opened(net=f"{base}!z-conv1-3"), way)
    assert app.number_input(key="stage.seed").value == 6


def test_an_own_architecture_is_shown_as_code_and_used(opened: Opener) -> None:
    app = choosing(opened(), "Own architecture")
    app.text_area(key="stage.spec").set_value(THREE).run()
    assert "nn.Conv2d(3, 4, 5)" in app.code[0].value
    app.number_input(key="stage.seed").set_value(2).run()
    next(button for button in app.button if button.label == "Use it").click().run()
    assert f"through {specs.token(specs.parse(THREE))}~2" in texts(app)


def test_what_is_wrong_with_an_architecture_is_a_sentence_that_stays_text(opened: Opener) -> None:
    app = choosing(opened(), "Own architecture")
    app.text_area(key="stage.spec").set_value('[{"kind": "**conv**"}]').run()
    assert "**conv**" in texts(app)
    assert not app.code


def test_an_example_replaces_the_text_and_an_own_architecture_can_be_changed(opened: Opener) -> None:
    reference = specs.token(specs.parse(THREE)) + "~1"
    app = choosing(opened(net=reference), "Own architecture")
    assert specs.parse(str(app.text_area(key="stage.spec").value)) == specs.parse(THREE)
    assert app.number_input(key="stage.seed").value == 1
    name, text = list(specs.EXAMPLES.items())[1]
    app.pills(key="stage.example").set_value(name).run()
    assert app.text_area(key="stage.spec").value == text


def test_weights_that_pytorch_saved_get_the_lines_that_convert_them(opened: Opener) -> None:
    saved = io.BytesIO()
    torch.save({"a": torch.zeros(2)}, saved)
    app = choosing(opened(), "Own weights")
    app.file_uploader(key="stage.checkpoint").set_value(("w.pt", saved.getvalue(), "application/zip")).run()
    assert "PyTorch file" in texts(app)
    assert app.code[0].value.count("\n") == 2


class Slow:
    """A download that goes on as far as the test lets it."""

    def __init__(self) -> None:
        self.calls, self.began, self.go_on = 0, threading.Event(), threading.Event()

    def __call__(self, progress: Callable[[int, int], None], cancelled: Callable[[], bool]) -> None:
        self.calls += 1
        progress(MB, 4 * MB)
        self.began.set()
        self.go_on.wait(10)
        if not cancelled():
            progress(4 * MB, 4 * MB)


def test_a_download_runs_once_for_all_and_says_how_far_it_is() -> None:
    slow = Slow()
    download = Download(slow)
    assert not download.running
    download.start()
    download.start()
    slow.began.wait(10)
    assert download.standing().startswith("1.0 of 4.0 MB, about ")
    slow.go_on.set()
    download._thread.join()
    assert (slow.calls, download.done, download.running) == (1, 4 * MB, False)


def test_a_stopped_download_can_start_again() -> None:
    slow = Slow()
    download = Download(slow)
    download.start()
    download.stop()
    slow.go_on.set()
    download._thread.join()
    assert download.done < 4 * MB
    download.start()
    download._thread.join()
    assert download.done == 4 * MB
