"""The credits of an account for one ticket: the part of a proof that the account knows."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from policies.accounts.account_terms import LatenessTerms
from policies.accounts.credits import late_credits
from policies.accounts.worth import Worth
from policies.schema.money import Money
from workflows.account.credits import state_of
from workflows.account.late_credits import credits_at, is_of
from workflows.account.model.ticket_credits import CreditEntry, TicketCredits
from workflows.account.state import AccountState, Credit


def credits_of_ticket(state: AccountState, number: str, at: datetime) -> Iterator[TicketCredits]:
    """What each late cycle of a ticket has earned by a time."""
    credits = credits_at(state, at)
    for cycle in state.late_cycles.values():
        late, rule = cycle.lateness, cycle.earns
        if late.ticket != number:
            continue
        earned, worth = earned_by(late.until(at), rule, state.terms.fees)
        entries = (credit for credit in credits if is_of(credit, late.cycle_id))
        yield TicketCredits(
            clock=late.clock,
            cycle=late.cycle,
            rule=rule,
            fees=dict(state.terms.fees),
            earned=earned,
            worth=worth,
            entries=tuple(_entry(state, credit, at) for credit in entries),
        )


def earned_by(
    late: timedelta, rule: LatenessTerms, fees: Mapping[str, Money]
) -> tuple[int | None, Worth | None]:
    """The credits that this lateness earns under a rule, and their worth before any cap; None for
    a rule that counts the breaches of a period.
    """
    if rule.period is not None:
        return None, None
    number = late_credits(late, rule)
    return number, rule.one.times(number).priced(fees).rounded()


def _entry(state: AccountState, credit: Credit, at: datetime) -> CreditEntry:
    return CreditEntry(
        id=credit.id,
        credits=credit.credits,
        state=state_of(state, credit, at),
        granted=credit.granted,
        before_cap=credit.before_cap,
        is_claimed=credit.claim is not None,
    )
