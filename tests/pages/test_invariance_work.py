"""Long computations: kept by their key, stopped by hand, by another key, or when nobody holds them."""

import gc
import threading
import time
from collections.abc import Callable

import pytest

from pages.parts.invariance_work import Work
from vizcore.toolkit.errors import InputError

Progress, Stop = Callable[[float], None], Callable[[], bool]


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_quick_result_is_there_at_once() -> None:
    work = Work("quick", lambda _progress, _stop: 7)
    work.wait()
    assert (work.result, work.running, work.failure) == (7, False, "")


def test_it_tells_how_far_it_is() -> None:
    go = threading.Event()

    def compute(progress: Progress, _stop: Stop) -> int:
        progress(0.5)
        go.wait(5)
        return 1

    work = Work("half", compute)
    until(lambda: work.done == 0.5)
    assert work.standing().startswith("50%, about ")
    go.set()
    until(lambda: not work.running)


def endless(_progress: Progress, stop: Stop) -> None:
    while not stop():
        time.sleep(0.005)


def test_a_stopped_one_ends_without_a_result() -> None:
    work = Work("stopped", endless)
    work.stop()
    until(lambda: not work.running)
    assert work.result is None


def test_one_that_nobody_holds_ends_by_itself() -> None:
    work = Work("dropped", endless)
    future = work._future
    del work
    gc.collect()
    until(future.done)


def test_what_was_wrong_is_a_sentence_and_a_bug_surfaces() -> None:
    def wrong(_progress: Progress, _stop: Stop) -> None:
        raise InputError("The picture is too small.")

    work, bug = Work("wrong", wrong), Work("bug", lambda _progress, _stop: 1 / 0)
    until(lambda: not work.running and not bug.running)
    assert work.failure == "The picture is too small."
    with pytest.raises(ZeroDivisionError):
        _ = bug.failure


def test_a_result_is_kept_for_whoever_asks_with_an_equal_key() -> None:
    first = Work(("kept", 1), lambda _progress, _stop: [7])
    first.wait()
    again = Work(("kept", 1), lambda _progress, _stop: [8])
    assert again.result is first.result
    assert not again.running
