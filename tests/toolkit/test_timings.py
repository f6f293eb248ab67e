"""Times are those of this machine, so only what must hold on every machine is tested."""

import pytest
import torch

from vizcore.toolkit import timings
from vizcore.toolkit.designs import designs
from vizcore.toolkit.timings import against_macs, network, times


def test_every_design_gets_a_time_above_zero() -> None:
    compared = designs("5", channels=8, groups=2)
    found = times(compared, 16, padded=True)
    assert list(found) == list(compared)
    assert all(0 < seconds < 10 for seconds in found.values())


def test_a_hundred_times_the_work_takes_longer() -> None:
    compared = {key: designs("5", channels=64, groups=64)[key] for key in ("plain", "grouped")}
    found = times(compared, 64, padded=True)
    assert found["plain"] > found["grouped"]


def test_the_median_is_over_the_rounds_behind_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([9.0, 9.0, 1.0, 4.0, 3.0, 6.0, 2.0, 5.0])
    monkeypatch.setattr(timings, "_seconds", lambda net, x: next(clock))
    compared = {key: designs("3", channels=2, groups=1)[key] for key in ("plain", "strips")}
    assert times(compared, 8, padded=True) == {"plain": 2.0, "strips": 5.0}


def test_half_the_macs_in_the_same_time_take_twice_as_long_as_promised() -> None:
    found = against_macs({"plain": 100, "half": 50, "tenth": 10}, {"plain": 4.0, "half": 4.0, "tenth": 0.2})
    assert found == pytest.approx({"plain": 1.0, "half": 2.0, "tenth": 0.5})


def test_the_weights_are_the_same_each_time_and_touch_no_global_seed() -> None:
    state = torch.get_rng_state()
    first, second = (
        network(designs("inception", channels=1, groups=1)["block"], padded=True) for _ in range(2)
    )
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
    assert torch.equal(torch.get_rng_state(), state)
