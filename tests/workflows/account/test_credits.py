from datetime import date, timedelta
from typing import Any

import pytest

from policies.vocabulary import Role
from tests.policies.accounts.sample_accounts import CONTENTSQUARE, PRISMIC, east
from tests.workflows.account.ledger import MANAGER, Ledger
from workflows.account.messages import AccountAction, AccountView
from workflows.account.refusals import AlreadySettled, NoSuchEntry, TooLate
from workflows.shared.action_request import Actor
from workflows.shared.refusals import WrongRole

DUE = east("2027-03-10 15:00")
RESOLVED = east("2027-03-12 16:00")
CREDIT = "ticket:7K2M-0QXW-9HTE:resolution:1"
LAST_MINUTE = east("2027-04-11 23:59")
DAY_31 = east("2027-04-12 00:00")


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(CONTENTSQUARE, east("2027-03-01 00:00"))


@pytest.mark.clause("contentsquare/resolution-credit")
def test_a_late_completion_earns_a_credit_for_each_started_day(ledger: Ledger) -> None:
    assert ledger.late(DUE, RESOLVED) == CREDIT
    (credit,) = ledger.view(RESOLVED).credits
    assert (credit.days, credit.clause) == (3, "resolution-credit")
    assert credit.claim_until == date(2027, 4, 11)


@pytest.mark.clause("contentsquare/resolution-credit")
def test_what_is_reported_twice_counts_once(ledger: Ledger) -> None:
    for _ in range(3):
        ledger.late(DUE, RESOLVED)
    assert ledger.credits(RESOLVED) == {CREDIT: (3, "earned")}
    ledger.late(DUE, RESOLVED, cycle=2)
    ledger.late(DUE, RESOLVED, ticket="AAAA-0QXW-9HTE")
    assert len(ledger.credits(RESOLVED)) == 3


def test_a_cycle_resolved_again_later_earns_what_that_adds(ledger: Ledger) -> None:
    ledger.late(DUE, RESOLVED)
    ledger.late(DUE, RESOLVED + timedelta(days=2))
    assert ledger.credits(RESOLVED) == {CREDIT: (5, "earned")}
    ledger.late(DUE, RESOLVED)
    assert ledger.credits(RESOLVED) == {CREDIT: (5, "earned")}
    # Re-opened and resolved for good after the first claim period: there is a new one.
    ledger.late(DUE, RESOLVED + timedelta(days=60))
    assert ledger.credits(RESOLVED + timedelta(days=61)) == {CREDIT: (63, "earned")}
    ledger.claim(RESOLVED + timedelta(days=61), CREDIT)
    ledger.late(DUE, RESOLVED + timedelta(days=90))
    assert ledger.credits(RESOLVED) == {CREDIT: (63, "claimed")}


def test_a_part_of_a_second_late_is_late(ledger: Ledger) -> None:
    ledger.late(DUE, DUE + timedelta(microseconds=1))
    assert ledger.credits(DUE) == {CREDIT: (1, "earned")}


@pytest.mark.clause("contentsquare/resolution-credit")
@pytest.mark.parametrize("priority", ["p3", None])
def test_other_priorities_earn_nothing(ledger: Ledger, priority: str | None) -> None:
    assert ledger.late(DUE, RESOLVED, priority=priority) == ""
    assert ledger.credits(RESOLVED) == {}


def test_what_was_on_time_or_promises_nothing_earns_nothing(ledger: Ledger) -> None:
    assert ledger.late(DUE, DUE) == ""
    assert Ledger(PRISMIC, DUE).late(DUE, RESOLVED) == ""


@pytest.mark.clause("contentsquare/claims")
def test_day_30_can_be_claimed_and_day_31_is_refused_with_the_date_it_ended(
    ledger: Ledger,
) -> None:
    ledger.late(DUE, RESOLVED)
    assert ledger.credits(LAST_MINUTE) == {CREDIT: (3, "earned")}
    assert ledger.credits(DAY_31) == {CREDIT: (3, "expired")}
    with pytest.raises(TooLate, match="ended on 11 April 2027") as refused:
        ledger.claim(DAY_31, CREDIT)
    assert refused.value.clause == "claims"
    ledger.claim(LAST_MINUTE, CREDIT)
    assert ledger.credits(DAY_31) == {CREDIT: (3, "claimed")}


