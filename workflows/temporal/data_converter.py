"""How what we say becomes JSON in a history: fields that have their default are left out.

A history is kept for as long as the ticket and a while longer, and is what Temporal moves, stores
and replays. A third of ours would be `null` otherwise.
"""

from typing import Any

from pydantic_core import SchemaSerializer
from pydantic_core.core_schema import any_schema
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
)

_SERIALIZER = SchemaSerializer(any_schema())


class SparseJson(PydanticJSONPlainPayloadConverter):
    """JSON of anything Pydantic knows, without the fields of models that have their default."""

    def to_payload(self, value: Any) -> Payload | None:
        """The payload of a value."""
        data = _SERIALIZER.to_json(value, exclude_defaults=True)
        return Payload(metadata={"encoding": self.encoding.encode()}, data=data)


_JSON = SparseJson()
_CONVERTERS = tuple(
    _JSON if isinstance(converter, JSONPlainPayloadConverter) else converter
    for converter in DefaultPayloadConverter.default_encoding_payload_converters
)


class SparsePayloadConverter(CompositePayloadConverter):
    """Made anew for every workflow and request, so that what it consists of is made once."""

    def __init__(self) -> None:
        super().__init__(*_CONVERTERS)
