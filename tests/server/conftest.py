"""What several tests of this folder look at."""

from collections.abc import Iterator

import pytest

from tests.runs.rehearsing import leave_no_run, until_state
from tests.server.trainings import start


@pytest.fixture(scope="module")
def run() -> Iterator[str]:
    """The id of a training that is over."""
    name = start()
    until_state(name, "finished")
    yield name
    leave_no_run()
