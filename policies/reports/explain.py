"""Explanations of due times: the days counted, the days skipped, and the clauses.

The terms come from `settle` and the due time from `ClockTimeBase`, as for a ticket opened at that
time, so an explanation and the timer of a ticket always agree.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pydantic import JsonValue

from policies.business_time.calendar import BusinessTimeError
from policies.documents.paths import steps_of
from policies.documents.problems import Path
from policies.documents.suggestions import one_of
from policies.i18n.locales import words_in
from policies.reports.account_explanation import (
    AccountExplanation,
    explain_account,
    explain_claims,
)
from policies.reports.change_explanation import LaterValue, explain_changes
from policies.reports.clock_explanation import (
    ClockExplanation,
    ExplainedCalendar,
    ExplainedNotice,
    ExplainedOverride,
    ExplainedReading,
    ExplanationPart,
)
from policies.reports.due_time_explanation import explain_due_time
from policies.reports.notice_explanation import explain_notices
from policies.reports.remedy_explanation import explain_remedies
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester, TicketFacts
from policies.schema.tables import Dimension, Table
from policies.terms.admission import RequestRefused
from policies.terms.model.calendar import PinnedCalendar
from policies.terms.model.clock import ClockTerms
from policies.terms.model.promise import PromiseTerms
from policies.terms.model.table_rows import NO_FACTS
from policies.terms.model.ticket_terms import Terms
from policies.terms.overrides import apply_overrides
from policies.terms.settlement import settle
from policies.vocabulary import Received

ANYBODY = Requester(name="Anybody", email="anybody@example.org")


class Given(NamedTuple):
    """The values of a request that are given; None for those to assume."""

    plan: str | None
    priority: str | None
    kind: str | None
    region: str | None
    channel: str | None
    facts: Mapping[str, JsonValue]


__all__ = ["ClockExplanation", "UnknownClock", "explain", "explain_all", "zones"]


class PolicyExplanation(ExplanationPart):
    """All clocks as if they started at one time, the notices that depend on facts, and what the
    account is promised besides.
    """

    clocks: tuple[ClockExplanation, ...]
    notices: tuple[ExplainedNotice, ...]
    account: AccountExplanation


class UnknownClock(LookupError):
    """The policy has no clock with this name; the message lists its clocks."""


def explain(  # noqa: PLR0913, PLR0917 - a request, in its parts
    policy: SupportPolicy,
    clock: str,
    at: datetime,
    plan: str | None = None,
    priority: str | None = None,
    kind: str | None = None,
    region: str | None = None,
    contract: Contract | None = None,
    channel: str | None = None,
    changes: Sequence[LaterValue] = (),
    facts: Mapping[str, JsonValue] = NO_FACTS,
) -> ClockExplanation:
    """The explanation of one clock, for a request that is received at `at` and starts it.

    The plan and region are those of the contract unless given; its overrides apply. Values that are
    not given are assumed: the defaults of the policy, and the first channel that accepts the
    request. The explanation lists them, and the effect of `changes` of priority and facts. Raises
    UnknownClock, UnknownPriority, RequestRefused (with every missing or
    unknown value and its choices), OverridesRefused, BusinessTimeError.
    """
    contract = _contract(policy, contract, plan, region)
    rules = apply_overrides(policy, contract.overrides).policy
    if clock not in rules.clocks:
        raise UnknownClock(f'{rules.policy} has no clock "{clock}"; {one_of(clock, rules.clocks)}')
    start = _utc(at)
    given = Given(contract.plan, priority, kind, contract.region, channel, facts)
    terms = _terms(policy, contract, start, given)
    explained = _explanation(rules, terms, contract, terms.clock(clock), start, given)
    effects = explain_changes(terms, terms.clock(clock), start, changes)
    return explained.model_copy(update={"changes": tuple(effects)})


def explain_all(
    policy: SupportPolicy,
    at: datetime,
    contract: Contract | None = None,
    facts: Mapping[str, JsonValue] = NO_FACTS,
    **request: str | None,
) -> PolicyExplanation:
    """The explanations of all clocks of the policy, each started at `at`, and of the rest of it.
    `request` has the values of `explain` by name.
    """
    contract = _contract(policy, contract, request.get("plan"), request.get("region"))
    rules = apply_overrides(policy, contract.overrides).policy
    start = _utc(at)
    others = {name: request.get(name) for name in ("priority", "kind", "channel")}
    given = Given(plan=contract.plan, region=contract.region, facts=facts, **others)
    terms = _terms(policy, contract, start, given)
    return PolicyExplanation(
        clocks=tuple(
            _explanation(rules, terms, contract, clock, start, given) for clock in terms.clocks
        ),
        notices=tuple(explain_notices(rules, terms, contract.facts)),
        account=explain_account(rules, contract, start),
    )


def zones(policy: SupportPolicy) -> tuple[str, ...]:
    """The zones of a policy's calendars, that of the support hours first."""
    hours = policy.support_hours
    names = [hours] if isinstance(hours, str) else []
    return tuple(dict.fromkeys(policy.calendars[n].zone for n in (*names, *policy.calendars)))


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise BusinessTimeError(f"{at.isoformat()} has no time zone; pass an aware datetime")
    return at.astimezone(UTC)


