"""Caps: the most that the credits of one rule are worth in a period.

**Readings.** A credit belongs to the period of the day of its breach. Credits that were refused or
not claimed in time use up nothing. What a credit was granted stays granted; what is left of the cap
goes to the credits that lack something, oldest first. So the sum in a period is the cap or the sum
of the credits, whichever is less, in whatever order they were earned. Where the contract lacks the
fee of a cap, the cap does not apply.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from policies.accounts.account_terms import AccountTerms, CapTerms
from policies.accounts.credits import is_over
from policies.accounts.worth import Worth
from workflows.account.state import Credit

NOTHING = Decimal(0)


def under_cap(credit: Credit, earlier: Credit | None) -> Credit:
    """A credit that keeps what its `earlier` version was granted, before room is given out."""
    if credit.cap is None:
        return credit
    is_known = earlier is not None and earlier.granted.unit == credit.own.unit
    known = earlier.granted.number if earlier is not None and is_known else NOTHING
    return credit.grant(min(known, credit.own.number))


def capped(credits: Iterable[Credit], terms: AccountTerms, at: datetime) -> list[Credit]:
    """The credits, each with what its cap leaves of it."""
    listed = list(credits)
    by_cap: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, credit in enumerate(listed):
        if credit.cap is not None and not _is_void(credit, terms, at):
            period = terms.period_of(credit.breached_on, credit.cap.each)
            by_cap[credit.cap.rule, period.name].append(index)
    for indexes in by_cap.values():
        _give_out(listed, indexes, terms)
    return listed


def most(cap: CapTerms, terms: AccountTerms) -> Worth:
    """The most that a cap allows, as far as the fees are known."""
    return cap.most.priced(terms.fees).rounded_down()


def _give_out(listed: list[Credit], indexes: list[int], terms: AccountTerms) -> None:
    """Grants what is left of a cap to the credits that lack something."""
    cap = listed[indexes[-1]].cap
    assert cap is not None
    limit = most(cap, terms)
    members = [index for index in indexes if listed[index].own.unit == limit.unit]
    for index in indexes:
        if index not in members:
            listed[index] = listed[index].grant(listed[index].own.number)
    room = limit.number - sum((listed[index].granted.number for index in members), NOTHING)
    for index in members:
        lacks = listed[index].own.number - listed[index].granted.number
        more = max(min(room, lacks), NOTHING)
        if more:
            room -= more
            listed[index] = listed[index].grant(listed[index].granted.number + more)


def _is_void(credit: Credit, terms: AccountTerms, at: datetime) -> bool:
    """Whether nobody will be paid for a credit: it was refused, or not claimed in time."""
    return credit.refused or (credit.claim is None and is_expired(credit, terms, at))


def is_expired(credit: Credit, terms: AccountTerms, at: datetime) -> bool:
    """Whether the claim period of a credit is over."""
    if credit.claim_until_at is not None:
        return at > credit.claim_until_at
    return is_over(credit.claim_until, terms, at)
