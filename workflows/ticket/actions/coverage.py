"""Coverage: what follows from a verdict, its override, and the verdict under other terms."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pydantic import JsonValue

from policies.coverage.verdict import Decision, Verdict
from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import Action, EventType, Role, Stage
from workflows.shared.action_request import SYSTEM, ActionInput, ActionRequest, Message
from workflows.shared.refusals import InvalidContent, Refusal
from workflows.ticket.actions.closing import discard_progress, mark_closed
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.actions.rule import (
    ACTIVE,
    CONTESTABLE,
    NOT_MERGING,
    OPEN,
    ActionRule,
    Condition,
)
from workflows.ticket.model.events import WITHDRAWN
from workflows.ticket.state.revisions import (
    after_refusal,
    change_terms,
    has_terms,
    verdict_under,
)
from workflows.ticket.state.ticket_state import TicketState


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


class SettleTerms(ActionInput):
    """Settles the terms or the coverage decision again, after the contract was corrected. Possible
    if the desk lacks them and waits for nobody.
    """


def override_verdict(
    ticket: TicketState, request: ActionRequest[OverrideVerdict], _at: datetime
) -> list[NewEvent]:
    """The request counts as covered, for a recorded reason.

    A refused request is received again. Its clocks start now, because the refusal was a response.
    """
    verdict = ticket.verdict
    data: dict[str, JsonValue] = {
        "reason": request.content.reason,
        "missing": list(verdict.missing),
    }
    if ticket.stage is Stage.CLOSED:
        *_, closed = ticket.events_of(EventType.CLOSED)
        refused = {name: closed.data.get(name) for name in ("clause", "says", "refers_to")}
        data |= {"closed_as": ticket.closed_as, **refused}
        ticket.stage = Stage.RECEIVED
        ticket.closed_as = ticket.closed_at = None
        discard_progress(ticket)
    ticket.verdict = Verdict(decision=Decision.COVERED, clauses=verdict.clauses, used=verdict.used)
    ticket.awaiting_information = False
    return [NewEvent(EventType.VERDICT_OVERRIDDEN, data)]


def change_revision(
    ticket: TicketState, request: ActionRequest[ChangeRevision], at: datetime
) -> list[NewEvent]:
    """Open clocks get the targets of the new terms, and coverage is decided again
    (cention/changes).
    """
    old_revision, old_verdict = ticket.terms.revision, ticket.verdict
    verdict = verdict_under(ticket, request.content.terms)
    moves = change_terms(ticket, request.content.terms, at)
    if verdict.refuses:
        moves = [after_refusal(move) for move in moves]
    data: dict[str, JsonValue] = {
        "from": old_revision.isoformat(),
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
    decided = _decide_again(ticket, old_verdict, verdict, at)
    return [NewEvent(EventType.REVISION_CHANGED, data), *decided]


def apply_verdict(
    ticket: TicketState, verdict: Verdict, terms: Terms, at: datetime
) -> list[NewEvent]:
    """A verdict takes effect: it closes the ticket, requests the missing facts, or does neither.

    The requester is asked for facts that a request can state. That the contract lacks its own is
    told to the support team. `terms` have the texts that ask for the facts.
    """
    ticket.verdict = verdict
    if verdict.refuses and verdict.closed_as is not None:
        clause = verdict.clauses[0] if verdict.clauses else None
        refusal = mark_closed(
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
    asked = [name for name in verdict.missing if name not in terms.contract_facts]
    lacking = [name for name in verdict.missing if name in terms.contract_facts]
    events = []
    if asked:
        ticket.awaiting_information = True
        data = _questions(asked, verdict, terms)
        events.append(NewEvent(EventType.INFORMATION_REQUESTED, data, by=SYSTEM))
    if set(lacking) - _reported_lacking(ticket):
        data = _questions(lacking, verdict, terms)
        events.append(NewEvent(EventType.CONTRACT_INCOMPLETE, data, by=SYSTEM))
    return events


def settle_terms(
    ticket: TicketState, _request: ActionRequest[SettleTerms], _at: datetime
) -> list[NewEvent]:
    """The settlement is requested again."""
    ticket.owes_settlement = True
    return [NewEvent(EventType.SETTLEMENT_REQUESTED)]


def check_terms(
    ticket: TicketState, request: ActionRequest[ChangeRevision], _at: datetime
) -> Refusal | None:
    """The new terms differ, and have the ticket's policy, account and priority."""
    old, new = ticket.terms, request.content.terms
    if not new.is_settled:
        return InvalidContent("unsettled_terms")
    if (new.policy, new.account) != (old.policy, old.account):
        return InvalidContent(
            "other_terms",
            policy=old.policy,
            account=old.account,
            other_policy=new.policy,
            other_account=new.account,
        )
    if has_terms(ticket, new):
        return InvalidContent("same_terms", policy=old.policy, revision=old.revision)
    if new.priorities and ticket.priority and ticket.priority not in new.priorities:
        return InvalidContent(
            "priority_gone",
            priority=old.listed("priority", [ticket.priority]),
            revision=new.revision,
            choices=new.listed("priority", new.priorities),
        )
    return None


def _questions(names: Sequence[str], verdict: Verdict, terms: Terms) -> dict[str, JsonValue]:
    """The data of an event about missing facts: their questions and names, in the same order."""
    return {
        "questions": [terms.asks.get(name, name) for name in names],
        "facts": list(names),
        "clause": verdict.clauses[0] if verdict.clauses else None,
    }


def _reported_lacking(ticket: TicketState) -> set[str]:
    """The facts of the contract that the support team already knows to be missing."""
    reports = [event.data["facts"] for event in ticket.events_of(EventType.CONTRACT_INCOMPLETE)]
    return {str(name) for names in reports if isinstance(names, list) for name in names}


def _needs_facts(ticket: TicketState) -> bool:
    return ticket.is_active and ticket.verdict.decision is Decision.NEEDS_FACTS


def _decide_again(ticket: TicketState, old: Verdict, new: Verdict, at: datetime) -> list[NewEvent]:
    """Other terms decide on the same facts. An equal decision has no effect."""
    ticket.verdict = new
    if (new.decision, new.missing) == (old.decision, old.missing):
        return []
    requested = list(ticket.events_of(EventType.INFORMATION_REQUESTED))
    data: dict[str, JsonValue] = {"decision": new.decision}
    if requested and requested[-1].by == SYSTEM and ticket.awaiting_information:
        ticket.awaiting_information = False
        data[WITHDRAWN] = True
    reached = NewEvent(EventType.VERDICT_REACHED, data, by=SYSTEM)
    return [reached, *apply_verdict(ticket, new, ticket.terms, at)]


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
        conditions=(NOT_MERGING,),
        guard=check_terms,
        effect=change_revision,
        example={
            "revision": "2027-06-01",
            "reason": "The customer prefers what holds for new requests.",
            "confirm": True,
        },
    ),
    Action.SETTLE_TERMS: ActionRule(
        SettleTerms,
        by=(Role.AGENT, Role.OPERATOR),
        within=OPEN,
        conditions=(Condition(lambda t: t.can_settle_again, "nothing_to_settle"),),
        without_terms=True,
        effect=settle_terms,
    ),
}
