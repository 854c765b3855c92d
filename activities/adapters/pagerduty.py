"""Pages over HTTP, as events of PagerDuty's Events API v2, which other receivers take as well.

One POST of JSON an alert. The receiver knows an alert by its `dedup_key`: whatever is sent again
under the same key, as after a lost answer, joins the alert that is there. What an answer means:

- 2xx: taken.
- 429, 408, 5xx, no answer in time, no connection: nothing was taken now. `Retry-After` (RFC 9110
  section 10.2.3) is heeded, up to `LONGEST_WAIT`: pages are urgent.
- anything else is refused for good: 401 and 403 are about our key, a redirect or 404 about our
  address, and every other 4xx about the event itself. Somebody has to mend that, and is told.
"""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from activities.ports import Alert, PagerRefused, PagerUnavailable, Signal
from activities.rendering.sanitizing import one_line

SEVERITY = "critical"
"""Of every page: what is less does not wake anybody."""
CLIENT = "Durable Desk"
LONGEST_WAIT = timedelta(minutes=5)
_MOST_WORDS = 2_000
_FOR_NOW = frozenset({408, 429})


def _now() -> datetime:
    return datetime.now(UTC)


class HttpPager:
    """Sends alerts to one address, under one routing key."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: timedelta = timedelta(seconds=10),
        now: Callable[[], datetime] = _now,
    ) -> None:
        """`timeout` is for the whole exchange, from the connection to the end of the answer."""
        self._url = url
        self._key = key
        self._timeout = timeout.total_seconds()
        self._now = now
        self._tls = httpx.create_ssl_context()

    async def send(self, alert: Alert) -> str:
        """Hand the alert over; the receiver's words on accepting it."""
        try:
            async with asyncio.timeout(self._timeout):
                answer, words = await self._post(event_of(alert, self._key))
        except TimeoutError:
            raise PagerUnavailable("the pager did not answer in time") from None
        except httpx.HTTPError as error:
            reason = self._without_key(str(error)) or type(error).__name__
            raise PagerUnavailable(f"the pager cannot be reached: {reason}") from error
        said = f"the pager answered {answer.status_code} {self._without_key(words)}".rstrip()
        if answer.is_success:
            return said
        if answer.is_server_error or answer.status_code in _FOR_NOW:
            raise PagerUnavailable(said, retry_after(answer.headers, self._now()))
        raise PagerRefused(said + _to_mend(answer))

    async def _post(self, event: dict[str, Any]) -> tuple[httpx.Response, str]:
        """The answer and the beginning of its body."""
        # A connection of its own, reached directly: nothing of this machine's proxies or netrc.
        async with (
            httpx.AsyncClient(verify=self._tls, trust_env=False, timeout=None) as client,
            client.stream(
                "POST",
                self._url,
                content=json.dumps(event).encode(),
                headers={"Content-Type": "application/json", "Accept-Encoding": "identity"},
                follow_redirects=False,
            ) as answer,
        ):
            words = bytearray()
            async for chunk in answer.aiter_raw():
                words += chunk
                if len(words) > _MOST_WORDS:
                    break
            return answer, words[:_MOST_WORDS].decode(errors="replace")

    def _without_key(self, words: str) -> str:
        """A receiver may quote what it was sent; the key is nobody else's to read."""
        return one_line(words.replace(self._key, "***"))


def event_of(alert: Alert, routing_key: str) -> dict[str, Any]:
    """The event as the receiver reads it."""
    event: dict[str, Any] = {
        "routing_key": routing_key,
        "event_action": alert.signal,
        "dedup_key": alert.key,
    }
    if alert.signal is Signal.TRIGGER:
        event["client"] = CLIENT
        event["payload"] = {
            "summary": alert.summary,
            "source": alert.source,
            "severity": SEVERITY,
            "timestamp": alert.at.isoformat(),
            "custom_details": alert.details,
        }
    return event


def retry_after(headers: httpx.Headers, now: datetime) -> timedelta | None:
    """How long the receiver asks us to wait, in seconds or until a date; None when it does not."""
    given = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", given):
        return min(timedelta(seconds=int(given)), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(given)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta(0)), LONGEST_WAIT)


def _to_mend(answer: httpx.Response) -> str:
    if answer.status_code in (401, 403):
        return "; it refuses the key: set DESK_PAGER_KEY to one that it knows"
    if answer.is_redirect or answer.status_code in (404, 405):
        return "; it takes no events there: set DESK_PAGER_URL to where it does"
    return ""
