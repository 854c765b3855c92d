"""What a connection may send, and how long it may take."""

import asyncio
import gc
from collections.abc import AsyncIterator
from dataclasses import replace
from socket import SO_RCVBUF, SOL_SOCKET

import pytest
import pytest_asyncio
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from api.server.acceptor import SEND_BUFFER
from api.server.limits import DEFAULT_LIMITS
from api.server.protocol import MOST_PIPELINED
from tests.api.server.raw import GET, SHORT, Delegating, Echo, Served, served

HEAD = b"GET / HTTP/1.1\r\nHost: desk\r\n"
POST = b"POST / HTTP/1.1\r\nHost: desk\r\nContent-Length: 60\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: desk\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def delegating() -> Delegating:
    return Delegating()


@pytest.fixture
def app(delegating: Delegating) -> Echo:
    delegating.app = Echo()
    return delegating.app


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server(delegating: Delegating) -> AsyncIterator[Served]:
    # All tests come from one address.
    async with served(delegating, replace(DEFAULT_LIMITS, most_per_address=0)) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hasty(delegating: Delegating) -> AsyncIterator[Served]:
    async with served(delegating, SHORT) as running:
        yield running


class TestHead:
    """The bytes and fields of a head are limited, and nothing of a refused one reaches the app."""

    @pytest.mark.fault(52)
    @pytest.mark.parametrize(
        "head",
        [
            HEAD + b"X-Long: " + b"a" * 1_000_000,
            HEAD + b"X-A: a\r\n" * 101 + b"\r\n",
            HEAD + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 400) for n in range(90)) + b"\r\n",
            b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: desk\r\n\r\n",
            b"GET /" + b"a" * 1_000_000,
        ],
        ids=["one field", "many fields", "all fields", "path", "endless path"],
    )
    async def test_a_head_above_the_limit_is_refused(
        self, server: Served, app: Echo, head: bytes
    ) -> None:
        peer = await server.connect()
        await peer.send(head)
        # Empty where the peer still sent: the kernel then drops the answer.
        assert (await peer.rest())[:13] in (b"HTTP/1.1 431 ", b"")
        assert app.bodies == []

    async def test_the_refusal_is_a_problem_document_and_ends_the_connection(
        self, server: Served, app: Echo
    ) -> None:
        peer = await server.connect()
        await peer.send(HEAD + b"X-A: a\r\n" * 101 + b"\r\n")
        head, _, body = (await peer.rest()).partition(b"\r\n\r\n")
        assert b"content-type: application/problem+json" in head
        assert b"connection: close" in head
        assert b"cache-control: no-store" in head
        assert b'"/problems/head-too-large"' in body

    async def test_a_head_below_the_limit_is_served(self, server: Served, app: Echo) -> None:
        peer = await server.connect()
        await peer.send(HEAD + b"X-Long: " + b"a" * 30_000 + b"\r\n\r\n")
        assert (await peer.response()).startswith(b"HTTP/1.1 200 ")

    async def test_the_limit_is_one_of_each_request(self, server: Served, app: Echo) -> None:
        peer = await server.connect()
        for _ in range(5):
            await peer.send(HEAD + b"X-Long: " + b"a" * 20_000 + b"\r\n\r\n")
            assert (await peer.response()).startswith(b"HTTP/1.1 200 ")

    @pytest.mark.parametrize("junk", [b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n"])
    async def test_what_is_not_http_is_refused(
        self, server: Served, app: Echo, junk: bytes
    ) -> None:
        peer = await server.connect()
        await peer.send(junk)
        assert b"/problems/malformed-request" in await peer.rest()

    @pytest.mark.parametrize(
        "head",
        [
            b"GET / HTTP/1.1\r\n",
            HEAD + b"Host: other\r\n",
            b"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n",
            b"GET / HTTP/1.1\r\nHost: de sk\r\n",
            b"GET / HTTP/1.1\r\nHost: desk/../x\r\n",
            b"GET /\r\n",
            b"POST / HTTP/1.1\r\nHost: desk\r\nTransfer-Encoding: gzip, chunked\r\n",
            b"POST / HTTP/1.0\r\nHost: desk\r\nTransfer-Encoding: chunked\r\n",
        ],
        ids=[
            "no host",
            "two hosts",
            "two hosts of HTTP/1.0",
            "a host with a space",
            "a host with a path",
            "HTTP/0.9",
            "another transfer coding",
            "chunks in HTTP/1.0",
        ],
    )
    async def test_what_a_proxy_may_read_in_another_way_is_refused(
        self, server: Served, app: Echo, head: bytes
    ) -> None:
        peer = await server.connect()
        await peer.send(head + b"\r\n2\r\n{}\r\n0\r\n\r\n")
        assert b"/problems/malformed-request" in await peer.rest()
        assert app.bodies == []

    @pytest.mark.parametrize("host", [b"desk:8000", b"[::1]:80", b"", b"127.0.0.1"])
    async def test_any_host_is_served(self, server: Served, app: Echo, host: bytes) -> None:
        peer = await server.connect()
        await peer.send(b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
        assert (await peer.response()).startswith(b"HTTP/1.1 200 ")

    async def test_a_request_of_http_1_0_needs_no_host(self, server: Served, app: Echo) -> None:
        peer = await server.connect()
        await peer.send(b"GET / HTTP/1.0\r\n\r\n")
        assert (await peer.rest()).startswith(b"HTTP/1.1 200 ")

    async def test_white_space_around_a_value_is_no_part_of_it(
        self, server: Served, app: Echo
    ) -> None:
        peer = await server.connect()
        await peer.send(HEAD + b"Idempotency-Key: \t k-1 \t\r\n\r\n")
        await peer.response()
        assert dict(app.headers)[b"idempotency-key"] == b"k-1"

    async def test_an_upgrade_is_answered_as_any_request(self, server: Served, app: Echo) -> None:
        peer = await server.connect()
        await peer.send(HEAD + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        assert (await peer.rest()).startswith(b"HTTP/1.1 200 ")


class TestBody:
    """A body is complete, or the app does not get it."""

    @pytest.mark.fault(51)
    @pytest.mark.parametrize("sent", [POST, POST + b"{}", CHUNKED, CHUNKED + b"2\r\n{}\r\n"])
    async def test_the_app_learns_that_a_request_broke_off(
        self, server: Served, app: Echo, sent: bytes
    ) -> None:
        peer = await server.connect()
        await peer.send(sent)
        await peer.close()
        # A later request is processed after the end of the earlier connection.
        later = await server.connect()
        await later.send(GET)
        await later.response()
        assert (app.bodies, app.broken_off) == ([b""], 1)

    async def test_fields_after_a_body_are_no_headers(self, server: Served, app: Echo) -> None:
        peer = await server.connect()
        await peer.send(CHUNKED + b"2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n")
        await peer.response()
        assert [name for name, _ in app.headers] == [b"host", b"transfer-encoding"]

    @pytest.mark.fault(52)
    async def test_fields_after_a_body_are_limited(self, server: Served, app: Echo) -> None:
        peer = await server.connect()
        await peer.send(CHUNKED + b"2\r\n{}\r\n0\r\nX-Long: " + b"a" * 1_000_000)
        await peer.rest()
        assert (app.bodies, app.broken_off) == ([], 1)

    async def test_chunks_of_one_byte_are_served(self, server: Served, app: Echo) -> None:
        peer = await server.connect()
        await peer.send(CHUNKED + b"1\r\na\r\n" * 100_000 + b"0\r\n\r\n")
        await peer.response()
        assert app.bodies == [b"a" * 100_000]

    async def test_an_unread_body_is_discarded_and_the_connection_goes_on(
        self, server: Served, app: Echo
    ) -> None:
        peer = await server.connect()
        await peer.send(b"POST /unread HTTP/1.1\r\nHost: desk\r\nContent-Length: 200000\r\n\r\n")
        assert (await peer.response()).startswith(b"HTTP/1.1 200 ")
        await peer.send(b"a" * 200_000 + GET)
        assert (await peer.response()).startswith(b"HTTP/1.1 200 ")


class TestTime:
    """A peer that takes too long loses its connection."""

    @pytest.mark.fault(54)
    @pytest.mark.parametrize(
        ("sent", "answer"),
        [(b"", b""), (b"GET / HT", b"HTTP/1.1 408 "), (HEAD, b"HTTP/1.1 408 ")],
    )
    async def test_an_incomplete_head_ends_the_connection(
        self, hasty: Served, app: Echo, sent: bytes, answer: bytes
    ) -> None:
        peer = await hasty.connect()
        await peer.send(sent)
        assert (await peer.rest())[:13] == answer
        assert app.bodies == []

    @pytest.mark.fault(53)
    @pytest.mark.parametrize("sent", [POST, POST + b"{}", CHUNKED + b"2\r\n{}\r\n"])
    async def test_an_incomplete_body_is_408_and_does_nothing(
        self, hasty: Served, app: Echo, sent: bytes
    ) -> None:
        peer = await hasty.connect()
        await peer.send(sent)
        assert b"/problems/request-timeout" in await peer.rest()
        assert (app.bodies, app.broken_off) == ([], 1)

    async def test_an_idle_connection_is_closed_without_an_answer(
        self, hasty: Served, app: Echo
    ) -> None:
        peer = await hasty.connect()
        await peer.send(GET)
        await peer.response()
        assert await peer.rest() == b""

    async def test_a_request_that_is_processed_is_never_closed(
        self, hasty: Served, app: Echo
    ) -> None:
        peer, other = await hasty.connect(), await hasty.connect()
        await peer.send(b"GET /busy HTTP/1.1\r\nHost: desk\r\n\r\n")
        await app.busy.wait()
        # The other connection is closed, so the time is over for this one as well.
        assert await other.rest() == b""
        app.proceed.set()
        assert (await peer.response()).startswith(b"HTTP/1.1 200 ")

    @pytest.mark.fault(54)
    async def test_a_response_that_nobody_reads_ends_the_connection(
        self, hasty: Served, app: Echo
    ) -> None:
        app.answer = b"a" * 20_000_000
        peer = await hasty.connect()
        peer.writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_RCVBUF, 4_096)
        peer.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await peer.send(GET)
        ended = asyncio.get_running_loop().create_task(peer.rest())
        watcher = await hasty.connect()
        await watcher.rest()
        peer.writer.transport.resume_reading()  # type: ignore[attr-defined]
        # The kernel doubles its buffer.
        assert len(await ended) < 4 * SEND_BUFFER

    @pytest.mark.fault(53)
    async def test_a_refused_body_is_not_kept(self, server: Served, app: Echo) -> None:
        peer = await server.connect()
        size = 200_000
        head = f"POST /unread HTTP/1.1\r\nHost: desk\r\nContent-Length: {size}\r\n\r\n"
        await peer.send(head.encode() + b"a" * (size - 1))
        await peer.response()
        gc.collect()
        kept = [each for each in gc.get_objects() if isinstance(each, RequestResponseCycle)]
        assert max(len(cycle.body) for cycle in kept) == 0


class TestPipelining:
    """Requests may follow each other without waiting, but not without end."""

    async def test_a_few_requests_are_answered_in_order(self, server: Served, app: Echo) -> None:
        peer = await server.connect()
        await peer.send(GET * MOST_PIPELINED)
        for _ in range(MOST_PIPELINED):
            assert (await peer.response()).startswith(b"HTTP/1.1 200 ")

    @pytest.mark.fault(51)
    async def test_a_request_behind_another_that_breaks_off_does_nothing(
        self, server: Served, app: Echo
    ) -> None:
        peer = await server.connect()
        await peer.send(b"GET /busy HTTP/1.1\r\nHost: desk\r\n\r\n" + POST + b"{}")
        await app.busy.wait()
        await peer.close()
        app.proceed.set()
        later = await server.connect()
        await later.send(GET)
        await later.response()
        assert app.bodies == [b"", b""]

    @pytest.mark.fault(53)
    async def test_thousands_of_requests_at_once_end_the_connection(
        self, server: Served, app: Echo
    ) -> None:
        peer = await server.connect()
        await peer.send(b"GET /busy HTTP/1.1\r\nHost: desk\r\n\r\n" + GET * 3_000)
        await peer.rest()
        app.proceed.set()
        assert len(app.bodies) <= 1


async def test_hostile_connections_are_logged_once_a_minute(
    app: Echo, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(app, replace(SHORT, head_seconds=5)) as server:
        for _ in range(20):
            peer = await server.connect()
            await peer.send(b"\x16\x03\x01")
            await peer.rest()
    warnings = [record.getMessage() for record in caplog.records if record.levelname != "INFO"]
    assert warnings == ["connections were refused or ended: malformed request (127.0.0.1)"]
