"""A connection that passes bytes on to a port of this machine, each way a little later."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

LOOPBACK = "127.0.0.1"
_MOST = 65_536


@asynccontextmanager
async def slow_link(port: int, to: int, delay: float) -> AsyncIterator[None]:
    """Listens on a port. Everything arrives at the other one after this delay (seconds)."""
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        writers = [writer]
        try:
            with suppress(OSError):
                far_reader, far_writer = await asyncio.open_connection(LOOPBACK, to)
                writers.append(far_writer)
                await asyncio.gather(
                    _pass_on(reader, far_writer, delay), _pass_on(far_reader, writer, delay)
                )
        finally:
            for each in writers:
                each.close()
            connections.discard(task)

    server = await asyncio.start_server(serve, LOOPBACK, port)
    try:
        yield
    finally:
        server.close()
        for task in tuple(connections):
            task.cancel()


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float
) -> None:
    """A delay and not a lower rate: the next bytes do not wait for those before them. At the end of
    one direction the other one stays open.
    """
    clock = asyncio.get_running_loop().time
    waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def write() -> None:
        while True:
            due, data = await waiting.get()
            await asyncio.sleep(max(0.0, due - clock()))
            if not data:
                writer.write_eof()
                return
            writer.write(data)
            await writer.drain()

    writing = asyncio.create_task(write())
    try:
        with suppress(OSError):
            while data := await reader.read(_MOST):
                waiting.put_nowait((clock() + delay, data))
        waiting.put_nowait((clock() + delay, b""))
        with suppress(OSError):
            await writing
    finally:
        writing.cancel()
