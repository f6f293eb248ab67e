"""What a run will be, against what it is."""

import numpy as np
import pytest

from vizcore.toolkit import datasets
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.inspection import names
from vizcore.toolkit.plans import plan
from vizcore.toolkit.training import Training
from vizcore.toolkit.training_spec import Spec


@pytest.mark.parametrize(
    "spec",
    [
        Spec(),
        Spec(net="mlp", count=333, share=0.4, batch=7, epochs=3),
        Spec(net="resnet", norm=True, dropout=0.5),
    ],
    ids=lambda spec: spec.net,
)
def test_a_run_becomes_what_was_planned(spec: Spec) -> None:
    found, run = plan(spec), Training(spec)
    assert (found.steps, found.total, found.classes) == (run.steps, run.total, run.data.classes)
    assert (found.examples, found.held) == (len(run.labels), len(run.held_labels))
    assert found.parameters == sum(weight.numel() for weight in run.weights)
    assert names(run) == {
        "weights": found.weights,
        "maps": found.maps,
        "activations": found.activations,
    }


@pytest.mark.parametrize("spec", [Spec(data="nothing"), Spec(net="nothing")], ids=str)
def test_what_cannot_be_is_refused_before_a_run_begins(spec: Spec) -> None:
    with pytest.raises(InputError, match="nothing"):
        plan(spec)


def test_a_run_of_own_pictures_becomes_what_was_planned_from_their_number_and_shape() -> None:
    images = np.zeros((50, 3, 64, 64), np.uint8)
    own = datasets.own(images, np.repeat([0, 1], 25), np.array(["a", "b"]))
    spec = Spec(data="own", count=40, batch=8)
    found, run = plan(spec, own.extent), Training(spec, None, own)
    assert (found.steps, found.examples, found.held) == (run.steps, 30, 10)
    assert found.classes == run.data.classes == ("a", "b")
