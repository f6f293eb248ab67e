"""A cable between a browser and a server that a test can pull out."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.browser.servers import free_port


class Cable:
    """What connects to `port` is connected to the server; while the cable is out nothing gets through.

    Args:
        server: port of the server on this machine.
    """

    def __init__(self, server: int) -> None:
        self.server, self.port = server, free_port()
        self.hangs = threading.Event()
        self._writers: set[asyncio.StreamWriter] = set()

    def pull(self, *, cut: bool) -> None:
        """Nothing gets through from now on: all connections are cut, or silent as on a lost radio link."""
        self._loop.call_soon_threadsafe(self._pull, cut)

    def plug(self) -> None:
        """All gets through again, also what was sent meanwhile on connections that are still there."""
        self._loop.call_soon_threadsafe(self._in.set)

    def take_away(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)

    async def hang(self) -> None:
        """Carry all connections until it is taken away."""
        self._loop, self._in, self._over = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        self._in.set()
        async with await asyncio.start_server(self._connect, "127.0.0.1", self.port):
            self.hangs.set()
            await self._over.wait()
        self._pull(cut=True)
        await asyncio.sleep(0.1)  # until they know

    def _pull(self, cut: bool) -> None:
        self._in.clear()
        for writer in self._writers if cut else ():
            writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        await self._in.wait()
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.server)
        self._writers.add(there_writer)
        await asyncio.gather(self._pass_on(reader, there_writer), self._pass_on(there_reader, writer))
        self._writers -= {writer, there_writer}

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while content := await reader.read(1 << 16):
                await self._in.wait()
                writer.write(content)
                await writer.drain()
        writer.close()


@contextmanager
def cable(server: int) -> Iterator[Cable]:
    """A cable to the server at this port, as long as the block."""
    found = Cable(server)
    thread = threading.Thread(target=lambda: asyncio.run(found.hang()), daemon=True)
    thread.start()
    assert found.hangs.wait(10)
    yield found
    found.take_away()
    thread.join(10)
