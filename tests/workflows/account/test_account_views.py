"""What an account tells: replies, the details in the Temporal UI, and the refusals' clauses."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from policies.accounts.account_terms import EnablementTerms
from policies.business_time.periods import Each
from tests.policies.accounts.sample_accounts import CONTENTSQUARE, PRISMIC, WITH_LETTERS, east, utc
from tests.workflows.account.account_driver import AccountDriver
from tests.workflows.account.money.money_policies import PREMISES, terms_of
from workflows.account import views
from workflows.account.late_credits import is_of
from workflows.account.model.action_inputs import AccountAction
from workflows.account.refusals import AlreadySettled, NotPromised, TooLate

NOW = utc("2027-03-01 10:00")
DUE = east("2027-03-10 15:00")


def test_an_action_returns_the_id_of_its_entry() -> None:
    driver = AccountDriver(PRISMIC, NOW)
    session = driver.book("2027-03-10", "8", NOW)
    assert driver.act(AccountAction.CANCEL_SESSION, NOW, session=session) == session


def test_refused_cancellations_cite_the_clause_of_the_allowance() -> None:
    driver = AccountDriver(PRISMIC, NOW)
    session = driver.book("2027-03-10", "8", NOW)
    with pytest.raises(TooLate) as late:
        driver.act(AccountAction.CANCEL_SESSION, utc("2027-03-10 00:00"), session=session)
    driver.act(AccountAction.CANCEL_SESSION, NOW, session=session)
    with pytest.raises(AlreadySettled) as twice:
        driver.act(AccountAction.CANCEL_SESSION, NOW, session=session)
    assert (late.value.clause, twice.value.clause) == ("enablement", "enablement")


def test_the_next_contract_year_is_shown_once_it_has_bookings() -> None:
    driver = AccountDriver(PRISMIC, NOW)
    assert len(driver.view(NOW).years) == 1
    driver.book("2027-06-01", "1", NOW)
    assert [year.booked for year in driver.view(NOW).years] == [0, 1]


def test_a_claim_ends_only_the_accrual_of_the_credits_that_it_names() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))
    driver.late(DUE, DUE, overdue=True)
    driver.late(DUE, DUE, overdue=True, ticket="AAAA-0QXW-9HTE")
    after = DUE + timedelta(days=3)
    first, second = sorted(driver.credits(after))
    driver.claim(after, first)
    assert driver.credits(after) == {first: (3, "claimed"), second: (3, "accruing")}
    [claim] = driver.view(after).claims
    # Contract time is in `days`, so that `worths` has money only.
    assert (claim.days, claim.worths) == (3, None)
    for ticket in ("7K2M-0QXW-9HTE", "AAAA-0QXW-9HTE"):
        driver.late(DUE, after, ticket=ticket)
    events = driver.view(after).events
    assert [event.seq for event in events] == [1, 2, 3, 4]
    assert [str(event.type) for event in events] == [
        "month_closed",
        "month_closed",
        "credits_claimed",
        "credit_earned",
    ]


def test_a_credit_without_days_cannot_be_claimed() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))
    driver.late(DUE, DUE + timedelta(days=1))
    driver.late(DUE, DUE)
    [(credit, (days, _))] = driver.credits(DUE + timedelta(days=1)).items()
    assert days == 0
    with pytest.raises(NotPromised):
        driver.claim(DUE + timedelta(days=1), credit)


def test_the_details_state_what_operators_look_for() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))
    driver.late(DUE, DUE + timedelta(days=1))
    driver.down(east("2027-03-11 00:00"), east("2027-03-11 01:00"))
    driver.down(east("2027-03-12 00:00"), None)
    state = driver.state(east("2027-04-02 00:00"))
    text = views.details(state, east("2027-04-02 00:00"))
    assert "Next by itself: close 2027-04, 2027-04-30 22:00 UTC" in text
    assert "Outage without an end: **outage-2**" in text
    assert "outage-1" not in text
    assert text.startswith("policy contentsquare of 2023-01-01\n")
    assert "- **ticket:7K2M-0QXW-9HTE:resolution:1**: 1 day, earned, claim until 2027-04-10" in text
    assert "- **2027-03**: available " in text
    assert "Undeliverable" not in text


def test_the_details_state_the_last_five_undeliverable_notices() -> None:
    driver = AccountDriver(WITH_LETTERS, east("2027-03-01 00:00"))
    for cycle in range(1, 4):
        driver.late(DUE, DUE + timedelta(days=1), cycle=cycle)
    account = driver.account
    for number, notice in enumerate(list(account.outbox.pending())):
        account.undeliverable(notice.key, f"550 no user {number}", DUE)
    lines = views.details(account.state, DUE).splitlines()
    failed = [line for line in lines if line.startswith("Undeliverable")]
    assert len(failed) == 5
    assert failed[-1].endswith("550 no user 5")
    assert failed[0].startswith("Undeliverable: credit_earned to marc@desk.example: 550")


def test_the_details_of_an_account_with_an_allowance_state_its_hours() -> None:
    driver = AccountDriver(PRISMIC, NOW)
    driver.book("2027-03-10", "3", NOW)
    text = views.details(driver.state(NOW), NOW)
    assert "Allowance 2026-06-01 to 2027-05-31: **3** of 8 hours booked" in text


def test_the_details_of_an_allowance_in_times_state_their_number() -> None:
    times = EnablementTerms(times=2, each=Each.QUARTER)
    driver = AccountDriver(PRISMIC.model_copy(update={"enablement": times}), NOW)
    driver.book("2027-03-10", "3", NOW)
    text = views.details(driver.state(NOW), NOW)
    assert "Allowance 2027-01-01 to 2027-03-31: **1** of 2 times booked" in text


def test_a_reply_shows_the_entry_of_its_action_only() -> None:
    driver = AccountDriver(PRISMIC, NOW)
    sessions = [driver.book(day, "1", NOW) for day in ("2027-03-10", "2027-03-11")]
    for session in sessions:
        reply = views.reply(driver.account.state, session, "", NOW)
        assert reply.session is not None
        assert (reply.session.id, reply.credit, reply.claim) == (session, None, None)
        assert reply.outage is None


def test_a_session_without_an_allowance_any_more_is_shown_with_nothing_left() -> None:
    driver = AccountDriver(PRISMIC, NOW)
    session = driver.book("2027-03-10", "3", NOW)
    less = PRISMIC.model_copy(update={"enablement": EnablementTerms(hours=Decimal(2))})
    for terms, hours in ((less, 2), (PRISMIC.model_copy(update={"enablement": None}), 3)):
        driver.act(AccountAction.ADOPT_TERMS, NOW, terms=terms)
        year = views.reply(driver.account.state, session, "", NOW).year
        assert year is not None
        assert (year.hours, year.booked, year.left) == tuple(map(Decimal, (hours, 3, 0)))


def test_a_reply_shows_the_outage_or_the_claim_of_its_action() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))
    begins = east("2027-03-02 00:00")
    found = [driver.down(begins + n * timedelta(days=1), None) for n in range(2)]
    credits = [driver.late(DUE, DUE + timedelta(days=1), cycle=cycle) for cycle in (1, 2)]
    claims = [driver.claim(DUE + timedelta(days=1), credit) for credit in credits]
    for outage in found:
        reply = views.reply(driver.account.state, outage, "", DUE)
        assert reply.outage is not None
        assert (reply.outage.id, reply.session, reply.claim) == (outage, None, None)
    for claim in claims:
        reply = views.reply(driver.account.state, claim, "", DUE)
        assert reply.claim is not None
        assert (reply.claim.id, reply.outage, reply.year) == (claim, None, None)


def test_a_reply_shows_the_credit_of_its_report() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))
    credit = driver.late(DUE, DUE + timedelta(days=1))
    reply = views.reply(driver.account.state, credit, "", DUE + timedelta(days=1))
    assert reply.credit is not None
    assert (reply.credit.id, reply.session, reply.year) == (credit, None, None)


def test_what_is_earned_after_a_claim_belongs_to_the_same_cycle() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))
    driver.late(DUE, DUE + timedelta(days=1))
    [cycle] = driver.account.state.late_cycles
    driver.claim(DUE + timedelta(days=1), cycle)
    driver.late(DUE, DUE + timedelta(days=3))
    found = driver.account.state.credits
    assert [credit.id for credit in found] == [cycle, f"{cycle}:2"]
    assert [is_of(credit, cycle) for credit in found] == [True, True]
    assert not is_of(found[0], f"{cycle}0")


def test_an_outage_that_moves_out_of_a_closed_month_corrects_it() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))
    begins = east("2027-03-02 00:00")
    outage = driver.down(begins, begins + timedelta(hours=20))
    changed: dict[str, Any] = {
        "starts_at": east("2027-04-02 00:00"),
        "ends_at": east("2027-04-02 20:00"),
    }
    driver.account.catch_up(east("2027-04-20 00:00"))
    driver.act(
        AccountAction.CORRECT_OUTAGE,
        east("2027-04-20 00:00"),
        outage=outage,
        category="service_failure",
        reason="It was a month later.",
        **changed,
    )
    months = driver.account.state.months
    assert (months[-1].month, months[-1].corrections, months[-1].credits) == ("2027-03", 1, 0)


def test_an_outage_of_a_final_month_cannot_be_corrected() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))
    begins = east("2027-03-02 00:00")
    outage = driver.down(begins, begins + timedelta(hours=20))
    later = east("2027-05-01 00:00")
    driver.account.catch_up(later)
    with pytest.raises(TooLate):
        driver.act(
            AccountAction.CORRECT_OUTAGE,
            later,
            outage=outage,
            starts_at=begins,
            ends_at=begins + timedelta(hours=1),
            category="service_failure",
            reason="It was short.",
        )


def test_the_headline_of_an_account_names_policy_plan_and_customer() -> None:
    assert views.headline(PRISMIC) == "prismic enterprise_premium: Papier & Co"
    assert views.headline(CONTENTSQUARE) == "contentsquare: Soleil SA"


def test_the_details_list_the_last_ten_credits_and_six_months() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))
    for cycle in range(1, 13):
        driver.late(DUE, DUE + timedelta(days=1), cycle=cycle)
    at = east("2027-12-02 00:00")
    lines = views.details(driver.state(at), at).splitlines()
    credits = [line.split("**")[1] for line in lines if line.startswith("- **ticket:")]
    assert credits == [f"ticket:7K2M-0QXW-9HTE:resolution:{cycle}" for cycle in range(3, 13)]
    months = [line.split("**")[1] for line in lines if line.startswith("- **2027")]
    assert months == [f"2027-{month:02d}" for month in range(6, 12)]
    for head in ("Credits:", "Months:"):
        place = lines.index(head)
        assert lines[place - 1] == lines[place + 1] == ""


def test_the_details_state_what_credits_are_worth_in_money_or_of_a_fee_that_is_not_known() -> None:
    begins = east("2027-03-01 00:00")
    for fees, worth in (
        ({"licences_fee": "30000 EUR", "yearly_fee": "40000 EUR"}, "75.00 EUR"),
        ({}, "0.25 % of licences_fee"),
    ):
        driver = AccountDriver(terms_of(PREMISES, plan="continuity", fees=fees), begins)
        driver.late(DUE, DUE + timedelta(days=1), clock="first_response")
        text = views.details(driver.account.state, DUE + timedelta(days=1))
        assert f": {worth}, earned, claim until " in text


def test_the_details_leave_out_a_claim_period_that_the_policy_does_not_have() -> None:
    unclaimed = CONTENTSQUARE.model_copy(update={"claims": None})
    driver = AccountDriver(unclaimed, east("2027-03-01 00:00"))
    driver.late(DUE, DUE + timedelta(days=2))
    text = views.details(driver.account.state, DUE + timedelta(days=2))
    assert "- **ticket:7K2M-0QXW-9HTE:resolution:1**: 2 days, earned\n" in text


def test_a_withdrawn_outage_is_not_without_an_end() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))
    begins = east("2027-03-02 00:00")
    outage = driver.down(begins, None)
    withdrawn: dict[str, Any] = {"starts_at": begins, "withdrawn": True}
    driver.act(
        AccountAction.CORRECT_OUTAGE,
        begins,
        outage=outage,
        category="service_failure",
        reason="It was ours.",
        **withdrawn,
    )
    assert "Outage" not in views.details(driver.account.state, begins)


def test_a_running_month_is_measured_to_the_second_from_its_beginning_on() -> None:
    driver = AccountDriver(CONTENTSQUARE, east("2027-03-01 00:00"))
    state = driver.account.state
    [march, april] = [state.period(name) for name in ("2027-03", "2027-04")]
    at = east("2027-03-05 12:00") + timedelta(microseconds=700_000)
    month = views.month(state, march, at)
    assert month is not None
    assert month.ends == at.replace(microsecond=0)
    assert views.month(state, march, east("2027-03-01 00:00")) is not None
    assert views.month(state, april, east("2027-03-31 23:59")) is None
    assert views.month(state, april, east("2027-04-01 00:00")) is not None
