"""Contentsquare, clause by clause. All due times were computed by hand from the support page."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from policies.business_time.durations import Duration
from policies.coverage.verdict import Decision
from policies.documents.document import Document
from policies.lint.all_warnings import warnings
from policies.loading.loader import policy_of
from policies.loading.policy_catalog import SHIPPED
from policies.terms.admission import RequestRefused
from policies.vocabulary import Action, ClosedAs, EventType, Guarantee, Role
from tests.policies.requests import CATALOG, MIDDAY, explained, local, terms

PAGE = CATALOG.latest("contentsquare")
LONDON, NEW_YORK, LOS_ANGELES = "Europe/London", "America/New_York", "America/Los_Angeles"
CHROME = {"browser": "chrome", "browser_up_to_date": True}


@pytest.mark.clause(
    "contentsquare/p0", "contentsquare/p1", "contentsquare/p2", "contentsquare/hours"
)
@pytest.mark.parametrize(
    ("priority", "region", "zone", "received", "due"),
    [
        ("p0", "gmt", LONDON, "2026-03-04 14:00", "2026-03-04 16:00"),
        ("p0", "gmt", LONDON, "2026-02-27 17:30", "2026-03-02 10:30"),
        ("p0", "gmt", LONDON, "2026-02-27 18:01", "2026-02-27 20:01"),
        ("p0", "gmt", LONDON, "2026-02-27 18:00", "2026-02-27 20:00"),
        ("p0", "us_est", NEW_YORK, "2026-03-08 01:00", "2026-03-08 04:00"),
        ("p0", "us_pst", LOS_ANGELES, "2026-11-01 00:30", "2026-11-01 01:30"),
        ("p1", "gmt", LONDON, "2026-03-27 16:00", "2026-03-30 13:00"),
        ("p1", "us_est", NEW_YORK, "2026-11-25 16:00", "2026-11-26 13:00"),
        ("p2", "us_pst", LOS_ANGELES, "2026-12-31 16:00", "2027-01-01 15:00"),
        ("p2", "gmt", LONDON, "2026-03-04 09:00", "2026-03-04 17:00"),
    ],
)
def test_a_response_is_due_on_the_desk_of_the_region(
    priority: str, region: str, zone: str, received: str, due: str
) -> None:
    clock = explained(
        "contentsquare", "first_response", local(received, zone), priority=priority, region=region
    )
    expected = local(due, zone)
    if due == "2026-11-01 01:30":
        # Two elapsed hours after 00:30 it is 01:30 again, for the second time that night.
        expected += timedelta(hours=1)
    assert clock.due_at == expected
    assert clock.clause == priority
    assert clock.zone == zone


@pytest.mark.clause(
    "contentsquare/resolution-definition",
    "contentsquare/p0",
    "contentsquare/p1",
    "contentsquare/p2",
)
@pytest.mark.parametrize(
    ("priority", "responded", "due"),
    [
        # 4 hours on Wednesday, 36 until Tuesday's close, 8 on Wednesday.
        ("p0", "2026-03-04 14:00", "2026-03-11 17:00"),
        ("p0", "2026-12-23 16:00", "2026-12-31 10:00"),
        ("p1", "2026-03-04 14:00", "2026-03-18 14:00"),
        ("p1", "2026-02-28 12:00", "2026-03-13 18:00"),
        ("p2", "2026-03-27 16:00", "2026-04-24 16:00"),
        ("p2", "2026-12-31 16:00", "2027-01-28 16:00"),
    ],
)
def test_a_resolution_is_due_after_the_first_level_of_response(
    priority: str, responded: str, due: str
) -> None:
    at = local(responded, LONDON)
    clock = explained("contentsquare", "resolution", at, priority=priority, region="gmt")
    assert clock.due_at == local(due, LONDON)


@pytest.mark.clause("contentsquare/p3")
@pytest.mark.parametrize(
    ("account", "words"), [("maison-lumiere", "délai raisonnable"), ("redwood-outfitters", "time")]
)
def test_p3_has_a_guarantee_without_times_in_the_language_of_the_contract(
    account: str, words: str
) -> None:
    for clock in terms(account, priority="p3").clocks:
        promise = clock.promise("p3")
        assert (promise.within, promise.guarantee) == (None, Guarantee.REASONABLE_TIME)
        assert words in promise.says
        assert promise.clause == "p3"


@pytest.mark.clause("contentsquare/response-definition", "contentsquare/resolution-definition")
def test_response_runs_from_receipt_and_resolution_from_the_first_response() -> None:
    pinned = terms("maison-lumiere", priority="p1")
    response, resolution = pinned.clock("first_response"), pinned.clock("resolution")
    assert (response.starts, response.stops) == ((EventType.OPENED,), (EventType.RESPONDED,))
    assert (resolution.starts, resolution.stops) == ((EventType.RESPONDED,), (EventType.RESOLVED,))
    assert response.pauses == resolution.pauses == ()


@pytest.mark.clause("contentsquare/hours")
def test_there_are_no_holidays_because_none_are_published() -> None:
    assert not any(place.country for rule in PAGE.calendars.values() for place in rule.places)


@pytest.mark.clause("contentsquare/contacts")
def test_requests_come_by_e_mail_and_a_manager_is_notified_of_lateness() -> None:
    pinned = terms("maison-lumiere", channel="email")
    assert pinned.contacts["customer_success_manager"].name == "Inès Baudry"
    told = {rung.at: rung.tell for rung in pinned.clock("resolution").ladder}
    assert "customer_success_manager" in told["breach"]


@pytest.mark.clause("contentsquare/critical-24x7")
def test_the_phone_is_for_critical_anomalies_only_at_any_hour() -> None:
    sunday = local("2026-03-01 03:00", LONDON)
    assert terms("maison-lumiere", sunday, channel="phone", priority="p0").channel == "phone"
    with pytest.raises(RequestRefused, match=r"la reçoit par e-mail \(email\), portail \(portal\)"):
        terms("maison-lumiere", sunday, channel="phone", priority="p1")
    told = [n for n in terms("maison-lumiere").notices if n.tell == ("on_call",)]
    assert told
    assert all(n.concerns("p0") and not n.concerns("p1") for n in told)


@pytest.mark.clause("contentsquare/anomaly")
@pytest.mark.parametrize("cause", ["telecom", "outside_event", "customer_site"])
def test_other_causes_than_the_solution_are_not_covered(cause: str) -> None:
    verdict = terms("maison-lumiere", facts=CHROME | {"cause": cause}).verdict
    assert (verdict.closed_as, verdict.clauses) == (ClosedAs.NOT_COVERED, ("anomaly",))


@pytest.mark.clause("contentsquare/anomaly")
@pytest.mark.parametrize("facts", [CHROME, CHROME | {"cause": "solution"}])
def test_anomalies_of_the_solution_are_covered(facts: dict[str, Any]) -> None:
    assert terms("maison-lumiere", facts=facts).verdict.decision is Decision.COVERED


@pytest.mark.clause("contentsquare/browser")
@pytest.mark.parametrize(
    ("facts", "decision", "missing"),
    [
        ({}, Decision.NEEDS_FACTS, ("browser",)),
        ({"browser": "chrome"}, Decision.NEEDS_FACTS, ("browser_up_to_date",)),
        ({"browser": "chrome", "browser_up_to_date": False}, Decision.NOT_COVERED, ()),
        ({"browser": "other"}, Decision.NOT_COVERED, ()),
        (CHROME, Decision.COVERED, ()),
    ],
)
def test_service_levels_require_an_up_to_date_chrome(
    facts: dict[str, Any], decision: Decision, missing: tuple[str, ...]
) -> None:
    verdict = terms("maison-lumiere", facts=facts).verdict
    assert (verdict.decision, verdict.missing) == (decision, missing)
    if verdict.refuses:
        assert verdict.clauses == ("browser",)


@pytest.mark.clause("contentsquare/classification")
def test_the_provider_sets_the_priority() -> None:
    process = terms("maison-lumiere", priority="p0").process
    assert Role.REQUESTER not in process.classify_by
    assert process.clauses[Action.RECLASSIFY] == "classification"


@pytest.mark.clause("contentsquare/classification", "contentsquare/p0")
def test_a_ticket_that_becomes_critical_counts_from_its_receipt() -> None:
    night = terms("maison-lumiere", local("2026-03-01 03:00", LONDON), priority="p2")
    assert str(night.clock("first_response").promise("p0").within) == "2 hours"
    day = terms("maison-lumiere", MIDDAY, priority="p2")
    assert str(day.clock("first_response").promise("p0").within) == "2 business hours"


@pytest.mark.clause("contentsquare/resolution-credit")
def test_lateness_of_p0_to_p2_earn_a_day_per_started_day() -> None:
    credit = next(c for c in PAGE.remedies.credits if c.clock == "resolution")
    assert credit.priorities == ("p0", "p1", "p2")
    assert (credit.each, credit.worth) == (Duration.parse("1 day"), Duration.parse("1 day"))
    assert (credit.counts, credit.clause) == ("started", "resolution-credit")


@pytest.mark.clause("contentsquare/availability")
def test_availability_is_promised_by_the_month_and_credited_by_whole_points() -> None:
    promised = PAGE.remedies.availability
    credit = next(c for c in PAGE.remedies.credits if c.availability_below)
    assert promised is not None
    assert promised.percent == credit.availability_below == 99.5
    assert (credit.counts, credit.clause, promised.clause) == (
        "whole",
        "availability",
        "availability",
    )


@pytest.mark.clause("contentsquare/unavailability")
def test_four_causes_and_the_weekly_maintenance_do_not_count() -> None:
    promised = PAGE.remedies.availability
    assert promised is not None
    assert promised.maintenance is not None
    assert list(promised.uncounted) == [
        "network",
        "customer_systems",
        "scheduled",
        "outside_event",
    ]
    assert promised.maintenance.offset == "+02:00"
    assert promised.maintenance.hours == {"sat": ("08:00-16:00",), "sun": ("08:00-16:00",)}


@pytest.mark.clause("contentsquare/claims")
def test_claims_are_possible_for_thirty_days() -> None:
    assert (PAGE.remedies.claim_within, PAGE.remedies.claim_clause) == (
        Duration.parse("30 days"),
        "claims",
    )


@pytest.mark.clause("contentsquare/escalation")
def test_the_three_levels_are_in_the_order_of_the_page() -> None:
    assert [level.audience for level in terms("maison-lumiere").process.levels] == [
        "customer_support_manager",
        "customer_account_manager",
        "ww_support_director",
    ]


@pytest.mark.clause("contentsquare/p0")
def test_the_linter_warns_that_half_past_five_is_due_after_one_past_six() -> None:
    document = Document.read((Path(SHIPPED) / "contentsquare.yaml").read_bytes(), "page.yaml")
    [finding] = warnings(policy_of(document))
    assert finding.clause == "p0"
    assert "received just before closing" in finding.wrong
