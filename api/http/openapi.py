"""The OpenAPI description, with the problem responses of each route."""

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from api.http import problem_types
from api.http.error_handlers import unavailable
from api.http.problem_types import ProblemType
from api.http.problems import MEDIA_TYPE, ProblemDocument

OPENAPI_URL = "/openapi.json"
TITLE = "Durable Desk"
SUMMARY = "An SLA engine for B2B support: tickets, deadlines, notices and service credits."
DESCRIPTION = """\
A support policy defines response times, escalations and forecasts. Each ticket is a durable
workflow under a policy: each deadline is a timer, which fires once.

**A ticket in four requests**

1. `POST /tickets` opens a ticket. The response has its number, its clocks and their due times.
2. `GET /tickets/{number}` returns it, with `allowed_actions`: the actions *you* can take now.
3. `POST /tickets/{number}/{action}` takes an action, such as `respond` or `escalate`.
4. `GET /tickets/{number}/timeline` returns its events, each with its actor.

**Authentication** is by bearer token. A token has a role, and may be limited to
some accounts, to some actions, or to the tickets of one person. `GET /me` tells.

**Retries are safe** with an `Idempotency-Key`: the same request by the same caller with the same
key takes effect once, and every retry gets the same response, also after a time-out.

**Errors** are problem documents (RFC 9457). A rejected action changes nothing; the response states
the reason, the stage of the ticket and the allowed actions. The URI in `type` explains the problem.

**Times** are UTC, in ISO 8601; `due_local` is the same time in the time zone of the ticket.
"""
TAGS = [
    {
        "name": "Discovery",
        "description": "What there is to choose from: the caller, the accounts, and what requests "
        "under a policy can be.",
    },
    {"name": "Tickets", "description": "Open, read and find tickets."},
    {"name": "Actions", "description": "Act on a ticket: one route for each action."},
    {
        "name": "Accounts",
        "description": "Commitments to an account besides its tickets: hours of sessions, "
        "availability, service credits and claims.",
    },
    {
        "name": "Personal data",
        "description": "What is held about a person: hand it out, or erase it.",
    },
    {
        "name": "Service",
        "description": "Health checks, and explanations of problem types.",
    },
]
MOST_WAITING = 16
"""Requests that wait while the document is made."""
_EVERYWHERE = (
    problem_types.NOT_ACCEPTABLE,
    problem_types.INTERNAL_ERROR,
)
_SCHEMA = {"$ref": "#/components/schemas/Problem"}


def problem_responses(*types: ProblemType) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that can respond with these problems."""
    documented: dict[int | str, dict[str, Any]] = {}
    for type in (*types, *_EVERYWHERE):
        response = documented.setdefault(
            int(type.status), {"content": {MEDIA_TYPE: {"schema": _SCHEMA, "examples": {}}}}
        )
        titles = [response["description"]] if "description" in response else []
        response["description"] = "; ".join([*titles, type.title])
        response["content"][MEDIA_TYPE]["examples"][type.slug] = {"value": _example(type)}
    return documented


class Description:
    """The encoded OpenAPI document of an app. It is made once: each time would take as long as a
    thousand other requests.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._encoded: bytes | None = None
        self._encoding = asyncio.Lock()
        self._waiting = 0

    async def encoded(self) -> bytes:
        """The document as JSON; a 503 problem if too many wait until it is made."""
        if self._encoded is not None:
            return self._encoded
        if self._waiting >= MOST_WAITING:
            # A connection whose request is being processed makes no room for others.
            raise unavailable("the description is being made")
        self._waiting += 1
        try:
            return await self._made_once()
        finally:
            self._waiting -= 1

    async def _made_once(self) -> bytes:
        async with self._encoding:
            if self._encoded is None:
                # In a thread, because others would wait for it.
                self._encoded = await asyncio.to_thread(self._encode)
        return self._encoded

    def _encode(self) -> bytes:
        return bytes(JSONResponse(self._app.openapi()).body)


def describe(app: FastAPI) -> None:
    """Serves an OpenAPI document of the app with problem responses at `OPENAPI_URL`."""
    app.state.description = description = Description(app)

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _openapi_of(app)
        return app.openapi_schema

    async def document(_: Request) -> Response:
        return Response(await description.encoded(), media_type="application/json")

    app.openapi = openapi  # type: ignore[method-assign] # as FastAPI documents it
    app.add_route(OPENAPI_URL, document, methods=["GET"], include_in_schema=False)


def with_example(example: Mapping[str, Any]) -> dict[str, Any]:
    """The `openapi_extra` of a route whose request body has this example."""
    return {"requestBody": {"content": {"application/json": {"example": dict(example)}}}}


def example_of(model: type[BaseModel]) -> dict[str, Any]:
    """An example of a body: the examples of its fields, without optional fields that have none."""
    example: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if field.examples:
            example[name] = field.examples[0]
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            example[name] = example_of(field.annotation)
    return example


def _openapi_of(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    for operation in (o for path in document["paths"].values() for o in path.values()):
        _drop_framework_errors(operation["responses"])
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    for name, definition in problem.pop("$defs", {}).items():
        schemas.setdefault(name, definition)
    schemas["Problem"] = problem
    return document


def _drop_framework_errors(responses: dict[str, Any]) -> None:
    """Removes the 422 that FastAPI adds, in its own format, to routes with parameters."""
    if MEDIA_TYPE not in responses.get("422", {}).get("content", {MEDIA_TYPE: {}}):
        del responses["422"]


def _example(type: ProblemType) -> dict[str, Any]:
    return {
        "type": type.uri,
        "title": type.title,
        "status": int(type.status),
        "detail": type.meaning,
        "instance": "/tickets",
    }
