"""Every e-mail that a policy can send, composed from sample data with the policy's own names.

The events are made up; terms, selection of recipients and facts are those of the product.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any, NamedTuple

from pydantic import JsonValue

from activities.notices import Notice, TicketRef
from activities.rendering.template_uses import event_type
from activities.templates.manifest import facts_of
from activities.templates.sample_facts import FULL_FACTS, NUMBER
from policies.accounts.account_settlement import account_terms
from policies.schema.contract import Contact, Contract
from policies.schema.events import milestone_of
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester, TicketFacts
from policies.schema.tables import Dimension
from policies.terms.settlement import settle
from policies.terms.ticket_terms import Recipient, RungTerms, Terms
from policies.vocabulary import ACCOUNT_EVENTS, INTERNAL_EVENTS, EventType, Role
from workflows.shared.action_request import Actor
from workflows.ticket.model.clock import BREACH, Clock
from workflows.ticket.model.fields import Assignee
from workflows.ticket.model.messages import Event, Opening
from workflows.ticket.model.ticket_clocks import EventBatch
from workflows.ticket.process.outbox import REFERRED
from workflows.ticket.process.rung_event import rung_event, rung_template
from workflows.ticket.process.ticket import Ticket

AT = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
LATE = "PT26H5M"
AGENT = Actor(id="ada", role=Role.AGENT, name="Ada Agent")
SERVICE = Actor(id="portal", role=Role.SERVICE, name="Support portal")
REQUESTER = Requester(name="Élise Chen", email="elise@acme.example")
MANDATORY = {
    EventType.LEVEL_RAISED: "assignee",
    EventType.VERDICT_OVERRIDDEN: "requester",
    EventType.CONTRACT_INCOMPLETE: "assignee",
    EventType.OBJECTIONS_FOUND: "assignee",
    EventType.TICKET_IDLE: "assignee",
}
"""Events that a ticket announces without a rule of the policy, and one audience of each."""


_FROM_THE_TICKET = {
    EventType.OPENED: facts_of(EventType.OPENED)[1],
}
"""Facts that the sample ticket gives itself, so that they are those of the policy."""


class Circumstances(NamedTuple):
    """What an e-mail depends on besides its event."""

    plan: str | None = None
    region: str | None = None
    kind: str | None = None
    priority: str | None = None
    channel: str | None = None


class Letter(NamedTuple):
    """An e-mail, and what caused it: an event, or a rung of a clock."""

    event: str
    notice: Notice
    clock: str = ""
    rung: str = ""


def all_circumstances(policy: SupportPolicy, given: Circumstances) -> Iterator[Circumstances]:
    """All combinations of the policy's values, defaults first, with the given ones fixed."""
    channels = [channel for rule in policy.channels for channel in rule.channels]
    values: dict[Dimension, Iterable[str]] = {
        Dimension.PLAN: policy.plans,
        Dimension.REGION: policy.regions,
        Dimension.KIND: policy.kinds,
        Dimension.PRIORITY: policy.priorities,
        Dimension.CHANNEL: dict.fromkeys(channels or ["email"]),
    }
    choices: list[list[str | None]] = []
    for (dimension, known), chosen in zip(values.items(), given, strict=True):
        default = policy.defaults.get(dimension)
        ordered = dict.fromkeys([*([default] if default else []), *known])
        choices.append([chosen] if chosen else [*ordered] or [None])
    return (Circumstances(*combination) for combination in product(*choices))


def sample_letters(
    policy: SupportPolicy, circumstances: Circumstances, locale: str | None = None
) -> Iterator[Letter]:
    """Every e-mail of the policy in these circumstances: of every rule, every rung and every event
    that needs no rule. With a locale, all recipients have it.
    """
    contract = _contract(policy, circumstances, locale)
    yield from _ticket_letters(_ticket(policy, contract, circumstances, locale))
    yield from _account_letters(policy, contract, locale)


def _contract(policy: SupportPolicy, circumstances: Circumstances, locale: str | None) -> Contract:
    """The contract of a made-up account, with the contacts that the policy does not have."""
    told = {audience for rule in policy.notices for audience in rule.tell}
    told |= {a for clock in policy.clocks.values() for rung in clock.ladder for a in rung.tell}
    missing = sorted(told - policy.contacts.keys() - {"requester", "assignee"})
    return Contract(
        account="acme",
        name="Acme Média",
        policy=policy.policy,
        plan=circumstances.plan,
        region=circumstances.region,
        locale=locale,
        contacts={
            name: Contact(
                name=name.replace("_", " ").capitalize(),
                email=f"{name.replace('_', '-')}@acme.example",
            )
            for name in missing
        },
    )


