"""`desk api`: the HTTP API alone, as a deployment runs it."""

import asyncio
import logging
from typing import TYPE_CHECKING, NoReturn

import typer

from commands.contracts import contract_directory
from commands.failure import ExitCode, Failure
from commands.logs import log_to_terminal
from commands.stopping import Stopping
from commands.telemetry import telemetry
from commands.together import first_of

if TYPE_CHECKING:
    from fastapi import FastAPI
    from temporalio.client import Client

    from commands.telemetry import Telemetry
    from policies.catalogue import Catalogue
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


def check_directories(settings: "Settings") -> None:
    """Returns when what the API reads is there; otherwise a Failure names the settings."""
    named = {"DESK_POLICIES": settings.policies}
    if settings.contracts_url is None:
        named["DESK_CONTRACTS"] = settings.contracts
    missing = [
        f"{name}: {path} is no directory" for name, path in named.items() if not path.is_dir()
    ]
    if missing:
        raise Failure(ExitCode.BAD_SETTINGS, "\n".join(missing))


def app_of(
    settings: "Settings", client: "Client", catalogue: "Catalogue", shown: "Telemetry"
) -> "FastAPI":
    """The API, wired to what the settings name."""
    from api.app import create_app
    from api.pace import Pace
    from workflows.gateway import Tickets

    return create_app(
        tickets=Tickets(client),
        client=client,
        catalogue=catalogue,
        contracts=contract_directory(settings),
        actor_for=settings.actor_for,
        pace=Pace(settings.openings_per_second),
        meter=shown.meter,
        tracer_provider=shown.tracer_provider,
    )


async def serve_api(settings: "Settings", client: "Client", shown: "Telemetry") -> NoReturn:
    """Serves the API until cancelled, and takes the census where there are metrics."""
    from api.census import Census
    from api.server import PortTaken, serve
    from policies.catalogue import Catalogue

    catalogue = Catalogue.load(settings.policies)
    app = app_of(settings, client, catalogue, shown)
    doings = [serve(app, settings.api_host, settings.api_port)]
    if settings.metrics_address is not None:
        doings.append(Census(client, sorted(catalogue.slugs), shown.meter).run())
    try:
        await first_of(*doings)
    except PortTaken:
        raise
    except OSError as error:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            f"DESK_API_HOST, DESK_API_PORT: cannot listen on port {settings.api_port} of "
            f"{settings.api_host}: {error.strerror or error}",
        ) from error
    raise Failure(ExitCode.FAILED, "The API ended by itself.")


async def _serve_until_stopped(settings: "Settings") -> int:
    from workflows.connection import connect

    stopping = Stopping()
    try:
        with telemetry(settings, "desk-api") as shown:
            await serve_api(settings, await connect(**shown.client_options), shown)
    except asyncio.CancelledError:
        if stopping.asked is None:
            raise
    return stopping.exit_code
