"""Overrides: a value of a contract replaces that of the policy, and both are recorded."""

from typing import Any

import pytest
from pydantic import JsonValue

from policies.loading.loader import read_contract, read_policy
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester, TicketFacts
from policies.schema.tables import Dimension, Table
from policies.terms.model.override import OverrideTerms
from policies.terms.model.ticket_terms import Terms
from policies.terms.overrides import (
    EffectivePolicy,
    OverridesRefused,
    apply_overrides,
    override_errors,
    override_warnings,
)
from policies.terms.settlement import settle
from settings import ROOT
from tests.harness import new_york
from tests.policies.sample_documents import CONTRACT, POLICY

ACME = read_policy(POLICY)
HARBOUR = read_contract(CONTRACT)
MIA = Requester(name="Mia", email="mia@harbour.example")
WITHIN = "clocks.first_response.within"


def under(**overrides: JsonValue) -> EffectivePolicy:
    return apply_overrides(ACME, overrides)


def contract(overrides: dict[str, JsonValue]) -> Contract:
    return HARBOUR.model_copy(update={"overrides": overrides})


def terms(overrides: dict[str, JsonValue], priority: str = "urgent") -> Terms:
    ticket = TicketFacts(requester=MIA, channel="email", priority=priority)
    return settle(ACME, contract(overrides), ticket, new_york("2026-03-04 10:00"))


def wrong_with(overrides: dict[str, JsonValue]) -> list[tuple[tuple[str | int, ...], str, str]]:
    return [(f.path, f.wrong, f.right) for f in override_errors(contract(overrides), ACME)]


def cell(policy: SupportPolicy, plan: str, priority: str) -> str:
    table = policy.clocks["first_response"].within
    assert isinstance(table, Table)
    return str(table.pick({Dimension.PLAN: plan, Dimension.PRIORITY: priority}))


EXAMPLES = PolicyCatalog.load(ROOT / "examples" / "policies")


@pytest.mark.parametrize(
    "policy", [*PolicyCatalog.shipped(), *EXAMPLES], ids=lambda policy: policy.policy
)
def test_a_policy_survives_its_plain_data(policy: SupportPolicy) -> None:
    assert SupportPolicy.model_validate(policy.model_dump(mode="json")) == policy


def test_overrides_apply_to_a_policy_with_a_rung_that_only_raises_a_level() -> None:
    policy = EXAMPLES.latest("bamboozle")
    effective = apply_overrides(policy, {"clocks.resolution.ladder[0].at": "50%"}).policy
    assert effective.clocks["resolution"].ladder[0].at == "50%"
    assert effective.clocks["first_response"] == policy.clocks["first_response"]


def test_without_overrides_the_policy_is_unchanged() -> None:
    assert apply_overrides(ACME, {}).policy is ACME
    assert "overrides" not in terms({}).model_dump_json(exclude_defaults=True)


@pytest.mark.clause("prismic/contract-prevails")
def test_a_target_of_the_contract_applies_to_tickets() -> None:
    settled = terms({WITHIN: "1 business day", "process.assignment.keep_assigned": []})
    assert str(settled.clock("first_response").promise("urgent").within) == "1 business day"
    assert settled.process.keep_assigned == ()
    first, second = settled.overrides
    assert (first.path, first.contract, first.clause) == (WITHIN, "1 business day", "response")
    assert second == OverrideTerms(
        path="process.assignment.keep_assigned", policy=["urgent"], contract=[], clause="response"
    )


def test_overrides_are_recorded_in_terms() -> None:
    settled = terms({WITHIN: "1 business day", "calendars.office.hours.fri": "09:00-12:00"})
    assert Terms.model_validate_json(settled.model_dump_json()) == settled
    assert settled.overrides[1].policy == ["09:00-15:00"]


