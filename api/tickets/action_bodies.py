"""The bodies of actions: a strict copy of each input model.

Input models in a workflow history ignore unknown fields, so that a deploy can be rolled back.
Request bodies reject them, so that a misspelled field is reported. The strict models are derived,
so the two cannot diverge.
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
"""Pydantic would accept `1` as true, and a number as seconds since 1970."""


def body_of(input_model: type[ActionInput]) -> type[Body]:
    """The strict copy of an input model, with its descriptions."""
    return _strict_copy(input_model)


def _strict_copy(model: type[BaseModel]) -> type[Body]:
    fields: dict[str, Any] = {
        name: (_strict(info.annotation), info) for name, info in model.model_fields.items()
    }
    copy = create_model(model.__name__, __base__=Body, __doc__=model.__doc__, **fields)
    return cast("type[Body]", copy)


def _strict(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, UnionType):
        return reduce(or_, map(_strict, get_args(annotation)))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _strict_copy(annotation)
    return _STRICT.get(annotation, annotation)
