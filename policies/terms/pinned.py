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
    """Pinned data that leaves out fields without content, if that is their default: most rules of a
    policy use few of them. Such a default can never change.
    """

    @model_serializer(mode="wrap")
    def _omit_empty(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = handler(self)
        empty = _empty_by_default(type(self))
        return {n: v for n, v in fields.items() if n not in empty or v not in _EMPTY}


_EMPTY: tuple[Any, ...] = (None, "", (), [], {})


@cache
def _empty_by_default(model: type[BaseModel]) -> frozenset[str]:
    fields = model.model_fields.items()
    return frozenset(name for name, f in fields if not f.is_required() and f.default in _EMPTY)