def test_one_cell_is_replaced_and_no_other_value_changes() -> None:
    before = {(p, q): cell(ACME, p, q) for p in ("gold", "silver") for q in ("urgent", "normal")}
    for written in ("gold/urgent", "gold.urgent"):
        agreement = under(**{f"{WITHIN}.cells.{written}": "30 minutes"})
        after = {key: cell(agreement.policy, *key) for key in before}
        assert after == before | {("gold", "urgent"): "30 minutes"}
        assert agreement.overrides[0].policy == before["gold", "urgent"]


def test_a_row_is_expanded_to_replace_one_cell() -> None:
    flat = read_policy(POLICY).model_dump(mode="json")
    flat["clocks"]["first_response"]["within"]["cells"] = {
        "gold": "3 business hours",
        "otherwise/urgent": "4 business hours",
        "otherwise/otherwise": "9 business hours",
    }
    policy = SupportPolicy.model_validate(flat)
    for key, was in (("gold/urgent", "3 business hours"), ("silver/normal", "9 business hours")):
        agreement = apply_overrides(policy, {f"{WITHIN}.cells.{key}": "1 business hour"})
        assert agreement.overrides[0].policy == was
        changed = {
            f"{plan}/{priority}"
            for plan in ("gold", "silver")
            for priority in ("urgent", "normal")
            if cell(agreement.policy, plan, priority) != cell(policy, plan, priority)
        }
        assert changed == {key}


def test_a_whole_row_can_be_replaced() -> None:
    agreement = under(**{f"{WITHIN}.cells.gold": "1 business hour"})
    assert cell(agreement.policy, "gold", "normal") == "1 business hour"
    assert cell(agreement.policy, "gold", "urgent") == "1 business hour"
    assert isinstance(agreement.overrides[0].policy, dict)


def test_a_rung_is_reached_by_its_index() -> None:
    agreement = apply_overrides(ACME, {"clocks.first_response.ladder[0].tell": ["lead"]})
    assert agreement.policy.clocks["first_response"].ladder[0].tell == ("lead",)


def test_an_override_may_add_a_value() -> None:
    given: dict[str, JsonValue] = {
        "process.closing": {"after": "3 business days", "clause": "response"},
        "calendars.office.special_hours.2026-12-22": "09:00-10:00",
    }
    agreement = apply_overrides(ACME, given)
    assert agreement.overrides[0].contract == given["process.closing"]
    assert [(o.policy, o.clause) for o in agreement.overrides] == [
        (None, "response"),
        (None, "hours"),
    ]
    assert [*override_warnings(contract(given), ACME)] == []


@pytest.mark.parametrize(
    ("path", "value", "wrong", "right"),
    [
        ("clocks.first_respons.within", "1 day", 'has no "first_respons"', '"first_response"?'),
        ("clocks.first_response.withn", "1 day", 'key "withn" is unknown', '"within"?'),
        ("clock.first_response.within", "1 day", 'the policy has no "clock"', '"clocks"?'),
        ("clokcs", {}, 'the key "clokcs" is unknown', '"clocks"?'),
        (WITHIN, "1 busness day", "is not a duration", '"1 business day"'),
        (WITHIN, 5, "a duration must be a text", "2 business days"),
        (f"{WITHIN}.cells.gold/urgnt", "1 day", "urgnt", '"urgent"?'),
        (f"{WITHIN}.cells.gold/urgent/issue", "1 day", "has more parts than", "plan/priority"),
        ("calendars.office.hours.fry", "09:00-12:00", "fry", "fri"),
        ("calendars.office.zone", "Europe/Stokholm", "not a known time zone", "Europe/Stockholm"),
        ("clocks.first_response.ladder[7].tell", ["lead"], "has no [7]", "from [0] to [2]"),
        ("clocks.first_response.ladder.at", "50%", 'is a list and has no "at"', "write an index"),
        ("title.short", "Acme", "below it", 'override "title" itself'),
        ("process.closing.after", "1 day", 'the policy has no "process.closing"', "as a whole"),
        ("policy", "other", '"policy" cannot be overridden', "remove it"),
        ("revision", "2027-01-01", '"revision" cannot be overridden', "remove it"),
        ("clauses.hours.says", "Always.", '"clauses" cannot be overridden', "remove it"),
        ("clocks..within", "1 day", "is not a valid path", "for example"),
        ("clocks.first_response[x]", "1 day", "is not a valid path", "for example"),
        ("unassigned", "nobody", 'the contact "nobody" is not declared', "lead"),
    ],
)
def test_an_error_is_reported_at_the_override(
    path: str, value: Any, wrong: str, right: str
) -> None:
    found = wrong_with({"kinds.issue.says": "Trouble", path: value})
    assert found
    [unknown, *_] = override_errors(contract({"clocks.x.within": 1}), ACME)
    assert unknown.about_key
    assert found[0][0][:2] == ("overrides", path)
    assert wrong in found[0][1]
    assert right in found[0][2]
    with pytest.raises(OverridesRefused):
        terms({path: value})


