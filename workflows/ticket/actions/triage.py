"""Triage: escalation, findings, and the conclusion."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, JsonValue

from policies.schema.contract import OneLine
from policies.vocabulary import Action, EventType, NoticeStatus, Role, Stage
from workflows.shared.action_request import ActionInput, ActionRequest, Message
from workflows.shared.payload import Payload
from workflows.shared.refusals import Refusal
from workflows.ticket.actions.assignment import ASSIGNED
from workflows.ticket.actions.closing import mark_resolved
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.actions.rule import REQUESTER, ActionRule, clause_of
from workflows.ticket.model.fields import Note
from workflows.ticket.model.refusals import ConditionUnmet
from workflows.ticket.state.ticket_state import TicketState

MOST_FINDINGS = 50
"""Findings in one conclusion."""


class Escalate(ActionInput):
    """Moves the ticket to triage. The policy decides who is notified."""

    reason: Message


class Finding(Payload):
    """One troubleshooting step and its result: a step of the checklist, or the agent's own."""

    step: OneLine
    result: Message


class RecordFinding(Finding, ActionInput):
    """Records one finding during triage."""


class ConcludeTriage(ActionInput):
    """Ends triage, with the `findings` not recorded before. `undelivered` is the reason to end it
    although an escalation notice has not been delivered (contently/escalation-update), and
    `not_run` the reason to end it without some steps of the checklist (contently/triage).
    """

    resolved: bool
    conclusion: Message
    findings: Annotated[tuple[Finding, ...], Field(max_length=MOST_FINDINGS)] = ()
    undelivered: Note | None = None
    not_run: Note | None = None


def escalate(
    ticket: TicketState, request: ActionRequest[Escalate], _at: datetime
) -> list[NewEvent]:
    """The ticket moves to triage."""
    ticket.stage = Stage.TRIAGE
    return [NewEvent(EventType.ESCALATED, {"message": request.content.reason})]


def record_finding(
    _ticket: TicketState, request: ActionRequest[RecordFinding], _at: datetime
) -> list[NewEvent]:
    """Records a troubleshooting step and its result."""
    return [_finding_event(request.content)]


def conclude_triage(
    ticket: TicketState, request: ActionRequest[ConcludeTriage], at: datetime
) -> list[NewEvent]:
    """Triage ends with a resolution, or with a handoff to engineering in the following week. Where
    the policy has no engineering, support works on.
    """
    content = request.content
    missing: list[JsonValue] = list(undelivered(ticket))
    data: dict[str, JsonValue] = {"resolved": content.resolved, "conclusion": content.conclusion}
    if missing:
        data["undelivered"] = {"to": missing, "accepted_because": content.undelivered}
    left: list[JsonValue] = list(steps_left(ticket, content))
    if left:
        data["not_run"] = {"steps": left, "accepted_because": content.not_run}
    events = [_finding_event(finding) for finding in content.findings]
    events.append(NewEvent(EventType.TRIAGE_CONCLUDED, data))
    ticket.awaiting_information = False
    if content.resolved:
        return [*events, mark_resolved(ticket, content.conclusion, at)]
    if Stage.AWAITING_HANDOFF not in ticket.terms.process.stages:
        ticket.stage = Stage.IN_PROGRESS
        return events
    ticket.stage = Stage.AWAITING_HANDOFF
    ticket.concluded_at = at
    return [*events, NewEvent(EventType.ENGINEERING_NEEDED, {"conclusion": content.conclusion})]


def undelivered(ticket: TicketState) -> tuple[str, ...]:
    """Audiences not yet notified of the escalation, of those that the policy requires."""
    escalated = next((e for e in reversed(ticket.events) if e.type is EventType.ESCALATED), None)
    if escalated is None:
        return ()
    # A first response that escalates announces it in its own notice.
    with_it = {event.seq for event in ticket.events if event.action_id == escalated.action_id}
    sent = [
        notice
        for notice in ticket.notices
        if notice.event in with_it and notice.status is NoticeStatus.SENT
    ]
    # A person in two roles is notified once, in one of them.
    mailboxes = {notice.to.mailbox for notice in sent}
    contacts = ticket.terms.contacts
    notified = {name for name, contact in contacts.items() if contact.mailbox in mailboxes}
    notified.update(notice.audience for notice in sent)
    return tuple(a for a in ticket.terms.process.told_before_conclusion if a not in notified)


def steps_left(ticket: TicketState, content: ConcludeTriage) -> tuple[str, ...]:
    """The steps of the checklist without a finding, on record or in the conclusion."""
    done = ticket.steps_done | {finding.step for finding in content.findings}
    return tuple(step.id for step in ticket.terms.process.checklist if step.id not in done)


def check_conclusion(
    ticket: TicketState, request: ActionRequest[ConcludeTriage], at: datetime
) -> Refusal | None:
    """The notices are delivered and the checklist is complete, or the agent says why not."""
    refusal = check_delivered(ticket, request, at)
    left = steps_left(ticket, request.content)
    if refusal is None and left and not request.content.not_run:
        clause = clause_of(ticket, Action.RECORD_FINDING)
        return ConditionUnmet("not_run", clause, steps=left)
    return refusal


def check_delivered(
    ticket: TicketState, request: ActionRequest[ConcludeTriage], _at: datetime
) -> Refusal | None:
    """The escalation notices are delivered, or the agent gives a reason to end without them."""
    missing = undelivered(ticket)
    if missing and not request.content.undelivered:
        clause = clause_of(ticket, Action.CONCLUDE_TRIAGE)
        return ConditionUnmet("undelivered", clause, audiences=missing)
    return None


def _finding_event(finding: Finding) -> NewEvent:
    return NewEvent(EventType.FINDING_RECORDED, {"step": finding.step, "result": finding.result})


ROWS = {
    Action.ESCALATE: ActionRule(
        Escalate,
        by=(Role.AGENT, *REQUESTER),
        within=(Stage.IN_PROGRESS,),
        to=(Stage.TRIAGE,),
        narrowed_by=lambda process: process.escalate_by,
        effect=escalate,
        example={"reason": "It happens for everybody in the publication."},
    ),
    Action.RECORD_FINDING: ActionRule(
        RecordFinding,
        by=(Role.AGENT,),
        within=(Stage.TRIAGE,),
        effect=record_finding,
        example={"step": "reproduce", "result": "Yes, in every browser."},
    ),
    Action.CONCLUDE_TRIAGE: ActionRule(
        ConcludeTriage,
        by=(Role.AGENT,),
        within=(Stage.TRIAGE,),
        to=(Stage.RESOLVED, Stage.AWAITING_HANDOFF, Stage.IN_PROGRESS),
        conditions=(ASSIGNED,),
        guard=check_conclusion,
        effect=conclude_triage,
        example={
            "resolved": False,
            "conclusion": "A regression of last week.",
            "findings": [
                {"step": "recent_changes", "result": "The editor was replaced on Monday."}
            ],
            "not_run": "The cause was found at once.",
        },
    ),
}
