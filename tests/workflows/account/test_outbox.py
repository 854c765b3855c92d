"""Notices of an account: recipients and facts."""

from datetime import date, timedelta
from typing import Any

import pytest

from policies.accounts.account_settlement import account_terms
from policies.accounts.account_terms import LatenessTerms
from policies.business_time.durations import Duration
from policies.schema.contract import Contact, Contract
from policies.terms.model.notice import NoticeTerms
from policies.terms.model.recipient import Recipient
from policies.vocabulary import EventType, NoticeStatus
from tests.policies.accounts.sample_accounts import (
    COLETTE,
    CONTENTSQUARE,
    LEAD,
    MANAGER,
    WITH_LETTERS,
    east,
    utc,
)
from tests.policies.requests import CATALOG
from tests.workflows.account.account_driver import AccountDriver
from workflows.account.model.action_inputs import AccountAction
from workflows.account.model.events import AccountEventType
from workflows.account.retention import prune
from workflows.account.state import AccountState
from workflows.shared.action_request import SYSTEM

DUE = east("2027-03-10 15:00")
RESOLVED = east("2027-03-12 16:00")
CREDIT = "ticket:7K2M-0QXW-9HTE:resolution:1"
MIA = Recipient(name="Mia", email="mia@soleil.example")
BREACH = east("2027-03-02 00:00")
APRIL = east("2027-04-02 00:00")


@pytest.fixture
def driver() -> AccountDriver:
    return AccountDriver(WITH_LETTERS, east("2027-03-01 00:00"))


def facts(driver: AccountDriver, template: str) -> dict[str, Any]:
    """The facts of the first notice with this template."""
    notices = driver.account.state.notices
    return dict(next(n for n in notices if n.template == template).facts)


@pytest.mark.clause("contentsquare/resolution-credit", "contentsquare/claims")
def test_the_notice_of_a_credit_states_amount_basis_clause_and_last_day(
    driver: AccountDriver,
) -> None:
    driver.late(DUE, RESOLVED, requester=MIA)
    assert driver.notified() == [
        ("credit_earned", "requester", MIA.email),
        ("credit_earned", "customer", COLETTE.email),
        ("credit_earned", "account_manager", MANAGER.email),
    ]
    assert facts(driver, "credit_earned") == {
        "by": SYSTEM.display_name,
        "credit": CREDIT,
        "credits": 3,
        "days": 3,
        "clause": "resolution-credit",
        "claim_until": "2027-04-11",
        "ticket_number": "7K2M-0QXW-9HTE",
        "clock": "resolution",
        "due_at": DUE.isoformat(),
        "breached_at": DUE.isoformat(),
        "late_seconds": (RESOLVED - DUE).total_seconds(),
        "completed_at": RESOLVED.isoformat(),
    }


@pytest.mark.clause("contentsquare/availability")
def test_a_month_below_its_target_has_a_notice_without_requester(driver: AccountDriver) -> None:
    driver.down(BREACH, BREACH + timedelta(days=1))
    assert driver.notified() == []
    driver.account.catch_up(APRIL)
    assert [audience for _, audience, _ in driver.notified()] == ["customer", "account_manager"]
    earned = facts(driver, "credit_earned")
    assert (earned["month"], earned["target"], earned["credits"]) == ("2027-03", "99.5", 3)
    assert (earned["clause"], earned["claim_until"]) == ("availability", "2027-04-30")
    assert earned["availability"] == "96.4705"


@pytest.mark.clause("contentsquare/resolution-credit")
def test_an_email_cites_a_clause_by_its_heading() -> None:
    headings = {"resolution-credit": "article 3.d"}
    driver = AccountDriver(WITH_LETTERS.model_copy(update={"headings": headings}), DUE)
    driver.late(DUE, RESOLVED, requester=MIA)
    [record, *_] = driver.account.state.notices
    composed = driver.account.outbox.compose(record).facts
    assert (composed["clause"], composed["days"]) == ("article 3.d", 3)


def test_an_email_names_a_clock_by_its_label() -> None:
    labels = {"resolution": "remise en service"}
    driver = AccountDriver(WITH_LETTERS.model_copy(update={"clock_labels": labels}), DUE)
    driver.late(DUE, RESOLVED, requester=MIA)
    [record, *_] = driver.account.state.notices
    assert record.facts["clock"] == "resolution"
    assert driver.account.outbox.compose(record).facts["clock"] == "remise en service"


