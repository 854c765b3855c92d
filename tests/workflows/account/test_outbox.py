"""Whom an account tells of what became true of it, and what each of them is told."""

from datetime import timedelta
from typing import Any

import pytest

from policies.accounts.account_terms import LateCompletionTerms
from policies.business_time.durations import Duration
from policies.terms.ticket_terms import Recipient
from policies.vocabulary import NoticeStatus
from tests.policies.accounts.sample_accounts import (
    COLETTE,
    CONTENTSQUARE,
    LEAD,
    MANAGER,
    WITH_LETTERS,
    east,
)
from tests.workflows.account.ledger import Ledger
from workflows.account.messages import AccountAction
from workflows.account.retention import NOTICES, prune
from workflows.account.state import AccountState
from workflows.shared.action_request import SYSTEM

DUE = east("2027-03-10 15:00")
RESOLVED = east("2027-03-12 16:00")
CREDIT = "ticket:7K2M-0QXW-9HTE:resolution:1"
MIA = Recipient(name="Mia", email="mia@soleil.example")
BREACH = east("2027-03-02 00:00")
APRIL = east("2027-04-02 00:00")


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(WITH_LETTERS, east("2027-03-01 00:00"))


def facts(ledger: Ledger, template: str) -> dict[str, Any]:
    """What the first letter of this template says."""
    notices = ledger.account.state.notices
    return dict(next(n for n in notices if n.template == template).facts)


@pytest.mark.clause("contentsquare/resolution-credit", "contentsquare/claims")
def test_a_late_resolution_is_told_with_amount_basis_clause_and_last_day(ledger: Ledger) -> None:
    ledger.late(DUE, RESOLVED, requester=MIA)
    assert ledger.told() == [
        ("credit_earned", "requester", MIA.email),
        ("credit_earned", "customer", COLETTE.email),
        ("credit_earned", "account_manager", MANAGER.email),
    ]
    assert facts(ledger, "credit_earned") == {
        "by": SYSTEM.display_name,
        "credit": CREDIT,
        "credits": 3,
        "days": 3,
        "clause": "resolution-credit",
        "claim_until": "2027-04-11",
        "ticket_number": "7K2M-0QXW-9HTE",
        "clock": "resolution",
        "due_at": DUE.isoformat(),
        "completed_at": RESOLVED.isoformat(),
    }


@pytest.mark.clause("contentsquare/availability")
def test_a_month_that_closes_below_its_target_is_told_and_has_no_requester(ledger: Ledger) -> None:
    ledger.down(BREACH, BREACH + timedelta(days=1))
    assert ledger.told() == []
    ledger.account.catch_up(APRIL)
    assert [audience for _, audience, _ in ledger.told()] == ["customer", "account_manager"]
    said = facts(ledger, "credit_earned")
    assert (said["month"], said["target"], said["credits"]) == ("2027-03", "99.5", 3)
    assert (said["clause"], said["claim_until"]) == ("availability", "2027-04-30")
    assert said["availability"] == "96.4705"


@pytest.mark.clause("contentsquare/resolution-credit")
def test_an_email_cites_a_clause_by_its_heading() -> None:
    headings = {"resolution-credit": "article 3.d"}
    ledger = Ledger(WITH_LETTERS.model_copy(update={"headings": headings}), DUE)
    ledger.late(DUE, RESOLVED, requester=MIA)
    [record, *_] = ledger.account.state.notices
    assert ledger.account.outbox.compose(record).facts["clause"] == "article 3.d"


def test_a_month_as_promised_tells_nobody(ledger: Ledger) -> None:
    ledger.account.catch_up(APRIL)
    assert ledger.told() == []


def test_one_address_gets_one_letter_of_one_event(ledger: Ledger) -> None:
    ledger.late(DUE, RESOLVED, requester=COLETTE.model_copy(update={"name": "C."}))
    assert [audience for _, audience, _ in ledger.told()] == ["requester", "account_manager"]


def test_what_is_reported_twice_is_told_once(ledger: Ledger) -> None:
    for _ in range(2):
        ledger.late(DUE, RESOLVED)
    assert len(ledger.told()) == 2


