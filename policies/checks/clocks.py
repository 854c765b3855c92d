"""Clocks: each can start, stop, pause and be counted on a calendar."""

# ruff: noqa: D103 - the name of a check states what must be true

from collections.abc import Collection, Iterator

from policies.business_time.durations import Duration, Unit
from policies.business_time.opening_hours import is_time_of_day
from policies.checks.ladders import Point
from policies.checks.references import (
    Reference,
    event_references,
    repeated,
    targets,
    undeclared,
)
from policies.documents.problems import Finding, Path
from policies.documents.suggestions import closest
from policies.schema.clocks import ClockRule
from policies.schema.events import milestone_of
from policies.schema.policy import SupportPolicy
from policies.vocabulary import ACCOUNT_EVENTS, EventType, OnChange, PauseReason, Reopening

CLOCK_EVENTS = frozenset(
    {EventType.CLOCK_WARNED, EventType.CLOCK_BREACHED, EventType.CLOCK_OVERDUE}
)
ONCE = frozenset({EventType.RESPONDED, EventType.ACKNOWLEDGED})
"""Events that happen at most once to a ticket, even if it is reopened."""


def business_time_of_clocks_has_a_calendar(policy: SupportPolicy) -> Iterator[Finding]:
    if policy.support_hours:
        return
    for name, clock in policy.clocks.items():
        if clock.calendar:
            continue
        for path, length in lengths(name, clock):
            if not length.is_elapsed:
                wrong = f'"{length}" needs a calendar, and this clock has none'
                right = "set `support_hours`, or `calendar` of the clock"
                yield Finding(path, wrong, right)


