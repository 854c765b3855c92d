"""The data keys of a deployment: where they are, and who wraps them, follows from the settings."""

from pathlib import Path

import pytest

from bootstrap.encryption import checked_key_ring, key_ring, key_store
from bootstrap.exit_codes import ExitCode, Failure
from encryption.adapters.postgres_key_store import PostgresKeyStore
from encryption.adapters.sqlite_key_store import SqliteKeyStore
from encryption.adapters.transit_master_keys import TransitMasterKeys
from settings import Settings
from tests.activities.adapters.http_servers import serving
from tests.encryption.adapters.transit_server import PATH, TransitServer
from tests.encryption.keys import OLD, codec_of, payload, ring

TICKET = "ticket/0000-0000-0001"


def test_without_master_keys_nothing_is_encrypted() -> None:
    assert key_ring(Settings(encryption_keys_file=None, encryption_kms_url=None)) is None


def test_a_url_chooses_the_database(tmp_path: Path) -> None:
    assert isinstance(key_store(str(tmp_path / "data-keys.db")), SqliteKeyStore)
    assert isinstance(key_store("postgresql://desk@127.0.0.1/desk"), PostgresKeyStore)


@pytest.mark.fault(65)
async def test_a_key_management_service_wraps_and_the_file_still_unwraps(tmp_path: Path) -> None:
    file, token = tmp_path / "master-keys.json", tmp_path / "token"
    file.write_text(f'{{"old": "{OLD}"}}')
    file.chmod(0o400)
    service = TransitServer()
    token.write_text(service.token)
    [sealed] = await codec_of(ring(tmp_path), TICKET).encode([payload()])
    async with serving(service) as address:
        settings = Settings(
            encryption_keys_file=file,
            encryption_kms_url=f"{address}{PATH}/keys/desk",
            encryption_kms_token_file=token,
            encryption_store=str(tmp_path / "data-keys.db"),
        )
        keys = await checked_key_ring(settings)
        assert keys is not None
        assert await codec_of(keys, TICKET).decode([sealed]) == [payload()]
        assert (await keys.key_for(TICKET)).id not in str(sealed)
        assert isinstance(keys._masters, TransitMasterKeys)
        await keys._masters.close()


async def test_a_store_or_service_that_is_gone_is_exit_code_78(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("token")
    with pytest.raises(Failure, match=r"DESK_ENCRYPTION_KMS_URL.*cannot be reached") as caught:
        await checked_key_ring(
            Settings(
                encryption_kms_url="http://127.0.0.1:9/v1/transit/keys/desk",
                encryption_kms_token_file=token,
            )
        )
    assert caught.value.code is ExitCode.BAD_SETTINGS
