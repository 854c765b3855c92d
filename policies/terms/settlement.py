"""Settling terms: policy + contract + request -> the terms pinned into a ticket."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from pydantic import JsonValue

from policies.business_time.zones import Transition, find_zone, pin_zone
from policies.coverage import evaluation, expressions
from policies.coverage.stated_facts import KnownFacts
from policies.coverage.verdict import Decision, Verdict
from policies.i18n.locales import words_in
from policies.schema.contract import Contract, Publication
from policies.schema.coverage import CoverageRule
from policies.schema.policy import Labelled, NoticeRule, SupportPolicy
from policies.schema.request import TicketFacts
from policies.schema.tables import Dimension
from policies.terms.admission import applies_to, check_admitted
from policies.terms.clock_terms import Variant, calendars_of, clock_terms, select
from policies.terms.known_facts import ACTIVE_PUBLICATION, DESIGNATED_CONTACT, known_facts
from policies.terms.overrides import apply_overrides
from policies.terms.pinned_calendar import YEARS_PINNED, pin_calendar
from policies.terms.process_terms import process_terms
from policies.terms.recipients import recipient, recipients
from policies.terms.ticket_terms import (
    ClockTerms,
    NoticeTerms,
    PinnedCalendar,
    ReasonTerms,
    Terms,
)
from policies.vocabulary import ACCOUNT_EVENTS, EventType, Received


def settle(
    policy: SupportPolicy,
    contract: Contract,
    ticket: TicketFacts,
    received_at: datetime,
    *,
    by_any_channel: bool = False,
) -> Terms:
    """The terms of a ticket received at this UTC time.

    RequestRefused if the policy does not accept the request, OverridesRefused if the overrides of
    the contract do not fit the policy.
    """
    effective = apply_overrides(policy, contract.overrides)
    policy = effective.policy
    values = _ticket_values(policy, contract, ticket)
    variants = _variants(policy, values, received_at)
    values, hours = variants[None]
    locales = (contract.locale or policy.locale, policy.locale)
    locale = locales[0]
    known = known_facts(policy, values.get(Dimension.KIND), locales)
    check_admitted(policy, values, known, ticket.facts, by_any_channel=by_any_channel)
    process = process_terms(policy, values.get(Dimension.PLAN), locales)
    clocks = tuple(
        clock_terms(name, rule, variants, locales, process.levels)
        for name, rule in policy.clocks.items()
    )
    names = [variant.hours for variant in variants.values()]
    calendars = _pinned_calendars(policy, (*names, *calendars_of(clocks)), received_at)
    zone = contract.zone or (calendars[hours].zone if hours else "UTC")
    received_on = received_at.astimezone(find_zone(zone)).date().isoformat()
    facts = _facts(values, contract, known, ticket) | {expressions.RECEIVED_ON: received_on}
    verdict = evaluation.verdict(policy, facts, locale)
    return Terms(
        policy=policy.policy,
        title=known.title,
        revision=policy.revision,
        account=contract.account,
        account_name=contract.name,
        locale=locale,
        zone=zone,
        offsets=_own_offsets(zone, calendars[hours] if hours else None, received_at),
        verdict=verdict,
        credited=tuple(dict.fromkeys(c.clock for c in policy.remedies.credits if c.clock)),
        facts=dict(known.facts),
        # Of all facts that can be asked for: an answer may raise the next question.
        asks={
            name: ask
            for name, ask in known.asks.items()
            if known.facts[name].given_by == "request" or name in verdict.missing
        },
        choices=dict(known.labels),
        headings=_headings(policy, clocks),
        labels=_labels(policy, locales),
        **{str(d): values[d] for d in values if d is not Dimension.RECEIVED},
        priorities=tuple(policy.priorities),
        calendars={name: calendars[name] for name in policy.calendars if name in calendars},
        support_hours=hours,
        hours_by_priority={
            priority: variant.hours
            for priority, variant in variants.items()
            if priority and variant.hours and variant.hours != hours
        },
        clocks=clocks,
        notices=tuple(
            notice_terms(rule)
            for rule in policy.notices
            if rule.event not in ACCOUNT_EVENTS and applies_to(rule, values)
        ),
        contacts=recipients(policy, contract, zone, locale, _publication(contract, ticket))
        | {"requester": recipient(ticket.requester, zone, locale)},
        unassigned=policy.unassigned,
        process=process,
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
        overrides=effective.overrides,
    )


def unsettled_terms(account: str, ticket: TicketFacts, received_at: datetime) -> Terms:
    """Provisional terms for a ticket whose contract cannot be read. The only notice is to the
    requester, if the ticket is closed.
    """
    requester = recipient(ticket.requester, "UTC", "en")
    closing = NoticeTerms(event=EventType.CLOSED, tell=("requester",))
    return Terms(
        policy="",
        title="Support",
        revision=received_at.date(),
        account=account,
        account_name=account,
        locale=requester.locale,
        zone=requester.zone,
        verdict=Verdict(decision=Decision.COVERED),
        kind=ticket.kind,
        priority=ticket.priority,
        channel=ticket.channel,
        contacts={"requester": requester},
        notices=(closing,),
        is_settled=False,
    )


def notice_terms(rule: NoticeRule) -> NoticeTerms:
    """The terms of a notice."""
    return NoticeTerms(
        event=rule.event, tell=rule.tell, template=rule.template, priorities=rule.priorities
    )


def _pinned_calendars(
    policy: SupportPolicy, names: Iterable[str | None], received_at: datetime
) -> dict[str, PinnedCalendar]:
    return {
        name: pin_calendar(name, policy.calendars[name], _first_year(received_at), policy.locale)
        for name in dict.fromkeys(names)
        if name
    }


def _own_offsets(
    zone: str, desk: PinnedCalendar | None, received_at: datetime
) -> tuple[Transition, ...]:
    """The offsets of the account's zone, unless it is that of the support hours."""
    if zone == (desk.zone if desk else "UTC"):
        return ()
    year = _first_year(received_at)
    return pin_zone(zone, year, year + YEARS_PINNED - 1).transitions


