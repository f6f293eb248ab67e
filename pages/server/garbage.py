"""Garbage is collected at a pace of its own, not behind every run of a page.

Streamlit collects after each run, and nobody else goes on meanwhile. With a class of thirty that is more than
twenty times a second, over everything that their sessions hold, and took more of the processor than the pages
themselves. Sessions that are over lie in cycles, so something has to collect.

What is freed stays with the process: after a thousand pictures and maps of all sizes a third of what the C
library held was free, 100 MB, and between pieces in use. Where it can, it is told to give that back.
"""

import ctypes
import gc
import threading
from itertools import count

from streamlit import config

PACE = 2.0  # s from one collection to the next
ROUNDS = 15  # collections from one time that memory is given back to the next; it takes about 10 ms


def collect_until(over: threading.Event) -> None:
    """Collect now and then, instead of Streamlit, until `over` is set."""
    config.set_option("runner.postScriptGC", False)
    for done in count(1):
        if over.wait(PACE):
            return
        gc.collect()
        if done % ROUNDS == 0:
            give_back()


def give_back() -> bool:
    """Let the system have memory that is free; whether this C library could (glibc can)."""
    try:
        trim = ctypes.CDLL("libc.so.6").malloc_trim
    except (OSError, AttributeError):
        return False
    trim(0)  # whoever is in no need of memory goes on meanwhile
    return True
