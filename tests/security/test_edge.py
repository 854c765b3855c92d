"""The API process under attack: it answers, its memory is bounded, and it logs one line."""

import asyncio
import http.client
import json
import os
import socket
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from benchmarks.processes.api_process import TOKEN, Api
from benchmarks.support.http_openings import QUIET, calling, open_ticket
from tests.security import attacks
from tests.security.attacks import Target, loopback_addresses

MOST_GROWTH = 64 * 1024 * 1024
"""Bytes of memory that an attack may cost."""


def memory_of(api: Api) -> int:
    """The resident bytes of the API process (proc(5))."""
    pages = int(Path(f"/proc/{api.process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def lines_of(log: Path, text: str = "") -> int:
    """The lines of a log that contain a text."""
    return sum(text in line for line in log.read_text().splitlines())


def descriptors_of(api: Api) -> int:
    return len(os.listdir(f"/proc/{api.process}/fd"))


async def health(api: Api, source: str = "127.0.0.1") -> int:
    """The status of /healthz on a new connection from an address."""

    def ask() -> int:
        connection = http.client.HTTPConnection(
            "127.0.0.1", Target.at(api.url).port, timeout=10, source_address=(source, 0)
        )
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status
        finally:
            connection.close()

    return await asyncio.to_thread(ask)


def raw(api: Api, sent: bytes) -> None:
    """Sends bytes and closes the connection."""
    with socket.create_connection(("127.0.0.1", Target.at(api.url).port)) as connection:
        connection.sendall(sent)


async def timeline(http: httpx.AsyncClient, ticket: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = (await http.get(f"{ticket}/timeline")).json()["events"]
    return events


@pytest.mark.fault(51)
@pytest.mark.parametrize("body", [b"", b"{}", b'{"reason": "It was our proxy."'])
@pytest.mark.parametrize("length", ["Content-Length: 60", "Transfer-Encoding: chunked"])
async def test_a_truncated_withdrawal_does_nothing(edge: Api, body: bytes, length: str) -> None:
    async with calling(edge.url) as http:
        ticket = (await open_ticket(http, QUIET, str(uuid4()))).headers["Location"]
        before = await timeline(http, ticket)
        head = attacks.HEAD.format(method="POST", path=f"{ticket}/withdraw")
        head += f"Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n{length}\r\n"
        chunk = b"%x\r\n%s\r\n" % (len(body), body) if "chunked" in length and body else body
        raw(edge, f"{head}\r\n".encode() + chunk)
        await health(edge)
        assert await timeline(http, ticket) == before


@pytest.mark.fault(52)
async def test_a_head_without_end_is_refused_early(edge: Api) -> None:
    before = memory_of(edge)
    outcome = await attacks.large_head(Target.at(edge.url, "127.2.0.1"))
    assert outcome.sent_bytes < 10_000_000
    assert memory_of(edge) - before < MOST_GROWTH


@pytest.mark.fault(54)
@pytest.mark.parametrize("sources", [("127.2.0.2",), loopback_addresses(300)])
@pytest.mark.parametrize(
    "sent",
    [b"", attacks.half_head(), attacks.half_body(None), attacks.unread_responses()],
    ids=["silent", "half a head", "half a body", "unread responses"],
)
async def test_health_answers_while_connections_are_held(
    edge: Api, edge_log: Path, sources: tuple[str, ...], sent: bytes
) -> None:
    memory, logged = memory_of(edge), lines_of(edge_log)
    attack = asyncio.create_task(attacks.held(700, sent, Target.at(edge.url, *sources)))
    statuses = [await health(edge)]
    while not attack.done():
        statuses.append(await health(edge))
    assert set(statuses) == {200}
    assert attack.result().connected > 100
    assert descriptors_of(edge) < 700
    assert memory_of(edge) - memory < MOST_GROWTH
    # One line for connections, one for requests of these addresses.
    assert lines_of(edge_log) - logged <= 2


@pytest.mark.fault(53)
async def test_bodies_that_never_end_take_little_memory_and_keep_nobody_out(edge: Api) -> None:
    memory = memory_of(edge)
    target = Target.at(edge.url, *loopback_addresses(50))
    async with calling(edge.url) as http:
        attack = asyncio.create_task(attacks.held(300, attacks.half_body(TOKEN), target))
        while not attack.done():
            assert await health(edge) == 200
            # The token is that of the attackers.
            response = await http.get("/policies")
            assert response.status_code == 200, response.text
            opened = await open_ticket(http, QUIET, str(uuid4()))
            assert opened.status_code == 201
    assert memory_of(edge) - memory < MOST_GROWTH


@pytest.mark.fault(58)
async def test_guesses_are_locked_out_and_logged_once(edge: Api, edge_log: Path) -> None:
    target = Target.at(edge.url, "127.3.0.1")
    outcome = await attacks.guesses(20, target, seconds=30, most=60)
    assert outcome.statuses["401"] <= 10 + 20
    assert outcome.statuses["429"] > 0
    # Other tests guess as well, but a line a minute is the most.
    assert 1 <= lines_of(edge_log, "locked out") <= 2
    async with calling(edge.url) as http:
        assert (await http.get("/nothing")).status_code == 404


@pytest.mark.fault(53)
async def test_a_stranger_with_a_malformed_body_gets_401_on_the_wire(edge: Api) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        response = await http.post(f"{edge.url}/tickets", content=b"{" * 100_000)
    assert response.status_code == 401
    assert json.loads(response.content)["type"] == "/problems/unauthenticated"


def test_attacks_work_against_loopback_only() -> None:
    with pytest.raises(ValueError, match="not on loopback"):
        Target(80, host="203.0.113.1")
