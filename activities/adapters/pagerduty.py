"""Pages by PagerDuty's Events API v2, which other receivers accept as well.

Each alert is one POST with JSON. The receiver deduplicates by `dedup_key`, so that a repeated POST
joins the existing alert. Answers:

- 2xx: accepted.
- 408, 429, 5xx, no answer in time, no connection: retried. `Retry-After` (RFC 9110, 10.2.3) is
  respected up to `LONGEST_WAIT`, because pages are urgent.
- Any other answer is final. 401 and 403 are about the key, a redirect or 404 about the address,
  other 4xx about the event. The page is then undeliverable, and the policy's notice reports it.
"""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from activities.adapters.trusted_certificates import trusted_certificates
from activities.ports import Alert, PagerRefused, PagerUnavailable, Signal
from activities.rendering.sanitizing import one_line

SEVERITY = "critical"
"""The severity of every page. Receivers do not call for a lower one."""
CLIENT = "Durable Desk"
LONGEST_WAIT = timedelta(minutes=5)
_MOST_BYTES = 2_000
_TEMPORARY = frozenset({408, 429})


def _now() -> datetime:
    return datetime.now(UTC)


class HttpPager:
    """Sends alerts to one URL with one routing key."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: timedelta = timedelta(seconds=10),
        now: Callable[[], datetime] = _now,
    ) -> None:
        """`timeout` covers the whole exchange, from connecting to the end of the answer."""
        self._url = url
        self._key = key
        self._timeout = timeout.total_seconds()
        self._now = now

    async def send(self, alert: Alert) -> str:
        """Sends the alert; returns the receiver's answer on acceptance."""
        try:
            async with asyncio.timeout(self._timeout):
                answer, body = await self._post(event_of(alert, self._key))
        except TimeoutError:
            raise PagerUnavailable("the pager did not answer in time") from None
        except httpx.HTTPError as error:
            reason = self._without_key(str(error)) or type(error).__name__
            raise PagerUnavailable(f"the pager cannot be reached: {reason}") from error
        result = f"the pager answered {answer.status_code} {self._without_key(body)}".rstrip()
        if answer.is_success:
            return result
        if answer.is_server_error or answer.status_code in _TEMPORARY:
            raise PagerUnavailable(result, retry_after(answer.headers, self._now()))
        raise PagerRefused(result + _advice(answer))

    async def _post(self, event: dict[str, Any]) -> tuple[httpx.Response, str]:
        """The answer and the beginning of its body."""
        # A new, direct connection: without proxies or netrc of this machine.
        async with (
            httpx.AsyncClient(
                verify=trusted_certificates(), trust_env=False, timeout=None
            ) as client,
            client.stream(
                "POST",
                self._url,
                content=json.dumps(event).encode(),
                headers={"Content-Type": "application/json", "Accept-Encoding": "identity"},
                follow_redirects=False,
            ) as answer,
        ):
            body = bytearray()
            async for chunk in answer.aiter_raw():
                body += chunk
                if len(body) > _MOST_BYTES:
                    break
            return answer, body[:_MOST_BYTES].decode(errors="replace")

    def _without_key(self, text: str) -> str:
        """The text without the key, which a receiver may quote."""
        return one_line(text.replace(self._key, "***"))


def event_of(alert: Alert, routing_key: str) -> dict[str, Any]:
    """The alert as an event of the Events API."""
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
    """The pause of a `Retry-After` header, which has seconds or a date; None without one."""
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


def _advice(answer: httpx.Response) -> str:
    if answer.status_code in (401, 403):
        return "; it refuses the key: set DESK_PAGER_KEY to a valid one"
    if answer.is_redirect or answer.status_code in (404, 405):
        return "; it accepts no events there: correct DESK_PAGER_URL"
    return ""
