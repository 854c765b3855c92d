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
from policies.schema.coverage import ChannelRule
from policies.schema.policy import NoticeRule, Value
from policies.schema.public_holidays import closed_on
from policies.schema.request import Requester, TicketFacts
from policies.terms.admission import RequestRefused
from policies.terms.model.calendar import PinnedCalendar
from policies.terms.model.ticket_terms import Terms
from policies.terms.pinned_calendar import pin_calendar
from policies.terms.settlement import settle
from policies.vocabulary import ACCOUNT_EVENTS, ClosedAs, EventType, Received
from settings import ROOT
from tests.harness import HARBOUR, MIA, new_york
from tests.policies.requests import CATALOG, contract
from tests.policies.requests import terms as request_terms
from tests.workflows.ticket.changing_policy import POLICY, changing_terms

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
    assert max(calendar.closed) < "2032"


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
    assert (pinned.half_day_until, pinned.half_days_until) == ("12:00", {})
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


def test_a_notice_for_a_region_is_sent_to_accounts_of_that_region_only() -> None:
    north, south = Value(says="North"), Value(says="South")
    notice = NoticeRule(event=EventType.ACKNOWLEDGED, tell=("requester",), clause="hours")
    rule = notice.model_copy(update={"regions": ("north",)})
    policy = CONTENTLY.model_copy(
        update={"regions": {"north": north, "south": south}, "notices": (rule,)}
    )
    for region, sent in (("north", 1), ("south", 0)):
        contract = HARBOUR.model_copy(update={"region": region})
        ticket = TicketFacts(requester=MIA, channel="email")
        assert len(settle(policy, contract, ticket, RECEIVED).notices) == sent


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


@pytest.mark.fault(13)
def test_the_offsets_of_the_account_are_pinned_as_long_as_the_holidays() -> None:
    terms = settled(HARBOUR.model_copy(update={"zone": "America/Los_Angeles"}))
    last = max(terms.calendars["support"].closed)
    assert str(datetime.fromtimestamp(terms.offsets[-1][0], UTC).year) == last[:4]
    assert terms.local_date(datetime(int(last[:4]), 12, 31, 8, tzinfo=UTC)).day == 31
    summer = datetime(int(last[:4]), 7, 1, 7, tzinfo=UTC)
    assert terms.local_date(summer).day == 1
    assert terms.local_date(summer - timedelta(seconds=1)).month == 6


def test_only_facts_with_choices_have_choices_in_the_terms() -> None:
    terms = settled()
    assert terms.facts is not None
    assert set(terms.facts) > set(terms.choices) == {"cause"}
    assert all(request_terms("millbrook-township", kind="framework").choices.values())


def test_an_objection_is_in_the_language_of_the_contract() -> None:
    with pytest.raises(RequestRefused) as refused:
        settled(HARBOUR.model_copy(update={"locale": "fr"}), facts={"cause": "third-party"})
    [objection] = refused.value.objections
    assert "n’est pas" in objection.reason


def test_an_objection_repeats_a_wrong_value_as_it_was_written() -> None:
    with pytest.raises(RequestRefused) as refused:
        settled(facts={"cause": ["Ärger", 5, False]})
    [objection] = refused.value.objections
    assert '["Ärger", 5, false]' in objection.reason


def test_a_channel_can_be_for_requests_outside_the_support_hours_or_of_some_regions() -> None:
    rules = (
        ChannelRule(channels=("email",), clause="channels"),
        ChannelRule(channels=("phone",), received=(Received.OUTSIDE_HOURS,), clause="limitation"),
        ChannelRule(channels=("fax",), regions=("north",), clause="channels"),
    )
    policy = CONTENTLY.model_copy(update={"channels": rules, "regions": {"north": {}, "south": {}}})
    ticket = TicketFacts(requester=MIA, channel="phone")
    south = HARBOUR.model_copy(update={"region": "south"})
    assert settle(policy, south, ticket, new_york("2027-01-06 03:00")).channel == "phone"
    with pytest.raises(RequestRefused, match="by email") as refused:
        settle(policy, south, ticket, RECEIVED)
    [objection] = refused.value.objections
    assert policy.clauses["channels"].at in objection.reason
    assert policy.clauses["limitation"].at not in objection.reason
    by_fax = TicketFacts(requester=MIA, channel="fax")
    north = HARBOUR.model_copy(update={"region": "north"})
    assert settle(policy, north, by_fax, RECEIVED).channel == "fax"
    with pytest.raises(RequestRefused):
        settle(policy, south, by_fax, RECEIVED)


