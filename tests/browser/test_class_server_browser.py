"""A server as `make serve` starts it: floods, uploads, restarts, health, and what its log says."""

import json
import os
import re
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.browser.servers import free_port, process, wait_until_healthy

PLANTED = """
import os
from pages.server import serve
from vizcore.toolkit import samples
os.execv = lambda _python, command: exec(command)
"""
KEEP = 2  # s that a visit without a connection is kept


class School:
    """A server that can be started again at the same address."""

    def __init__(self, log: Path) -> None:
        self.log, self.port = log, free_port()
        self.address = f"http://localhost:{self.port}"

    def started(self):  # type: ignore[no-untyped-def]
        os.environ |= {"CONVOSCOPE_PORT": str(self.port), "CONVOSCOPE_KEEP": str(KEEP)}
        return process([sys.executable, "-m", "pages.server.serve"], self.log)
