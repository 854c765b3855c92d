"""An explanation lists the windows, the closed days and the clause of a due time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from policies.business_time.calendar import BusinessTimeError
from policies.loading.loader import read_policy
from policies.loading.policy_catalog import PolicyCatalog
from policies.reports.explain import ClockExplanation, UnknownClock, explain, explain_all, zones
from policies.schema.contract import Contract
from policies.schema.request import Requester, TicketFacts
from policies.terms.admission import RequestRefused
from policies.terms.settlement import settle
from policies.vocabulary import Received
from tests.policies.sample_documents import POLICY

CONTENTLY = PolicyCatalog.shipped().latest("contently")
NEW_YORK = ZoneInfo("America/New_York")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


def answered(at: str) -> ClockExplanation:
    return explain(CONTENTLY, "first_response", local(at))


@pytest.mark.clause("contently/availability", "contently/first-response")
@pytest.mark.parametrize(
    ("start", "due", "skipped"),
    [
        ("2027-01-06 14:00", "2027-01-08 14:00", {}),
        (
            "2027-01-08 14:00",
            "2027-01-12 14:00",
            {"2027-01-09": "weekend", "2027-01-10": "weekend"},
        ),
        (
            "2026-11-24 14:00",
            "2026-11-27 14:00",
            {"2026-11-26": "Thanksgiving Day"},
        ),
        (
            "2027-01-15 14:00",
            "2027-01-20 14:00",
            {
                "2027-01-16": "weekend",
                "2027-01-17": "weekend",
                "2027-01-18": "Martin Luther King Jr. Day",
            },
        ),
        (
            "2026-12-30 14:00",
            "2027-01-04 14:00",
            {"2027-01-01": "New Year's Day", "2027-01-02": "weekend", "2027-01-03": "weekend"},
        ),
    ],
    ids=["within a week", "weekend", "Thanksgiving", "Martin Luther King", "New Year"],
)
def test_every_day_on_the_way_is_counted_or_skipped_by_name(
    start: str, due: str, skipped: dict[str, str]
) -> None:
    explained = answered(start)
    assert explained.due_at == local(due)
    assert {day.date.isoformat(): day.name for day in explained.skipped} == skipped
    days = {window.date for window in explained.counted} | {day.date for day in explained.skipped}
    assert len(days) == (local(due).date() - local(start).date()).days + 1
    assert explained.open_time == timedelta(hours=16)


@pytest.mark.clause("contently/availability")
@pytest.mark.parametrize(
    ("start", "due"),
    [("2027-03-12 14:00", "2027-03-16 14:00"), ("2026-10-30 14:00", "2026-11-03 14:00")],
    ids=["clocks go forward", "clocks go back"],
)
def test_a_deadline_keeps_its_local_time_when_clocks_change(start: str, due: str) -> None:
    explained = answered(start)
    assert explained.due_at == local(due)
    assert explained.due_at - explained.starts_at != timedelta(days=4)
    assert [f"{w.opens.astimezone(NEW_YORK):%H:%M}" for w in explained.counted] == [
        "14:00",
        "09:00",
        "09:00",
    ]


@pytest.mark.clause("contently/engineering")
def test_the_following_week_counts_from_its_opening_and_names_the_holiday_before_it() -> None:
    explained = explain(CONTENTLY, "engineering_handoff", local("2027-01-15 14:00"))
    assert explained.counts_from == local("2027-01-19 09:00")
    assert explained.due_at == local("2027-01-22 17:00")
    assert [window.date.day for window in explained.counted] == [19, 20, 21, 22]
    assert [day.name for day in explained.skipped][-1] == "Martin Luther King Jr. Day"
    assert "engineering" in {reading.clause for reading in explained.readings}


def test_it_names_the_clause_the_calendar_and_the_target() -> None:
    explained = answered("2027-01-06 14:00")
    assert (explained.policy, explained.revision) == ("contently", date(2023, 2, 15))
    assert (explained.clause, explained.target) == ("first-response", "2 business days")
    assert explained.says.startswith("Every technical request")
    assert explained.calendar is not None
    assert explained.calendar.zone == "America/New_York"
    assert explained.received is Received.INSIDE_HOURS
    assert explained.request == {"priority": "normal", "kind": "technical"}
    assert [reading.clause for reading in explained.readings] == ["availability"]


def test_rungs_are_in_order_of_time() -> None:
    rungs = answered("2027-01-06 14:00").rungs
    assert [(rung.rung, rung.at) for rung in rungs] == [
        ("50%", local("2027-01-07 14:00")),
        ("75%", local("2027-01-08 10:00")),
        ("breach", local("2027-01-08 14:00")),
        ("1 business day after", local("2027-01-11 14:00")),
    ]


def test_a_request_outside_hours_counts_from_the_next_opening() -> None:
    explained = answered("2027-01-09 12:00")
    assert explained.received is Received.OUTSIDE_HOURS
    assert explained.due_at == local("2027-01-12 17:00")
    assert explained.counted[0].opens == local("2027-01-11 09:00")


def test_it_agrees_with_the_terms_of_a_ticket() -> None:
    at = local("2026-11-24 14:00")
    contract = Contract(account="acme", name="Acme", policy="contently")
    facts = TicketFacts(requester=Requester(name="A", email="a@acme.example"), channel="email")
    terms = settle(CONTENTLY, contract, facts, at)
    within = terms.clock("first_response").promise(terms.priority).within
    desk = terms.desk_calendar
    assert within is not None
    assert desk is not None
    assert answered("2026-11-24 14:00").due_at == within.due_from(at, desk.calendar)


def test_all_clocks_are_explained_from_one_start() -> None:
    explained = explain_all(CONTENTLY, local("2027-01-06 14:00")).clocks
    assert [each.clock for each in explained] == list(CONTENTLY.clocks)
    assert all(each.due_at is not None for each in explained)


def test_elapsed_time_has_no_calendar_and_counts_every_hour() -> None:
    text = (
        "policy: acme\ntitle: Acme\nrevision: 2026-01-01\n"
        "clauses: {response: {says: Quick, at: Page}, hours: {says: Weekdays, at: Page}}\n"
        "calendars: {desk: {zone: Europe/Paris, hours: {mon-fri: '09:00-17:00'}, clause: hours}}\n"
        "support_hours: desk\n"
        "clocks:\n"
        "  first_response: {starts: [opened], stops: [responded], within: 36 hours,"
        " clause: response}\n"
        "  resolution: {starts: [opened], stops: [resolved],"
        " within: {guarantee: best_effort}, clause: response}\n"
    )
    policy = read_policy(text)
    at = datetime(2027, 3, 27, 12, tzinfo=UTC)
    explained = explain(policy, "first_response", at)
    assert explained.calendar is None
    assert explained.due_at == at + timedelta(hours=36)
    assert [window.open_time for window in explained.counted] == [
        timedelta(hours=11),
        timedelta(hours=23),
        timedelta(hours=2),
    ]
    assert explained.skipped == ()
    endless = explain(policy, "resolution", at)
    assert (endless.due_at, endless.target) == (None, None)
    assert endless.guarantee == "no time is promised: best effort"
    assert zones(policy) == ("Europe/Paris",)


def test_a_missing_value_is_an_error_with_its_choices() -> None:
    policy = read_policy(POLICY)
    with pytest.raises(RequestRefused) as refused:
        explain(policy, next(iter(policy.clocks)), local("2027-01-06 14:00"))
    assert "plan" in [objection.field for objection in refused.value.objections]
    assert all(plan in str(refused.value) for plan in policy.plans)


def test_an_unknown_clock_gets_a_suggestion() -> None:
    with pytest.raises(UnknownClock, match='did you mean "first_response"'):
        explain(CONTENTLY, "first_respons", local("2027-01-06 14:00"))


def test_a_naive_datetime_is_an_error() -> None:
    naive = local("2027-01-06 14:00").replace(tzinfo=None)
    with pytest.raises(BusinessTimeError, match="no time zone"):
        explain(CONTENTLY, "first_response", naive)


BY_CHANNEL = POLICY.replace(
    "within: 2 days",
    "within:\n      by: [channel]\n      cells: {email: 2 days, phone: 1 day}",
).replace("defaults: {", "defaults: {plan: gold, priority: urgent, region: north, ")


@pytest.mark.fault(37)
def test_a_channel_decides_where_it_is_a_dimension_and_is_assumed_only_if_not_given() -> None:
    policy, at = read_policy(BY_CHANNEL), local("2027-01-06 14:00")
    by_phone = explain(policy, "triage", at, channel="phone", kind="issue")
    assert (by_phone.target, by_phone.request["channel"]) == ("1 day", "phone")
    assert "channel" not in by_phone.assumed
    by_default = explain(policy, "triage", at)
    assert (by_default.target, by_default.assumed["channel"]) == ("2 days", "email")


@pytest.mark.fault(37)
def test_an_explanation_lists_every_value_that_was_assumed_and_no_other() -> None:
    policy, at = read_policy(BY_CHANNEL), local("2027-01-06 14:00")
    explained = explain(policy, "triage", at, plan="silver", priority="normal")
    assert explained.assumed.keys() == explained.request.keys() - {"plan", "priority"}
    party = Contract(account="acme", name="Acme", policy="acme", plan="silver")
    of_contract = explain(policy, "triage", at, contract=party)
    assert of_contract.assumed["priority"] == "urgent"
    assert "plan" not in of_contract.assumed
    for clock in explain_all(policy, at, plan="silver", priority="normal").clocks:
        assert clock.assumed == explained.assumed


@pytest.mark.fault(37)
def test_a_channel_that_is_not_accepted_is_an_error_about_the_channel() -> None:
    policy = read_policy(BY_CHANNEL)
    with pytest.raises(RequestRefused) as refused:
        explain(policy, "triage", local("2027-01-06 14:00"), plan="silver", channel="phone")
    assert [objection.field for objection in refused.value.objections] == ["channel"]
