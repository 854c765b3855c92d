"""Remedies: what a customer gets when a promise is missed, and until when it can be claimed.

One service credit is one day more of contract.

**Readings.** A late resolution earns a credit for each *started* period of 24 hours past the
due time (contentsquare/resolution-credit). Availability earns one for each *whole* point below
the target (contentsquare/availability): with a target of 99.5 %, 98.5 % is one credit and
98.5001 % none. A claim has to come within so many days of the breach (contentsquare/claims): the
day of the breach is that on which the issue was resolved, or the last day of the month; the last
day of the period counts in full, in the policy's fixed offset.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from policies.account_terms import AccountTerms
from policies.months import midnight


def late_credits(due_at: datetime, resolved_at: datetime, each: timedelta) -> int:
    """A credit for each started period past the due time; none for what is on time."""
    late = max(resolved_at - due_at, timedelta(0))
    return -(-late // each)


def availability_credits(availability: Fraction, target: Decimal) -> int:
    """A credit for each whole percentage point below the target."""
    below = Fraction(target) - availability * 100
    return max(0, below.numerator // below.denominator)


def claim_until(breached_on: date, terms: AccountTerms) -> date | None:
    """The last day on which a breach can be claimed; None where the policy sets no limit."""
    return breached_on + timedelta(days=terms.claims.days) if terms.claims else None


def is_over(last_day: date | None, terms: AccountTerms, at: datetime) -> bool:
    """Whether the last day of a period has passed."""
    return last_day is not None and at >= midnight(last_day + timedelta(days=1), terms.zone)