@pytest.mark.clause("contentsquare/claims")
def test_a_claim_names_credits_and_keeps_its_words(ledger: Ledger) -> None:
    ledger.late(DUE, RESOLVED)
    ledger.late(DUE, RESOLVED, cycle=2)
    claim = ledger.claim(RESOLVED, CREDIT, "ticket:7K2M-0QXW-9HTE:resolution:2", CREDIT)
    (filed,) = ledger.view(RESOLVED).claims
    assert (filed.id, filed.days, filed.filed_at) == (claim, 6, RESOLVED)
    assert filed.statement == "We claim what the contract gives us."


def test_a_claim_is_taken_whole_or_not_at_all(ledger: Ledger) -> None:
    ledger.late(DUE, RESOLVED)
    with pytest.raises(NoSuchEntry, match="month:2027-02"):
        ledger.claim(RESOLVED, CREDIT, "month:2027-02")
    assert ledger.credits(RESOLVED) == {CREDIT: (3, "earned")}
    ledger.claim(RESOLVED, CREDIT)
    with pytest.raises(AlreadySettled, match="is already claimed"):
        ledger.claim(RESOLVED, CREDIT)


def test_a_refused_claim_leaves_its_credits_refused(ledger: Ledger) -> None:
    ledger.late(DUE, RESOLVED)
    claim = ledger.claim(RESOLVED, CREDIT)
    said = {"claim": claim, "reason": "The ticket was about the customer's own site."}
    ledger.act(AccountAction.REFUSE_CLAIM, RESOLVED, by=MANAGER, **said)
    assert ledger.credits(RESOLVED) == {CREDIT: (3, "refused")}
    assert ledger.view(RESOLVED).claims[0].refused_because == said["reason"]
    with pytest.raises(AlreadySettled):
        ledger.act(AccountAction.REFUSE_CLAIM, RESOLVED, by=MANAGER, **said)
    with pytest.raises(AlreadySettled, match="was already refused"):
        ledger.claim(RESOLVED, CREDIT)


@pytest.mark.parametrize("role", [Role.AGENT, Role.OPERATOR, Role.ENGINEERING])
def test_claims_are_the_customers(ledger: Ledger, role: Role) -> None:
    ledger.late(DUE, RESOLVED)
    who = Actor(id="somebody", role=role)
    with pytest.raises(WrongRole):
        ledger.act(
            AccountAction.CLAIM_CREDITS, RESOLVED, by=who, credits=[CREDIT], statement="Please."
        )


def test_only_tickets_report_what_is_late(ledger: Ledger) -> None:
    report: dict[str, Any] = {
        "ticket": "X",
        "clock": "resolution",
        "priority": "p0",
        "due_at": DUE,
        "completed_at": RESOLVED,
    }
    with pytest.raises(WrongRole):
        ledger.act(AccountAction.REPORT_LATE_COMPLETION, RESOLVED, by=MANAGER, **report)


def test_a_month_that_was_claimed_stays_claimed_when_it_is_corrected(ledger: Ledger) -> None:
    begins, april = east("2027-03-02 00:00"), east("2027-04-02 00:00")
    ledger.down(begins, begins + timedelta(hours=12))
    ledger.claim(april, "month:2027-03")
    ledger.down(begins + timedelta(hours=12), begins + timedelta(hours=24), at=april)
    assert ledger.credits(april) == {"month:2027-03": (3, "claimed")}


def test_other_terms_hold_from_when_they_are_adopted(ledger: Ledger) -> None:
    ledger.late(DUE, RESOLVED)
    new = CONTENTSQUARE.model_copy(
        update={"revision": date(2027, 3, 15), "late_completions": (), "availability": None}
    )
    ledger.act(AccountAction.ADOPT_TERMS, RESOLVED, terms=new)
    assert ledger.late(DUE, RESOLVED, cycle=2) == ""
    view: AccountView = ledger.view(RESOLVED)
    assert view.terms == new
    assert view.closes_next is None
    assert ledger.credits(RESOLVED) == {CREDIT: (3, "earned")}
    ledger.act(AccountAction.ADOPT_TERMS, RESOLVED, terms=CONTENTSQUARE)
    assert ledger.view(RESOLVED).closes_next == east("2027-04-01 00:00")
    with pytest.raises(NoSuchEntry):
        ledger.act(AccountAction.ADOPT_TERMS, RESOLVED, terms=PRISMIC)
