"""Runs on a real Ray cluster of two nodes."""

import time
from collections.abc import Iterator

import numpy as np
import pytest

from tests.runs.nodes import Nodes, cluster
from tests.runs.rehearsing import rehearse, total, until, until_state, until_step
from vizcore import runs
from vizcore.exhibits.loss_landscape import scan
from vizcore.runs import cluster as known
from vizcore.runs import folder, locks, processes
from vizcore.runs.keeper import keeper
from vizcore.toolkit import seeds
from vizcore.toolkit.landscape_spec import Spec

ROOM = 20  # runs on a node


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    """Two of them, and the server has joined them."""
    with cluster() as nodes, pytest.MonkeyPatch.context() as patch:
        nodes.start(cpus=ROOM)
        nodes.start(cpus=ROOM)
        patch.setenv("CONVOSCOPE_RAY_ADDRESS", nodes.address)
        patch.setenv("RAY_AUTH_TOKEN", nodes.token)
        patch.setenv("CONVOSCOPE_RUN_PAUSE_AFTER", "3600")  # nobody watches
        patch.setattr(known, "RETRY", 1.0)
        yield nodes
        patch.delenv("CONVOSCOPE_RAY_ADDRESS")  # first: the keeper would come back at once
        known.cluster.close()


@pytest.fixture(autouse=True)
def joined(nodes: Nodes) -> None:
    keeper.start()
    until(lambda: known.cluster.slots == 2 * ROOM)


def lost(run: str) -> bool:
    return "was lost" in runs.status(run).sentence


def test_a_run_works_on_the_cluster_as_it_would_here() -> None:
    run = rehearse(steps=100)
    assert processes.elsewhere(folder.of(run))
    status = until_state(run, "finished")
    assert (status.step, status.total, status.sentence) == (100, 100, "")
    assert runs.history(run)[0][-1]["sum"] == total(100)
    newest = runs.newest(run)
    assert newest is not None
    assert newest["square"].tolist() == [[100, 100], [100, 100]]


def test_it_takes_orders() -> None:
    run = rehearse(steps=10_000)
    runs.pause(run)
    step = until_state(run, "paused").step
    runs.step(run, 3)
    until_step(run, step + 3)
    assert until_state(run, "paused").step == step + 3
    assert runs.history(run)[0][-1]["sum"] == total(step + 3)
    runs.change(run, factor=5)
    until(lambda: runs.description(run)["settings"].get("factor") == 5)
    runs.resume(run)
    until_step(run, step + 50)
    runs.stop(run)
    assert until_state(run, "stopped").step >= step + 50
    until(lambda: not locks.held(folder.of(run) / "process"))


def test_a_branch_of_it_goes_on_from_its_checkpoint() -> None:
    first = rehearse(steps=64)
    until_state(first, "finished")
    *_, last, end = runs.checkpoints(first)
    assert end == 64
    second = runs.branch(first, last)
    until_state(second, "finished")
    assert runs.history(second)[0][-1] == runs.history(first)[0][-1]


def test_one_that_is_removed_is_gone_at_once() -> None:
    run = rehearse(steps=10_000)
    path = folder.of(run)
    runs.remove(run)
    assert not path.exists()
    time.sleep(0.5)
    assert not path.exists()


def test_one_that_hangs_is_killed() -> None:
    run = rehearse(steps=1000, accident="hang", at=5)
    until_step(run, 4)
    runs.stop(run)
    until_state(run, "stopped")
    assert not locks.held(folder.of(run) / "process")


def test_what_goes_wrong_there_is_said_as_if_it_went_wrong_here() -> None:
    run = rehearse(steps=20, accident="gpu")
    status = until_state(run, "failed")
    assert status.end == "gpu"
    assert "It can go on from step" in status.sentence
    runs.resume(run)
    assert until_state(run, "finished").step == 20
    assert "out of memory" in (folder.of(run) / "log.txt").read_text()


def test_a_run_goes_on_when_the_courier_is_killed() -> None:
    run = rehearse(steps=400)
    until_step(run, 100)
    courier = known.cluster._courier
    assert courier is not None
    courier.kill()
    status = until_state(run, "lost")
    assert "It can go on from step" in status.sentence
    runs.resume(run)
    assert until_state(run, "finished").step == 400
    assert runs.history(run)[0][-1]["sum"] == total(400)


def test_a_landscape_is_spread_over_the_cluster_and_stays_the_same() -> None:
    settings = {"net": "lenet5", "points": 13, "pictures": 100}
    run = runs.start("loss_landscape.scan", settings)
    until_state(run, "finished")
    newest = runs.newest(run)
    assert newest is not None
    here = scan(Spec(**settings))
    assert newest["step"] == [report.step for report in here][-1]
    np.testing.assert_allclose(newest["loss"], here.look()["loss"], rtol=1e-5)


def test_copies_are_spread_over_the_cluster_and_report_the_same() -> None:
    settings = {"net": "mlp", "count": 200, "batch": 32, "epochs": 20, "copies": 3, "device": "cpu"}
    run = runs.start("live_training.seeds", settings)
    assert until_state(run, "finished").step == 100
    newest = runs.newest(run)
    assert newest is not None
    *_, here = seeds.Seeds(seeds.Spec(**settings))
    np.testing.assert_allclose(newest["losses"], here.losses, rtol=1e-5)
    np.testing.assert_allclose(newest["validation"], here.validation, rtol=1e-5)


def test_a_wrong_token_is_said_and_runs_work_here(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    known.cluster.close()
    monkeypatch.setenv("RAY_AUTH_TOKEN", "0" * 32)
    keeper.start()
    assert until(lambda: bool(known.cluster.reason)) < 2
    until(lambda: "token" in known.cluster.reason)
    run = rehearse(steps=300)
    assert (
        "It works on the server itself: the cluster does not accept its token." in runs.status(run).sentence
    )
    assert not processes.elsewhere(folder.of(run))
    assert until_state(run, "finished").step == 300
    monkeypatch.undo()
    known.cluster.close()


@pytest.mark.parametrize("address", ["127.0.0.1:9", "nowhere", "nowhere:port", "127.0.0.1:99999999", ":"])
def test_a_wrong_address_is_said_at_once(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known.cluster.close()
    monkeypatch.setenv("CONVOSCOPE_RAY_ADDRESS", address)
    keeper.start()
    assert until(lambda: bool(known.cluster.reason)) < 2
    run = rehearse(steps=300)
    assert f"It works on the server itself: {known.cluster.reason}." in runs.status(run).sentence
    monkeypatch.undo()
    known.cluster.close()


def test_forty_runs_survive_the_loss_of_a_node(nodes: Nodes) -> None:
    slow = {"steps": 200, "pause": 1.0}
    found = [runs.start("rehearsal.count", slow) for _ in range(2 * ROOM)]
    for run in found:
        until_step(run, 5)
    assert {runs.status(run).state for run in found} == {"running"}
    kept = {run: max(runs.checkpoints(run)) for run in found}
    nodes.kill()
    until(lambda: sum(map(lost, found)) == ROOM, every=0.2)
    nodes.start(cpus=ROOM)
    for run in found:
        until(lambda run=run: runs.status(run).step > kept[run], every=0.1)
        runs.change(run, pause=0.0)
    for run in found:
        assert until_state(run, "finished").step == 200
        assert runs.history(run)[0][-1]["sum"] == total(200)
        steps = [line["step"] for line in runs.history(run)[0]]
        assert steps == sorted(set(steps))
