"""The data keys of all workflows: found, made when needed, cached, rewrapped, destroyed."""

from encryption.data_key import DataKey, new_stored_key, rewrapped
from encryption.errors import DataKeyDestroyed, DataKeyUnknown
from encryption.key_cache import KeyCache
from encryption.key_wrapper import KeyWrapper
from encryption.stored_key import KeyStore, StoredKey

SHARED = ""
"""The scope of payloads without a workflow: queries about tickets that may not exist, and whatever
the SDK encodes without context. Every workflow may contain them.
"""


class KeyRing:
    """Data keys from a store, unwrapped by master keys."""

    def __init__(
        self,
        store: KeyStore,
        masters: KeyWrapper,
        *,
        by_id: KeyCache[DataKey] | None = None,
        by_scope: KeyCache[DataKey] | None = None,
    ) -> None:
        self._store = store
        self._masters = masters
        self._by_id = by_id or KeyCache()
        self._by_scope = by_scope or KeyCache()

    async def key_for(self, scope: str) -> DataKey:
        """The key that encrypts new payloads of a workflow; it is made if there is none."""
        if key := self._by_scope.get(scope):
            return key
        stored = await self._current(scope)
        if stored is None:
            stored = await self._store.add(await new_stored_key(scope, self._masters))
        return await self._kept(stored)

    async def key_if_known(self, scope: str) -> DataKey:
        """The key of a workflow if it has one, and the shared one otherwise.

        Requests about tickets that do not exist thereby leave nothing in the store.
        """
        if key := self._by_scope.get(scope):
            return key
        stored = await self._current(scope)
        return await self._kept(stored) if stored else await self.key_for(SHARED)

    async def key_with_id(self, id: str) -> DataKey:
        """The key that a payload names."""
        if key := self._by_id.get(id):
            return key
        stored = await self._store.find(id)
        if stored is None:
            raise DataKeyUnknown(id)
        key = await self._unwrapped(stored)
        self._by_id.put(id, key)
        return key

    async def check(self) -> None:
        """Raises an error if master keys or store cannot be used, or do not belong together."""
        await self._masters.current()
        for stored in await self._store.one_of_each_master():
            await DataKey.unwrapped(stored, self._masters)

    async def rewrap(self) -> int:
        """Wraps all keys by the newest master key, so that others can be removed. Returns how many
        it wrapped.
        """
        count, master = 0, await self._masters.current()
        async for stored in self._store.not_wrapped_by(master):
            await self._store.rewrap(await rewrapped(stored, self._masters, master))
            count += 1
        return count

    async def destroy(self, scope: str) -> int:
        """Destroys the keys of a workflow for ever. Other processes notice within the time that
        they cache keys.

        The workflow must have ended. A worker that gets a task of it fails,
        and Temporal would repeat that task.
        """
        count = await self._store.destroy(scope)
        self._by_id.clear()
        self._by_scope.clear()
        return count

    async def is_destroyed(self, scope: str) -> bool:
        """Whether the keys of a workflow were destroyed."""
        return any(key.is_destroyed for key in await self._store.keys_of(scope))

    async def _current(self, scope: str) -> StoredKey | None:
        """The key of this generation, or a destroyed one."""
        keys, master = await self._store.keys_of(scope), await self._masters.current()
        destroyed = [key for key in keys if key.is_destroyed]
        current = [key for key in keys if key.generation == master]
        return next(iter(destroyed or current), None)

    async def _kept(self, stored: StoredKey) -> DataKey:
        key = await self._unwrapped(stored)
        self._by_scope.put(stored.scope, key)
        self._by_id.put(key.id, key)
        return key

    async def _unwrapped(self, stored: StoredKey) -> DataKey:
        if stored.is_destroyed:
            raise DataKeyDestroyed(stored.scope)
        return await DataKey.unwrapped(stored, self._masters)
