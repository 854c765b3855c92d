"""Service credits (contentsquare/resolution-credit). Their claims are in `claims.py`.

The id of a credit is the identity of its breach: a cycle of a ticket's clock, or a month. So a
breach that is reported twice counts once. The credit of an overdue clock is `accruing`, once the
clock is completed it is `earned`, then `claimed`, or `expired` when its claim period is over. A
refused claim makes its credits `refused`.

**Reading.** What a cycle earns after its credit was claimed is another credit (`late_credits.py`).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TypeAlias

from pydantic import JsonValue

from policies.accounts.credits import late_earned
from policies.accounts.worth import Worth
from workflows.account.caps import capped, is_expired, most, under_cap
from workflows.account.late_credits import credits_at, find_credit, is_of, late_credit
from workflows.account.model.action_inputs import ReportLateness
from workflows.account.model.events import AccountEventType
from workflows.account.model.ticket_credits import CreditEntry, TicketCredits
from workflows.account.model.views import CreditState
from workflows.account.state import AccountState, Credit, LateCycle, check_room, put
from workflows.shared.action_request import SYSTEM, ActionRequest

EventData: TypeAlias = dict[str, JsonValue]
MOST_CREDITS = 1_000


def state_of(state: AccountState, credit: Credit, at: datetime) -> CreditState:
    """The state of a credit at a time."""
    if credit.refused:
        return CreditState.REFUSED
    if credit.claim is not None:
        return CreditState.CLAIMED
    if is_expired(credit, state.terms, at):
        return CreditState.EXPIRED
    return CreditState.ACCRUING if credit.accrues else CreditState.EARNED


def check_report(state: AccountState, request: ActionRequest[ReportLateness], at: datetime) -> None:
    """There is room for another credit."""
    del at
    if request.content.lateness.cycle_id not in state.late_cycles:
        check_room(state.credits, MOST_CREDITS - len(state.late_cycles), "credit")


def report(state: AccountState, request: ActionRequest[ReportLateness], at: datetime) -> str | None:
    """The lateness of a clock as it is now; returns the id of its credit, if it earns one.

    While the clock is overdue, its credit accrues. It is recorded once the clock is completed; the
    credit for a breach at once.
    """
    late = request.content.lateness
    known = state.late_cycles.get(late.cycle_id)
    earns = known.earns if known else state.terms.lateness_terms(late.clock, late.priority)
    if earns is None or (known and known.lateness.number >= late.number):
        return None
    state.late_cycles[late.cycle_id] = LateCycle(lateness=late, earns=earns)
    credit = late_credit(state, state.late_cycles[late.cycle_id], at)
    if credit is not None and (late.completed_at is not None or not earns.grows):
        record_credit(state, credit, at, request.id)
    return credit.id if credit else None


def record_credit(
    state: AccountState, credit: Credit, at: datetime, action_id: str | None = None
) -> None:
    """Sets the credit of a breach and records the change. Its claim and its refusal stay; its claim
    period stays if the day of the breach does.
    """
    earlier = _find_credit(state, credit.id)
    if earlier is None and not credit.own.number:
        return
    before = {known.id: known for known in state.credits}
    recorded = under_cap(credit, earlier)
    if earlier is None:
        state.credits.append(recorded)
    else:
        kept: dict[str, object] = {
            "claim": earlier.claim,
            "refused": earlier.refused,
            "earned_at": earlier.earned_at,
        }
        if earlier.breached_on == credit.breached_on:
            kept |= {"claim_until": earlier.claim_until}
        put(state.credits, recorded.model_copy(update=kept))
    state.credits = capped(state.credits, state.terms, at)
    record_changes(state, before, at, action_id)


def record_changes(
    state: AccountState, before: Mapping[str, Credit], at: datetime, action_id: str | None
) -> None:
    """Records the credits that are new or worth something else than before."""
    for credit in state.credits:
        earlier = before.get(credit.id)
        if earlier is None:
            data = _event_data(state, credit)
            state.record_event(AccountEventType.CREDIT_EARNED, at, SYSTEM, data, action_id)
        elif (credit.granted, credit.own) != (earlier.granted, earlier.own):
            data = _event_data(state, credit) | _before(earlier)
            state.record_event(AccountEventType.CREDIT_CORRECTED, at, SYSTEM, data, action_id)


def credits_of_ticket(state: AccountState, number: str, at: datetime) -> Iterator[TicketCredits]:
    """What each late cycle of a ticket has earned by a time."""
    known = credits_at(state, at)
    for cycle in state.late_cycles.values():
        late, rule = cycle.lateness, cycle.earns
        if late.ticket != number:
            continue
        earned, worth = late_earned(late.until(at), rule, state.terms.fees)
        entries = (credit for credit in known if is_of(credit, late.cycle_id))
        yield TicketCredits(
            clock=late.clock,
            cycle=late.cycle,
            rule=rule,
            fees=dict(state.terms.fees),
            earned=earned,
            worth=worth,
            entries=tuple(_entry(state, credit, at) for credit in entries),
        )


def price(state: AccountState) -> None:
    """Gives amounts to the percentages of fees that the terms now state."""
    for credit in state.credits:
        priced = credit.own.priced(state.terms.fees).rounded()
        if priced != credit.own:
            # Of nothing, nothing was granted.
            share = credit.granted.number / (credit.own.number or 1)
            granted = (priced.number * share).quantize(priced.number)
            put(state.credits, credit.worth_exactly(priced).grant(granted))


def worth_data(worth: Worth) -> dict[str, JsonValue]:
    """What credits are worth, as data of an event."""
    data: EventData = {
        "amount": str(worth.amount) if worth.amount is not None else None,
        "currency": worth.currency,
        "percent": f"{worth.percent.normalize():f}" if worth.percent is not None else None,
        "fee": worth.of,
        "fee_missing": worth.missing is not None or None,
    }
    return {name: value for name, value in data.items() if value is not None}


def _event_data(state: AccountState, credit: Credit) -> EventData:
    data: EventData = {
        "credit": credit.id,
        "credits": credit.credits,
        "days": credit.days,
        **worth_data(credit.granted),
        "clause": credit.clause,
        "claim_until": credit.claim_until.isoformat() if credit.claim_until else None,
    }
    if credit.claim_until_at is not None:
        data["claim_until_at"] = credit.claim_until_at.isoformat()
    if credit.before_cap is not None and credit.cap is not None:
        data["before_cap"] = worth_data(credit.before_cap) | {"days": credit.before_cap.days}
        data["cap"] = worth_data(most(credit.cap, state.terms)) | {"days": credit.cap.most.days}
    return data | credit.basis


def _before(earlier: Credit) -> EventData:
    """What a credit was before its correction."""
    data: EventData = {"credits_before": earlier.credits}
    if earlier.worth is not None:
        data["worth_before"] = worth_data(earlier.worth)
    return data


def _entry(state: AccountState, credit: Credit, at: datetime) -> CreditEntry:
    return CreditEntry(
        id=credit.id,
        credits=credit.credits,
        state=state_of(state, credit, at),
        granted=credit.granted,
        before_cap=credit.before_cap,
        is_claimed=credit.claim is not None,
    )


def _find_credit(state: AccountState, entry: str) -> Credit | None:
    return find_credit(state.credits, entry)
