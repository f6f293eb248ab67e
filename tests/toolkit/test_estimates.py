"""How long networks are expected to take, against how long they take."""

import statistics
import time

import pytest
import torch

from vizcore.toolkit import estimates, graphs, nets
from vizcore.toolkit.equivariance import Subject
from vizcore.toolkit.estimates import Rates, loading, passing, writing

EASY = Rates(product=1.0, value=1000.0, weight=10.0)


@pytest.fixture
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimates, "rates", lambda: EASY)


def test_the_rates_of_a_machine_are_above_0_and_its_convolutions_faster_than_its_memory() -> None:
    found = estimates.rates()
    assert 0 < found.product < found.value
    assert 0 < found.weight < 1e-6


@pytest.mark.usefixtures("easy")
def test_weights_are_loaded_one_by_one() -> None:
    assert loading("lenet5") == 10 * 61_706
    assert loading("lenet5~7!z-conv1-0") == 10 * 61_706


@pytest.mark.usefixtures("easy")
def test_a_pass_multiplies_and_writes() -> None:
    network, outputs = nets.skeleton("lenet5"), nets.blank("lenet5")
    batch = {graphs.INPUT: torch.zeros(1, 1, 32, 32)}
    products = 6 * 28**2 * 25 + 16 * 10**2 * 6 * 25 + 400 * 120 + 120 * 84 + 84 * 10
    values = 2 * 6 * 28**2 + 6 * 14**2 + 2 * 16 * 10**2 + 2 * 16 * 5**2 + 2 * 120 + 2 * 84 + 10
    assert writing(network, outputs) == 1000 * values
    assert passing(network, batch | dict(outputs)) == products + 1000 * values


@pytest.mark.usefixtures("easy")
def test_a_blur_before_subsampling_makes_convolutions_dense() -> None:
    bare, blurred = (Subject("resnet18", taps=taps, side=128).blank for taps in (0, 3))
    assert bare
    assert blurred
    assert passing(*blurred) > 1.3 * passing(*bare)


@pytest.mark.parametrize("net", ["resnet18~0", "convnext_tiny~0"])
def test_a_pass_takes_about_as_long_as_expected(net: str) -> None:
    network, shape = nets.network(net, "cpu"), nets.find(net).input_shape
    taken, batch = [], torch.zeros(1, *shape)
    estimates.rates.cache_clear()  # the machine may be busier by now
    expected = passing(network, {graphs.INPUT: batch, **nets.blank(net)})
    for _ in range(5):
        start = time.perf_counter()
        with torch.inference_mode():
            graphs.outputs(network, batch)
        taken.append(time.perf_counter() - start)
    assert expected / 4 < statistics.median(taken) < 4 * expected  # 2 where nobody else is at work
