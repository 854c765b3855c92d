"""Settling terms: policy + contract + what is known of a ticket -> the Terms it is opened under."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import holidays
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from policies import coverage
from policies.contract import Contact, Contract, EmailAddress, OneLine, Slug
from policies.durations import Duration
from policies.locales import words_in
from policies.schema import (
    CalendarRule,
    ChannelRule,
    ClockRule,
    NoGuarantee,
    ProcessRules,
    SupportPolicy,
)
from policies.tables import OTHERWISE, Dimension, Table
from policies.terms import (
    ClockTerms,
    ForecastTerms,
    NoticeTerms,
    PinnedCalendar,
    ProcessTerms,
    PromiseTerms,
    Recipient,
    RungTerms,
    Step,
    Terms,
)
from policies.vocabulary import Action, Received
from policies.weekdays import expand_weekdays
from policies.zones import pin_zone

YEARS_PINNED = 5
"""Calendar years, from the one of receipt, whose holiday dates and offsets are pinned."""


_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Requester(BaseModel):
    """Who asks for support."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: OneLine
    email: EmailAddress
    zone: str | None = None
    locale: str | None = None


class TicketFacts(BaseModel):
    """What is known of a ticket when it comes in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    requester: Requester
    channel: Slug
    kind: Slug | None = None
    priority: Slug | None = None
    publication: Slug | None = None
    facts: dict[str, JsonValue] = Field(default_factory=dict)


@dataclass(frozen=True)
class Objection:
    """One thing about a request that the policy does not admit."""

    field: str
    reason: str


class RequestRefused(ValueError):
    """The policy does not admit the request as it stands; `objections` has all reasons."""

    def __init__(self, objections: list[Objection]) -> None:
        super().__init__("; ".join(f"{o.field}: {o.reason}" for o in objections))
        self.objections = objections


def settle(
    policy: SupportPolicy, contract: Contract, ticket: TicketFacts, received_at: datetime
) -> Terms:
    """The terms a ticket received at this UTC instant is opened under; RequestRefused if none."""
    values = _values(policy, contract, ticket)
    objections = [
        *_unknown_values(policy, values),
        *_channel(policy, values),
        *_wrong_facts(policy, ticket.facts),
    ]
    if objections:
        raise RequestRefused(objections)
    calendars = {
        name: pin_calendar(name, rule, (received_at - timedelta(days=1)).year)
        for name, rule in policy.calendars.items()
    }
    hours = _choose(policy.support_hours, values)
    if hours:
        is_open = calendars[hours].calendar.is_open(received_at)
        values[Dimension.RECEIVED] = Received.INSIDE_HOURS if is_open else Received.OUTSIDE_HOURS
    locale = contract.locale or policy.locale
    tongues = (locale, policy.locale)
    clocks = tuple(_clock(n, r, values, tongues) for n, r in policy.clocks.items())
    zone = contract.zone or (calendars[hours].zone if hours else "UTC")
    return Terms(
        policy=policy.policy,
        title=policy.title,
        revision=policy.revision,
        account=contract.account,
        account_name=contract.name,
        locale=locale,
        zone=zone,
        verdict=coverage.verdict(policy, _facts(values, contract, ticket), locale),
        **{str(d): values[d] for d in values if d is not Dimension.RECEIVED},
        priorities=tuple(policy.priorities),
        calendars={n: c for n, c in calendars.items() if n in _calendars_used(clocks, hours)},
        support_hours=hours,
        clocks=clocks,
        notices=tuple(
            NoticeTerms(event=n.event, tell=n.tell, template=n.template, clause=n.clause)
            for n in policy.notices
        ),
        contacts=_contacts(policy, contract, ticket, zone, locale),
        unassigned=policy.unassigned,
        process=_process(policy.process),
        exclusions={r.clause: words_in(r.says, locale, policy.locale) for r in policy.coverage},
    )


def pin_calendar(name: str, rule: CalendarRule, year: int) -> PinnedCalendar:
    """A calendar with its holidays and offsets resolved for `YEARS_PINNED` years from this one."""
    years = range(year, year + YEARS_PINNED)
    special = {day.isoformat(): _windows(w) for day, w in rule.special_hours.items()}
    closed = closed_dates(rule, years)
    weekly = {
        day: _windows(windows)
        for days, windows in rule.hours.items()
        for day in expand_weekdays(days)
    }
    return PinnedCalendar(
        name=name,
        zone=rule.zone,
        offsets=tuple(pin_zone(rule.zone, years[0], years[-1]).transitions),
        weekly=weekly,
        closed={d.isoformat(): n for d, n in closed.items() if d.isoformat() not in special},
        special=special,
        clause=rule.clause,
    )


def closed_dates(rule: CalendarRule, years: range) -> dict[date, str]:
    """The dates on which a calendar is closed all day, with the names of the holidays."""
    closed: dict[date, str] = {}
    if rule.holidays.country:
        found = holidays.country_holidays(
            rule.holidays.country, subdiv=rule.holidays.subdivision, years=years
        )
        closed.update({day: found.get(day) or "" for day in found})
    closed.update({d: n for d, n in rule.holidays.also.items() if d.year in years})
    for day in rule.holidays.never:
        closed.pop(day, None)
    return dict(sorted(closed.items()))


def _windows(windows: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((w[:5], w[6:]) for w in windows)


def _values(policy: SupportPolicy, contract: Contract, ticket: TicketFacts) -> dict[Dimension, str]:
    given = {
        Dimension.PLAN: contract.plan,
        Dimension.REGION: contract.region,
        Dimension.KIND: ticket.kind,
        Dimension.PRIORITY: ticket.priority,
        Dimension.CHANNEL: ticket.channel,
    }
    known = {d: v if v is not None else policy.defaults.get(d) for d, v in given.items()}
    return {d: v for d, v in known.items() if v is not None}


def _unknown_values(policy: SupportPolicy, values: Mapping[Dimension, str]) -> Iterator[Objection]:
    declared = {
        Dimension.PLAN: policy.plans,
        Dimension.REGION: policy.regions,
        Dimension.KIND: policy.kinds,
        Dimension.PRIORITY: policy.priorities,
    }
    for dimension, slugs in declared.items():
        value = values.get(dimension)
        choices = ", ".join(slugs)
        if value is None and slugs:
            yield Objection(dimension, f"is needed; {policy.title} has {choices}")
        elif value is not None and value not in slugs:
            has = choices or "none"
            yield Objection(dimension, f"{value!r} is unknown; {policy.title} has {has}")


def _channel(policy: SupportPolicy, values: Mapping[Dimension, str]) -> Iterator[Objection]:
    if not policy.channels:
        return
    open_to_it = [rule for rule in policy.channels if _admits(rule, values)]
    channels = list(dict.fromkeys(c for rule in open_to_it for c in rule.channels))
    if values[Dimension.CHANNEL] not in channels:
        clauses = ", ".join(dict.fromkeys(rule.clause for rule in policy.channels))
        right = ", ".join(channels) or "none"
        yield Objection(
            "channel",
            f"{values[Dimension.CHANNEL]!r} is not a channel for this request; "
            f"{policy.title} takes it by {right} (clause {clauses})",
        )


def _admits(rule: ChannelRule, values: Mapping[Dimension, str]) -> bool:
    conditions = (
        (rule.plans, Dimension.PLAN),
        (rule.kinds, Dimension.KIND),
        (rule.priorities, Dimension.PRIORITY),
    )
    return all(not allowed or values.get(d) in allowed for allowed, d in conditions)


def _wrong_facts(policy: SupportPolicy, given: Mapping[str, JsonValue]) -> Iterator[Objection]:
    for name, value in given.items():
        rule = policy.facts.get(name)
        if rule is None:
            has = ", ".join(policy.facts) or "none"
            yield Objection(f"facts.{name}", f"is unknown; {policy.title} has {has}")
        elif not _is_of_type(value, rule.type):
            yield Objection(f"facts.{name}", f"{value!r} is no {rule.type}: {rule.ask}")


def _is_of_type(value: JsonValue, name: str) -> bool:
    if name == "bool" or isinstance(value, bool):
        return name == "bool" and isinstance(value, bool)
    if name == "date":
        return isinstance(value, str) and _ISO_DATE.fullmatch(value) is not None
    numbers = {"int": int, "double": int | float, "string": str}
    return isinstance(value, numbers[name])


def _choose(choice: Table[str] | str | None, values: Mapping[Dimension, str]) -> str | None:
    return choice.pick(values) if isinstance(choice, Table) else choice


def _clock(
    name: str, rule: ClockRule, values: Mapping[Dimension, str], tongues: tuple[str, str]
) -> ClockTerms:
    known = dict(values)
    known.pop(Dimension.PRIORITY, None)
    left = rule.within.narrow(known) if isinstance(rule.within, Table) else rule.within
    cells = left.cells if isinstance(left, Table) else {OTHERWISE: left}
    return ClockTerms(
        name=name,
        clause=rule.clause,
        starts=rule.starts,
        stops=rule.stops,
        cancels=rule.cancels,
        promises={key: _promise(cell, tongues) for key, cell in cells.items()},
        calendar=_choose(rule.calendar, values),
        pauses=rule.pauses,
        ladder=tuple(RungTerms(at=rung.at, tell=rung.tell) for rung in rule.ladder),
        reopening=rule.reopening,
        repeats=rule.repeats,
        promised=rule.promised,
    )


def _promise(cell: Any, tongues: tuple[str, str]) -> PromiseTerms:
    if isinstance(cell, Duration):
        return PromiseTerms(within=cell)
    if isinstance(cell, NoGuarantee):
        return PromiseTerms(guarantee=cell.guarantee, says=words_in(cell.says, *tongues))
    raise TypeError(f"no promise for this ticket: {cell!r}")


def _calendars_used(clocks: tuple[ClockTerms, ...], hours: str | None) -> set[str]:
    return {clock.calendar for clock in clocks if clock.calendar} | ({hours} if hours else set())


def _facts(
    values: Mapping[Dimension, str], contract: Contract, ticket: TicketFacts
) -> dict[str, JsonValue]:
    known: dict[str, JsonValue] = dict(ticket.facts)
    known["active_publication"] = has_active_publication(contract, ticket)
    known.update({str(d): v for d, v in values.items()})
    return known


def has_active_publication(contract: Contract, ticket: TicketFacts) -> bool:
    """Whether the requester belongs to an active publication, or to the named one if active."""
    return any(
        publication.active and publication.has_user(ticket.requester.email)
        for publication in contract.publications
        if ticket.publication in (None, publication.name)
    )


def _contacts(
    policy: SupportPolicy, contract: Contract, ticket: TicketFacts, zone: str, locale: str
) -> dict[str, Recipient]:
    everyone: dict[str, Contact | Requester] = {
        **policy.contacts,
        **contract.contacts,
        "requester": ticket.requester,
    }
    return {
        audience: Recipient(
            name=who.name, email=who.email, zone=who.zone or zone, locale=who.locale or locale
        )
        for audience, who in everyone.items()
    }


def _process(rules: ProcessRules) -> ProcessTerms:
    given: dict[str, Any] = {}
    clauses: dict[Action, str] = {}
    if rules.first_response:
        given["outcomes"] = rules.first_response.outcomes
        clauses[Action.RESPOND] = rules.first_response.clause
    if rules.escalation:
        given["escalate_by"] = rules.escalation.by
        given["told_before_conclusion"] = rules.escalation.told_before_conclusion
        clauses[Action.ESCALATE] = rules.escalation.clause
        clauses[Action.CONCLUDE_TRIAGE] = rules.escalation.clause
    if rules.triage:
        given["checklist"] = tuple(Step(id=s.id, does=s.does) for s in rules.triage.checklist)
        clauses[Action.RECORD_FINDING] = rules.triage.clause
    if rules.handoff:
        given["automatic_handoff"] = rules.handoff.automatic
        clauses[Action.HAND_OVER] = rules.handoff.clause
    if rules.forecast:
        given["forecast"] = ForecastTerms(**dict(rules.forecast))
        clauses[Action.SHARE_FORECAST] = rules.forecast.clause
        clauses[Action.RECORD_REVIEW] = rules.forecast.clause
    if rules.closing:
        given["closing_after"] = rules.closing.after
        clauses[Action.CLOSE] = rules.closing.clause
    if rules.assignment:
        given["keep_assigned"] = rules.assignment.keep_assigned
        clauses[Action.ASSIGN] = rules.assignment.clause
    return ProcessTerms(**given, clauses=clauses)
