from datetime import date, timedelta

import pytest

from policies.accounts.account_terms import ClaimTerms
from policies.vocabulary import Role
from tests.policies.accounts.sample_accounts import (
    CONTENTSQUARE,
    PRISMIC,
    east,
    lateness,
)
from tests.workflows.account.account_driver import MANAGER, AccountDriver
from workflows.account.late_credits import is_of
from workflows.account.model.action_inputs import AccountAction
from workflows.account.model.views import AccountView
from workflows.account.refusals import AlreadySettled, NoSuchEntry, TooLate
from workflows.shared.action_request import Actor
from workflows.shared.refusals import RecordFull, WrongRole

DUE = east("2027-03-10 15:00")
RESOLVED = east("2027-03-12 16:00")
CREDIT = "ticket:7K2M-0QXW-9HTE:resolution:1"
LAST_MINUTE = east("2027-04-11 23:59")
DAY_31 = east("2027-04-12 00:00")


@pytest.fixture
def driver() -> AccountDriver:
    return AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))


@pytest.mark.clause("contentsquare/resolution-credit")
def test_a_late_completion_earns_a_credit_for_each_started_day(driver: AccountDriver) -> None:
    assert driver.late(DUE, RESOLVED) == CREDIT
    (credit,) = driver.view(RESOLVED).credits
    assert (credit.days, credit.clause) == (3, "resolution-credit")
    assert credit.claim_until == date(2027, 4, 11)


@pytest.mark.clause("contentsquare/resolution-credit")
def test_a_repeated_report_counts_once(driver: AccountDriver) -> None:
    for _ in range(3):
        driver.late(DUE, RESOLVED)
    assert driver.credits(RESOLVED) == {CREDIT: (3, "earned")}
    driver.late(DUE, RESOLVED, cycle=2)
    driver.late(DUE, RESOLVED, ticket="AAAA-0QXW-9HTE")
    assert len(driver.credits(RESOLVED)) == 3


def test_a_cycle_that_is_resolved_again_later_earns_the_difference(driver: AccountDriver) -> None:
    driver.late(DUE, RESOLVED)
    driver.late(DUE, RESOLVED + timedelta(days=2))
    assert driver.credits(RESOLVED) == {CREDIT: (5, "earned")}
    driver.late(DUE, RESOLVED, number=1)
    assert driver.credits(RESOLVED) == {CREDIT: (5, "earned")}
    driver.reports = 2
    # Re-opened and resolved after the first claim period, which starts a new one.
    driver.late(DUE, RESOLVED + timedelta(days=60))
    assert driver.credits(RESOLVED + timedelta(days=61)) == {CREDIT: (63, "earned")}
    driver.claim(RESOLVED + timedelta(days=61), CREDIT)
    driver.late(DUE, RESOLVED + timedelta(days=90))
    assert driver.credits(RESOLVED + timedelta(days=91)) == {
        CREDIT: (63, "claimed"),
        f"{CREDIT}:2": (30, "earned"),
    }


@pytest.mark.fault(12)
def test_what_an_overdue_clock_has_accrued_is_shown_and_can_be_claimed(
    driver: AccountDriver,
) -> None:
    driver.late(DUE, DUE, overdue=True)
    assert driver.credits(DUE) == {}
    after = DUE + timedelta(days=3)
    assert driver.credits(after) == {CREDIT: (3, "accruing")}
    assert driver.view(after).credits[0].claim_until is None
    driver.claim(after, CREDIT)
    assert driver.credits(after) == {CREDIT: (3, "claimed")}
    assert driver.credits(after + timedelta(days=2)) == {
        CREDIT: (3, "claimed"),
        f"{CREDIT}:2": (2, "accruing"),
    }
    driver.late(DUE, after + timedelta(days=4))
    assert driver.credits(after + timedelta(days=5)) == {
        CREDIT: (3, "claimed"),
        f"{CREDIT}:2": (4, "earned"),
    }


@pytest.mark.fault(9, 10)
def test_lateness_that_goes_on_after_a_resolution_adds_to_its_credit(driver: AccountDriver) -> None:
    driver.late(DUE, DUE + timedelta(hours=23))
    driver.late(DUE, DUE + timedelta(hours=23), overdue=True)
    later = DUE + timedelta(days=6, hours=23)
    assert driver.credits(later) == {CREDIT: (7, "accruing")}
    driver.late(DUE, later)
    assert driver.credits(later) == {CREDIT: (7, "earned")}


def test_a_microsecond_late_is_late(driver: AccountDriver) -> None:
    driver.late(DUE, DUE + timedelta(microseconds=1))
    assert driver.credits(DUE) == {CREDIT: (1, "earned")}


