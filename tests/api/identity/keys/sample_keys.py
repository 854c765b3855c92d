"""Keys to test with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from api.identity.keys.api_key import ApiKey, KeyGrant
from api.identity.keys.key_text import KeyText
from policies.vocabulary import Role

NOW = datetime(2027, 1, 6, 12, tzinfo=UTC)
DAY = timedelta(days=1)
GRANT = KeyGrant(
    name="CRM sync", actor="crm-sync", role=Role.SERVICE, accounts=frozenset({"harbour-media"})
)


def grant(**changes: Any) -> KeyGrant:
    """A grant, with changes."""
    return KeyGrant.model_validate(GRANT.model_dump() | changes)


def key(text: KeyText, **changes: Any) -> ApiKey:
    """A key of a service that expires after a day, with changes."""
    return replace(ApiKey(text.id, GRANT, text.digest, NOW, NOW, NOW + DAY), **changes)


class Time:
    """A time of day that tests advance, which is also a monotonic clock."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        """The time."""
        return self.at

    def clock(self) -> float:
        """The same in seconds."""
        return self.at.timestamp()

    def advance(self, seconds: float) -> None:
        """Lets time pass."""
        self.at += timedelta(seconds=seconds)
