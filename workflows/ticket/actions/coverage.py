"""Coverage decisions: overriding a verdict, and the verdict under other terms."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from pydantic import JsonValue

from policies.coverage.verdict import Decision, Verdict
from policies.terms.ticket_terms import Terms
from policies.vocabulary import Action, EventType, Role, Stage
from workflows.shared.action_request import SYSTEM, ActionInput, ActionRequest, Message
from workflows.shared.refusals import InvalidContent, Refusal
from workflows.ticket.actions.closing import closed, start_over
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.actions.rule import ACTIVE, CONTESTABLE, ActionRule, Condition
from workflows.ticket.model.revisions import come_under, is_under, verdict_under, when_closed
from workflows.ticket.model.state import TicketState


class OverrideVerdict(ActionInput):
    """Takes a request as covered, for a recorded reason: whatever facts are missing, or after a
    verdict closed its ticket, as long as the policy lets refusals be overridden.
    """

    reason: Message


class ChangeRevision(ActionInput):
    """Puts the ticket under other terms of its policy: another revision, or the contract as it is
    now. Open clocks get a new due time; time already counted is kept.
    """

    terms: Terms
    reason: Message


def override_verdict(
    ticket: TicketState, request: ActionRequest[OverrideVerdict], _at: datetime
) -> list[NewEvent]:
    """The request is taken as covered, for a reason on the record. One that had been turned down
    is received anew, and what is promised counts from here: the refusal was an answer.
    """
    verdict = ticket.verdict
    data: dict[str, JsonValue] = {
        "reason": request.content.reason,
        "missing": list(verdict.missing),
    }
    if ticket.stage is Stage.CLOSED:
        data |= {
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
    return [NewEvent(EventType.VERDICT_OVERRIDDEN, data)]


def change_revision(
    ticket: TicketState, request: ActionRequest[ChangeRevision], at: datetime
) -> list[NewEvent]:
    """Puts the ticket under other terms: its open clocks are aimed anew, and whether it is covered
    is judged anew (cention/changes).
    """
    before, old = ticket.terms.revision, ticket.verdict
    new = verdict_under(ticket, request.content.terms)
    moves = come_under(ticket, request.content.terms, at)
    if new.refuses:
        moves = [when_closed(move) for move in moves]
    data: dict[str, JsonValue] = {
        "from": before.isoformat(),
        "to": ticket.terms.revision.isoformat(),
        "reason": request.content.reason,
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
    return [NewEvent(EventType.REVISION_CHANGED, data), *_judged_again(ticket, old, new, at)]


def judged(
    ticket: TicketState, verdict: Verdict, asks: Mapping[str, str], at: datetime
) -> list[NewEvent]:
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


def check_terms(
    ticket: TicketState, request: ActionRequest[ChangeRevision], _at: datetime
) -> Refusal | None:
    """Other terms of the same policy and account, with the ticket's priority among theirs."""
    now, then = ticket.terms, request.content.terms
    if not then.is_settled:
        return InvalidContent("unsettled_terms")
    if (then.policy, then.account) != (now.policy, now.account):
        return InvalidContent(
            "other_terms",
            policy=now.policy,
            account=now.account,
            other_policy=then.policy,
            other_account=then.account,
        )
    if is_under(ticket, then):
        return InvalidContent("same_terms", policy=now.policy, revision=now.revision)
    if then.priorities and ticket.priority and ticket.priority not in then.priorities:
        return InvalidContent(
            "priority_gone",
            priority=now.listed("priority", [ticket.priority]),
            revision=then.revision,
            choices=then.listed("priority", then.priorities),
        )
    return None


def _needs_facts(ticket: TicketState) -> bool:
    return ticket.is_active and ticket.verdict.decision is Decision.NEEDS_FACTS


def _judged_again(ticket: TicketState, old: Verdict, new: Verdict, at: datetime) -> list[NewEvent]:
    """What follows when other terms judge the same facts; nothing when they say the same."""
    ticket.verdict = new
    if (new.decision, new.missing) == (old.decision, old.missing):
        return []
    asked = list(ticket.told(EventType.INFORMATION_REQUESTED))
    if asked and asked[-1].by == SYSTEM:
        ticket.awaiting_information = False
    reached = NewEvent(EventType.VERDICT_REACHED, {"decision": new.decision}, by=SYSTEM)
    return [reached, *judged(ticket, new, ticket.terms.asks, at)]


ROWS = {
    Action.OVERRIDE_VERDICT: ActionRule(
        OverrideVerdict,
        by=(Role.AGENT,),
        within=CONTESTABLE,
        to=(Stage.RECEIVED,),
        leaves=(Stage.CLOSED,),
        conditions=(
            Condition(lambda t: t.override is None, "overridden"),
            Condition(lambda t: t.contest_until is not None or _needs_facts(t), "nothing_open"),
            Condition(
                lambda t: t.is_contestable or _needs_facts(t),
                "refusal_stands",
                until=lambda t: t.contest_until,
            ),
        ),
        effect=override_verdict,
        example={"reason": "Agreed with the account manager as a courtesy."},
    ),
    Action.CHANGE_REVISION: ActionRule(
        ChangeRevision,
        by=(Role.OPERATOR,),
        within=ACTIVE,
        guard=check_terms,
        effect=change_revision,
        example={
            "revision": "2027-06-01",
            "reason": "The customer prefers what holds for new requests.",
            "confirm": True,
        },
    ),
}
