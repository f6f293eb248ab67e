"""What a landscape is of: weights, their parts, and the pictures that belong to a network."""

import dataclasses

import numpy as np
import pytest
import torch
from torch.func import functional_call
from torch.nn import functional as F

from vizcore.toolkit import specs, subjects
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.nets import NETS
from vizcore.toolkit.training import Training
from vizcore.toolkit.training_spec import Spec

RESNET = Spec(net="resnet", norm=True, count=100, share=0.2, batch=40)


@pytest.fixture(scope="module")
def lenet() -> subjects.Subject:
    return subjects.of_network("lenet5")


def test_operations_are_two_for_each_weight_at_each_place() -> None:
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.Flatten(), torch.nn.Linear(2 * 4, 3))
    assert subjects.operations(net, (1, 4, 4)) == 2 * (2 * 4 * 9 + 8 * 3)


def test_lenet_comes_with_all_digits_and_knows_them(lenet: subjects.Subject) -> None:
    assert lenet.images.shape == (1797, 1, 32, 32)
    with torch.inference_mode():
        right = lenet.module(lenet.images).argmax(1) == lenet.labels
    assert right.float().mean() > 0.99


@pytest.mark.parametrize("name", NETS)
def test_the_bundled_networks_know_the_pictures_they_come_with(name: str) -> None:
    subject = subjects.of_network(name, count=30)
    with torch.inference_mode():
        assert (subject.module(subject.images).argmax(1) == subject.labels).float().mean() > 0.9


def test_parts_are_where_the_tensors_lie_among_the_flat_weights(lenet: subjects.Subject) -> None:
    assert lenet.origin.shape == (61_706,)
    assert [part.kind for part in lenet.parts[:2]] == ["weight", "bias"]
    for part, (name, weight) in zip(lenet.parts, lenet.module.named_parameters(), strict=True):
        assert part.name == name
        np.testing.assert_array_equal(lenet.origin[part.where].reshape(part.shape), weight)


def test_named_weights_give_what_the_module_gives(lenet: subjects.Subject) -> None:
    named = lenet.named(torch.from_numpy(lenet.origin))
    with torch.inference_mode():
        given = functional_call(lenet.module, named, (lenet.images[:3],))
        torch.testing.assert_close(given, lenet.module(lenet.images[:3]))


def test_the_scales_of_batch_norm_are_told_from_weights_and_its_measurements_from_both() -> None:
    subject = subjects.of_network("small_resnet", count=10)
    assert {part.name: part.kind for part in subject.parts}["bn1.weight"] == "norm"
    assert subject.buffers.shape == (
        2
        * sum(
            part.end - part.begin
            for part in subject.parts
            if "bn" in part.name and part.name.endswith("weight")
        ),
    )


def test_other_weights_go_into_a_module_of_their_own(lenet: subjects.Subject) -> None:
    before = lenet.origin.copy()
    other = lenet.at(np.zeros_like(before))
    assert not other.origin.any()
    np.testing.assert_array_equal(subjects.weights_of(lenet.module), before)


def test_weights_that_do_not_fit_or_are_not_finite_are_explained(lenet: subjects.Subject) -> None:
    with pytest.raises(InputError, match="61,706 finite numbers"):
        lenet.at(np.zeros(5, np.float32))
    with pytest.raises(InputError, match="finite"):
        lenet.at(np.full(61_706, np.nan, np.float32))


def test_a_network_whose_classes_no_data_has_is_explained() -> None:
    document = (
        '{"input": [1, 32, 32], "layers": [{"kind": "flatten"}, {"kind": "linear", "out": 3}], "classes": 3}'
    )
    token = specs.token(specs.parse(document))
    with pytest.raises(InputError, match="No data set here has the classes"):
        subjects.of_network(f"{token}~0")
    with pytest.raises(InputError, match="3 classes apart, Digits has 10"):
        subjects.of_network(f"{token}~0", data="digits")


def test_grey_pictures_suit_a_network_for_colour() -> None:
    assert subjects.of_network("tiny_vgg", data="digits", count=4).images.shape == (4, 3, 64, 64)


def test_a_training_has_the_pictures_that_it_learns_from_and_those_held_out() -> None:
    run = Training(RESNET)
    learnt, held = subjects.of_training(run), subjects.of_training(run, held=True)
    assert (len(learnt.labels), len(held.labels)) == (80, 20)
    assert not learnt.module.training
    assert learnt.title == "Small ResNet on Digits"


def test_the_path_of_a_training_ends_at_its_weights() -> None:
    run = Training(RESNET)
    states = []
    for _ in range(3):
        next(run)
        states.append(run.state())
    path, buffers = subjects.of_states(states, RESNET)
    subject = subjects.of_training(run)
    np.testing.assert_array_equal(path[-1], subject.origin)
    np.testing.assert_array_equal(buffers[-1], subject.buffers)
    assert (path[0] != path[1]).any()


def test_bundled_weights_do_not_travel_and_uploaded_ones_travel_as_arrays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert subjects.carried("lenet5") == ("lenet5", {})
    monkeypatch.setattr(subjects.nets, "load", lambda _: NETS["lenet5"].build(10))
    reference, arrays = subjects.carried(f"lenet5@{'a' * 32}!z-conv1-3")
    assert reference == "lenet5~0!z-conv1-3"
    assert arrays["path"].shape == (1, 61_706)


def test_targets_that_are_no_classes_have_a_squared_error() -> None:
    outputs, targets = torch.tensor([[1.0, 2.0], [0.0, 0.0]]), torch.tensor([[0.0, 0.0], [0.0, 4.0]])
    assert subjects.losses(outputs, targets).tolist() == [2.5, 8.0]
    labels = torch.tensor([0, 1])
    torch.testing.assert_close(subjects.losses(outputs, labels).mean(), F.cross_entropy(outputs, labels))


def test_fewer_pictures_are_the_first_ones(lenet: subjects.Subject) -> None:
    assert lenet.first(0) is lenet
    assert torch.equal(lenet.first(5).images, lenet.images[:5])


def test_weights_that_are_not_finite_have_no_landscape(lenet: subjects.Subject) -> None:
    broken = lenet.at(lenet.origin)
    broken.module.conv1.bias[2] = torch.nan  # type: ignore[union-attr,operator,index]
    with pytest.raises(InputError, match="of LeNet-5 are not finite"):
        subjects.check(dataclasses.replace(broken))
