"""Explaining: why a clock is due when it is. Every deadline can be traced to days and clauses.

The terms come from `settle` and the arithmetic from `Measures`, as they do for a ticket that is
opened at that instant, so an explanation and the timer of a ticket cannot disagree.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from policies.business_time.calendar import BusinessCalendar, BusinessTimeError
from policies.business_time.explanation import Explanation
from policies.documents.paths import steps_of
from policies.documents.problems import Path
from policies.documents.suggestions import one_of
from policies.i18n.locales import words_in
from policies.reports.clock_explanation import (
    CalendarShown,
    ClockExplanation,
    Counted,
    OverrideShown,
    ReadingShown,
    RungShown,
    Skipped,
)
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester, TicketFacts
from policies.terms.admission import RequestRefused
from policies.terms.deadlines import ClockTimeBase, Progress, Target
from policies.terms.overrides import apply_overrides
from policies.terms.settlement import settle
from policies.terms.ticket_terms import ClockTerms, PinnedCalendar, PromiseTerms, RungTerms, Terms
from policies.vocabulary import Received

NOBODY = Requester(name="Anybody", email="anybody@example.org")
ALWAYS = {day: [("00:00", "24:00")] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
BREACH = RungTerms(at="breach", tell=())


__all__ = ["ClockExplanation", "UnknownClock", "explain", "explain_all", "zones"]


class UnknownClock(LookupError):
    """The policy has no clock of this name; the message says which it has."""


def explain(  # noqa: PLR0913, PLR0917 - a request, in its parts
    policy: SupportPolicy,
    clock: str,
    at: datetime,
    plan: str | None = None,
    priority: str | None = None,
    kind: str | None = None,
    region: str | None = None,
    contract: Contract | None = None,
) -> ClockExplanation:
    """Why this clock is due when it is, for a request that comes in, and starts it, at `at`.

    A contract's plan and region hold unless others are given, and its overrides do. Raises
    UnknownClock, RequestRefused (with each value that is missing or unknown and the choices there
    are), OverridesRefused, BusinessTimeError.
    """
    account = _account(policy, contract, plan, region)
    rules = apply_overrides(policy, account.overrides).policy
    if clock not in rules.clocks:
        raise UnknownClock(f'{rules.policy} has no clock "{clock}"; {one_of(clock, rules.clocks)}')
    start = _instant(at)
    terms = _terms(policy, account, start, priority=priority, kind=kind)
    return _explained(rules, terms, terms.clock(clock), start)


def explain_all(
    policy: SupportPolicy,
    at: datetime,
    plan: str | None = None,
    priority: str | None = None,
    kind: str | None = None,
    region: str | None = None,
    contract: Contract | None = None,
) -> list[ClockExplanation]:
    """Every clock of the policy, each as if it started at `at`."""
    account = _account(policy, contract, plan, region)
    rules = apply_overrides(policy, account.overrides).policy
    start = _instant(at)
    terms = _terms(policy, account, start, priority=priority, kind=kind)
    return [_explained(rules, terms, clock, start) for clock in terms.clocks]


def zones(policy: SupportPolicy) -> tuple[str, ...]:
    """The zones a policy's own times are given in, that of its support hours first."""
    hours = policy.support_hours
    names = [hours] if isinstance(hours, str) else []
    return tuple(dict.fromkeys(policy.calendars[n].zone for n in (*names, *policy.calendars)))


