"""A stack of layers as it grows, against networks that are there and sums in one's head."""

import json
from typing import Any

import pytest
import torch

from vizcore.exhibits import feature_maps
from vizcore.toolkit import recipes, specs, stacks
from vizcore.toolkit.spec_json import read
from vizcore.toolkit.stacks import stack

GREY, COLOUR = (1, 32, 32), (3, 32, 32)
CONV = {"kind": "conv", "out": 4, "kernel": 5}
END = [{"kind": "flatten"}, {"kind": "linear", "out": 10}]


def recipe(name: str, shape: tuple[int, int, int] = GREY, norm: bool = False) -> specs.Spec:
    classes = tuple("0123456789")
    return recipes.network(name, shape[0], shape[1], classes, recipes.Style("relu", norm, 0.5))


def test_shapes_parameters_and_fields_of_three_layers() -> None:
    conv, flat, linear = stack([CONV, *END], GREY, 10).rows
    assert (conv.shape, conv.parameters, conv.field) == ("4 maps of 28 × 28", 4 * 26, 5)
    assert (flat.shape, flat.parameters, flat.field) == ("a list of 3,136 numbers", 0, None)
    assert linear.parameters == 3136 * 10 + 10


@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize("name", recipes.RECIPES)
def test_every_recipe_is_good_and_has_the_parameters_of_its_network(name: str, norm: bool) -> None:
    spec = recipe(name, norm=norm)
    found = stack(stacks.entries(spec), GREY, 10)
    assert found.parameters == sum(weight.numel() for weight in specs.build(spec).parameters())
    assert specs.from_token(found.token).layers == spec.layers


def test_receptive_fields_are_those_of_the_pages_that_look_into_networks() -> None:
    spec = recipe("resnet")
    found = stack(stacks.entries(spec), GREY, 10)
    for row in found.rows:
        known = feature_maps.field_size(found.token, row.name)
        assert row.field == (known and known[0]), row.name


def test_a_layer_that_does_not_fit_says_so_beside_it_and_those_before_it_are_measured() -> None:
    found = stack([CONV, {"kind": "linear", "out": 10}, {"kind": "relu"}], GREY, 10)
    assert [row.name for row in found.rows] == ["conv1", "linear1", "relu1"]
    assert found.rows[0].shape
    assert "put flatten before it" in found.rows[1].why
    assert (found.rows[2].shape, found.token) == ("", "")


@pytest.mark.parametrize(
    ("entries", "place", "why"),
    [
        ([CONV, {"kind": "flatten"}, {"kind": "linear", "out": 7}], 2, "for 10 classes; both must be equal"),
        ([CONV], 0, "end with flatten and linear"),
        ([CONV, {"kind": "relu", "from": "input"}, *END], 0, "no layer takes what it gives"),
        ([{"kind": "relu", "from": "nobody"}, *END], 0, "there is no earlier layer called 'nobody'"),
        ([{"kind": "conv", "out": 5_000}, *END], 0, "must be a whole number from 1 to 4,096"),
        ([{"kind": "conv", "out": 4_096, "padding": 15}, *END], 0, "values in one layer are too many"),
        ([{"kind": "max_pool", "kernel": 15, "stride": 15}] * 3 + END, 1, "does not fit into maps"),
        ([CONV, "<b>"], 1, "it must be an object"),
    ],
)
def test_what_cannot_be_is_said_beside_the_layer_concerned(entries: Any, place: int, why: str) -> None:
    found = stack(entries, GREY, 10)
    assert len(found.rows) == len(entries)
    assert why in found.rows[place].why
    assert found.token == ""


@pytest.mark.parametrize("entries", [[], None, {}, "x", 1, [{"kind": "relu"}] * 101])
def test_what_is_no_list_of_layers_is_wrong_as_a_whole(entries: Any) -> None:
    found = stack(entries, GREY, 10)
    assert found.rows == ()
    assert "list of 1 to 100 layers" in found.why


def test_a_layer_that_another_asks_for_keeps_its_name_when_it_moves() -> None:
    three = [CONV, {"kind": "relu"}, {"kind": "relu"}, {"kind": "add", "from": ["relu1", "relu2"]}, *END]
    spec = specs.parse(json.dumps({"input": GREY, "layers": three}))
    assert [entry.get("name") for entry in stacks.entries(spec)[:4]] == [None, "relu1", "relu2", None]


def test_a_network_follows_other_pictures_and_other_classes() -> None:
    found = stacks.fitted(recipe("resnet"), COLOUR, 3)
    assert (found.input_shape, len(found.classes)) == (COLOUR, 3)
    assert specs.build(found)(torch.zeros(1, *COLOUR)).shape == (1, 3)


def test_a_menu_entry_with_its_first_settings_is_a_layer_unless_it_needs_two() -> None:
    for kind in stacks.kinds():
        if kind["inputs"] == 1:
            entry = {"kind": kind["kind"], **kind["first"]}
            assert specs.layer_of(read(json.dumps(entry)), []).kind == kind["kind"]
