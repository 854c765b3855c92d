"""Pages over HTTP: answers that accept a page, temporary failures, and final ones.

All tests use real connections to a real server on loopback.
"""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from activities.adapters.pagerduty import LONGEST_WAIT, HttpPager
from activities.ports import Alert, PagerRefused, PagerUnavailable, Signal
from tests.activities.adapters.pager_server import KEY, PagerServer, pager_server
from tests.ports import free_port

NOW = datetime(2027, 1, 13, 16, 0, tzinfo=UTC)
PAGE = Alert(
    Signal.TRIGGER,
    key="4K7Q-2M9X-8TBD/paged/1/on_call",
    at=NOW,
    summary="[4K7Q-2M9X-8TBD] Page (category_1): Nothing is délivré 🌊",
    source="alder-forge",
    details={"ticket": "4K7Q-2M9X-8TBD", "due_at": "2027-01-13T17:00:00+00:00"},
)


async def send(server: PagerServer, alert: Alert = PAGE) -> str:
    return await HttpPager(server.url, KEY, now=lambda: NOW).send(alert)


async def refusal(server: PagerServer) -> str:
    with pytest.raises(PagerRefused) as caught:
        await send(server)
    assert KEY not in str(caught.value)
    return str(caught.value)


async def unavailable(server: PagerServer) -> PagerUnavailable:
    with pytest.raises(PagerUnavailable) as caught:
        await send(server)
    assert KEY not in str(caught.value)
    return caught.value


async def test_a_page_is_an_event_of_the_events_api_v2() -> None:
    async with pager_server() as server:
        assert "Event processed" in await send(server)
    assert server.taken == [
        {
            "routing_key": KEY,
            "event_action": "trigger",
            "dedup_key": PAGE.key,
            "client": "Durable Desk",
            "payload": {
                "summary": PAGE.summary,
                "source": "alder-forge",
                "severity": "critical",
                "timestamp": "2027-01-13T16:00:00+00:00",
                "custom_details": PAGE.details,
            },
        }
    ]


@pytest.mark.parametrize("signal", [Signal.ACKNOWLEDGE, Signal.RESOLVE])
async def test_a_follow_up_has_only_the_key_of_the_alert(signal: Signal) -> None:
    async with pager_server() as server:
        await send(server, Alert(signal, key=PAGE.key, at=NOW))
    assert server.taken == [
        {"routing_key": KEY, "event_action": signal, "dedup_key": PAGE.key},
    ]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_any_2xx_answer_accepts_the_page(status: int) -> None:
    async with pager_server(PagerServer(answers=[(status, {})], says="")) as server:
        assert str(status) in await send(server)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_a_temporary_failure_can_be_retried(status: int) -> None:
    async with pager_server(PagerServer(answers=[(status, {})])) as server:
        error = await unavailable(server)
    assert f"the pager answered {status}" in str(error)
    assert error.retry_after is None


@pytest.mark.parametrize(
    ("header", "waits"),
    [
        ("30", timedelta(seconds=30)),
        ("0", timedelta(0)),
        ("86400", LONGEST_WAIT),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), timedelta(seconds=90)),
        ("Wed, 13 Jan 2027 16:01:30", timedelta(seconds=90)),
        (format_datetime(NOW - timedelta(hours=1), usegmt=True), timedelta(0)),
        (format_datetime(NOW + timedelta(days=1), usegmt=True), LONGEST_WAIT),
        ("soon", None),
        ("-5", None),
        ("9" * 5_000, None),
    ],
)
async def test_retry_after_is_respected(header: str, waits: timedelta | None) -> None:
    async with pager_server(PagerServer(answers=[(429, {"Retry-After": header})])) as server:
        assert (await unavailable(server)).retry_after == waits


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_key_is_final_and_names_the_setting(status: int) -> None:
    async with pager_server(PagerServer(answers=[(status, {})], says=f"bad key {KEY}")) as server:
        reason = await refusal(server)
    assert f"answered {status} bad key ***" in reason
    assert "DESK_PAGER_KEY" in reason


@pytest.mark.parametrize("status", [404, 405])
async def test_an_address_that_accepts_no_events_is_final(status: int) -> None:
    async with pager_server(PagerServer(answers=[(status, {})])) as server:
        assert "DESK_PAGER_URL" in await refusal(server)


async def test_a_redirect_is_not_followed_with_the_key() -> None:
    async with pager_server() as elsewhere:
        answers = [(307, {"Location": elsewhere.url})]
        async with pager_server(PagerServer(answers=answers)) as server:
            assert "DESK_PAGER_URL" in await refusal(server)
    assert elsewhere.requests == []


async def test_a_refused_event_is_final_and_quotes_the_answer() -> None:
    says = '{"status": "invalid event", "errors": ["\'payload.source\' is missing or blank"]}'
    async with pager_server(PagerServer(answers=[(400, {})], says=says)) as server:
        assert "'payload.source' is missing or blank" in await refusal(server)


async def test_a_long_answer_is_quoted_in_one_short_line() -> None:
    async with pager_server(PagerServer(answers=[(400, {})], says="line\r\n" * 9_000)) as server:
        reason = await refusal(server)
    assert "\n" not in reason
    assert len(reason) < 300


async def test_a_pager_that_is_down_can_be_retried() -> None:
    pager = HttpPager(f"http://127.0.0.1:{free_port()}/v2/enqueue", KEY)
    with pytest.raises(PagerUnavailable, match="cannot be reached"):
        await pager.send(PAGE)


@pytest.mark.parametrize("misbehaves", [{"delay": 5.0}, {"trickles": True}])
async def test_the_timeout_covers_the_whole_exchange(misbehaves: dict[str, float]) -> None:
    async with pager_server(PagerServer(**misbehaves)) as server:  # type: ignore[arg-type]
        pager = HttpPager(server.url, KEY, timeout=timedelta(seconds=0.2))
        with pytest.raises(PagerUnavailable, match="did not answer in time"):
            await pager.send(PAGE)
        server.trickles = False
