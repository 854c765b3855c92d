"""Expectations about the account of a scenario.

Only the given fields are compared; `absent` expects that an entry does not exist.
"""

import datetime
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from pydantic import Discriminator, Tag

from commands.scenario.expectation_base import Audiences, ExpectationPart, LocalTime, OpenTime
from policies.business_time.periods import PeriodName
from workflows.account.model.events import AccountEventType
from workflows.account.model.views import ClaimState, CreditState, LevelState


class YearExpectation(ExpectationPart):
    """The hours or times of one period of the allowance."""

    hours: Decimal | None = None
    times: int | None = None
    carried_over: Decimal | None = None
    booked: Decimal | None = None
    left: Decimal | None = None


class SessionExpectation(ExpectationPart):
    """A booked session."""

    date: datetime.date | None = None
    hours: Decimal | None = None
    cancelled: bool | None = None


class OutageExpectation(ExpectationPart):
    """An outage; `because` is part of the reason why it counts or not."""

    counts: bool | None = None
    because: str | None = None
    ends_at: LocalTime | None = None
    withdrawn: bool | None = None


class MonthExpectation(ExpectationPart):
    """The availability of a month; `downtime` is in hours and minutes."""

    percent: Decimal | None = None
    target: Decimal | None = None
    provisional: bool | None = None
    downtime: OpenTime | None = None
    credits: int | None = None
    corrections: int | None = None


class CreditExpectation(ExpectationPart):
    """The service credits for one breach."""

    credits: int | None = None
    days: int | None = None
    state: CreditState | None = None
    clause: str | None = None
    claim_until: datetime.date | None = None
    claim_until_at: LocalTime | None = None
    claim: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    percent: Decimal | None = None
    before_cap: Decimal | None = None
    missing: tuple[str, ...] | None = None


class ServiceLevelExpectation(ExpectationPart):
    """A service level in a period, named as `quick_answers:2026-Q2`."""

    state: LevelState | None = None
    counted: int | None = None
    kept: int | None = None
    pending: int | None = None
    percent: Decimal | None = None
    target: Decimal | None = None


class ClaimExpectation(ExpectationPart):
    """A claim."""

    state: ClaimState | None = None
    days: int | None = None
    amounts: dict[str, Decimal] | None = None
    credits: tuple[str, ...] | None = None
    review_until: datetime.date | None = None


def _kind(value: object) -> str:
    return "<absent>" if isinstance(value, str) else "<entry>"


Entry = TypeVar("Entry", bound=ExpectationPart)
OrAbsent = Annotated[
    Annotated[Entry, Tag("<entry>")] | Annotated[Literal["absent"], Tag("<absent>")],
    Discriminator(_kind),
]
Entries = dict[str, OrAbsent[Entry]]


class AccountExpectation(ExpectationPart):
    """The expected state of the account at one time."""

    years: dict[datetime.date, OrAbsent[YearExpectation]] | None = None
    sessions: Entries[SessionExpectation] | None = None
    outages: Entries[OutageExpectation] | None = None
    months: dict[PeriodName, OrAbsent[MonthExpectation]] | None = None
    credits: Entries[CreditExpectation] | None = None
    claims: Entries[ClaimExpectation] | None = None
    service_levels: Entries[ServiceLevelExpectation] | None = None
    told: Audiences | None = None
    not_told: Audiences | None = None
    events: tuple[AccountEventType, ...] | None = None
