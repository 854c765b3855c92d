"""The paths and methods of the API, for responses to requests that match none of them."""

from collections.abc import Iterator

from fastapi import Request
from fastapi.routing import RouteContext, iter_route_contexts

from api.http.path_hints import likely_path


def allowed_methods(request: Request) -> tuple[str, ...]:
    """Every method of the path of a request, in alphabetical order."""
    methods = {
        method for route in _matching(request, request.url.path) for method in route.methods or ()
    }
    return tuple(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


def similar_path(request: Request) -> str | None:
    """The path that a wrong one probably meant."""
    templates = (route.path for route in iter_route_contexts(request.app.routes))
    return likely_path(request.url.path, filter(None, templates))


def _matching(request: Request, path: str) -> Iterator[RouteContext]:
    for route in iter_route_contexts(request.app.routes):
        if route.path is not None and route.path_regex.match(path):
            yield route
