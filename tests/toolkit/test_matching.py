"""Tensors find their architecture; what does not fit is explained."""

from collections import OrderedDict
from functools import partial

import pytest
import torch
from torch import nn

from vizcore.toolkit import pretrained
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.matching import MAX_CLASSES, Architecture, fitting
from vizcore.toolkit.safetensors_header import Entry

TYPES = {torch.float32: "F32", torch.int64: "I64"}


def stack(depth: int, width: int, classes: int) -> nn.Module:
    """Convolutions with a batch norm each, and a last layer."""
    blocks = {
        f"layer{k}": nn.Sequential(nn.Conv2d(width, width, 3), nn.BatchNorm2d(width)) for k in range(depth)
    }
    return nn.Sequential(OrderedDict(blocks, fc=nn.Linear(width, classes)))


CHOICES = {
    "small": Architecture("Small", partial(stack, 2, 4), 10),
    "large": Architecture("Large", partial(stack, 4, 4), 10),
    "wide": Architecture("Wide", partial(stack, 2, 8), 10),
}
TORCHVISION = {
    name: Architecture(entry.title, partial(pretrained.build, name), 1_000)
    for name, entry in pretrained.PRETRAINED.items()
}


def entries(net: nn.Module, **others: Entry) -> dict[str, Entry]:
    found = {name: Entry(TYPES[value.dtype], tuple(value.shape)) for name, value in net.state_dict().items()}
    return found | {name.replace("_", "."): entry for name, entry in others.items()}


def refusal(found: dict[str, Entry], chosen: str | None = None) -> str:
    with pytest.raises(InputError) as caught:
        fitting(found, CHOICES, chosen)
    return str(caught.value)


# ---------------------------------------------------------------- what fits


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("classes", [1, 10, MAX_CLASSES])
def test_an_architecture_is_found_by_its_tensors_whatever_its_classes(name, classes):
    found, match = fitting(entries(CHOICES[name].build(classes)), CHOICES, None)
    assert (found, match.classes, match.share) == (name, classes, 1)


@pytest.mark.parametrize("name", TORCHVISION)
def test_architectures_of_torchvision_are_told_apart(name):
    with torch.device("meta"):
        net = pretrained.build(name, 5)
    found, match = fitting(entries(net), TORCHVISION, None)
    assert (found, match.classes) == (name, 5)


def test_counters_may_be_missing():
    found = {name: entry for name, entry in entries(stack(2, 4, 10)).items() if "num_batches" not in name}
    assert fitting(found, CHOICES, "small")[1].odd == 0


def test_a_search_draws_no_random_numbers_from_the_others():
    found, before = entries(stack(4, 4, 77)), torch.get_rng_state()
    fitting(found, CHOICES, None)
    assert torch.equal(before, torch.get_rng_state())


# ---------------------------------------------------------------- what does not


def test_the_choice_that_fits_is_named():
    assert refusal(entries(stack(4, 4, 10)), "small") == (
        "These weights do not fit Small. Unexpected: layer2.0.weight, layer2.0.bias, layer2.1.weight "
        "(14 in all). They fit Large: choose that."
    )


def test_missing_tensors_are_named():
    assert refusal(entries(stack(2, 4, 10)), "large").startswith(
        "These weights do not fit Large. Missing: layer2.0.weight, layer2.0.bias, layer2.1.weight (12 in all"
    )


def test_other_shapes_are_told():
    found = entries(stack(2, 4, 10), layer1_1_bias=Entry("F32", (5,)), layer1_1_weight=Entry("F32", ()))
    assert refusal(found, "small") == (
        "These weights do not fit Small. "
        "Other shapes: layer1.1.weight is a single number, not 4, layer1.1.bias is 5, not 4."
    )


def test_the_most_similar_is_named_when_none_fits():
    found = entries(stack(4, 4, 10), extra=Entry("F32", (2, 3)))
    similar = "Large is the most similar: 96 % of the tensors agree."
    assert refusal(found, "small").endswith(f"(15 in all). {similar}")
    assert refusal(found) == f"These weights fit none of the networks here. {similar} Unexpected: extra."


def test_nothing_is_suggested_when_nothing_is_alike():
    found = {f"encoder.{k}": Entry("F32", (2, k)) for k in range(1_500)}
    assert refusal(found) == (
        "These weights fit none of the networks here; their tensors are called encoder.0, encoder.1, "
        "encoder.2 (1,500 in all). Choose weights for a network in the list."
    )
    assert refusal(found, "small").endswith("(1,500 in all). Choose the network that they were made for.")


@pytest.mark.parametrize("classes", [0, MAX_CLASSES + 1])
def test_an_absurd_number_of_classes_is_another_shape(classes):
    found = entries(stack(2, 4, 10), fc_weight=Entry("F32", (classes, 4)), fc_bias=Entry("F32", (classes,)))
    assert f"fc.weight is {classes} x 4, not 10 x 4, fc.bias is {classes}, not 10." in refusal(found, "small")


def test_weights_and_bias_of_the_last_layer_have_to_agree_on_the_classes():
    assert "fc.bias is 5, not 10." in refusal(entries(stack(2, 4, 10), fc_bias=Entry("F32", (5,))), "small")


@pytest.mark.parametrize(
    ("name", "dtype", "usable"),
    [
        ("fc.weight", "F64", "F32 or F16 or BF16"),
        ("fc.bias", "I64", "F32 or F16 or BF16"),
        ("fc.bias", "BOOL", "F32 or F16 or BF16"),
        ("layer0.1.num_batches_tracked", "F32", "I64"),
    ],
)
def test_types_that_can_not_be_used_are_named(name, dtype, usable):
    found = entries(stack(2, 4, 10))
    found[name] = Entry(dtype, found[name].shape)
    assert refusal(found) == (
        f"The tensor {name} is stored as {dtype}, but it has to be {usable}. "
        "Convert it and save the weights again."
    )


def test_names_from_a_stranger_are_cut_and_made_printable():
    message = refusal({"<img\u202e\n" + "é" * 100 + "\ud800": Entry("F32", (1,))}, "small")
    assert "Unexpected: <img" + "?" * 56 + ". " in message
    assert "?" * 57 not in message


def test_an_unknown_choice_is_refused():
    assert "no architecture called 'alexnet2'" in refusal(entries(stack(2, 4, 10)), "alexnet2")
