"""A contract directory on loopback, over real HTTP, whose answers a test can break."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from activities.adapters.hmac_signatures import sign
from tests.activities.adapters.http_servers import Headers, Send, serving

SECRET = "the secret of these tests"
ACME: dict[str, Any] = {"account": "acme", "name": "Acme Media", "policy": "contently"}


@dataclass
class Directory:
    """Returns one contract for every account, and lists the accounts of `listed` in small pages."""

    contract: Any = field(default_factory=lambda: dict(ACME))
    statuses: list[int] = field(default_factory=list)
    """The statuses of the next answers, then 200."""
    headers: dict[str, str] = field(default_factory=dict)
    signature: Callable[[bytes], str | None] = lambda body: sign(
        SECRET.encode(), body, int(time.time())
    )
    body: bytes | None = None
    delay: float = 0.0
    is_endless: bool = False
    requests: list[str] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    """The accounts in the list. Each has the contract with its own name."""
    page: dict[str, Any] = field(default_factory=dict)
    """Changes to the pages of the list."""
    page_size: int = 2
    url: str = ""

    async def __call__(self, scope: dict[str, Any], _: Any, send: Send) -> None:
        """Handles one ASGI request."""
        query = scope["query_string"].decode()
        self.requests.append(scope["path"] + (f"?{query}" if query else ""))
        status = self.statuses.pop(0) if self.statuses else 200
        await asyncio.sleep(self.delay)
        answer = self._page(parse_qs(query)) if query else self._contract(scope["path"])
        body = json.dumps(answer).encode() if self.body is None else self.body
        await send({"type": "http.response.start", "status": status, "headers": self._head(body)})
        with contextlib.suppress(OSError):
            for _ in range(1_000 if self.is_endless else 0):
                await send({"type": "http.response.body", "body": b" " * 10_000, "more_body": True})
                await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": body})

    def _contract(self, path: str) -> Any:
        account = path.rpartition("/")[2]
        return self.contract | {"account": account} if account in self.listed else self.contract

    def _page(self, query: dict[str, list[str]]) -> dict[str, Any]:
        [after] = query.get("after", [""])
        behind = [account for account in sorted(self.listed) if account > after]
        accounts = behind[: self.page_size]
        page = {"policy": query["policy"][0], "after": after or None, "accounts": accounts}
        return page | {"more": len(behind) > len(accounts)} | self.page

    def _head(self, body: bytes) -> Headers:
        signature = self.signature(body)
        known = self.headers | ({"Desk-Signature": signature} if signature else {})
        return [(name.lower().encode(), value.encode()) for name, value in known.items()]


@contextlib.asynccontextmanager
async def running(directory: Directory) -> AsyncIterator[Directory]:
    """Runs the directory on a free port."""
    async with serving(directory) as address:
        directory.url = f"{address}/contracts/"
        yield directory
