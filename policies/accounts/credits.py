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

A band holds its lower end: with bands below 99.9 and below 99.5, 99.5 % earns the first, and 99.9 %
nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from policies.accounts.account_terms import (
    AccountTerms,
    AvailabilityTerms,
    BandTerms,
    Counts,
    LatenessTerms,
    ServiceLevelTerms,
)
from policies.accounts.worth import Worth
from policies.business_time.months import midnight
from policies.schema.money import Money


class Earned(NamedTuple):
    """A number of credits, and what they are worth together; without any, nothing."""

    credits: int
    worth: Worth


def late_credits(late: timedelta, terms: LatenessTerms) -> int:
    """The credits for this much lateness after a breach: one per period, or one for the breach."""
    if terms.each is None:
        return 1
    microsecond = timedelta.resolution
    periods = Fraction(late // microsecond, terms.each.length // microsecond)
    return _rounded(periods, terms.counts)


def late_earned(
    late: timedelta, terms: LatenessTerms, fees: Mapping[str, Money]
) -> tuple[int | None, Worth | None]:
    """The credits for this much lateness and their worth before any cap; None for a rule that
    counts the breaches of a period, because other tickets count as well.
    """
    if terms.period is not None:
        return None, None
    number = late_credits(late, terms)
    return number, terms.one.times(number).priced(fees).rounded()


def availability_credits(availability: Fraction, terms: AvailabilityTerms) -> int:
    """The credits for availability, one per percentage point below the target."""
    below = max(Fraction(terms.target) - availability * 100, Fraction(0))
    return _rounded(below, terms.points) if terms.points else 0


def downtime_credits(availability: Fraction, downtime: timedelta, terms: AvailabilityTerms) -> int:
    """The credits for the downtime of a month, one per period; none if it reaches the target."""
    if terms.points is None or terms.each is None or availability * 100 >= Fraction(terms.target):
        return 0
    microsecond = timedelta.resolution
    periods = Fraction(downtime // microsecond, terms.each.length // microsecond)
    return _rounded(periods, terms.points)


def availability_earned(
    availability: Fraction, downtime: timedelta, terms: AvailabilityTerms
) -> Earned:
    """The credits for availability and their worth: by its band, by percentage points, or by
    periods of downtime.
    """
    if terms.bands:
        return _by_band(band_of(availability, terms.bands))
    if terms.each is not None:
        credits = downtime_credits(availability, downtime, terms)
    else:
        credits = availability_credits(availability, terms)
    return Earned(credits, terms.one.times(credits))


def level_earned(kept: Fraction, terms: ServiceLevelTerms) -> Earned:
    """The credits for a service level with this share of tickets in time."""
    if kept * 100 >= Fraction(terms.percent):
        return Earned(0, Worth())
    if terms.bands:
        return _by_band(band_of(kept, terms.bands))
    return Earned(1, terms.pays) if terms.pays else Earned(0, Worth())


def breaches_earned(breaches: int, terms: LatenessTerms) -> Earned:
    """The credits for this number of breaches in a period."""
    reached = [band for band in terms.bands if (band.breaches or 0) <= breaches]
    return _by_band(max(reached, key=lambda band: band.breaches or 0, default=None))


def band_of(share: Fraction, bands: Iterable[BandTerms]) -> BandTerms | None:
    """The band of a share: the lowest whose limit is above it."""
    above = [band for band in bands if band.below is not None and share * 100 < band.below]
    return min(above, key=lambda band: band.below or 0, default=None)


def claim_until(breached_on: date, terms: AccountTerms) -> date | None:
    """The last day to claim a breach; None if the policy has no time limit."""
    return breached_on + timedelta(days=terms.claims.days) if terms.claims else None


def is_over(last_day: date | None, terms: AccountTerms, at: datetime) -> bool:
    """Whether a last day has passed; False if there is none."""
    return last_day is not None and at >= midnight(last_day + timedelta(days=1), terms.local_zone)


def _by_band(band: BandTerms | None) -> Earned:
    return Earned(1, band.worth) if band else Earned(0, Worth())


def _rounded(number: Fraction, counts: Counts) -> int:
    return ceil(number) if counts == "started" else floor(number)
