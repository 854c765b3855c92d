"""The timeline of a ticket: its events, refusals, clock changes and e-mails, in order of time.

Clock changes are derived from snapshots of the clocks, which are taken after each step.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from email.message import EmailMessage
from functools import lru_cache
from itertools import groupby
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from commands.timeline.clock_changes import (
    ClockChange,
    TimelinePart,
    clock_changes,
    with_holidays,
)
from policies.terms.model.calendar import PinnedCalendar
from policies.vocabulary import Action, EventType, Role
from workflows.account.model.action_inputs import AccountAction
from workflows.ticket.model.views import ClockView, EventView, TicketView

TEXT_KEYS = ("message", "conclusion", "result", "basis", "reason", "note")


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
    events: Iterable[EventView],
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
        *(with_holidays(change, calendar) for change in clock_changes(clocks)),
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


def _event_line(event: EventView) -> EventLine:
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
