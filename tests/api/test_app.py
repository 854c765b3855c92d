"""The assembled app."""

from collections.abc import Callable, Iterator
from inspect import iscoroutinefunction, isfunction
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api import health
from api.accounts import routes as account_routes
from api.tickets import revision_routes
from api.tickets import routes as ticket_routes
from api.tickets.action_routes import action_routes

ROUTERS = (
    health.router,
    ticket_routes.router,
    revision_routes.router,
    action_routes(),
    account_routes.router,
)


def test_no_dependency_runs_in_another_thread() -> None:
    routes = [r for router in ROUTERS for r in router.routes if isinstance(r, APIRoute)]
    assert routes
    threaded = {
        call for route in routes for call in _called(route.dependant) if not _is_coroutine(call)
    }
    assert not threaded


def _called(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    if dependant.call is not None:
        yield dependant.call
    for inner in dependant.dependencies:
        yield from _called(inner)


def _is_coroutine(call: Callable[..., Any]) -> bool:
    """Whether FastAPI awaits the call; it runs others in a thread."""
    return iscoroutinefunction(call if isfunction(call) else type(call).__call__)
