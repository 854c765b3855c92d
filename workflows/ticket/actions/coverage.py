"""What follows from a verdict on coverage, and from another one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from pydantic import JsonValue

from policies.coverage.verdict import Decision, Verdict
from policies.vocabulary import EventType, Stage
from workflows.shared.action_request import SYSTEM, ActionRequest
from workflows.ticket.actions.closing import closed, start_over
from workflows.ticket.actions.new_event import NewEvent, NewEvents
from workflows.ticket.model.action_inputs import ChangeRevision, OverrideVerdict
from workflows.ticket.model.revisions import come_under, verdict_under, when_closed
from workflows.ticket.model.state import TicketState


def override_verdict(
    ticket: TicketState, act: ActionRequest[OverrideVerdict], _at: datetime
) -> NewEvents:
    """The request is taken as covered, for a reason on the record. One that had been turned down
    is received anew, and what is promised counts from here: the refusal was an answer.
    """
    verdict = ticket.verdict
    said: dict[str, JsonValue] = {"reason": act.content.reason, "missing": list(verdict.missing)}
    if ticket.stage is Stage.CLOSED:
        said |= {
            "closed_as": ticket.closed_as,
            "clause": verdict.clauses[0] if verdict.clauses else None,
            "says": verdict.says,
            "refers_to": verdict.refers_to,
        }
        ticket.stage = Stage.RECEIVED
        ticket.closed_as = ticket.closed_at = None
        start_over(ticket)
    ticket.verdict = Verdict(decision=Decision.COVERED, clauses=verdict.clauses, used=verdict.used)
    ticket.awaiting_information = False
    ticket.owes_settlement = False
    return [NewEvent(EventType.VERDICT_OVERRIDDEN, said)]


def change_revision(
    ticket: TicketState, act: ActionRequest[ChangeRevision], at: datetime
) -> NewEvents:
    """Puts the ticket under other terms: its open clocks are aimed anew, and whether it is covered
    is judged anew (cention/changes).
    """
    before, old = ticket.terms.revision, ticket.verdict
    new = verdict_under(ticket, act.content.terms)
    moves = come_under(ticket, act.content.terms, at)
    if new.refuses:
        moves = [when_closed(move) for move in moves]
    said: dict[str, JsonValue] = {
        "from": before.isoformat(),
        "to": ticket.terms.revision.isoformat(),
        "reason": act.content.reason,
        "clocks": [
            {
                "name": move.name,
                "cycle": move.cycle,
                "was": move.due_at.isoformat() if move.due_at else None,
                "now": move.new_due_at.isoformat() if move.new_due_at else None,
            }
            for move in moves
        ],
    }
    return [NewEvent(EventType.REVISION_CHANGED, said), *_judged_anew(ticket, old, new, at)]


def judged(
    ticket: TicketState, verdict: Verdict, asks: Mapping[str, str], at: datetime
) -> NewEvents:
    """What follows from a verdict: a refusal with its reason, a question, or nothing."""
    ticket.verdict = verdict
    if verdict.refuses and verdict.closed_as is not None:
        clause = verdict.clauses[0] if verdict.clauses else None
        refusal = closed(
            ticket,
            verdict.closed_as,
            at,
            reason=verdict.says,
            reason_id=verdict.reason,
            clause=clause,
            says=verdict.says,
            refers_to=verdict.refers_to,
        )
        return [replace(refusal, by=SYSTEM)]
    if verdict.decision is not Decision.NEEDS_FACTS:
        return []
    ticket.awaiting_information = True
    asked: dict[str, JsonValue] = {
        "questions": [asks.get(name, name) for name in verdict.missing],
        "facts": list(verdict.missing),
        "clause": verdict.clauses[0] if verdict.clauses else None,
    }
    return [NewEvent(EventType.INFORMATION_REQUESTED, asked, by=SYSTEM)]


def _judged_anew(ticket: TicketState, old: Verdict, new: Verdict, at: datetime) -> NewEvents:
    """What follows when other terms judge the same facts; nothing when they say the same."""
    ticket.verdict = new
    if (new.decision, new.missing) == (old.decision, old.missing):
        return []
    asked = list(ticket.told(EventType.INFORMATION_REQUESTED))
    if asked and asked[-1].by == SYSTEM:
        ticket.awaiting_information = False
    reached = NewEvent(EventType.VERDICT_REACHED, {"decision": new.decision}, by=SYSTEM)
    return [reached, *judged(ticket, new, ticket.terms.asks, at)]
