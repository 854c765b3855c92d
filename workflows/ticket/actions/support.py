"""What support does: it answers, asks, tells, escalates."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue

from policies.coverage.verdict import Decision
from policies.vocabulary import EventType, Outcome, Stage
from workflows.shared.action_request import ActionRequest
from workflows.ticket.actions.closing import resolved
from workflows.ticket.actions.new_event import NewEvent, NewEvents
from workflows.ticket.model.action_inputs import (
    Acknowledge,
    Assign,
    Escalate,
    PostUpdate,
    ProvideInformation,
    RaiseLevel,
    Reclassify,
    RequestInformation,
    Respond,
)
from workflows.ticket.model.state import TicketState


def acknowledge(_ticket: TicketState, _act: ActionRequest[Acknowledge], _at: datetime) -> NewEvents:
    """The request has been seen."""
    return [NewEvent(EventType.ACKNOWLEDGED)]


def assign(ticket: TicketState, act: ActionRequest[Assign], _at: datetime) -> NewEvents:
    """Sets or clears the assignee."""
    ticket.assignee = act.content.assignee
    if act.content.assignee is None:
        return [NewEvent(EventType.UNASSIGNED)]
    assignee = act.content.assignee
    return [NewEvent(EventType.ASSIGNED, {"assignee": assignee.id, "name": assignee.name})]


def respond(ticket: TicketState, act: ActionRequest[Respond], at: datetime) -> NewEvents:
    """The first response. The ticket goes where work remains: escalation before information
    request before resolution (contently/first-response-content).
    """
    content = act.content
    questions: list[JsonValue] = list(content.questions)
    said: dict[str, JsonValue] = {
        "message": content.message,
        "outcomes": [str(outcome) for outcome in content.outcomes],
        "questions": questions,
    }
    facts = [NewEvent(EventType.RESPONDED, said)]
    ticket.stage = Stage.IN_PROGRESS
    if Outcome.INFORMATION_REQUEST in content.outcomes:
        ticket.awaiting_information = True
        asked: dict[str, JsonValue] = {"message": content.message, "questions": questions}
        facts.append(NewEvent(EventType.INFORMATION_REQUESTED, asked))
    if Outcome.ESCALATION in content.outcomes:
        ticket.stage = Stage.TRIAGE
        facts.append(NewEvent(EventType.ESCALATED, {"message": content.message}))
    if content.outcomes == (Outcome.RESOLUTION,):
        facts.append(resolved(ticket, content.message, at))
    return facts


def request_information(
    ticket: TicketState, act: ActionRequest[RequestInformation], _at: datetime
) -> NewEvents:
    """Asks the requester; the ticket waits on them."""
    ticket.awaiting_information = True
    questions: list[JsonValue] = list(act.content.questions) or [act.content.message]
    said: dict[str, JsonValue] = {"message": act.content.message, "questions": questions}
    return [NewEvent(EventType.INFORMATION_REQUESTED, said)]


def provide_information(
    ticket: TicketState, act: ActionRequest[ProvideInformation], _at: datetime
) -> NewEvents:
    """Answers what was asked, or adds to what is known."""
    ticket.awaiting_information = False
    said: dict[str, JsonValue] = {"message": act.content.message}
    if act.content.facts:
        said["facts"] = dict(act.content.facts)
        ticket.facts = {**ticket.facts, **act.content.facts}
    if ticket.verdict.decision is Decision.NEEDS_FACTS:
        ticket.owes_settlement = True
    return [NewEvent(EventType.INFORMATION_PROVIDED, said)]


def post_update(_ticket: TicketState, act: ActionRequest[PostUpdate], _at: datetime) -> NewEvents:
    """Tells about progress."""
    return [NewEvent(EventType.UPDATE_POSTED, {"message": act.content.message})]


def escalate(ticket: TicketState, act: ActionRequest[Escalate], _at: datetime) -> NewEvents:
    """Moves the ticket to triage."""
    ticket.stage = Stage.TRIAGE
    return [NewEvent(EventType.ESCALATED, {"message": act.content.reason})]


def reclassify(ticket: TicketState, act: ActionRequest[Reclassify], _at: datetime) -> NewEvents:
    """Gives the ticket another priority."""
    said: dict[str, JsonValue] = {
        "from": ticket.priority,
        "to": act.content.priority,
        "reason": act.content.reason,
    }
    ticket.priority = act.content.priority
    return [NewEvent(EventType.RECLASSIFIED, said)]


def raise_level(ticket: TicketState, act: ActionRequest[RaiseLevel], _at: datetime) -> NewEvents:
    """The next level of management looks at it."""
    return [raised(ticket, {"message": act.content.reason})]


def raised(ticket: TicketState, why: Mapping[str, JsonValue]) -> NewEvent:
    """The ticket at its next level; there has to be one. Why is a person's reason, or the clock
    and the rung that it reached.
    """
    level = ticket.next_level
    assert level is not None
    ticket.level += 1
    said: dict[str, JsonValue] = {
        "level": ticket.level,
        "level_name": level.says,
        "audience": level.audience,
        "clause": level.clause,
    }
    return NewEvent(EventType.LEVEL_RAISED, {**said, **why})
