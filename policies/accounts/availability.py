"""Availability of a month (contentsquare/availability, contentsquare/unavailability).

The formula, exact to the second; nothing is rounded on the way:

    period    = the month, in the policy's fixed offset; from the contract's start on
    uncounted = maintenance windows and outages of categories that do not count, united
    down      = outages of categories that count, united, without what of them is uncounted
    measured  = period - uncounted
    availability = 1 - down / measured        (1 when nothing is measured)

**Readings.** "Unavailability periods not counted" takes them out of both sides: an outage during
maintenance is no downtime, and a month of much maintenance is measured by the rest of it. Where
an outage that counts meets a period that does not, the time is not counted. Months are those of
the fixed offset that the policy gives for its availability, UTC where it gives none; maintenance
windows have an offset of their own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

from policies.accounts.account_terms import AccountTerms, MaintenanceWindow
from policies.business_time.months import Month, midnight
from policies.business_time.spans import Span, Spans, clip, subtract, total, union

_SHOWN = 4
"""Decimals of a percentage that is shown; the exact value decides."""


@dataclass(frozen=True)
class Measurement:
    """How available a period was."""

    period: Span
    uncounted: Spans
    down: Spans

    @property
    def measured(self) -> timedelta:
        """The time that counts."""
        return self.period.length - total(self.uncounted)

    @property
    def downtime(self) -> timedelta:
        """The time of it during which the service was down."""
        return total(self.down)

    @property
    def availability(self) -> Fraction:
        """The share of the measured time during which the service was up."""
        return share_up(self.downtime, self.measured)


def share_up(downtime: timedelta, measured: timedelta) -> Fraction:
    """1 - downtime / measured, exactly; 1 when nothing was measured."""
    if not measured:
        return Fraction(1)
    microsecond = timedelta(microseconds=1)
    return 1 - Fraction(downtime // microsecond, measured // microsecond)


def percent(availability: Fraction) -> Decimal:
    """A share as a percentage to show, rounded down: 99.5 is never shown for less."""
    scaled = availability * 100 * 10**_SHOWN
    shown = Decimal(scaled.numerator // scaled.denominator).scaleb(-_SHOWN)
    return shown.quantize(Decimal(1).scaleb(-_SHOWN), rounding=ROUND_FLOOR)


def period_of(month: Month, terms: AccountTerms, until: datetime | None = None) -> Span:
    """What of a month is measured: from the contract's start on, and perhaps only until now."""
    period = month.span(terms.zone)
    if terms.begins_at is not None:
        period = Span(max(period.begins, terms.begins_at), period.ends)
    if until is not None:
        period = Span(period.begins, min(period.ends, until))
    return period if not period.is_empty else Span(period.begins, period.begins)


def measure(
    period: Span, terms: AccountTerms, counted: Iterable[Span], uncounted: Iterable[Span]
) -> Measurement:
    """How available the service was, after its outages that count and those that do not."""
    windows = terms.availability.maintenance if terms.availability else ()
    maintenance = (span for window in windows for span in occurrences(window, period))
    outside = clip(union([*maintenance, *uncounted]), period)
    return Measurement(period, outside, subtract(clip(counted, period), outside))


def occurrences(window: MaintenanceWindow, within: Span) -> Iterator[Span]:
    """Every time that a weekly window lies within a span."""
    day = within.begins.astimezone(window.zone).date()
    while (begins := midnight(day, window.zone)) < within.ends:
        if day.weekday() == window.weekday_number:
            span = Span(begins + window.opens_after, begins + window.closes_after).clipped(within)
            if not span.is_empty:
                yield span
        day += timedelta(days=1)
