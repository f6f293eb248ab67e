"""What one visitor can do to a server while others use it. Each goes on until it is closed."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from io import BytesIO
from itertools import count
from urllib.parse import urlsplit

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from streamlit.proto.Common_pb2 import UploadedFileInfo

from tests.bench.load.measure import Heavy, Server
from tests.bench.load.protocol import Visitor
from tests.browser import school

SIDE = 2580  # px of a picture of 20 MB
NAME = "large.png"
LOOK = 0.1  # s from one look at a run to the next, as a page does it


async def flood(server: Server) -> AsyncIterator[None]:
    """Three hundred messages a second; whoever is cut off comes back at once."""
    while True:
        async with (
            Visitor(server.address, "/convolution") as visitor,
            aclosing(visitor.flood(1 / 300)) as sent,
        ):
            async for _ in sent:
                yield


async def upload(server: Server) -> AsyncIterator[str]:
    """One picture of 20 MB after another, each of which the page reads and puts on the stage."""
    port = urlsplit(server.address).port or 80
    pixels = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    async with Visitor(server.address, "/convolution") as visitor:
        for number in count():
            content = await asyncio.to_thread(_picture, pixels, number)
            file, size = f"file-{number}", len(content)
            status, text = await asyncio.to_thread(
                school.put, port, visitor.session, NAME, size, content=content, file=file
            )
            if status != 204:
                raise AssertionError(f"{status}: {text}")
            await visitor.pick("stage.picture", "other")
            await visitor.set("stage.file", UploadedFileInfo(name=NAME, size=size, file_id=file))
            yield visitor.settings["picture"]


def _picture(pixels: NDArray[np.uint8], number: int) -> bytes:
    """A PNG of these pixels, but for one, which is another one each time."""
    pixels[0, 0] = number % 256
    file = BytesIO()
    PIL.Image.fromarray(pixels).save(file, "PNG", compress_level=0)
    return file.getvalue()


async def landscape(server: Server) -> AsyncIterator[None]:
    """One surface of 49 x 49 losses after another."""
    settings = "view=plane&net=lenet5&ll_of=tube&ll_plane=random&ll_span=1&ll_seed={}"
    async for _ in _runs(server, "/loss-landscape", settings, "ll.terrain"):
        yield


async def train(server: Server) -> AsyncIterator[None]:
    """One training after another."""
    async for _ in _runs(server, "/live-training", "t_data=shapes&t_net=tiny_vgg&t_seed={}", "training.run"):
        yield


async def _runs(server: Server, page: str, settings: str, key: str) -> AsyncIterator[None]:
    """Begin runs with seeds from 1 to 9 and look at each until it is over; one item for a look at work."""
    for turn in count():
        async with Visitor(server.address, f"{page}?{settings.format(1 + turn % 9)}") as visitor:
            header, url = {"over": False, "next": 0}, visitor.message(key).header["url"]
            while not header["over"]:
                header = (await visitor.ask(url, {"since": header["next"]})).header
                if header["status"]["state"] == "running":
                    yield
                await asyncio.sleep(LOOK)


HEAVY: Mapping[str, Heavy] = {"flood": flood, "upload": upload, "landscape": landscape, "train": train}
