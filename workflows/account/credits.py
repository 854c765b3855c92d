"""Service credits and claims (contentsquare/resolution-credit, contentsquare/claims).

A credit has the identity of its breach, a cycle of a ticket or a month, so what is reported
twice counts once. It is `earned`, then `claimed` or, when its claim period is over, `expired`;
a claim that is not granted leaves its credits `refused`.

**Readings.** A cycle that is reported again with a later resolution earns what that adds while
it is not claimed. A claim names credits and is taken whole or not at all.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias

from pydantic import JsonValue

from policies.remedies import claim_until, is_over, late_credits
from workflows.account.messages import (
    ClaimCredits,
    CreditState,
    RefuseClaim,
    ReportLateResolution,
)
from workflows.account.refusals import AlreadySettled, NoSuchEntry, NotPromised, TooLate
from workflows.account.state import AccountState, Claim, Credit, add, find, put
from workflows.ticket.messages import (
    SYSTEM,
    Act,
)
from workflows.ticket.refusals import Refusal
from workflows.wording import PHRASES

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


def report(state: AccountState, act: Act[ReportLateResolution], at: datetime) -> str | None:
    """A late resolution earns credits; the id of them, or None when it earns none."""
    said, promised = act.content, state.terms.late_resolution
    if promised is None or (promised.priorities and said.priority not in promised.priorities):
        return None
    days = late_credits(said.due_at, said.resolved_at, promised)
    breached_on = state.terms.day_at(said.resolved_at)
    credit = Credit(
        id=f"ticket:{said.ticket}:{said.cycle}",
        days=days,
        says=PHRASES.say(state.terms.locale, "credit_of_ticket", number=said.ticket),
        clause=promised.clause,
        breached_on=breached_on,
        claim_until=claim_until(breached_on, state.terms),
    )
    known = _known(state, credit.id)
    is_open = known is None or (known.claim is None and not known.refused)
    if is_open and (known is None or days > known.days):
        settle(state, credit)
        earned: Said = {"credit": credit.id, "days": days}
        state.note("credits_earned", at, SYSTEM, earned, act.id)
    return credit.id if known or days else None


def settle(state: AccountState, credit: Credit) -> None:
    """The account has exactly these credits for this breach; a claim of them stays, and so does
    the claim period of the same breach.
    """
    known = _known(state, credit.id)
    if known is not None:
        kept: dict[str, object] = {"claim": known.claim, "refused": known.refused}
        if known.breached_on == credit.breached_on:
            kept |= {"claim_until": known.claim_until}
        put(state.credits, credit.model_copy(update=kept))
    elif credit.days:
        add(state.credits, credit, MOST_CREDITS)


def claim(state: AccountState, act: Act[ClaimCredits], at: datetime) -> str:
    """Claims credits; refused when one of them cannot be claimed."""
    clause = state.terms.claims.clause if state.terms.claims else None
    named = list(dict.fromkeys(act.content.credits))
    _refuse(clause, [_objection(state, credit, at) for credit in named])
    filed = Claim(
        id=state.next_id("claim"),
        credits=tuple(named),
        statement=act.content.statement,
        filed_at=at,
        filed_by=act.actor,
    )
    add(state.claims, filed, MOST_CLAIMS)
    for entry in named:
        put(state.credits, find(state.credits, entry).model_copy(update={"claim": filed.id}))
    data: Said = {"claim": filed.id, "days": days_of(state, filed), "credits": list(named)}
    state.note("credits_claimed", at, act.actor, data, act.id)
    return filed.id


def refuse_claim(state: AccountState, act: Act[RefuseClaim], at: datetime) -> str:
    """A claim is not granted; its credits are refused with it."""
    filed = find(state.claims, act.content.claim)
    if filed.refused_at is not None:
        raise AlreadySettled("claim_refused", entry=filed.id)
    refused = {"refused_at": at, "refused_because": act.content.reason}
    put(state.claims, filed.model_copy(update=refused))
    for credit in _of(state, filed):
        put(state.credits, credit.model_copy(update={"refused": True}))
    data = {"claim": filed.id, "reason": act.content.reason}
    state.note("claim_refused", at, act.actor, data, act.id)
    return filed.id


def days_of(state: AccountState, filed: Claim) -> int:
    """The days that a claim is about."""
    return sum(credit.days for credit in _of(state, filed))


def _of(state: AccountState, filed: Claim) -> list[Credit]:
    return [credit for credit in state.credits if credit.id in filed.credits]


def _known(state: AccountState, entry: str) -> Credit | None:
    return next((credit for credit in state.credits if credit.id == entry), None)


def _objection(state: AccountState, entry: str, at: datetime) -> Refusal | None:
    credit = _known(state, entry)
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