def _first_year(received_at: datetime) -> int:
    # On 1 January in UTC, it may still be 31 December in the zone of a calendar.
    return (received_at - timedelta(days=1)).year


def _exclusions(policy: SupportPolicy, locale: str) -> dict[str, str]:
    """The text of each clause under which a request can be refused. If one coverage rule refuses
    under the clause, it is the text of the rule; if several do, that of the clause. It is empty if
    a reason has the same text.
    """
    refusals = _refusals(policy)
    return {
        rule.clause: _exclusion(policy, [r for r in refusals if r.clause == rule.clause], locale)
        for rule in refusals
    }


def _exclusion(policy: SupportPolicy, refusals: list[CoverageRule], locale: str) -> str:
    first, *others = refusals
    if others:
        return words_in(policy.clauses[first.clause].says, locale, policy.locale)
    return "" if first.id else words_in(first.says, locale, policy.locale)


def _headings(policy: SupportPolicy, clocks: Iterable[ClockTerms]) -> dict[str, str]:
    """Where the support page states each clause that notices cite: those on which a verdict can
    rest, and those of clocks.
    """
    verdicts = (clause for rule in policy.coverage for clause in (rule.clause, *rule.see))
    promises = (promise.clause for clock in clocks for promise in clock.promises.values())
    cited = dict.fromkeys((*verdicts, *(clock.clause for clock in clocks), *promises))
    return {clause: policy.clauses[clause].at for clause in cited if clause}


def _labels(policy: SupportPolicy, locales: tuple[str, str]) -> dict[str, dict[str, str]]:
    """The labels of names that notices may use later."""
    return {
        kind.value: {name: words_in(label, *locales) for name, label in policy.labels[kind].items()}
        for kind in (Labelled.PRIORITY, Labelled.REVIEW, Labelled.CLOCK)
        if kind in policy.labels
    }


def _refusals(policy: SupportPolicy) -> list[CoverageRule]:
    return [rule for rule in policy.coverage if rule.closed_as]


def _ticket_values(
    policy: SupportPolicy, contract: Contract, ticket: TicketFacts
) -> dict[Dimension, str]:
    stated = {
        Dimension.PLAN: contract.plan,
        Dimension.REGION: contract.region,
        Dimension.KIND: ticket.kind,
        Dimension.PRIORITY: ticket.priority,
        Dimension.CHANNEL: ticket.channel,
    }
    values = {d: v if v is not None else policy.defaults.get(d) for d, v in stated.items()}
    return {d: v for d, v in values.items() if v is not None}


def _variants(
    policy: SupportPolicy, values: dict[Dimension, str], received_at: datetime
) -> dict[str | None, Variant]:
    """The ticket as it is, under None, and with each priority that it may get later."""
    kinds = {None: values} | {p: values | {Dimension.PRIORITY: p} for p in policy.priorities}
    hours = {p: select(policy.support_hours, kind) for p, kind in kinds.items()}
    calendars = _pinned_calendars(policy, hours.values(), received_at)
    received = {
        name: Received.INSIDE_HOURS
        if pinned.calendar.is_open(received_at)
        else Received.OUTSIDE_HOURS
        for name, pinned in calendars.items()
    }
    return {
        priority: Variant(
            kind | ({Dimension.RECEIVED: received[name]} if (name := hours[priority]) else {}),
            hours[priority],
        )
        for priority, kind in kinds.items()
    }


def _facts(
    values: Mapping[Dimension, str], contract: Contract, known: KnownFacts, ticket: TicketFacts
) -> dict[str, JsonValue]:
    facts: dict[str, JsonValue] = dict(ticket.facts)
    # A wrong value in a contract counts as missing: the desk is told, and no verdict rests on it.
    facts.update({n: v for n, v in contract.facts.items() if known.accepts(n, v)})
    facts[ACTIVE_PUBLICATION] = _has_active_publication(contract, ticket)
    facts[DESIGNATED_CONTACT] = contract.is_designated(ticket.requester.email)
    facts.update({str(d): v for d, v in values.items()})
    return facts


def _publication(contract: Contract, ticket: TicketFacts) -> Publication | None:
    return contract.publication_of(ticket.publication, ticket.requester.email)


def _has_active_publication(contract: Contract, ticket: TicketFacts) -> bool:
    """Whether the requester belongs to an active publication, the named one if one is named."""
    return any(
        publication.active and publication.has_user(ticket.requester.email)
        for publication in contract.publications
        if ticket.publication in (None, publication.name)
    )