def _ticket(
    policy: SupportPolicy, contract: Contract, circumstances: Circumstances, locale: str | None
) -> Ticket:
    facts = TicketFacts(
        requester=REQUESTER,
        channel=circumstances.channel or "email",
        kind=circumstances.kind,
        priority=circumstances.priority,
    )
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


def _in_locale(terms: Terms, locale: str | None) -> Terms:
    """The terms with every contact in this locale, if there is one."""
    contacts = {name: _with_locale(each, locale) for name, each in terms.contacts.items()}
    return terms.model_copy(update={"contacts": contacts})


def _with_locale(recipient: Recipient, locale: str | None) -> Recipient:
    return recipient.model_copy(update={"locale": locale}) if locale else recipient


def _account_letters(
    policy: SupportPolicy, contract: Contract, locale: str | None
) -> Iterator[Letter]:
    terms = account_terms(policy, contract, AT.year)
    ticket = TicketRef.to_account(terms.account, terms.account_name, terms.title, terms.policy)
    people = terms.contacts | {
        "requester": Recipient(
            name=REQUESTER.name,
            email=REQUESTER.email,
            zone=terms.day_zone or "UTC",
            locale=terms.locale,
        )
    }
    for rule in terms.notices:
        if rule.event not in ACCOUNT_EVENTS:
            continue
        facts = dict(FULL_FACTS[rule.event])
        if "clause" in facts:
            facts["clause"] = next(iter(terms.headings.values()), None)
        template = rule.template or rule.event
        for audience in rule.tell:
            if audience in people:
                notice = Notice(
                    key=f"{template}/1/{audience}",
                    template=template,
                    audience=audience,
                    contact=_with_locale(people[audience], locale),
                    ticket=ticket,
                    facts=facts,
                    at=AT,
                )
                yield Letter(rule.event, notice)


def _ticket_letters(ticket: Ticket) -> Iterator[Letter]:
    terms = ticket.state.terms
    for rule in terms.notices:
        kind = event_type(rule.event)
        data, milestone = _data(terms, kind), milestone_of(rule.event)
        if milestone:
            data |= {"milestone": milestone, "says": terms.process.milestones[milestone].says}
        for letter in _composed(ticket, kind, data, rule.tell, rule.template or kind):
            yield letter._replace(event=rule.event)
    for event, audience in MANDATORY.items():
        if event is not EventType.LEVEL_RAISED or terms.process.levels:
            tell = (audience,) if event in INTERNAL_EVENTS else ("requester", audience)
            yield from _sent(ticket, event, tell, event)
    if any(reason.refers_to for reason in terms.reasons.values()):
        yield from _sent(ticket, EventType.CLOSED, ("team_lead",), REFERRED)
    yield from _rungs(ticket)


def _sent(
    ticket: Ticket, kind: EventType, tell: tuple[str, ...], template: str
) -> Iterator[Letter]:
    yield from _composed(ticket, kind, _data(ticket.state.terms, kind), tell, template)


def _composed(
    ticket: Ticket, kind: EventType, data: dict[str, Any], tell: tuple[str, ...], template: str
) -> Iterator[Letter]:
    state, outbox = ticket.state, ticket.outbox
    before = len(state.notices)
    event = Event(seq=len(state.events) + 1, type=kind, at=AT, by=AGENT, data=data)
    state.events.append(event)
    outbox.enqueue(event, tell, template)
    for record in state.notices[before:]:
        yield Letter(kind, outbox.compose(record))


def _rungs(ticket: Ticket) -> Iterator[Letter]:
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


def _of_rung(ticket: Ticket, clock: Clock, rung: RungTerms) -> Iterator[Letter]:
    new = rung_event(ticket.state, clock, rung)
    event = Event(seq=1, type=new.type, at=AT, by=AGENT, data=dict(new.data))
    template = rung_template(ticket.state, event, rung)
    data = dict(new.data) | {"late": LATE}
    for letter in _composed(ticket, new.type, data, rung.tell, template):
        yield letter._replace(clock=clock.name, rung=rung.at)


def _is_late(rung: RungTerms) -> bool:
    return rung.at == BREACH or rung.is_after


def _data(terms: Terms, kind: EventType) -> dict[str, Any]:
    """The data of an event, with ids of the policy wherever it has some."""
    left_out = _FROM_THE_TICKET.get(kind, frozenset({"by", "due_at"}))
    facts = {n: f for n, f in FULL_FACTS.get(kind, {}).items() if n not in left_out}
    facts |= {"clause": next(iter(terms.headings), "unknown-clause")} if "clause" in facts else {}
    if kind is EventType.OPENED and terms.asks:
        facts |= _questions(terms) | {"clause": next(iter(terms.headings), None)}
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
            return _questions(terms)
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


def _questions(terms: Terms) -> dict[str, JsonValue]:
    return {"questions": list(terms.asks.values()), "facts": list(terms.asks)}


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
