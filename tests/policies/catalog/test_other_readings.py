"""Readings that can be argued for: the chosen one, and the other one as a contract chooses it.

Due times and credits were computed by hand under both.
"""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from policies.accounts.account_settlement import account_terms
from policies.accounts.availability import measure, period_of
from policies.accounts.credits import availability_credits, late_credits
from policies.business_time.months import Month
from policies.checks.all_checks import policy_errors
from policies.reports.explain import explain
from policies.schema.contract import Contract
from policies.schema.policy import OtherReading, SupportPolicy
from policies.schema.request import Requester, TicketFacts
from policies.terms.admission import RequestRefused
from policies.terms.model.ticket_terms import Terms
from policies.terms.overrides import apply_overrides
from policies.terms.settlement import settle
from policies.vocabulary import LevelOrder, OnChange, Role
from tests.policies.requests import CATALOG, MIDDAY, local

STOCKHOLM, LONDON, NEW_YORK = "Europe/Stockholm", "Europe/London", "America/New_York"
READER = Contract(account="reader", name="Reader", policy="contentsquare")
OTHERS = [
    pytest.param(policy, other, id=f"{slug}-{reading.clause}-{number}")
    for slug in CATALOG.slugs
    for policy in [CATALOG.latest(slug)]
    for reading in policy.readings
    for number, other in enumerate(reading.instead)
]


def other(slug: str, clause: str, number: int = 0) -> OtherReading:
    """Another reading of a clause."""
    readings = [r for r in CATALOG.latest(slug).readings if r.clause == clause and r.instead]
    return readings[0].instead[number]


def under(slug: str, clause: str, number: int = 0) -> SupportPolicy:
    """The policy under another reading of a clause."""
    overrides = other(slug, clause, number).overrides
    return apply_overrides(CATALOG.latest(slug), overrides).policy


def settled(policy: SupportPolicy, plan: str | None = None, **request: str) -> Terms:
    """The terms of a request under a policy."""
    contract = Contract(account="reader", name="Reader", policy=policy.policy, plan=plan)
    stated = {"requester": Requester(name="Mia", email="mia@reader.example"), "channel": "email"}
    return settle(policy, contract, TicketFacts.model_validate(stated | request), MIDDAY)


@pytest.mark.parametrize(("policy", "reading"), OTHERS)
def test_every_other_reading_is_a_valid_policy_that_a_contract_can_choose(
    policy: SupportPolicy, reading: OtherReading
) -> None:
    effective = apply_overrides(policy, reading.overrides)
    assert list(policy_errors(effective.policy)) == []
    assert effective.policy != policy
    assert {override.path for override in effective.overrides} == set(reading.overrides)


@pytest.mark.clause("cention/holidays", "cention/hours")
@pytest.mark.parametrize(
    ("is_chosen", "due"), [(True, "2026-06-07 01:00"), (False, "2026-06-06 01:00")]
)
def test_enterprise_has_no_support_on_swedish_holidays_unless_the_table_comes_first(
    is_chosen: bool, due: str
) -> None:
    # One hour before the National Day, which is closed or not; two hours are promised.
    policy = CATALOG.latest("cention") if is_chosen else under("cention", "holidays")
    received = local("2026-06-05 23:00", STOCKHOLM)
    clock = explain(policy, "first_response", received, plan="enterprise", priority="critical")
    assert clock.due_at == local(due, STOCKHOLM)


@pytest.mark.clause("cention/escalation")
def test_the_ways_of_an_escalation_stand_side_by_side_unless_their_order_is_a_ladder() -> None:
    orders = {
        settled(policy, "enterprise").process.level_order
        for policy in (CATALOG.latest("cention"), under("cention", "escalation"))
    }
    assert orders == {LevelOrder.ANY, LevelOrder.LADDER}


@pytest.mark.clause("cention/responsibilities")
def test_an_agent_may_close_an_unanswered_ticket_unless_nobody_may() -> None:
    chosen = settled(CATALOG.latest("cention"), "enterprise").process
    instead = settled(under("cention", "responsibilities"), "enterprise").process
    assert (chosen.no_reply_by, instead.no_reply_by) == ((Role.AGENT,), ())
    assert chosen.closing_after is None


@pytest.mark.clause("contentsquare/hours")
@pytest.mark.parametrize(
    ("region", "zone", "received", "chosen", "instead"),
    [
        # The first of May is a holiday in France, Thanksgiving one in the United States.
        ("gmt", LONDON, "2026-04-30 17:00", "2026-05-01 14:00", "2026-05-04 14:00"),
        ("us_est", NEW_YORK, "2026-11-25 17:00", "2026-11-26 14:00", "2026-11-27 14:00"),
    ],
)
def test_a_working_day_is_every_published_day_unless_holidays_are_none(
    region: str, zone: str, received: str, chosen: str, instead: str
) -> None:
    for policy, due in (
        (CATALOG.latest("contentsquare"), chosen),
        (under("contentsquare", "hours", 0), instead),
    ):
        at = local(received, zone)
        clock = explain(policy, "first_response", at, priority="p1", region=region)
        assert clock.due_at == local(due, zone)


