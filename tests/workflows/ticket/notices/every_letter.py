"""Every notice that a policy can send about a ticket, composed from data with the policy's own ids.

The events are made up; terms, selection of recipients and facts are those of the product.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue

from activities.notices import Notice
from policies.schema.contract import Contract
from policies.schema.events import milestone_of
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle
from policies.terms.ticket_terms import RungTerms, Terms
from policies.vocabulary import INTERNAL_EVENTS, EventType, Stage
from tests.activities.rendering.sample_notices import FULL_FACTS, NUMBER
from tests.harness import AGENT, SERVICE
from workflows.ticket.model.clock import BREACH, Clock
from workflows.ticket.model.fields import Assignee
from workflows.ticket.model.messages import Event, Opening
from workflows.ticket.model.ticket_clocks import EventBatch
from workflows.ticket.process.outbox import REFERRED
from workflows.ticket.process.rung_event import rung_event, rung_template
from workflows.ticket.process.ticket import Ticket

AT = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
MANDATORY = {
    EventType.LEVEL_RAISED: "assignee",
    EventType.VERDICT_OVERRIDDEN: "requester",
    EventType.CONTRACT_INCOMPLETE: "assignee",
    EventType.OBJECTIONS_FOUND: "assignee",
    EventType.TICKET_IDLE: "assignee",
}
"""Events that a ticket announces without a rule of the policy, and one audience of each."""


def letters(policy: SupportPolicy, locale: str) -> Iterator[Notice]:
    """Every notice of the policy for an account with this locale: for each plan, kind and priority,
    of every rule, every rung and every event that needs no rule.
    """
    for plan in policy.plans or [None]:
        for kind in policy.kinds or [None]:
            for priority in policy.priorities or [None]:
                yield from _letters(_ticket(policy, locale, plan, kind, priority))


def ids_of(policy: SupportPolicy) -> set[str]:
    """The ids of the policy and of the vocabulary that no reader can take for words."""
    process = policy.process
    steps = process.triage.checklist if process.triage else ()
    names: list[str] = [*policy.clauses, *policy.plans, *policy.regions, *policy.kinds]
    names += [*policy.priorities, *policy.clocks, *policy.contacts, *policy.facts, *Stage]
    names += [*EventType, *(rule.id or "" for rule in policy.coverage)]
    names += [step.id for step in steps] + [*policy.milestones]
    names += [choice for fact in policy.facts.values() for choice in fact.choices]
    return {name for name in names if "_" in name or "-" in name}


def _ticket(
    policy: SupportPolicy, locale: str, plan: str | None, kind: str | None, priority: str | None
) -> Ticket:
    contract = Contract(
        account="acme",
        name="Acme Média",
        policy=policy.policy,
        plan=plan,
        region=next(iter(policy.regions), None),
        locale=locale,
    )
    requester = Requester(name="Élise Chen", email="elise@acme.example")
    facts = TicketFacts(requester=requester, channel="email", kind=kind, priority=priority)
    opening = Opening(
        number=NUMBER,
        received_at=AT,
        opened_by=SERVICE,
        subject="The export stays empty",
        description="I export an article.\nThe file has no rows.",
        terms=_in_locale(settle(policy, contract, facts, AT, by_any_channel=True), locale),
    )
    ticket = Ticket.open(opening)
    ticket.state.assignee = Assignee(id="sam", name="Sam Okafor", email="sam@desk.example")
    return ticket


def _in_locale(terms: Terms, locale: str) -> Terms:
    """The terms with every contact in this locale, whatever its own is."""
    contacts = {
        name: contact.model_copy(update={"locale": locale})
        for name, contact in terms.contacts.items()
    }
    return terms.model_copy(update={"contacts": contacts})


def _letters(ticket: Ticket) -> Iterator[Notice]:
    terms = ticket.state.terms
    for rule in terms.notices:
        milestone = milestone_of(rule.event)
        kind = EventType.MILESTONE_RECORDED if milestone else EventType(rule.event)
        yield from _sent(ticket, kind, rule.tell, rule.template or kind)
    for event, audience in MANDATORY.items():
        if event is not EventType.LEVEL_RAISED or terms.process.levels:
            tell = (audience,) if event in INTERNAL_EVENTS else ("requester", audience)
            yield from _sent(ticket, event, tell, event)
    if any(reason.refers_to for reason in terms.reasons.values()):
        yield from _sent(ticket, EventType.CLOSED, ("team_lead",), REFERRED)
    yield from _rungs(ticket)


def _sent(
    ticket: Ticket, kind: EventType, tell: tuple[str, ...], template: str
) -> Iterator[Notice]:
    yield from _composed(ticket, kind, _data(ticket.state.terms, kind), tell, template)


def _composed(
    ticket: Ticket, kind: EventType, data: dict[str, Any], tell: tuple[str, ...], template: str
) -> Iterator[Notice]:
    state, outbox = ticket.state, ticket.outbox
    before = len(state.notices)
    event = Event(seq=len(state.events) + 1, type=kind, at=AT, by=AGENT, data=data)
    state.events.append(event)
    outbox.enqueue(event, tell, template)
    for record in state.notices[before:]:
        yield outbox.compose(record)


def _rungs(ticket: Ticket) -> Iterator[Notice]:
    terms = ticket.state.terms
    for clock in terms.clocks:
        timed = [name for name, promise in clock.promises.items() if promise.within]
        if not timed:
            continue
        if ticket.clocks.latest(clock.name) is None:
            batch = EventBatch(frozenset(), AT, is_active=True, pauses=(), priority=timed[0])
            ticket.clocks.start(clock, batch)
        running = ticket.clocks.latest(clock.name)
        if running is None:
            continue
        for rung in clock.ladder:
            at_rung = running.breach() if _is_late(rung) else running
            yield from _of_rung(ticket, at_rung, rung)


def _of_rung(ticket: Ticket, clock: Clock, rung: RungTerms) -> Iterator[Notice]:
    new = rung_event(ticket.state, clock, rung)
    event = Event(seq=1, type=new.type, at=AT, by=AGENT, data=dict(new.data))
    template = rung_template(ticket.state, event, rung)
    yield from _composed(
        ticket, new.type, dict(new.data) | {"late": "PT26H5M"}, rung.tell, template
    )


def _is_late(rung: RungTerms) -> bool:
    return rung.at == BREACH or rung.is_after


def _data(terms: Terms, kind: EventType) -> dict[str, Any]:
    """The data of an event, with ids of the policy wherever it has some."""
    facts = {n: f for n, f in FULL_FACTS.get(kind, {}).items() if n not in {"by", "due_at"}}
    facts |= {"clause": next(iter(terms.headings), "unknown-clause")} if "clause" in facts else {}
    return facts | _own_ids(terms, kind)


def _own_ids(terms: Terms, kind: EventType) -> dict[str, JsonValue]:
    if kind is EventType.LEVEL_RAISED:
        return _level(terms)
    process, priorities = terms.process, terms.priorities or ("none",)
    match kind:
        case EventType.RECLASSIFIED:
            return {"from": priorities[0], "to": priorities[-1], "facts": _stated(terms)}
        case EventType.REVISION_CHANGED:
            return {"clocks": _moved(terms)}
        case EventType.FORECAST_SHARED | EventType.REVIEW_COMPLETED if process.forecast:
            [first, *_] = process.forecast.priorities
            return {"priorities": {"engineering": first, "product": first}}
        case EventType.INFORMATION_REQUESTED | EventType.CONTRACT_INCOMPLETE:
            return {"questions": list(terms.asks.values()), "facts": list(terms.asks)}
        case EventType.CLOSED:
            reason = next(iter(terms.reasons), None)
            refers = next((r.refers_to for r in terms.reasons.values() if r.refers_to), None)
            return {"reason_id": reason, "refers_to": refers, "into": None}
    return {}


def _stated(terms: Terms) -> dict[str, JsonValue]:
    """The first choice of every fact that has choices, and every fact that is true or false."""
    known = terms.facts or {}
    chosen = {name: fact.choices[0] for name, fact in known.items() if fact.choices}
    return {**chosen, **{name: True for name, fact in known.items() if fact.type == "bool"}}


def _moved(terms: Terms) -> list[JsonValue]:
    return [{"name": clock.name, "was": None, "now": AT.isoformat()} for clock in terms.clocks]


def _level(terms: Terms) -> dict[str, JsonValue]:
    level = terms.process.levels[-1]
    return {
        "level": len(terms.process.levels),
        "level_name": level.says,
        "audience": level.audience,
        "clause": level.clause,
        "by_clock": terms.clocks[0].name if terms.clocks else None,
    }


def announceable() -> list[EventType]:
    """The events of which a policy, or every ticket, sends notices."""
    return [event for event in EventType if event not in INTERNAL_EVENTS or event in MANDATORY]
