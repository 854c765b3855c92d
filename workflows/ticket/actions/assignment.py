"""The assignee of a ticket, its priority, and its level of management."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field, JsonValue

from policies.coverage.verdict import Decision
from policies.schema.contract import Slug
from policies.schema.fields import Audience
from policies.vocabulary import Action, EventType, LevelOrder, Role, Stage
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
from workflows.ticket.model.fields import Assignee, Note, StatedFacts, is_findable
from workflows.ticket.state.levels import level_audience, open_levels, stages_of_levels
from workflows.ticket.state.ticket_state import TicketState


class Assign(ActionInput):
    """Sets the assignee; without one, the ticket is left unassigned where that is allowed."""

    assignee: Assignee | None = None


class Reclassify(ActionInput):
    """Sets another priority, corrects facts, or both. Running clocks get a new due time; time
    already counted is kept.

    `reason` is for the record. The requester is sent `message`, and not the reason.
    """

    priority: Slug | None = None
    facts: StatedFacts = Field(default_factory=dict)
    reason: Message
    message: Note = ""


class RaiseLevel(ActionInput):
    """Raises the ticket to a level of management; each level is notified once. `to` is its
    audience, by default the next level.
    """

    reason: Message
    to: Audience | None = None


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
    """The ticket has another priority, or other facts."""
    content = request.content
    data: dict[str, JsonValue] = {"reason": content.reason, "message": content.message}
    if content.priority is not None:
        data = {"from": ticket.priority, "to": content.priority, **data}
        ticket.priority = content.priority
    if content.facts:
        data["facts"] = dict(content.facts)
        ticket.facts = {**ticket.facts, **content.facts}
    if ticket.verdict.decision is Decision.NEEDS_FACTS and content.facts:
        ticket.owes_settlement = True
    return [NewEvent(EventType.RECLASSIFIED, data)]


def raise_level(
    ticket: TicketState, request: ActionRequest[RaiseLevel], _at: datetime
) -> list[NewEvent]:
    """A level of management is notified."""
    to, levels = request.content.to, open_levels(ticket)
    level = next(level for level in levels if to in (None, level.audience_at(ticket.priority)))
    number = ticket.terms.process.levels.index(level) + 1
    return [raise_to_level(ticket, number, {"message": request.content.reason})]


def raise_to_level(ticket: TicketState, number: int, cause: Mapping[str, JsonValue]) -> NewEvent:
    """Raises the ticket to the level with this number, which must exist.

    `cause` is a person's message, or the clock and rung that raised the level. Levels that stand
    side by side have no numbers; `ticket.level` counts them.
    """
    process = ticket.terms.process
    level, is_ladder = process.levels[number - 1], process.level_order is LevelOrder.LADDER
    ticket.level = number if is_ladder else ticket.level + 1
    data: dict[str, JsonValue] = {
        "level": number if is_ladder else None,
        "level_name": level.says,
        "audience": level_audience(ticket, number),
        "clause": level.clause,
    }
    return NewEvent(EventType.LEVEL_RAISED, {**data, **cause})


def check_assignee(
    ticket: TicketState, request: ActionRequest[Assign], _at: datetime
) -> Refusal | None:
    """Lists can be filtered by the assignee, and the policy may demand that tickets of this
    priority stay assigned.
    """
    keep, assignee = ticket.terms.process.keep_assigned, request.content.assignee
    if assignee is None and ticket.priority in keep:
        return InvalidContent("keep_assigned", clause_of(ticket, Action.ASSIGN))
    if assignee is not None and not is_findable(assignee.id):
        refusal = InvalidContent("unfindable", id=assignee.id)
        refusal.field = "assignee.id"
        return refusal
    return None


def check_level(
    ticket: TicketState, request: ActionRequest[RaiseLevel], _at: datetime
) -> Refusal | None:
    """The named level is one that the ticket can be raised to now."""
    levels, to = open_levels(ticket), request.content.to
    choices = tuple(str(level.audience_at(ticket.priority)) for level in levels)
    if to is None or to in choices:
        return None
    refusal = InvalidContent("wrong_level", levels[0].clause, choices=choices)
    refusal.field = "to"
    return refusal


def check_priority(
    ticket: TicketState, request: ActionRequest[Reclassify], _at: datetime
) -> Refusal | None:
    """The priority is one of the policy's, and differs from the present one. Without a priority,
    there are facts.
    """
    priority, terms = request.content.priority, ticket.terms
    if priority is None:
        return None if request.content.facts else InvalidContent("nothing_to_reclassify")
    if priority not in terms.priorities:
        return InvalidContent("wrong_priority", choices=terms.listed("priority", terms.priorities))
    if priority == ticket.priority:
        [label] = terms.listed("priority", [priority])
        return InvalidContent("same_priority", priority=label)
    return None


def _can_be_reclassified(ticket: TicketState) -> bool:
    return bool(ticket.terms.priorities or ticket.terms.promised_by)


ASSIGNED = Condition(lambda t: not t.lacks_assignee, "not_assigned", under=Action.ASSIGN)
"""Of every action that responds or resolves: the policy demands an assignee at some priorities."""

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
        conditions=(Condition(_can_be_reclassified, "no_priorities"),),
        guard=check_priority,
        effect=reclassify,
        example={"priority": "high", "reason": "Nobody there can publish."},
    ),
    Action.RAISE_LEVEL: ActionRule(
        RaiseLevel,
        by=(*REQUESTER, Role.AGENT),
        within=tuple(Stage),
        narrowed_by=lambda process: process.raise_level_by,
        narrowed_to=stages_of_levels,
        conditions=(Condition(lambda t: bool(open_levels(t)), "no_level"),),
        guard=check_level,
        effect=raise_level,
        example={"reason": "We have waited for a week."},
    ),
}
