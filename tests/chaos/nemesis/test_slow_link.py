"""What the experiments with a slow database rest on."""

import asyncio

from tests.chaos.nemesis.slow_link import LOOPBACK, slow_link
from tests.ports import free_ports

DELAY = 0.05


async def test_everything_arrives_in_order_and_later() -> None:
    near, far = free_ports(2)

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1_000):
            writer.write(data)
        writer.close()

    sent = bytes(range(256)) * 400
    server = await asyncio.start_server(echo, LOOPBACK, far)
    async with server, slow_link(near, far, DELAY):
        reader, writer = await asyncio.open_connection(LOOPBACK, near)
        began = asyncio.get_running_loop().time()
        writer.write(sent)
        writer.write_eof()
        assert await reader.read() == sent
        assert asyncio.get_running_loop().time() - began >= 2 * DELAY
        writer.close()


async def test_an_end_that_nobody_listens_at_ends_the_connection() -> None:
    near, nobody = free_ports(2)
    async with slow_link(near, nobody, DELAY):
        reader, writer = await asyncio.open_connection(LOOPBACK, near)
        assert await reader.read() == b""
        writer.close()
