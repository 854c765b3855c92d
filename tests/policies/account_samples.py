"""Account terms as they follow from two published policies."""

from datetime import UTC, date, datetime
from decimal import Decimal

from policies.account_terms import (
    AccountTerms,
    AvailabilityTerms,
    ClaimTerms,
    EnablementTerms,
    LateCompletionTerms,
    MaintenanceWindow,
)
from policies.durations import Duration

EAST_2 = "+02:00"
COUNTED = "service_failure"
CONTENTSQUARE = AccountTerms(
    account="soleil",
    account_name="Soleil SA",
    policy="contentsquare",
    revision=date(2023, 1, 1),
    starts_on=date(2026, 1, 15),
    offset=EAST_2,
    late_completions=(
        LateCompletionTerms(
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
