from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from policies.accounts.account_settlement import account_terms
from policies.accounts.account_terms import (
    AccountTerms,
    ClaimTerms,
    LatenessTerms,
    MaintenanceWindow,
    ServiceLevelTerms,
)
from policies.business_time.durations import Duration
from policies.business_time.periods import Each
from policies.loading.loader import load_contract
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.contract import Contract
from policies.schema.policy import Labelled, NoticeRule
from policies.schema.remedies import CreditRule, RemedyRules
from policies.schema.tables import Dimension
from policies.vocabulary import EventType
from tests.harness import HARBOUR
from tests.policies.accounts.sample_accounts import CONTENTSQUARE, PRISMIC

CATALOG = PolicyCatalog.shipped()
POLICY = CATALOG.latest("contently")


def test_a_policy_without_remedies_gives_empty_account_terms() -> None:
    contract = HARBOUR.model_copy(update={"starts_on": date(2026, 1, 15)})
    terms = account_terms(POLICY, contract, 2027)
    assert (terms.account, terms.policy) == ("harbour-media", "contently")
    assert terms.starts_on == date(2026, 1, 15)
    promised = (terms.enablement, terms.lateness, terms.availability, terms.claims)
    assert not any(promised)


def test_a_notice_for_a_region_is_sent_to_accounts_of_that_region_only() -> None:
    policy = CATALOG.latest("contentsquare")
    rules = tuple(rule.model_copy(update={"regions": ("north",)}) for rule in policy.notices)
    policy = policy.model_copy(update={"notices": rules})
    for region, is_told in (("north", True), ("south", False)):
        contract = HARBOUR.model_copy(update={"region": region})
        assert bool(account_terms(policy, contract, 2027).notices) is is_told


@pytest.mark.clause(
    "contentsquare/availability",
    "contentsquare/unavailability",
    "contentsquare/resolution-credit",
    "contentsquare/claims",
)
def test_the_remedies_of_contentsquare_are_pinned() -> None:
    terms = settled("contentsquare")
    late = LatenessTerms(
        clock="resolution", priorities=("p0", "p1", "p2"), each=Duration.parse("1 day")
    )
    assert terms.lateness == (late,)
    assert terms.claims == ClaimTerms(days=30)
    assert terms.enablement is None
    promised = terms.availability
    assert promised is not None
    assert (str(promised.target), promised.points, promised.clause) == (
        "99.5",
        "whole",
        "availability",
    )
    assert promised.uncounted == ("network", "customer_systems", "scheduled", "outside_event")
    assert promised.announced == ("scheduled",)
    hours = [(w.weekday, w.opens, w.closes, w.offset) for w in promised.maintenance]
    assert hours == [(day, "08:00", "16:00", "+02:00") for day in ("sat", "sun")]
    assert terms.offset == "+00:00"


@pytest.mark.clause("prismic/enablement")
@pytest.mark.parametrize(
    ("plan", "hours"),
    [("enterprise_advanced", 8), ("enterprise_premium", 8), ("platinum", None), (None, None)],
)
def test_enterprise_plans_of_prismic_have_eight_hours(plan: str | None, hours: int | None) -> None:
    found = settled("prismic", plan=plan).enablement
    assert (int(found.hours) if found else None) == hours


@pytest.mark.clause("prismic/contract-prevails")
def test_overrides_of_a_contract_take_precedence() -> None:
    overrides = {"allowances.enablement.hours": 12}
    found = settled("prismic", plan="enterprise_premium", overrides=overrides).enablement
    assert found is not None
    assert found.hours == 12


def test_a_clock_earns_credits_by_the_rule_for_its_priority() -> None:
    day, hour = Duration.parse("1 day"), Duration.parse("1 hour")
    rules = (
        CreditRule(clause="one", clock="first_response", priorities=("high",), each=hour),
        CreditRule(clause="two", clock="first_response", priorities=("low",), each=day),
        CreditRule(clause="three", clock="triage", each=day, worth=Duration.parse("2 days")),
    )
    policy = POLICY.model_copy(update={"remedies": RemedyRules(credits=rules)})
    terms = account_terms(policy, HARBOUR, 2027)

    def clause(clock: str, priority: str | None) -> str | None:
        found = terms.lateness_terms(clock, priority)
        return found.clause if found else None

    assert clause("first_response", "high") == "one"
    assert clause("first_response", "low") == "two"
    assert clause("first_response", None) is None
    assert clause("triage", None) == "three"
    assert clause("resolution", "high") is None
    assert [late.worth for late in terms.lateness] == [1, 1, 2]


