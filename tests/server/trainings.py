"""Trainings that are over within a second, for tests of what the server makes of one."""

from typing import Any

from vizcore import runs

SHORT = {"count": 400, "batch": 50, "epochs": 2, "net": "mlp"}


def start(**changes: Any) -> str:
    """The id of such a run, with these settings changed."""
    return runs.start("live_training.train", SHORT | changes)
