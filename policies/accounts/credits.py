"""Service credits: the number earned, and the last day to claim them.

One service credit extends the contract by one day, unless the policy states another worth.

A policy states what one credit is for, and whether started periods and points count or only whole
ones. For example, a clock that is late earns one credit for each *started* period of 24 hours of
its lateness (contentsquare/resolution-credit). Availability earns one credit for each
*whole* percentage point below the target (contentsquare/availability): with a target of 99.5 %,
98.5 % earns one credit and 98.5001 % earns no credit.

**Reading.** The time limit for claims (contentsquare/claims) runs from the day of the breach: the
day on which the late promise was completed, or the last day of the month. The last day of the limit
counts in full, in the account's zone.
"""

from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil, floor

from policies.accounts.account_terms import (
    AccountTerms,
    AvailabilityTerms,
    Counts,
    LatenessTerms,
)
from policies.business_time.months import midnight

_MICROSECOND = timedelta(microseconds=1)


def late_credits(late: timedelta, terms: LatenessTerms) -> int:
    """The credits for this much lateness, one per period; 0 for a clock that was on time."""
    each = terms.each.length
    return _rounded(Fraction(late // _MICROSECOND, each // _MICROSECOND), terms.counts)


def availability_credits(availability: Fraction, terms: AvailabilityTerms) -> int:
    """The credits for availability, one per percentage point below the target."""
    below = max(Fraction(terms.target) - availability * 100, Fraction(0))
    return _rounded(below, terms.points) if terms.points else 0


def claim_until(breached_on: date, terms: AccountTerms) -> date | None:
    """The last day to claim a breach; None if the policy has no time limit."""
    return breached_on + timedelta(days=terms.claims.days) if terms.claims else None


def is_over(last_day: date | None, terms: AccountTerms, at: datetime) -> bool:
    """Whether a last day has passed; False if there is none."""
    return last_day is not None and at >= midnight(last_day + timedelta(days=1), terms.local_zone)


def _rounded(number: Fraction, counts: Counts) -> int:
    return ceil(number) if counts == "started" else floor(number)