@pytest.mark.clause("contentsquare/resolution-credit")
@pytest.mark.parametrize("priority", ["p3", None])
def test_other_priorities_earn_nothing(driver: AccountDriver, priority: str | None) -> None:
    assert driver.late(DUE, RESOLVED, priority=priority) == ""
    assert driver.credits(RESOLVED) == {}


def test_a_completion_in_time_or_without_promise_earns_nothing(driver: AccountDriver) -> None:
    assert driver.late(DUE, DUE) == ""
    assert AccountDriver(PRISMIC, DUE).late(DUE, RESOLVED) == ""


@pytest.mark.clause("contentsquare/claims")
def test_a_credit_can_be_claimed_on_day_30_and_the_refusal_on_day_31_states_the_last_day(
    driver: AccountDriver,
) -> None:
    driver.late(DUE, RESOLVED)
    assert driver.credits(LAST_MINUTE) == {CREDIT: (3, "earned")}
    assert driver.credits(DAY_31) == {CREDIT: (3, "expired")}
    with pytest.raises(TooLate, match="ended on 11 April 2027") as refused:
        driver.claim(DAY_31, CREDIT)
    assert refused.value.clause == "claims"
    driver.claim(LAST_MINUTE, CREDIT)
    assert driver.credits(DAY_31) == {CREDIT: (3, "claimed")}


@pytest.mark.clause("contentsquare/claims")
def test_a_claim_names_credits_and_keeps_its_statement(driver: AccountDriver) -> None:
    driver.late(DUE, RESOLVED)
    driver.late(DUE, RESOLVED, cycle=2)
    claim = driver.claim(RESOLVED, CREDIT, "ticket:7K2M-0QXW-9HTE:resolution:2", CREDIT)
    (filed,) = driver.view(RESOLVED).claims
    assert (filed.id, filed.days, filed.filed_at) == (claim, 6, RESOLVED)
    assert filed.statement == "We claim what the contract gives us."


def test_a_claim_is_accepted_for_all_its_credits_or_none(driver: AccountDriver) -> None:
    driver.late(DUE, RESOLVED)
    with pytest.raises(NoSuchEntry, match="month:2027-02"):
        driver.claim(RESOLVED, CREDIT, "month:2027-02")
    assert driver.credits(RESOLVED) == {CREDIT: (3, "earned")}
    driver.claim(RESOLVED, CREDIT)
    with pytest.raises(AlreadySettled, match="is already claimed"):
        driver.claim(RESOLVED, CREDIT)


def test_a_refused_claim_makes_its_credits_refused(driver: AccountDriver) -> None:
    driver.late(DUE, RESOLVED)
    claim = driver.claim(RESOLVED, CREDIT)
    inputs = {"claim": claim, "reason": "The ticket was about the customer's own site."}
    assert driver.act(AccountAction.REFUSE_CLAIM, RESOLVED, by=MANAGER, **inputs) == claim
    assert driver.credits(RESOLVED) == {CREDIT: (3, "refused")}
    assert driver.view(RESOLVED).claims[0].refused_because == inputs["reason"]
    with pytest.raises(AlreadySettled):
        driver.act(AccountAction.REFUSE_CLAIM, RESOLVED, by=MANAGER, **inputs)
    with pytest.raises(AlreadySettled, match="was already refused"):
        driver.claim(RESOLVED, CREDIT)


@pytest.mark.parametrize("role", [Role.AGENT, Role.OPERATOR, Role.ENGINEERING])
def test_only_customers_and_their_manager_claim(driver: AccountDriver, role: Role) -> None:
    driver.late(DUE, RESOLVED)
    who = Actor(id="somebody", role=role)
    with pytest.raises(WrongRole):
        driver.act(
            AccountAction.CLAIM_CREDITS, RESOLVED, by=who, credits=[CREDIT], statement="Please."
        )


def test_only_the_system_reports_lateness(driver: AccountDriver) -> None:
    report = lateness(DUE, RESOLVED)
    with pytest.raises(WrongRole):
        driver.act(AccountAction.REPORT_LATENESS, RESOLVED, by=MANAGER, lateness=report)


def test_a_claimed_month_stays_claimed_when_it_is_corrected(driver: AccountDriver) -> None:
    begins, april = east("2027-03-02 00:00"), east("2027-04-02 00:00")
    driver.down(begins, begins + timedelta(hours=12))
    driver.claim(april, "month:2027-03")
    driver.down(begins + timedelta(hours=12), begins + timedelta(hours=24), at=april)
    assert driver.credits(april) == {"month:2027-03": (3, "claimed")}


