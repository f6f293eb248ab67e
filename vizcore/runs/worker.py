"""The process of a run: it does the work and takes orders."""

import json
import math
import os
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from vizcore.runs import ends, functions, locks, log, orders, presence, processes, reports, slots, states
from vizcore.runs.journal import Journal
from vizcore.runs.orders import Order, Orders
from vizcore.runs.states import Checkpoint
from vizcore.toolkit.errors import InputError

BETWEEN_ORDERS = 0.05  # s, while it rests
BETWEEN_LOOKS = 1.0  # s, after servers that are still there
EARLY = 512  # steps, up to which the powers of two have a checkpoint


class _End(Exception):
    """The run is over; the argument is a key of ENDS."""


class Clock:
    """How long a run has worked, without its rests, and how long a step takes."""

    def __init__(self, before: float, step: int) -> None:
        self._before, self._first = before, step  # s of earlier processes, and where this one began
        self._spent = 0.0  # s of this one
        self._mark = time.monotonic()  # s, up to when it is counted

    def go_on(self) -> None:
        """Do not count the time since the last tick."""
        self._mark = time.monotonic()

    def tick(self, now: float, step: int) -> dict[str, float]:
        """Entries of the record at a step."""
        self._spent += now - self._mark
        self._mark = now
        return {"seconds": self._before + self._spent, "pace": self._spent / max(1, step - self._first)}


