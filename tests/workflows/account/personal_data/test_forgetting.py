"""Forgetting a person: what leaves the state of an account, and what stays."""

from datetime import date
from decimal import Decimal

import pytest

from policies.terms.model.recipient import Recipient
from policies.vocabulary import NoticeStatus, Role
from tests.policies.accounts.sample_accounts import COLETTE, PRISMIC, WITH_LETTERS, east
from tests.workflows.account.account_driver import AccountDriver
from workflows.account.forgetting import ERASED, NO_RECIPIENT, NOBODY
from workflows.account.model.action_inputs import AccountAction
from workflows.account.model.person import Person
from workflows.account.views import view
from workflows.shared.action_request import Actor

DUE, RESOLVED = east("2027-03-10 15:00"), east("2027-03-12 16:00")
AFTER = east("2027-03-13 10:00")
MIA = Recipient(name="Mia Quince", email="Mia.Quince@soleil.example")
ACTOR = Actor(id="sub-81", role=Role.REQUESTER, name="Mia Quince")
PERSON = Person.marked("soleil", "mia.quince@Soleil.example", actors=["sub-81"])
MARKS = ("quince", "sub-81")


@pytest.fixture
def driver() -> AccountDriver:
    terms = WITH_LETTERS.model_copy(update={"enablement": PRISMIC.enablement})
    driver = AccountDriver(terms, east("2027-03-01 00:00"))
    credit = driver.late(DUE, RESOLVED, requester=MIA)
    driver.act(
        AccountAction.CLAIM_CREDITS,
        AFTER,
        by=ACTOR,
        credits=[credit],
        statement="Late again. Regards, mia  quince (mia.quince@soleil.example).",
    )
    driver.act(
        AccountAction.BOOK_SESSION,
        AFTER,
        by=ACTOR,
        date=date(2027, 4, 1),
        hours=Decimal(2),
        topic="With Mia Quince, and Leo",
        requested_by="MIA.QUINCE@soleil.example",
    )
    return driver


def text_of(driver: AccountDriver) -> str:
    return driver.account.state.model_dump_json().lower()


def test_nothing_in_the_state_names_a_forgotten_person(driver: AccountDriver) -> None:
    assert all(mark in text_of(driver) for mark in MARKS)
    assert driver.account.has_of(PERSON).mentions > 5
    driver.account.forget(PERSON, AFTER)
    assert [mark for mark in MARKS if mark in text_of(driver)] == []
    has = driver.account.has_of(PERSON)
    assert (has.mentions, has.scrubbed_at) == (0, AFTER)


def test_figures_numbers_of_tickets_and_other_people_stay(driver: AccountDriver) -> None:
    before = view(driver.account.state, AFTER)
    driver.account.forget(PERSON, AFTER)
    after = view(driver.account.state, AFTER)
    assert [credit.requester for credit in after.credits] == [NOBODY]
    assert [credit.model_copy(update={"requester": None}) for credit in after.credits] == [
        credit.model_copy(update={"requester": None}) for credit in before.credits
    ]
    assert after.credits[0].basis["ticket_number"] == "7K2M-0QXW-9HTE"
    assert [(c.id, c.days, c.state) for c in after.claims] == [
        (c.id, c.days, c.state) for c in before.claims
    ]
    assert after.claims[0].statement == f"Late again. Regards, {ERASED} ({ERASED})."
    assert (after.sessions[0].topic, after.sessions[0].requested_by) == (
        f"With {ERASED}, and Leo",
        ERASED,
    )
    assert after.years == before.years
    kept = {notice.to for notice in after.notices}
    assert COLETTE.email in kept


def test_a_pending_notice_to_a_forgotten_person_is_given_up(driver: AccountDriver) -> None:
    driver.account.forget(PERSON, AFTER)
    [notice] = [n for n in driver.account.state.notices if n.audience == "requester"]
    assert (notice.status, notice.error) == (NoticeStatus.UNDELIVERABLE, NO_RECIPIENT)
    assert notice.key not in {each.key for each in driver.account.outbox.pending()}
    # A delivery that was under way ends as usual.
    driver.account.outbox.sent(notice.key, "<id@desk.example>")


def test_a_person_is_not_mistaken_for_another_one(driver: AccountDriver) -> None:
    for address, names in (
        ("mia@soleil.example", ["Mia"]),
        ("quince@soleil.example", ["Quince"]),
        ("leo@soleil.example", ["soleil"]),
    ):
        other = Person.marked("soleil", address, names)
        assert driver.account.has_of(other).mentions == 0
    elsewhere = Person.marked("papier", MIA.email, actors=["sub-81"])
    assert driver.account.has_of(elsewhere).mentions == 0


def test_a_name_of_one_word_is_replaced_only_where_a_person_is_named() -> None:
    driver = AccountDriver(PRISMIC, east("2027-03-01 00:00"))
    driver.book("2027-04-01", "2", AFTER)
    driver.account.forget(Person.marked("papier", MIA.email, ["mia", "Migration"]), AFTER)
    [session] = driver.account.state.sessions
    assert (session.requested_by, session.topic) == (ERASED, "Migration")


def test_a_name_of_up_to_five_words_is_found_in_a_text() -> None:
    name = "Mia van der Berg Luna"
    driver = AccountDriver(PRISMIC, east("2027-03-01 00:00"))
    for topic in (f"With {name}.", f"With {name} Ortega."):
        driver.act(
            AccountAction.BOOK_SESSION,
            AFTER,
            date="2027-04-01",
            hours="1",
            topic=topic,
            requested_by="Desk",
        )
    names = [name, f"{name} Ortega"]
    driver.account.forget(Person.marked("papier", MIA.email, names), AFTER)
    topics = [session.topic for session in driver.account.state.sessions]
    assert topics == [f"With {ERASED}.", f"With {ERASED} Ortega."]


def test_a_contact_of_the_contract_is_reported_and_stays(driver: AccountDriver) -> None:
    colette = Person.marked("soleil", COLETTE.email)
    assert driver.account.has_of(colette).is_contact
    driver.account.forget(colette, AFTER)
    assert driver.account.has_of(colette).is_contact
    assert not driver.account.has_of(PERSON).is_contact


def test_marks_contain_neither_address_nor_name() -> None:
    marks = Person.marked("soleil", MIA.email, [MIA.name], [ACTOR.id]).model_dump_json().lower()
    assert [mark for mark in (*MARKS, "mia") if mark in marks] == []
