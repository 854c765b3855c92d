"""The payload codec: compresses, then encrypts with the data key of the workflow."""

from collections.abc import Sequence
from typing import Self

from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ActivitySerializationContext,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from encryption.errors import Undecryptable
from encryption.key_ring import SHARED, KeyRing
from encryption.known_keys import only_known
from encryption.plain_text import packed, unpacked
from workflows.temporal.payload_converter import ENCRYPTED

KEY_ID = "encryption-key-id"
"""The metadata with the id of the data key."""


class EncryptionCodec(PayloadCodec, WithSerializationContext):
    """Encrypts all payloads of one workflow, or those without context.

    Payloads from before encryption was on are read as they are.
    """

    def __init__(self, keys: KeyRing, scope: str | None = None) -> None:
        self._keys = keys
        self._scope = scope

    @property
    def keys(self) -> KeyRing:
        """The keys of the process."""
        return self._keys

    def with_context(self, context: SerializationContext) -> Self:
        """The codec of the workflow that the context names."""
        match context:
            case WorkflowSerializationContext(workflow_id=str(id)) if id:
                return type(self)(self._keys, id)
            case ActivitySerializationContext(workflow_id=str(id)) if id:
                return type(self)(self._keys, id)
        return self

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """The payloads, encrypted."""
        if not payloads:
            return []
        scope = self._scope or SHARED
        find = self._keys.key_if_known if only_known.get() else self._keys.key_for
        key = await find(scope)
        metadata = {"encoding": ENCRYPTED, KEY_ID: key.id.encode()}
        return [
            Payload(metadata=metadata, data=key.encrypt(packed(payload))) for payload in payloads
        ]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """The payloads, decrypted. Raises an EncryptionError."""
        return [
            await self._decoded(payload)
            if payload.metadata.get("encoding") == ENCRYPTED
            else payload
            for payload in payloads
        ]

    async def _decoded(self, payload: Payload) -> Payload:
        key = await self._keys.key_with_id(
            payload.metadata.get(KEY_ID, b"").decode("ascii", "replace")
        )
        if self._scope is not None and key.scope not in (self._scope, SHARED):
            raise Undecryptable(f"an encrypted payload of {key.scope} was moved to {self._scope}")
        return unpacked(key.decrypt(payload.data))
