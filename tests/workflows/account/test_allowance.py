from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from policies.vocabulary import Role
from tests.harness import AGENT
from tests.policies.accounts.sample_accounts import CONTENTSQUARE, PRISMIC, utc
from tests.workflows.account.ledger import MANAGER, Ledger
from workflows.account.messages import AccountAction
from workflows.account.refusals import (
    AlreadySettled,
    NoSuchEntry,
    NothingLeft,
    NotPromised,
    TooLate,
)
from workflows.shared.refusals import IdReused, InvalidContent, WrongRole

pytestmark = pytest.mark.clause("prismic/enablement")
NOW = utc("2027-03-01 10:00")


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(PRISMIC, NOW)


def left(ledger: Ledger, at: str = "2027-03-01 10:00") -> Decimal:
    return ledger.view(utc(at)).years[0].left


def test_the_ninth_hour_is_refused_with_what_is_left(ledger: Ledger) -> None:
    ledger.book("2027-03-10", "5", NOW)
    ledger.book("2027-04-10", "2.25", NOW)
    with pytest.raises(NothingLeft, match=r"0\.75 left, 1 requested") as refused:
        ledger.book("2027-05-10", "1", NOW)
    assert refused.value.clause == "enablement"
    ledger.book("2027-05-10", "0.75", NOW)
    assert left(ledger) == 0
    with pytest.raises(NothingLeft, match="1 June 2026 to 31 May 2027: 0 left"):
        ledger.book("2027-05-11", "0.25", NOW)


def test_the_year_turns_by_itself_and_nothing_carries_over(ledger: Ledger) -> None:
    ledger.book("2027-05-31", "8", NOW)
    ledger.book("2027-06-01", "8", NOW)
    before, after = ledger.view(utc("2027-05-31 23:59")), ledger.view(utc("2027-06-01 00:00"))
    assert [(y.begins, y.booked) for y in before.years] == [
        (date(2026, 6, 1), Decimal(8)),
        (date(2027, 6, 1), Decimal(8)),
    ]
    assert [y.begins for y in after.years] == [date(2027, 6, 1)]
    assert left(ledger, "2028-06-01 00:00") == 8


def test_cancelling_gives_hours_back_up_to_the_day_before(ledger: Ledger) -> None:
    session = ledger.book("2027-03-10", "8", NOW)
    ledger.act(AccountAction.CANCEL_SESSION, utc("2027-03-09 23:59"), session=session)
    assert left(ledger) == 8
    with pytest.raises(AlreadySettled, match="already cancelled"):
        ledger.act(AccountAction.CANCEL_SESSION, NOW, session=session)


def test_on_its_day_a_session_counts_as_held(ledger: Ledger) -> None:
    session = ledger.book("2027-03-10", "8", NOW)
    with pytest.raises(TooLate, match="until the day before"):
        ledger.act(AccountAction.CANCEL_SESSION, utc("2027-03-10 00:00"), session=session)
    assert left(ledger) == 0


@pytest.mark.parametrize("day", ["2027-02-28", "2028-06-01", "2199-12-31"])
def test_sessions_lie_between_today_and_the_end_of_the_next_contract_year(
    ledger: Ledger, day: str
) -> None:
    with pytest.raises(InvalidContent, match="1 March 2027 to 31 May 2028"):
        ledger.book(day, "1", NOW)
    ledger.book("2027-03-01", "1", NOW)
    ledger.book("2028-05-31", "1", NOW)


@pytest.mark.parametrize("hours", ["0", "-1", "0.1", "1.3", "24.25", "NaN"])
def test_hours_are_quarters(ledger: Ledger, hours: str) -> None:
    with pytest.raises(ValidationError):
        ledger.book("2027-03-10", hours, NOW)


def test_the_same_booking_sent_twice_is_one(ledger: Ledger) -> None:
    assert ledger.book("2027-03-10", "1", NOW, "b1") == ledger.book("2027-03-10", "1", NOW, "b1")
    assert left(ledger) == 7
    with pytest.raises(IdReused):
        ledger.book("2027-03-10", "2", NOW, "b1")


def test_a_refused_booking_changes_nothing(ledger: Ledger) -> None:
    before = ledger.account.state.model_dump_json()
    with pytest.raises(NothingLeft):
        ledger.book("2027-03-10", "8.25", NOW)
    assert ledger.account.state.model_dump_json() == before


def test_a_session_that_is_none_cannot_be_cancelled(ledger: Ledger) -> None:
    with pytest.raises(NoSuchEntry):
        ledger.act(AccountAction.CANCEL_SESSION, NOW, session="session-9")


def test_hours_are_refused_where_none_are_promised() -> None:
    with pytest.raises(NotPromised, match="contentsquare includes no hours"):
        Ledger(CONTENTSQUARE, NOW).book("2027-03-10", "1", NOW)
    undated = PRISMIC.model_copy(update={"starts_on": None})
    with pytest.raises(NotPromised, match="does not give its start date"):
        Ledger(undated, NOW).book("2027-03-10", "1", NOW)


def test_customers_and_their_manager_book_and_nobody_else(ledger: Ledger) -> None:
    said: dict[str, Any] = {"date": "2027-03-10", "hours": 1, "topic": "SEO", "requested_by": "Mia"}
    ledger.act(AccountAction.BOOK_SESSION, NOW, by=MANAGER, **said)
    with pytest.raises(WrongRole, match=Role.ACCOUNT_MANAGER):
        ledger.act(AccountAction.BOOK_SESSION, NOW, by=AGENT, **said)
