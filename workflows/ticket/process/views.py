"""Views of a ticket: replies, query results, search attributes, Markdown for the Temporal UI."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import JsonValue

from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import ClockState, NoticeStatus, Role
from workflows.shared.markdown import plain
from workflows.shared.notice_view import NoticeView
from workflows.shared.visibility.sight import sees_internal
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.model.agreement import Agreement
from workflows.ticket.model.fields import requester_id
from workflows.ticket.model.views import (
    AssigneeView,
    ChecklistView,
    ClockView,
    ContactView,
    EventView,
    ForecastView,
    OverrideView,
    Reply,
    StepView,
    Summary,
    TicketView,
)
from workflows.ticket.model.visibility import (
    REQUESTER,
    promised_clocks,
    shown,
    shown_event,
)
from workflows.ticket.process.conversation import conversation, notes, open_questions
from workflows.ticket.process.duties import DutySchedule
from workflows.ticket.process.ticket import Ticket
from workflows.ticket.state import closed_record
from workflows.ticket.state.notice_record import NoticeRecord
from workflows.ticket.state.ticket_state import TicketState


class Attributes(NamedTuple):
    """The search attributes of a ticket, in the order of `connection.SEARCH_ATTRIBUTES`."""

    stage: str
    waiting_on: str
    policy: str
    plan: str | None
    priority: str | None
    account: str
    assignee: str | None
    next_due: datetime | None
    breached: list[str] | None
    requester: str | None


def reply(
    state: TicketState,
    role: Role,
    fingerprint: str = "",
    action_id: str | None = None,
    schedule: DutySchedule | None = None,
) -> Reply:
    """The ticket as a reply to an update, with the messages of the action with this id.

    `schedule` has the next duty of the ticket cached.
    """
    clocks = _clocks_for(state, role)
    latest = {clock.name: clock for clock in clocks}
    added = () if action_id is None else conversation(state, role, action_id)
    whole = Reply(
        **_standing(state, role, clocks, schedule),
        clocks=tuple(_clock(state, clock) for clock in latest.values()),
        conversation=tuple(added),
        fingerprint=fingerprint,
    )
    return shown(whole, state.terms, role)


def timeline(state: TicketState, role: Role = Role.AGENT) -> list[EventView]:
    """The events of the ticket as this role sees them, oldest first."""
    events = (shown_event(event, state.terms, role) for event in state.events)
    return [event for event in events if event is not None]


def view(
    state: TicketState, role: Role = Role.AGENT, schedule: DutySchedule | None = None
) -> TicketView:
    """Everything about the ticket for this role, with every cycle of its clocks."""
    opening, terms = state.opening, state.terms
    clocks, requester = _clocks_for(state, role), terms.contacts["requester"]
    whole = TicketView(
        **_standing(state, role, clocks, schedule),
        clocks=tuple(_clock(state, clock) for clock in clocks),
        conversation=tuple(conversation(state, role)),
        fingerprint=opening.fingerprint,
        subject=opening.subject,
        description=opening.description,
        account=terms.account,
        policy=terms.policy,
        revision=terms.revision,
        requester=requester.name,
        contact=requester,
        publication=opening.publication,
        channel=terms.channel or _requested(state, "channel"),
        plan=terms.plan,
        kind=terms.kind,
        priority=state.priority,
        facts=_facts(state),
        notes=notes(state, role),
        agreed_intervals=_intervals(state, role),
        forecast=ForecastView(**dict(state.forecast)) if state.forecast else None,
        merged_into=state.merged_into,
        duplicates=tuple(duplicate.number for duplicate in state.duplicates),
        checklist=checklist(state),
        notices=tuple(_notice(state, record) for record in state.notices),
        overrides=terms.overrides,
        verdict=state.verdict,
        overridden=_override(state),
        contest_until=state.contest_until,
        turn_to=_turn_to(state),
        level=state.level,
    )
    return shown(whole, terms, role)


def summary(state: TicketState) -> Summary:
    """The result of the workflow."""
    return Summary(
        number=state.opening.number,
        closed_as=state.closed_as,
        closed_at=state.closed_at,
        clocks=_all_cycles(state),
        undeliverable=tuple(n.key for n in state.notices if n.status is NoticeStatus.UNDELIVERABLE),
        format=closed_record.FORMAT,
        record=closed_record.packed(state),
    )


def attributes(state: TicketState) -> Attributes:
    """The search attributes of the ticket."""
    terms = state.terms
    return Attributes(
        stage=state.stage,
        waiting_on=state.waiting_on,
        policy=terms.policy,
        plan=terms.plan,
        priority=state.priority,
        account=terms.account,
        assignee=state.assignee.id if state.assignee else None,
        next_due=next_due(state),
        breached=sorted({c.name for c in state.clocks if c.breached_at is not None}) or None,
        requester=_requester_id(state),
    )


def _requester_id(state: TicketState) -> str | None:
    requester = state.terms.contacts.get(REQUESTER)
    return requester_id(state.terms.account, requester.email) if requester else None


def next_due(state: TicketState) -> datetime | None:
    """The earliest deadline of a running or overdue clock, if any."""
    return _next_due(state.clocks)


def next_step(
    state: TicketState, role: Role, schedule: DutySchedule | None = None
) -> StepView | None:
    """What the ticket does next by itself, as far as this role sees it."""
    schedule = schedule or DutySchedule(Ticket(state))
    duty = schedule.next()
    if duty is not None and not (duty.is_public or sees_internal(role)):
        duty = next((each for each in schedule.all() if each.is_public), None)
    return duty.view if duty else None


def checklist(state: TicketState) -> tuple[ChecklistView, ...]:
    """The standard troubleshooting steps, and whether this escalation has a finding for each."""
    return tuple(
        ChecklistView(id=step.id, does=step.does, done=step.id in state.steps_done)
        for step in state.terms.process.checklist
    )


def headline(state: TicketState) -> str:
    """The ticket in one line, for lists."""
    terms, opening = state.terms, state.opening
    plan = f" {terms.plan}" if terms.plan else ""
    return f"{terms.policy}{plan}: {opening.subject} ({terms.account_name})"


def details(state: TicketState, next_step: tuple[str, datetime] | None = None) -> str:
    """The ticket in Markdown, for the Temporal UI. Times are in the zone of the support team.

    `next_step` is the next duty and its due time.
    """
    lines = [
        plain(headline(state)),
        "",
        f"**{state.stage}**, waiting on **{state.waiting_on}**"
        + (f", closed as **{state.closed_as}**" if state.closed_as else ""),
        "",
        f"Assignee: {plain(state.assignee.name) if state.assignee else 'nobody'} · "
        f"policy {state.terms.policy} of {state.terms.revision}",
        "",
        *(_clock_line(state, clock) for clock in state.clocks),
    ]
    if next_step is not None:
        lines.append(f"\nNext by itself: {next_step[0]}, {state.local_time_text(next_step[1])}")
    if override := _override(state):
        lines.append(f"\nVerdict overridden by {plain(override.by)}: {plain(override.reason)}")
    undelivered = [n for n in state.notices if n.status is NoticeStatus.UNDELIVERABLE]
    lines += [
        f"\nUndeliverable: {n.template} to {plain(n.to.email)} ({plain(n.error or '')})"
        for n in undelivered
    ]
    return "\n".join(lines)


def _clock_line(state: TicketState, clock: Clock) -> str:
    """A clock in a list: the UI renders the cells of a table without space between them."""
    terms = state.terms.clock(clock.name)
    cycle = f" #{clock.cycle}" if clock.cycle > 1 else ""
    done = clock.completed_at
    when = f"done {state.local_time_text(done)}" if done else _due(state, clock)
    return f"- **{clock.name}{cycle}**: {clock.state}, {when} ({terms.clause})"


def _due(state: TicketState, clock: Clock) -> str:
    if clock.state is ClockState.PAUSED:
        return f"{clock.owed} left"
    return f"due {state.local_time_text(clock.due_at)}"


def _standing(
    state: TicketState, role: Role, clocks: list[Clock], schedule: DutySchedule | None
) -> dict[str, Any]:
    """The fields that replies and views share, apart from clocks and messages."""
    verdict = state.verdict
    return {
        "number": state.opening.number,
        "received_at": state.opening.received_at,
        "stage": state.stage,
        "waiting_on": state.waiting_on,
        "closed_as": state.closed_as,
        "guarantees": _guarantees(state),
        "next_due": _next_due(clocks),
        "next_step": next_step(state, role, schedule),
        "assignee": _assignee(state),
        "questions": open_questions(state),
        "version": len(state.events),
        "allowed_actions": allowed_actions(state, role),
        "refusal": verdict.says if verdict.refuses else None,
        "clause": verdict.clauses[0] if verdict.refuses and verdict.clauses else None,
        "locale": state.terms.locale,
        "zone": state.terms.zone,
    }


def _clocks_for(state: TicketState, role: Role) -> list[Clock]:
    """The clocks that this role sees, and that its next deadline is of."""
    seen = _names_seen(state.terms, role)
    return [clock for clock in state.clocks if clock.name in seen]


def _intervals(state: TicketState, role: Role) -> dict[str, Agreement]:
    seen = _names_seen(state.terms, role)
    return {name: agreed for name, agreed in state.intervals.items() if name in seen}


def _names_seen(terms: Terms, role: Role) -> frozenset[str]:
    if sees_internal(role):
        return frozenset(clock.name for clock in terms.clocks)
    return promised_clocks(terms)


def _next_due(clocks: Iterable[Clock]) -> datetime | None:
    unmet = (c for c in clocks if c.state is ClockState.RUNNING or c.is_overdue)
    return min((clock.due_at for clock in unmet), default=None)


def _assignee(state: TicketState) -> AssigneeView | None:
    return AssigneeView(**dict(state.assignee)) if state.assignee else None


def _facts(state: TicketState) -> dict[str, JsonValue]:
    """The facts that promises depend on, and those that were stated."""
    stated = _requested(state, "facts") or {}
    return {**state.fact_rows, **stated, **state.facts}


def _requested(state: TicketState, field: str) -> Any:
    """A field of the request as it was received; None if it was not stored."""
    request = state.opening.request
    return request.ticket.get(field) if request else None


def _all_cycles(state: TicketState) -> tuple[ClockView, ...]:
    return tuple(_clock(state, clock) for clock in state.clocks)


def _clock(state: TicketState, clock: Clock) -> ClockView:
    return clock.view(state.terms.clock(clock.name))


def _guarantees(state: TicketState) -> dict[str, str]:
    promises = {c.name: state.promise(c) for c in state.terms.clocks if c.promised}
    return {n: p.says or str(p.guarantee) for n, p in promises.items() if p.guarantee}


def _override(state: TicketState) -> OverrideView | None:
    event = state.override
    return OverrideView(by=event.by.display_name, at=event.at, **event.data) if event else None


def _turn_to(state: TicketState) -> ContactView | None:
    audience = state.referred_to
    if audience is None:
        return None
    contact = state.terms.contacts[audience]
    return ContactView(audience=audience, name=contact.name, email=contact.email)


def _notice(state: TicketState, record: NoticeRecord) -> NoticeView:
    return NoticeView(
        key=record.key,
        template=record.template,
        audience=record.audience,
        to=record.to.email,
        status=record.status,
        at=state.noticed_at(record),
        error=record.error,
        carrier=record.carrier,
    )
