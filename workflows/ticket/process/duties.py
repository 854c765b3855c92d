"""Duties: everything that a ticket does automatically, and when. Read the rules top to bottom.

A rule looks at a ticket and yields its duties, each with its due time; most of them lie in the
future. The workflow performs the duties that are due, and sets one durable timer for the earliest
of the others. A rule depends on the ticket only, never on Temporal or the system time, so a replay
finds the same duties.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from activities.notices import DIGEST
from policies.terms.model.clock import ClockTerms
from policies.vocabulary import Action, AutomaticStep, ClosedAs, Stage
from workflows.shared.action_request import ActionInput
from workflows.shared.texts.phrases import PHRASES
from workflows.ticket.actions.closing import Close
from workflows.ticket.actions.engineering import HandOver
from workflows.ticket.clocks.cycle import BREACH
from workflows.ticket.clocks.ticket_clocks import DueRung
from workflows.ticket.model.views import StepView
from workflows.ticket.model.visibility import REQUESTER
from workflows.ticket.notices.digests import PERIOD, first_held
from workflows.ticket.process.ticket import Ticket
from workflows.ticket.state.ticket_state import TicketState

UNDER_WAY = timedelta(seconds=2)
"""How long a duty waits for actions that were received before it was due, and are under way."""


class Duty(NamedTuple):
    """One automatic step: due `at`, identified within the ticket by `key`.

    `is_public` is whether it concerns the requester. A rung has its clock, cycle and place.
    """

    key: str
    at: datetime
    summary: str
    perform: Callable[[Ticket], None]
    step: AutomaticStep
    is_public: bool = False
    rung: tuple[str, int, str] | None = None

    @property
    def view(self) -> StepView:
        """The step as readers see it."""
        clock, cycle, rung = self.rung or (None, None, None)
        return StepView(step=self.step, at=self.at, clock=clock, cycle=cycle, rung=rung)


def fire_due_rungs(ticket: Ticket) -> Iterator[Duty]:
    """A clock reaches the next rung of its ladder: a warning, the breach, or a reminder."""
    for due_rung in ticket.clocks.next_due_rungs():
        clock, at = due_rung.clock, due_rung.at
        if clock.name in ticket.state.held_clocks:
            # A merge comes first.
            continue
        terms = ticket.state.terms.clock(clock.name)
        if terms.on_expiry is not None:
            at = _not_before_the_past(ticket, at)
        cycle = f" (cycle {clock.cycle})" if clock.cycle > 1 else ""
        place = due_rung.rung.at
        yield Duty(
            f"{clock.name}/{clock.cycle}",
            at,
            f"{clock.name}{cycle}: {place}",
            partial(Ticket.fire_rung, due_rung=due_rung._replace(at=at)),
            AutomaticStep.CLOCK_RUNG,
            is_public=_concerns_requester(ticket.state, due_rung, terms),
            rung=(clock.name, clock.cycle, place),
        )


def hand_over_in_the_following_week(ticket: Ticket) -> Iterator[Duty]:
    """Triage ended without a resolution: engineering gets the packet when the next week opens."""
    state, calendar = ticket.state, ticket.state.desk_calendar
    is_automatic = state.terms.process.automatic_handoff
    if state.stage is Stage.AWAITING_HANDOFF and is_automatic and state.concluded_at and calendar:
        opens, _ = calendar.calendar.following_week(state.concluded_at)
        key, summary = "handoff", "hand over to engineering"
        step, action = AutomaticStep.HAND_OVER, Action.HAND_OVER
        yield _action(key, opens, summary, step, action, HandOver())


def lapse_the_forecast(ticket: Ticket) -> Iterator[Duty]:
    """The date of the forecast has passed and work has not begun: a new forecast is due."""
    state, forecast = ticket.state, ticket.state.forecast
    if state.stage is Stage.FORECAST_SHARED and forecast and not forecast.lapsed:
        ends_at = state.terms.end_of(forecast.begins_by)
        key = f"forecast/{forecast.revision}"
        summary, step = "the forecast date is over", AutomaticStep.LAPSE_FORECAST
        yield Duty(key, ends_at, summary, Ticket.lapse_forecast, step)


def close_the_resolved_ticket(ticket: Ticket) -> Iterator[Duty]:
    """The time to re-open a resolved ticket has passed: it closes. A merge comes first."""
    closes_at = ticket.state.closes_at
    if closes_at is not None and ticket.state.merging_into is None:
        close = Close(closed_as=ClosedAs.RESOLVED)
        if ticket.state.is_resolved_unanswered:
            reason = PHRASES.say(ticket.state.terms.locale, "unanswered")
            close = Close(closed_as=ClosedAs.NO_REPLY, reason=reason)
        closes_at = _not_before_the_past(ticket, closes_at)
        key, summary = "close", "close the resolved ticket"
        yield _action(key, closes_at, summary, AutomaticStep.CLOSE, Action.CLOSE, close)


def finalize_the_refusal(ticket: Ticket) -> Iterator[Duty]:
    """A verdict closed the ticket, and the time to override it has passed: the refusal is final."""
    until = ticket.state.contest_until
    if until is not None and ticket.state.is_contestable:
        summary, step = "let the refusal stand", AutomaticStep.FINALIZE_REFUSAL
        yield Duty("refusal", until, summary, Ticket.finalize_refusal, step, is_public=True)


def remind_of_an_idle_ticket(ticket: Ticket) -> Iterator[Duty]:
    """Nothing has happened for long, and no clock would remind anybody: the team is reminded."""
    idle_at = ticket.state.idle_at
    if idle_at is not None and next(ticket.clocks.next_due_rungs(), None) is None:
        remind = partial(Ticket.remind_of_idleness, at=idle_at)
        step = AutomaticStep.REMIND_OF_IDLENESS
        yield Duty("idle", idle_at, "remind of an idle ticket", remind, step)


def send_the_digests(ticket: Ticket) -> Iterator[Duty]:
    """E-mails are held for a recipient: after some time, a digest tells of them."""
    for record in first_held(ticket.state):
        at = _not_before_the_past(ticket, ticket.state.noticed_at(record) + PERIOD)
        send = partial(Ticket.send_digest, mailbox=record.to.mailbox, at=at)
        key, summary = f"{DIGEST}/{record.key}", f"send a digest to {record.audience}"
        yield Duty(key, at, summary, send, AutomaticStep.SEND_DIGEST)


RULES = (
    fire_due_rungs,
    hand_over_in_the_following_week,
    lapse_the_forecast,
    close_the_resolved_ticket,
    finalize_the_refusal,
    remind_of_an_idle_ticket,
    send_the_digests,
)


def duties(ticket: Ticket) -> list[Duty]:
    """All duties of the ticket, the earliest first; equal times keep the order of the rules."""
    return sorted(_all_duties(ticket), key=_due_time)


def catch_up(ticket: Ticket, now: datetime) -> Duty | None:
    """Performs the duties that are due by now; returns the next one, if any."""
    return DutySchedule(ticket).catch_up(now)


def catch_up_before(ticket: Ticket, at: datetime) -> None:
    """Performs the duties that an action at this time comes after."""
    DutySchedule(ticket).catch_up_before(at)


class DutySchedule:
    """The next duty of a ticket, cached until the ticket changes, because every action and every
    pass of the workflow's loop needs it. `on_performed` is called after each duty.
    """

    def __init__(self, ticket: Ticket, on_performed: Callable[[Duty], None] | None = None) -> None:
        self._ticket = ticket
        self._on_performed = on_performed
        self._next: Duty | None = None
        self._changes = -1

    def next(self) -> Duty | None:
        """The earliest duty, if any."""
        if self._changes != self._ticket.changes:
            self._next = min(_all_duties(self._ticket), key=_due_time, default=None)
            self._changes = self._ticket.changes
        return self._next

    def all(self) -> list[Duty]:
        """All duties, the earliest first."""
        return duties(self._ticket)

    def catch_up(self, now: datetime) -> Duty | None:
        """Performs the duties that are due by now, earliest first; returns the next one, if any."""
        while (duty := self.next()) is not None and duty.at <= now:
            self._perform(duty)
        return duty

    def catch_up_before(self, at: datetime) -> None:
        """Performs the duties that an action at this time comes after. One that is due at the same
        time is not among them: what is completed at its due time is met.
        """
        while (duty := self.next()) is not None and duty.at < at:
            self._perform(duty)

    def _perform(self, duty: Duty) -> None:
        duty.perform(self._ticket)
        if self._on_performed is not None:
            self._on_performed(duty)


def _all_duties(ticket: Ticket) -> Iterator[Duty]:
    return (duty for rule in RULES for duty in rule(ticket))


def _not_before_the_past(ticket: Ticket, at: datetime) -> datetime:
    """The time, or that of the last event: a merge that was refused can have held a duty up."""
    return max(at, ticket.state.events[-1].at)


def _due_time(duty: Duty) -> datetime:
    return duty.at


def _action(
    key: str,
    at: datetime,
    summary: str,
    step: AutomaticStep,
    action: Action,
    content: ActionInput,
) -> Duty:
    perform = partial(Ticket.act_automatically, action=action, content=content, at=at)
    return Duty(key, at, summary, perform, step, is_public=True)


def _concerns_requester(state: TicketState, due_rung: DueRung, terms: ClockTerms) -> bool:
    """Whether a rung notifies the requester, or ends the ticket."""
    ends_ticket = due_rung.rung.at == BREACH and terms.on_expiry is not None
    return ends_ticket or REQUESTER in due_rung.rung.audiences(state.priority, state.fact_rows)
