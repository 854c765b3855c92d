"""Remedies: what a customer gets when a promise is missed, and until when it can be claimed.

One service credit is one day more of contract, unless the policy says otherwise.

**Readings.** What is completed late earns a credit for each *started* period of 24 hours past the
due time (contentsquare/resolution-credit). Availability earns one for each *whole* point below
the target (contentsquare/availability): with a target of 99.5 %, 98.5 % is one credit and
98.5001 % none. A claim has to come within so many days of the breach (contentsquare/claims): the
day of the breach is that on which the promise was kept at last, or the last day of the month; the
last day of the period counts in full, in the policy's fixed offset.
"""

from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil, floor

from policies.accounts.account_terms import (
    AccountTerms,
    AvailabilityTerms,
    Counts,
    LateCompletionTerms,
)
from policies.business_time.months import midnight

_MICROSECOND = timedelta(microseconds=1)


def late_credits(due_at: datetime, completed_at: datetime, terms: LateCompletionTerms) -> int:
    """The credits earned, one by each period past the due time; none for what is on time."""
    late, each = max(completed_at - due_at, timedelta(0)), terms.each.length
    return _counted(Fraction(late // _MICROSECOND, each // _MICROSECOND), terms.counts)


def availability_credits(availability: Fraction, terms: AvailabilityTerms) -> int:
    """The credits earned, one by each percentage point below the target."""
    below = max(Fraction(terms.target) - availability * 100, Fraction(0))
    return _counted(below, terms.points) if terms.points else 0


def claim_until(breached_on: date, terms: AccountTerms) -> date | None:
    """The last day on which a breach can be claimed; None where the policy sets no limit."""
    return breached_on + timedelta(days=terms.claims.days) if terms.claims else None


def is_over(last_day: date | None, terms: AccountTerms, at: datetime) -> bool:
    """Whether the last day of a period has passed."""
    return last_day is not None and at >= midnight(last_day + timedelta(days=1), terms.zone)


def _counted(how_many: Fraction, counts: Counts) -> int:
    return ceil(how_many) if counts == "started" else floor(how_many)
