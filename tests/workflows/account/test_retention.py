"""An account keeps what can still change something, and drops the rest."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from policies.accounts.account_terms import (
    AccountTerms,
    ClaimTerms,
    EnablementTerms,
    LatenessTerms,
    ReviewTerms,
)
from policies.business_time.durations import Duration
from policies.terms.model.recipient import Recipient
from policies.vocabulary import NoticeStatus, Role
from tests.policies.accounts.sample_accounts import CONTENTSQUARE, PRISMIC, east, utc
from tests.workflows.account.account_driver import AccountDriver
from workflows.account.model.action_inputs import AccountAction
from workflows.account.retention import IDS, prune
from workflows.account.state import Handled, NoticeRecord

JANUARY = east("2027-01-01 00:00")
DUE = east("2027-03-10 15:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def claimed_within(days: int) -> AccountTerms:
    return CONTENTSQUARE.model_copy(update={"claims": ClaimTerms(days=days)})


def notice(key: str, status: NoticeStatus) -> NoticeRecord:
    to = Recipient(name="Mia", email="mia@desk.example")
    return NoticeRecord(
        key=key, template="month_closed", audience="requester", to=to, at=JANUARY, status=status
    )


def outages(driver: AccountDriver, at: datetime) -> list[str]:
    return [outage.id for outage in driver.view(at).outages]


def test_an_outage_is_kept_as_long_as_its_month_can_change() -> None:
    driver = AccountDriver(claimed_within(120), JANUARY)
    begins = JANUARY + 4 * DAY
    first = driver.down(begins, begins + 2 * HOUR)
    at = JANUARY + 100 * DAY
    second = driver.down(begins + 8 * HOUR, begins + 9 * HOUR, at=at)
    assert outages(driver, at) == [first, second]
    [january] = [month for month in driver.view(at).months if month.month == "2027-01"]
    assert january.downtime_seconds == 3 * 3_600
    # The last day to claim is 31 May.
    assert outages(driver, east("2027-06-01 00:00") - HOUR) == [first, second]
    assert outages(driver, east("2027-07-01 00:00")) == []


def test_an_outage_is_dropped_when_no_month_can_change_any_more() -> None:
    driver = AccountDriver(claimed_within(0), JANUARY)
    found = driver.down(JANUARY, JANUARY + HOUR)
    assert outages(driver, east("2027-02-28 00:00")) == [found]
    assert outages(driver, east("2027-05-01 00:00")) == []


def test_an_outage_is_shown_for_62_days_even_if_its_month_is_final() -> None:
    driver = AccountDriver(claimed_within(0), JANUARY)
    found = driver.down(JANUARY, JANUARY + HOUR, at=east("2027-01-31 00:00"))
    # Months are closed, and records dropped, on the first day of each month.
    assert outages(driver, east("2027-04-01 00:00")) == [found]
    assert outages(driver, east("2027-05-01 00:00")) == []


def test_a_credit_and_its_claim_are_kept_for_a_year_after_the_claim_period() -> None:
    driver = AccountDriver(CONTENTSQUARE, DUE - DAY)
    credit = driver.late(DUE, DUE + HOUR)
    claim = driver.claim(DUE + DAY, credit)
    last_day = east("2027-04-09 00:00")
    kept = driver.view(last_day + 366 * DAY)
    assert ([c.id for c in kept.credits], [c.id for c in kept.claims]) == ([credit], [claim])
    assert len(driver.state(last_day + 366 * DAY).late_cycles) == 1
    later = driver.view(east("2028-06-01 00:00"))
    assert (later.credits, later.claims) == ((), ())


def test_an_older_report_about_a_cycle_is_recognised_for_a_year() -> None:
    """It would earn a credit that the newer report has taken back."""
    whole_days = LatenessTerms(
        clock="resolution", priorities=(), each=Duration.parse("24 hours"), counts="whole"
    )
    terms = CONTENTSQUARE.model_copy(update={"lateness": (whole_days,), "availability": None})
    driver = AccountDriver(terms, DUE - DAY)
    driver.late(DUE, DUE + HOUR, number=2)
    for days in (1, 366):
        prune(driver.account.state, DUE + days * DAY)
        assert driver.late(DUE, DUE + 30 * HOUR, number=1) == ""
    prune(driver.account.state, DUE + 368 * DAY)
    assert driver.account.state.late_cycles == {}


def test_a_credit_is_dropped_366_days_after_its_last_day() -> None:
    driver = AccountDriver(CONTENTSQUARE, DUE - DAY)
    driver.late(DUE, DUE + HOUR)
    state = driver.account.state
    dropped_at = east("2027-04-10 00:00") + 366 * DAY
    for at, kept in ((dropped_at - HOUR, 1), (dropped_at, 0)):
        prune(state, at)
        assert len(state.credits) == kept


def test_a_cycle_that_is_overdue_is_kept_however_long() -> None:
    driver = AccountDriver(CONTENTSQUARE, DUE - DAY)
    credit = driver.late(DUE, DUE, overdue=True)
    assert credit == ""
    [(_, (days, state))] = driver.credits(DUE + 800 * DAY).items()
    assert (days, state) == (800, "accruing")


@pytest.mark.clause("prismic/enablement")
def test_sessions_of_this_and_the_last_contract_year_are_kept() -> None:
    driver = AccountDriver(PRISMIC, utc("2027-03-01 10:00"))
    first = driver.book("2027-05-31", "1", utc("2027-03-01 10:00"))
    second = driver.book("2027-06-01", "1", utc("2027-03-01 10:00"))
    at = utc("2028-05-31 12:00")
    third = driver.book("2028-05-31", "1", at)
    assert [session.id for session in driver.view(at).sessions] == [first, second, third]
    at = utc("2028-06-01 12:00")
    fourth = driver.book("2028-06-02", "1", at)
    assert [session.id for session in driver.view(at).sessions] == [second, third, fourth]


def test_an_outage_is_dropped_when_it_was_recorded_62_days_ago() -> None:
    driver = AccountDriver(claimed_within(0), JANUARY)
    recorded_at = JANUARY + DAY
    driver.down(JANUARY, JANUARY + HOUR, at=recorded_at)
    driver.account.catch_up(recorded_at + 61 * DAY)
    for after, kept in ((62 * DAY - timedelta.resolution, 1), (62 * DAY, 0)):
        prune(driver.account.state, recorded_at + after)
        assert len(driver.account.state.outages) == kept


def test_without_a_begin_of_the_contract_every_session_is_kept() -> None:
    by_year = EnablementTerms(hours=Decimal(8), each="calendar_year")
    terms = PRISMIC.model_copy(update={"enablement": by_year})
    driver = AccountDriver(terms, utc("2027-12-01 10:00"))
    driver.book("2027-12-31", "1", utc("2027-12-01 10:00"))
    unknown = terms.model_copy(update={"enablement": None, "starts_on": None})
    driver.act(AccountAction.ADOPT_TERMS, utc("2030-01-01 10:00"), terms=unknown)
    assert len(driver.account.state.sessions) == 1


def test_the_last_thousand_action_ids_are_recognised() -> None:
    state = AccountDriver(PRISMIC, JANUARY).account.state
    state.handled = {f"act-{n}": Handled(fingerprint="f") for n in range(IDS + 1)}
    prune(state, JANUARY)
    assert (IDS, len(state.handled), next(iter(state.handled))) == (1_000, 1_000, "act-1")


def test_an_outage_that_ended_as_the_oldest_changeable_month_began_is_dropped() -> None:
    driver = AccountDriver(claimed_within(60), JANUARY)
    february, april = east("2027-02-01 00:00"), east("2027-04-10 00:00")
    driver.down(february - HOUR, february)
    second = driver.down(february - HOUR, february + HOUR)
    third = driver.down(april - HOUR, april)
    assert outages(driver, april) == [second, third]


def test_a_credit_is_kept_as_long_as_its_claim_waits_for_a_decision() -> None:
    review = ReviewTerms(by=(Role.OPERATOR,), clause="claims")
    driver = AccountDriver(CONTENTSQUARE.model_copy(update={"claim_review": review}), DUE - DAY)
    reviewed, open_claim = driver.late(DUE, DUE + HOUR), driver.late(DUE, DUE + HOUR, ticket="B")
    accepted = driver.claim(DUE + DAY, reviewed)
    driver.act(AccountAction.ACCEPT_CLAIM, DUE + DAY, claim=accepted, reason="So agreed.")
    pending = driver.claim(DUE + DAY, open_claim)
    state = driver.account.state
    prune(state, DUE + 900 * DAY)
    assert [credit.id for credit in state.credits] == [open_claim]
    assert [claim.id for claim in state.claims] == [pending]


def test_an_account_keeps_120_months_the_downtime_of_24_and_100_events_and_notices() -> None:
    driver = AccountDriver(claimed_within(0), JANUARY)
    driver.down(JANUARY, JANUARY + HOUR)
    state = driver.state(east("2027-02-02 00:00"))
    month, event = state.months[-1], state.events[-1]
    assert (len(month.down), month.down_omitted) == (1, 0)
    state.months, state.events = [month] * 121, [event] * 101
    pending = notice("pending", NoticeStatus.OWED)
    state.notices = [pending, *(notice(f"n-{n}", NoticeStatus.SENT) for n in range(101))]
    prune(state, east("2027-02-02 00:00"))
    assert (len(state.months), len(state.events)) == (120, 100)
    assert [(len(m.down), m.down_omitted) for m in state.months] == [(0, 1)] * 96 + [(1, 0)] * 24
    assert [kept.key for kept in state.notices] == ["pending", *(f"n-{n}" for n in range(1, 101))]


def test_a_credit_without_a_claim_period_is_dropped_366_days_after_its_breach() -> None:
    driver = AccountDriver(CONTENTSQUARE.model_copy(update={"claims": None}), DUE - DAY)
    driver.late(DUE, DUE + HOUR)
    state = driver.account.state
    dropped_at = east("2027-03-11 00:00") + 366 * DAY
    for at, kept in ((dropped_at - HOUR, 1), (dropped_at, 0)):
        prune(state, at)
        assert len(state.credits) == kept
