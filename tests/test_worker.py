"""The pager of a worker, from its settings."""

from datetime import UTC, datetime

import pytest
from pydantic import AnyHttpUrl, SecretStr

from activities.ports import Alert, PagerUnavailable, Signal
from bootstrap.pager import http_pager
from settings import Settings
from tests.activities.adapters.pager_server import KEY, PagerServer, pager_server

ALERT = Alert(
    Signal.RESOLVE, key="4K7Q-2M9X-8TBD/paged/1/on_call", at=datetime(2027, 1, 6, tzinfo=UTC)
)


def settings_for(server: PagerServer) -> Settings:
    return Settings(
        pager_url=AnyHttpUrl(server.url), pager_key=SecretStr(KEY), pager_timeout_seconds=0.3
    )


def test_without_an_address_there_is_no_pager() -> None:
    assert http_pager(Settings()) is None


async def test_the_pager_has_the_configured_key_and_timeout() -> None:
    async with pager_server() as server:
        pager = http_pager(settings_for(server))
        assert pager is not None
        await pager.send(ALERT)
        assert [event["routing_key"] for event in server.taken] == [KEY]
        server.delay = 30
        with pytest.raises(PagerUnavailable, match="in time"):
            await pager.send(ALERT)
