"""The numbers of a policy: those that its page has to have, and those that it may have."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from policies.business_time.durations import Duration
from policies.documents.problems import Path
from policies.page.comparison.dates import on_date
from policies.page.comparison.promise import Promise
from policies.page.comparison.promised_texts import clause_numbers, other_numbers
from policies.page.comparison.quantities import (
    ALWAYS,
    Kind,
    Quantity,
    percent,
    time_of_day,
)
from policies.page.sections.handling import reminder_times
from policies.page.sections.hours import is_always_open, used_calendars, weekly_windows
from policies.page.sections.targets import promised_clocks
from policies.schema.calendar_days import days_in
from policies.schema.calendars import CalendarRule
from policies.schema.clocks import ClockRule, Within, length_of
from policies.schema.policy import SupportPolicy
from policies.schema.remedies import Amount, CreditRule, PercentOfFee
from policies.schema.tables import values_of


def promises_of(policy: SupportPolicy) -> Iterator[Promise]:
    """The numbers of a policy, apart from the dates of holidays. A number of a clause's text that
    a rule has as well is not listed twice.
    """
    found = [*_clocks(policy), *_hours(policy), *_process(policy), *_remedies(policy)]
    found += _allowances(policy)
    yield from found
    stated = {quantity for promise in found if promise.required for quantity in promise.quantities}
    for promise in clause_numbers(policy):
        is_stated = stated & set(promise.quantities)
        yield replace(promise, required=promise.required and not is_stated)
    yield from other_numbers(policy)


def closed_days(policy: SupportPolicy, years: range) -> dict[date, Promise]:
    """The days of these years that differ from the weekly hours, of all calendars in use."""
    found: dict[date, Promise] = {}
    for name, rule in used_calendars(policy).items():
        days = days_in(rule, years, policy.locale)
        named = {**days.working, **{day: each.name for day, each in days.half.items()}}
        named |= {**days.closed}
        named |= {day: "special hours" for day in rule.special_hours if day.year in years}
        for day, text in named.items():
            path: Path = ("calendars", name)
            promise = Promise((on_date(day),), f"{day} ({text})", path, rule.clause)
            found.setdefault(day, promise)
    return dict(sorted(found.items()))


def _duration(
    length: Duration, path: Path, clause: str, *, required: bool = True, always_open: bool = False
) -> Promise:
    quantity = Quantity.of(length)
    required = required and not length.is_same_day
    return Promise((quantity,), str(length), path, clause, required, always_open)


def _clocks(policy: SupportPolicy) -> Iterator[Promise]:
    promised = promised_clocks(policy)
    for name, clock in policy.clocks.items():
        path: Path = ("clocks", name, "within")
        always_open = _counts_always(policy, clock)
        for place, promise in values_of(clock.within, path):
            length = length_of(promise)
            if length is not None:
                clause = promise.clause if isinstance(promise, Within) else clock.clause
                yield _duration(
                    length, place, clause, required=name in promised, always_open=always_open
                )
        if clock.cut_off and name in promised:
            quantities = (time_of_day(clock.cut_off),)
            yield Promise(quantities, clock.cut_off, (*path[:2], "cut_off"), clock.clause)
        if clock.reminds:
            yield from _reminders(name, clock)


def _reminders(name: str, clock: ClockRule) -> Iterator[Promise]:
    for _, promise in values_of(clock.within):
        length = length_of(promise)
        for time in reminder_times(clock, length) if length else ():
            yield _duration(time, ("clocks", name, "ladder"), clock.clause, required=False)


def _counts_always(policy: SupportPolicy, clock: ClockRule) -> bool:
    """Whether a clock counts on calendars without closed time, holidays included."""
    names = [name for _, name in values_of(clock.calendar or policy.support_hours)]
    return bool(names) and all(_never_closes(policy.calendars[name]) for name in names)


def _never_closes(rule: CalendarRule) -> bool:
    has_holidays = any(place.country or place.also for place in rule.places)
    return is_always_open(rule) and not (has_holidays or rule.ics or rule.special_hours)


def _hours(policy: SupportPolicy) -> Iterator[Promise]:
    for name, rule in used_calendars(policy).items():
        path: Path = ("calendars", name, "hours")
        if is_always_open(rule):
            yield Promise((ALWAYS,), "24 hours a day, 7 days a week", path, rule.clause)
        else:
            windows = dict.fromkeys(w for day in weekly_windows(rule).values() for w in day)
            for window in windows:
                times = (time_of_day(window[:5]), time_of_day(window[6:]))
                yield Promise(times, window, path, rule.clause)
        yield from _special_times(name, rule)
        for offset in _offsets(rule.zone):
            quantity = Quantity(Kind.OFFSET, offset)
            yield Promise((quantity,), rule.zone, ("calendars", name, "zone"), rule.clause, False)
    if any(notice.template_name == "paged" for notice in policy.notices) or any(
        length is not None and length.is_elapsed
        for clock in promised_clocks(policy).values()
        for length in (length_of(promise) for _, promise in values_of(clock.within))
    ):
        yield Promise((ALWAYS,), "around the clock", ("clocks",), "", required=False)


def _special_times(name: str, rule: CalendarRule) -> Iterator[Promise]:
    windows = {w for each in rule.special_hours.values() for w in each}
    times = {time for window in windows for time in (window[:5], window[6:])}
    times |= {*rule.half_days.values(), *(place.half_day_until for place in rule.places)}
    times |= {"00:00"}
    for time in sorted(times):
        yield Promise((time_of_day(time),), time, ("calendars", name), rule.clause, required=False)


def _offsets(zone: str) -> Iterator[Decimal]:
    tz = ZoneInfo(zone)
    for month in (1, 7):
        offset = datetime(2026, month, 1, 12, tzinfo=tz).utcoffset()
        if offset is not None:
            yield Decimal(int(offset.total_seconds()) // 60)


def _process(policy: SupportPolicy) -> Iterator[Promise]:
    process = policy.process
    if process.closing is not None:
        path: Path = ("process", "closing", "after")
        yield _duration(process.closing.after, path, process.closing.clause)
    if process.contest is not None:
        path = ("process", "contest", "within")
        yield _duration(process.contest.within, path, process.contest.clause, required=False)
    if process.handoff is not None:
        week = Quantity(Kind.FOLLOWING_WEEK, Decimal(1))
        path = ("process", "handoff")
        yield Promise((week,), "the following week", path, process.handoff.clause, required=False)
    if process.forecast is not None:
        for row in process.forecast.windows.values():
            for length in row.values():
                path = ("process", "forecast", "windows")
                yield _duration(length, path, process.forecast.clause, required=False)
    yield Promise((on_date(policy.revision),), str(policy.revision), ("revision",), "", False)


def _remedies(policy: SupportPolicy) -> Iterator[Promise]:
    remedies = policy.remedies
    for number, rule in enumerate(remedies.credits):
        yield from _credit(rule, ("remedies", "credits", number))
    if remedies.claim_within is not None:
        path: Path = ("remedies", "claim_within")
        yield _duration(remedies.claim_within, path, remedies.claim_clause or "")
    if remedies.claim_review is not None and remedies.claim_review.within is not None:
        path = ("remedies", "claim_review", "within")
        yield _duration(remedies.claim_review.within, path, remedies.claim_review.clause)
    for name, level in policy.service_levels.items():
        quantities = (percent(level.percent),)
        path = ("service_levels", name, "percent")
        yield Promise(quantities, f"{level.percent} %", path, level.clause)
    yield from _availability(policy)


def _availability(policy: SupportPolicy) -> Iterator[Promise]:
    rule = policy.remedies.availability
    if rule is None:
        return
    path: Path = ("remedies", "availability")
    for place, share in values_of(rule.percent, (*path, "percent")):
        yield Promise((percent(share),), f"{share} %", place, rule.clause)
    for name, cause in rule.uncounted.items():
        if isinstance(cause.announced, Duration):
            place = (*path, "uncounted", name, "announced")
            yield _duration(cause.announced, place, cause.clause)
    maintenance = rule.maintenance
    if maintenance is not None:
        place = (*path, "maintenance")
        for window in dict.fromkeys(w for each in maintenance.hours.values() for w in each):
            times = (time_of_day(window[:5]), time_of_day(window[6:]))
            yield Promise(times, window, (*place, "hours"), maintenance.clause)
        sign = -1 if maintenance.offset[0] == "-" else 1
        minutes = int(maintenance.offset[1:3]) * 60 + int(maintenance.offset[4:])
        offset = Quantity(Kind.OFFSET, Decimal(sign * minutes))
        text = maintenance.offset
        yield Promise((offset,), text, (*place, "offset"), maintenance.clause, required=False)


def _credit(rule: CreditRule, path: Path) -> Iterator[Promise]:
    if isinstance(rule.each, Duration):
        several = rule.each.amount > 1
        yield _duration(rule.each, (*path, "each"), rule.clause, required=several)
    if rule.availability_below is not None:
        share = rule.availability_below
        yield Promise((percent(share),), f"{share} %", (*path, "availability_below"), rule.clause)
    if not rule.bands:
        yield from _worth(rule.worth or Duration.parse("1 day"), (*path, "worth"), rule.clause)
    for number, band in enumerate(rule.bands):
        place = (*path, "bands", number)
        if band.below is not None:
            quantity = percent(band.below)
            yield Promise((quantity,), f"{band.below} %", (*place, "below"), rule.clause)
        yield from _worth(band.worth, (*place, "worth"), rule.clause)
    cap = rule.cap
    if cap is not None:
        worth: object = cap.time or (Amount(amount=cap.amount) if cap.amount else None)
        if cap.percent is not None:
            worth = PercentOfFee(percent=cap.percent, of=cap.of or "fee")
        yield from _worth(worth, (*path, "cap"), rule.clause)


def _worth(worth: object, path: Path, clause: str) -> Iterator[Promise]:
    if isinstance(worth, Duration):
        yield _duration(worth, path, clause)
    elif isinstance(worth, PercentOfFee):
        yield Promise((percent(worth.percent),), f"{worth.percent} %", path, clause)
    elif isinstance(worth, Amount):
        money = worth.amount
        quantity = Quantity(Kind.MONEY, money.amount.normalize(), money.currency)
        yield Promise((quantity,), str(money), path, clause)


def _allowances(policy: SupportPolicy) -> Iterator[Promise]:
    for name, rule in policy.allowances.items():
        for key in ("hours", "rollover"):
            hours = getattr(rule, key)
            if rule.hours is not None and isinstance(hours, int):
                length = Duration.parse(f"{hours} hours")
                yield _duration(length, ("allowances", name, key), rule.clause)
