"""The OpenAPI description: what it teaches, and the problems that each route can answer with."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.http import problems
from api.http.problems import MEDIA_TYPE, Kind, ProblemDocument

TITLE = "Durable Desk"
SUMMARY = "Opens support tickets and keeps what was promised for them."
DESCRIPTION = """\
A support policy promises response times, escalations and forecasts. Every ticket opened here is
a durable process that keeps them: each deadline is a timer, each notice is sent once.

**A ticket in four requests**

1. `POST /tickets` opens one. The answer has its number, its clocks and when each is due.
2. `GET /tickets/{number}` shows it, with `allowed_actions`: what *you* can do on it now.
3. `POST /tickets/{number}/{action}` takes an action, such as `respond` or `escalate`.
4. `GET /tickets/{number}/timeline` tells what became true, and by whom.

**Who you are** comes from your bearer token: it has a role, and perhaps one account.

**Repeating a request is safe** with an `Idempotency-Key`: the same request by the same caller with
the same key is done once and answered the same, after a time-out too.

**Refusals** are problem documents (RFC 9457). A refused action changes nothing and says why,
which stage the ticket is in and what is allowed there. Each `type` is explained at its address.

**Instants** are UTC, in ISO 8601; `due_local` is the same instant in the ticket's zone.
"""
TAGS = [
    {"name": "Tickets", "description": "Open, read and find tickets."},
    {"name": "Actions", "description": "What people do on a ticket: one route for each action."},
    {
        "name": "Accounts",
        "description": "What an account was promised beside its tickets: hours of sessions, "
        "availability, service credits and their claims.",
    },
    {
        "name": "Service",
        "description": "Whether the API lives and is ready, and what problems are.",
    },
]
_EVERYWHERE = (
    problems.NOT_ACCEPTABLE,
    problems.INTERNAL_ERROR,
)
_SCHEMA = {"$ref": "#/components/schemas/Problem"}


def refusals(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """The problem responses of a route, for its `responses`."""
    documented: dict[int | str, dict[str, Any]] = {}
    for kind in (*kinds, *_EVERYWHERE):
        response = documented.setdefault(
            int(kind.status), {"content": {MEDIA_TYPE: {"schema": _SCHEMA, "examples": {}}}}
        )
        titles = [response["description"]] if "description" in response else []
        response["description"] = "; ".join([*titles, kind.title])
        response["content"][MEDIA_TYPE]["examples"][kind.slug] = {"value": _example(kind)}
    return documented


def describe(app: FastAPI) -> None:
    """Has the app describe itself with the problem documents it answers with."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # the way FastAPI documents


def with_example(example: Mapping[str, Any]) -> dict[str, Any]:
    """The `openapi_extra` of a route whose request body has this example."""
    return {"requestBody": {"content": {"application/json": {"example": dict(example)}}}}


def _described(app: FastAPI) -> dict[str, Any]:
    described = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    for operation in (o for path in described["paths"].values() for o in path.values()):
        _forget_the_frameworks_own(operation["responses"])
    schemas = described.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    for name, definition in problem.pop("$defs", {}).items():
        schemas.setdefault(name, definition)
    schemas["Problem"] = problem
    return described


def _forget_the_frameworks_own(responses: dict[str, Any]) -> None:
    """FastAPI adds a 422 of its own format where there is a parameter and none is documented."""
    if MEDIA_TYPE not in responses.get("422", {}).get("content", {MEDIA_TYPE: {}}):
        del responses["422"]


def _example(kind: Kind) -> dict[str, Any]:
    return {
        "type": kind.type,
        "title": kind.title,
        "status": int(kind.status),
        "detail": kind.means,
        "instance": "/tickets",
    }
