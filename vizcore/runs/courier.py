"""A process that hands runs to a Ray cluster: it reads their folders, one a line, and sees each through.

It is a process of its own because Ray's children die with the thread that began them, as threads of pages
soon do, and because Ray ends a process whose cluster is gone. When the server is gone it stays until its last
run has come to rest.

It says lines of JSON: {"slots": how many runs the cluster has room for}, whenever that changes; or once,
before it ends, {"reason": why there is no cluster}. What Ray prints lies in cluster/log.txt in the folder of
all runs.
"""

import json
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from vizcore.runs import folder as folders
from vizcore.runs import log
from vizcore.runs.cluster import ADDRESS
from vizcore.runs.errand import Errand, Hire, LostError
from vizcore.runs.mirror import SPEC, News
from vizcore.runs.neighbours import Neighbours
from vizcore.runs.orders import Order
from vizcore.runs.runner import Runner
from vizcore.toolkit import hands
from vizcore.toolkit.errors import InputError

PACKAGE = Path(__file__).parents[1]  # vizcore, which the computers of the cluster are sent
BETWEEN_COUNTS = 1.0  # s
AHEAD = 4  # news that may wait for whoever reads them
TOKENS = ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")
TOKEN_FILE = Path(".ray") / "auth_token"  # in the home folder


def main() -> None:
    """See every run through whose folder is named."""
    say = os.fdopen(os.dup(1), "w", buffering=1)
    log.take_over(folders.root() / "cluster")  # Ray names computers and processes in what it prints
    try:
        ray = joined(os.environ[ADDRESS])
    except InputError as error:
        print(json.dumps({"reason": str(error)}), file=say)
        os._exit(1)
    threading.Thread(target=_count, args=(ray, say), daemon=True).start()
    hire, errands = hiring(ray), list[threading.Thread]()
    for line in sys.stdin.buffer:
        errands = [errand for errand in errands if errand.is_alive()]
        errands.append(threading.Thread(target=Errand(Path(os.fsdecode(line.strip())), hire).run))
        errands[-1].start()
    for errand in errands:
        errand.join()
    os._exit(0)


def joined(address: str) -> Any:
    """The module of Ray, once this process belongs to the cluster with its head at host:port.

    Raises:
        InputError: it does not; visitors are told why.
    """
    token = any(name in os.environ for name in TOKENS) or (Path.home() / TOKEN_FILE).is_file()
    os.environ.setdefault("RAY_AUTH_MODE", "token" if token else "disabled")  # without one, Ray would abort
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_gcs_rpc_server_reconnect_timeout_s", "15")  # then this process ends
    try:
        import ray
        from ray import _raylet
        from ray.exceptions import AuthenticationError
    except ImportError:
        raise InputError("Ray is not installed on it") from None
    try:
        _raylet.GcsClient(address=address)  # type: ignore[attr-defined]  # says at once what ray.init would find out in 20 s
        known = {"py_modules": [str(PACKAGE)]}
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR, runtime_env=known)
    except AuthenticationError:
        raise InputError("the cluster does not accept its token") from None
    except Exception as error:
        print(error, file=sys.stderr, flush=True)
        raise InputError("the cluster could not be joined") from error
    return ray


def room(ray: Any) -> int:
    """How many runs the cluster has room for: a core for each and, where there are GPUs, a share of one."""
    found = ray.cluster_resources()
    runs = found.get("CPU", 0)
    return int(min(runs, found["GPU"] / share()) if found.get("GPU") else runs)


def share() -> float:
    """Of a GPU, that a run has."""
    return float(os.environ.get("CONVOSCOPE_RUN_GPU", "0.25"))


def hiring(ray: Any) -> Hire:
    """What finds somebody on the cluster who does a run."""
    remote = ray.remote(concurrency_groups={"news": 1, "orders": 1})(Borrower)

    def hire(run: str, files: dict[str, bytes], first: Sequence[Order]) -> Actor:
        settings = json.loads(files[SPEC])["settings"]
        gpu = share() if settings.get("device") != "cpu" and ray.cluster_resources().get("GPU") else 0
        return Actor(ray, remote.options(num_cpus=1, num_gpus=gpu).remote(run, files, first))

    return hire


class Borrower(Runner):
    """A Runner that spreads its work over cores that nobody uses."""

    def work(self) -> None:
        import ray

        hands.lend(Neighbours(ray))
        super().work()


class Actor:
    """A Runner as an actor of the cluster: a `Hand`."""

    def __init__(self, ray: Any, handle: Any) -> None:
        self._ray, self._handle = ray, handle
        handle.work.remote()

    def news(self) -> Iterator[News]:
        ahead = {"num_returns": "streaming", "_generator_backpressure_num_objects": AHEAD}
        follow = self._handle.follow.options(concurrency_group="news", **ahead)
        for reference in follow.remote():
            yield self._had(reference)

    def late(self) -> bool:
        return bool(self._had(self._handle.late.options(concurrency_group="orders").remote()))

    def take(self, order: Order) -> None:
        self._handle.take.options(concurrency_group="orders").remote(order)

    def kill(self) -> None:
        self._ray.kill(self._handle)

    def _had(self, reference: Any) -> Any:
        """What a reference is of. LostError: nobody is there to give it."""
        try:
            return self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            raise LostError(str(error)) from None


def _count(ray: Any, say: Any) -> None:
    """Say for how many runs there is room, for as long as somebody listens."""
    said = -1
    with suppress(BrokenPipeError):
        while True:
            log.bound(folders.root() / "cluster")
            if (found := room(ray)) != said:
                print(json.dumps({"slots": (said := found)}), file=say)
            time.sleep(BETWEEN_COUNTS)
