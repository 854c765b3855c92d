"""The timeline of a ticket: its events, refusals, clock changes and e-mails, in order of time.

Clock changes are derived from snapshots of the clocks, which are taken after each step.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from email.message import EmailMessage
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from policies.business_time.durations import parse_duration
from policies.terms.model.calendar import PinnedCalendar
from policies.vocabulary import Action, ClockState, EventType, Role
from workflows.account.messages import AccountAction
from workflows.ticket.model.messages import ClockView, Event, TicketView

MOVES = "is due at another time"
"""The news of a clock whose due time moved without a pause."""
AGREED = "is due as agreed"
"""The news of a clock whose due time was agreed."""
TEXT_KEYS = ("message", "conclusion", "result", "basis", "reason", "note")


class TimelinePart(BaseModel):
    """The base class of the parts of a timeline; times are UTC."""

    model_config = ConfigDict(frozen=True)


class Timed(Protocol):
    """Anything with a time."""

    @property
    def at(self) -> datetime:
        """The time, in UTC."""


Part = TypeVar("Part", bound=Timed)


class EventLine(TimelinePart):
    """An event, its actor and its text."""

    seq: int
    at: datetime
    event: EventType
    by: str
    role: Role
    said: str
    data: dict[str, JsonValue]


class RefusalLine(TimelinePart):
    """A refused action, with the reason."""

    at: datetime
    action: Action | AccountAction
    by: str
    role: Role
    reason: str


class ClockChange(TimelinePart):
    """A change of a clock: `over` lists the holidays until the due time, `was_due_at` is the due
    time before it moved, `owed` is the remaining seconds of a paused clock. On an `elapsed` target
    holidays count as well.
    """

    at: datetime
    clock: str
    cycle: int
    news: str
    due_at: datetime | None = None
    was_due_at: datetime | None = None
    owed: float | None = None
    over: tuple[str, ...] = ()
    clause: str = ""
    elapsed: bool = Field(default=False, exclude=True)


class EmailLine(TimelinePart):
    """An e-mail that arrived."""

    at: datetime
    to: str
    address: str
    subject: str
    message_id: str


class Instant(TimelinePart):
    """All parts of one time."""

    at: datetime
    local: str
    events: tuple[EventLine, ...] = ()
    refused: tuple[RefusalLine, ...] = ()
    clocks: tuple[ClockChange, ...] = ()
    mails: tuple[EmailLine, ...] = ()


class Timeline(TimelinePart):
    """A ticket from its opening on."""

    ticket: str
    subject: str
    account: str
    policy: str
    revision: date
    zone: str
    opened_at: datetime
    closed_at: datetime | None
    closed_as: str | None
    notices_owed: int
    scenes: tuple[Instant, ...]
    clocks: tuple[ClockView, ...]

    def events(self, *types: EventType) -> list[EventLine]:
        """The events of these types, in order."""
        return [e for scene in self.scenes for e in scene.events if e.event in types]

    def mails(self) -> list[EmailLine]:
        """All e-mails, in order."""
        return [mail for scene in self.scenes for mail in scene.mails]

    def clock_changes(self, clock: str) -> list[ClockChange]:
        """The changes of a clock, in order."""
        return [change for scene in self.scenes for change in scene.clocks if change.clock == clock]

    def refusals(self) -> list[RefusalLine]:
        """All refused actions, in order."""
        return [refused for scene in self.scenes for refused in scene.refused]


def build_timeline(
    view: TicketView,
    events: Iterable[Event],
    refused: Iterable[RefusalLine],
    snapshots: Iterable[tuple[datetime, Iterable[ClockView]]],
    emails: Iterable[EmailMessage],
    calendar: PinnedCalendar | None = None,
    zone: str | None = None,
) -> Timeline:
    """Builds the timeline. `snapshots` are the clocks after each step; `calendar` has the names of
    holidays. Local times are those of `zone`, by default that of the ticket.
    """
    clocks = [(at, tuple(views)) for at, views in snapshots]
    parts: list[EventLine | RefusalLine | ClockChange | EmailLine] = [
        *(_event_line(event) for event in events),
        *refused,
        *(_with_holidays(change, calendar) for change in _clock_changes(clocks)),
        *(email_line(email) for email in emails if is_about(email, view.number)),
    ]
    event_lines = [part for part in parts if isinstance(part, EventLine)]
    return Timeline(
        ticket=view.number,
        subject=view.subject,
        account=view.account,
        policy=view.policy,
        revision=view.revision,
        zone=zone or view.zone,
        opened_at=view.received_at,
        closed_at=event_lines[-1].at if view.closed_as else None,
        closed_as=view.closed_as,
        notices_owed=len(view.notices),
        scenes=tuple(_instants(parts, ZoneInfo(zone or view.zone))),
        clocks=clocks[-1][1],
    )


def _instants(
    parts: list[EventLine | RefusalLine | ClockChange | EmailLine], zone: ZoneInfo
) -> Iterator[Instant]:
    for at, group in by_second(parts):
        yield Instant(
            at=at,
            local=at.astimezone(zone).isoformat(),
            events=tuple(p for p in group if isinstance(p, EventLine)),
            refused=tuple(p for p in group if isinstance(p, RefusalLine)),
            clocks=tuple(p for p in group if isinstance(p, ClockChange)),
            mails=tuple(p for p in group if isinstance(p, EmailLine)),
        )


def by_second(parts: Iterable[Part]) -> Iterator[tuple[datetime, list[Part]]]:
    """Groups the parts of a timeline by second, in order of time."""

    # The date of an e-mail has whole seconds (RFC 5322, section 3.3).
    def second(part: Part) -> datetime:
        return part.at.replace(microsecond=0)

    for at, group in groupby(sorted(parts, key=second), key=second):
        yield at, list(group)


def _event_line(event: Event) -> EventLine:
    text = next((str(event.data[key]) for key in TEXT_KEYS if event.data.get(key)), "")
    return EventLine(
        seq=event.seq,
        at=event.at,
        event=event.type,
        by=event.by.display_name,
        role=event.by.role,
        said=text,
        data=event.data,
    )


def is_about(email: EmailMessage, number: str) -> bool:
    """Whether an e-mail is about the ticket, whose number begins its subject."""
    return _subject(email).startswith(f"[{number}]")


# Cached, because the email package parses a header field on each access.
@lru_cache(maxsize=4096)
def _subject(email: EmailMessage) -> str:
    # A long subject is folded before its first word (RFC 5322, section 2.2.3).
    return str(email["Subject"]).strip()


def email_line(email: EmailMessage) -> EmailLine:
    """An e-mail as a part of a timeline."""
    sent = email["Date"].datetime
    return EmailLine(
        at=sent.astimezone(UTC),
        to=str(email["To"]),
        address=email["To"].addresses[0].addr_spec,
        subject=_subject(email),
        message_id=str(email["Message-ID"]),
    )


def _clock_changes(
    snapshots: list[tuple[datetime, tuple[ClockView, ...]]],
) -> Iterator[ClockChange]:
    cycles: dict[tuple[str, int], list[tuple[datetime, ClockView]]] = {}
    for at, clocks in snapshots:
        for clock in clocks:
            cycles.setdefault((clock.name, clock.cycle), []).append((at, clock))
    for views in cycles.values():
        yield from _cycle_changes(views)


def _cycle_changes(views: list[tuple[datetime, ClockView]]) -> Iterator[ClockChange]:
    first = views[0][1]
    yield _change(first, first.started_at, "starts")
    if first.paused_at is not None:
        yield _change(first, first.paused_at, "pauses")
    for (_, before), (at, after) in pairwise(views):
        yield from _moves(before, after, at)
    last = views[-1][1]
    if last.breached_at is not None:
        yield _change(last, last.breached_at, "runs out")
    if last.completed_at is not None:
        yield _change(last, last.completed_at, _completion(last))


def _moves(before: ClockView, after: ClockView, at: datetime) -> Iterator[ClockChange]:
    """The change of a cycle between two snapshots, apart from its end."""
    if after.agreed != before.agreed:
        yield _change(after, at, AGREED, was=before.due_at)
    elif after.paused_at is not None and after.paused_at != before.paused_at:
        yield _change(after, after.paused_at, "pauses")
    elif before.state is ClockState.PAUSED and after.state is ClockState.RUNNING:
        yield _change(after, at, "resumes")
    elif before.due_at and after.due_at and after.due_at != before.due_at:
        yield _change(after, at, MOVES, was=before.due_at)


def _with_holidays(change: ClockChange, calendar: PinnedCalendar | None) -> ClockChange:
    # A due time that a change has moved may lie before it.
    if calendar is None or change.elapsed or change.due_at is None or change.due_at < change.at:
        return change
    days = calendar.calendar.explain(change.at, change.due_at)
    named = calendar.closed.keys() | calendar.half_days.keys()
    holidays = [(day.date, day.reason) for day in days.skipped if day.date.isoformat() in named]
    holidays += [(day.date, day.reason) for day in days.shortened]
    return change.model_copy(update={"over": tuple(name for _, name in sorted(holidays))})


def _completion(clock: ClockView) -> str:
    if clock.state is ClockState.BREACHED:
        return "completed late"
    return "met" if clock.state is ClockState.MET else "no longer needed"


def _change(clock: ClockView, at: datetime, news: str, was: datetime | None = None) -> ClockChange:
    has_due_time = news in {"starts", "resumes", MOVES, AGREED}
    return ClockChange(
        at=at,
        clock=clock.name,
        cycle=clock.cycle,
        news=news,
        due_at=clock.due_at if has_due_time else None,
        was_due_at=was,
        owed=clock.owed if news == "pauses" else None,
        clause=clock.clause,
        elapsed=_is_elapsed(clock.target),
    )


def _is_elapsed(target: str) -> bool:
    try:
        return parse_duration(target).is_elapsed
    except ValueError:  # an agreed time
        return False
