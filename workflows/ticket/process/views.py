"""Views of a ticket: replies, query results, search attributes, Markdown for the Temporal UI."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from policies.vocabulary import INTERNAL_EVENTS, ClockState, NoticeStatus, Role
from workflows.shared.markdown import plain
from workflows.shared.notice_view import NoticeView
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.actions.rule import REQUESTER
from workflows.ticket.model.clock import Clock
from workflows.ticket.model.messages import (
    ChecklistView,
    ClockView,
    ContactView,
    Event,
    ForecastView,
    OverrideView,
    Reply,
    Summary,
    TicketView,
)
from workflows.ticket.model.state import NoticeRecord, TicketState


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


def reply(state: TicketState, role: Role, fingerprint: str = "") -> Reply:
    """The ticket as a reply to an update."""
    verdict = state.verdict
    return Reply(
        number=state.opening.number,
        received_at=state.opening.received_at,
        stage=state.stage,
        waiting_on=state.waiting_on,
        closed_as=state.closed_as,
        clocks=tuple(_current_clocks(state)),
        guarantees=_guarantees(state),
        next_due=next_due(state),
        allowed_actions=allowed_actions(state, role),
        refusal=verdict.says if verdict.refuses else None,
        clause=verdict.clauses[0] if verdict.refuses and verdict.clauses else None,
        fingerprint=fingerprint,
        locale=state.terms.locale,
        zone=state.terms.zone,
    )


def timeline(state: TicketState, role: Role = Role.AGENT) -> list[Event]:
    """The events of the ticket, oldest first. Requesters do not see internal events."""
    if role not in REQUESTER:
        return state.events
    return [event for event in state.events if event.type not in INTERNAL_EVENTS]


def view(state: TicketState, role: Role = Role.AGENT) -> TicketView:
    """Everything about the ticket for this role, with every cycle of its clocks."""
    opening, terms = state.opening, state.terms
    brief = reply(state, role, opening.fingerprint)
    return TicketView(
        **dict(brief) | {"clocks": _all_cycles(state)},
        subject=opening.subject,
        account=terms.account,
        policy=terms.policy,
        revision=terms.revision,
        requester=terms.contacts["requester"].name,
        plan=terms.plan,
        kind=terms.kind,
        priority=state.priority,
        facts=state.fact_rows,
        agreed_intervals=state.intervals,
        assignee=state.assignee,
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


def summary(state: TicketState) -> Summary:
    """The result of the workflow."""
    return Summary(
        number=state.opening.number,
        closed_as=state.closed_as,
        closed_at=state.closed_at,
        clocks=_all_cycles(state),
        undeliverable=tuple(n.key for n in state.notices if n.status is NoticeStatus.UNDELIVERABLE),
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
    )


def next_due(state: TicketState) -> datetime | None:
    """The earliest deadline of a running or overdue clock, if any."""
    unmet = (c for c in state.clocks if c.state is ClockState.RUNNING or c.is_overdue)
    return min((clock.due_at for clock in unmet), default=None)


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


def _current_clocks(state: TicketState) -> Iterator[ClockView]:
    latest = {clock.name: clock for clock in state.clocks}
    return (_clock(state, clock) for clock in latest.values())


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
        at=state.events[record.event - 1].at,
        error=record.error,
        carrier=record.carrier,
    )