def test_an_objection_to_an_unknown_fact_names_those_that_a_request_can_state() -> None:
    with pytest.raises(RequestRefused) as refused:
        request_terms("millbrook-township", kind="how_to", facts={"colour": "red"})
    [objection] = refused.value.objections
    assert "nature" in objection.reason
    assert "user_support" not in objection.reason


@pytest.mark.parametrize(("length", "quoted"), [(80, "x" * 80), (81, "x" * 80 + "…")])
def test_an_objection_repeats_the_first_80_characters_of_a_wrong_text(
    length: int, quoted: str
) -> None:
    with pytest.raises(RequestRefused) as refused:
        settled(facts={"cause": "x" * length})
    assert f"'{quoted}'" in refused.value.objections[0].reason


def test_a_promise_names_a_calendar_only_if_it_is_not_that_of_the_ticket() -> None:
    assert {p.calendar for clock in settled().clocks for p in clock.promises.values()} == {None}


def test_a_fact_of_the_contract_has_its_question_in_the_terms_only_if_it_is_missing() -> None:
    silent = contract("millbrook-township").model_copy(update={"facts": {}})
    ticket = TicketFacts(requester=MIA, channel="email", kind="how_to")
    terms = settle(CATALOG.latest("contensive"), silent, ticket, RECEIVED)
    assert terms.verdict.missing == ("user_support",)
    assert terms.contract_facts & terms.asks.keys() == {"user_support"}


def test_the_questions_in_the_terms_are_those_for_this_kind_of_request() -> None:
    how_to = request_terms("millbrook-township", kind="how_to").asks
    framework = request_terms("millbrook-township", kind="framework").asks
    assert "nature" not in how_to
    assert "nature" in framework
    assert "active_publication" not in settled().asks
    assert "browser" in request_terms("maison-lumiere").asks
    assert "cause" in settled().asks


@pytest.mark.parametrize(("received", "year"), [("01-01T12:00", "2026"), ("01-02T12:00", "2027")])
def test_holidays_are_pinned_for_five_years_from_the_year_that_it_can_be_somewhere(
    received: str, year: str
) -> None:
    ticket = TicketFacts(requester=MIA, channel="email")
    at = datetime.fromisoformat(f"2027-{received}:00+00:00")
    closed = settle(CONTENTLY, HARBOUR, ticket, at).calendars["support"].closed
    assert (min(closed)[:4], max(closed)[:4]) == (year, str(int(year) + 4))


def test_a_request_that_no_channel_is_for_is_refused_under_every_clause_of_channels() -> None:
    rules = (ChannelRule(channels=("phone",), plans=("gold",), clause="limitation"),)
    policy = CONTENTLY.model_copy(update={"channels": rules})
    with pytest.raises(RequestRefused) as refused:
        settle(policy, HARBOUR, TicketFacts(requester=MIA, channel="phone"), RECEIVED)
    assert policy.clauses["limitation"].at in refused.value.objections[0].reason


def test_a_clock_with_a_calendar_of_its_own_counts_on_it_at_every_priority() -> None:
    text = POLICY.replace("  fix:\n", "  fix:\n    calendar: always\n")
    terms = changing_terms(RECEIVED, "normal", text)
    clock = terms.clock("fix")
    assert {promise.calendar for promise in clock.promises.values()} == {None}
    calendar = terms.calendar_of(clock, clock.promise("normal"))
    assert calendar is terms.calendars["always"]


def test_a_holiday_with_hours_of_its_own_is_open() -> None:
    rule = CONTENTLY.calendars["support"].model_copy(
        update={"special_hours": {date(2027, 1, 18): ("10:00-12:00",)}}
    )
    pinned = pin_calendar("support", rule, 2027)
    assert "2027-01-18" not in pinned.closed
    assert pinned.calendar.is_open(new_york("2027-01-18 11:00"))


def test_the_terms_of_a_ticket_have_no_notices_of_accounts() -> None:
    assert not ACCOUNT_EVENTS & {n.event for n in request_terms("maison-lumiere").notices}


def test_the_terms_of_a_ticket_are_in_the_language_of_its_contract_or_else_of_the_policy() -> None:
    french = HARBOUR.model_copy(update={"locale": "fr"})
    assert (settled(french).locale, settled().locale) == ("fr", "en")
    assert settled(french).contacts["requester"].locale == "fr"
