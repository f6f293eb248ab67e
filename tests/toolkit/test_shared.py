"""Values that all sessions share, asked for by one and by many."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from vizcore.toolkit.shared import Room, Shared


def cache(most: int = 10) -> Shared[str]:
    """A cache in which every letter is a byte."""
    return Shared(len, Room(most))


def refused() -> str:
    raise AssertionError("made again")


def test_a_value_is_made_once_and_kept() -> None:
    shared = cache()
    assert shared.get("a", lambda: "one") == "one"
    assert shared.get("a", refused) == "one"


def test_eight_threads_that_want_the_same_get_one_object() -> None:
    shared, all_asked, made = cache(), threading.Barrier(8), []

    def make() -> str:
        threading.Event().wait(0.1)  # the others ask in the meantime
        made.append("".join(["o", "ne"]))
        return made[-1]

    def ask(_: int) -> str:
        all_asked.wait(5)
        return shared.get("a", make)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, range(8)))
    assert len(made) == 1
    assert all(value is made[0] for value in found)


def test_an_error_reaches_all_who_wait_and_is_not_kept() -> None:
    shared, all_asked, tried = cache(), threading.Barrier(4), []

    def fail() -> str:
        threading.Event().wait(0.1)
        tried.append(1)
        raise ValueError("no such file")

    def ask(_: int) -> None:
        all_asked.wait(5)
        with pytest.raises(ValueError, match="no such file"):
            shared.get("a", fail)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(ask, range(4)))
    assert tried == [1]
    assert shared.get("a", lambda: "one") == "one"


def test_the_values_used_last_are_kept_as_far_as_there_is_room() -> None:
    shared = cache(10)
    for key in "abc":
        shared.get(key, lambda: "1234")  # the third pushes out the first
    assert shared.get("b", refused) == "1234"
    shared.get("d", lambda: "12")
    shared.get("e", lambda: "1234")  # c was used before b
    assert shared.get("b", refused) == "1234"
    assert shared.get("c", lambda: "new") == "new"


def test_what_is_larger_than_the_room_pushes_nothing_out() -> None:
    shared = cache(10)
    shared.get("a", lambda: "1234567890")  # just fits
    assert shared.get("b", lambda: "12345678901") == "12345678901"
    assert shared.get("b", lambda: "again, not kept") == "again, not kept"
    assert shared.get("a", refused) == "1234567890"


def test_a_slow_value_holds_up_nobody_who_wants_another() -> None:
    shared, started, go = cache(), threading.Event(), threading.Event()

    def slow() -> str:
        started.set()
        go.wait(5)
        return "slow"

    with ThreadPoolExecutor(1) as threads:
        work = threads.submit(shared.get, "a", slow)
        started.wait(5)
        assert shared.get("b", lambda: "fast") == "fast"
        assert not work.done()
        go.set()
        assert work.result(5) == "slow"


def test_many_threads_with_many_keys_keep_to_the_bound() -> None:
    room = Room(20)
    shared = Shared[str](len, room)

    def ask(number: int) -> bool:
        key = number * 7 % 13
        return shared.get(key, lambda: f"{key:05}") == f"{key:05}"

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(2000)))
    assert room.taken <= 20
    assert room._running == {}


def test_caches_in_one_room_push_out_what_was_used_least_recently_in_any_of_them() -> None:
    room = Room(10)
    first, second = Shared[str](len, room), Shared[str](len, room)
    first.get("a", lambda: "1234")
    second.get("a", lambda: "5678")  # the same key, but not the same value
    assert first.get("a", refused) == "1234"
    second.get("b", lambda: "123456")
    assert room.taken == 10
    assert first.get("a", refused) == "1234"
    assert second.get("a", lambda: "new") == "new"


def test_what_is_pushed_out_stays_with_those_who_use_it() -> None:
    shared = cache(10)
    used = shared.get("a", lambda: "1234567890")
    shared.get("b", lambda: "1234567890")
    assert used == "1234567890"


def test_a_room_that_gets_another_size_begins_anew() -> None:
    room = Room(10)
    shared = Shared[str](len, room)
    shared.get("a", lambda: "1234567890")
    room.resize(4)
    assert room.taken == 0
    assert shared.get("a", lambda: "again") == "again"
    assert room.taken == 0  # it is larger than the room
