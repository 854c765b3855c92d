"""The timeline of an account: its events, refusals and e-mails, in order of time."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from commands.timeline.clock_changes import TimelinePart
from commands.timeline.ticket_timeline import (
    EmailLine,
    RefusalLine,
    by_second,
    email_line,
)
from policies.vocabulary import Role
from workflows.account.model.events import AccountEvent, AccountEventType
from workflows.account.model.views import (
    AccountView,
    ClaimView,
    CreditView,
    LevelView,
    MonthView,
    YearView,
)


class AccountEventLine(TimelinePart):
    """An event and its actor."""

    seq: int
    at: datetime
    event: AccountEventType
    by: str
    role: Role
    data: dict[str, JsonValue]


class AccountInstant(TimelinePart):
    """All parts of one time."""

    at: datetime
    local: str
    events: tuple[AccountEventLine, ...] = ()
    refused: tuple[RefusalLine, ...] = ()
    mails: tuple[EmailLine, ...] = ()


class AccountTimeline(TimelinePart):
    """An account over a period, and its entries at the end."""

    account: str
    name: str
    policy: str
    revision: date
    plan: str | None
    zone: str
    scenes: tuple[AccountInstant, ...]
    years: tuple[YearView, ...]
    months: tuple[MonthView, ...]
    credits: tuple[CreditView, ...]
    service_levels: tuple[LevelView, ...] = ()
    claims: tuple[ClaimView, ...]


def build_account_timeline(
    view: AccountView, refused: Iterable[RefusalLine], emails: Iterable[EmailMessage], zone: str
) -> AccountTimeline:
    """Builds the timeline; local times are those of `zone`."""
    parts: list[AccountEventLine | RefusalLine | EmailLine] = [
        *map(_event_line, view.events),
        *refused,
        *(email_line(email) for email in emails if is_to_account(email, view.terms.account)),
    ]
    return AccountTimeline(
        account=view.terms.account,
        name=view.terms.account_name,
        policy=view.terms.policy,
        revision=view.terms.revision,
        plan=view.terms.plan,
        zone=zone,
        scenes=tuple(_instants(parts, ZoneInfo(zone))),
        years=view.years,
        months=view.months,
        credits=view.credits,
        claims=view.claims,
        service_levels=view.service_levels,
    )


def is_to_account(email: EmailMessage, account: str) -> bool:
    """Whether an e-mail is about the account itself, and not a ticket."""
    return str(email["In-Reply-To"]).startswith(f"<account-{account}@")


def _event_line(event: AccountEvent) -> AccountEventLine:
    return AccountEventLine(
        seq=event.seq,
        at=event.at,
        event=AccountEventType(event.type),
        by=event.by.display_name,
        role=event.by.role,
        data=event.data,
    )


def _instants(
    parts: list[AccountEventLine | RefusalLine | EmailLine], zone: ZoneInfo
) -> Iterator[AccountInstant]:
    for at, group in by_second(parts):
        yield AccountInstant(
            at=at,
            local=at.astimezone(zone).isoformat(),
            events=tuple(p for p in group if isinstance(p, AccountEventLine)),
            refused=tuple(p for p in group if isinstance(p, RefusalLine)),
            mails=tuple(p for p in group if isinstance(p, EmailLine)),
        )
