"""`desk api`: the HTTP API as a process of a deployment."""

import asyncio
import logging
from typing import TYPE_CHECKING

import typer

from bootstrap.logs import log_to_terminal
from bootstrap.telemetry import telemetry
from commands.processes.api_process import check_files, serve_api
from commands.processes.shutdown_signals import ShutdownSignals

if TYPE_CHECKING:
    from settings import Settings

LOG = logging.getLogger("desk")


def api() -> None:
    """Run the HTTP API.

    The API listens on DESK_API_HOST and DESK_API_PORT and connects to
    Temporal at TEMPORAL_ADDRESS, in TEMPORAL_NAMESPACE. Any number may
    run. Callers are configured in DESK_TOKENS or DESK_TOKENS_FILE, in
    DESK_KEYS_FILE (see desk keys) and DESK_OIDC_FILE; without any of them the
    API starts on loopback only and rejects every request. DESK_AGENTS_FILE
    lists those to whom tickets can be assigned.

    Policies are read from DESK_POLICIES, contracts from DESK_CONTRACTS or
    DESK_CONTRACTS_URL. On SIGTERM the API finishes running requests.

    Exit codes: 69 no Temporal server responds, 71 a port is taken, 78 a
    setting or a policy is invalid.

    Example: DESK_TOKENS_FILE=tokens.json DESK_API_HOST=0.0.0.0 desk api
    """
    from api.identity.static_tokens import is_clear
    from settings import Settings

    log_to_terminal()
    settings = Settings()
    log_to_terminal(settings.log_format)
    if not settings.has_credentials:
        LOG.warning("no tokens are configured, so every request is rejected; set DESK_TOKENS")
    if clear := sum(map(is_clear, settings.tokens)):
        LOG.warning(
            "static tokens in clear: %d; whoever reads them can use them, so store their hashes "
            "(desk keys hash-token)",
            clear,
        )
    check_files(settings)
    raise typer.Exit(asyncio.run(_serve_until_stopped(settings)))


async def _serve_until_stopped(settings: "Settings") -> int:
    from bootstrap.encryption import connected
    from bootstrap.own_templates import own_templates
    from policies.loading.policy_catalog import PolicyCatalog

    signals = ShutdownSignals()
    try:
        with telemetry(settings, "desk-api") as started:
            client = await connected(settings, started)
            catalog = PolicyCatalog.load(settings.policies)
            # Not used here: a mistake in them is to stop the API as it stops the workers.
            own_templates(settings.policies, catalog)
            await serve_api(settings, client, catalog, started)
    except asyncio.CancelledError:
        if signals.received is None:
            raise
    return signals.exit_code
