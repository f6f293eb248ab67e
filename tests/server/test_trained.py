"""Networks out of runs: their names, their weights, and what stands in the way."""

import pytest

from pages.server import trained
from tests.runs.rehearsing import rehearse, until_state
from tests.server.trainings import start
from vizcore import runs
from vizcore.exhibits.live_training import Spec
from vizcore.toolkit import nets, specs
from vizcore.toolkit.errors import InputError

THREE = '{"input": [1, 32, 32], "layers": [{"kind": "flatten"}, {"kind": "linear", "out": 10}]}'


def test_a_network_is_called_after_its_run(run: str) -> None:
    accuracy = runs.history(run)[0][-1]["accuracy"]
    assert nets.find(trained.keep(run)).title == f"MLP on digits, step 12, {100 * accuracy:.1f} %"


def test_an_earlier_step_is_another_network(run: str) -> None:
    first, last = trained.keep(run, 0), trained.keep(run)
    assert first != last
    assert "step 0," in nets.find(first).title


def test_keeping_a_network_twice_keeps_it_once(run: str) -> None:
    assert trained.keep(run, 12) == trained.keep(run)


def test_a_network_of_ones_own_says_so() -> None:
    net = specs.token(specs.parse(THREE))
    assert trained.subject(Spec(net=net, data="fashion_mnist")) == "Own network on Fashion-MNIST"


def test_a_step_without_a_checkpoint_is_refused(run: str) -> None:
    with pytest.raises(InputError, match="no checkpoint of step 7"):
        trained.keep(run, 7)


def test_the_run_of_another_page_has_no_network() -> None:
    with pytest.raises(InputError, match="another page"):
        trained.keep(rehearse(steps=1))


@pytest.mark.parametrize("name", ["", "x", "0" * 32, "../../etc"])
def test_a_run_that_is_not_there_has_no_network(name: str) -> None:
    with pytest.raises(InputError):
        trained.keep(name)


def test_weights_of_a_run_that_diverged_are_refused() -> None:
    run = start(lr=100.0, optimiser="sgd", activation="leaky_relu", epochs=20)
    until_state(run, "failed")
    with pytest.raises(InputError, match="not finite"):
        trained.keep(run)
