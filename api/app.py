"""The HTTP API, put together: routes, limits, and refusals as problem documents.

It decides nothing. A request is parsed, becomes an update or a query of a ticket, and the
reply becomes the answer; every rule is in the policies and the ticket workflow.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from opentelemetry.trace import TracerProvider
from starlette.types import Scope
from temporalio.client import Client
from temporalio.common import MetricMeter

from activities.ports import ContractDirectory
from api import health
from api.accounts import routes as account_routes
from api.dependencies import AccountTermsOf, Dependencies
from api.http.auth import ActorFor
from api.http.error_handlers import handle_refusals
from api.http.latency import LatencyMiddleware
from api.http.openapi import DESCRIPTION, SUMMARY, TAGS, TITLE, describe
from api.http.rate_limit import UNLIMITED, RateLimiter
from api.http.request_limits import LIMITS, Deadline, JsonOnly, Limits
from api.listing.listing import Listing
from api.tickets import revision_routes
from api.tickets import routes as ticket_routes
from api.tickets.action_routes import action_routes
from policies.accounts.account_settlement import account_terms
from policies.loading.policy_catalog import PolicyCatalog
from workflows.client.accounts import AccountClient
from workflows.client.tickets import TicketClient

VERSION = "0.1.0"
ABOUT_HEALTH = frozenset({"/healthz", "/readyz"})


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(  # noqa: PLR0913 - a root hands in every part by name
    *,
    tickets: TicketClient,
    client: Client,
    catalogue: PolicyCatalog,
    contracts: ContractDirectory,
    actor_for: ActorFor,
    now: Callable[[], datetime] = _utc_now,
    limits: Limits = LIMITS,
    pace: RateLimiter = UNLIMITED,
    settle_account: AccountTermsOf = account_terms,
    meter: MetricMeter = MetricMeter.noop,
    tracer_provider: TracerProvider | None = None,
) -> FastAPI:
    """The app of one desk. `actor_for` finds who a token speaks for: `Settings.actor_for`.

    Requests are stamped with `now` as they are received; `settle_account` makes the terms of an
    account of its policy and contract; `pace` is how fast one account may open tickets. `meter` is
    told how long requests take, and each is a span of `tracer_provider`, if there is one.
    """
    app = FastAPI(
        title=TITLE,
        version=VERSION,
        summary=SUMMARY,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        # These pages load their scripts from elsewhere; the description is at /openapi.json.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=_traced_by(tracer_provider),
    )
    app.state.desk = Dependencies(
        tickets=tickets,
        accounts=AccountClient(client),
        settle_account=settle_account,
        listing=Listing(client, now),
        catalogue=catalogue,
        contracts=contracts,
        client=client,
        actor_for=actor_for,
        now=now,
        pace=pace,
    )
    # The one added last is met first.
    app.add_middleware(Deadline, patience=limits.patience)
    app.add_middleware(JsonOnly, largest_body=limits.largest_body)
    app.add_middleware(LatencyMiddleware, meter=meter)
    app.include_router(health.router)
    app.include_router(ticket_routes.router)
    app.include_router(revision_routes.router)
    app.include_router(action_routes())
    app.include_router(account_routes.router)
    handle_refusals(app)
    describe(app)
    return app


def _traced_by(provider: TracerProvider | None) -> TelemetryConfig:
    """FastAPI's own spans of requests and nothing else: metrics and logs have their own ways."""
    return TelemetryConfig(
        tracing=provider is not None,
        tracer_provider=provider,
        metrics=False,
        logs=False,
        operation_spans=False,
        auto_configure=False,
        exclude=_is_about_health,
    )


def _is_about_health(scope: Scope) -> bool:
    return scope.get("path") in ABOUT_HEALTH
