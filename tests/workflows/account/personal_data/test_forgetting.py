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


def test_a_person_is_forgotten_where_only_the_id_names_them(driver: AccountDriver) -> None:
    driver.act(
        AccountAction.BOOK_SESSION,
        AFTER,
        by=ACTOR,
        date=date(2027, 4, 2),
        hours=Decimal(2),
        topic="Caches",
        requested_by="sub-81",
    )
    driver.account.forget(PERSON, AFTER)
    assert "sub-81" not in text_of(driver)
    assert driver.account.state.sessions[-1].requested_by == ERASED


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


def book(driver: AccountDriver, by: Actor, topic: str, requested_by: str = "Desk") -> None:
    driver.act(
        AccountAction.BOOK_SESSION,
        AFTER,
        by=by,
        date=date(2027, 5, 1),
        hours=Decimal(1),
        topic=topic,
        requested_by=requested_by,
    )


def test_a_name_is_learned_from_whoever_has_the_address_or_an_id() -> None:
    by_address = Person.marked("soleil", MIA.email)
    late = AccountDriver(WITH_LETTERS, east("2027-03-01 00:00"))
    late.late(DUE, RESOLVED, requester=MIA)
    late.late(DUE, RESOLVED, requester=MIA, ticket="AAAA-0QXW-9HTE", overdue=True)
    late.down(DUE, RESOLVED, at=AFTER)
    state = late.account.state
    described = {"description": "Mia Quince has reported it."}
    state.outages = [outage.model_copy(update=described) for outage in state.outages]
    late.account.forget(by_address, AFTER)
    assert state.outages[0].description == f"{ERASED} has reported it."

    booked = AccountDriver(PRISMIC, east("2027-03-01 00:00"))
    book(booked, Actor(id="sub-81", role=Role.REQUESTER), "With us")
    book(booked, ACTOR, "With Mia Quince")
    booked.account.forget(Person.marked("papier", MIA.email, actors=["sub-81"]), AFTER)
    topics = [(s.topic, s.booked_by.id) for s in booked.account.state.sessions]
    assert topics == [("With us", ERASED), (f"With {ERASED}", ERASED)]


def test_the_names_of_others_stay(driver: AccountDriver) -> None:
    leo = Actor(id="sub-90", role=Role.REQUESTER, name="Leo Marin")
    book(driver, leo, "With Leo Marin", COLETTE.name)
    driver.late(DUE, RESOLVED, cycle=2)
    driver.late(DUE, RESOLVED, cycle=3, overdue=True)
    events = list(driver.account.state.events)
    driver.account.forget(PERSON, AFTER)
    session = driver.account.state.sessions[-1]
    assert (session.topic, session.booked_by) == ("With Leo Marin", leo)
    assert session.requested_by == COLETTE.name
    after = driver.account.state.events
    of_mia = [event.by == ACTOR for event in events]
    assert [event == old for event, old in zip(after, events, strict=True)] == [
        not is_hers for is_hers in of_mia
    ]
    [claimed] = [event for event in after if event.type == "credits_claimed"]
    assert claimed.data["named"] == ["ticket:7K2M-0QXW-9HTE:resolution:1"]


def test_a_requester_of_the_same_name_is_forgotten_and_staff_of_that_name_is_not(
    driver: AccountDriver,
) -> None:
    namesake = Actor(id="sub-99", role=Role.OPERATOR, name=MIA.name)
    driver.down(DUE, RESOLVED, at=AFTER, by=namesake)
    book(driver, namesake.model_copy(update={"role": Role.REQUESTER}), "Migration")
    driver.account.forget(PERSON, AFTER)
    assert driver.account.state.outages[0].recorded_by == namesake
    assert driver.account.state.sessions[-1].booked_by.id == ERASED


def test_a_single_name_is_replaced_in_the_fields_of_events_and_notices_that_name_a_person() -> None:
    terms = WITH_LETTERS.model_copy(update={"enablement": PRISMIC.enablement})
    driver = AccountDriver(terms, east("2027-03-01 00:00"))
    mia = Actor(id="sub-81", role=Role.REQUESTER, name="Mia")
    credit = driver.late(DUE, RESOLVED)
    driver.act(AccountAction.CLAIM_CREDITS, AFTER, by=mia, credits=[credit], statement="For Mia.")
    book(driver, mia, "With Mia", "Mia")
    driver.account.forget(Person.marked("soleil", MIA.email, ["Mia"]), AFTER)
    [notice] = [n for n in driver.account.state.notices if n.template == "credits_claimed"]
    assert (notice.facts["by"], notice.facts["statement"]) == (ERASED, "For Mia.")
    data = driver.account.state.events[-1].data
    assert (data["requested_by"], data["topic"]) == (ERASED, "With Mia")


def test_only_a_pending_notice_to_the_person_is_given_up(driver: AccountDriver) -> None:
    notices = driver.account.state.notices
    [mine] = [n for n in notices if n.audience == "requester"]
    driver.account.outbox.sent(mine.key, "<id@desk.example>")
    others = [n.key for n in notices if n.key != mine.key]
    driver.account.forget(PERSON, AFTER)
    assert [n.key for n in notices if n.status is NoticeStatus.OWED] == others
    assert {n.error for n in notices} == {None}


def test_a_contact_of_the_contract_is_reported_and_stays(driver: AccountDriver) -> None:
    colette = Person.marked("soleil", COLETTE.email)
    assert driver.account.has_of(colette).is_contact
    driver.account.forget(colette, AFTER)
    assert driver.account.has_of(colette).is_contact
    assert not driver.account.has_of(PERSON).is_contact


def test_marks_contain_neither_address_nor_name() -> None:
    marks = Person.marked("soleil", MIA.email, [MIA.name], [ACTOR.id]).model_dump_json().lower()
    assert [mark for mark in (*MARKS, "mia") if mark in marks] == []
