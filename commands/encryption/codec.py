"""`desk codec`: the codec endpoint as a process of a deployment."""

import asyncio
from typing import TYPE_CHECKING

import typer

from bootstrap.encryption import checked_key_ring
from bootstrap.exit_codes import ExitCode, Failure
from bootstrap.logs import log_to_terminal
from commands.processes.shutdown_signals import ShutdownSignals
from commands.processes.task_group import run_until_first_exit

if TYPE_CHECKING:
    from settings import Settings


def codec() -> None:
    """Decrypt payloads for the Temporal UI and CLI (remote codec protocol).

    The endpoint listens on DESK_CODEC_HOST and DESK_CODEC_PORT and decrypts
    with the keys of DESK_ENCRYPTION_KEYS_FILE and DESK_ENCRYPTION_STORE. It
    takes bearer tokens of operators, and records each request in the audit
    log. Pages of the origins in DESK_CODEC_ORIGINS may use it.

    Exit codes: 71 a port is taken, 78 a setting is missing or invalid.

    Example: temporal workflow show --workflow-id ticket/7K3M-9QWX-2B4T
    --codec-endpoint http://127.0.0.1:8234 --codec-auth "Bearer $OPERATOR"
    """
    from settings import Settings

    log_to_terminal()
    settings = Settings()
    log_to_terminal(settings.log_format)
    raise typer.Exit(asyncio.run(_serve_until_stopped(settings)))


async def _serve_until_stopped(settings: "Settings") -> int:
    from temporalio.common import MetricMeter

    from api.codec.app import create_codec_app
    from api.server.server import serve
    from bootstrap.audit import audit_log
    from bootstrap.identity import identity_of
    from encryption.codec import EncryptionCodec

    signals = ShutdownSignals()
    try:
        keys = await checked_key_ring(settings)
        if keys is None:
            raise Failure(
                ExitCode.BAD_SETTINGS,
                "DESK_ENCRYPTION_KEYS_FILE, DESK_ENCRYPTION_KMS_URL: neither is set; without one "
                "of them, nothing is encrypted",
            )
        identity = identity_of(settings)
        app = create_codec_app(
            EncryptionCodec(keys),
            identity.authenticator,
            origins=settings.codec_origins,
            audit=audit_log(settings, MetricMeter.noop),
        )
        serving = serve(app, settings.codec_host, settings.codec_port)
        await run_until_first_exit(serving, *identity.background())
    except asyncio.CancelledError:
        if signals.received is None:
            raise
    return signals.exit_code
