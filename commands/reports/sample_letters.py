"""Every e-mail that a policy can send, composed from sample data with the policy's own names.

The events are made up; terms, selection of recipients and facts are those of the product.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any, NamedTuple

from activities.notices import DIGEST, Notice
from activities.templates.sample_facts import NUMBER
from commands.reports.sample_events import (
    account_facts,
    event_data,
    is_by_requester,
    of_contract,
    questions,
)
from policies.accounts.account_settlement import account_terms
from policies.checks.references import lists_of_audiences
from policies.schema.contract import Contact, Contract, Publication
from policies.schema.events import milestone_of, recorded_type
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester, TicketFacts
from policies.schema.tables import Dimension
from policies.terms.model.clock import ClockTerms, RungTerms
from policies.terms.model.recipient import Recipient
from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement import settle
from policies.terms.variants import has_facts
from policies.vocabulary import ACCOUNT_EVENTS, INTERNAL_EVENTS, EventType, NoticeStatus, Role
from workflows.account.outbox import Outbox as AccountOutbox
from workflows.account.state import AccountState, NoticeRecord
from workflows.shared.action_request import Actor
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.clocks.cycle import BREACH
from workflows.ticket.clocks.event_batch import EventBatch
from workflows.ticket.model.events import Event
from workflows.ticket.model.fields import Assignee
from workflows.ticket.model.opening import Opening
from workflows.ticket.notices.outbox import REFERRED
from workflows.ticket.process.rung_event import rung_event, rung_template
from workflows.ticket.process.ticket import Ticket

AT = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
LATE = "PT26H5M"
AGENT = Actor(id="ada", role=Role.AGENT, name="Ada Agent")
SERVICE = Actor(id="portal", role=Role.SERVICE, name="Support portal")
REQUESTER = Requester(name="Élise Chen", email="elise@acme.example")
ELISE = Actor(id=REQUESTER.email, role=Role.REQUESTER, name=REQUESTER.name)
MANDATORY = {
    EventType.LEVEL_RAISED: "assignee",
    EventType.VERDICT_OVERRIDDEN: "requester",
    EventType.CONTRACT_INCOMPLETE: "assignee",
    EventType.OBJECTIONS_FOUND: "assignee",
    EventType.TICKET_IDLE: "assignee",
}
"""Events that a ticket announces without a rule of the policy, and one audience of each."""


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
    yield from _ticket_letters(policy, _ticket(policy, contract, circumstances, locale))
    yield from _account_letters(policy, contract, locale)


def _contract(policy: SupportPolicy, circumstances: Circumstances, locale: str | None) -> Contract:
    """The contract of a made-up account, with the contacts that the policy does not have."""
    told = {audience for rule in policy.notices for audience in rule.tell}
    told |= {audience for _, names in lists_of_audiences(policy) for audience in names}
    missing = sorted(told - policy.contacts.keys() - {"requester", "assignee"})
    return Contract(
        account="acme-media",
        name="Acme Média",
        policy=policy.policy,
        plan=circumstances.plan,
        region=circumstances.region,
        locale=locale,
        publications=(Publication(name="main"),),
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
    outbox = AccountOutbox(AccountState(terms=terms, begun_at=AT))
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
        template = rule.template or rule.event
        for audience in rule.tell:
            if audience in people:
                record = NoticeRecord(
                    key=f"{template}/1/{audience}",
                    template=template,
                    audience=audience,
                    to=_with_locale(people[audience], locale),
                    facts=account_facts(terms, EventType(rule.event)),
                    at=AT,
                )
                yield Letter(rule.event, outbox.compose(record))


def _ticket_letters(policy: SupportPolicy, ticket: Ticket) -> Iterator[Letter]:
    terms = ticket.state.terms
    for rule in terms.notices:
        kind = recorded_type(rule.event)
        data, milestone = event_data(policy, terms, kind), milestone_of(rule.event)
        asked: dict[str, Any] = {}
        if kind is EventType.OPENED and terms.verdict.missing:
            asked = questions(terms) | {"clause": next(iter(terms.verdict.clauses), None)}
        if milestone:
            data |= {"milestone": milestone, "says": terms.process.milestones[milestone].says}
        template = rule.template or kind
        for letter in _composed(ticket, kind, data, rule.tell, template, asked):
            yield letter._replace(event=rule.event)
    for event, audience in MANDATORY.items():
        if _can_be(event, policy, terms):
            tell = (audience,) if event in INTERNAL_EVENTS else ("requester", audience)
            yield from _composed(ticket, event, event_data(policy, terms, event), tell, event)
    referring = next((r for r in terms.reasons.values() if r.refers_to), None)
    if referring is not None:
        closed = event_data(policy, terms, EventType.CLOSED) | {"refers_to": referring.refers_to}
        told = (referring.refers_to or "",)
        yield from _composed(ticket, EventType.CLOSED, closed, told, REFERRED)
    yield from _rungs(ticket)
    yield _digest(ticket, event_data(policy, terms, EventType.INFORMATION_PROVIDED))


def _can_be(event: EventType, policy: SupportPolicy, terms: Terms) -> bool:
    """Whether tickets under the policy can have this event."""
    match event:
        case EventType.LEVEL_RAISED:
            return bool(terms.process.levels)
        case EventType.CONTRACT_INCOMPLETE:
            return bool(of_contract(policy))
        case EventType.VERDICT_OVERRIDDEN:
            return bool(policy.coverage)
    return True


def _composed(
    ticket: Ticket,
    kind: EventType,
    data: dict[str, Any],
    tell: tuple[str, ...],
    template: str,
    asked: dict[str, Any] | None = None,
) -> Iterator[Letter]:
    """The e-mails of an event, and of the questions that a coverage decision asks with it."""
    state, outbox = ticket.state, ticket.outbox
    before = len(state.notices)
    outbox.enqueue(_event(ticket, kind, data), tell, template)
    if asked:
        _event(ticket, EventType.INFORMATION_REQUESTED, asked)
    for record in state.notices[before:]:
        yield Letter(kind, outbox.compose(record))


def _event(ticket: Ticket, kind: EventType, data: dict[str, Any]) -> Event:
    by = ELISE if is_by_requester(kind) else AGENT
    given = {name: value for name, value in data.items() if value is not None}
    event = Event(seq=len(ticket.state.events) + 1, type=kind, at=AT, by=by, data=given)
    ticket.state.events.append(event)
    return event


def _digest(ticket: Ticket, data: dict[str, Any]) -> Letter:
    """The digest that tells the assignee of a message above the quota."""
    state, kind = ticket.state, EventType.INFORMATION_PROVIDED
    ticket.outbox.enqueue(_event(ticket, kind, data), ("assignee",), kind)
    held = state.notices.pop().model_copy(update={"status": NoticeStatus.IN_DIGEST})
    state.notices.append(held)
    ticket.send_digest(held.to.mailbox, AT)
    return Letter(DIGEST, ticket.outbox.compose(state.notices[-1]))


def _rungs(ticket: Ticket) -> Iterator[Letter]:
    for clock in ticket.state.terms.clocks:
        running = _running(ticket, clock)
        if running is None:
            continue
        for rung in clock.ladder:
            at_rung = running.breach() if _is_late(rung) else running
            yield from _of_rung(ticket, at_rung, rung)


def _running(ticket: Ticket, clock: ClockTerms) -> Clock | None:
    """A clock of the ticket, started if need be; None if it has no time for such a ticket. One
    whose time depends on facts has the first that there is.
    """
    clocks, state = ticket.clocks, ticket.state
    timed = [row for row, promise in clock.promises.items() if promise.within]
    rows = [state.priority, *(timed[:1] if has_facts(clock.by) else ())]
    for row in rows:
        if clocks.latest(clock.name) is None:
            batch = EventBatch(frozenset(), AT, is_active=True, pauses=(), priority=row)
            clocks.start(clock, batch)
    return clocks.latest(clock.name)


def _of_rung(ticket: Ticket, clock: Clock, rung: RungTerms) -> Iterator[Letter]:
    new = rung_event(ticket.state, clock, rung)
    event = Event(seq=1, type=new.type, at=AT, by=AGENT, data=dict(new.data))
    template = rung_template(ticket.state, event, rung)
    data = dict(new.data) | {"late": LATE}
    for letter in _composed(ticket, new.type, data, _audiences(rung), template):
        yield letter._replace(clock=clock.name, rung=rung.at)


def _audiences(rung: RungTerms) -> tuple[str, ...]:
    """All that a rung may notify, whatever the facts."""
    return tuple(dict.fromkeys((*rung.tell, *sorted(rung.every_audience))))


def _is_late(rung: RungTerms) -> bool:
    return rung.at == BREACH or rung.is_after