def test_a_month_at_its_target_has_no_notice(driver: AccountDriver) -> None:
    driver.account.catch_up(APRIL)
    assert driver.notified() == []


def test_an_address_gets_one_notice_of_an_event(driver: AccountDriver) -> None:
    driver.late(DUE, RESOLVED, requester=COLETTE.model_copy(update={"name": "C."}))
    assert [audience for _, audience, _ in driver.notified()] == ["requester", "account_manager"]


def test_a_repeated_report_is_notified_once(driver: AccountDriver) -> None:
    for _ in range(2):
        driver.late(DUE, RESOLVED)
    assert len(driver.notified()) == 2


@pytest.mark.clause("contentsquare/availability")
@pytest.mark.parametrize("hours", [12, 48])
def test_the_notice_of_a_correction_states_the_credits_before(
    driver: AccountDriver, hours: int
) -> None:
    outage = driver.down(BREACH, BREACH + timedelta(days=1))
    driver.account.catch_up(APRIL)
    inputs: dict[str, Any] = {"category": "service_failure", "reason": "The probe was at fault."}
    inputs |= {"outage": outage, "starts_at": BREACH, "ends_at": BREACH + timedelta(hours=hours)}
    driver.act(AccountAction.CORRECT_OUTAGE, APRIL, **inputs)
    told = [
        audience for template, audience, _ in driver.notified() if template == "credit_corrected"
    ]
    assert told == ["customer", "account_manager"]
    corrected = facts(driver, "credit_corrected")
    assert corrected["credits_before"] == 3
    assert corrected["credits"] == driver.view(APRIL).credits[0].credits != 3


@pytest.mark.clause("contentsquare/claims")
def test_a_claim_notifies_the_account_manager_and_its_refusal_the_customer(
    driver: AccountDriver,
) -> None:
    driver.late(DUE, RESOLVED)
    claim = driver.claim(RESOLVED, CREDIT)
    driver.act(AccountAction.REFUSE_CLAIM, RESOLVED, claim=claim, reason="It was your own site.")
    assert driver.notified()[2:] == [
        ("credits_claimed", "account_manager", MANAGER.email),
        ("claim_refused", "customer", COLETTE.email),
    ]
    claimed, refused = facts(driver, "credits_claimed"), facts(driver, "claim_refused")
    assert (claimed["claim"], claimed["credits"], claimed["days"]) == (claim, 3, 3)
    assert claimed["statement"] == "We claim what the contract gives us."
    assert (refused["claim"], refused["credits"], refused["days"]) == (claim, 3, 3)
    assert refused["reason"] == "It was your own site."


@pytest.mark.clause("contentsquare/resolution-credit")
def test_each_clock_earns_credits_by_its_own_rule() -> None:
    response = LatenessTerms(
        clock="first_response",
        priorities=(),
        each=Duration.parse("1 hour"),
        counts="whole",
        worth=2,
        clause="response-credit",
    )
    late = (*CONTENTSQUARE.lateness, response)
    driver = AccountDriver(CONTENTSQUARE.model_copy(update={"lateness": late}), DUE)
    earned = driver.late(DUE, DUE + timedelta(minutes=150), clock="first_response", priority=None)
    driver.late(DUE, RESOLVED)
    assert earned == "ticket:7K2M-0QXW-9HTE:first_response:1"
    credits = {credit.id: credit for credit in driver.view(RESOLVED).credits}
    assert (credits[earned].credits, credits[earned].days) == (2, 4)
    assert credits[earned].clause == "response-credit"
    assert credits[earned].says == "late first response of ticket 7K2M-0QXW-9HTE"
    assert credits[CREDIT].credits == 3


def test_an_undeliverable_notice_is_reported_but_not_a_failed_report(
    driver: AccountDriver,
) -> None:
    driver.late(DUE, RESOLVED)
    account = driver.account
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


def test_pending_notices_are_kept_and_old_sent_ones_are_dropped(driver: AccountDriver) -> None:
    for cycle in range(1, 102):
        driver.late(DUE, RESOLVED, cycle=cycle)
    account = driver.account
    for notice in list(account.outbox.pending())[2:]:
        account.outbox.sent(notice.key, "<sent@desk.example>")
    prune(account.state, RESOLVED)
    carried = AccountState.model_validate_json(account.state.model_dump_json())
    assert len(carried.notices) == 102
    assert [n.status for n in carried.notices].count(NoticeStatus.OWED) == 2
    account.outbox.sent(carried.notices[0].key, "<late@desk.example>")
    assert next(account.outbox.pending()).key == carried.notices[1].key


