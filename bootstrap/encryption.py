"""Encryption of payloads, as configured."""

from typing import TYPE_CHECKING, Any

from bootstrap.exit_codes import ExitCode, Failure

if TYPE_CHECKING:
    from temporalio.client import Client

    from bootstrap.telemetry import Telemetry
    from encryption.key_ring import KeyRing
    from settings import Settings


def key_ring(settings: "Settings") -> "KeyRing | None":
    """The data keys of this deployment; None without encryption.

    Raises Failure if the master keys cannot be used.
    """
    if settings.encryption_keys_file is None:
        return None
    from encryption.errors import InvalidMasterKeys
    from encryption.key_ring import KeyRing
    from encryption.master_keys import MasterKeys
    from encryption.sqlite_key_store import SqliteKeyStore

    try:
        masters = MasterKeys.load(settings.encryption_keys_file)
    except InvalidMasterKeys as error:
        raise Failure(ExitCode.BAD_SETTINGS, f"DESK_ENCRYPTION_KEYS_FILE: {error}") from None
    return KeyRing(SqliteKeyStore(settings.encryption_store), masters)


async def checked_key_ring(settings: "Settings") -> "KeyRing | None":
    """The same, after a test of the store and of a data key of each master key."""
    keys = key_ring(settings)
    if keys is None:
        return None
    from encryption.errors import EncryptionError

    try:
        await keys.check()
    except EncryptionError as error:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            f"DESK_ENCRYPTION_KEYS_FILE, DESK_ENCRYPTION_STORE: {error}",
        ) from None
    return keys


async def client_options(
    settings: "Settings", telemetry: "Telemetry | None" = None
) -> dict[str, Any]:
    """Options of a Temporal client: telemetry, and encryption if it is configured."""
    options = dict(telemetry.client_options) if telemetry else {}
    keys = await checked_key_ring(settings)
    if keys is None:
        return options
    from encryption import client_options as encryption

    own = encryption.client_options(keys)
    options["data_converter"] = own["data_converter"]
    options["interceptors"] = [*options.get("interceptors", ()), *own["interceptors"]]
    return options


async def connected(settings: "Settings", telemetry: "Telemetry | None" = None) -> "Client":
    """A client of the configured Temporal server. Raises Failure or TemporalUnavailable."""
    from workflows.temporal.connection import connect

    return await connect(**await client_options(settings, telemetry))
