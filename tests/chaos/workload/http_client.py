"""An API client that retries unanswered requests under the same idempotency key."""

import asyncio
import json
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from tests.chaos.nemesis.desk import token

PAUSE = 0.2
RETRIED = {429, 502, 503, 504}


class NoAnswer(Exception):
    """The API did not answer within the timeout, through all retries."""


@dataclass(frozen=True)
class Answer:
    """A response, and the two times between which the desk decided on it."""

    status: int
    body: dict[str, Any]
    sent: datetime
    answered: datetime
    attempts: int

    @property
    def problem(self) -> str | None:
        """The problem type; None for a success."""
        return str(self.body["type"]).rpartition("/")[2] if self.status >= 400 else None


class ApiClient:
    """Calls the API of one desk under any role."""

    def __init__(self, url: str, timeout: float, authority: Path | None = None) -> None:
        """`authority` has signed the certificate of the API."""
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        verify = ssl.create_default_context(cafile=str(authority)) if authority else True
        self._http = httpx.AsyncClient(
            base_url=url, timeout=20, limits=limits, trust_env=False, verify=verify
        )
        self._timeout = timeout

    async def close(self) -> None:
        """Closes all connections."""
        await self._http.aclose()

    async def post(self, path: str, role: str, body: dict[str, Any], key: str) -> Answer:
        """Posts until answered. The key makes all attempts one request."""
        return await self._request("POST", path, role, body, key)

    async def get(self, path: str, role: str = "agent") -> Answer:
        """Reads until answered."""
        return await self._request("GET", path, role)

    async def _request(
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
        content = json.dumps(body, default=lambda at: at.isoformat()) if body is not None else None
        sent, attempts = datetime.now(UTC), 0
        while (datetime.now(UTC) - sent).total_seconds() < self._timeout:
            attempts += 1
            try:
                got = await self._http.request(method, path, content=content, headers=headers)
            except httpx.HTTPError:
                await asyncio.sleep(PAUSE)
                continue
            if got.status_code in RETRIED:
                await asyncio.sleep(PAUSE)
                continue
            return Answer(got.status_code, got.json(), sent, datetime.now(UTC), attempts)
        raise NoAnswer(f"{method} {path}: no answer to {attempts} attempts in {self._timeout:g} s")