@pytest.mark.clause("prismic/enablement")
def test_those_who_hold_sessions_are_told_of_a_booking_and_of_its_cancellation() -> None:
    contract = Contract(
        account="papier",
        name="Papier & Co",
        policy="prismic",
        plan="enterprise_premium",
        starts_on=date(2026, 6, 1),
        contacts={"solution_engineer": Contact(name="Sol", email="sol@papier.example")},
    )
    now = utc("2027-03-01 10:00")
    driver = AccountDriver(account_terms(CATALOG.latest("prismic"), contract, 2027), now)
    session = driver.book("2027-03-10", "1.5", now)
    assert driver.notified() == [
        ("session_booked", "customer_success_manager", "customer-success@prismic.example"),
        ("session_booked", "solution_engineer", "sol@papier.example"),
    ]
    booked = facts(driver, "session_booked")
    assert (booked["date"], booked["hours"]) == ("2027-03-10", "1.5")
    assert {"topic", "requested_by", "by"} <= booked.keys()
    driver.act(AccountAction.CANCEL_SESSION, now, session=session, reason="Ill.")
    cancelled = facts(driver, "session_cancelled")
    assert (cancelled["reason"], cancelled["date"], cancelled["hours"]) == (
        "Ill.",
        "2027-03-10",
        "1.5",
    )
    assert len(driver.notified()) == 4


def test_a_rule_can_send_another_template_than_that_of_its_event() -> None:
    rule = NoticeTerms(event=EventType.CREDIT_EARNED, tell=("lead",), template="update_posted")
    driver = AccountDriver(WITH_LETTERS.model_copy(update={"notices": (rule,)}), DUE)
    driver.late(DUE, RESOLVED)
    assert driver.notified() == [("update_posted", "lead", LEAD.email)]


def test_a_notice_without_a_clause_has_its_facts(driver: AccountDriver) -> None:
    record = driver.account.state.notices
    driver.late(DUE, RESOLVED, requester=MIA)
    lost = next(driver.account.outbox.pending())
    driver.account.undeliverable(lost.key, "550 no such user", RESOLVED)
    composed = driver.account.outbox.compose(record[-1])
    assert (composed.template, composed.facts["error"]) == (
        "notice_undeliverable",
        "550 no such user",
    )


def test_adopted_terms_do_not_announce_what_happened_before() -> None:
    driver = AccountDriver(CONTENTSQUARE, DUE)
    driver.late(DUE, RESOLVED, requester=MIA)
    driver.act(AccountAction.ADOPT_TERMS, RESOLVED, terms=WITH_LETTERS)
    assert driver.notified() == []


def test_a_credit_is_told_to_the_requester_of_its_own_ticket(driver: AccountDriver) -> None:
    noor = MIA.model_copy(update={"name": "Noor", "email": "noor@soleil.example"})
    driver.late(DUE, RESOLVED, requester=MIA)
    driver.late(DUE, RESOLVED, ticket="AAAA-0QXW-9HTE", requester=noor)
    told = [to for _, audience, to in driver.notified() if audience == "requester"]
    assert told == [MIA.email, noor.email]


def test_the_weight_of_a_notice_is_that_of_its_facts(driver: AccountDriver) -> None:
    driver.late(DUE, RESOLVED)
    outbox = driver.account.outbox
    credit = next(outbox.pending())
    assert outbox.weight(credit) == len(repr(credit.facts).encode()) > 100


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        (AccountEventType.CREDIT_EARNED, "credit"),
        (AccountEventType.CREDITS_CLAIMED, "claim"),
        (AccountEventType.SESSION_BOOKED, "session"),
        (AccountEventType.SERVICE_LEVEL_MISSED, "service_level"),
        (AccountEventType.NOTICE_UNDELIVERABLE, "key"),
    ],
)
def test_the_key_of_a_notice_names_what_it_is_about(kind: AccountEventType, subject: str) -> None:
    rule = NoticeTerms(event=EventType(kind), tell=("customer",))
    account = AccountDriver(WITH_LETTERS.model_copy(update={"notices": (rule,)}), BREACH).account
    since = account.state.last_event
    account.state.record_event(kind, DUE, SYSTEM, {subject: "entry-7"})
    account.outbox.announce(since)
    [notice] = account.state.notices
    assert notice.key == f"{kind}/entry-7/{since + 1}/customer"