def cut_offs_are_times_on_a_calendar(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        path = ("clocks", name, "cut_off")
        if clock.cut_off is None:
            continue
        if not is_time_of_day(clock.cut_off):
            right = 'write a local time from "00:00" to "24:00", for example "15:00"'
            yield Finding(path, f'"{clock.cut_off}" is not a time of day', right)
        if not (clock.calendar or policy.support_hours):
            wrong = "the cut-off needs a calendar, and this clock has none"
            right = "set `support_hours`, or `calendar` of the clock"
            yield Finding(path, wrong, right, about_key=True)


def clocks_do_not_start_and_end_on_one_event(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for field in ("stops", "cancels"):
            for i, event in enumerate(getattr(clock, field)):
                if event in clock.starts:
                    wrong = f'the event "{event}" both starts and ends this clock'
                    right = "use `repeats: true` for a clock that starts again"
                    yield Finding(("clocks", name, field, i), wrong, right)
        for i, event in enumerate(clock.cancels):
            if event in clock.stops:
                wrong = f'the event "{event}" both stops and cancels this clock'
                yield Finding(("clocks", name, "cancels", i), wrong, "remove one of them")


def clocks_do_not_use_clock_events(policy: SupportPolicy) -> Iterator[Finding]:
    why = "is an event of a clock, which no clock can use"
    yield from _uses(policy, CLOCK_EVENTS, why)


def clocks_do_not_use_account_events(policy: SupportPolicy) -> Iterator[Finding]:
    why = "is an event of an account, and a clock belongs to a ticket"
    yield from _uses(policy, ACCOUNT_EVENTS, why)


def clocks_can_stop_after_reopening(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        goes_on = clock.reopening is not Reopening.NONE
        if goes_on and all(event in ONCE for event in clock.stops):
            wrong = "nothing stops this clock after the ticket is reopened"
            right = "use `reopening: none`, or stop it on an event that can happen again"
            yield Finding(("clocks", name, "reopening"), wrong, right)


def clocks_that_continue_count_lengths(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for path, length in targets(name, clock):
            if clock.on_change is OnChange.CONTINUE and length.unit is Unit.FOLLOWING_WEEK:
                wrong = f'"{length}" has no rest to continue with'
                yield Finding(path, wrong, "use `on_change: recount`, or another target")


def clock_events_are_given_once(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for field in ("starts", "stops", "cancels", "pauses"):
            for i, item in repeated(getattr(clock, field)):
                path = ("clocks", name, field, i)
                yield Finding(path, f'"{item}" is given twice', "remove one of them")


def pauses_in_use_are_declared(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for i, reason in enumerate(clock.pauses):
            if reason not in policy.pauses:
                wrong = f'the pause "{reason}" is not declared'
                right = f"add `{reason}` to `pauses`, with the clause that allows it"
                yield Finding(("clocks", name, "pauses", i), wrong, right)


def pauses_of_the_policy_start_and_stop(policy: SupportPolicy) -> Iterator[Finding]:
    for reason, rule in policy.pauses.items():
        if reason in set(PauseReason):
            continue
        missing = [field for field in ("starts", "stops") if not getattr(rule, field)]
        if missing:
            likely = closest(reason, PauseReason) if len(missing) == 2 else None
            wrong = f'nothing {missing[0]} the pause "{reason}"'
            right = f'did you mean "{likely}"?' if likely else f"add {' and '.join(missing)}"
            yield Finding(("pauses", reason), wrong, right, rule.clause, about_key=True)
        for i, event in enumerate(rule.stops):
            if event in rule.starts:
                wrong = f'the event "{event}" both starts and stops this pause'
                path = ("pauses", reason, "stops", i)
                yield Finding(path, wrong, "remove one of them", rule.clause)


def pauses_of_every_policy_have_no_events(policy: SupportPolicy) -> Iterator[Finding]:
    for reason in policy.pauses.keys() & set(PauseReason):
        rule = policy.pauses[reason]
        for field in ("starts", "stops"):
            if getattr(rule, field):
                wrong = f'"{reason}" lasts as long as the ticket waits, whatever `{field}` it'
                path = ("pauses", reason, field)
                yield Finding(path, wrong, f"remove `{field}`", rule.clause, about_key=True)


def milestones_in_use_are_declared(policy: SupportPolicy) -> Iterator[Finding]:
    for path, event in event_references(policy):
        milestone = milestone_of(event)
        if milestone is not None:
            yield from undeclared("milestone", [Reference(path, milestone)], policy.milestones)


def clocks_that_end_a_ticket_only_remind(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        if clock.on_expiry and not clock.reminds:
            wrong = f'"on_expiry: {clock.on_expiry}" is for clocks that remind of an answer'
            yield Finding(("clocks", name, "on_expiry"), wrong, "add `reminds: true`")
        elif clock.on_expiry and EventType.INFORMATION_PROVIDED not in clock.stops:
            wrong = "an answer does not stop this clock, which ends the ticket for want of one"
            right = "add `information_provided` to `stops`"
            yield Finding(("clocks", name, "stops"), wrong, right, clock.clause, about_key=True)


def declared_pauses_are_used(policy: SupportPolicy) -> Iterator[Finding]:
    used = {reason for clock in policy.clocks.values() for reason in clock.pauses}
    for reason, rule in policy.pauses.items():
        is_known = bool(rule.starts) or reason in set(PauseReason)
        if is_known and reason not in used:
            wrong = f'no clock pauses for "{reason}"'
            right = "add it to `pauses` of a clock, or remove it here"
            yield Finding(("pauses", reason), wrong, right, rule.clause, about_key=True)


def one_announced_clock_starts_on_an_event(policy: SupportPolicy) -> Iterator[Finding]:
    # Besides the acknowledgement, which comes before it.
    first: dict[tuple[str, bool], str] = {}
    for name, clock in policy.clocks.items():
        for event in clock.starts if clock.announced else ():
            key = event, EventType.ACKNOWLEDGED in clock.stops
            if key in first:
                wrong = f'notices of "{event}" already announce the clock "{first[key]}"'
                right = "remove `announced` from one of the two clocks"
                yield Finding(("clocks", name, "announced"), wrong, right, clock.clause)
            first.setdefault(key, name)


def _uses(policy: SupportPolicy, events: Collection[str], why: str) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for field in ("starts", "stops", "cancels"):
            for i, event in enumerate(getattr(clock, field)):
                if event in events:
                    right = "use an event of the ticket lifecycle"
                    yield Finding(("clocks", name, field, i), f'"{event}" {why}', right)


def lengths(name: str, clock: ClockRule) -> Iterator[tuple[Path, Duration]]:
    """The durations of a clock's targets and rungs, with their paths."""
    yield from targets(name, clock)
    for i, rung in enumerate(clock.ladder):
        try:
            length = Point.parse(rung.at).length
        except ValueError:
            continue
        if length:
            yield ("clocks", name, "ladder", i, "at"), length


def service_levels_use_declared_names(policy: SupportPolicy) -> Iterator[Finding]:
    for name, level in policy.service_levels.items():
        path: Path = ("service_levels", name)
        clock = Reference((*path, "clock"), level.clock)
        yield from undeclared("clock", [clock], policy.clocks)
        used = [Reference((*path, "priorities", i), p) for i, p in enumerate(level.priorities)]
        yield from undeclared("priority", used, policy.priorities)
        plans = [Reference((*path, "plans", i), p) for i, p in enumerate(level.plans)]
        yield from undeclared("plan", plans, policy.plans)
        rule = policy.clocks.get(level.clock)
        if rule is not None and rule.reminds:
            wrong = f'"{level.clock}" only reminds, so it is never breached'
            yield Finding((*path, "clock"), wrong, "name another clock", level.clause)


CHECKS = (
    business_time_of_clocks_has_a_calendar,
    cut_offs_are_times_on_a_calendar,
    clocks_do_not_start_and_end_on_one_event,
    clocks_do_not_use_clock_events,
    clocks_do_not_use_account_events,
    clocks_can_stop_after_reopening,
    clocks_that_continue_count_lengths,
    clock_events_are_given_once,
    pauses_in_use_are_declared,
    pauses_of_the_policy_start_and_stop,
    pauses_of_every_policy_have_no_events,
    milestones_in_use_are_declared,
    clocks_that_end_a_ticket_only_remind,
    declared_pauses_are_used,
    one_announced_clock_starts_on_an_event,
    service_levels_use_declared_names,
)
