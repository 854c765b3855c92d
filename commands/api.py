"""`desk api`: the HTTP API alone, as a deployment runs it."""

import asyncio
import logging
from typing import TYPE_CHECKING

import typer

from bootstrap.logs import log_to_terminal
from bootstrap.telemetry import telemetry
from commands.processes.api_process import check_directories, serve_api
from commands.processes.shutdown_signals import ShutdownSignals

if TYPE_CHECKING:
    from settings import Settings

LOG = logging.getLogger("desk")


def api() -> None:
    """Run the HTTP API.

    It listens on DESK_API_HOST and DESK_API_PORT and reaches Temporal by
    TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE. Any number may run. Who may
    call is in DESK_TOKENS or DESK_TOKENS_FILE; without tokens it only
    starts on loopback, and lets nobody in.

    Policies and contracts are read from DESK_POLICIES and DESK_CONTRACTS,
    or contracts are asked for at DESK_CONTRACTS_URL.
    On SIGTERM the requests in hand are finished.

    Exit code 69 when no Temporal server answers, 71 when a port is
    taken, 78 when a setting or a policy is wrong.

    Example: DESK_TOKENS_FILE=tokens.json DESK_API_HOST=0.0.0.0 desk api
    """
    from settings import Settings

    log_to_terminal()
    settings = Settings()
    log_to_terminal(settings.log_format)
    if not settings.tokens:
        LOG.warning("no tokens are configured, so every request is refused; set DESK_TOKENS")
    check_directories(settings)
    raise typer.Exit(asyncio.run(_serve_until_stopped(settings)))


async def _serve_until_stopped(settings: "Settings") -> int:
    from workflows.temporal.connection import connect

    stopping = ShutdownSignals()
    try:
        with telemetry(settings, "desk-api") as shown:
            await serve_api(settings, await connect(**shown.client_options), shown)
    except asyncio.CancelledError:
        if stopping.asked is None:
            raise
    return stopping.exit_code
