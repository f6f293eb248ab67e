"""Long computations: done at once where they are not long, else by threads; stopped, shared and kept."""

import gc
import threading
import time
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from pages.server import work
from pages.server.work import LONG, Work
from vizcore.toolkit.errors import InputError

Progress, Stop = Callable[[float], None], Callable[[], bool]


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def page(key: object, compute: object, seconds: float | None) -> None:
    """A page that shows a result, or how far it is."""
    import streamlit as st

    from pages.server import work

    found = work.result("here", key, compute, seconds)  # type: ignore[arg-type]
    if found is None:
        work.progress({"here": "the answer"})
    else:
        st.text(f"found {found}")


def visit(key: object, compute: object, seconds: float | None = None) -> AppTest:
    return AppTest.from_function(page, args=(key, compute, seconds)).run()


def shown(app: AppTest) -> list[str]:
    return [text.value for text in app.text]


class Slow:
    """A computation that goes on until it may end, and counts how often it is done."""

    def __init__(self) -> None:
        self.times = 0
        self.threads = set[str]()
        self.may_end = threading.Event()

    def __call__(self, progress: Progress, stop: Stop) -> int | None:
        self.times += 1
        self.threads.add(threading.current_thread().name.partition("_")[0])
        progress(0.5)
        while not self.may_end.is_set():
            if stop():
                return None
            time.sleep(0.005)
        return 7


def test_a_quick_result_is_there_at_once() -> None:
    found = Work("quick", lambda _progress, _stop: 7)
    found.wait()
    assert (found.result, found.running, found.failure) == (7, False, "")


def test_what_is_not_long_is_done_in_the_run_of_the_page() -> None:
    compute = Slow()
    compute.may_end.set()
    assert shown(visit("short", compute, LONG)) == ["found 7"]
    assert not {"work", "awaited"} & compute.threads


def test_the_page_goes_on_while_something_long_is_computed_and_shows_it_when_it_is_done() -> None:
    compute = Slow()
    app = visit("long", compute, LONG + 0.1)
    assert app.get("progress")[0].proto.text.startswith("The answer: 50%, about 1 s left")
    assert compute.threads == {"awaited"}
    compute.may_end.set()
    until(lambda: shown(app.run()) == ["found 7"])
    assert shown(visit("long", compute, LONG + 0.1)) == ["found 7"]  # to another visitor, too
    assert compute.times == 1


def test_two_visits_that_want_the_same_share_one_computation() -> None:
    compute = Slow()
    first, second = visit("both", compute), visit("both", compute)
    first.button(key="here.stop").click().run()
    compute.may_end.set()  # the second one has not stopped it
    until(lambda: shown(second.run()) == ["found 7"])
    assert compute.times == 1


def test_a_stop_answers_within_a_second_and_lets_one_begin_again() -> None:
    compute = Slow()
    app = visit("stopped", compute)
    began = time.monotonic()
    app.button(key="here.stop").click().run()
    assert time.monotonic() - began < 1
    (again,) = (button for button in app.button if button.label == "Compute the answer")
    compute.may_end.set()
    again.click().run()
    until(lambda: shown(app.run()) == ["found 7"])
    assert compute.times == 2


def test_another_key_ends_the_computation_before_it() -> None:
    def one_or_other(one: object, other: object) -> None:
        import streamlit as st

        from pages.server import work

        key, compute = ("other", other) if st.checkbox("other") else ("one", one)
        work.result("here", key, compute)  # type: ignore[arg-type]

    app = AppTest.from_function(one_or_other, args=(Slow(), lambda *_: 8)).run()
    (held,) = (each for each in work._works.values() if each.running)
    future = held._future
    del held
    app.checkbox[0].check().run()
    gc.collect()
    until(future.done)


def test_what_waits_for_a_thread_says_so() -> None:
    waiting = Work("waiting", Slow(), 1.0)
    waiting.began = None
    assert waiting.standing() == "Waiting for its turn …"


def test_what_tells_nothing_is_as_far_as_was_expected() -> None:
    silent = Work("silent", lambda _progress, stop: until(stop), 10.0)
    silent.began = time.monotonic() - 4
    assert silent.share == pytest.approx(0.4, abs=0.01)
    assert silent.standing() == "40%, about 6 s left"
    silent.began -= 20
    assert silent.standing() == "24 s so far, longer than expected"


def test_one_that_nobody_holds_ends_by_itself() -> None:
    held = Work("dropped", lambda _progress, stop: until(stop))
    future = held._future
    del held
    gc.collect()
    until(future.done)
    assert future.exception() is None


def test_what_was_wrong_is_a_sentence_and_a_bug_surfaces() -> None:
    def wrong(_progress: Progress, _stop: Stop) -> None:
        raise InputError("The picture is too small.")

    bad, bug = Work("wrong", wrong), Work("bug", lambda _progress, _stop: 1 / 0)
    until(lambda: not bad.running and not bug.running)
    assert bad.failure == "The picture is too small."
    with pytest.raises(ZeroDivisionError):
        _ = bug.failure


def test_a_page_shows_why_something_could_not_be_computed() -> None:
    def wrong(_progress: Progress, _stop: Stop) -> None:
        raise InputError("The picture is too small.")

    assert shown(visit("why", wrong)) == ["The picture is too small."]
