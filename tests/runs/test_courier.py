"""Who hands runs to a cluster, as far as that goes without one (test_cluster.py has a real one)."""

import sys
from types import SimpleNamespace

import pytest

from vizcore.runs import courier
from vizcore.toolkit.errors import InputError


@pytest.mark.parametrize(
    ("resources", "runs"),
    [
        ({}, 0),
        ({"CPU": 16.0}, 16),
        ({"CPU": 16.0, "GPU": 2.0}, 8),  # four to a GPU
        ({"CPU": 4.0, "GPU": 2.0}, 4),
    ],
)
def test_a_run_takes_a_core_and_a_quarter_of_a_gpu(resources: dict[str, float], runs: int) -> None:
    assert courier.room(SimpleNamespace(cluster_resources=lambda: resources)) == runs


def test_the_share_of_a_gpu_is_the_servers_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVOSCOPE_RUN_GPU", "0.5")
    assert courier.room(SimpleNamespace(cluster_resources=lambda: {"CPU": 16.0, "GPU": 2.0})) == 4


def test_without_ray_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError, match="not installed"):
        courier.joined("127.0.0.1:9")
