"""Opens tickets of two accounts through the HTTP API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from benchmarks.processes.api_process import TOKEN

LOUD, QUIET = "loud", "quiet"
LONGEST_ANSWER = 30.0


@asynccontextmanager
async def calling(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client for the API at this address."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(
        base_url=url, headers=headers, timeout=LONGEST_ANSWER, trust_env=False
    ) as http:
        yield http


async def open_ticket(http: httpx.AsyncClient, account: str, key: str) -> httpx.Response:
    """Opens a ticket under this idempotency key; returns the response."""
    body = {
        "account": account,
        "requester": {"name": "Mia Harbour", "email": "mia@harbour.example"},
        "subject": "The editor stays blank",
        "description": "Since this morning the editor opens without any text.",
        "channel": "email",
        "priority": "normal",
    }
    return await http.post("/tickets", json=body, headers={"Idempotency-Key": key})
