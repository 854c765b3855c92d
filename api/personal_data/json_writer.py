"""An export as JSON, written ticket by ticket."""

import json
from collections.abc import AsyncIterator
from textwrap import indent

from pydantic import BaseModel

from api.personal_data.document import ExportedTicket
from api.personal_data.exporter import Export

MEDIA_TYPE = "application/json"
_ALWAYS_EMPTY = {"ticket": {"notes", "duplicates", "overrides", "allowed_actions"}}
"""Fields of a ticket that its requester does not see, or that are about the caller."""


async def json_parts(export: Export) -> AsyncIterator[str]:
    """The parts of the document, in order. Together they are one `PersonalData`."""
    yield f"{_text(export.head)[:-2]},\n"
    yield '  "tickets": ['
    separator = "\n"
    async for ticket in export.read_tickets():
        yield separator + indent(_text(ticket.exported), "    ")
        separator = ",\n"
    assert export.tail is not None
    yield f"\n  ],\n{_text(export.tail)[2:]}\n"


def _text(part: BaseModel) -> str:
    exclude = _ALWAYS_EMPTY if isinstance(part, ExportedTicket) else None
    data = part.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=exclude)
    return json.dumps(data, indent=2, ensure_ascii=False)
