"""Attacks on the HTTP edge, bounded in number, bytes and time. They work against loopback only.

Each has a target and returns what it achieved. `tests/security/test_edge.py` runs them briefly,
and `benchmarks/attacks.py` for longer, in a process of their own.
"""

import asyncio
import ipaddress
import secrets
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from time import monotonic
from urllib.parse import urlsplit

HEAD = "{method} {path} HTTP/1.1\r\nHost: desk\r\n"
LARGEST_BODY = 256 * 1024
PATIENCE = 5.0
"""Seconds to wait for a connection or a response."""
_BLOCK = b"X-Attack: " + b"a" * 8_000 + b"\r\n"


@dataclass(frozen=True)
class Target:
    """An API on loopback, and the addresses that attack it."""

    port: int
    sources: tuple[str, ...] = ("127.0.0.1",)
    host: str = "127.0.0.1"

    def __post_init__(self) -> None:
        for address in (self.host, *self.sources):
            if not ipaddress.ip_address(address).is_loopback:
                raise ValueError(f"{address} is not on loopback")

    @classmethod
    def at(cls, url: str, *sources: str) -> "Target":
        """The API at a URL."""
        return cls(urlsplit(url).port or 80, sources or ("127.0.0.1",))

    async def connect(self, source: str) -> socket.socket:
        """A connection from an address."""
        connection = socket.socket()
        connection.setblocking(False)
        # So that what is not read stays with the API, and not with the kernel of the attacker.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        try:
            connection.bind((source, 0))
            loop = asyncio.get_running_loop()
            await asyncio.wait_for(loop.sock_connect(connection, (self.host, self.port)), PATIENCE)
        except BaseException:
            connection.close()
            raise
        return connection


@dataclass
class Outcome:
    """What an attack achieved."""

    connected: int = 0
    refused: int = 0
    sent_bytes: int = 0
    statuses: Counter[str] = field(default_factory=Counter)


def loopback_addresses(count: int) -> tuple[str, ...]:
    """Distinct addresses on loopback, none of which is 127.0.0.1."""
    return tuple(f"127.1.{number // 250}.{number % 250 + 1}" for number in range(count))


async def large_head(target: Target, most_bytes: int = 64_000_000) -> Outcome:
    """One request whose head does not end."""
    outcome = Outcome(connected=1)
    loop = asyncio.get_running_loop()
    with await target.connect(target.sources[0]) as connection:
        with suppress(ConnectionError):
            await loop.sock_sendall(connection, HEAD.format(method="GET", path="/").encode())
            while outcome.sent_bytes < most_bytes:
                await loop.sock_sendall(connection, _BLOCK)
                outcome.sent_bytes += len(_BLOCK)
        outcome.statuses[await _status(connection)] += 1
    return outcome


async def large_heads(target: Target, seconds: float) -> Outcome:
    """Requests whose heads do not end, one after the other."""
    total, ends_at = Outcome(), monotonic() + seconds
    while monotonic() < ends_at:
        outcome = await large_head(target)
        total.connected += 1
        total.sent_bytes += outcome.sent_bytes
        total.statuses += outcome.statuses
    return total


async def held(connections: int, sent: bytes, target: Target, seconds: float = 0.0) -> Outcome:
    """Connections that send the same bytes and then nothing, replaced when they are closed."""
    outcome, ends_at = Outcome(), monotonic() + seconds
    open_ones: list[socket.socket] = []
    try:
        for source in islice(cycle(target.sources), connections):
            await _hold(target, source, sent, open_ones, outcome)
            if seconds > 0 and ends_at < monotonic():
                break
        while monotonic() < ends_at:
            await asyncio.sleep(0.1)
            for connection in [each for each in open_ones if _is_closed(each)]:
                if ends_at < monotonic():
                    break
                open_ones.remove(connection)
                connection.close()
                source = secrets.choice(target.sources)
                await _hold(target, source, sent, open_ones, outcome)
    finally:
        for connection in open_ones:
            connection.close()
    return outcome


def half_head() -> bytes:
    """The beginning of a head."""
    return HEAD.format(method="GET", path="/tickets").encode()


def half_body(token: str | None, size: int = LARGEST_BODY) -> bytes:
    """A request whose body lacks its last byte."""
    head = HEAD.format(method="POST", path="/tickets") + f"Content-Length: {size}\r\n"
    if token is not None:
        head += f"Authorization: Bearer {token}\r\n"
    return f"{head}Content-Type: application/json\r\n\r\n".encode() + b" " * (size - 1)


def unread_responses(count: int = 8) -> bytes:
    """Requests for a long document, whose responses nobody reads."""
    return f"{HEAD.format(method='GET', path='/openapi.json')}\r\n".encode() * count


async def guesses(workers: int, target: Target, seconds: float, most: int = 1_000_000) -> Outcome:
    """Requests with random tokens, as fast as they are answered."""
    budget = iter(range(most))

    def guess() -> bytes:
        head = HEAD.format(method="GET", path="/tickets")
        return f"{head}Authorization: Bearer {secrets.token_urlsafe(18)}\r\n\r\n".encode()

    return await _flood(target, workers, seconds, guess, budget)


async def connects(workers: int, target: Target, seconds: float, most: int = 1_000_000) -> Outcome:
    """Connections that are closed at once, as fast as they are made."""
    return await _flood(target, workers, seconds, lambda: b"", iter(range(most)))


async def _flood(
    target: Target, workers: int, seconds: float, made: Callable[[], bytes], budget: Iterator[int]
) -> Outcome:
    outcome, ends_at = Outcome(), monotonic() + seconds

    async def work(source: str) -> None:
        while monotonic() < ends_at:
            with suppress(OSError, TimeoutError):
                connection = await target.connect(source)
                outcome.connected += 1
                with connection:
                    await _requests(connection, made, budget, ends_at, outcome)
            if next(budget, None) is None:
                return

    await asyncio.gather(*(work(source) for source in islice(cycle(target.sources), workers)))
    return outcome


async def _requests(
    connection: socket.socket,
    made: Callable[[], bytes],
    budget: Iterator[int],
    ends_at: float,
    outcome: Outcome,
) -> None:
    """Requests on one connection until it is closed."""
    loop = asyncio.get_running_loop()
    while monotonic() < ends_at:
        request = made()
        if not request or next(budget, None) is None:
            return
        await loop.sock_sendall(connection, request)
        status = await _status(connection)
        outcome.statuses[status] += 1
        if status == "closed":
            return


async def _hold(
    target: Target, source: str, sent: bytes, open_ones: list[socket.socket], outcome: Outcome
) -> None:
    loop = asyncio.get_running_loop()
    try:
        connection = await target.connect(source)
    except (OSError, TimeoutError):
        outcome.refused += 1
        return
    open_ones.append(connection)
    outcome.connected += 1
    with suppress(OSError, TimeoutError):
        # What the kernel does not take is not sent.
        await asyncio.wait_for(loop.sock_sendall(connection, sent), 0.2)
        outcome.sent_bytes += len(sent)


def _is_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(65_536, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


async def _status(connection: socket.socket) -> str:
    """The status of the next response, or `closed`."""
    loop = asyncio.get_running_loop()
    with suppress(OSError, TimeoutError):
        received = await asyncio.wait_for(loop.sock_recv(connection, 65_536), PATIENCE)
        if received.startswith(b"HTTP/1.1 "):
            return received[9:12].decode()
    return "closed"
