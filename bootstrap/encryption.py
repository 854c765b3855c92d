"""Encryption of payloads, as configured."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bootstrap.exit_codes import ExitCode, Failure
from bootstrap.setting_types import is_postgres

if TYPE_CHECKING:
    from temporalio.client import Client

    from bootstrap.telemetry import Telemetry
    from encryption.key_ring import KeyRing
    from encryption.key_wrapper import KeyWrapper
    from encryption.stored_key import KeyStore
    from settings import Settings

_MASTER_KEYS = "DESK_ENCRYPTION_KEYS_FILE or DESK_ENCRYPTION_KMS_URL"


def key_ring(settings: "Settings") -> "KeyRing | None":
    """The data keys of this deployment; None without encryption.

    Raises Failure if the master keys cannot be used.
    """
    if not settings.encrypts:
        return None
    from encryption.key_ring import KeyRing

    return KeyRing(key_store(settings.encryption_store), _master_keys(settings))


def key_store(address: str) -> "KeyStore":
    """The store at this address, which is not opened yet."""
    from encryption.adapters.postgres_key_store import PostgresKeyStore
    from encryption.adapters.sqlite_key_store import SqliteKeyStore

    return PostgresKeyStore(address) if is_postgres(address) else SqliteKeyStore(Path(address))


def _master_keys(settings: "Settings") -> "KeyWrapper":
    from encryption.adapters.transit_master_keys import TransitMasterKeys
    from encryption.errors import InvalidMasterKeys
    from encryption.master_keys import MasterKeys

    in_file = None
    if settings.encryption_keys_file is not None:
        try:
            in_file = MasterKeys.load(settings.encryption_keys_file)
        except InvalidMasterKeys as error:
            raise Failure(ExitCode.BAD_SETTINGS, f"DESK_ENCRYPTION_KEYS_FILE: {error}") from None
    url, token_file = settings.encryption_kms_url, settings.encryption_kms_token_file
    if url is not None and token_file is not None:
        return TransitMasterKeys(str(url), token_file, before=in_file)
    assert in_file is not None  # settings.encrypts
    return in_file


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
            f"{_MASTER_KEYS}, DESK_ENCRYPTION_STORE: {error}",
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
