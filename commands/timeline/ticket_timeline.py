"""A story: a ticket's life as it happened, told in the order in which it did.

Events and the mails about them come together by their instant; what the clocks did in between
follows from how they looked each time somebody looked.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from email.message import EmailMessage
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, JsonValue

from policies.terms.ticket_terms import PinnedCalendar
from policies.vocabulary import Action, ClockState, EventType, Role
from workflows.account.messages import AccountAction
from workflows.ticket.model.messages import ClockView, Event, TicketView

SAID = ("message", "conclusion", "result", "basis", "reason", "note")


class TimelinePart(BaseModel):
    """A part of a story; instants are UTC."""

    model_config = ConfigDict(frozen=True)


class At(Protocol):
    """Whatever has its instant."""

    @property
    def at(self) -> datetime:
        """When it was, in UTC."""


Part = TypeVar("Part", bound=At)


class EventLine(TimelinePart):
    """An event: who did what, and what they said."""

    seq: int
    at: datetime
    event: EventType
    by: str
    role: Role
    said: str
    data: dict[str, JsonValue]


class RefusalLine(TimelinePart):
    """Something that was tried, and why it was refused."""

    at: datetime
    action: Action | AccountAction
    by: str
    role: Role
    reason: str


class ClockChange(TimelinePart):
    """What a clock did: `due_at` is when it runs out, `over` the holidays on the way to that,
    `owed` the seconds left of a paused one.
    """

    at: datetime
    clock: str
    cycle: int
    news: str
    due_at: datetime | None = None
    owed: float | None = None
    over: tuple[str, ...] = ()
    clause: str = ""


class EmailLine(TimelinePart):
    """A notice as it arrived."""

    at: datetime
    to: str
    address: str
    subject: str
    message_id: str


class Instant(TimelinePart):
    """All that belongs to one instant."""

    at: datetime
    local: str
    events: tuple[EventLine, ...] = ()
    refused: tuple[RefusalLine, ...] = ()
    clocks: tuple[ClockChange, ...] = ()
    mails: tuple[EmailLine, ...] = ()


class Timeline(TimelinePart):
    """A life from opening to closing."""

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
        """Every mail, in order."""
        return [mail for scene in self.scenes for mail in scene.mails]

    def clock_news(self, clock: str) -> list[ClockChange]:
        """What a clock did, in order."""
        return [news for scene in self.scenes for news in scene.clocks if news.clock == clock]

    def refusals(self) -> list[RefusalLine]:
        """Everything that was refused."""
        return [refused for scene in self.scenes for refused in scene.refused]


def build_timeline(
    view: TicketView,
    events: Iterable[Event],
    refused: Iterable[RefusalLine],
    looks: Iterable[tuple[datetime, Iterable[ClockView]]],
    letters: Iterable[EmailMessage],
    hours: PinnedCalendar | None = None,
) -> Timeline:
    """The story of a ticket. `looks` are its clocks whenever somebody looked, the last at its end;
    `hours` name the holidays that deadlines cross.
    """
    seen = [(at, tuple(clocks)) for at, clocks in looks]
    parts: list[EventLine | RefusalLine | ClockChange | EmailLine] = [
        *(_event_line(event) for event in events),
        *refused,
        *(_over_holidays(news, hours) for news in _clock_changes(seen)),
        *(email_line(letter) for letter in letters if is_about(letter, view.number)),
    ]
    timeline = [part for part in parts if isinstance(part, EventLine)]
    return Timeline(
        ticket=view.number,
        subject=view.subject,
        account=view.account,
        policy=view.policy,
        revision=view.revision,
        zone=view.zone,
        opened_at=view.received_at,
        closed_at=timeline[-1].at if view.closed_as else None,
        closed_as=view.closed_as,
        notices_owed=len(view.notices),
        scenes=tuple(_instants(parts, ZoneInfo(view.zone))),
        clocks=seen[-1][1],
    )


def _instants(
    parts: list[EventLine | RefusalLine | ClockChange | EmailLine], zone: ZoneInfo
) -> Iterator[Instant]:
    for at, together in by_second(parts):
        yield Instant(
            at=at,
            local=at.astimezone(zone).isoformat(),
            events=tuple(p for p in together if isinstance(p, EventLine)),
            refused=tuple(p for p in together if isinstance(p, RefusalLine)),
            clocks=tuple(p for p in together if isinstance(p, ClockChange)),
            mails=tuple(p for p in together if isinstance(p, EmailLine)),
        )


def by_second(parts: Iterable[Part]) -> Iterator[tuple[datetime, list[Part]]]:
    """The parts of a story that belong together, in the order of time."""

    # A mail's date has whole seconds (RFC 5322 section 3.3).
    def second(part: Part) -> datetime:
        return part.at.replace(microsecond=0)

    for at, group in groupby(sorted(parts, key=second), key=second):
        yield at, list(group)


def _event_line(event: Event) -> EventLine:
    said = next((str(event.data[key]) for key in SAID if event.data.get(key)), "")
    return EventLine(
        seq=event.seq,
        at=event.at,
        event=event.type,
        by=event.by.display_name,
        role=event.by.role,
        said=said,
        data=event.data,
    )


def is_about(letter: EmailMessage, number: str) -> bool:
    """Whether a letter is of this ticket: every subject begins with its number."""
    return _subject(letter).startswith(f"[{number}]")


# Header fields are parsed each time they are asked for, and stories ask for these again and again.
@lru_cache(maxsize=4096)
def _subject(letter: EmailMessage) -> str:
    # A long one is folded before its first word (RFC 5322 section 2.2.3).
    return str(letter["Subject"]).strip()


def email_line(letter: EmailMessage) -> EmailLine:
    """A letter as a part of a story."""
    sent = letter["Date"].datetime
    return EmailLine(
        at=sent.astimezone(UTC),
        to=str(letter["To"]),
        address=letter["To"].addresses[0].addr_spec,
        subject=_subject(letter),
        message_id=str(letter["Message-ID"]),
    )


def _clock_changes(looks: list[tuple[datetime, tuple[ClockView, ...]]]) -> Iterator[ClockChange]:
    cycles: dict[tuple[str, int], list[tuple[datetime, ClockView]]] = {}
    for at, clocks in looks:
        for clock in clocks:
            cycles.setdefault((clock.name, clock.cycle), []).append((at, clock))
    for views in cycles.values():
        yield from _changes_of_cycle(views)


def _changes_of_cycle(views: list[tuple[datetime, ClockView]]) -> Iterator[ClockChange]:
    first = views[0][1]
    yield _clock(first, first.started_at, "starts")
    if first.paused_at is not None:
        yield _clock(first, first.paused_at, "pauses")
    for (_, before), (at, after) in pairwise(views):
        if after.paused_at is not None and after.paused_at != before.paused_at:
            yield _clock(after, after.paused_at, "pauses")
        elif before.state is ClockState.PAUSED and after.state is ClockState.RUNNING:
            yield _clock(after, at, "resumes")
    last = views[-1][1]
    if last.breached_at is not None:
        yield _clock(last, last.breached_at, "runs out")
    if last.completed_at is not None:
        yield _clock(last, last.completed_at, _end(last))


def _over_holidays(news: ClockChange, hours: PinnedCalendar | None) -> ClockChange:
    if hours is None or news.due_at is None:
        return news
    skipped = hours.calendar.explain(news.at, news.due_at).skipped
    named = tuple(day.reason for day in skipped if day.date.isoformat() in hours.closed)
    return news.model_copy(update={"over": named})


def _end(clock: ClockView) -> str:
    if clock.state is ClockState.BREACHED:
        return "completed late"
    return "met" if clock.state is ClockState.MET else "no longer needed"


def _clock(clock: ClockView, at: datetime, news: str) -> ClockChange:
    is_aimed = news in {"starts", "resumes"}
    return ClockChange(
        at=at,
        clock=clock.name,
        cycle=clock.cycle,
        news=news,
        due_at=clock.due_at if is_aimed else None,
        owed=clock.owed if news == "pauses" else None,
        clause=clock.clause,
    )
