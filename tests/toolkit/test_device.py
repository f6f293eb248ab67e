"""Where work is done: the fastest device, the CPU when its memory is full, never too much at once."""

import threading
import time

import pytest
import torch

from vizcore.toolkit import device


def test_the_result_and_no_notice_on_the_cpu() -> None:
    assert device.run(lambda where: where.upper(), "cpu") == ("CPU", "")


def test_a_full_gpu_means_the_same_work_on_the_cpu() -> None:
    tried: list[str] = []

    def compute(where: str) -> str:
        tried.append(where)
        if where == "cuda":
            raise torch.OutOfMemoryError("CUDA out of memory")
        return "done"

    result, notice = device.run(compute, "cuda")
    assert (result, tried) == ("done", ["cuda", "cpu"])
    assert "CPU" in notice


def test_other_failures_are_not_hidden() -> None:
    def fail(_where: str) -> None:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        device.run(fail, "cuda")


def test_no_more_passes_at_once_than_there_are_slots() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def compute(_where: str) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1

    threads = [threading.Thread(target=device.run, args=(compute, "cpu")) for _ in range(3 * device.SLOTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 < most <= device.SLOTS


def test_arithmetic_uses_one_thread_for_each_pass() -> None:
    assert torch.get_num_threads() == 1


def test_a_function_that_takes_its_turn_is_itself_and_waits_while_all_turns_are_taken() -> None:
    @device.in_turn
    def double(value: int) -> int:
        """Twice as much."""
        return 2 * value

    assert (double(4), double.__doc__) == (8, "Twice as much.")
    free, found = threading.Event(), []
    busy = [
        threading.Thread(target=device.run, args=(lambda _: free.wait(5), "cpu")) for _ in range(device.SLOTS)
    ]
    late = threading.Thread(target=lambda: found.append(double(5)))
    for thread in (*busy, late):
        thread.start()
    late.join(0.1)
    assert found == []
    free.set()
    late.join(5)
    assert found == [10]
