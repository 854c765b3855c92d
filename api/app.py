"""Assembles the HTTP API: routes, middleware and error handlers.

The API makes no decisions: it turns a request into an update or a query of a workflow, and the
reply into a response. The rules are in the policies and the workflows.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from opentelemetry.trace import TracerProvider
from starlette.types import Scope
from temporalio.client import Client
from temporalio.common import MetricMeter

from activities.ports import AccountDirectory
from api import health
from api.accounts import routes as account_routes
from api.agreed_clock import AgreedClock
from api.audit.log import AuditLog
from api.audit.middleware import Audit
from api.dependencies import AccountTermsOf, Dependencies
from api.discovery import routes as discovery_routes
from api.gate.gate import Gate, Rates
from api.gate.request_limits import DEFAULT_LIMITS, Deadline, JsonOnly, Limits
from api.gate.responses import ResponseRules
from api.http.error_handlers import register_error_handlers
from api.http.latency import LatencyMiddleware
from api.http.openapi import DESCRIPTION, SUMMARY, TAGS, TITLE, describe
from api.http.rate_limit import UNLIMITED, RateLimiter
from api.identity.agents import AgentDirectory, ListedAgents
from api.identity.authenticator import Authenticator
from api.identity.keys.bound_credentials import BoundCredentials
from api.listing.listing import Listing
from api.pages import routes as page_routes
from api.personal_data import erasure_routes, export_routes
from api.personal_data.running_erasures import MakeErasure, RunningErasures
from api.readiness import Readiness
from api.tickets import proof_routes, revision_routes
from api.tickets import routes as ticket_routes
from api.tickets.action_routes import action_routes
from policies.accounts.account_settlement import account_terms
from policies.loading.policy_catalog import PolicyCatalog
from proof.making import ProofMaker
from workflows.client.accounts import AccountClient
from workflows.client.erasure.erasure import Erasure
from workflows.client.tickets import TicketClient

VERSION = "0.1.0"
HEALTH_CHECKS = frozenset({"/healthz", "/readyz"})


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(  # noqa: PLR0913  # one keyword for each dependency
    *,
    tickets: TicketClient,
    client: Client,
    catalog: PolicyCatalog,
    contracts: AccountDirectory,
    authenticator: Authenticator,
    now: Callable[[], datetime] = _utc_now,
    readiness: Readiness | None = None,
    limits: Limits = DEFAULT_LIMITS,
    rate_limiter: RateLimiter = UNLIMITED,
    rates: Rates | None = None,
    stamps_actions: bool = True,
    account_terms_of: AccountTermsOf = account_terms,
    meter: MetricMeter = MetricMeter.noop,
    tracer_provider: TracerProvider | None = None,
    audit: AuditLog | None = None,
    agents: AgentDirectory | None = None,
    make_erasure: MakeErasure | None = None,
    credentials: BoundCredentials | None = None,
    proofs: ProofMaker | None = None,
) -> FastAPI:
    """Builds the app.

    `authenticator` returns the caller of a token. `now` stamps each opening on receipt, and each
    action unless `stamps_actions` is off. `rates` limits requests by address and caller. `meter`
    records request latency and failed authentication. With a `tracer_provider`, each request is a
    span. Requests are recorded in `audit`. Tickets can be assigned to `agents`. `make_erasure` has
    the stores of keys. Exports of personal data have the `credentials` of the person. `proofs` has
    the key that signs proofs of tickets.
    """
    audit = audit or AuditLog()
    app = FastAPI(
        title=TITLE,
        version=VERSION,
        summary=SUMMARY,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        # The pages of FastAPI load scripts from other hosts; api/pages has one of its own.
        docs_url=None,
        # Served by `describe`.
        openapi_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=_tracing(tracer_provider),
    )
    app.state.desk = Dependencies(
        tickets=tickets,
        accounts=AccountClient(client, tickets.task_queue),
        account_terms_of=account_terms_of,
        listing=Listing(client, now),
        catalog=catalog,
        contracts=contracts,
        credentials=credentials or BoundCredentials(),
        client=client,
        now=now,
        rate_limiter=rate_limiter,
        readiness=readiness
        or Readiness(client, catalog, AgreedClock(now), task_queue=tickets.task_queue),
        stamps_actions=stamps_actions,
        agents=agents or ListedAgents(),
        proofs=proofs,
    )
    app.state.erasures = RunningErasures(make_erasure or partial(Erasure, client), audit, _utc_now)
    # The middleware that is added last runs first.
    app.add_middleware(Deadline, timeout=limits.timeout)
    app.add_middleware(
        JsonOnly,
        max_body_bytes=limits.max_body_bytes,
        max_buffered_bytes=limits.max_buffered_bytes,
    )
    app.add_middleware(Gate, authenticator=authenticator, rates=rates or Rates(), meter=meter)
    # Not `now`, which is refused while clocks differ: that is to be recorded as well.
    app.add_middleware(Audit, log=audit, now=_utc_now)
    app.add_middleware(LatencyMiddleware, meter=meter)
    app.add_middleware(ResponseRules)
    describe(app)
    # `include_router` would analyse each route again for each app, which takes most of its start.
    # Routes are tried in this order, so the ones that strangers can read cost the least.
    for router in (
        health.router,
        page_routes.router,
        discovery_routes.router,
        ticket_routes.router,
        proof_routes.router,
        revision_routes.router,
        action_routes(),
        account_routes.router,
        erasure_routes.router,
        export_routes.router,
    ):
        app.router.routes.extend(router.routes)
    register_error_handlers(app)
    return app


def _tracing(provider: TracerProvider | None) -> TelemetryConfig:
    """Enables FastAPI's spans of requests only; metrics and logs are handled elsewhere."""
    return TelemetryConfig(
        tracing=provider is not None,
        tracer_provider=provider,
        metrics=False,
        logs=False,
        operation_spans=False,
        auto_configure=False,
        exclude=_is_health_check,
    )


def _is_health_check(scope: Scope) -> bool:
    return scope.get("path") in HEALTH_CHECKS