def test_adopted_terms_apply_to_later_completions(driver: AccountDriver) -> None:
    driver.late(DUE, RESOLVED)
    new = CONTENTSQUARE.model_copy(
        update={"revision": date(2027, 3, 15), "lateness": (), "availability": None}
    )
    driver.act(AccountAction.ADOPT_TERMS, RESOLVED, terms=new)
    assert driver.late(DUE, RESOLVED, cycle=2) == ""
    view: AccountView = driver.view(RESOLVED)
    assert view.terms == new
    adopted = view.events[-1]
    assert (str(adopted.type), adopted.data) == (
        "terms_adopted",
        {"policy": "contentsquare", "revision": "2027-03-15"},
    )
    assert view.closes_next is None
    assert driver.credits(RESOLVED) == {CREDIT: (3, "earned")}
    driver.act(AccountAction.ADOPT_TERMS, RESOLVED, terms=CONTENTSQUARE)
    assert driver.view(RESOLVED).closes_next == east("2027-04-01 00:00")
    with pytest.raises(NoSuchEntry):
        driver.act(AccountAction.ADOPT_TERMS, RESOLVED, terms=PRISMIC)


def test_a_corrected_credit_keeps_its_claim_period_whatever_terms_were_adopted(
    driver: AccountDriver,
) -> None:
    begins, april = east("2027-03-02 00:00"), east("2027-04-02 00:00")
    driver.down(begins, begins + timedelta(hours=12))
    before = driver.view(april).credits[0].claim_until
    shorter = CONTENTSQUARE.model_copy(update={"claims": ClaimTerms(days=20)})
    driver.act(AccountAction.ADOPT_TERMS, april, terms=shorter)
    driver.down(begins + timedelta(hours=12), begins + timedelta(hours=24), at=april)
    [credit] = driver.view(april).credits
    assert (credit.days, credit.claim_until) == (3, before)


@pytest.mark.clause("contentsquare/claims")
def test_a_report_that_arrives_late_does_not_extend_the_claim_period(driver: AccountDriver) -> None:
    late = lateness(DUE, RESOLVED)
    arrives = RESOLVED + timedelta(days=5)
    driver.act(AccountAction.REPORT_LATENESS, arrives, lateness=late)
    [credit] = driver.view(arrives).credits
    assert (credit.breached_on, credit.claim_until) == (date(2027, 3, 12), date(2027, 4, 11))
    assert (credit.days, credit.earned_at) == (3, arrives)


def test_an_account_is_full_at_a_thousand_credits_but_takes_news_of_known_cycles(
    driver: AccountDriver,
) -> None:
    driver.late(DUE, RESOLVED)
    state = driver.account.state
    state.credits *= 999
    driver.late(DUE, RESOLVED + timedelta(days=1))
    with pytest.raises(RecordFull, match="reached its limit"):
        driver.late(DUE, RESOLVED, cycle=2)
    del state.credits[0]
    driver.late(DUE, RESOLVED, cycle=2)


def test_an_account_holds_two_hundred_claims(driver: AccountDriver) -> None:
    driver.late(DUE, RESOLVED)
    driver.late(DUE, RESOLVED, cycle=2)
    driver.claim(RESOLVED, CREDIT)
    driver.account.state.claims *= 200
    with pytest.raises(RecordFull, match="200"):
        driver.claim(RESOLVED, "ticket:7K2M-0QXW-9HTE:resolution:2")


def test_a_claimed_credit_no_longer_accrues(driver: AccountDriver) -> None:
    driver.late(DUE, DUE, overdue=True)
    driver.claim(DUE + timedelta(days=3), CREDIT)
    [credit] = driver.account.state.credits
    assert (credit.accrues, credit.days) == (False, 3)


def test_a_claim_is_for_what_a_reopened_ticket_has_accrued_by_then(driver: AccountDriver) -> None:
    driver.late(DUE, RESOLVED)
    driver.late(DUE, RESOLVED, overdue=True)
    at = RESOLVED + timedelta(days=2)
    driver.claim(at, CREDIT)
    assert driver.view(at).claims[0].days == 5


def test_a_credit_states_when_the_clock_was_completed(driver: AccountDriver) -> None:
    completed = DUE + timedelta(hours=3)
    driver.late(DUE, completed)
    [credit] = driver.account.state.credits
    assert credit.basis["completed_at"] == completed.isoformat()


def test_what_a_cycle_earns_after_a_claim_is_of_the_same_cycle(driver: AccountDriver) -> None:
    driver.late(DUE, DUE + timedelta(hours=3))
    [credit] = driver.account.state.credits
    cycle = credit.id
    for entry, belongs in ((cycle, True), (f"{cycle}:2", True), (f"{cycle}2", False)):
        assert is_of(credit.model_copy(update={"id": entry}), cycle) == belongs
