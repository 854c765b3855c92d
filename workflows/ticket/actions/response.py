"""Responses to the requester: acknowledgement, first response, progress updates."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, JsonValue

from policies.vocabulary import Action, EventType, Outcome, Role, Stage
from workflows.shared.action_request import ActionInput, ActionRequest, Message
from workflows.shared.refusals import InvalidContent, Refusal
from workflows.ticket.actions.assignment import ASSIGNED
from workflows.ticket.actions.closing import mark_resolved
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.actions.rule import ACTIVE, ANSWERED, ActionRule, Condition, clause_of
from workflows.ticket.model.fields import Questions
from workflows.ticket.state.ticket_state import TicketState


class Acknowledge(ActionInput):
    """Support has seen the request. It does not count as a response."""


class Respond(ActionInput):
    """The first response: a message and its outcomes. Only an agent can give it."""

    message: Message
    outcomes: Annotated[tuple[Outcome, ...], Field(max_length=3)]
    questions: Questions = ()


class PostUpdate(ActionInput):
    """Informs the requester about progress. The stage does not change."""

    message: Message


def acknowledge(
    _ticket: TicketState, _request: ActionRequest[Acknowledge], _at: datetime
) -> list[NewEvent]:
    """Support has seen the request."""
    return [NewEvent(EventType.ACKNOWLEDGED)]


def respond(ticket: TicketState, request: ActionRequest[Respond], at: datetime) -> list[NewEvent]:
    """The first response. Of several outcomes, the one with the most work left decides the stage:
    escalation, then information request, then resolution (contently/first-response-content).
    """
    content = request.content
    questions: list[JsonValue] = list(content.questions)
    data: dict[str, JsonValue] = {
        "message": content.message,
        "outcomes": [str(outcome) for outcome in content.outcomes],
        "questions": questions,
    }
    events = [NewEvent(EventType.RESPONDED, data)]
    ticket.stage = Stage.IN_PROGRESS
    if Outcome.INFORMATION_REQUEST in content.outcomes:
        ticket.awaiting_information = True
        request_data: dict[str, JsonValue] = {"message": content.message, "questions": questions}
        events.append(NewEvent(EventType.INFORMATION_REQUESTED, request_data))
    if Outcome.ESCALATION in content.outcomes:
        ticket.stage = Stage.TRIAGE
        events.append(NewEvent(EventType.ESCALATED, {"message": content.message}))
    if content.outcomes == (Outcome.RESOLUTION,):
        events.append(mark_resolved(ticket, content.message, at))
    return events


def post_update(
    _ticket: TicketState, request: ActionRequest[PostUpdate], _at: datetime
) -> list[NewEvent]:
    """The requester is informed about progress."""
    return [NewEvent(EventType.UPDATE_POSTED, {"message": request.content.message})]


def check_outcomes(
    ticket: TicketState, request: ActionRequest[Respond], _at: datetime
) -> Refusal | None:
    """The outcomes are distinct ones of the policy, at least one, with questions exactly for an
    information request.
    """
    outcomes, clause = request.content.outcomes, clause_of(ticket, Action.RESPOND)
    possible = ticket.terms.process.outcomes
    if not outcomes:
        return InvalidContent("no_outcome", clause, choices=possible)
    if len(set(outcomes)) < len(outcomes):
        return InvalidContent("outcome_twice", clause)
    if any(outcome not in possible for outcome in outcomes):
        return InvalidContent("wrong_outcome", clause, choices=possible)
    if Outcome.INFORMATION_REQUEST in outcomes and not request.content.questions:
        return InvalidContent("no_question", clause)
    if request.content.questions and Outcome.INFORMATION_REQUEST not in outcomes:
        return InvalidContent("question_alone", clause, outcome=Outcome.INFORMATION_REQUEST)
    return None


def _is_acknowledged(ticket: TicketState) -> bool:
    """Whether it was acknowledged since it was last opened."""
    newest_first = (kind for event in reversed(ticket.events) for kind in event.counts_as)
    relevant = (EventType.ACKNOWLEDGED, EventType.OPENED)
    return next((kind for kind in newest_first if kind in relevant), None) is EventType.ACKNOWLEDGED


ROWS = {
    Action.ACKNOWLEDGE: ActionRule(
        Acknowledge,
        by=(Role.AGENT,),
        within=ACTIVE,
        conditions=(Condition(lambda t: not _is_acknowledged(t), "acknowledged"),),
        without_terms=True,
        effect=acknowledge,
    ),
    Action.RESPOND: ActionRule(
        Respond,
        by=(Role.AGENT,),
        within=(Stage.RECEIVED,),
        conditions=(ASSIGNED,),
        to=(Stage.IN_PROGRESS, Stage.TRIAGE, Stage.RESOLVED),
        without_terms=True,
        guard=check_outcomes,
        effect=respond,
        example={
            "message": "Thank you. We looked into it and pass it on to our engineers.",
            "outcomes": ["escalation"],
        },
    ),
    Action.POST_UPDATE: ActionRule(
        PostUpdate,
        by=(Role.AGENT,),
        within=ANSWERED,
        without_terms=True,
        effect=post_update,
        example={"message": "We can reproduce it, and are looking for the cause."},
    ),
}
