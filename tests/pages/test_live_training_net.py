"""The network of a run: recipes, and one that was built layer by layer, in the list and in the link."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import live_training_net as net
from tests.pages.convolution_views import message
from vizcore.toolkit import recipes, specs
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.training_spec import Spec

LAYERS = '[{"kind": "conv", "out": 4, "kernel": 5}, {"kind": "flatten"}, {"kind": "linear", "out": 10}]'
TOKEN = specs.token(specs.parse(f'{{"input": [1, 32, 32], "layers": {LAYERS}}}'))


def page() -> None:
    """The control alone, for the pictures that the link names."""
    import streamlit as st

    from pages.frame import links
    from pages.parts.live_training_net import net_controls

    links.follow("live_training", "t_net")
    channels, side, classes = map(int, st.query_params.get("pictures", "1.32.10").split("."))
    st.text(net_controls(channels, side, classes))
    links.publish("live_training", "t_net")


def opened(**query: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def chosen(app: AppTest) -> str:
    assert not app.exception
    return str(app.text[0].value)


def test_a_first_visit_trains_the_first_recipe() -> None:
    app = opened()
    assert chosen(app) == "lenet5"
    assert app.selectbox[0].options == [recipe.title for recipe in recipes.RECIPES.values()]


def test_an_own_network_stands_in_the_link_as_a_whole() -> None:
    app = opened(t_net=TOKEN)
    assert chosen(app) == TOKEN == app.query_params["t_net"]
    assert app.selectbox[0].value == TOKEN
    assert Spec(net=chosen(app)).net == TOKEN


def test_an_own_network_stays_in_the_list_when_another_one_is_chosen() -> None:
    app = opened(t_net=TOKEN)
    app.selectbox[0].set_value("mlp").run()
    assert chosen(app) == "mlp"
    app.selectbox[0].set_value(TOKEN).run()
    assert chosen(app) == TOKEN


def test_an_own_network_follows_the_pictures() -> None:
    spec = specs.from_token(chosen(opened(t_net=TOKEN, pictures="3.64.3")))
    assert (spec.input_shape, len(spec.classes)) == ((3, 64, 64), 3)


def test_an_own_network_that_does_not_fit_stays_as_it_is() -> None:
    wide = [{"kind": "max_pool", "kernel": 15}, *json.loads(LAYERS)[1:]]
    spec = specs.parse(json.dumps({"input": [1, 32, 32], "layers": wide}))
    assert chosen(opened(t_net=specs.token(spec), pictures="1.8.10")) == specs.token(spec)


@pytest.mark.parametrize("value", ["arch-", "arch-AAAA", "<b>", "x" * 9_000, "é"])
def test_a_hostile_network_is_that_of_a_first_visit(value: str) -> None:
    assert chosen(opened(t_net=value)) == "lenet5"


def test_the_dialog_begins_with_the_network_that_is_chosen_and_its_style() -> None:
    app = opened(t_net="lenet5")
    app.session_state["t_norm"] = "yes"
    app.button[0].click().run()
    assert not app.exception
    header, _ = message(app, "kinds")
    assert [layer["kind"] for layer in header["layers"][:3]] == ["conv", "batch_norm", "relu"]
    assert header["token"]
    assert header["given"] == "1 map of 32 × 32 in, 10 classes out"


def test_what_was_built_becomes_the_network() -> None:
    app = opened()
    app.button[0].click().run()
    app.session_state["layers.built"] = {"pick": TOKEN}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(net.components, "picked", lambda key: TOKEN)
        patch.setattr(net.links, "choose", lambda name, value: app.session_state.__setitem__(name, value))
        net.take()
    assert chosen(app.run()) == TOKEN


def told(**question: Any) -> dict[str, Any]:
    packed = net.answer((1, 32, 32), 10, recipes.Style("relu", False, 0.0), question)
    found: dict[str, Any] = json.loads(packed[4 : 4 + int.from_bytes(packed[:4], "little")])
    return found


def test_the_component_is_told_what_becomes_of_its_layers_and_of_recipes() -> None:
    assert told(layers=json.loads(LAYERS))["token"] == TOKEN
    found = told(recipe="resnet")
    assert len(found["layers"]) == len(found["rows"])
    assert specs.from_token(found["token"])


@pytest.mark.parametrize(
    "layers",
    [None, 1, "x", {}, [1], [[]], [{}], [{"kind": {}}], [{"kind": "conv", "out": 1e400}], [None] * 200],
)
def test_layers_from_anybody_are_judged_in_sentences(layers: Any) -> None:
    found = told(layers=layers)
    assert found["why"] or any(row["why"] for row in found["rows"])
    assert found["token"] == ""


@pytest.mark.parametrize("recipe", [None, 1, [], {}, "x", "__class__"])
def test_a_recipe_that_is_not_there_is_refused(recipe: Any) -> None:
    with pytest.raises(InputError, match="no network to train"):
        told(recipe=recipe)
