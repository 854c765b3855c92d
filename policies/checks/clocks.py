"""Clocks: each can start, stop, pause and be counted on a calendar."""

# ruff: noqa: D103 - the name of a rule is the sentence it checks

from collections.abc import Collection, Iterator

from policies.business_time.durations import Duration
from policies.checks.ladders import Point
from policies.checks.references import targets
from policies.documents.problems import Finding, Path
from policies.schema.clocks import ClockRule
from policies.schema.policy import SupportPolicy
from policies.vocabulary import ACCOUNT_EVENTS, EventType, Reopening

CLOCK_EVENTS = frozenset(
    {EventType.CLOCK_WARNED, EventType.CLOCK_BREACHED, EventType.CLOCK_OVERDUE}
)
ONCE = frozenset({EventType.RESPONDED, EventType.ACKNOWLEDGED})
"""Events that happen to a ticket once, also when it is re-opened."""


def clocks_that_count_open_time_have_a_calendar(policy: SupportPolicy) -> Iterator[Finding]:
    if policy.support_hours:
        return
    for name, clock in policy.clocks.items():
        if clock.calendar:
            continue
        for path, length in _lengths(name, clock):
            if not length.is_elapsed:
                wrong = f'"{length}" needs a calendar, and this clock has none'
                right = "set `support_hours`, or `calendar` of the clock"
                yield Finding(path, wrong, right)


def clocks_do_not_start_and_end_at_once(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for field in ("stops", "cancels"):
            for i, event in enumerate(getattr(clock, field)):
                if event in clock.starts:
                    wrong = f'the event "{event}" both starts this clock and ends it'
                    right = "use `repeats: true` for a clock that starts over"
                    yield Finding(("clocks", name, field, i), wrong, right)
        for i, event in enumerate(clock.cancels):
            if event in clock.stops:
                wrong = f'the event "{event}" both stops this clock and cancels it'
                yield Finding(("clocks", name, "cancels", i), wrong, "keep one of the two")


def clocks_do_not_follow_clocks(policy: SupportPolicy) -> Iterator[Finding]:
    yield from _following(policy, CLOCK_EVENTS, "is about a clock, and no clock follows another")


def clocks_do_not_follow_accounts(policy: SupportPolicy) -> Iterator[Finding]:
    yield from _following(policy, ACCOUNT_EVENTS, "is about an account, and a clock is of a ticket")


def restarted_clocks_can_be_stopped(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        again = clock.reopening is Reopening.NEW_CYCLE
        if again and all(event in ONCE for event in clock.stops):
            wrong = "nothing stops this clock once a ticket was re-opened"
            right = "use `reopening: none`, or stop it at an event that can happen again"
            yield Finding(("clocks", name, "reopening"), wrong, right)


def events_are_named_once(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for field in ("starts", "stops", "cancels", "pauses"):
            given = getattr(clock, field)
            for i, item in enumerate(given):
                if item in given[:i]:
                    wrong = f'"{item}" is named twice'
                    yield Finding(("clocks", name, field, i), wrong, "name it once")


def pauses_of_clocks_are_declared(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for i, reason in enumerate(clock.pauses):
            if reason not in policy.pauses:
                wrong = f'the pause "{reason}" is not declared'
                right = f"add `{reason}` under `pauses`, with the clause that allows it"
                yield Finding(("clocks", name, "pauses", i), wrong, right)


def declared_pauses_are_used(policy: SupportPolicy) -> Iterator[Finding]:
    used = {reason for clock in policy.clocks.values() for reason in clock.pauses}
    for reason, rule in policy.pauses.items():
        if reason not in used:
            wrong = f'no clock pauses for "{reason}"'
            right = "name it under `pauses` of a clock, or remove it here"
            yield Finding(("pauses", reason), wrong, right, rule.clause, about_key=True)


def one_announced_clock_starts_on_an_event(policy: SupportPolicy) -> Iterator[Finding]:
    first: dict[EventType, str] = {}
    for name, clock in policy.clocks.items():
        for event in clock.starts if clock.announced else ():
            if event in first:
                wrong = f'notices about "{event}" state when "{first[event]}" is due already'
                right = "remove `announced` from one of the two clocks"
                yield Finding(("clocks", name, "announced"), wrong, right, clock.clause)
            first.setdefault(event, name)


def _following(policy: SupportPolicy, events: Collection[EventType], why: str) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for field in ("starts", "stops", "cancels"):
            for i, event in enumerate(getattr(clock, field)):
                if event in events:
                    right = "name an event of the process"
                    yield Finding(("clocks", name, field, i), f'"{event}" {why}', right)


def _lengths(name: str, clock: ClockRule) -> Iterator[tuple[Path, Duration]]:
    yield from targets(name, clock)
    for i, rung in enumerate(clock.ladder):
        try:
            length = Point.parse(rung.at).length
        except ValueError:
            continue
        if length:
            yield ("clocks", name, "ladder", i, "at"), length


CHECKS = (
    clocks_that_count_open_time_have_a_calendar,
    clocks_do_not_start_and_end_at_once,
    clocks_do_not_follow_clocks,
    clocks_do_not_follow_accounts,
    restarted_clocks_can_be_stopped,
    events_are_named_once,
    pauses_of_clocks_are_declared,
    declared_pauses_are_used,
    one_announced_clock_starts_on_an_event,
)
