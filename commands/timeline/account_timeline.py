"""The story of an account: what became true of it, what was refused, and which letters came."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from commands.timeline.ticket_timeline import (
    EmailLine,
    RefusalLine,
    TimelinePart,
    by_second,
    email_line,
)
from policies.vocabulary import Role
from workflows.account.messages import (
    AccountEvent,
    AccountEventType,
    AccountView,
    ClaimView,
    CreditView,
    MonthView,
    YearView,
)


class AccountHappened(TimelinePart):
    """An event: what became true, and by whom."""

    seq: int
    at: datetime
    event: AccountEventType
    by: str
    role: Role
    data: dict[str, JsonValue]


class AccountScene(TimelinePart):
    """All that belongs to one instant."""

    at: datetime
    local: str
    events: tuple[AccountHappened, ...] = ()
    refused: tuple[RefusalLine, ...] = ()
    mails: tuple[EmailLine, ...] = ()


class AccountTimeline(TimelinePart):
    """An account for a while, and its books at the end."""

    account: str
    name: str
    policy: str
    revision: date
    plan: str | None
    zone: str
    scenes: tuple[AccountScene, ...]
    years: tuple[YearView, ...]
    months: tuple[MonthView, ...]
    credits: tuple[CreditView, ...]
    claims: tuple[ClaimView, ...]


def tell_account(
    view: AccountView, refused: Iterable[RefusalLine], letters: Iterable[EmailMessage], zone: str
) -> AccountTimeline:
    """The story of an account as it stands; instants are shown in this zone as well."""
    parts: list[AccountHappened | RefusalLine | EmailLine] = [
        *map(_happened, view.events),
        *refused,
        *(email_line(letter) for letter in letters if is_to_account(letter, view.terms.account)),
    ]
    return AccountTimeline(
        account=view.terms.account,
        name=view.terms.account_name,
        policy=view.terms.policy,
        revision=view.terms.revision,
        plan=view.terms.plan,
        zone=zone,
        scenes=tuple(_scenes(parts, ZoneInfo(zone))),
        years=view.years,
        months=view.months,
        credits=view.credits,
        claims=view.claims,
    )


def is_to_account(letter: EmailMessage, account: str) -> bool:
    """Whether a letter is about this account, and no ticket."""
    return str(letter["In-Reply-To"]).startswith(f"<account-{account}@")


def _happened(event: AccountEvent) -> AccountHappened:
    return AccountHappened(
        seq=event.seq,
        at=event.at,
        event=AccountEventType(event.type),
        by=event.by.display_name,
        role=event.by.role,
        data=event.data,
    )


def _scenes(
    parts: list[AccountHappened | RefusalLine | EmailLine], zone: ZoneInfo
) -> Iterator[AccountScene]:
    for at, together in by_second(parts):
        yield AccountScene(
            at=at,
            local=at.astimezone(zone).isoformat(),
            events=tuple(p for p in together if isinstance(p, AccountHappened)),
            refused=tuple(p for p in together if isinstance(p, RefusalLine)),
            mails=tuple(p for p in together if isinstance(p, EmailLine)),
        )
