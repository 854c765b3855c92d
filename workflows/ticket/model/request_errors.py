"""Errors of a request that is not valid, as objections to its fields."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from policies.coverage.stated_facts import Objection
from policies.documents.suggestions import one_of

MOST_ERRORS = 50
"""Errors that are reported; a request can have thousands."""


def objections_to(model: type[BaseModel], error: ValidationError) -> tuple[Objection, ...]:
    """All errors that pydantic found, without the values that were sent."""
    return tuple(_objections(model, error))[:MOST_ERRORS]


def _objections(model: type[BaseModel], error: ValidationError) -> Iterator[Objection]:
    for details in error.errors(include_url=False, include_input=False):
        path = details["loc"]
        yield Objection(".".join(map(str, path)), _reason(model, path, details))


def _reason(model: type[BaseModel], path: Sequence[object], details: Mapping[str, Any]) -> str:
    if details["type"] == "extra_forbidden":
        names = _model_at(model, path[:-1]).model_fields
        return f"is unknown; {one_of(path[-1], names)}"
    if details["type"] == "model_type":
        return "is not a JSON object"
    message = str(details["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _model_at(model: type[BaseModel], path: Sequence[object]) -> type[BaseModel]:
    for name in path:
        annotation = model.model_fields[str(name)].annotation
        models = (c for c in (annotation, *get_args(annotation)) if isinstance(c, type))
        model = next(c for c in models if issubclass(c, BaseModel))
    return model
