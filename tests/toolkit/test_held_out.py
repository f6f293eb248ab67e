"""Held-out examples by name: the picture is that of the run, whoever opens the link."""

import numpy as np
import pytest

from vizcore.toolkit import datasets, held_out
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.samples import sample
from vizcore.toolkit.training_spec import Spec


@pytest.mark.parametrize("spec", [Spec(), Spec(data="shapes", count=200, share=0.5, noise=0.1, seed=3)])
def test_a_name_leads_to_the_example_of_that_run(spec: Spec) -> None:
    split = {"count": spec.count, "share": spec.share, "noise": spec.noise, "seed": spec.seed}
    data = datasets.dataset(spec.data, **split)
    name = held_out.name_of(spec, 7)
    np.testing.assert_array_equal(np.rint(255 * sample(name)[..., 0]), data.held_images[7, 0])
    assert held_out.example(name)[1] == f"{data.title}: example 8, {data.classes[data.held_labels[7]]}"


@pytest.mark.parametrize(
    "rest", ["", "digits", "digits~0~0.25~0~0~x", "digits~0~nan~0~0~1", "own~0~0.25~0~0~1", "x~0~0.25~0~0~1"]
)
def test_a_hostile_name_is_refused_with_a_sentence(rest: str) -> None:
    with pytest.raises(InputError):
        held_out.example(f"held~{rest}")
