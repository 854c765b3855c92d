"""The app as it is put together."""

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


def test_no_request_is_handed_from_thread_to_thread() -> None:
    routes = [r for router in ROUTERS for r in router.routes if isinstance(r, APIRoute)]
    assert routes
    handed_over = {
        call for route in routes for call in _called(route.dependant) if not _waits(call)
    }
    assert not handed_over


def _called(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    if dependant.call is not None:
        yield dependant.call
    for needed in dependant.dependencies:
        yield from _called(needed)


def _waits(call: Callable[..., Any]) -> bool:
    """Whether FastAPI awaits it; anything else it has done by another thread."""
    return iscoroutinefunction(call if isfunction(call) else type(call).__call__)
