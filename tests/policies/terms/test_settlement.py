"""Settling terms: what is pinned into a ticket, and which requests are refused."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from policies.loading.loader import load_contract
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.calendars import Holidays
from policies.schema.contract import Contact, Contract, Publication
from policies.schema.public_holidays import closed_on
from policies.schema.request import Requester, TicketFacts
from policies.terms.admission import RequestRefused
from policies.terms.pinned_calendar import pin_calendar
from policies.terms.settlement import settle
from policies.terms.ticket_terms import PinnedCalendar, Terms
from policies.vocabulary import ClosedAs, EventType
from settings import ROOT
from tests.harness import HARBOUR, MIA, new_york

CONTENTLY = PolicyCatalog.shipped().latest("contently")
CONTRACTS = sorted((ROOT / "examples" / "contracts").glob("*.yaml"))
RECEIVED = new_york("2027-01-06 14:00")


def settled(contract: Contract = HARBOUR, **facts: Any) -> Terms:
    ticket = TicketFacts(**({"requester": MIA, "channel": "email"} | facts))
    return settle(CONTENTLY, contract, ticket, RECEIVED)


def test_terms_survive_json() -> None:
    terms = settled()
    assert Terms.model_validate_json(terms.model_dump_json()) == terms


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.stem)
def test_terms_take_less_than_8_kb(path: Path) -> None:
    contract = load_contract(path)
    policy = PolicyCatalog.shipped().latest(contract.policy)
    for channel, priority, kind in product(
        ("email", "phone", "portal", "ticket"), (None, *policy.priorities), (None, *policy.kinds)
    ):
        facts = TicketFacts(requester=MIA, channel=channel, priority=priority, kind=kind)
        try:
            terms = settle(policy, contract, facts, RECEIVED)
        except RequestRefused:
            continue
        written = terms.model_dump_json()
        assert len(written) < 8 * 1024
        assert Terms.model_validate_json(written) == terms


def test_unknown_fields_are_ignored() -> None:
    written = settled().model_dump(mode="json") | {"added_later": {"x": 1}}
    assert Terms.model_validate(written) == settled()


@pytest.mark.clause("contently/availability")
def test_holidays_are_pinned_with_their_names() -> None:
    calendar = settled().calendars["support"]
    assert calendar.closed["2027-01-18"] == "Martin Luther King Jr. Day"
    assert calendar.closed["2027-12-24"] == "Christmas Day (observed)"
    assert "2031-07-04" in calendar.closed


def test_a_pinned_calendar_needs_neither_tzdata_nor_holidays() -> None:
    calendar = settled().calendars["support"]
    assert calendar.tzinfo.utcoffset(datetime(2027, 7, 1)) == timedelta(hours=-4)  # noqa: DTZ001 - the wall clock of that zone
    due = calendar.calendar.business_days(new_york("2027-03-12 14:00"), 1)
    assert due == datetime(2027, 3, 15, 18, 0, tzinfo=UTC)


def test_dates_of_the_desk_are_added_and_removed() -> None:
    [holidays] = CONTENTLY.calendars["support"].places
    holidays = holidays.model_copy(
        update={"also": {date(2027, 1, 7): "Founders' day"}, "never": (date(2027, 1, 18),)}
    )
    closed = closed_on(holidays, range(2027, 2028))
    assert closed[date(2027, 1, 7)] == "Founders' day"
    assert date(2027, 1, 18) not in closed


@pytest.mark.fault(29)
def test_half_days_are_pinned_with_their_names_and_their_end() -> None:
    holidays = Holidays(country="TR", categories=("public", "half_day"), half_day_until="12:00")
    rule = CONTENTLY.calendars["support"].model_copy(
        update={
            "zone": "Europe/Istanbul",
            "holidays": holidays,
            "special_hours": {date(2027, 3, 8): ("10:00-16:00",)},
        }
    )
    pinned = PinnedCalendar.model_validate_json(
        pin_calendar("desk", rule, 2027).model_dump_json(exclude_defaults=True)
    )
    assert pinned.half_days["2027-10-28"] == "Republic Day (from 1pm)"
    assert "2027-03-08" not in pinned.half_days  # it has hours of its own
    start = datetime(2027, 10, 28, 6, tzinfo=UTC)  # 09:00 in Istanbul
    assert pinned.calendar.add(start, timedelta(hours=3)) == start + timedelta(hours=3)
    assert pinned.calendar.between(start, start + timedelta(hours=10)) == timedelta(hours=3)


@pytest.mark.clause("contently/channels")
@pytest.mark.parametrize("channel", ["email", "widget"])
def test_e_mail_and_widget_are_channels(channel: str) -> None:
    assert settled(channel=channel).channel == channel


@pytest.mark.clause("contently/channels")
def test_another_channel_is_refused_with_the_channels_allowed() -> None:
    with pytest.raises(RequestRefused, match="accepts it by email, widget") as refused:
        settled(channel="phone")
    assert [objection.field for objection in refused.value.objections] == ["channel"]


def test_all_objections_are_given_at_once() -> None:
    with pytest.raises(RequestRefused) as refused:
        settled(channel="phone", priority="urgent", kind="praise")
    fields = {objection.field for objection in refused.value.objections}
    assert fields == {"channel", "priority", "kind"}
    assert "high, normal, low" in str(refused.value)


def test_a_policy_without_plans_refuses_a_plan() -> None:
    with pytest.raises(RequestRefused, match="its plans: none"):
        settled(HARBOUR.model_copy(update={"plan": "gold"}))


def test_defaults_apply_to_values_a_request_does_not_state() -> None:
    terms = settled()
    assert (terms.priority, terms.kind) == ("normal", "technical")


@pytest.mark.clause("contently/eligibility")
@pytest.mark.parametrize(
    ("email", "publication", "is_eligible"),
    [
        ("mia@harbour.example", None, True),
        ("mia@harbour.example", "tide", True),
        ("mia@harbour.example", "ebb", False),
        ("old@ebb.example", None, False),
        ("mia@elsewhere.example", None, False),
        ("mia@harbour.example", "unknown", False),
    ],
)
def test_users_of_an_active_publication_are_eligible(
    email: str, publication: str | None, is_eligible: bool
) -> None:
    requester = Requester(name="Somebody", email=email)
    verdict = settled(requester=requester, publication=publication).verdict
    assert verdict.refuses is not is_eligible
    assert verdict.closed_as is (None if is_eligible else ClosedAs.NOT_ELIGIBLE)


@pytest.mark.clause("contently/eligibility")
def test_a_publication_without_users_admits_all() -> None:
    everyone = HARBOUR.model_copy(update={"publications": (Publication(name="tide"),)})
    stranger = Requester(name="New Hand", email="new@anywhere.example")
    assert not settled(everyone, requester=stranger).verdict.refuses


def test_a_contact_of_the_contract_takes_precedence() -> None:
    named = {"account_manager": Contact(name="Ines", email="ines@x.example", zone="Europe/Berlin")}
    contacts = settled(HARBOUR.model_copy(update={"contacts": named})).contacts
    assert contacts["account_manager"].email == "ines@x.example"
    assert contacts["account_manager"].zone == "Europe/Berlin"
    assert contacts["team_lead"].email == "support-lead@contently.example"
    assert contacts["requester"].email == MIA.email


@pytest.mark.fault(27)
@pytest.mark.clause("contently/escalation-update")
@pytest.mark.parametrize(
    ("email", "publication", "manager"),
    [
        ("mia@harbour.example", "tide", "tom@contently.example"),
        ("mia@harbour.example", None, "tom@contently.example"),
        ("mia@harbour.example", "ebb", "ines@contently.example"),
        ("mia@harbour.example", "unknown", "ines@contently.example"),
        ("both@harbour.example", None, "ines@contently.example"),
        ("new@anywhere.example", None, "ines@contently.example"),
    ],
)
def test_the_account_manager_of_the_publication_takes_precedence(
    email: str, publication: str | None, manager: str
) -> None:
    tom = Contact(name="Tom", email="tom@contently.example")
    publications = (
        Publication(name="tide", users=("*@harbour.example",), account_manager=tom),
        Publication(name="ebb", users=("both@harbour.example",)),
    )
    contract = HARBOUR.model_copy(update={"publications": publications})
    asker = Requester(name="Somebody", email=email)
    terms = settled(contract, requester=asker, publication=publication)
    assert terms.contacts["account_manager"].email == manager


@pytest.mark.clause("contently/escalation-update")
def test_all_notices_of_the_policy_are_in_the_terms() -> None:
    told = {n.event: n.tell for n in settled().notices if n.event is EventType.ESCALATED}
    assert told == {EventType.ESCALATED: ("requester", "account_manager")}


@pytest.mark.fault(13)
@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        (None, datetime(2027, 3, 15, 4, tzinfo=UTC)),  # that of the support hours
        ("America/New_York", datetime(2027, 3, 15, 4, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2027, 3, 15, 7, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(2027, 3, 14, 15, tzinfo=UTC)),
        ("UTC", datetime(2027, 3, 15, tzinfo=UTC)),
    ],
)
def test_a_date_ends_at_midnight_where_the_account_is(zone: str | None, midnight: datetime) -> None:
    pinned = settled(HARBOUR.model_copy(update={"zone": zone}))
    terms = Terms.model_validate_json(pinned.model_dump_json(exclude_defaults=True))
    day = date(2027, 3, 14)
    assert terms.end_of(day) == midnight
    assert terms.local_date(midnight - timedelta(seconds=1)) == day
    assert terms.local_date(midnight) == date(2027, 3, 15)


def test_facts_have_declared_names_and_types() -> None:
    assert settled(facts={"cause": "platform"}).verdict.used["cause"] == "platform"
    with pytest.raises(RequestRefused) as refused:
        settled(facts={"colour": "red", "cause": True})
    fields = {objection.field: objection.reason for objection in refused.value.objections}
    assert "active_publication, cause" in fields["facts.colour"]
    assert "is not a text" in fields["facts.cause"]


DEE = Contact(name="Dee", email="dee@harbour.example", zone="Europe/Paris")
PUBLICATIONS = (
    Publication(name="flood", users=(MIA.email,), account_manager=DEE),
    Publication(name="ebb", users=("kim@harbour.example",)),
)


@pytest.mark.fault(27)
@pytest.mark.clause("contently/escalation-update", "contently/forecast")
@pytest.mark.parametrize(
    ("publication", "sender", "manager"),
    [
        ("flood", MIA.email, DEE.email),
        ("ebb", MIA.email, "ines@contently.example"),
        ("unknown", MIA.email, "ines@contently.example"),
        (None, MIA.email, DEE.email),
        (None, "kim@harbour.example", "ines@contently.example"),
    ],
)
def test_the_account_manager_is_that_of_the_tickets_publication(
    publication: str | None, sender: str, manager: str
) -> None:
    agreed = HARBOUR.model_copy(update={"publications": PUBLICATIONS})
    asker = MIA.model_copy(update={"email": sender})
    terms = settled(agreed, publication=publication, requester=asker)
    assert terms.contacts["account_manager"].email == manager


@pytest.mark.fault(27)
def test_a_sender_of_two_publications_does_not_choose_an_account_manager() -> None:
    both = (PUBLICATIONS[0], PUBLICATIONS[1].model_copy(update={"users": (MIA.email,)}))
    terms = settled(HARBOUR.model_copy(update={"publications": both}))
    assert terms.contacts["account_manager"].email == "ines@contently.example"


@pytest.mark.fault(34)
def test_a_policy_can_allow_other_texts_than_its_choices() -> None:
    rule = CONTENTLY.facts["cause"].model_copy(update={"allow_other": True})
    facts = {**CONTENTLY.facts, "cause": rule}
    policy = CONTENTLY.model_copy(update={"facts": facts})
    ticket = TicketFacts(requester=MIA, channel="email", facts={"cause": "the moon"})
    terms = settle(policy, HARBOUR, ticket, RECEIVED)
    assert terms.verdict.used["cause"] == "the moon"
    assert terms.known_facts is not None
    assert list(terms.known_facts.objections({"cause": "the sun"})) == []
    (objection,) = terms.known_facts.objections({"cause": 5})
    assert "is not a text" in objection.reason
