"""Whatever a link says, the page opens and can be used. `make soak` gives every value to every setting."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server import hostile
from tests.server.every_view import LINKS, prepared
from tests.server.hostile import SPY, STRANGE, VALUES, Known, joined, mixed, opened, settings_of


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile") / "log.txt"


@pytest.fixture(scope="module")
def server(log: Path) -> Iterator[str]:
    with prepared(SPY, log, run_slots=0) as address:
        yield address


@pytest.fixture(scope="module")
def known(server: str, log: Path) -> Known:
    return settings_of(server, log)


@pytest.mark.parametrize("page", LINKS)
def test_hostile_settings_open_every_view(server: str, known: Known, page: str) -> None:
    for link in LINKS[page]:
        assert len(known[link]) > 4
        assert opened(server, mixed(link, known[link], step=len(known[link]))) == {}


@pytest.mark.parametrize("page", LINKS)
def test_hostile_queries_open_every_page(server: str, known: Known, page: str) -> None:
    link, number = LINKS[page][0], list(LINKS).index(page)
    names = known[link]
    repeated = [joined(link, *(f"{names[-1]}={turn}" for turn in range(900)))]
    views = [f"/{page.replace('_', '-')}?view={value}" for value in VALUES[number :: len(LINKS)]]
    assert opened(server, [*repeated, *views, *(joined(link, query) for query in STRANGE)]) == {}


def test_hostile_addresses_open_the_first_page(server: str) -> None:
    settings = [f"/?picture={value}&net={value}" for value in VALUES]
    places = [
        f"/{place}" for place in ("nowhere", "losses/../../etc/passwd", "losses/line", "x" * 5000, "%00")
    ]
    assert opened(server, settings[::2] + places) == {}


def test_a_page_that_fails_would_be_noticed(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    impossible = "/convolution?slide_kernel=box&slide_rows=11&slide_cols=11&slide_size=8"
    assert "Not possible" in opened(server, [impossible])[impossible]
    monkeypatch.setattr(hostile, "PICTURE", "What does one kernel do")
    assert "Markdown" in opened(server, ["/convolution"])["/convolution"]
