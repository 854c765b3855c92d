"""Keys for tests of the encryption."""

from pathlib import Path

from temporalio.api.common.v1 import Payload
from temporalio.converter import WorkflowSerializationContext

from encryption.adapters.sqlite_key_store import SqliteKeyStore
from encryption.codec import EncryptionCodec
from encryption.key_ring import KeyRing
from encryption.master_keys import MasterKeys, new_master_key

OLD, NEW = new_master_key(), new_master_key()


def masters(**keys: str) -> MasterKeys:
    """Master keys, newest first."""
    members = ", ".join(f'"{id}": "{key}"' for id, key in keys.items())
    return MasterKeys.parse(f"{{{members}}}")


def ring(directory: Path, **keys: str) -> KeyRing:
    """The keys of a process: its own caches and connection, and the store of the directory."""
    return KeyRing(SqliteKeyStore(directory / "data-keys.db"), masters(**(keys or {"old": OLD})))


def codec_of(keys: KeyRing, workflow_id: str) -> EncryptionCodec:
    """The codec of one workflow."""
    context = WorkflowSerializationContext(namespace="default", workflow_id=workflow_id)
    return EncryptionCodec(keys).with_context(context)


def payload(text: str = "a secret") -> Payload:
    """A payload as the converter makes it."""
    return Payload(metadata={"encoding": b"json/plain"}, data=f'"{text}"'.encode())
