"""Garbage is collected at a pace of its own, not behind every run of a page.

Streamlit collects after each run, and nobody else goes on meanwhile. With a class of thirty that is more than
twenty times a second, over everything that their sessions hold, and took more of the processor than the pages
themselves. Sessions that are over lie in cycles, so something has to collect.
"""

import gc
import threading

from streamlit import config

PACE = 2.0  # s from one collection to the next


def collect_until(over: threading.Event) -> None:
    """Collect now and then, instead of Streamlit, until `over` is set."""
    config.set_option("runner.postScriptGC", False)
    while not over.wait(PACE):
        gc.collect()
