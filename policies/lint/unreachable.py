"""Unreachable parts: clocks, notices, facts and verdicts that the lifecycle never uses."""

# ruff: noqa: D103 - the name of a warning states the problem

from collections.abc import Iterator, Mapping

from policies.checks.conditions import facts_compared_with_texts
from policies.checks.references import tables
from policies.coverage.expressions import facts_named
from policies.documents.problems import Finding
from policies.schema.coverage import RequiredFor
from policies.schema.policy import SupportPolicy
from policies.schema.process import ProcessRules
from policies.schema.tables import fact_of
from policies.vocabulary import EventType

NEEDS: Mapping[str, str] = {
    EventType.WORKAROUND_PROVIDED: "workaround",
    EventType.WORKAROUND_WITHDRAWN: "workaround",
    EventType.ESTIMATE_GIVEN: "estimate",
    EventType.ESCALATED: "escalation",
    EventType.FINDING_RECORDED: "triage",
    EventType.TRIAGE_CONCLUDED: "triage",
    EventType.ENGINEERING_NEEDED: "handoff",
    EventType.HANDED_OVER: "handoff",
    EventType.REVIEWED: "forecast",
    EventType.REVIEW_COMPLETED: "forecast",
    EventType.FORECAST_SHARED: "forecast",
    EventType.FORECAST_LAPSED: "forecast",
}
"""The part of the process that an event needs."""


def a_clock_never_starts(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        missing = _missing_parts(policy.process, clock.starts)
        if missing:
            wrong = f'"{name}" never starts: the process has no {missing}'
            path = ("clocks", name, "starts")
            yield Finding(path, wrong, f"add {missing} to `process`", clock.clause)


def a_clock_starts_when_the_ticket_has_ended(policy: SupportPolicy) -> Iterator[Finding]:
    ends = (EventType.CLOSED, EventType.WITHDRAWN, EventType.MERGED)
    for name, clock in policy.clocks.items():
        if all(event in ends for event in clock.starts):
            wrong = f'"{name}" never starts: the ticket has ended'
            path = ("clocks", name, "starts")
            right = "start it on `resolved`: such a clock goes on when the ticket closes"
            yield Finding(path, wrong, right, clock.clause)


def a_clock_never_stops(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        missing = _missing_parts(policy.process, clock.stops)
        if missing and not _missing_parts(policy.process, clock.starts):
            wrong = f'"{name}" cannot be met: the process has no {missing}'
            path = ("clocks", name, "stops")
            yield Finding(path, wrong, f"add {missing} to `process`", clock.clause)


def a_clock_names_an_event_that_never_happens(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for key, events in (("starts", clock.starts), ("stops", clock.stops)):
            if _missing_parts(policy.process, events):
                continue  # The whole clock is reported.
            for i, event in enumerate(events):
                if missing := _missing_parts(policy.process, (event,)):
                    wrong = f'"{event}" never happens: the process has no {missing}'
                    path = ("clocks", name, key, i)
                    right = f"add {missing} to `process`, or remove the event"
                    yield Finding(path, wrong, right, clock.clause)


def a_notice_is_never_sent(policy: SupportPolicy) -> Iterator[Finding]:
    for i, notice in enumerate(policy.notices):
        missing = _missing_parts(policy.process, (notice.event,))
        if missing:
            wrong = f'"{notice.event}" never happens: the process has no {missing}'
            path = ("notices", i, "event")
            yield Finding(path, wrong, f"add {missing} to `process`", notice.clause)


def an_update_clock_does_not_repeat(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        if EventType.UPDATE_POSTED in clock.stops and not clock.repeats:
            wrong = f'"{name}" ends with the first update'
            path = ("clocks", name)
            right = "add `repeats: true` if updates are promised until the ticket is resolved"
            yield Finding(path, wrong, right, clock.clause, about_key=True)


def a_fact_is_never_used(policy: SupportPolicy) -> Iterator[Finding]:
    used = {name for rule in policy.coverage for name in facts_named(rule.when)}
    used |= {
        name
        for fact in policy.facts.values()
        if isinstance(fact.required, RequiredFor) and fact.required.when
        for name in facts_named(fact.required.when)
    }
    used |= {fact for _, table in tables(policy) for d in table.by if (fact := fact_of(d))}
    used |= {fact for rule in policy.channels for fact in rule.facts}
    used |= {fact for rule in policy.notices for fact in rule.facts}
    for name in policy.facts:
        if name not in used:
            wrong = f'no condition or table uses the fact "{name}"'
            path = ("facts", name)
            yield Finding(path, wrong, "use it or remove it", about_key=True)


def a_misspelled_value_passes(policy: SupportPolicy) -> Iterator[Finding]:
    compared = {fact for fact, _ in facts_compared_with_texts(policy)}
    for name, fact in policy.facts.items():
        is_open = not fact.choices and not fact.allow_other and fact.type == "string"
        if is_open and name in compared:
            wrong = f'conditions compare "{name}" with texts, and it accepts any other text'
            right = "list its `choices`, or write `allow_other: true`"
            yield Finding(("facts", name), wrong, right, about_key=True)


def _missing_parts(process: ProcessRules, events: tuple[str, ...]) -> str:
    """The parts that these events need; empty if one of the events can happen."""
    needed = [NEEDS.get(event, "") for event in events]
    if any(not part or getattr(process, part) is not None for part in needed):
        return ""
    return " or ".join(dict.fromkeys(needed))


WARNINGS = (
    a_clock_never_starts,
    a_clock_starts_when_the_ticket_has_ended,
    a_clock_never_stops,
    a_clock_names_an_event_that_never_happens,
    a_notice_is_never_sent,
    an_update_clock_does_not_repeat,
    a_fact_is_never_used,
    a_misspelled_value_passes,
)
