"""Agreements: a due time or an interval that an agent agrees with the requester's side."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from pydantic import AwareDatetime, JsonValue

from policies.business_time.durations import Duration, DurationText
from policies.schema.contract import Slug
from policies.terms.model.clock import ClockTerms
from policies.vocabulary import Action, EventType, Role
from workflows.shared.action_request import ActionInput, ActionRequest, Message
from workflows.shared.refusals import InvalidContent, Refusal
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.actions.rule import ACTIVE, ActionRule, Condition
from workflows.ticket.clocks import agreed_times
from workflows.ticket.clocks.change import Change
from workflows.ticket.clocks.ticket_clocks import TicketClocks
from workflows.ticket.model.agreement import Agreement, Consent
from workflows.ticket.state.ticket_state import TicketState
from workflows.ticket.state.waits import all_waits


class AgreeDueTime(ActionInput):
    """Agrees a due time of a clock, or for a clock that repeats its interval, `every`: from the
    next interval on, or `from_now` on. A later one than before needs the requester's consent.
    """

    clock: Slug
    due_at: AwareDatetime | None = None
    every: DurationText | None = None
    from_now: bool = False
    reason: Message
    consent: Consent | None = None


class _Fault(NamedTuple):
    """What is wrong with the input: the field, and the refusal."""

    field: str
    refusal: InvalidContent


def agree_due_time(
    ticket: TicketState, request: ActionRequest[AgreeDueTime], at: datetime
) -> list[NewEvent]:
    """The clock is due at the agreed time, or counts the agreed interval."""
    content, clocks, change = request.content, _clocks(ticket), _change(ticket, at)
    terms = ticket.terms.clock(content.clock)
    before = agreed_times.due_time(clocks, terms, at)
    agreement = Agreement(
        at=at,
        by=request.actor.display_name,
        reason=content.reason,
        due_at=content.due_at.astimezone(UTC) if content.due_at else None,
        every=content.every,
        consent=content.consent,
    )
    if agreement.due_at:
        agreed_times.agree(clocks, terms, agreement, change)
    else:
        ticket.intervals = {**ticket.intervals, terms.name: agreement}
        if content.from_now:
            agreed_times.begin_interval(clocks, terms, agreement, change)
    ticket.clocks = clocks.cycles
    latest, has_date = clocks.latest(terms.name), agreement.due_at or content.from_now
    data: dict[str, JsonValue] = {
        "clock": terms.name,
        "cycle": latest.cycle if latest else None,
        "due_at": latest.due_at.isoformat() if latest and has_date else None,
        "was": before.isoformat() if before and has_date else None,
        "every": str(content.every) if content.every else None,
        "reason": content.reason,
        "consent": content.consent.model_dump(mode="json") if content.consent else None,
    }
    return [NewEvent(EventType.DUE_TIME_AGREED, data)]


def check_agreement(
    ticket: TicketState, request: ActionRequest[AgreeDueTime], at: datetime
) -> Refusal | None:
    """The clock can be agreed, the due time lies ahead, and a later one has the consent."""
    fault = next(_faults(ticket, request.content, at), None)
    if fault is None:
        return None
    fault.refusal.field = fault.field
    return fault.refusal


def _faults(ticket: TicketState, content: AgreeDueTime, at: datetime) -> Iterator[_Fault]:
    agreeable = [clock for clock in ticket.terms.clocks if clock.agreed]
    terms = next((clock for clock in agreeable if clock.name == content.clock), None)
    if terms is None:
        choices = tuple(clock.name for clock in agreeable)
        yield _Fault("clock", InvalidContent("not_agreeable", choices=choices))
        return
    if (content.due_at is None) == (content.every is None):
        yield _Fault("due_at", InvalidContent("agree_one", terms.clause))
    clocks, change = _clocks(ticket), _change(ticket, at)
    if content.every is not None:
        yield from _faults_of_interval(clocks, terms, content.every, change)
    if content.due_at is not None and content.due_at <= at:
        yield _Fault("due_at", InvalidContent("agreed_in_the_past", terms.clause))
    if content.due_at is not None and not agreed_times.would_run(clocks, terms, change):
        yield _Fault("clock", InvalidContent("clock_not_running", terms.clause))
    if content.consent is not None and content.consent.at > at:
        yield _Fault("consent", InvalidContent("consent_to_come", terms.clause))
    if content.consent is None and _is_later(clocks, terms, content, change):
        yield _Fault("consent", InvalidContent("consent_needed", terms.clause))


def _faults_of_interval(
    clocks: TicketClocks, terms: ClockTerms, every: Duration, change: Change
) -> Iterator[_Fault]:
    if not terms.repeats:
        yield _Fault("every", InvalidContent("no_interval", terms.clause))
    if not agreed_times.counts(clocks, terms, every, change):
        yield _Fault("every", InvalidContent("no_open_time", terms.clause))


def _is_later(
    clocks: TicketClocks, terms: ClockTerms, content: AgreeDueTime, change: Change
) -> bool:
    """Whether the agreed due time is later than the one before, or the interval longer."""
    before = agreed_times.due_time(clocks, terms, change.at)
    if content.due_at is not None:
        return before is not None and content.due_at > before
    if content.every is None:
        return False
    now, due_at = agreed_times.interval(clocks, terms, content.every, change)
    is_later_now = content.from_now and before is not None and due_at > before
    return is_later_now or (now is not None and due_at > now)


def _clocks(ticket: TicketState) -> TicketClocks:
    return TicketClocks(ticket.terms, ticket.clocks, ticket.intervals)


def _change(ticket: TicketState, at: datetime) -> Change:
    return Change(ticket.priority, ticket.fact_rows, at, ticket.events, all_waits(ticket))


ROWS = {
    Action.AGREE_DUE_TIME: ActionRule(
        AgreeDueTime,
        by=(Role.AGENT,),
        within=ACTIVE,
        conditions=(
            Condition(lambda t: any(clock.agreed for clock in t.terms.clocks), "nothing_agreeable"),
        ),
        guard=check_agreement,
        effect=agree_due_time,
        example={
            "clock": "triage",
            "due_at": "2027-03-12T17:00:00Z",
            "reason": "They deploy on Fridays only.",
            "consent": {"by": "Mia Harbour", "at": "2027-03-03T14:00:00Z", "how": "by phone"},
        },
    ),
}