class Worker:
    """One run, from its first order to its end."""

    entry: dict[str, Any]  # of spec.json
    settings: dict[str, Any]  # of the Spec, as of now
    number: int  # of the newest report
    step: int  # of the newest report
    clock: Clock
    work: Any

    def __init__(self, folder: Path, process: int) -> None:
        self.folder = folder
        self.process = process  # the lock that says that it lives
        self.orders = Orders(folder)
        self.journal = Journal(folder)
        self.left: float = 0  # reports until the next rest; infinite while it runs freely
        self.notice = ""  # why it will rest
        self.report: Any = None  # the newest
        self.look_due = -math.inf  # s
        self.begun = False  # whether it has read an order
        self.company = presence.Company(folder.parents[1])

    def run(self) -> int:
        """Do the work to its end; the exit code."""
        try:
            self._begin()
            name, notice = self._work()
        except _End as over:
            name, notice = str(over), ""
        except Exception as error:
            traceback.print_exc()
            name, notice = ends.of(error)
        self._end(name, notice)
        return ends.ENDS[name].code

    def _begin(self) -> None:
        """Make the work, from the last checkpoint where there is one."""
        self.entry = json.loads((self.folder / "spec.json").read_bytes())
        function = functions.function(self.entry["function"])
        begin = states.last(self.folder) or Checkpoint(-1, -1, self.entry["settings"], b"")
        self.number, self.step, self.settings = begin.report, begin.step, begin.settings
        self.journal.go_on(begin.report)
        self._keep_settings()
        spec = function.spec(self.settings)
        arrays = {path.stem: np.load(path, allow_pickle=False) for path in self.folder.glob("*.npy")}
        state = {"state": begin.state} if begin.state else {}
        self.work = function.load()(**arrays, spec=spec, **state)
        first = max(0, self.step)
        self.clock = Clock(self.journal.record.seconds if begin.state else 0.0, first)
        self.journal.note(
            lives=self.journal.record.lives + 1,  # behind go_on: whoever sees it finds no step twice
            step=first,
            total=getattr(self.work, function.total, None) or getattr(spec, function.total, None),
            device=getattr(self.work, "device", "cpu"),
        )

    def _work(self) -> tuple[str, str]:
        """Pull reports, with a rest wherever it is told to; how it ended, and a sentence."""
        self._change_state("running")
        self._attend()
        self.clock.go_on()
        for report in self.work:
            self.report = report
            self.number += 1
            self.step = getattr(report, "step", self.number)
            self.left -= 1
            now = time.monotonic()
            if self.left <= 0 or self.early or self.journal.due(now):
                self._write_down(now, whole=self.left <= 0)
                self._attend()
        if self.report is not None:
            self._write_down(time.monotonic(), whole=True)
        return self._verdict()

    @property
    def early(self) -> bool:
        """Whether this is one of the first steps, at which most happens: 1, 2, 4, 8 ..."""
        return self.step <= EARLY and self.step.bit_count() == 1

    def _end(self, name: str, notice: str) -> None:
        """Say how it ended. Whoever told it to go on too late to be heard gets another process."""
        end = ends.ENDS[name]
        with locks.alone(self.folder.parents[1] / "lock"):
            unheard = [*self.orders.new()][0 if self.begun else 1 :]  # the first one was to begin
            late = [order for order in unheard if order["do"] in orders.ONWARDS]
            self._change_state(end.state, notice or end.sentence, name)
            os.close(self.process)
        if late and end.state != "finished":
            slots.ask(self.folder.name, late[-1])

    def _verdict(self) -> tuple[str, str]:
        """Whether the last report, perhaps of an earlier process, is one of a run that has diverged."""
        if self.report is not None:
            last = reports.split(self.report)[0]
        else:
            last = next(iter(reports.lines(self.folder, self.number)), {})
        for name, value in last.items():
            if isinstance(value, float | np.floating) and not math.isfinite(value):
                way_out = ends.ENDS["diverged"].sentence
                return "diverged", f"At step {self.step}, {name} was {value}. {way_out}"
        return "finished", ""

    def _write_down(self, now: float, *, whole: bool) -> None:
        """Write what is due, or all that there is."""
        look = getattr(self.work, "look", dict)
        self.journal.write(self.number, self.step, self.report, look, now, whole=whole)
        self._save(whole=whole)
        self.journal.note(step=self.step, **self.clock.tick(time.monotonic(), self.step))

    def _save(self, *, whole: bool = True) -> None:
        if self.report is not None and hasattr(self.work, "state"):
            now = time.monotonic()
            self.journal.save(self.number, self._checkpoint, now, whole=whole, worth=self.early)

    def _checkpoint(self) -> Checkpoint:
        return Checkpoint(self.step, self.number, self.settings, self.work.state())

    def _attend(self) -> None:
        """Take the orders that are there, and rest where nothing is left to do."""
        self._take()
        if self.left > 0:
            return
        if self.report is not None:
            self._write_down(time.monotonic(), whole=True)
        self._change_state("paused", self.notice)
        self.notice = ""
        while self.left <= 0:
            time.sleep(BETWEEN_ORDERS)
            self._take()
        self._change_state("running")
        self.clock.go_on()

    def _take(self) -> None:
        """Obey the orders that are there. A worker that has been alone for long goes to sleep."""
        self.begun = True
        for order in self.orders.new():
            self._obey(order)
        self._keep_settings()
        now = time.monotonic()
        if now < self.look_due:
            return
        self.look_due = now + BETWEEN_LOOKS
        log.bound(self.folder)
        if self.company.missed():
            self._obey(orders.SLEEP)

    def _obey(self, order: Order) -> None:
        match order["do"]:
            case "go":
                self.left, self.notice = math.inf, ""
            case "step":
                self.left, self.notice = order["count"], ""
            case "pause":
                self.left, self.notice = 0, order["notice"]
            case "change":
                self._change(order["settings"])
            case "stop":
                self._save()
                raise _End("stopped")
            case "sleep":
                self._save()
                raise _End("asleep")

    def _change(self, settings: dict[str, Any]) -> None:
        """Change settings of the work."""
        try:
            if not hasattr(self.work, "change"):
                raise InputError("The settings of this run cannot be changed once it has begun.")
            self.work.change(**settings)
        except InputError as error:
            self.journal.note(notice=str(error))
            return
        self.settings = self.settings | settings
        self.journal.save_again()
        self.journal.note(notice="")

    def _keep_settings(self) -> None:
        """Write down settings that have changed, behind a checkpoint: nobody goes on without the change."""
        if self.settings == self.entry["settings"]:
            return
        self._save()
        self.entry = {**self.entry, "settings": self.settings}
        self.journal.describe(self.entry)

    def _change_state(self, state: str, notice: str = "", end: str = "") -> None:
        self.journal.note(state=state, notice=notice, end=end, since=time.monotonic())


def main(folder: Path) -> None:
    """Be the process of the run in this folder, unless it has one. Never returns."""
    code = 1
    try:
        process = processes.enter(folder)
        if process is not None:
            _step_aside(folder)
            code = Worker(folder, process).run()
            sys.stderr.flush()
    finally:
        os._exit(code)


def _step_aside(folder: Path) -> None:
    """Be a process of its own, and write what goes wrong into the folder."""
    log.take_over(folder)
    if hasattr(os, "setpgid") and os.getpgrp() != os.getpid():
        os.setpgid(0, 0)  # so that it can be killed with its children
    yield_to_others()


def yield_to_others() -> None:
    """Let this process be the first to go when memory runs out, and take one core."""
    with suppress(OSError):  # only Linux has it
        Path("/proc/self/oom_score_adj").write_text("900")
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