def _contract(
    policy: SupportPolicy, contract: Contract | None, plan: str | None, region: str | None
) -> Contract:
    """The given contract, or one without any content, with this plan and region."""
    base = contract or Contract(account="anybody", name="Anybody", policy=policy.policy)
    given = {"plan": plan, "region": region}
    return base.model_copy(update={name: value for name, value in given.items() if value})


def _terms(policy: SupportPolicy, contract: Contract, at: datetime, given: Given) -> Terms:
    """The terms of a request with these values: by its channel, or the first that accepts it."""
    values = {"priority": given.priority, "kind": given.kind, "channel": given.channel}
    stated = {**_without_none(values), "facts": dict(given.facts)}
    if "channel" in stated:
        return settle(policy, contract, TicketFacts(requester=ANYBODY, **stated), at)
    channels = list(dict.fromkeys(c for rule in policy.channels for c in rule.channels))
    refused: RequestRefused | None = None
    for channel in channels or ["email"]:
        ticket = TicketFacts(requester=ANYBODY, channel=channel, **stated)
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


def _without_none(values: Mapping[str, str | None]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _explanation(
    policy: SupportPolicy,
    terms: Terms,
    contract: Contract,
    clock: ClockTerms,
    at: datetime,
    given: Given,
) -> ClockExplanation:
    promise = clock.promise(terms.priority, terms.rows_of({}))
    request = _request(policy, terms, given)
    is_counted = promise.within is not None and not promise.within.is_elapsed
    calendar = terms.calendar_of(clock, promise) if is_counted else None
    desk = calendar or terms.desk_calendar
    clause = promise.clause or clock.clause
    clauses = {clause, clock.clause, *policy.clocks[clock.name].see}
    clauses |= {calendar.clause} if calendar else set()
    remedies = tuple(explain_remedies(policy, clock.name, terms.priority, terms.plan))
    events = (*clock.starts, *clock.stops)
    return ClockExplanation(
        policy=policy.policy,
        title=words_in(policy.title, policy.locale, policy.locale),
        revision=policy.revision,
        clock=clock.name,
        promised=clock.promised,
        clause=clause,
        says=words_in(policy.clauses[clause].says, policy.locale, policy.locale),
        request=request,
        facts=terms.rows_of({}),
        assumed={name: value for name, value in request.items() if getattr(given, name) is None},
        received=_received(terms, at),
        target=str(promise.within) if promise.within else None,
        guarantee=_guarantee(promise),
        calendar=_explained_calendar(calendar) if calendar else None,
        zone=desk.zone if desk else "UTC",
        starts_at=at,
        cut_off=clock.cut_off,
        pauses=clock.pauses,
        on_expiry=clock.on_expiry,
        readings=tuple(
            ExplainedReading(clause=r.clause, reading=r.reading)
            for r in policy.readings
            if r.clause in clauses
        ),
        overrides=tuple(_overrides(terms, clock)),
        remedies=remedies,
        claims=explain_claims(policy, contract, at) if remedies else None,
        notices=tuple(explain_notices(policy, terms, contract.facts, events)),
        **explain_due_time(terms, clock, promise, at, calendar),
    )


def _overrides(terms: Terms, clock: ClockTerms) -> Iterator[ExplainedOverride]:
    """The overrides of the clock, of its calendar, and of the support hours if it uses them."""
    own = clock.promise(terms.priority, terms.rows_of({})).calendar
    calendar = own or clock.calendar or terms.support_hours
    relevant: list[Path] = [("clocks", clock.name)]
    relevant += [("calendars", calendar)] if calendar else []
    relevant += [] if clock.calendar else [("support_hours",)]
    for override in terms.overrides:
        steps = steps_of(override.path)
        if any(steps[: len(part)] == part for part in relevant):
            yield ExplainedOverride(**dict(override))


def _request(policy: SupportPolicy, terms: Terms, given: Given) -> dict[str, str]:
    """The values of the request; its channel if it was given or decides the value of a table."""
    clocks = policy.clocks.values()
    choices = (policy.support_hours, *(part for c in clocks for part in (c.within, c.calendar)))
    decides = any(isinstance(t, Table) and Dimension.CHANNEL in t.by for t in choices)
    names = ["plan", "priority", "kind", "region"]
    names += ["channel"] if given.channel or decides else []
    return _without_none({name: getattr(terms, name) for name in names})


def _received(terms: Terms, at: datetime) -> Received | None:
    desk = terms.desk_calendar
    if desk is None:
        return None
    return Received.INSIDE_HOURS if desk.calendar.is_open(at) else Received.OUTSIDE_HOURS


def _guarantee(promise: PromiseTerms) -> str | None:
    if promise.guarantee is None:
        return None
    return promise.says or f"no time is promised: {promise.guarantee.replace('_', ' ')}"


def _explained_calendar(calendar: PinnedCalendar) -> ExplainedCalendar:
    return ExplainedCalendar(name=calendar.name, zone=calendar.zone, clause=calendar.clause)
