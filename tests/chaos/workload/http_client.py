"""A good client of the API: it repeats what was not answered, with the same key, until it is."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.chaos.nemesis.desk import token

PAUSE = 0.2
NOT_ANSWERED = {429, 502, 503, 504}


class NoAnswer(Exception):
    """The desk did not answer for longer than anybody should have to wait."""


@dataclass(frozen=True)
class Answer:
    """What came back, and between which instants of ours it was decided."""

    status: int
    body: dict[str, Any]
    sent: datetime
    answered: datetime
    attempts: int

    @property
    def problem(self) -> str | None:
        """The kind of problem; None when all went well."""
        return str(self.body["type"]).rpartition("/")[2] if self.status >= 400 else None


class Caller:
    """Calls one desk, as anybody."""

    def __init__(self, url: str, patience: float) -> None:
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        self._http = httpx.AsyncClient(base_url=url, timeout=20, limits=limits, trust_env=False)
        self._patience = patience

    async def close(self) -> None:
        """No more calls."""
        await self._http.aclose()

    async def post(self, path: str, role: str, body: dict[str, Any], key: str) -> Answer:
        """Asks for something, as often as it takes; the same key makes it one request."""
        return await self._ask("POST", path, role, body, key)

    async def get(self, path: str, role: str = "agent") -> Answer:
        """Reads something."""
        return await self._ask("GET", path, role)

    async def _ask(
        self,
        method: str,
        path: str,
        role: str,
        body: dict[str, Any] | None = None,
        key: str | None = None,
    ) -> Answer:
        headers = {"Authorization": f"Bearer {token(role)}", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        content = json.dumps(body, default=str) if body is not None else None
        sent, attempts = datetime.now(UTC), 0
        while (datetime.now(UTC) - sent).total_seconds() < self._patience:
            attempts += 1
            try:
                got = await self._http.request(method, path, content=content, headers=headers)
            except httpx.HTTPError:
                await asyncio.sleep(PAUSE)
                continue
            if got.status_code in NOT_ANSWERED:
                await asyncio.sleep(PAUSE)
                continue
            return Answer(got.status_code, got.json(), sent, datetime.now(UTC), attempts)
        raise NoAnswer(f"{method} {path} was asked {attempts} times for {self._patience:g} s")
