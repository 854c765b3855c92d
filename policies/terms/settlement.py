"""Settling terms: policy + contract + what is known of a ticket -> the Terms it is opened under."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import JsonValue

from policies.business_time.zones import find_zone
from policies.coverage import evaluation, expressions
from policies.coverage.verdict import Decision, Verdict
from policies.i18n.locales import words_in
from policies.schema.clocks import ClockRule, NoGuarantee, Rung, Within, length_of
from policies.schema.contract import Contract
from policies.schema.coverage import CoverageRule
from policies.schema.policy import Labelled, NoticeRule, SupportPolicy
from policies.schema.request import TicketFacts
from policies.schema.tables import OTHERWISE, Dimension, Table
from policies.terms.admission import admits, check_admitted
from policies.terms.overrides import apply_overrides
from policies.terms.pinned_calendar import pin_calendar
from policies.terms.process_terms import process_terms
from policies.terms.recipients import recipient, recipients
from policies.terms.ticket_terms import (
    ClockTerms,
    NoticeTerms,
    PinnedCalendar,
    PromiseTerms,
    ReasonTerms,
    RungTerms,
    Terms,
)
from policies.vocabulary import ACCOUNT_EVENTS, EventType, Received


def settle(
    policy: SupportPolicy, contract: Contract, ticket: TicketFacts, received_at: datetime
) -> Terms:
    """The terms a ticket received at this UTC instant is opened under; RequestRefused if none.

    What the contract overrides holds for it; OverridesRefused when that does not fit the policy.
    """
    agreement = apply_overrides(policy, contract.overrides)
    policy = agreement.policy
    values = _values(policy, contract, ticket)
    hours = _choose(policy.support_hours, values)
    calendars = _pinned(policy, (hours,), received_at)
    if hours:
        is_open = calendars[hours].calendar.is_open(received_at)
        values[Dimension.RECEIVED] = Received.INSIDE_HOURS if is_open else Received.OUTSIDE_HOURS
    locales = (contract.locale or policy.locale, policy.locale)
    locale = locales[0]
    check_admitted(policy, values, ticket.facts, locale)
    clocks = tuple(_clock(n, r, values, locales) for n, r in policy.clocks.items())
    calendars |= _pinned(policy, [c.calendar for c in clocks if c.calendar != hours], received_at)
    zone = contract.zone or (calendars[hours].zone if hours else "UTC")
    facts = _facts(values, contract, ticket) | {expressions.RECEIVED_ON: _day(received_at, zone)}
    verdict = evaluation.verdict(policy, facts, locale)
    return Terms(
        policy=policy.policy,
        title=policy.title,
        revision=policy.revision,
        account=contract.account,
        account_name=contract.name,
        locale=locale,
        zone=zone,
        verdict=verdict,
        credited=tuple(dict.fromkeys(c.clock for c in policy.remedies.credits if c.clock)),
        asks={
            name: words_in(policy.facts[name].ask, *locales)
            for name in verdict.missing
            if name in policy.facts
        },
        labels=_labels(policy, locales),
        **{str(d): values[d] for d in values if d is not Dimension.RECEIVED},
        priorities=tuple(policy.priorities),
        calendars={name: calendars[name] for name in policy.calendars if name in calendars},
        support_hours=hours,
        clocks=clocks,
        notices=tuple(
            notice_terms(rule)
            for rule in policy.notices
            if rule.event not in ACCOUNT_EVENTS and admits(rule, values)
        ),
        contacts=recipients(policy, contract, zone, locale)
        | {"requester": recipient(ticket.requester, zone, locale)},
        unassigned=policy.unassigned,
        process=process_terms(policy.process, values.get(Dimension.PLAN), locales),
        exclusions=_exclusions(policy, locale),
        reasons={
            rule.id: ReasonTerms(
                clause=rule.clause,
                says=words_in(rule.says, *locales),
                closed_as=rule.closed_as,
                refers_to=rule.refers_to,
            )
            for rule in _refusals(policy)
            if rule.id and rule.closed_as
        },
        overrides=agreement.overrides,
    )


def unsettled_terms(account: str, ticket: TicketFacts, received_at: datetime) -> Terms:
    """What holds for a ticket while nobody can say which contract it is under: it is received,
    and its requester hears of it should it have to be turned down.
    """
    asker = recipient(ticket.requester, "UTC", "en")
    closing = NoticeTerms(event=EventType.CLOSED, tell=("requester",), clause="")
    return Terms(
        policy="",
        title="Support",
        revision=received_at.date(),
        account=account,
        account_name=account,
        locale=asker.locale,
        zone=asker.zone,
        verdict=Verdict(decision=Decision.COVERED),
        kind=ticket.kind,
        priority=ticket.priority,
        channel=ticket.channel,
        contacts={"requester": asker},
        notices=(closing,),
        is_settled=False,
    )


def notice_terms(rule: NoticeRule) -> NoticeTerms:
    """A notice as it is pinned, for whoever it is admitted to."""
    return NoticeTerms(
        event=rule.event,
        tell=rule.tell,
        template=rule.template,
        clause=rule.clause,
        priorities=rule.priorities,
    )


def _pinned(
    policy: SupportPolicy, names: Iterable[str | None], received_at: datetime
) -> dict[str, PinnedCalendar]:
    year = (received_at - timedelta(days=1)).year
    return {
        name: pin_calendar(name, policy.calendars[name], year, policy.locale)
        for name in dict.fromkeys(names)
        if name
    }


def _day(at: datetime, zone: str) -> str:
    return at.astimezone(find_zone(zone)).date().isoformat()


def _exclusions(policy: SupportPolicy, locale: str) -> dict[str, str]:
    """What each clause on which a request can be turned down says."""
    clauses = [rule.clause for rule in _refusals(policy)]
    return {
        rule.clause: words_in(rule.says, locale, policy.locale)
        if clauses.count(rule.clause) == 1
        else words_in(policy.clauses[rule.clause].says, locale, policy.locale)
        for rule in _refusals(policy)
    }


def _labels(policy: SupportPolicy, locales: tuple[str, str]) -> dict[str, dict[str, str]]:
    """What people are shown for the names a ticket may take on, or is told of, later."""
    return {
        noun.value: {name: words_in(label, *locales) for name, label in policy.labels[noun].items()}
        for noun in (Labelled.PRIORITY, Labelled.REVIEW, Labelled.CLOCK)
        if noun in policy.labels
    }


def _refusals(policy: SupportPolicy) -> list[CoverageRule]:
    return [rule for rule in policy.coverage if rule.closed_as]


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


def _choose(choice: Table[str] | str | None, values: Mapping[Dimension, str]) -> str | None:
    return choice.pick(values) if isinstance(choice, Table) else choice


def _clock(
    name: str, rule: ClockRule, values: Mapping[Dimension, str], locales: tuple[str, str]
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
        promises={key: _promise(cell, locales) for key, cell in cells.items()},
        calendar=_choose(rule.calendar, values),
        pauses=rule.pauses,
        ladder=tuple(_rung(rung) for rung in rule.ladder),
        reopening=rule.reopening,
        repeats=rule.repeats,
        promised=rule.promised,
        reminds=rule.reminds,
        announced=rule.announced,
    )


def _rung(rung: Rung) -> RungTerms:
    return RungTerms(
        at=rung.at, tell=rung.tell, template=rung.template, raises_level=rung.raises_level
    )


def _promise(cell: Any, locales: tuple[str, str]) -> PromiseTerms:
    if isinstance(cell, NoGuarantee):
        return PromiseTerms(
            guarantee=cell.guarantee, says=words_in(cell.says, *locales), clause=cell.clause
        )
    length = length_of(cell)
    if length is None:
        raise TypeError(f"no promise for this ticket: {cell!r}")
    return PromiseTerms(within=length, clause=cell.clause if isinstance(cell, Within) else None)


def _facts(
    values: Mapping[Dimension, str], contract: Contract, ticket: TicketFacts
) -> dict[str, JsonValue]:
    known: dict[str, JsonValue] = dict(ticket.facts)
    known.update(contract.facts)
    known["active_publication"] = has_active_publication(contract, ticket)
    known["designated_contact"] = contract.is_designated(ticket.requester.email)
    known.update({str(d): v for d, v in values.items()})
    return known


def has_active_publication(contract: Contract, ticket: TicketFacts) -> bool:
    """Whether the requester belongs to an active publication, or to the named one if active."""
    return any(
        publication.active and publication.has_user(ticket.requester.email)
        for publication in contract.publications
        if ticket.publication in (None, publication.name)
    )
