"""The base classes of terms: data that outlives the code that wrote it."""

from functools import cache
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    SerializerFunctionWrapHandler,
    model_serializer,
)


class Pinned(BaseModel):
    """Data that outlives the code that wrote it: frozen, and tolerant of unknown fields."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Sparse(Pinned):
    """Pinned data that leaves out fields which have their default: most rules of a policy use few
    of them. Such a default can never change (docs/decisions/0016-defaults-are-recorded.md).
    """

    @model_serializer(mode="wrap")
    def _omit_defaults(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = handler(self)
        values = vars(self)
        for name, default in _defaults(type(self)):
            value = values[name]
            if value is default or value == default:
                fields.pop(name, None)
        return fields


@cache
def _defaults(model: type[BaseModel]) -> tuple[tuple[str, Any], ...]:
    """The fields that have a default, and it."""
    return tuple(
        (name, field.get_default(call_default_factory=True))
        for name, field in model.model_fields.items()
        if not field.is_required()
    )
