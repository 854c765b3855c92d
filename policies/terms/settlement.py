"""Settling terms: policy + contract + request -> the terms pinned into a ticket."""

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from policies.business_time.durations import Duration
from policies.business_time.zones import Transition, find_zone, pin_zone
from policies.coverage import evaluation, expressions
from policies.coverage.stated_facts import KnownFacts
from policies.coverage.verdict import Decision, Verdict
from policies.i18n.locales import words_in
from policies.schema.contract import Contract, Publication
from policies.schema.coverage import CoverageRule
from policies.schema.policy import Labelled, NoticeRule, SupportPolicy
from policies.schema.request import TicketFacts
from policies.schema.tables import FACTS, Dimension, Table
from policies.terms.admission import applies_to, check_admitted
from policies.terms.clock_terms import calendars_of, clock_terms
from policies.terms.known_facts import ACTIVE_PUBLICATION, DESIGNATED_CONTACT, known_facts
from policies.terms.model.calendar import PinnedCalendar
from policies.terms.model.clock import ClockTerms
from policies.terms.model.notice import NoticeTerms
from policies.terms.model.reason import ReasonTerms
from policies.terms.model.ticket_terms import Terms
from policies.terms.overrides import apply_overrides
from policies.terms.pinned_calendar import YEARS_PINNED
from policies.terms.process_terms import idle_terms, process_terms
from policies.terms.recipients import recipient, recipients
from policies.terms.variants import FactRows, Variants, first_year, has_facts
from policies.vocabulary import ACCOUNT_EVENTS, EventType


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
    stated = _ticket_values(policy, contract, ticket)
    locales = (contract.locale or policy.locale, policy.locale)
    locale = locales[0]
    known = known_facts(policy, stated.get(Dimension.KIND), locales)
    rows = FactRows.of(policy, _of_contract(contract, known), ticket.facts)
    variants = Variants(policy, stated, rows, received_at)
    values, hours = variants.now
    check_admitted(policy, values, known, ticket.facts, by_any_channel=by_any_channel)
    process = process_terms(policy, values.get(Dimension.PLAN), locales)
    process = process.model_copy(update=idle_terms(policy.process.idle, variants))
    clocks = tuple(
        clock_terms(name, rule, policy.support_hours, variants, locales, process.levels)
        for name, rule in policy.clocks.items()
    )
    desk = _desk_hours(policy, variants)
    names = (hours, *_calendars_in(desk), *calendars_of(clocks))
    calendars = {name: variants.pinned(name) for name in dict.fromkeys(names) if name}
    zone = contract.zone or (calendars[hours].zone if hours else "UTC")
    received_on = received_at.astimezone(find_zone(zone)).date().isoformat()
    facts = _facts(stated, contract, known, ticket) | {expressions.RECEIVED_ON: received_on}
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
        credited=tuple(_credited(policy, values.get(Dimension.PLAN))),
        measured=tuple(dict.fromkeys(level.clock for level in policy.service_levels.values())),
        claim_within=_claim_within(policy),
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
        **{str(d): value for d, value in stated.items()},
        priorities=tuple(policy.priorities),
        calendars={name: calendars[name] for name in policy.calendars if name in calendars},
        support_hours=hours,
        promised_by=variants.facts,
        **desk,
        clocks=clocks,
        notices=tuple(
            notice
            for rule in policy.notices
            if rule.event not in ACCOUNT_EVENTS and applies_to(rule, values)
            for notice in _by_facts(rule, values, variants.facts)
        ),
        contacts=recipients(policy, contract, zone, locale, _publication(contract, ticket))
        | {"requester": recipient(ticket.requester, zone, locale)},
        **_unassigned(policy, variants),
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
    """The terms of a notice, without its facts."""
    return NoticeTerms(
        event=rule.event, tell=rule.tell, template=rule.template, priorities=rule.priorities
    )


def _by_facts(
    rule: NoticeRule, values: Mapping[str, str], changing: Container[str]
) -> Iterator[NoticeTerms]:
    """The terms of a notice with the facts that may change, unless another fact excludes it."""
    fixed = {name: rows for name, rows in rule.facts.items() if name not in changing}
    if all(values.get(FACTS + name) in rows for name, rows in fixed.items()):
        open_facts = {name: rows for name, rows in rule.facts.items() if name in changing}
        yield notice_terms(rule).model_copy(update={"facts": open_facts})


