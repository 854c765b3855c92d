"""Validation errors of a request, in the terms of the API instead of pydantic's."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from api.http.problems import FieldError
from policies.documents.suggestions import one_of

MOST_ERRORS = 50
"""Errors in one response; a body or a query can have thousands."""
_LONGEST_NAME = 100
"""Characters of a name that a caller made up, in an error."""
_SOURCES = {"body", "query", "header", "path"}
_PARAMETERS = {"body": "body", "query": "filters"}
"""The parameter of a route function for each source of values."""

_type_hints = lru_cache(maxsize=256)(get_type_hints)
"""Cached, because every request needs them."""


def field_errors(
    errors: Iterable[Mapping[str, Any]], endpoint: Callable[..., Any] | None
) -> Iterator[FieldError]:
    """The errors that pydantic found, without the values that were sent."""
    for error in islice(errors, MOST_ERRORS):
        location = error["loc"]
        field = ".".join(shortened(part) for part in location if part not in _SOURCES)
        yield FieldError(field=field or str(location[0]), message=_message(error, endpoint))


def shortened(name: object) -> str:
    """A name in a request, which can be of any length."""
    text = str(name)
    return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…"


def unknown(name: object, names: Iterable[str]) -> str:
    """The message for an unknown name, with the names there are."""
    return f"is unknown; {one_of(name, names)}"


def parameters_of(endpoint: Callable[..., Any]) -> Iterable[str]:
    """The query parameters of a route."""
    model = _model_at(endpoint, "query", ())
    return model.model_fields if model else ()


def is_repeatable(endpoint: Callable[..., Any], name: str) -> bool:
    """Whether a query parameter of a route can have several values."""
    model = _model_at(endpoint, "query", ())
    field = model.model_fields.get(name) if model else None
    return field is not None and get_origin(field.annotation) is list


def _message(error: Mapping[str, Any], endpoint: Callable[..., Any] | None) -> str:
    if error["type"] == "extra_forbidden":
        model = _model_at(endpoint, error["loc"][0], error["loc"][1:-1])
        return unknown(error["loc"][-1], model.model_fields if model else ())
    message = str(error["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _model_at(
    endpoint: Callable[..., Any] | None, source: str, path: Sequence[Any]
) -> type[BaseModel] | None:
    """The model of the values from this source, at this path."""
    name = _PARAMETERS.get(source)
    if endpoint is None or name is None:
        return None
    model = _model_in(_type_hints(endpoint).get(name))
    for part in path:
        field = model.model_fields.get(str(part)) if model else None
        model = _model_in(field.annotation) if field else None
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    candidates = (annotation, *get_args(annotation))
    models = (c for c in candidates if inspect.isclass(c) and issubclass(c, BaseModel))
    return next(models, None)
