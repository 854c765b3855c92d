"""The remedies of a policy, as they are pinned into the terms of an account."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from policies.accounts.account_terms import BandTerms, CapTerms, ClaimTerms
from policies.accounts.credits import availability_earned, late_credits, level_earned
from policies.accounts.worth import Worth
from policies.business_time.durations import Duration
from policies.business_time.periods import Each
from policies.vocabulary import Role
from tests.workflows.account.money.money_policies import INCIDENTS, MANAGED, PREMISES, terms_of

BANDED = INCIDENTS.replace(
    "notices:",
    """\
remedies:
  credits:
    - service_level: p2_response
      bands: [{below: 90, worth: {amount: 100 GBP}}, {below: 80, worth: 3 days}]
      cap: {amount: 250 GBP, each: quarter}
      clause: response
    - {service_level: p3_response, worth: 2 days, cap: {time: 4 days, each: month}, clause: hours}
notices:""",
)


def _percent(percent: str) -> Worth:
    return Worth(percent=Decimal(percent), of="monthly_fee")


def test_availability_in_bands_has_no_percentage_points() -> None:
    promised = terms_of(MANAGED).availability
    assert promised is not None
    assert availability_earned(Fraction(1, 2), timedelta(days=15), promised) == (1, _percent("15"))
    assert promised.bands == tuple(
        BandTerms(below=Decimal(below), worth=_percent(percent))
        for below, percent in (("99.9", "5"), ("99.5", "10"), ("99.0", "15"))
    )
    assert (promised.points, promised.pays, promised.cap) == (None, None, None)
    assert (promised.whole_month, promised.uncounted, promised.announced) == (
        True,
        ("maintenance",),
        ("maintenance",),
    )
    assert promised.notice == {"maintenance": Duration.parse("48 hours")}
    assert (promised.clause, promised.unavailability_clause) == ("availability", "excluded")


def test_availability_without_a_credit_is_measured_and_earns_nothing() -> None:
    remedies = MANAGED.remedies.model_copy(update={"credits": ()})
    promised = terms_of(MANAGED.model_copy(update={"remedies": remedies})).availability
    assert promised is not None
    assert (promised.target, promised.points, promised.bands) == (Decimal("99.9"), None, ())
    assert availability_earned(Fraction(1, 2), timedelta(days=15), promised).credits == 0


def test_each_plan_earns_its_own_credits() -> None:
    head = PREMISES.replace("plans: {", "plans: {basic: {says: Basic}, ").partition("remedies:")[0]
    rules = (
        "remedies:\n  credits:\n"
        "    - {clock: first_response, each: breach, worth: 1 day, plans: [basic], "
        "clause: failure}\n"
        "    - {clock: first_response, each: breach, worth: 2 days, plans: [continuity], "
        "clause: failure}\n"
        "    - {bands: [{below: 99, worth: 3 days}], plans: [continuity], clause: failure}\n"
        "  availability:\n"
        "    percent: {by: [plan], cells: {continuity: 99.5}}\n"
        "    clause: failure\n"
    )
    policy = head + rules
    basic, full = terms_of(policy, plan="basic"), terms_of(policy, plan="continuity")
    assert [late.worth for late in basic.lateness] == [1]
    assert [late.worth for late in full.lateness] == [2]
    assert basic.availability is None
    assert full.availability is not None
    assert [band.worth.days for band in full.availability.bands] == [3]


def test_a_time_limit_for_claims_is_pinned_in_days_or_as_business_time() -> None:
    assert terms_of(MANAGED).claims == ClaimTerms(days=30, clause="credits")
    within = Duration.parse("3 business days")
    assert terms_of(PREMISES).claims == ClaimTerms(days=30, within=within, clause="failure")
    longer = PREMISES.replace("3 business days", "45 days")
    assert terms_of(longer).claims == ClaimTerms(days=45, clause="failure")
    assert terms_of(INCIDENTS).claims is None


def test_a_review_of_claims_is_pinned_with_the_calendar_of_the_account() -> None:
    review = 'remedies:\n  claim_review: {within: "10 business days", clause: failure}\n'
    pinned = terms_of(PREMISES.replace("remedies:\n", review)).claim_review
    assert pinned is not None
    assert pinned.by == (Role.OPERATOR, Role.ACCOUNT_MANAGER)
    assert (str(pinned.within), pinned.clause) == ("10 business days", "failure")
    assert pinned.calendar is not None
    assert max(pinned.calendar.closed)[:4] == "2038"
    in_days = terms_of(PREMISES.replace("remedies:\n", review.replace("business ", "")))
    assert in_days.claim_review is not None
    assert in_days.claim_review.calendar is None
    assert terms_of(PREMISES).claim_review is None


def test_a_credit_for_each_breach_has_its_worth_and_its_cap() -> None:
    [late] = terms_of(PREMISES, plan="continuity").lateness
    assert (late.clock, late.priorities, late.each, late.period) == (
        "first_response",
        (),
        None,
        None,
    )
    assert late.pays == Worth(percent=Decimal("0.25"), of="licences_fee")
    most = Worth(percent=Decimal(5), of="yearly_fee")
    assert late.cap == CapTerms(rule="failure/0", most=most, each=Each.CONTRACT_YEAR)
    assert not late.grows
    assert late_credits(timedelta(days=9), late) == 1


def test_a_service_level_has_the_credit_that_names_it() -> None:
    levels = {level.name: level for level in terms_of(BANDED).service_levels}
    first, second, third = (levels[f"p{number}_response"] for number in (1, 2, 3))
    assert (first.pays, first.bands, first.cap, first.credit_clause) == (None, (), None, "")
    assert [(band.below, band.worth) for band in second.bands] == [
        (Decimal(90), Worth(amount=Decimal(100), currency="GBP")),
        (Decimal(80), Worth(days=3)),
    ]
    assert second.pays is None
    assert level_earned(Fraction(85, 100), second) == (1, second.bands[0].worth)
    assert level_earned(Fraction(79, 100), second) == (1, second.bands[1].worth)
    assert level_earned(Fraction(9, 10), second).credits == 0
    amount = Worth(amount=Decimal(250), currency="GBP")
    assert second.cap == CapTerms(rule="response/0", most=amount, each=Each.QUARTER)
    assert (second.clause, second.credit_clause) == ("response", "response")
    assert (third.pays, third.bands, third.credit_clause) == (Worth(days=2), (), "hours")
    assert third.cap == CapTerms(rule="hours/1", most=Worth(days=4), each=Each.MONTH)


def test_a_service_level_is_named_as_the_policy_says_or_by_its_own_name() -> None:
    text = INCIDENTS.replace("p1_response: {", "p1_response: {says: Critical incidents, ")
    labels = [level.label for level in terms_of(text).service_levels]
    assert labels == ["Critical incidents", "p2 response", "p3 response", "p4 response"]


def test_a_service_level_for_some_plans_is_promised_to_them_only() -> None:
    text = INCIDENTS.replace("p1_response: {", "p1_response: {plans: [gold], ")
    text = text.replace(
        "priorities:\n", "plans: {gold: {says: Gold}, basic: {says: Basic}}\npriorities:\n", 1
    )
    names = {
        plan: next(level.name for level in terms_of(text, plan=plan).service_levels)
        for plan in ("gold", "basic")
    }
    assert names == {"gold": "p1_response", "basic": "p2_response"}


def test_an_allowance_can_carry_over_all_or_a_part_of_it() -> None:
    found = {}
    for rollover in ("rollover: all, ", "rollover: 2, ", ""):
        text = INCIDENTS.replace(
            "notices:",
            "allowances:\n  reviews: {kinds: [review], times: 4, each: quarter, "
            f"{rollover}clause: hours}}\nnotices:",
        )
        text = text.replace("defaults:", "kinds: {review: {says: A review}}\ndefaults:", 1)
        found[rollover] = terms_of(text).enablement
    every, some, none = found.values()
    assert every is not None
    assert some is not None
    assert none is not None
    assert (every.rollover, some.rollover, none.rollover) == (Decimal(4), Decimal(2), None)
    assert (every.times, every.each) == (4, Each.QUARTER)
    assert (every.amount, every.hours) == (Decimal(4), Decimal(0))


def test_the_days_of_an_account_are_those_of_the_support_hours_of_its_region() -> None:
    oslo = 'oslo: {zone: Europe/Oslo, hours: {mon-fri: "08:00-16:00"}, clause: hours}'
    text = INCIDENTS.replace("calendars:\n", f"calendars:\n  {oslo}\n")
    table = "{by: [region], cells: {north: oslo, south: london}}"
    text = text.replace("support_hours: london", f"support_hours: {table}")
    regions = "regions: {north: {says: North}, south: {says: South}}"
    text = text.replace(
        "defaults: {", f"zone: Europe/Oslo\n{regions}\ndefaults: {{region: south, ", 1
    )
    zones = [terms_of(text, region=region).day_zone for region in ("north", "south", None)]
    assert zones == ["Europe/Oslo", "Europe/London", "Europe/London"]
    assert terms_of(text, region="south", zone="Asia/Tokyo").day_zone == "Asia/Tokyo"


def test_a_notice_for_a_region_is_for_accounts_that_state_it_or_have_it_by_default() -> None:
    regions = "regions: {eu: {says: Europe}, us: {says: America}}\n"
    by_region = (
        INCIDENTS.replace("priorities:\n", f"{regions}priorities:\n", 1)
        .replace("defaults: {priority: p4}", "defaults: {priority: p4, region: eu}")
        .replace("tell: [customer]", "tell: [customer], regions: [eu]")
    )
    contacts = {"customer": {"name": "Carla", "email": "carla@harbour.example"}}
    told = [
        [notice.event for notice in terms_of(by_region, contacts=contacts, **region).notices]
        for region in ({}, {"region": "eu"}, {"region": "us"})
    ]
    assert told == [["service_level_missed"], ["service_level_missed"], []]


@pytest.mark.parametrize(
    ("facts", "zone"),
    [({}, "Europe/London"), ({"site": "oslo"}, "Europe/Oslo"), ({"site": "x"}, "Europe/London")],
)
def test_the_days_of_an_account_are_those_of_the_site_that_its_contract_states(
    facts: dict[str, str], zone: str
) -> None:
    oslo = 'oslo: {zone: Europe/Oslo, hours: {mon-fri: "08:00-16:00"}, clause: hours}'
    choices = "choices: {oslo: Oslo, x: X}"
    site = f"facts: {{site: {{type: string, given_by: contract, ask: Which site?, {choices}}}}}"
    table = "{by: [facts.site], cells: {oslo: oslo, otherwise: london}}"
    text = INCIDENTS.replace("calendars:\n", f"zone: Europe/London\n{site}\ncalendars:\n  {oslo}\n")
    text = text.replace("support_hours: london", f"support_hours: {table}")
    assert terms_of(text, facts=facts).day_zone == zone
