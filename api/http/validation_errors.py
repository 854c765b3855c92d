"""Complaints: what is wrong with a request, in words of the API instead of the validator's."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel

from api.http.problems import FieldError
from policies.documents.suggestions import one_of

_MOST = 50
"""Errors named in one answer; a body can hold thousands."""
_PLACES = {"body", "query", "header", "path"}
_PARAMETERS = {"body": "body", "query": "filters"}
"""The parameter of a route that holds what comes from a source."""

_hints_of = lru_cache(maxsize=256)(get_type_hints)
"""Asked for with every request."""


def field_errors(
    faults: Iterable[Mapping[str, Any]], endpoint: Callable[..., Any] | None
) -> Iterator[FieldError]:
    """Each fault that validation found, without repeating what was sent."""
    for fault, _ in zip(faults, range(_MOST), strict=False):
        place = fault["loc"]
        field = ".".join(str(part) for part in place if part not in _PLACES) or str(place[0])
        yield FieldError(field=field, message=_message(fault, endpoint))


def unknown(name: object, known: Iterable[str]) -> str:
    """What to say about a name that is not one of those there are."""
    return f"is unknown; {one_of(name, known)}"


def parameters_of(endpoint: Callable[..., Any]) -> Iterable[str]:
    """The query parameters a route has."""
    model = _model_at(endpoint, "query", ())
    return model.model_fields if model else ()


def _message(fault: Mapping[str, Any], endpoint: Callable[..., Any] | None) -> str:
    if fault["type"] == "extra_forbidden":
        model = _model_at(endpoint, fault["loc"][0], fault["loc"][1:-1])
        return unknown(fault["loc"][-1], model.model_fields if model else ())
    message = str(fault["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _model_at(
    endpoint: Callable[..., Any] | None, source: str, path: Sequence[Any]
) -> type[BaseModel] | None:
    """The model that describes what comes from this source, at this path."""
    name = _PARAMETERS.get(source)
    if endpoint is None or name is None:
        return None
    model = _model_in(_hints_of(endpoint).get(name))
    for part in path:
        found = model.model_fields.get(str(part)) if model else None
        model = _model_in(found.annotation) if found else None
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    candidates = (annotation, *get_args(annotation))
    models = (c for c in candidates if inspect.isclass(c) and issubclass(c, BaseModel))
    return next(models, None)
