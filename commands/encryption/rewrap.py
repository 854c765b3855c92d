"""`desk rewrap`: wraps data keys by the newest master key."""

import asyncio

from bootstrap.encryption import checked_key_ring
from bootstrap.exit_codes import ExitCode, Failure
from commands.console.plain_output import echo


def rewrap() -> None:
    """Wrap all data keys by the newest master key.

    Afterwards, older master keys can be removed from
    DESK_ENCRYPTION_KEYS_FILE, once no process uses one of them as its newest
    key. Histories are not changed, and processes keep running.

    Exit codes: 0 all are wrapped by the newest, 1 the store failed meanwhile
    (run it again), 78 a setting is missing or invalid.

    Example: DESK_ENCRYPTION_KEYS_FILE=secrets/master-keys.json desk rewrap
    """
    echo(f"{asyncio.run(_rewrap())} data keys were wrapped by the newest master key.")


async def _rewrap() -> int:
    from settings import Settings

    keys = await checked_key_ring(Settings())
    if keys is None:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            "DESK_ENCRYPTION_KEYS_FILE, DESK_ENCRYPTION_KMS_URL: neither is set",
        )
    return await keys.rewrap()