@pytest.mark.clause("contentsquare/availability")
@pytest.mark.parametrize("hours", [12, 48])
def test_a_correction_is_told_with_the_number_before_it(ledger: Ledger, hours: int) -> None:
    outage = ledger.down(BREACH, BREACH + timedelta(days=1))
    ledger.account.catch_up(APRIL)
    said: dict[str, Any] = {"category": "service_failure", "reason": "The probe was at fault."}
    said |= {"outage": outage, "starts_at": BREACH, "ends_at": BREACH + timedelta(hours=hours)}
    ledger.act(AccountAction.CORRECT_OUTAGE, APRIL, **said)
    told = [audience for template, audience, _ in ledger.told() if template == "credit_corrected"]
    assert told == ["customer", "account_manager"]
    corrected = facts(ledger, "credit_corrected")
    assert corrected["credits_before"] == 3
    assert corrected["credits"] == ledger.view(APRIL).credits[0].credits != 3


@pytest.mark.clause("contentsquare/claims")
def test_a_claim_is_told_to_the_account_manager_and_its_refusal_to_the_customer(
    ledger: Ledger,
) -> None:
    ledger.late(DUE, RESOLVED)
    claim = ledger.claim(RESOLVED, CREDIT)
    ledger.act(AccountAction.REFUSE_CLAIM, RESOLVED, claim=claim, reason="It was your own site.")
    assert ledger.told()[2:] == [
        ("credits_claimed", "account_manager", MANAGER.email),
        ("claim_refused", "customer", COLETTE.email),
    ]
    claimed, refused = facts(ledger, "credits_claimed"), facts(ledger, "claim_refused")
    assert (claimed["claim"], claimed["credits"], claimed["days"]) == (claim, 3, 3)
    assert claimed["statement"] == "We claim what the contract gives us."
    assert refused["reason"] == "It was your own site."


@pytest.mark.clause("contentsquare/resolution-credit")
def test_any_clock_earns_by_its_own_rule_and_each_clock_of_a_ticket_by_itself() -> None:
    response = LateCompletionTerms(
        clock="first_response",
        priorities=(),
        each=Duration.parse("1 hour"),
        counts="whole",
        worth=2,
        clause="response-credit",
    )
    late = (*CONTENTSQUARE.late_completions, response)
    ledger = Ledger(CONTENTSQUARE.model_copy(update={"late_completions": late}), DUE)
    earned = ledger.late(DUE, DUE + timedelta(minutes=150), clock="first_response", priority=None)
    ledger.late(DUE, RESOLVED)
    assert earned == "ticket:7K2M-0QXW-9HTE:first_response:1"
    credits = {credit.id: credit for credit in ledger.view(RESOLVED).credits}
    assert (credits[earned].credits, credits[earned].days) == (2, 4)
    assert credits[earned].clause == "response-credit"
    assert credits[earned].says == "late first response of ticket 7K2M-0QXW-9HTE"
    assert credits[CREDIT].credits == 3


def test_a_lost_letter_is_on_record_and_told_to_the_desk_but_never_itself_again(
    ledger: Ledger,
) -> None:
    ledger.late(DUE, RESOLVED)
    account = ledger.account
    lost = next(n for n in account.outbox.pending() if n.to == COLETTE)
    account.undeliverable(lost.key, "550 no such user", RESOLVED)
    assert account.state.events[-1].type == "notice_undeliverable"
    assert account.state.events[-1].data["to"] == COLETTE.email
    told = account.state.notices[-1]
    assert (told.template, told.audience, told.to) == ("notice_undeliverable", "lead", LEAD)
    account.undeliverable(told.key, "550 neither", RESOLVED)
    assert [n.status for n in account.state.notices if n.status is not NoticeStatus.OWED] == [
        NoticeStatus.UNDELIVERABLE,
        NoticeStatus.UNDELIVERABLE,
    ]
    assert len(account.state.notices) == 3


def test_what_is_owed_is_carried_and_what_was_sent_long_ago_is_forgotten(ledger: Ledger) -> None:
    for cycle in range(1, NOTICES + 2):
        ledger.late(DUE, RESOLVED, cycle=cycle)
    account = ledger.account
    for notice in list(account.outbox.pending())[2:]:
        account.outbox.sent(notice.key, "<sent@desk.example>")
    prune(account.state, RESOLVED)
    carried = AccountState.model_validate_json(account.state.model_dump_json())
    assert len(carried.notices) == NOTICES + 2
    assert [n.status for n in carried.notices].count(NoticeStatus.OWED) == 2
    account.outbox.sent(carried.notices[0].key, "<late@desk.example>")
    assert next(account.outbox.pending()).key == carried.notices[1].key
