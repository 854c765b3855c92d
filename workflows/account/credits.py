"""Service credits and claims (contentsquare/resolution-credit, contentsquare/claims).

A credit has the identity of its breach, a cycle of a ticket or a month, so what is reported
twice counts once. It is `earned`, then `claimed` or, when its claim period is over, `expired`;
a claim that is not granted leaves its credits `refused`.

**Readings.** A cycle that is reported again with a later completion earns what that adds while
it is not claimed. A claim names credits and is taken whole or not at all.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias

from pydantic import JsonValue

from policies.accounts.account_terms import LateCompletionTerms
from policies.accounts.credits import claim_until, is_over, late_credits
from workflows.account.messages import (
    AccountEventType,
    ClaimCredits,
    CreditState,
    RefuseClaim,
    ReportLateCompletion,
)
from workflows.account.refusals import AlreadySettled, NoSuchEntry, NotPromised, TooLate
from workflows.account.state import AccountState, Claim, Credit, check_room, find, put
from workflows.shared.action_request import SYSTEM, ActionRequest
from workflows.shared.refusals import Refusal
from workflows.shared.texts import PHRASES

Said: TypeAlias = dict[str, JsonValue]
MOST_CREDITS = 1_000
MOST_CLAIMS = 200


def state_of(state: AccountState, credit: Credit, at: datetime) -> CreditState:
    """How far a credit has come at an instant."""
    if credit.refused:
        return CreditState.REFUSED
    if credit.claim is not None:
        return CreditState.CLAIMED
    if is_over(credit.claim_until, state.terms, at):
        return CreditState.EXPIRED
    return CreditState.EARNED


def check_report(
    state: AccountState, act: ActionRequest[ReportLateCompletion], at: datetime
) -> None:
    """Whether there is room for what a late completion earns."""
    del at
    if _find_credit(state, _id_of(act.content)) is None:
        check_room(state.credits, MOST_CREDITS, "credit")


def report(
    state: AccountState, act: ActionRequest[ReportLateCompletion], at: datetime
) -> str | None:
    """A late completion earns credits; the id of them, or None when it earns none."""
    said = act.content
    promised = state.terms.late_completion(said.clock, said.priority)
    if promised is None:
        return None
    credit = _credit_earned(state, said, promised, at)
    known = _find_credit(state, credit.id)
    is_open = known is None or (known.claim is None and not known.refused)
    if is_open and (known is None or credit.days > known.days):
        record_credit(state, credit, at, act.id)
    return credit.id if known or credit.days else None


def record_credit(
    state: AccountState, credit: Credit, at: datetime, action_id: str | None = None
) -> None:
    """The account has exactly these credits for this breach, on the record. A claim of them
    stays, and so does the claim period of the same breach.
    """
    known = _find_credit(state, credit.id)
    if known is None:
        if credit.days:
            state.credits.append(credit)
            state.record_event(
                AccountEventType.CREDIT_EARNED, at, SYSTEM, _event_data(credit), action_id
            )
        return
    kept: dict[str, object] = {
        "claim": known.claim,
        "refused": known.refused,
        "earned_at": known.earned_at,
    }
    if known.breached_on == credit.breached_on:
        kept |= {"claim_until": known.claim_until}
    corrected = credit.model_copy(update=kept)
    put(state.credits, corrected)
    if corrected.days != known.days:
        said = _event_data(corrected) | {"credits_before": known.credits}
        state.record_event(AccountEventType.CREDIT_CORRECTED, at, SYSTEM, said, action_id)


def check_claim(state: AccountState, act: ActionRequest[ClaimCredits], at: datetime) -> None:
    """Whether every credit that is named can be claimed."""
    clause = state.terms.claims.clause if state.terms.claims else None
    _refuse(clause, [_objection(state, credit, at) for credit in act.content.credits])
    check_room(state.claims, MOST_CLAIMS, "claim")


def claim(state: AccountState, act: ActionRequest[ClaimCredits], at: datetime) -> str:
    """Claims credits."""
    named = list(dict.fromkeys(act.content.credits))
    filed = Claim(
        id=state.next_id("claim"),
        credits=tuple(named),
        statement=act.content.statement,
        filed_at=at,
        filed_by=act.actor,
    )
    state.claims.append(filed)
    for credit in _claimed_credits(state, filed):
        put(state.credits, credit.model_copy(update={"claim": filed.id}))
    said = _claim_data(state, filed) | {"statement": filed.statement}
    state.record_event(AccountEventType.CREDITS_CLAIMED, at, act.actor, said, act.id)
    return filed.id


def check_refusal(state: AccountState, act: ActionRequest[RefuseClaim], at: datetime) -> None:
    """Whether a claim was not refused before."""
    del at
    filed = find(state.claims, act.content.claim)
    if filed.refused_at is not None:
        raise AlreadySettled("claim_refused", entry=filed.id)


def refuse_claim(state: AccountState, act: ActionRequest[RefuseClaim], at: datetime) -> str:
    """A claim is not granted; its credits are refused with it."""
    filed = find(state.claims, act.content.claim)
    refused = {"refused_at": at, "refused_because": act.content.reason}
    put(state.claims, filed.model_copy(update=refused))
    for credit in _claimed_credits(state, filed):
        put(state.credits, credit.model_copy(update={"refused": True}))
    said = _claim_data(state, filed) | {"reason": act.content.reason}
    state.record_event(AccountEventType.CLAIM_REFUSED, at, act.actor, said, act.id)
    return filed.id


def days_of(state: AccountState, filed: Claim) -> int:
    """The days that a claim is about."""
    return sum(credit.days for credit in _claimed_credits(state, filed))


def _id_of(late: ReportLateCompletion) -> str:
    return f"ticket:{late.ticket}:{late.clock}:{late.cycle}"


def _credit_earned(
    state: AccountState,
    late: ReportLateCompletion,
    promised: LateCompletionTerms,
    at: datetime,
) -> Credit:
    earned = late_credits(late.due_at, late.completed_at, promised)
    breached_on = state.terms.day_at(late.completed_at)
    basis: dict[str, JsonValue] = {
        "ticket_number": late.ticket,
        "clock": late.clock,
        "due_at": late.due_at.isoformat(),
        "completed_at": late.completed_at.isoformat(),
    }
    return Credit(
        id=_id_of(late),
        credits=earned,
        days=earned * promised.worth,
        says=PHRASES.say(
            state.terms.locale,
            "credit_of_ticket",
            clock=late.clock.replace("_", " "),
            number=late.ticket,
        ),
        clause=promised.clause,
        basis=basis,
        breached_on=breached_on,
        earned_at=at,
        claim_until=claim_until(breached_on, state.terms),
        requester=late.requester,
    )


def _event_data(credit: Credit) -> Said:
    """What is said of a credit: how much, what for, on which clause, and until when."""
    said: Said = {
        "credit": credit.id,
        "credits": credit.credits,
        "days": credit.days,
        "clause": credit.clause,
        "claim_until": credit.claim_until.isoformat() if credit.claim_until else None,
    }
    return said | credit.basis


def _claim_data(state: AccountState, filed: Claim) -> Said:
    named: list[JsonValue] = list(filed.credits)
    credits = sum(credit.credits for credit in _claimed_credits(state, filed))
    return {"claim": filed.id, "credits": credits, "days": days_of(state, filed), "named": named}


def _claimed_credits(state: AccountState, filed: Claim) -> list[Credit]:
    return [credit for credit in state.credits if credit.id in filed.credits]


def _find_credit(state: AccountState, entry: str) -> Credit | None:
    return next((credit for credit in state.credits if credit.id == entry), None)


def _objection(state: AccountState, entry: str, at: datetime) -> Refusal | None:
    credit = _find_credit(state, entry)
    if credit is None:
        return NoSuchEntry("no_entry", entry=entry)
    found = state_of(state, credit, at)
    if found is CreditState.EXPIRED:
        return TooLate("claim_over", entry=entry, until=credit.claim_until)
    if found is CreditState.CLAIMED:
        return AlreadySettled("credit_claimed", entry=entry)
    if found is CreditState.REFUSED:
        return AlreadySettled("credit_refused", entry=entry)
    if not credit.days:
        return NotPromised("credit_empty", entry=entry)
    return None


def _refuse(clause: str | None, objections: Iterable[Refusal | None]) -> None:
    """Raises one Refusal that has every reason, of the kind of the first."""
    found = [objection for objection in objections if objection is not None]
    if found:
        first, *others = found
        first.clause, first.others = clause, others
        raise first
