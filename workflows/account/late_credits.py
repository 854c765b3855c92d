"""The credits of late clocks: what each cycle has earned so far (contentsquare/resolution-credit).

A credit that was claimed, while its clock was overdue or before the ticket was opened again, stays
as it was claimed. What the cycle earns besides is another credit: `<breach>:2`, then `<breach>:3`.
"""

from collections.abc import Iterator
from datetime import datetime

from pydantic import JsonValue

from policies.accounts.credits import claim_until, late_credits
from workflows.account.state import AccountState, Credit, LateCycle
from workflows.shared.texts import PHRASES


def credits_at(state: AccountState, at: datetime) -> list[Credit]:
    """All credits, with those that overdue clocks have accrued by `at`."""
    accrued = {credit.id: credit for credit in _accrued(state, at)}
    recorded = [accrued.pop(credit.id, credit) for credit in state.credits]
    return [*recorded, *accrued.values()]


def find_credit(credits: list[Credit], entry: str) -> Credit | None:
    """The credit with this id, if any."""
    return next((credit for credit in credits if credit.id == entry), None)


def late_credit(state: AccountState, cycle: LateCycle, at: datetime) -> Credit | None:
    """The credit for what a cycle has earned by `at` and nobody has claimed; None without any."""
    late = cycle.lateness
    total = late_credits(late.until(late.completed_at or at), cycle.earns)
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
        if cycle.lateness.completed_at is None:
            credit = late_credit(state, cycle, at)
            if credit is not None:
                yield credit.model_copy(update={"accrues": True})


def _credit(state: AccountState, cycle: LateCycle, entry: str, earned: int, at: datetime) -> Credit:
    late, earns = cycle.lateness, cycle.earns
    breached_on = state.terms.day_at(late.completed_at or at)
    basis: dict[str, JsonValue] = {
        "ticket_number": late.ticket,
        "clock": late.clock,
        "due_at": late.due_at.isoformat(),
        "breached_at": late.breached_at.isoformat(),
        "late_seconds": late.until(late.completed_at or at).total_seconds(),
    }
    if late.completed_at is not None:
        basis["completed_at"] = late.completed_at.isoformat()
    return Credit(
        id=entry,
        credits=earned,
        days=earned * earns.worth,
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
        claim_until=claim_until(breached_on, state.terms) if late.completed_at else None,
        requester=late.requester,
    )
