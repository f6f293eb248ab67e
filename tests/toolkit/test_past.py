"""A run at one of its checkpoints, against what it was when it was there."""

from itertools import islice

import numpy as np
import pytest

from vizcore.toolkit import datasets
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.inspection import inspected
from vizcore.toolkit.past import look
from vizcore.toolkit.training import Training
from vizcore.toolkit.training_spec import Spec

SPEC = Spec(count=300, batch=16, device="cpu")


@pytest.fixture
def run() -> Training:
    found = Training(SPEC)
    list(islice(found, 20))
    return found


def test_a_checkpoint_looks_as_the_run_did(run: Training) -> None:
    run.held = None  # measured anew, as of now
    was = inspected(run)
    for name, array in look(SPEC, run.state()).items():
        np.testing.assert_allclose(array, was[name], rtol=1e-5, atol=1e-6, err_msg=name)


def test_a_cell_of_the_confusion_matrix_holds_the_pictures_it_counts(run: Training) -> None:
    whole = look(SPEC, run.state())["confusion"]
    right, guess = np.unravel_index(np.argmax(whole), whole.shape)
    found = look(SPEC, run.state(), (int(right), int(guess)))
    assert found["cell"].tolist() == [right, guess]
    assert len(found["cell_images"]) == min(whole.max(), 24)
    held = run.data.held_images[run.data.held_labels == right]
    assert all((held == image).all(axis=(1, 2, 3)).any() for image in found["cell_images"])


def test_another_held_out_picture_can_be_looked_at(run: Training) -> None:
    found = look(SPEC, run.state(), probe=5)
    np.testing.assert_array_equal(found["probe"], run.data.held_images[5])


def test_there_is_no_class_beyond_the_last(run: Training) -> None:
    with pytest.raises(InputError, match="0 to 9"):
        look(SPEC, run.state(), (0, 10))


def test_a_checkpoint_of_own_pictures_looks_as_the_run_did() -> None:
    images = np.random.default_rng(0).integers(256, size=(40, 3, 32, 32), dtype=np.uint8)
    own = datasets.own(images, np.repeat([0, 1], 20), np.array(["a", "b"]))
    run = Training(Spec(data="own", net="mlp", device="cpu"), None, own)
    list(islice(run, 5))
    found = look(run.spec, run.state(), own=own)
    np.testing.assert_array_equal(found["probe"], inspected(run)["probe"])
    assert found["confusion"].sum() == 10
