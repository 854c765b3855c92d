"""The assignee of a ticket, its priority, and its level of management."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue

from policies.schema.contract import Slug
from policies.vocabulary import Action, EventType, Role
from workflows.shared.action_request import ActionInput, ActionRequest, Message
from workflows.shared.refusals import InvalidContent, Refusal
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.actions.rule import (
    ACTIVE,
    OPEN,
    REQUESTER,
    ActionRule,
    Condition,
    clause_of,
)
from workflows.ticket.model.fields import Assignee, Note
from workflows.ticket.model.state import TicketState


class Assign(ActionInput):
    """Sets the assignee; without one, the ticket is left unassigned where that is allowed."""

    assignee: Assignee | None = None


class Reclassify(ActionInput):
    """Sets another priority. Running clocks get a new due time; time already counted is kept.

    `reason` is for the record. The requester is sent `message`, and not the reason.
    """

    priority: Slug
    reason: Message
    message: Note = ""


class RaiseLevel(ActionInput):
    """Raises the ticket to the next level of management; each level is notified once, in order."""

    reason: Message


def assign(ticket: TicketState, request: ActionRequest[Assign], _at: datetime) -> list[NewEvent]:
    """Sets or clears the assignee."""
    assignee = request.content.assignee
    ticket.assignee = assignee
    if assignee is None:
        return [NewEvent(EventType.UNASSIGNED)]
    return [NewEvent(EventType.ASSIGNED, {"assignee": assignee.id, "name": assignee.name})]


def reclassify(
    ticket: TicketState, request: ActionRequest[Reclassify], _at: datetime
) -> list[NewEvent]:
    """The ticket has another priority."""
    data: dict[str, JsonValue] = {
        "from": ticket.priority,
        "to": request.content.priority,
        "reason": request.content.reason,
        "message": request.content.message,
    }
    ticket.priority = request.content.priority
    return [NewEvent(EventType.RECLASSIFIED, data)]


def raise_level(
    ticket: TicketState, request: ActionRequest[RaiseLevel], _at: datetime
) -> list[NewEvent]:
    """The next level of management is notified."""
    return [raise_to_level(ticket, ticket.level + 1, {"message": request.content.reason})]


def raise_to_level(ticket: TicketState, number: int, cause: Mapping[str, JsonValue]) -> NewEvent:
    """Raises the ticket to the level with this number, which must exist.

    `cause` is a person's message, or the clock and rung that raised the level.
    """
    level = ticket.terms.process.levels[number - 1]
    ticket.level = number
    data: dict[str, JsonValue] = {
        "level": ticket.level,
        "level_name": level.says,
        "audience": level.audience,
        "clause": level.clause,
    }
    return NewEvent(EventType.LEVEL_RAISED, {**data, **cause})


def check_assignee(
    ticket: TicketState, request: ActionRequest[Assign], _at: datetime
) -> Refusal | None:
    """The policy may demand that tickets of this priority stay assigned."""
    keep = ticket.terms.process.keep_assigned
    if request.content.assignee is None and ticket.priority in keep:
        return InvalidContent("keep_assigned", clause_of(ticket, Action.ASSIGN))
    return None


def check_priority(
    ticket: TicketState, request: ActionRequest[Reclassify], _at: datetime
) -> Refusal | None:
    """The priority is one of the policy's, and differs from the present one."""
    priority, terms = request.content.priority, ticket.terms
    if priority not in terms.priorities:
        return InvalidContent("wrong_priority", choices=terms.listed("priority", terms.priorities))
    if priority == ticket.priority:
        [label] = terms.listed("priority", [priority])
        return InvalidContent("same_priority", priority=label)
    return None


ROWS = {
    Action.ASSIGN: ActionRule(
        Assign,
        by=(Role.AGENT, Role.OPERATOR),
        within=OPEN,
        without_terms=True,
        guard=check_assignee,
        effect=assign,
        example={"assignee": {"id": "ada", "name": "Ada Agent", "email": "ada@desk.example"}},
    ),
    Action.RECLASSIFY: ActionRule(
        Reclassify,
        by=(Role.AGENT, Role.OPERATOR),
        within=ACTIVE,
        # A policy without priorities leaves the refusal to the condition.
        narrowed_by=lambda process: process.classify_by or tuple(Role),
        conditions=(Condition(lambda t: bool(t.terms.priorities), "no_priorities"),),
        guard=check_priority,
        effect=reclassify,
        example={"priority": "high", "reason": "Nobody there can publish."},
    ),
    Action.RAISE_LEVEL: ActionRule(
        RaiseLevel,
        by=(*REQUESTER, Role.AGENT),
        within=ACTIVE,
        narrowed_by=lambda process: process.raise_level_by,
        conditions=(Condition(lambda t: t.next_level is not None, "no_level"),),
        effect=raise_level,
        example={"reason": "We have waited for a week."},
    ),
}
