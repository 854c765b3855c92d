"""The credits of late clocks: what each cycle has earned so far (contentsquare/resolution-credit).

A credit that was claimed, while its clock was overdue or before the ticket was opened again, stays
as it was claimed. What the cycle earns besides is another credit: `<breach>:2`, then `<breach>:3`.
A credit for a breach is earned at the breach. Where the number of breaches in a period counts, the
period has one credit, which grows.
"""

from collections.abc import Iterator
from datetime import datetime

from pydantic import JsonValue

from policies.accounts.account_terms import LatenessTerms
from policies.accounts.credits import breaches_earned, claim_until, late_credits
from policies.business_time.periods import Period
from workflows.account.caps import capped, under_cap
from workflows.account.state import AccountState, Credit, LateCycle
from workflows.shared.texts.phrases import PHRASES


def credits_at(state: AccountState, at: datetime) -> list[Credit]:
    """All credits, with those that overdue clocks have accrued by `at`."""
    accrued = {credit.id: credit for credit in _accrued(state, at)}
    recorded = [accrued.pop(credit.id, credit) for credit in state.credits]
    return capped([*recorded, *accrued.values()], state.terms, at)


def find_credit(credits: list[Credit], entry: str) -> Credit | None:
    """The credit with this id, if any."""
    return next((credit for credit in credits if credit.id == entry), None)


def late_credit(state: AccountState, cycle: LateCycle, at: datetime) -> Credit | None:
    """The credit for what a cycle has earned by `at` and nobody has claimed; None without any."""
    if cycle.earns.period is not None:
        return _credit_of_period(state, cycle, at)
    late = cycle.lateness
    total = late_credits(late.until(at), cycle.earns)
    recorded = [credit for credit in state.credits if is_of(credit, late.cycle_id)]
    claimed = [credit for credit in recorded if credit.claim is not None]
    rest = total - sum(credit.credits for credit in claimed)
    is_known = len(recorded) > len(claimed)
    if rest <= 0 and not is_known:
        return None
    entry = f":{len(claimed) + 1}" if claimed else ""
    return _credit(state, cycle, late.cycle_id + entry, max(rest, 0), at)


def is_of(credit: Credit, cycle_id: str) -> bool:
    """Whether a credit is for the lateness of this cycle."""
    return credit.id == cycle_id or credit.id.startswith(f"{cycle_id}:")


def _accrued(state: AccountState, at: datetime) -> Iterator[Credit]:
    for cycle in state.late_cycles.values():
        if cycle.lateness.completed_at is None and cycle.earns.grows:
            credit = late_credit(state, cycle, at)
            if credit is not None:
                earlier = find_credit(state.credits, credit.id)
                yield under_cap(credit, earlier).model_copy(update={"accrues": True})


def _credit(state: AccountState, cycle: LateCycle, entry: str, earned: int, at: datetime) -> Credit:
    late, earns = cycle.lateness, cycle.earns
    ended_at = (late.completed_at or at) if earns.grows else late.breached_at
    breached_on = state.terms.day_at(ended_at)
    is_ended = late.completed_at is not None or not earns.grows
    basis: dict[str, JsonValue] = {
        "ticket_number": late.ticket,
        "clock": late.clock,
        "due_at": late.due_at.isoformat(),
        "breached_at": late.breached_at.isoformat(),
        "late_seconds": late.until(at).total_seconds(),
    }
    if late.completed_at is not None:
        basis["completed_at"] = late.completed_at.isoformat()
    until = claim_until(breached_on, state.terms) if is_ended else None
    if late.claim_until is not None:
        until = state.terms.day_at(late.claim_until)
    return Credit(
        id=entry,
        credits=earned,
        days=0,
        says=PHRASES.say(
            state.terms.locale,
            "credit_of_ticket",
            clock=late.clock.replace("_", " "),
            number=late.ticket,
        ),
        clause=earns.clause,
        basis=basis,
        breached_on=breached_on,
        earned_at=at,
        claim_until=until,
        claim_until_at=late.claim_until,
        requester=late.requester,
        cap=earns.cap,
    ).worth_exactly(earns.one.times(earned).priced(state.terms.fees).rounded())


def _credit_of_period(state: AccountState, cycle: LateCycle, at: datetime) -> Credit | None:
    """The credit for the number of breaches in the period of this cycle's breach."""
    earns, terms = cycle.earns, state.terms
    period = _period(state, cycle)
    entry = f"breaches:{_name(earns)}:{period.name}"
    earlier = find_credit(state.credits, entry)
    others = [c for c in state.late_cycles.values() if c.earns.period is earns.period]
    breaches = [c for c in others if _name(c.earns) == _name(earns)]
    number = sum(_period(state, other) == period for other in breaches)
    if earlier is not None:
        # Cycles are dropped after a year; what the period has earned stays.
        number = max(number, int(str(earlier.basis["breaches"])))
    earned = breaches_earned(number, earns)
    if not earned.credits and earlier is None:
        return None
    clock = earns.clock.replace("_", " ")
    return Credit(
        id=entry,
        credits=earned.credits,
        days=0,
        says=PHRASES.say(
            terms.locale, "credit_of_breaches", clock=clock, number=number, period=period.name
        ),
        clause=earns.clause,
        basis={
            "clock": earns.clock,
            "period": period.name,
            "period_begins": str(period.begins),
            "period_ends": str(period.last_day),
            "breaches": number,
        },
        breached_on=period.last_day,
        earned_at=at,
        claim_until=claim_until(period.last_day, terms),
        cap=earns.cap,
    ).worth_exactly(earned.worth.priced(terms.fees).rounded())


def _period(state: AccountState, cycle: LateCycle) -> Period:
    assert cycle.earns.period is not None
    return state.terms.period_of(state.terms.day_at(cycle.lateness.breached_at), cycle.earns.period)


def _name(earns: LatenessTerms) -> str:
    """The clock of a rule, with the priorities that it is limited to."""
    return "+".join((earns.clock, *earns.priorities))