def _instant(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise BusinessTimeError(f"{at.isoformat()} has no time zone; an instant has one")
    return at.astimezone(UTC)


def _account(
    policy: SupportPolicy, contract: Contract | None, plan: str | None, region: str | None
) -> Contract:
    """The contract a request is explained under; that of anybody, when there is none."""
    known = contract or Contract(account="anybody", name="Anybody", policy=policy.policy)
    given = {"plan": plan, "region": region}
    return known.model_copy(update={name: value for name, value in given.items() if value})


def _terms(policy: SupportPolicy, contract: Contract, at: datetime, **facts: str | None) -> Terms:
    """The terms of such a request, sent in by the first channel that takes it."""
    channels = list(dict.fromkeys(c for rule in policy.channels for c in rule.channels))
    refused: RequestRefused | None = None
    for channel in channels or ["email"]:
        ticket = TicketFacts(requester=NOBODY, channel=channel, **_given_facts(facts))
        try:
            return settle(policy, contract, ticket, at)
        except RequestRefused as refusal:
            refused = refusal
            if any(objection.field != "channel" for objection in refusal.objections):
                break
    assert refused is not None
    raise RequestRefused(
        [o for o in refused.objections if o.field != "channel"] or refused.objections,
        refused.locale,
    )


def _given_facts(facts: dict[str, str | None]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def _explained(
    policy: SupportPolicy, terms: Terms, clock: ClockTerms, at: datetime
) -> ClockExplanation:
    promise = clock.promise(terms.priority)
    name = clock.calendar or terms.support_hours
    is_counted = promise.within is not None and not promise.within.is_elapsed
    calendar = terms.calendars[name] if name and is_counted else None
    desk = calendar or terms.desk_calendar
    clause = promise.clause or clock.clause
    clauses = {clause, clock.clause, *policy.clocks[clock.name].see}
    clauses |= {calendar.clause} if calendar else set()
    return ClockExplanation(
        policy=policy.policy,
        title=policy.title,
        revision=policy.revision,
        clock=clock.name,
        promised=clock.promised,
        clause=clause,
        says=words_in(policy.clauses[clause].says, policy.locale, policy.locale),
        request=_request(terms),
        received=_received(terms, at),
        target=str(promise.within) if promise.within else None,
        guarantee=_guarantee(promise),
        calendar=_calendar_view(calendar) if calendar else None,
        zone=desk.zone if desk else "UTC",
        starts_at=at,
        pauses=clock.pauses,
        readings=tuple(
            ReadingShown(clause=r.clause, reading=r.reading)
            for r in policy.readings
            if r.clause in clauses
        ),
        overrides=tuple(_overrides(terms, clock)),
        **_aimed(terms, clock, promise, at, calendar),
    )


def _overrides(terms: Terms, clock: ClockTerms) -> Iterator[OverrideShown]:
    """The overrides of a contract that have to do with this clock."""
    calendar = clock.calendar or terms.support_hours
    concerned: list[Path] = [("clocks", clock.name)]
    concerned += [("calendars", calendar)] if calendar else []
    concerned += [] if clock.calendar else [("support_hours",)]
    for override in terms.overrides:
        steps = steps_of(override.path)
        if any(steps[: len(part)] == part for part in concerned):
            yield OverrideShown(**dict(override))


def _request(terms: Terms) -> dict[str, str]:
    known = {name: getattr(terms, name) for name in ("plan", "priority", "kind", "region")}
    return {name: value for name, value in known.items() if value is not None}


def _received(terms: Terms, at: datetime) -> Received | None:
    desk = terms.desk_calendar
    if desk is None:
        return None
    return Received.INSIDE_HOURS if desk.calendar.is_open(at) else Received.OUTSIDE_HOURS


def _guarantee(promise: PromiseTerms) -> str | None:
    if promise.guarantee is None:
        return None
    return promise.says or f"no time is promised: {promise.guarantee.replace('_', ' ')}"


def _calendar_view(calendar: PinnedCalendar) -> CalendarShown:
    return CalendarShown(name=calendar.name, zone=calendar.zone, clause=calendar.clause)


def _aimed(
    terms: Terms,
    clock: ClockTerms,
    promise: PromiseTerms,
    at: datetime,
    calendar: PinnedCalendar | None,
) -> dict[str, Any]:
    if promise.within is None:
        return {"counts_from": None, "due_at": None}
    measures = ClockTimeBase.of_clock(terms, clock)
    target = measures.target(promise, at)
    counting = calendar.calendar if calendar else _every_hour(terms)
    return {
        "counts_from": target.begins,
        "due_at": target.due,
        "counted": tuple(_counted(counting.explain(target.begins, target.due))),
        "skipped": tuple(_skipped(counting.explain(at, target.due))),
        "rungs": tuple(_rungs(clock, promise, measures, target)),
    }


def _every_hour(terms: Terms) -> BusinessCalendar:
    """Elapsed time, as a calendar that never closes, on the days of the desk's zone."""
    desk = terms.desk_calendar
    return BusinessCalendar(desk.tzinfo if desk else "UTC", ALWAYS)


def _counted(explanation: Explanation) -> Iterator[Counted]:
    return (Counted(**window._asdict()) for window in explanation.counted)


def _skipped(explanation: Explanation) -> Iterator[Skipped]:
    return (Skipped(date=day.date, name=day.reason) for day in explanation.skipped)


def _rungs(
    clock: ClockTerms, promise: PromiseTerms, measures: ClockTimeBase, target: Target
) -> Iterator[RungShown]:
    aim = Progress(target.begins, target.total, target.total, target.due)
    ladder = {rung.at: rung for rung in (BREACH, *clock.ladder)}
    reached = ((measures.instant_of(rung, promise, aim), rung) for rung in ladder.values())
    for at, rung in sorted(reached, key=lambda each: each[0]):
        yield RungShown(rung=rung.at, at=at, tell=rung.tell)
