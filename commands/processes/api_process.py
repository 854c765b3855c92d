"""Builds the HTTP API from the settings and serves it."""

import asyncio
import gc
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from bootstrap.audit import audit_log
from bootstrap.contracts import contract_directory
from bootstrap.exit_codes import ExitCode, Failure
from bootstrap.identity import Identity, identity_of
from bootstrap.mail import smtp_mailer
from commands.processes.erasure import erasure
from commands.processes.task_group import run_until_first_exit

if TYPE_CHECKING:
    from fastapi import FastAPI
    from temporalio.client import Client

    from api.readiness import Readiness
    from bootstrap.telemetry import Telemetry
    from policies.loading.policy_catalog import PolicyCatalog
    from settings import Settings

SETTLED_AFTER_SECONDS = 30


def check_directories(settings: "Settings") -> None:
    """Raises a Failure that names each missing directory and its setting."""
    directories = {"DESK_POLICIES": settings.policies}
    if settings.contracts_url is None:
        directories["DESK_CONTRACTS"] = settings.contracts
    missing = [
        f"{variable}: {path} is not a directory"
        for variable, path in directories.items()
        if not path.is_dir()
    ]
    if missing:
        raise Failure(ExitCode.BAD_SETTINGS, "\n".join(missing))


def check_files(settings: "Settings") -> None:
    """The same, and a Failure for a file of credentials that cannot be used: before anything is
    started or connected.
    """
    check_directories(settings)
    identity_of(settings)


def app_of(
    settings: "Settings",
    client: "Client",
    catalog: "PolicyCatalog",
    telemetry: "Telemetry",
    identity: Identity | None = None,
) -> "FastAPI":
    """The API with its dependencies, as configured."""
    from api.agreed_clock import AgreedClock
    from api.app import create_app
    from api.gate.gate import Rates
    from api.gate.request_rates import RequestRates
    from api.http.rate_limit import RateLimiter
    from api.readiness import Readiness
    from proof.making import maker_with
    from workflows.client.tickets import TicketClient

    clock = AgreedClock()
    identity = identity or identity_of(settings)
    mail = smtp_mailer(settings).check if settings.mail_host is not None else None
    return create_app(
        tickets=TicketClient(client, settings.task_queue),
        client=client,
        catalog=catalog,
        contracts=contract_directory(settings),
        authenticator=identity.authenticator,
        now=clock.now,
        readiness=Readiness(
            client, catalog, clock, mail, identity.file_problems, settings.task_queue
        ),
        rate_limiter=RateLimiter(settings.openings_per_second),
        rates=Rates(
            by_address=RequestRates(settings.requests_per_second_per_address),
            by_caller=RequestRates(settings.requests_per_second),
        ),
        stamps_actions=settings.stamps_actions,
        meter=telemetry.meter,
        tracer_provider=telemetry.tracer_provider,
        audit=audit_log(settings, telemetry.meter),
        agents=identity.people.agents,
        make_erasure=partial(erasure, settings, identity.people, client),
        credentials=identity.credentials,
        proofs=maker_with(settings.proof_key),
    )


async def serve_api(
    settings: "Settings", client: "Client", catalog: "PolicyCatalog", telemetry: "Telemetry"
) -> NoReturn:
    """Serves the API until cancelled, and counts open tickets if metrics are on."""
    from api.open_ticket_metrics import OpenTicketMetrics
    from api.server.limits import ConnectionLimits
    from api.server.server import PortTaken, serve

    identity = identity_of(settings)
    app = app_of(settings, client, catalog, telemetry, identity)
    readiness: Readiness = app.state.desk.readiness
    limits = ConnectionLimits(
        most=settings.max_connections,
        most_per_address=settings.max_connections_per_address,
        trusted_proxies=settings.trusted_proxies or (),
    )
    # What is there now stays. A collection that looks at all of it stops every request meanwhile.
    gc.freeze()
    tasks = [
        serve(app, settings.api_host, settings.api_port, limits),
        readiness.run(),
        prepare(app),
        *identity.background(),
    ]
    if settings.metrics_address is not None:
        tasks.append(OpenTicketMetrics(client, sorted(catalog.slugs), telemetry.meter).run())
    try:
        await run_until_first_exit(*tasks)
    except PortTaken:
        raise
    except OSError as error:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            f"DESK_API_HOST, DESK_API_PORT: cannot listen on port {settings.api_port} of "
            f"{settings.api_host}: {error.strerror or error}",
        ) from error
    raise Failure(ExitCode.FAILED, "The API stopped unexpectedly.")


async def prepare(app: "FastAPI", after: float = SETTLED_AFTER_SECONDS) -> NoReturn:
    """Makes the OpenAPI document once the process has settled, so that no request waits for it.
    Runs until cancelled.
    """
    from api.http.problems import Problem

    await asyncio.sleep(after)
    # Refused if many requests wait for the document already. Then one of them makes it.
    with suppress(Problem):
        await app.state.description.encoded()
    while True:
        await asyncio.Event().wait()