@pytest.mark.clause("contentsquare/claims")
def test_notices_of_credits_and_their_recipients_are_pinned() -> None:
    policy = CATALOG.latest("contentsquare")
    contract = load_contract(Path("examples/contracts/maison-lumiere.yaml"))
    terms = account_terms(policy, contract, 2027)
    told = {rule.event: rule.tell for rule in terms.notices}
    assert told[EventType.CREDIT_EARNED] == ("requester", "customer", "customer_account_manager")
    assert EventType.OPENED not in told
    assert terms.contacts["customer"].email == "contrats@maison-lumiere.example"
    assert terms.contacts["customer_account_manager"].zone == "Europe/Paris"
    assert terms.title == "Support Contentsquare"


def settled(slug: str, **contract: Any) -> AccountTerms:
    known: dict[str, Any] = {"account": "a", "name": "A", "policy": slug}
    return account_terms(CATALOG.latest(slug), Contract.model_validate(known | contract), 2027)


@pytest.mark.parametrize("terms", [CONTENTSQUARE, PRISMIC])
def test_terms_survive_json(terms: AccountTerms) -> None:
    assert AccountTerms.model_validate_json(terms.model_dump_json()) == terms
    assert len(terms.model_dump_json()) < 1_500


@pytest.mark.parametrize(
    ("offset", "minutes"), [("+00:00", 0), ("+02:00", 120), ("-05:00", -300), ("-03:30", -210)]
)
def test_offsets_are_fixed(offset: str, minutes: int) -> None:
    terms = PRISMIC.model_copy(update={"offset": offset})
    assert terms.zone == timezone(timedelta(minutes=minutes))


@pytest.mark.parametrize(
    "wrong", [{"weekday": "someday"}, {"opens": "8:00"}, {"closes": "24:01"}, {"offset": "CET"}]
)
def test_invalid_maintenance_windows_are_refused(wrong: dict[str, str]) -> None:
    right = {"weekday": "sat", "opens": "08:00", "closes": "16:00"}
    with pytest.raises(ValidationError):
        MaintenanceWindow.model_validate(right | wrong)


@pytest.mark.parametrize("wrong", [1_700_000_000, True, "soon", "1999-12-31", "9999-12-31"])
def test_a_contract_starts_on_a_date(wrong: object) -> None:
    known = {"account": "a", "name": "A", "policy": "contently"}
    assert Contract.model_validate(known | {"starts_on": "2026-01-15"}).starts_on
    with pytest.raises(ValidationError):
        Contract.model_validate(known | {"starts_on": wrong})


@pytest.mark.fault(13)
def test_the_days_of_an_account_are_those_of_its_zone_in_twelve_years_and_the_one_before() -> None:
    terms = settled("contently", zone="America/New_York")
    for year in (2026, 2038):
        for month, hours in ((1, 5), (7, 4)):
            midnight = datetime(year, month, 15, hours, tzinfo=UTC)
            assert terms.day_at(midnight) == date(year, month, 15)
            assert terms.day_at(midnight - timedelta(seconds=1)) == date(year, month, 14)


def test_only_the_notices_for_its_plan_concern_an_account() -> None:
    policy = CATALOG.latest("prismic")
    rules = [
        NoticeRule(event=EventType.SESSION_BOOKED, tell=("team_lead",), clause="enablement"),
        NoticeRule(
            event=EventType.SESSION_BOOKED,
            tell=("on_call",),
            plans=("platinum",),
            clause="enablement",
        ),
        NoticeRule(event=EventType.OPENED, tell=("team_lead",), clause="enablement"),
        NoticeRule(event=EventType.NOTICE_UNDELIVERABLE, tell=("on_call",), clause="enablement"),
    ]
    policy = policy.model_copy(update={"notices": tuple(rules)})
    contract = Contract(account="a", name="A", policy="prismic", plan="enterprise_premium")
    told = [notice.tell for notice in account_terms(policy, contract, 2027).notices]
    assert told == [("team_lead",), ("on_call",)]
    platinum = contract.model_copy(update={"plan": "platinum"})
    assert len(account_terms(policy, platinum, 2027).notices) == 3