def test_an_error_elsewhere_names_its_place_in_the_policy() -> None:
    for also, place in (
        ({}, ("overrides", "contacts")),
        ({"kinds.issue.says": "Trouble"}, ("overrides",)),
    ):
        path, wrong, _ = wrong_with({"contacts": {}, **also})[0]
        assert path == place
        assert wrong.startswith("this makes the policy invalid at ")


@pytest.mark.parametrize(
    "paths",
    [
        ("calendars.office", "calendars.office.zone"),
        (f"{WITHIN}.cells.gold/urgent", f"{WITHIN}.cells.gold"),
        (f"{WITHIN}.cells.gold/urgent", f"{WITHIN}.cells.gold.urgent"),
        ("title", "title"),
    ],
)
def test_overlapping_overrides_are_errors(paths: tuple[str, str]) -> None:
    if paths[0] != paths[1]:
        [(path, wrong, right)] = wrong_with(dict.fromkeys(paths, "x"))
        assert path == ("overrides", paths[1])
        assert (wrong, right) == (f'"{paths[0]}" overrides the same value', "remove one of them")


def test_all_errors_are_reported_at_once() -> None:
    assert len(wrong_with({"clocks.x.within": 1, "calendars.x.zone": "Mars"})) == 2
    assert len(wrong_with({"titel": 1, "locale": 2})) == 2
    assert len(wrong_with({"unassigned": "nobody", "calendars.office.zone": "Mars"})) == 2


@pytest.mark.parametrize(
    ("path", "value", "wrong"),
    [
        ("clocks.triage.within", "2 Days", 'the policy has the same value, "2 days"'),
        ("calendars.office.hours.fri", "09:00-15:00", "the policy has the same value"),
        ("contacts.leed", {"name": "L", "email": "l@acme.example"}, "so the override adds one"),
    ],
)
def test_a_probable_mistake_is_a_warning(path: str, value: Any, wrong: str) -> None:
    [finding] = override_warnings(contract({path: value}), ACME)
    assert finding.path == ("overrides", path)
    assert wrong in finding.wrong
    assert finding.about_key == ("did you mean" in finding.right)


def test_the_policy_is_not_changed() -> None:
    before = ACME.model_dump_json()
    under(**{WITHIN: "1 business day"})
    assert ACME.model_dump_json() == before


def test_an_override_records_the_default_that_it_replaces_or_restores() -> None:
    [override] = apply_overrides(ACME, {"clocks.first_response.on_change": "keep"}).overrides
    assert (override.policy, override.contract) == ("recount", "keep")
    kept = apply_overrides(ACME, {"clocks.first_response.on_change": "keep"}).policy
    [restored] = apply_overrides(kept, {"clocks.first_response.on_change": "recount"}).overrides
    assert (restored.policy, restored.contract) == ("keep", "recount")


def test_an_override_may_add_a_contact_with_a_name_of_one_letter() -> None:
    person: JsonValue = {"name": "Q", "email": "q@acme.example"}
    assert [*override_warnings(contract({"contacts.q": person}), ACME)] == []
