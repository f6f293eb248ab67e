"""Figures are printed in one table at the end; none of them decides over pass or fail."""

from collections.abc import Callable, Iterator

import pytest

from tests.bench.load.measure import Server, serving

FIGURES: list[tuple[str, float, str]] = []


@pytest.fixture
def figure() -> Callable[[str, float, str], None]:
    """Report one figure: what it is, its value, its goal in words."""

    def report(name: str, value: float, goal: str) -> None:
        FIGURES.append((name, value, goal))

    return report


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app in a process of its own."""
    with serving(tmp_path_factory.mktemp("server")) as server:
        yield server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FIGURES:
        terminalreporter.section("figures")
    for name, value, goal in FIGURES:
        terminalreporter.write_line(f"{value:8.2f}  {name} (goal: {goal})")