@pytest.mark.clause("contentsquare/hours")
def test_gmt_is_the_clock_of_london_unless_it_is_greenwich_all_year() -> None:
    at = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    for policy, due in (
        (CATALOG.latest("contentsquare"), at + timedelta(hours=6)),
        (under("contentsquare", "hours", 1), at + timedelta(hours=7)),
    ):
        clock = explain(policy, "first_response", at, priority="p1", region="gmt")
        assert clock.due_at == due


@pytest.mark.clause("contentsquare/resolution-credit")
def test_a_started_day_of_lateness_earns_a_credit_unless_days_must_be_whole() -> None:
    late = timedelta(days=2, seconds=1)
    found = [
        late_credits(late, account_terms(policy, READER, 2027).lateness[0])
        for policy in (
            CATALOG.latest("contentsquare"),
            under("contentsquare", "resolution-credit"),
        )
    ]
    assert found == [3, 2]


@pytest.mark.clause("contentsquare/availability")
def test_a_whole_point_earns_a_credit_unless_a_started_one_does() -> None:
    found = []
    for policy in (CATALOG.latest("contentsquare"), under("contentsquare", "availability")):
        promised = account_terms(policy, READER, 2027).availability
        assert promised is not None
        found.append(availability_credits(Fraction(982, 1000), promised))
    assert found == [1, 2]


@pytest.mark.clause("contentsquare/unavailability")
def test_saturdays_are_maintenance_unless_only_what_a_patch_needs_is() -> None:
    # November 2026 has 720 hours, 4 Saturdays and 5 Sundays.
    found = []
    for policy in (CATALOG.latest("contentsquare"), under("contentsquare", "unavailability")):
        promised = account_terms(policy, READER, 2027)
        period = period_of(Month(2026, 11), promised)
        found.append(measure(period, promised, [], []).measured)
    assert found == [timedelta(hours=720 - 72), timedelta(hours=720 - 40)]


@pytest.mark.clause("contently/availability")
@pytest.mark.parametrize(
    ("received", "chosen", "instead"),
    [
        # Before Columbus Day, a Monday; on the eve of Thanksgiving.
        ("2026-10-09 12:00", "2026-10-14 12:00", "2026-10-13 12:00"),
        ("2026-11-25 12:00", "2026-11-30 12:00", "2026-12-01 12:00"),
    ],
)
def test_the_federal_holidays_are_assumed_unless_a_contract_names_the_usual_ones(
    received: str, chosen: str, instead: str
) -> None:
    for policy, due in (
        (CATALOG.latest("contently"), chosen),
        (under("contently", "availability"), instead),
    ):
        clock = explain(policy, "first_response", local(received, NEW_YORK))
        assert clock.due_at == local(due, NEW_YORK)


@pytest.mark.clause("contensive/feature-isolation", "contensive/user-support")
def test_warranty_requests_come_by_e_mail_too_unless_other_channels_are_open() -> None:
    chosen, instead = CATALOG.latest("contensive"), under("contensive", "feature-isolation")
    for kind in chosen.kinds:
        assert settled(chosen, kind=kind).channel == "email"
        with pytest.raises(RequestRefused, match="email"):
            settled(chosen, kind=kind, channel="phone")
    assert settled(instead, kind="framework", channel="phone").channel == "phone"
    with pytest.raises(RequestRefused, match="email"):
        settled(instead, kind="how_to", channel="phone")


@pytest.mark.clause("prismic/premium-outage")
def test_an_outage_is_taken_by_e_mail_unless_only_the_named_channels_are_open() -> None:
    outage = {"kind": "api_outage", "priority": "category_1"}
    chosen, instead = CATALOG.latest("prismic"), under("prismic", "premium-outage")
    mailed = settled(chosen, "enterprise_premium", **outage)
    assert [n.tell for n in mailed.notices if n.template == "paged"] == [("on_call",)] * 2
    with pytest.raises(RequestRefused, match="accepts it by portal, phone"):
        settled(instead, "enterprise_premium", **outage)
    for channel in ("portal", "phone"):
        assert settled(instead, "enterprise_premium", channel=channel, **outage).channel == channel
    degraded = outage | {"priority": "category_2"}
    assert settled(instead, "enterprise_premium", **degraded).channel == "email"


@pytest.mark.clause("prismic/category-1")
def test_the_assignment_is_a_promise_unless_promptly_names_no_time() -> None:
    for policy, promised in (
        (CATALOG.latest("prismic"), True),
        (under("prismic", "category-1"), False),
    ):
        pinned = settled(policy, "enterprise_premium", kind="issue_report")
        assert pinned.clock("assignment").promised is promised


@pytest.mark.clause("prismic/category-2")
def test_hours_count_from_receipt_after_a_change_unless_they_count_from_the_change() -> None:
    for policy, on_change in (
        (CATALOG.latest("prismic"), OnChange.RECOUNT),
        (under("prismic", "category-2"), OnChange.RESTART),
    ):
        pinned = settled(policy, "enterprise_premium", kind="issue_report")
        clocks = [pinned.clock(name) for name in ("acknowledgement", "first_response")]
        assert {clock.on_change for clock in clocks} == {on_change}
