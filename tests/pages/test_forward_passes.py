"""Every forward pass of a session takes its turn: as many run at once as there are processors."""

import threading
import traceback
from itertools import chain

import pytest
from streamlit.testing.v1 import AppTest
from torch import Tensor, nn

from tests.pages.views import linked
from tests.server.every_view import views
from vizcore.catalog import CATALOG
from vizcore.toolkit import device, nets

VIEWS = [*chain(*([(page.key, view) for view in views(page.key)] for page in CATALOG))]


class Turns(threading.local):
    """Stands for the semaphore of all passes, and says whether this thread has a turn."""

    taken = 0

    def __enter__(self) -> None:
        assert not self.taken, "it waits for a second turn while it holds one"
        self.taken += 1

    def __exit__(self, *_: object) -> None:
        self.taken -= 1


@pytest.fixture
def out_of_turn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The places from which a network with weights was called out of turn."""
    turns, found, call = Turns(), list[str](), nn.Module.__call__

    def called(module: nn.Module, *given: object, **named: object) -> object:
        computes = any(isinstance(value, Tensor) and not value.is_meta for value in given)
        if computes and not turns.taken and threading.current_thread().name.startswith("ScriptRunner"):
            frames = [frame for frame in traceback.extract_stack() if "/vizcore/" in frame.filename]
            found.append(f"{type(module).__name__} from {frames[-1].filename}:{frames[-1].lineno}")
        return call(module, *given, **named)

    monkeypatch.setattr(device, "_passes", turns)
    monkeypatch.setattr(nn.Module, "__call__", called)
    return found


@pytest.mark.parametrize(("page", "view"), VIEWS)
def test_a_view_calls_its_networks_in_turn(out_of_turn: list[str], page: str, view: str) -> None:
    app = linked(page, {"view": view} if view else {})
    assert not app.exception
    assert out_of_turn == []


def test_a_call_out_of_turn_is_found(out_of_turn: list[str]) -> None:
    def page() -> None:
        import torch

        from vizcore.exhibits import feature_maps
        from vizcore.toolkit import nets

        feature_maps.all_maps(nets.network("lenet5", "cpu"), torch.zeros(1, 1, 32, 32))

    assert not AppTest.from_function(page).run().exception
    assert len(out_of_turn) == len(nets.skeleton("lenet5"))
