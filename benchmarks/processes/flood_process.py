"""A backend that opens tickets of one account as fast as it can, fifty at once.

It is a separate process, so that the measuring process does not share its CPU time. After a 429 it
waits for the time in `Retry-After`.
"""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from http import HTTPStatus
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import httpx

from benchmarks.support.http_openings import LOUD, calling, open_ticket

CONCURRENCY = 50


@dataclass
class Counts:
    """Counts of a flood."""

    opened: int = 0
    refused: int = 0


class Flood:
    """Controls the flood of a process."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def begin(self) -> None:
        """Begins the flood."""
        await self._send("begin")

    async def end(self) -> Counts:
        """Ends the flood and returns its counts."""
        await self._send("end")
        assert self._process.stdout is not None
        return Counts(**json.loads(await self._process.stdout.readline()))

    async def _send(self, command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n".encode())
        await self._process.stdin.drain()


@asynccontextmanager
async def flood_process(url: str) -> AsyncIterator[Flood]:
    """A process that can flood the API at this address."""
    command = [sys.executable, __file__, url]
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    try:
        yield Flood(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def main(url: str) -> None:
    """Floods from `begin` to `end` and prints the counts, until standard input ends."""
    commands = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    keys = count(1)
    async with calling(url) as http:
        while await commands.readline():
            counts = Counts()
            callers = [
                asyncio.create_task(_open_until_cancelled(http, keys, counts))
                for _ in range(CONCURRENCY)
            ]
            await commands.readline()
            for caller in callers:
                caller.cancel()
            await asyncio.wait(callers)
            print(json.dumps(asdict(counts)), flush=True)


async def _open_until_cancelled(
    http: httpx.AsyncClient, keys: "count[int]", counts: Counts
) -> None:
    while True:
        key = f"{LOUD}-{next(keys)}"
        while not (answer := await open_ticket(http, LOUD, key)).is_success:
            counts.refused += answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
            await asyncio.sleep(float(answer.headers.get("Retry-After", 1)))
        counts.opened += 1


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(sys.argv[1]))
