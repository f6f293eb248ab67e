"""Uploads as a page makes them, without a browser."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.Common_pb2 import UploadedFileInfo

from tests.bench.load.protocol import IMPOSSIBLE, Failed, Visitor
from tests.browser import school

PAGE = "/pooling"


@dataclass
class Came:
    """What became of uploads."""

    taken: int = 0
    refused: int = 0  # with a sentence on the page
    failed: list[str] = field(default_factory=list)


async def bring(address: str, name: str, content: bytes) -> str:
    """Put a picture on the stage of a visit of its own; its name in the link.

    Raises:
        Failed: the page says something else.
    """
    async with Visitor(address, PAGE) as visitor:
        put = asyncio.to_thread(
            school.put, urlsplit(address).port, visitor.session, name, len(content), content=content, file="1"
        )
        status, sentence = await put
        if status != 204:
            raise Failed(f"{status}: {sentence}")
        await visitor.pick("stage.picture", "other")
        await visitor.set("stage.file", UploadedFileInfo(name=name, size=len(content), file_id="1"))
        return visitor.settings["picture"]


def bring_all(address: str, files: Iterable[bytes]) -> Came:
    """Bring one file after another."""
    came = Came()
    for number, content in enumerate(files):
        try:
            name = asyncio.run(bring(address, f"{number}.png", content))
        except Failed as failed:
            if IMPOSSIBLE in str(failed):
                came.refused += 1
            else:
                came.failed.append(f"{number}: {failed}")
        else:
            came.taken += name.startswith("mine-")
    return came
