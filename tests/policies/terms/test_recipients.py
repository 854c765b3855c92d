"""Whom notices go to: the zone and the locale of each contact, and the desk of an account."""

import pytest

from policies.loading.loader import read_policy
from policies.schema.contract import Contact, Contract
from policies.terms.recipients import account_desk, account_zone, recipient, recipients

TABLES = """\
policy: desks
title: Desks
revision: 2026-01-01
clauses: {desks: {says: The desk of your plan and place., at: Desks}}
plans: {basic: {says: Basic}, gold: {says: Gold}}
regions: {north: {says: North}, south: {says: South}}
priorities: {high: {says: High}, low: {says: Low}}
facts: {place: {type: string, ask: Where?, choices: {london: London, paris: Paris}}}
calendars:
  oslo: {zone: Europe/Oslo, hours: {mon-fri: "09:00-17:00"}, clause: desks}
  rome: {zone: Europe/Rome, hours: {mon-fri: "09:00-17:00"}, clause: desks}
support_hours: {by: [region], cells: {north: oslo, south: rome}}
contacts:
  first: {name: First, email: first@desk.example}
  second: {name: Second, email: second@desk.example, zone: Asia/Tokyo, locale: fr}
  third: {name: Third, email: third@desk.example}
unassigned:
  by: [plan, facts.place]
  cells:
    basic: {london: first, otherwise: second}
    gold: third
"""


def contract(**stated: object) -> Contract:
    given = {"account": "quay", "name": "Quay", "policy": "desks"} | stated
    return Contract.model_validate(given)


@pytest.mark.parametrize(
    ("plan", "facts", "desk"),
    [
        ("basic", {"place": "london"}, "first"),
        ("basic", {"place": "paris"}, "second"),
        ("basic", {}, "second"),
        ("gold", {"place": "london"}, "third"),
        (None, {"place": "london"}, "first"),
    ],
)
def test_the_desk_of_an_account_is_that_of_its_plan_and_its_facts(
    plan: str | None, facts: dict[str, str], desk: str
) -> None:
    policy = read_policy(TABLES)
    assert account_desk(policy, contract(plan=plan, facts=facts)) == desk
    named = policy.model_copy(update={"unassigned": "third"})
    assert account_desk(named, contract(plan=plan, facts=facts)) == "third"
    nobody = policy.model_copy(update={"unassigned": None})
    assert account_desk(nobody, contract(plan=plan, facts=facts)) is None


def test_the_zone_of_an_account_is_that_of_its_contract_or_of_its_support_hours() -> None:
    policy = read_policy(TABLES)
    assert account_zone(policy, contract(region="south")) == "Europe/Rome"
    assert account_zone(policy, contract(region="south", zone="Asia/Tokyo")) == "Asia/Tokyo"
    # The first one, for an account without a region.
    assert account_zone(policy, contract()) == "Europe/Oslo"
    by_default = policy.model_copy(update={"defaults": {"region": "south"}})
    assert account_zone(by_default, contract()) == "Europe/Rome"
    assert account_zone(by_default, contract(region="north")) == "Europe/Oslo"
    closed = policy.model_copy(update={"support_hours": None})
    assert account_zone(closed, contract()) == "UTC"


def test_a_contact_has_a_zone_and_a_locale_of_its_own_or_those_of_the_account() -> None:
    own = Contact(name="A", email="a@quay.example", zone="Asia/Tokyo", locale="fr")
    plain = Contact(name="B", email="b@quay.example")
    found = [recipient(person, "Europe/Oslo", "en") for person in (own, plain)]
    assert [(each.zone, each.locale) for each in found] == [
        ("Asia/Tokyo", "fr"),
        ("Europe/Oslo", "en"),
    ]


def test_the_contacts_of_a_contract_replace_those_of_the_policy() -> None:
    agreed = contract(contacts={"first": {"name": "Ours", "email": "ours@quay.example"}})
    found = recipients(read_policy(TABLES), agreed, "Europe/Oslo", "en")
    assert {name: each.name for name, each in found.items()} == {
        "first": "Ours",
        "second": "Second",
        "third": "Third",
    }
