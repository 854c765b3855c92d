"""Outages and months: what counts as downtime, and when months are closed and corrected."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from policies.business_time.periods import Period
from tests.policies.accounts.sample_accounts import CONTENTSQUARE, PRISMIC, east, utc
from tests.workflows.account.account_driver import AccountDriver
from workflows.account import months, views
from workflows.account.model.action_inputs import AccountAction
from workflows.account.model.views import MonthView
from workflows.account.outages import MOST
from workflows.account.refusals import AlreadySettled, NoSuchEntry, NotPromised, TooLate
from workflows.shared.refusals import InvalidContent, RecordFull

APRIL_1 = east("2027-04-01 00:00")
MEASURED = 680 * 3600
"""Seconds of March 2027 without maintenance."""


@pytest.fixture
def driver() -> AccountDriver:
    return AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))


def march(driver: AccountDriver, at: str = "2027-04-01 00:00") -> MonthView:
    view = driver.view(east(at))
    return next(m for m in (*view.months, view.running) if m and m.month == "2027-03")


@pytest.mark.clause("contentsquare/availability")
def test_a_month_is_closed_when_it_ends_and_earns_whole_percentage_points(
    driver: AccountDriver,
) -> None:
    # 1.8 % of 680 hours are 12 h 14 min 24 s: 98.2 %.
    begins = east("2027-03-02 00:00")
    driver.down(begins, begins + timedelta(hours=12, minutes=14, seconds=24))
    before = march(driver, "2027-03-31 23:59")
    assert before.provisional
    assert before.ends == east("2027-03-31 23:59")
    assert before.credits is None
    closed = march(driver)
    assert not closed.provisional
    assert (closed.measured_seconds, closed.downtime_seconds) == (MEASURED, 44_064)
    assert (str(closed.percent), closed.credits) == ("98.2000", 1)
    assert driver.credits(APRIL_1) == {"month:2027-03": (1, "earned")}


@pytest.mark.clause("contentsquare/availability")
def test_outages_that_overlap_count_once(driver: AccountDriver) -> None:
    driver.down(east("2027-03-02 10:00"), east("2027-03-02 12:00"))
    driver.down(east("2027-03-02 11:00"), east("2027-03-02 13:00"))
    assert march(driver).downtime_seconds == 3 * 3600


@pytest.mark.clause("contentsquare/unavailability")
@pytest.mark.parametrize(
    ("category", "inputs", "counts"),
    [
        ("service_failure", {}, True),
        ("network_failure", {}, False),
        ("customer_systems", {}, False),
        ("beyond_control", {}, False),
        ("scheduled_interruption", {"announced_at": east("2027-03-01 10:00")}, False),
        ("scheduled_interruption", {"announced_at": east("2027-03-02 10:00")}, True),
        ("scheduled_interruption", {}, True),
    ],
)
def test_the_category_decides_whether_an_outage_counts(
    driver: AccountDriver, category: str, inputs: dict[str, Any], counts: bool
) -> None:
    ends = east("2027-03-02 12:00")
    driver.down(east("2027-03-02 10:00"), ends, category=category, **inputs)
    (outage,) = driver.view(ends).outages
    assert outage.counts is counts
    assert outage.because
    found = march(driver)
    assert found.downtime_seconds == (7200 if counts else 0)
    assert found.measured_seconds == MEASURED - (0 if counts else 7200)


def test_an_interruption_can_be_announced_for_the_future(driver: AccountDriver) -> None:
    driver.down(
        east("2027-03-20 20:00"),
        east("2027-03-20 22:00"),
        at=east("2027-03-02 10:00"),
        category="scheduled_interruption",
        announced_at=east("2027-03-01 10:00"),
    )
    assert march(driver, "2027-03-10 00:00").uncounted_seconds == 16 * 3600
    assert march(driver).uncounted_seconds == 64 * 3600 + 7200


@pytest.mark.parametrize(
    ("begins", "ends", "category", "reason"),
    [
        ("2027-03-02 10:00", "2027-03-02 10:00", "service_failure", "must be after"),
        ("2027-03-02 10:00", "2027-03-02 11:00", "bad_luck", "give one of service_failure"),
        ("2027-03-04 10:00", None, "service_failure", "future"),
        ("2027-03-02 10:00", "2027-03-04 11:00", "service_failure", "future"),
        ("2027-03-02 10:00", None, "scheduled_interruption", "needs ends_at"),
    ],
)
def test_invalid_outages_are_refused(
    driver: AccountDriver, begins: str, ends: str | None, category: str, reason: str
) -> None:
    until = east(ends) if ends else None
    with pytest.raises(InvalidContent, match=reason) as refused:
        driver.down(east(begins), until, at=east("2027-03-03 00:00"), category=category)
    assert refused.value.clause == "unavailability"


def test_an_outage_without_an_end_spans_months(driver: AccountDriver) -> None:
    outage = driver.down(east("2027-03-31 12:00"), None)
    assert march(driver).downtime_seconds == 12 * 3600
    running = driver.view(east("2027-04-01 06:00")).running
    assert running is not None
    assert running.downtime_seconds == 6 * 3600
    ends = east("2027-04-02 00:00")
    driver.act(AccountAction.END_OUTAGE, ends, outage=outage, ends_at=ends)
    assert march(driver, "2027-05-01 00:00").corrections == 0
    (april,) = [m for m in driver.view(east("2027-05-01 00:00")).months if m.month == "2027-04"]
    assert april.downtime_seconds == 24 * 3600
    with pytest.raises(AlreadySettled):
        driver.act(AccountAction.END_OUTAGE, ends, outage=outage, ends_at=ends)


@pytest.mark.clause("contentsquare/availability", "contentsquare/claims")
def test_a_late_correction_computes_a_closed_month_again_and_is_recorded(
    driver: AccountDriver,
) -> None:
    begins = east("2027-03-02 00:00")
    outage = driver.down(begins, begins + timedelta(hours=20), at=east("2027-04-03 09:00"))
    closed = march(driver, "2027-04-03 10:00")
    assert (closed.corrections, closed.credits) == (1, 2)
    driver.act(
        AccountAction.CORRECT_OUTAGE,
        east("2027-04-30 23:59"),
        outage=outage,
        starts_at=begins,
        ends_at=begins + timedelta(hours=12),
        category="service_failure",
        reason="It was over at noon.",
    )
    closed = march(driver, "2027-05-01 00:00")
    assert (closed.corrections, closed.credits) == (2, 1)
    assert driver.credits(east("2027-04-30 23:59")) == {"month:2027-03": (1, "earned")}
    told = [e for e in driver.view(APRIL_1).events if e.type == "month_corrected"]
    assert [(e.data["credits_before"], e.data["credits"]) for e in told] == [(0, 2), (2, 1)]


@pytest.mark.clause("contentsquare/claims")
def test_a_month_is_final_after_its_claim_period(driver: AccountDriver) -> None:
    begins = east("2027-03-02 00:00")
    with pytest.raises(TooLate, match="ended on 30 April 2027"):
        driver.down(begins, begins + timedelta(hours=20), at=east("2027-05-01 00:00"))
    # An outage that changes none of its figures can still be recorded.
    sunday = east("2027-03-07 09:00")
    driver.down(sunday, sunday + timedelta(hours=1), at=east("2027-05-01 00:00"))


def test_a_withdrawn_outage_does_not_count(driver: AccountDriver) -> None:
    begins, ends = east("2027-03-02 00:00"), east("2027-03-03 00:00")
    outage = driver.down(begins, ends)
    assert driver.credits(APRIL_1) == {"month:2027-03": (3, "earned")}
    driver.act(
        AccountAction.CORRECT_OUTAGE,
        APRIL_1,
        outage=outage,
        starts_at=begins,
        ends_at=ends,
        category="service_failure",
        withdrawn=True,
        reason="It was another account's.",
    )
    assert march(driver).credits == 0
    assert driver.view(APRIL_1).credits[0].days == 0
    recorded, corrected = (
        event.data for event in driver.view(APRIL_1).events if "outage" in event.data
    )
    assert "withdrawn" not in recorded
    assert (corrected["withdrawn"], corrected["reason"]) == (True, "It was another account's.")


def test_the_first_outage_of_an_account_can_concern_the_month_before() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-04-02 09:00"))
    driver.down(east("2027-03-30 00:00"), east("2027-03-31 00:00"), at=east("2027-04-02 09:00"))
    assert driver.credits(APRIL_1) == {"month:2027-03": (3, "earned")}
    with pytest.raises(TooLate, match="28 February 2027, 22:00 UTC"):
        driver.down(east("2027-02-03 00:00"), east("2027-02-04 00:00"), at=east("2027-04-02 09:00"))


def test_availability_is_measured_from_the_start_of_the_contract() -> None:
    terms = CONTENTSQUARE.model_copy(update={"starts_on": east("2027-03-10 12:00").date()})
    driver = AccountDriver(terms, east("2027-03-12 00:00"))
    assert march(driver).begins == east("2027-03-10 00:00")
    early = AccountDriver(terms, east("2027-01-12 00:00"))
    assert early.view(east("2027-01-12 00:00")).running is None
    assert march(early).begins == east("2027-03-10 00:00")


def test_an_outage_before_the_start_of_the_contract_is_refused_before_any_month_is_closed() -> None:
    terms = CONTENTSQUARE.model_copy(update={"starts_on": east("2027-03-10 12:00").date()})
    driver = AccountDriver(terms, east("2027-03-12 00:00"))
    begins = east("2027-03-10 00:00")
    with pytest.raises(TooLate, match="9 March 2027, 22:00 UTC"):
        driver.down(begins - timedelta(hours=1), begins, at=east("2027-03-12 00:00"))
    with pytest.raises(TooLate, match="9 March 2027, 22:00 UTC"):
        driver.down(east("2027-03-09 00:00"), east("2027-03-09 23:00"), at=east("2027-03-12 00:00"))


def test_a_month_has_a_view_from_its_first_moment_on(driver: AccountDriver) -> None:
    running = driver.view(APRIL_1).running
    assert running is not None
    assert (running.month, running.begins, running.ends) == ("2027-04", APRIL_1, APRIL_1)


def test_the_end_of_an_outage_returns_its_id(driver: AccountDriver) -> None:
    begins = east("2027-03-02 00:00")
    outage = driver.down(begins, None)
    ends = begins + timedelta(hours=1)
    with pytest.raises(InvalidContent, match="end"):
        driver.act(AccountAction.END_OUTAGE, ends, outage=outage, ends_at=begins)
    assert driver.act(AccountAction.END_OUTAGE, ends, outage=outage, ends_at=ends) == outage
    recorded = driver.view(ends).events[-1]
    assert (str(recorded.type), recorded.data) == ("outage_ended", {"outage": outage})


def test_an_end_in_a_month_whose_figures_are_final_is_refused(driver: AccountDriver) -> None:
    outage = driver.down(east("2027-03-02 00:00"), None)
    june = east("2027-06-01 00:00")
    with pytest.raises(TooLate, match="March 2027"):
        driver.act(AccountAction.END_OUTAGE, june, outage=outage, ends_at=east("2027-03-02 01:00"))


def test_a_correction_decides_again_whether_an_outage_counts(driver: AccountDriver) -> None:
    begins, ends = east("2027-03-02 00:00"), east("2027-03-03 00:00")
    outage = driver.down(begins, ends)
    inputs: dict[str, Any] = {"outage": outage, "starts_at": begins, "ends_at": ends}
    inputs |= {"category": "network_failure", "reason": "It was their line."}
    assert driver.act(AccountAction.CORRECT_OUTAGE, ends, **inputs) == outage
    assert march(driver).downtime_seconds == 0
    [view] = driver.view(ends).outages
    assert (view.counts, view.because) == (False, "network_failure does not count")
    with pytest.raises(NoSuchEntry):
        driver.act(AccountAction.CORRECT_OUTAGE, ends, **inputs | {"outage": "outage-9"})


def test_a_correction_is_checked_like_a_new_outage(driver: AccountDriver) -> None:
    begins, ends = east("2027-03-02 00:00"), east("2027-03-03 00:00")
    outage = driver.down(begins, ends)
    for wrong, words in (
        ({"category": "weather"}, "weather"),
        ({"ends_at": begins}, "ends"),
    ):
        right: dict[str, Any] = {
            "starts_at": begins,
            "ends_at": ends,
            "category": "service_failure",
        }
        with pytest.raises(InvalidContent, match=words):
            driver.act(
                AccountAction.CORRECT_OUTAGE,
                ends,
                outage=outage,
                reason="Typing error.",
                **right | wrong,
            )


def test_months_that_are_not_measured_have_no_view(driver: AccountDriver) -> None:
    state, at = driver.account.state, east("2027-03-10 00:00")
    for month in ("2026-11", "2027-04", "2199-01"):
        assert views.month(state, Period.parse(month), at) is None


def test_outages_are_refused_without_promised_availability() -> None:
    driver = AccountDriver(PRISMIC, utc("2027-03-01 00:00"))
    assert driver.view(utc("2029-03-01 00:00")).closes_next is None
    with pytest.raises(NotPromised):
        driver.down(utc("2027-03-02 00:00"), utc("2027-03-02 01:00"))


@pytest.mark.parametrize("instant", ["2027-03-01T10:00:00", "0001-01-01T00:00:00Z", 5, "soon"])
def test_times_need_a_zone_and_a_year_in_range(driver: AccountDriver, instant: object) -> None:
    with pytest.raises(ValidationError):
        driver.act(
            AccountAction.RECORD_OUTAGE,
            APRIL_1,
            starts_at=instant,
            category="service_failure",
            description="?",
        )


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 45 * 24),
            st.integers(1, 48),
            st.sampled_from(["service_failure", "network_failure"]),
        ),
        min_size=1,
        max_size=6,
    ),
    st.randoms(use_true_random=False),
)
def test_the_time_and_order_of_recording_outages_do_not_matter(
    found: list[tuple[int, int, str]], random: Random
) -> None:
    first, end = east("2027-03-01 00:00"), east("2027-04-25 00:00")
    outages = [(first + timedelta(hours=b), first + timedelta(hours=b + n), c) for b, n, c in found]
    at_once, late = AccountDriver(CONTENTSQUARE, first), AccountDriver(CONTENTSQUARE, first)
    for begins, ends, category in sorted(outages, key=lambda outage: outage[1]):
        at_once.down(begins, ends, category=category)
    for begins, ends, category in random.sample(outages, len(outages)):
        late.down(begins, ends, at=end, category=category)
    for month in ("2027-03", "2027-04"):
        one, two = (views.month(of.state(end), Period.parse(month), end) for of in (at_once, late))
        assert one is not None
        assert two is not None
        assert one.model_copy(update={"corrections": 0}) == two.model_copy(
            update={"corrections": 0}
        )
    assert earned(at_once, end) == earned(late, end)


def earned(driver: AccountDriver, at: datetime) -> dict[str, tuple[int, str]]:
    """The credits that are worth something."""
    return {key: credit for key, credit in driver.credits(at).items() if credit[0]}


def test_the_state_stays_bounded_over_years() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-01-01 00:00"))
    at = east("2027-01-01 00:00")
    for _ in range(200):
        at += timedelta(days=20)
        driver.down(at - timedelta(hours=30), at)
    state = driver.account.state
    assert len(state.months) == 120
    assert len(state.outages) < 10
    assert len(state.events) == 100
    assert len(state.credits) < 20
    assert len(state.model_dump_json()) < 200_000


@pytest.mark.fault(43)
def test_a_closed_month_lists_its_downtime_as_it_is_after_corrections(
    driver: AccountDriver,
) -> None:
    first, second = east("2027-03-02 10:00"), east("2027-03-09 08:00")
    driver.down(first, first + timedelta(hours=2))
    assert [(d.begins, d.ends) for d in march(driver).down] == [(first, first + timedelta(hours=2))]
    driver.down(second, second + timedelta(hours=1), at=APRIL_1 + timedelta(days=1))
    closed = march(driver, "2027-04-03 00:00")
    assert not closed.provisional
    assert [d.begins for d in closed.down] == [first, second]
    assert closed.down_omitted == 0
    listed = sum(((d.ends - d.begins) for d in closed.down), timedelta(0))
    assert listed == timedelta(seconds=closed.downtime_seconds)


@pytest.mark.fault(43)
def test_the_listed_downtime_of_a_month_is_bounded_and_says_how_much_is_left_out(
    driver: AccountDriver,
) -> None:
    hour, begins = timedelta(hours=1), east("2027-03-01 08:00")
    count = months.MOST_DOWN + 7
    for n in range(count):
        driver.down(begins + 3 * n * hour, begins + (3 * n + 1) * hour)
    closed = march(driver)
    uncounted = count - len(closed.down) - closed.down_omitted  # during maintenance
    assert (len(closed.down), closed.down_omitted) == (50, 7 - uncounted)


@pytest.mark.fault(43)
def test_months_keep_their_downtime_for_two_years_and_its_length_for_longer(
    driver: AccountDriver,
) -> None:
    begins = east("2027-03-02 10:00")
    driver.down(begins, begins + timedelta(hours=2))
    old = march(driver, "2029-05-02 00:00")
    assert (old.down, old.down_omitted, old.downtime_seconds) == ((), 1, 7_200)


@pytest.mark.clause("contentsquare/availability")
def test_a_credit_for_availability_is_worth_what_the_policy_says() -> None:
    promised = CONTENTSQUARE.availability
    assert promised is not None
    worth = promised.model_copy(update={"worth": 2})
    terms = CONTENTSQUARE.model_copy(update={"availability": worth})
    driver = AccountDriver(terms, east("2027-03-01 00:00"))
    driver.down(east("2027-03-02 00:00"), east("2027-03-03 00:00"))
    [credit] = driver.view(APRIL_1).credits
    assert (credit.credits, credit.days) == (3, 6)


def test_availability_that_is_newly_promised_is_measured_from_the_start_of_the_contract() -> None:
    driver = AccountDriver(PRISMIC, utc("2027-03-01 10:00"))
    terms = CONTENTSQUARE.model_copy(
        update={"account": PRISMIC.account, "starts_on": east("2027-06-10 12:00").date()}
    )
    driver.act(AccountAction.ADOPT_TERMS, utc("2027-03-01 10:00"), terms=terms)
    assert driver.account.state.next_month == "2027-06"
    for starts_on in (None, east("2026-06-10 12:00").date()):
        driver = AccountDriver(PRISMIC, utc("2027-03-01 10:00"))
        terms = terms.model_copy(update={"starts_on": starts_on})
        driver.act(AccountAction.ADOPT_TERMS, utc("2027-03-01 10:00"), terms=terms)
        assert driver.account.state.next_month == "2027-03"


def test_an_account_holds_three_hundred_outages(driver: AccountDriver) -> None:
    begins = east("2027-03-02 00:00")
    driver.down(begins, begins + timedelta(hours=1))
    driver.account.state.outages *= MOST
    with pytest.raises(RecordFull, match="300"):
        driver.down(begins, begins + timedelta(hours=2))


def test_without_announced_causes_no_outage_lies_in_the_future() -> None:
    promised = CONTENTSQUARE.availability
    assert promised is not None
    terms = CONTENTSQUARE.model_copy(
        update={"availability": promised.model_copy(update={"announced": ()})}
    )
    driver, announcing = (
        AccountDriver(agreed, east("2027-03-01 00:00")) for agreed in (terms, CONTENTSQUARE)
    )
    for account, phrase in ((driver, "future_none"), (announcing, "future")):
        with pytest.raises(InvalidContent) as refused:
            account.down(
                east("2027-03-03 00:00"), east("2027-03-03 01:00"), at=east("2027-03-02 00:00")
            )
        assert refused.value.phrase == phrase


def test_an_action_does_not_stand_before_what_is_on_the_record(driver: AccountDriver) -> None:
    begun = east("2027-03-01 00:00")
    assert driver.account.state.changed_at == begun
    driver.account.catch_up(APRIL_1)
    assert driver.account.state.changed_at == APRIL_1
    recorded = APRIL_1 + timedelta(days=2)
    driver.down(APRIL_1, recorded)
    assert driver.account.state.changed_at == recorded