def test_a_contract_without_a_plan_has_what_the_default_plan_promises() -> None:
    policy = CATALOG.latest("prismic")
    policy = policy.model_copy(update={"defaults": {Dimension.PLAN: "enterprise_premium"}})
    contract = Contract(account="a", name="A", policy="prismic")
    terms = account_terms(policy, contract, 2027)
    assert (terms.plan, terms.enablement is not None) == ("enterprise_premium", True)


def test_availability_can_be_promised_by_a_credit_alone() -> None:
    rule = CreditRule(clause="progress", availability_below=99.0, worth=Duration.parse("2 days"))
    policy = POLICY.model_copy(update={"remedies": RemedyRules(credits=(rule,))})
    promised = account_terms(policy, HARBOUR, 2027).availability
    assert promised is not None
    assert (str(promised.target), promised.clause, promised.worth) == ("99.0", "progress", 2)
    assert (promised.points, promised.uncounted, promised.maintenance) == ("started", (), ())


def test_months_are_in_the_offset_that_the_policy_names_for_availability() -> None:
    terms = settled("contentsquare", overrides={"remedies.availability.zone": "Etc/GMT-2"})
    assert terms.offset == "+02:00"


def test_an_allowance_without_plans_is_for_every_plan() -> None:
    everyone: dict[str, Any] = {"allowances.enablement.plans": []}
    assert settled("prismic", plan="platinum", overrides=everyone).enablement is not None
    assert settled("prismic", overrides=everyone).enablement is not None


def test_the_texts_of_an_account_are_in_the_language_of_its_contract() -> None:
    assert (settled("contentsquare").locale, settled("contentsquare", locale="en").locale) == (
        "fr",
        "en",
    )


@pytest.mark.fault(13)
def test_an_account_without_a_plan_has_days_in_the_home_zone_of_the_policy() -> None:
    assert settled("cention").day_zone == "Europe/Stockholm"


PLACES = {
    "support_hours": {
        "by": ["facts.place", "region"],
        "cells": {"london": "gmt", "otherwise": {"us_pst": "us_pst", "otherwise": "us_est"}},
    },
    "facts.place": {
        "type": "string",
        "ask": "Where?",
        "choices": {"london": "London", "elsewhere": "Elsewhere"},
    },
}


@pytest.mark.parametrize(
    ("contract", "zone"),
    [
        ({}, "America/New_York"),
        ({"region": "us_pst"}, "America/Los_Angeles"),
        ({"region": "us_pst", "facts": {"place": "london"}}, "Europe/London"),
        ({"facts": {"place": "elsewhere"}}, "America/New_York"),
        ({"facts": {"place": "london"}, "zone": "Asia/Tokyo"}, "Asia/Tokyo"),
    ],
)
def test_days_and_emails_of_an_account_have_the_zone_of_its_own_support_hours(
    contract: dict[str, Any], zone: str
) -> None:
    terms = settled("contentsquare", overrides=PLACES, **contract)
    assert terms.day_zone == zone
    lead = terms.contacts["team_lead"]
    assert lead.zone == zone


def test_an_account_has_the_label_of_its_plan() -> None:
    policy = CATALOG.latest("prismic").model_copy(
        update={"labels": {Labelled.PLAN: {"enterprise_premium": "Enterprise Premium"}}}
    )
    contract = Contract(account="a", name="A", policy="prismic", plan="enterprise_premium")
    assert account_terms(policy, contract, 2027).plan_label == "Enterprise Premium"
    assert (
        account_terms(policy, contract.model_copy(update={"plan": "free"}), 2027).plan_label is None
    )


def test_a_service_level_is_of_its_clock_and_of_its_priorities_or_of_all() -> None:
    level = ServiceLevelTerms(
        name="answers",
        label="Answers",
        clock="first_response",
        percent=Decimal(95),
        each=Each.MONTH,
        clause="answers",
    )
    assert level.concerns("first_response", "urgent")
    assert level.concerns("first_response", None)
    assert not level.concerns("resolution", "urgent")
    of_urgent = level.model_copy(update={"priorities": ("urgent",)})
    assert of_urgent.concerns("first_response", "urgent")
    assert not of_urgent.concerns("first_response", "low")
    assert not of_urgent.concerns("first_response", None)
    assert not of_urgent.concerns("resolution", "urgent")
