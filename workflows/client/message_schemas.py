"""JSON Schemas of the messages between Temporal clients and ticket workflows.

They are promised to clients (docs/temporal-clients.md).
"""

from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from policies.documents.json_schema import DIALECT
from policies.vocabulary import Action
from workflows.shared.action_request import ActionRequest
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.ticket_request import TicketStart
from workflows.ticket.model.views import EventView, Reply, TicketView

Schema = dict[str, Any]


class MessageKind(StrEnum):
    """The messages that have a schema, apart from actions."""

    OPENING = "opening"
    REPLY = "reply"
    TICKET = "ticket"
    EVENTS = "events"


OVER_HTTP_ONLY = frozenset({Action.CHANGE_REVISION})
"""Actions whose input the API settles first."""
PUBLIC_ACTIONS = tuple(action for action in ACTIONS if action not in OVER_HTTP_ONLY)
"""The actions that a Temporal client can take."""
_ANSWERS: dict[MessageKind, tuple[Any, str]] = {
    MessageKind.REPLY: (Reply, "Reply to the opening and to every action"),
    MessageKind.TICKET: (TicketView, "Result of the query ticket"),
    MessageKind.EVENTS: (list[EventView], "Result of the query timeline"),
}


def message_schema(kind: MessageKind) -> Schema:
    """The schema of the input of a ticket workflow, or of one of its answers."""
    if kind is MessageKind.OPENING:
        return _titled(TypeAdapter(TicketStart).json_schema(), "Input of the workflow Ticket")
    message, title = _ANSWERS[kind]
    schema = TypeAdapter(message).json_schema(mode="serialization", schema_generator=_Complete)
    return _titled(schema, title)


def action_schema(action: Action) -> Schema:
    """The schema of the argument of the update of an action."""
    request: Any = ActionRequest.__class_getitem__(ACTIONS[action].input)
    schema = TypeAdapter(request).json_schema()
    description = " ".join((ACTIONS[action].input.__doc__ or "").split())
    return _titled(schema, f"Argument of the update {action}") | {"description": description}


class _Complete(GenerateJsonSchema):
    """Answers have every field, with null for no value."""

    def field_is_required(self, *_: Any, **__: Any) -> bool:
        return True


def _titled(schema: Schema, title: str) -> Schema:
    return {"$schema": DIALECT, **schema, "title": title}