def _desk_hours(policy: SupportPolicy, variants: Variants) -> dict[str, Any]:
    """The support hours of other priorities, or of all priorities and facts."""
    by, hours = variants.open_in(policy.support_hours), variants.now.hours
    if has_facts(by):
        cells = variants.tabulate(by, lambda variant: variant.hours)
        return {"hours": Table[str](by=by, cells=cells)}
    return {
        "hours_by_priority": {
            priority: variant.hours
            for priority, variant in variants.by_priority.items()
            if priority and variant.hours and variant.hours != hours
        }
    }


def _unassigned(policy: SupportPolicy, variants: Variants) -> dict[str, Any]:
    """Who has tickets without an assignee, as fields of the terms."""
    name, table = variants.choice(policy.unassigned)
    return {"unassigned": name, "unassigned_by": Table[str](**table) if table else None}


def _calendars_in(desk: Mapping[str, Any]) -> tuple[str, ...]:
    table = desk.get("hours")
    return tuple((table.cells if table else desk["hours_by_priority"]).values())


def _own_offsets(
    zone: str, desk: PinnedCalendar | None, received_at: datetime
) -> tuple[Transition, ...]:
    """The offsets of the account's zone, unless it is that of the support hours."""
    if zone == (desk.zone if desk else "UTC"):
        return ()
    year = first_year(received_at)
    return pin_zone(zone, year, year + YEARS_PINNED - 1).transitions


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


def _credited(policy: SupportPolicy, plan: str | None) -> Iterable[str]:
    """The clocks whose lateness earns credits under a plan."""
    credits = policy.remedies.credits
    return dict.fromkeys(rule.clock for rule in credits if rule.clock and rule.is_for(plan))


def _claim_within(policy: SupportPolicy) -> Duration | None:
    """The time limit for claims, if it is business time, which a ticket counts."""
    within = policy.remedies.claim_within
    return within if within is not None and not within.is_elapsed else None


def _refusals(policy: SupportPolicy) -> list[CoverageRule]:
    return [rule for rule in policy.coverage if rule.closed_as]


def _ticket_values(
    policy: SupportPolicy, contract: Contract, ticket: TicketFacts
) -> dict[str, str]:
    stated = {
        Dimension.PLAN: contract.plan,
        Dimension.REGION: contract.region,
        Dimension.KIND: ticket.kind,
        Dimension.PRIORITY: ticket.priority,
        Dimension.CHANNEL: ticket.channel,
    }
    values = {d: v if v is not None else policy.defaults.get(d) for d, v in stated.items()}
    return {d: v for d, v in values.items() if v is not None}


def _facts(
    values: Mapping[str, str], contract: Contract, known: KnownFacts, ticket: TicketFacts
) -> dict[str, JsonValue]:
    facts: dict[str, JsonValue] = dict(ticket.facts)
    facts.update(_of_contract(contract, known))
    facts[ACTIVE_PUBLICATION] = _has_active_publication(contract, ticket)
    facts[DESIGNATED_CONTACT] = contract.is_designated(ticket.requester.email)
    facts.update({str(d): v for d, v in values.items()})
    return facts


def _of_contract(contract: Contract, known: KnownFacts) -> dict[str, JsonValue]:
    """The facts of the contract. A wrong value counts as missing: the desk is told, and no verdict
    rests on it.
    """
    return {name: value for name, value in contract.facts.items() if known.accepts(name, value)}


def _publication(contract: Contract, ticket: TicketFacts) -> Publication | None:
    return contract.publication_of(ticket.publication, ticket.requester.email)


def _has_active_publication(contract: Contract, ticket: TicketFacts) -> bool:
    """Whether the requester belongs to an active publication, the named one if one is named."""
    return any(
        publication.active and publication.has_user(ticket.requester.email)
        for publication in contract.publications
        if ticket.publication in (None, publication.name)
    )
