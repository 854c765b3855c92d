"""Information requests, the requester's information, and internal notes."""

from datetime import datetime

from pydantic import Field, JsonValue

from policies.coverage.verdict import Decision
from policies.vocabulary import Action, EventType, Role, Stage
from workflows.shared.action_request import ActionInput, ActionRequest, Message
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.actions.rule import ACTIVE, OPEN, REQUESTER, ActionRule
from workflows.ticket.model.fields import Questions, StatedFacts
from workflows.ticket.state.ticket_state import TicketState


class RequestInformation(ActionInput):
    """Asks the requester for information; the ticket waits on them until they answer."""

    message: Message
    questions: Questions = ()


class ProvideInformation(ActionInput):
    """Answers an information request, or adds information. `facts` are for the coverage rules."""

    message: Message
    facts: StatedFacts = Field(default_factory=dict)


class AddNote(ActionInput):
    """An internal note. Requesters never see it, and no notice is sent."""

    note: Message


def request_information(
    ticket: TicketState, request: ActionRequest[RequestInformation], _at: datetime
) -> list[NewEvent]:
    """The ticket waits on the requester."""
    ticket.awaiting_information = True
    questions: list[JsonValue] = list(request.content.questions) or [request.content.message]
    data: dict[str, JsonValue] = {"message": request.content.message, "questions": questions}
    return [NewEvent(EventType.INFORMATION_REQUESTED, data)]


def provide_information(
    ticket: TicketState, request: ActionRequest[ProvideInformation], _at: datetime
) -> list[NewEvent]:
    """The ticket no longer waits on the requester. Terms or a verdict that are missing are settled
    again.
    """
    ticket.awaiting_information = False
    data: dict[str, JsonValue] = {"message": request.content.message}
    if request.content.facts:
        data["facts"] = dict(request.content.facts)
        ticket.facts = {**ticket.facts, **request.content.facts}
    if ticket.verdict.decision is Decision.NEEDS_FACTS or not ticket.terms.is_settled:
        ticket.owes_settlement = True
    return [NewEvent(EventType.INFORMATION_PROVIDED, data)]


def add_note(
    _ticket: TicketState, request: ActionRequest[AddNote], _at: datetime
) -> list[NewEvent]:
    """Records the note."""
    return [NewEvent(EventType.NOTE_ADDED, {"note": request.content.note})]


ROWS = {
    Action.REQUEST_INFORMATION: ActionRule(
        RequestInformation,
        by=(Role.AGENT,),
        within=(Stage.IN_PROGRESS, Stage.TRIAGE),
        without_terms=True,
        effect=request_information,
        example={
            "message": "Could you tell us a little more?",
            "questions": ["Which browser is it, and which version?"],
        },
    ),
    Action.PROVIDE_INFORMATION: ActionRule(
        ProvideInformation,
        by=(*REQUESTER, Role.AGENT),
        within=ACTIVE,
        without_terms=True,
        effect=provide_information,
        example={"message": "Firefox 146, on two machines."},
    ),
    Action.ADD_NOTE: ActionRule(
        AddNote,
        by=(Role.AGENT, Role.ENGINEERING, Role.PRODUCT),
        within=OPEN,
        without_terms=True,
        effect=add_note,
        example={"note": "Same symptom as last month; the cause was their proxy."},
    ),
}
