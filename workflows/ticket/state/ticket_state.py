"""The state of one ticket, which continue-as-new carries to the next run."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from pydantic import Field, JsonValue

from policies.accounts.lateness import Lateness
from policies.accounts.outcomes import ClockOutcome
from policies.business_time.durations import Duration
from policies.coverage.verdict import Decision, Verdict
from policies.terms.model.calendar import PinnedCalendar
from policies.terms.model.clock import ClockTerms
from policies.terms.model.promise import PromiseTerms
from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import (
    ClosedAs,
    Ending,
    EventType,
    Stage,
    Viewpoint,
    WaitingOn,
)
from workflows.shared.carried_state import CarriedState
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.clocks.pause import Pause
from workflows.ticket.model.agreement import Agreement, as_agreed
from workflows.ticket.model.events import Event
from workflows.ticket.model.fields import Assignee
from workflows.ticket.model.merge_news import Duplicate
from workflows.ticket.model.opening import Opening
from workflows.ticket.state.checklist import steps_done
from workflows.ticket.state.forecast import Forecast
from workflows.ticket.state.notice_record import NoticeRecord
from workflows.ticket.state.told_outcome import ToldOutcome

WITH_ENGINEERING = frozenset(
    {
        Stage.ENGINEERING_REVIEW,
        Stage.FORECAST_SHARED,
        Stage.ENGINEERING_WORK,
        Stage.SCHEDULED_RELEASE,
    }
)
ENDED = frozenset({Stage.RESOLVED, Stage.CLOSED})
TURNED_DOWN = frozenset({ClosedAs.NOT_COVERED, ClosedAs.NOT_ELIGIBLE})


class TicketState(CarriedState):
    """One ticket. Only its actions, its duties and the results of its activities change it."""

    opening: Opening
    stage: Stage = Stage.RECEIVED
    closed_as: ClosedAs | None = None
    priority: str | None = None
    assignee: Assignee | None = None
    awaiting_information: bool = False
    reviews: dict[Viewpoint, str] = Field(default_factory=dict)
    forecast: Forecast | None = None
    concluded_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    refusal_stands: bool = False
    merged_into: str | None = None
    merging_into: str | None = None
    duplicates: list[Duplicate] = Field(default_factory=list)
    level: int = 0
    facts: dict[str, JsonValue] = Field(default_factory=dict)
    judged: Verdict | None = None
    earlier_terms: list[Terms] = Field(default_factory=list)
    """The deadline terms before each change of the revision, oldest first."""
    owes_settlement: bool = False
    late: list[Lateness] = Field(default_factory=list)
    reports: int = 0
    """The reports of lateness so far, which number them."""
    intervals: dict[str, Agreement] = Field(default_factory=dict)
    """The intervals agreed for this ticket, by clock."""
    outcomes: list[ClockOutcome] = Field(default_factory=list)
    told_outcomes: dict[str, ToldOutcome] = Field(default_factory=dict)
    """By clock and cycle, what the account was told of its outcome."""
    waits: list[Pause] = Field(default_factory=list)
    """The periods in which the ticket waited or was resolved, whichever clocks run."""
    clocks: list[Clock] = Field(default_factory=list)
    events: list[Event] = Field(default_factory=list)
    notices: list[NoticeRecord] = Field(default_factory=list)
    handled: dict[str, str] = Field(default_factory=dict)

    @property
    def terms(self) -> Terms:
        """The terms in force: of the opening, until they are settled or the revision changes."""
        return self.opening.terms

    @property
    def verdict(self) -> Verdict:
        """The coverage decision on the facts given so far."""
        return self.judged or self.terms.verdict

    @verdict.setter
    def verdict(self, verdict: Verdict) -> None:
        self.judged = verdict

    @property
    def awaits_settlement(self) -> bool:
        """Whether terms or a verdict must be settled now.

        A verdict waits while the ticket is resolved or on its way into another one. An override is
        final.
        """
        if not self.owes_settlement or self.stage is Stage.CLOSED or self.merging_into is not None:
            return False
        return (self.is_active or not self.terms.is_settled) and self.override is None

    @property
    def desk_calendar(self) -> PinnedCalendar | None:
        """The calendar of the support hours, for the present priority and facts."""
        return self.terms.desk_calendar_for(self.priority, self.fact_rows)

    @property
    def fact_rows(self) -> dict[str, str]:
        """The facts on which promises depend, as the rows of the ticket in tables."""
        return self.terms.rows_of(self.facts)

    def promise(self, clock: ClockTerms) -> PromiseTerms:
        """The promise of a clock to the ticket as it is now."""
        promise = clock.promise(self.priority, self.fact_rows)
        return as_agreed(promise, self.intervals.get(clock.name))

    @property
    def can_settle_again(self) -> bool:
        """Whether terms or a verdict are missing, and nothing is awaited that would bring them: the
        contract lacks facts, or the last settlement had objections.
        """
        if self.owes_settlement or self.opening.request is None or self.override is not None:
            return False
        is_undecided = self.verdict.decision is Decision.NEEDS_FACTS and self.is_active
        return not self.terms.is_settled or (is_undecided and not self.awaiting_information)

    @property
    def lacks_assignee(self) -> bool:
        """Whether nobody has the ticket, although its priority demands an assignee."""
        return self.assignee is None and self.priority in self.terms.process.keep_assigned

    @property
    def is_active(self) -> bool:
        """Neither resolved nor closed."""
        return self.stage not in ENDED

    @property
    def held_clocks(self) -> frozenset[str]:
        """The clocks that wait until a merge is decided: their end would end the ticket."""
        if self.merging_into is None:
            return frozenset()
        return frozenset(clock.name for clock in self.terms.clocks if clock.on_expiry is not None)

    @property
    def owes_later_work(self) -> bool:
        """Whether work is promised that outlasts the resolution, and is not done yet."""
        return not self.is_active and any(clock.is_open for clock in self.clocks)

    @property
    def stages_of_milestones(self) -> tuple[Stage, ...]:
        """The stages in which milestones can be recorded: also after the closing, while work is
        owed.
        """
        is_over = self.merged_into is not None or not self.owes_later_work
        return tuple(stage for stage in Stage if stage is not Stage.CLOSED or not is_over)

    @property
    def steps_done(self) -> frozenset[str]:
        """The troubleshooting steps recorded since the last escalation."""
        return steps_done(self.events)

    @property
    def is_reviewed(self) -> bool:
        """Whether every viewpoint that a forecast needs has given its priority."""
        forecast = self.terms.process.forecast
        return forecast is not None and all(v in self.reviews for v in forecast.viewpoints)

    @property
    def waiting_on(self) -> WaitingOn:
        """Who acts next."""
        if not self.is_active:
            return WaitingOn.NOBODY
        if self.awaiting_information:
            return WaitingOn.REQUESTER
        if self.stage not in WITH_ENGINEERING or self._owes_forecast:
            return WaitingOn.SUPPORT
        return WaitingOn.ENGINEERING

    def fact_rows_after(self, events: Iterable[Event]) -> dict[str, str]:
        """The rows of the facts as they were after the first events of the timeline."""
        request = self.opening.request
        opened = request.stated_facts if request is not None else {}
        given: dict[str, JsonValue] = {name: opened.get(name) for name in self.facts}
        for event in events:
            given |= {name: v for name, v in event.stated_facts.items() if name in self.facts}
        return self.terms.rows_of(given)

    @property
    def is_resolved_unanswered(self) -> bool:
        """Whether it was resolved because the requester did not answer."""
        resolved = [*self.events_of(EventType.RESOLVED)] if self.stage is Stage.RESOLVED else []
        return bool(resolved) and "by_clock" in resolved[-1].data

    @property
    def reopening_channels(self) -> dict[str, str]:
        """The only channels by which the ticket can be re-opened, with labels; empty for any."""
        return self.terms.process.reopen_by if self.is_resolved_unanswered else {}

    @property
    def closes_at(self) -> datetime | None:
        """When a resolved ticket closes automatically; None if it does not."""
        after = self.terms.process.closing_after
        if self.stage is not Stage.RESOLVED or self.resolved_at is None or after is None:
            return None
        return self._add_support_time(self.resolved_at, after)

    @property
    def idle_at(self) -> datetime | None:
        """When a ticket that is open, or owes later work, has been without any event for too long;
        None if it has ended.
        """
        is_over = not self.is_active and not self.owes_later_work
        if is_over or not self.terms.is_settled:
            return None
        return self._add_support_time(self.events[-1].at, self.terms.idle_after)

    @property
    def contest_until(self) -> datetime | None:
        """Until when the refusal that closed the ticket can be overridden; None without one."""
        if not self._is_refused or self.closed_at is None or self.merged_into is not None:
            return None
        return self._add_support_time(self.closed_at, self.terms.contest_within)

    @property
    def is_contestable(self) -> bool:
        """Whether a verdict closed the ticket and can still be overridden."""
        return self.contest_until is not None and not self.refusal_stands

    @property
    def override(self) -> Event | None:
        """The event that overrode the verdict, if any."""
        return next(self.events_of(EventType.VERDICT_OVERRIDDEN), None)

    @property
    def merged_in(self) -> frozenset[str]:
        """The tickets that were merged into this one."""
        return frozenset(str(e.data["number"]) for e in self.events_of(EventType.MERGED_IN))

    @property
    def referred_to(self) -> str | None:
        """The audience that a closed ticket refers its requester to, if any."""
        closed = [*self.events_of(EventType.CLOSED)] if self.stage is Stage.CLOSED else []
        named = closed[-1].data.get("refers_to") if closed else None
        return str(named) if named in self.terms.contacts else None

    def noticed_at(self, record: NoticeRecord) -> datetime:
        """The time of a notice: of its event, or of a digest itself."""
        return record.at or self.events[record.event - 1].at

    def events_of(self, event_type: EventType) -> Iterator[Event]:
        """The events of this type, oldest first."""
        return (event for event in self.events if event.type is event_type)

    def local_time_text(self, at: datetime) -> str:
        """A time as text, in the zone of the support team."""
        return f"{self.local_time(at):%a %Y-%m-%d %H:%M %Z}"

    def local_time(self, at: datetime) -> datetime:
        """A time in the zone of the support team."""
        calendar = self.desk_calendar
        return at.astimezone(calendar.tzinfo) if calendar else at

    def _add_support_time(self, since: datetime, length: Duration) -> datetime:
        """The time this much later, by the support hours if there are any."""
        calendar = self.desk_calendar
        if calendar is None:
            return since + length.length
        return length.due_from(since, calendar.calendar)

    @property
    def _is_refused(self) -> bool:
        """Whether a verdict closed the ticket, or an agent who refused the request, if the policy
        lets such a ticket be raised to the management.
        """
        by_agent = self.closed_as in TURNED_DOWN
        return self.verdict.refuses or (
            by_agent and Ending.REFUSAL in self.terms.process.raise_after
        )

    @property
    def _owes_forecast(self) -> bool:
        if self.stage is Stage.ENGINEERING_REVIEW:
            return self.is_reviewed
        if self.stage is not Stage.FORECAST_SHARED or self.forecast is None:
            return False
        return self.forecast.lapsed or self.forecast.priorities != self.reviews
