"""Availability of a month, quarter or year (contentsquare/availability, .../unavailability).

The formula is exact; nothing is rounded on the way:

    period       = the month (or quarter, or year), in the policy's fixed offset, from the start
                   of the contract on
    uncounted    = maintenance windows and outages of uncounted categories, united
    down         = outages of counted categories, united, minus uncounted
    measured     = period - uncounted       (the whole period where the policy says so)
    availability = 1 - down / measured        (1 if measured is zero)

**Readings.** "Unavailability periods not counted" are removed from both sides of the fraction: an
outage during maintenance is not downtime, and only the rest of the period is measured. Time that is
both counted and uncounted is uncounted. Months are in the fixed offset of the policy's
availability, UTC by default; maintenance windows have an offset of their own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from policies.accounts.account_terms import AccountTerms, MaintenanceWindow
from policies.business_time.months import Month, midnight
from policies.business_time.periods import Period
from policies.business_time.spans import Span, Spans, clip, subtract, total

_DECIMALS = 4
"""The decimals of a percentage in texts. Credits are computed from the exact value."""


@dataclass(frozen=True)
class Measurement:
    """The availability of a period."""

    period: Span
    uncounted: Spans
    down: Spans
    is_of_whole: bool

    @property
    def excluded(self) -> timedelta:
        """The time in which downtime does not count."""
        return total(self.uncounted)

    @property
    def measured(self) -> timedelta:
        """The time that is measured: the period without uncounted time, or all of it."""
        return self.period.length - (timedelta(0) if self.is_of_whole else self.excluded)

    @property
    def downtime(self) -> timedelta:
        """The measured time in which the service was down."""
        return total(self.down)

    @property
    def availability(self) -> Fraction:
        """The share of the measured time in which the service was up."""
        return share_up(self.downtime, self.measured)


def share_up(downtime: timedelta, measured: timedelta) -> Fraction:
    """1 - downtime / measured, exact; 1 if no time was measured."""
    if not measured:
        return Fraction(1)
    microsecond = timedelta.resolution
    return 1 - Fraction(downtime // microsecond, measured // microsecond)


def percent(availability: Fraction) -> Decimal:
    """A share as a percentage for texts, rounded down so that a missed target is never hidden."""
    scaled = availability * 100 * 10**_DECIMALS
    return Decimal(scaled.numerator // scaled.denominator).scaleb(-_DECIMALS)


def period_of(whole: Month | Period, terms: AccountTerms, until: datetime | None = None) -> Span:
    """The part of a period from the start of the contract on, and up to `until` if given."""
    period = whole.span(terms.zone)
    if terms.begins_at is not None:
        period = Span(max(period.begins, terms.begins_at), period.ends)
    if until is not None:
        period = Span(period.begins, min(period.ends, until))
    return period if not period.is_empty else Span(period.begins, period.begins)


def measure(
    period: Span, terms: AccountTerms, outages: Iterable[Span], uncounted: Iterable[Span]
) -> Measurement:
    """The measurement of a period from its outages, and those of them that do not count."""
    windows = terms.availability.maintenance if terms.availability else ()
    maintenance = (span for window in windows for span in occurrences(window, period))
    excluded = clip([*maintenance, *uncounted], period)
    is_of_whole = terms.availability is not None and terms.availability.whole_month
    down = subtract(clip(outages, period), excluded)
    return Measurement(period, excluded, down, is_of_whole)


def occurrences(window: MaintenanceWindow, within: Span) -> Iterator[Span]:
    """The occurrences of a weekly window within a span."""
    day = within.begins.astimezone(window.zone).date()
    while (begins := midnight(day, window.zone)) < within.ends:
        if day.weekday() == window.weekday_number:
            span = Span(begins + window.opens_after, begins + window.closes_after).clipped(within)
            if not span.is_empty:
                yield span
        day += timedelta(days=1)
