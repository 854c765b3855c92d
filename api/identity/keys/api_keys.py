"""Authentication by API keys.

All keys of the store are read at most every `FRESH`, so an unknown key costs no access, and a new,
rotated or revoked key takes effect within that time in every process. If the store cannot be read,
no key is accepted: a key that was revoked meanwhile must not be.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic

from api.identity.authenticator import AuthenticationUnavailable, TokenRefused
from api.identity.caller import Caller
from api.identity.keys.api_key import ApiKey, KeyState
from api.identity.keys.key_store import KeyStore, KeyStoreUnusable
from api.identity.keys.key_text import PREFIX, KeyText

FRESH = timedelta(seconds=2)
WRITE_INTERVAL = timedelta(seconds=5)
"""How often new last uses are written."""
USE_INTERVAL = timedelta(minutes=1)
"""The last use of one key is written at most this often by one process."""
logger = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class ApiKeys:
    """Authenticates the keys of a store. `clock` is monotonic, in seconds."""

    def __init__(
        self,
        store: KeyStore,
        now: Callable[[], datetime] = _utc_now,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._store = store
        self._now = now
        self._clock = clock
        self._keys: Mapping[str, ApiKey] | None = None
        self._read_at = float("-inf")
        self._reading: asyncio.Task[None] | None = None
        self._uses: dict[str, datetime] = {}
        self._written: dict[str, datetime] = {}

    async def authenticate(self, token: str) -> Caller | None:
        """As Authenticator. A token without the prefix of a key is unknown."""
        if not token.startswith(PREFIX):
            return None
        given = KeyText.parsed(token)
        if given is None:
            raise TokenRefused("is not a complete API key", "malformed", is_guess=True)
        key = (await self._fresh_keys()).get(given.id)
        digest = given.digest
        if key is None or not key.matches(digest):
            raise TokenRefused("is not an API key that exists", "unknown", is_guess=True)
        now = self._now()
        if key.state(now) is KeyState.REVOKED:
            raise TokenRefused("was revoked", "revoked")
        end = key.end_of(digest)
        if end is not None and now >= end:
            raise TokenRefused("has expired", "expired")
        self._uses[key.id] = now
        return key.caller

    async def run(self) -> None:
        """Writes last uses until cancelled, and what is left then."""
        try:
            while True:
                await asyncio.sleep(WRITE_INTERVAL.total_seconds())
                await self.write_uses()
        finally:
            self._write(self._uses)

    async def write_uses(self) -> None:
        """Writes the last use of each key that was not written for some time; again later if the
        store fails.
        """
        due = {
            id: at
            for id, at in self._uses.items()
            if id not in self._written or at - self._written[id] >= USE_INTERVAL
        }
        if not await asyncio.to_thread(self._write, due):
            return
        self._written |= due
        self._uses = {id: at for id, at in self._uses.items() if self._written.get(id) != at}

    def _write(self, uses: Mapping[str, datetime]) -> bool:
        """Whether the uses are in the store."""
        try:
            if uses:
                self._store.record_uses(uses)
        except KeyStoreUnusable as error:
            logger.warning("the last use of keys is not recorded: %s", error)
            return False
        return True

    async def _fresh_keys(self) -> Mapping[str, ApiKey]:
        if self._clock() - self._read_at >= FRESH.total_seconds():
            if self._reading is None:
                self._reading = asyncio.create_task(self._read())
            await asyncio.shield(self._reading)
        if self._keys is None:
            raise AuthenticationUnavailable("API keys cannot be checked at the moment")
        return self._keys

    async def _read(self) -> None:
        began = self._clock()
        keys: Mapping[str, ApiKey] | None = None
        try:
            keys = {key.id: key for key in await asyncio.to_thread(self._store.read_all)}
        except KeyStoreUnusable as error:
            logger.error("no API key is accepted: %s", error)
        finally:
            # A failure counts as a reading, so that requests do not repeat it all the time.
            self._keys, self._read_at, self._reading = keys, began, None
