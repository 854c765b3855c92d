"""The bodies of actions: for each content that a ticket takes, a twin that is strict.

What is recorded in a history tolerates fields it does not know, so that a deploy can be rolled
back; what a caller sends does not, so that a misspelt field is told and never dropped. The twin
is derived, so the two cannot drift apart.
"""

from datetime import date
from functools import reduce
from operator import or_
from types import UnionType
from typing import Any, Union, cast, get_args, get_origin

from pydantic import BaseModel, StrictBool, create_model

from api.http.body import Body
from policies.schema.fields import Date
from workflows.shared.action_request import ActionInput

_STRICT = {bool: StrictBool, date: Date}
"""Pydantic would take `1` for true, and a number for the seconds since 1970."""


def body_of(content: type[ActionInput]) -> type[Body]:
    """The strict twin of a content model, descriptions and all."""
    return _twin(content)


def _twin(model: type[BaseModel]) -> type[Body]:
    fields: dict[str, Any] = {
        name: (_strict(info.annotation), info) for name, info in model.model_fields.items()
    }
    twin = create_model(model.__name__, __base__=Body, __doc__=model.__doc__, **fields)
    return cast("type[Body]", twin)


def _strict(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, UnionType):
        return reduce(or_, map(_strict, get_args(annotation)))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _twin(annotation)
    return _STRICT.get(annotation, annotation)
