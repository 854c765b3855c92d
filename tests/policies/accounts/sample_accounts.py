"""Account terms like those of two published policies."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from policies.accounts.account_terms import (
    AccountTerms,
    AvailabilityTerms,
    ClaimTerms,
    EnablementTerms,
    LatenessTerms,
    MaintenanceWindow,
)
from policies.accounts.lateness import Lateness
from policies.business_time.durations import Duration
from policies.terms.model.notice import NoticeTerms
from policies.terms.model.recipient import Recipient
from policies.vocabulary import EventType

EAST_2 = "+02:00"
COUNTED = "service_failure"
CONTENTSQUARE = AccountTerms(
    account="soleil",
    account_name="Soleil SA",
    policy="contentsquare",
    revision=date(2023, 1, 1),
    starts_on=date(2026, 1, 15),
    offset=EAST_2,
    lateness=(
        LatenessTerms(
            clock="resolution", priorities=("p0", "p1", "p2"), each=Duration.parse("24 hours")
        ),
    ),
    availability=AvailabilityTerms(
        target=Decimal("99.5"),
        points="whole",
        counted=(COUNTED,),
        uncounted=(
            "network_failure",
            "customer_systems",
            "scheduled_interruption",
            "beyond_control",
        ),
        announced=("scheduled_interruption",),
        maintenance=tuple(
            MaintenanceWindow(weekday=day, opens="08:00", closes="16:00", offset=EAST_2)
            for day in ("sat", "sun")
        ),
    ),
    claims=ClaimTerms(days=30),
)
COLETTE = Recipient(name="Colette", email="colette@soleil.example", locale="fr")
MANAGER = Recipient(name="Marc", email="marc@desk.example")
LEAD = Recipient(name="Lead", email="lead@desk.example")
_TELL = {
    EventType.CREDIT_EARNED: ("requester", "customer", "account_manager"),
    EventType.CREDIT_CORRECTED: ("requester", "customer", "account_manager"),
    EventType.CREDITS_CLAIMED: ("account_manager",),
    EventType.CLAIM_REFUSED: ("customer",),
    EventType.NOTICE_UNDELIVERABLE: ("assignee", "lead"),
}
WITH_LETTERS = CONTENTSQUARE.model_copy(
    update={
        "title": "Support Contentsquare",
        "contacts": {"customer": COLETTE, "account_manager": MANAGER, "lead": LEAD},
        "notices": tuple(
            NoticeTerms(event=event, tell=tell, clause="claims") for event, tell in _TELL.items()
        ),
    }
)
"""The same terms, with contacts to notify."""
PRISMIC = AccountTerms(
    account="papier",
    account_name="Papier & Co",
    policy="prismic",
    revision=date(2023, 1, 1),
    plan="enterprise_premium",
    starts_on=date(2026, 6, 1),
    enablement=EnablementTerms(hours=Decimal(8)),
)


def east(text: str) -> datetime:
    """`2027-03-01 12:00` at the fixed offset of +02:00, as UTC."""
    return datetime.fromisoformat(f"{text}:00+02:00").astimezone(UTC)


def utc(text: str) -> datetime:
    """`2027-03-01 12:00` in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def lateness(due_at: datetime, completed_at: datetime, **others: Any) -> Lateness:
    """A clock that was completed late, after an uninterrupted lateness."""
    fields: dict[str, Any] = {
        "account": CONTENTSQUARE.account,
        "ticket": "7K2M-0QXW-9HTE",
        "clock": "resolution",
        "priority": "p0",
        "due_at": due_at,
        "breached_at": due_at,
        "late": completed_at - due_at,
        "reported_at": completed_at,
        "completed_at": completed_at,
    }
    return Lateness(**fields | others)
