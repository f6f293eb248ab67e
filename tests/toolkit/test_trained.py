"""Weights out of a training run, as a file that says itself what it is for."""

import io
import json
from itertools import islice

import pytest
import torch
from safetensors.torch import save

from vizcore.toolkit import checkpoints, nets, specs, trained
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.safetensors_header import read_header
from vizcore.toolkit.training import Training
from vizcore.toolkit.training_spec import Spec


@pytest.fixture(scope="module")
def run() -> Training:
    found = Training(Spec(count=300, batch=16, norm=True, augment=("shift",), device="cpu"))
    list(islice(found, 20))
    return found


def received(run: Training, title: str = "Mine") -> checkpoints.Checkpoint:
    return checkpoints.receive(io.BytesIO(trained.weights(run.state(), run.net, title)), {})


def test_a_trained_network_answers_as_it_did_in_its_run(run: Training) -> None:
    found = received(run)
    module = nets.load(f"{found.architecture}@{found.digest}", "cpu")
    held = (run.pixels(run.held_images) - 0.5) / 0.25
    torch.testing.assert_close(module(held), run.seen().logits, rtol=1e-4, atol=1e-5)


def test_other_pages_call_it_by_its_name_and_know_its_classes(run: Training) -> None:
    found = received(run, "LeNet-5 on digits, step 20, 31.0 %")
    net = nets.find(f"{found.architecture}@{found.digest}")
    assert net.title == "LeNet-5 on digits, step 20, 31.0 %"
    assert net.classes == run.data.classes


def test_equal_weights_give_equal_files(run: Training) -> None:
    files = {trained.weights(run.state(), run.net, "Mine") for _ in range(8)}
    assert len(files) == 1


def test_the_file_names_its_classes_for_other_programs_too(run: Training) -> None:
    header = read_header(io.BytesIO(trained.weights(run.state(), run.net, "Mine")))
    assert json.loads(header.metadata["classes"]) == list("0123456789")
    assert "conv1.weight" in header.tensors


def test_a_state_tells_how_often_the_network_was_right(run: Training) -> None:
    assert trained.measured(run.state()) == run.accuracy


def bundled(**metadata: str) -> io.BytesIO:
    return io.BytesIO(save(dict(nets.bundled("lenet5")), metadata))


@pytest.mark.parametrize("token", ["", "arch-", "arch-AAAA", "lenet5", "x" * 9_000, "é"])
def test_a_file_that_names_no_architecture_is_for_one_that_it_fits(token: str) -> None:
    assert checkpoints.receive(bundled(architecture=token), nets.all_architectures()).architecture == "lenet5"


def test_what_somebody_chooses_counts_more_than_what_the_file_says(run: Training) -> None:
    file = io.BytesIO(trained.weights(run.state(), run.net, "Mine"))
    with pytest.raises(InputError, match="do not fit LeNet-5"):
        checkpoints.receive(file, nets.all_architectures(), "lenet5")


def test_weights_that_do_not_fit_the_architecture_in_their_file_are_refused(run: Training) -> None:
    with pytest.raises(InputError, match="These weights fit none of the networks here"):
        checkpoints.receive(bundled(architecture=specs.token(run.net)), nets.all_architectures())


def test_a_title_from_a_file_is_one_short_line() -> None:
    found = checkpoints.receive(bundled(title="\u202e" + "long " * 99 + "\n"), nets.all_architectures())
    assert len(found.title) == 80
    assert found.title.startswith("long long")
