"""What a visit has, no other visit finds: its pictures, its drawing, its networks and its runs."""

import asyncio
from collections.abc import Iterator

import numpy as np
import pytest

from tests.bench.load.measure import Server, serving
from tests.bench.load.protocol import Visitor
from tests.browser.bringing import bring
from vizcore.toolkit.images import encode_png


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("separate")) as server:
        yield server


def everything(visitor: Visitor) -> bytes:
    """All that a page shows, as it was sent."""
    return b"".join(part.element.SerializeToString() for part in visitor.parts())


def test_the_link_of_one_to_an_own_picture_shows_another_a_sample(server: Server) -> None:
    async def both() -> bytes:
        picture = encode_png(np.random.default_rng(0).random((31, 17, 3)).astype(np.float32))
        name = await bring(server.address, "holiday-with-anna.png", picture)
        async with Visitor(server.address, f"/pooling?picture={name}") as other:
            await other.pick("stage.picture", "other")
            return everything(other)

    shown = asyncio.run(both())
    assert b"somebody's own picture, which is never part of a link" in shown
    assert b"holiday" not in shown
    assert b"17 \xc3\x97 31 px" not in shown
    assert b"This visit" not in shown


def test_a_run_is_found_by_its_link_alone(server: Server) -> None:
    async def both() -> tuple[str, bytes, str]:
        page = "/live-training?t_net=mlp&t_epochs=1&t_seed={}"
        async with (
            Visitor(server.address, page.format(7)) as one,
            Visitor(server.address, page.format(8)) as two,
        ):
            run = one.message("training.run").header["run"]
            async with Visitor(server.address, "/live-training?view=compare&compare_of=own") as other:
                seen = everything(other) + everything(two)
            async with Visitor(server.address, f"/live-training?run={run}") as guest:
                return run, seen, guest.message("training.run").header["run"]

    run, seen, linked = asyncio.run(both())
    assert len(run) == 32
    assert run.encode() not in seen
    assert linked == run


def test_the_address_that_answers_one_is_unknown_to_another(server: Server) -> None:
    async def both() -> tuple[str, bytes]:
        link = "/losses?view=softmax"
        async with Visitor(server.address, link) as one, Visitor(server.address, link) as two:
            return one.message("softmax.bars").header["live"], everything(two)

    address, seen = asyncio.run(both())
    assert len(address.rpartition("/")[2]) == 32
    assert address.encode() not in seen
