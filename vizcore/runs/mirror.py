"""A run's folder on another computer, and the one on the server, which is to become like it.

Its process writes arrays first, then the line of a report, then its checkpoint, the settings behind it, and
the record last. `Source` reads in the opposite order, `Copy` writes in the same: whoever looks at the copy
sees nothing that could not have been seen in the original.
"""

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

from vizcore.runs import folder as folders
from vizcore.runs import log, record, reports, states
from vizcore.runs.record import Record

SPEC, NEWEST = "spec.json", "newest.npz"
Mark = tuple[int, int, int]  # of a file as it is: another one means that it has changed


@dataclass(frozen=True)
class News:
    """What has changed in a folder since the last news; None where nothing has."""

    now: float  # s, on the clock of its computer that never jumps
    record: Record
    spec: bytes | None
    lines: bytes | None
    afresh: bool  # whether the lines take the place of all, or come behind those that were there
    newest: bytes | None
    states: dict[str, bytes]  # new checkpoints, by name of their file
    log: bytes | None


class Source:
    """The folder in which the process works."""

    def __init__(self, folder: Path) -> None:
        """Count as known what lies there now; but how it stands is news the first time."""
        self._folder = folder
        self._marks: dict[str, Mark] = {}
        self._record: Record | None = None
        self.news()
        self._record = None

    def news(self) -> News | None:
        """What has changed since the last call, or None."""
        now, found = time.monotonic(), record.read(self._folder)
        said, spec = self._changed(log.NAME), self._changed(SPEC)
        files = [path.name for path in states.files(self._folder)]
        new = {name: content for name in files if (content := self._changed(name)) is not None}
        lines, afresh = self._news_of(reports.NAME, grows=True)
        newest = self._changed(NEWEST)
        same = found == self._record and not new and (said, spec, lines, newest) == (None,) * 4
        self._record = found
        return None if same else News(now, found, spec, lines, afresh, newest, new, said)

    def _changed(self, name: str) -> bytes | None:
        """The content of a file that is not as it was; None where there is none, too."""
        content, _ = self._news_of(name, grows=False)
        return content

    def _news_of(self, name: str, *, grows: bool) -> tuple[bytes | None, bool]:
        """What has come to a file that only `grows`, or all of it, and whether it is all of it."""
        try:
            with (self._folder / name).open("rb") as file:
                found = os.fstat(file.fileno())
                mark = (found.st_ino, found.st_size, found.st_mtime_ns)
                before = self._marks.get(name, (0, 0, 0))
                if mark == before:
                    return None, False
                self._marks[name] = mark
                afresh = not grows or before[0] != mark[0]  # it is another file of this name
                file.seek(0 if afresh else before[1])
                return file.read(found.st_size - file.tell()), afresh
        except FileNotFoundError:  # not yet there, or gone by now
            return None, False


class Copy:
    """The folder on the server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def files(self) -> dict[str, bytes]:
        """What a process needs to begin, or to go on from the last checkpoint."""
        last = states.last(self._folder)
        reports.History(self._folder, -1 if last is None else last.report)  # as it will be there
        names = [SPEC, record.NAME, reports.NAME, *(path.name for path in self._folder.glob("*.npy"))]
        if (self._folder / log.NAME).exists():
            names.append(log.NAME)
        if last is not None:
            names.append(states.name(last.step))
        return {name: (self._folder / name).read_bytes() for name in names}

    def take(self, news: News, notice: str) -> None:
        """Write down what has changed. A full disk stops nothing, but is noted.

        Args:
            news: of a folder that began with `files`.
            notice: the sentence of the record while it has none of its own.
        """
        full = False
        try:
            self._write(news)
        except OSError as error:
            if not folders.full(error):
                raise
            full = True
        self.note(news, notice, full=full)

    def note(self, news: News, notice: str, *, full: bool = False) -> None:
        """Write down how the run stands, in the time of this computer."""
        found, ahead = news.record, time.monotonic() - news.now
        since, beat = found.since + ahead, found.beat + ahead
        notice, full = found.notice or notice, found.full or full
        record.write(self._folder, replace(found, since=since, beat=beat, notice=notice, full=full))

    def _write(self, news: News) -> None:
        if news.newest is not None:
            folders.replace(self._folder / NEWEST, news.newest)
        if news.lines is not None:
            add = folders.replace if news.afresh else folders.append
            add(self._folder / reports.NAME, news.lines)
        for name, content in news.states.items():
            states.keep(self._folder, name, content)
        if news.spec is not None:
            folders.replace(self._folder / SPEC, news.spec, sync=True)
        if news.log is not None:
            folders.replace(self._folder / log.NAME, news.log)
