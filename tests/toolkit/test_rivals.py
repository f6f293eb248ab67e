"""Optimisers beside one another: each is the run that it would be alone."""

import numpy as np
import pytest

from vizcore.runs import functions
from vizcore.toolkit import seeds
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.rivals import Rivals, Spec

SMALL = Spec(net="mlp", count=100, share=0.5, batch=10, epochs=2, copies=3, seed=4, device="cpu")


def test_each_optimiser_gives_what_it_gives_alone() -> None:
    *_, last = Rivals(SMALL)
    for place, (name, rate) in enumerate([("sgd", 0.05), ("adam", 0.001)]):
        settings = {"optimiser": name, "lr": rate, "net": "mlp", "count": 100, "share": 0.5, "batch": 10}
        *_, alone = seeds.Seeds(seeds.Spec(epochs=2, copies=3, seed=4, device="cpu", **settings))
        np.testing.assert_array_equal(last.validations[place], alone.validations)
        assert (last.loss[place], last.steps[place]) == (alone.loss, 10)


def test_all_begin_at_the_same_weights() -> None:
    first = next(Rivals(SMALL))
    assert first.step == 0
    np.testing.assert_array_equal(first.validations[0], first.validations[1])


def test_seconds_are_those_of_steps_alone_and_grow() -> None:
    found = [report.seconds for report in Rivals(SMALL)]
    assert found[0] == (0.0, 0.0)
    assert (np.diff(found, axis=0) > 0).all()


def test_one_that_diverges_stays_while_the_others_go_on() -> None:
    *_, last = Rivals(Spec(**vars(SMALL) | {"rates": (100.0, 0.001), "copies": 2, "start": "large"}))
    assert last.diverged == (2, 0)
    assert last.steps[0] < last.steps[1] == last.step == 10


@pytest.mark.parametrize(
    ("names", "rates"),
    [((), ()), (("sgd",), (0.1, 0.2)), (("sgd",) * 6, (0.1,) * 6), (("none",), (0.1,)), (("sgd",), (-1.0,))],
)
def test_what_cannot_be_is_refused(names: tuple[str, ...], rates: tuple[float, ...]) -> None:
    with pytest.raises(InputError):
        Spec(optimisers=names, rates=rates)


def test_settings_survive_the_way_through_a_file() -> None:
    plain = functions.plain(vars(SMALL))
    assert functions.function("optimizers.network").spec(plain) == SMALL
