"""The log of a server that others use: a line of JSON for each event, with nothing of a person in it.

Whoever logs an event gives facts that are numbers or words of this program: a hash, a size, a code. Of other
records, those of Streamlit for example, only the sentence as the program has it is written, without what
would be put into it, and of an error its kind and the places that it went through, without its text.
"""

import json
import logging
import sys
import time
import traceback
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parents[2]
FOREIGN = ("streamlit", "uvicorn", "uvicorn.error", "asyncio")

_log = logging.getLogger("convoscope.events")


def log(event: str, **facts: str | int | float) -> None:
    """Write down an event, where somebody has asked for it (`begin`)."""
    _log.info(event, extra={"facts": facts})


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "event": str(record.msg),  # as it stands in the program: its arguments may speak of a person
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line |= {"error": record.exc_info[0].__name__, "at": places(record.exc_info[2])}
        return json.dumps(line)


def places(trace: TracebackType | None) -> list[str]:
    """Where an error went through, the innermost last: file:line of ours, module:line of others."""
    frames = traceback.extract_tb(trace)[-12:]
    return [f"{_short(Path(frame.filename))}:{frame.lineno}" for frame in frames]


def begin() -> None:
    """From now on, all that this process logs goes to its error output as lines of JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("convoscope").setLevel(logging.INFO)
    for name in [name for name in logging.root.manager.loggerDict if name.startswith(FOREIGN)]:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.WARNING)


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) and "lib" not in path.parts else path.stem
