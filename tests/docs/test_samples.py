"""The samples of the documents are valid, and the documents describe every key."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from commands.scenario import account_expectation, expectation, scenario, steps
from policies import vocabulary
from policies.accounts.account_settlement import account_terms
from policies.accounts.availability import measure, percent, period_of, share_up
from policies.accounts.credits import availability_credits, availability_earned, claim_until
from policies.business_time.durations import Duration
from policies.business_time.months import Month
from policies.business_time.spans import Span
from policies.checks.contracts import contract_mismatches
from policies.checks.references import declared
from policies.documents.document import Document
from policies.lint import all_warnings
from policies.loading.loader import load_policy
from policies.reports.explain import explain
from policies.schema.calendar_days import days_in
from policies.schema.contract import Contact, Contract, Publication
from policies.schema.fields import Part
from policies.schema.money import Money
from policies.schema.policy import SupportPolicy
from policies.schema.tables import fact_of
from policies.terms.overrides import override_errors, override_warnings
from settings import ROOT
from tests.docs.pages import (
    ACCOUNTS,
    CONTRACTS,
    DOCUMENTS,
    POLICIES,
    SCENARIOS,
    TUTORIAL,
    blocks,
    codes,
    rows_of,
)
from tests.docs.reference_policy import reference_contract, reference_policy
from workflows.account.refusals import ACCOUNT_REFUSALS
from workflows.ticket.model.refusals import REFUSALS


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_samples_are_well_formed(path: Path) -> None:
    for block in blocks(path, "json"):
        json.loads(block.text)
    for block in blocks(path, "yaml"):
        assert not Document.read(block.text, str(path)).problems


def test_the_examples_of_the_references_are_a_sound_policy_and_contract() -> None:
    policy, contract = reference_policy(), reference_contract()
    assert [finding.wrong for finding in all_warnings.warnings(policy)] == []
    assert [
        finding.wrong for finding in contract_mismatches(contract, {policy.policy: policy})
    ] == []
    assert [finding.wrong for finding in override_errors(contract, policy)] == []
    assert [finding.wrong for finding in override_warnings(contract, policy)] == []
    assert policy.model_fields_set == SupportPolicy.model_fields.keys()


def test_the_worked_month_of_the_accounts_document_is_right() -> None:
    terms = account_terms(reference_policy(), reference_contract(), 2027)
    assert terms.availability is not None
    period = period_of(Month.parse("2031-04"), terms)
    begins = datetime(2031, 4, 10, 8, tzinfo=UTC)
    measured = measure(period, terms, [Span(begins, begins + timedelta(hours=12))], [])
    rows = {row[0]: row[1] for row in rows_of(ACCOUNTS, "Availability")}
    assert f"= {measured.measured / timedelta(hours=1):.0f} h" in rows["measured time"]
    assert f"= {percent(measured.availability)} %" in rows["availability"]
    for counts in ("whole", "started"):
        counted = terms.availability.model_copy(update={"points": counts})
        earned = availability_credits(measured.availability, counted)
        assert rows[f"credits with `counts: {counts}`"].startswith(f"{earned}, worth {earned} day")
    last_day = claim_until(date(2031, 4, 30), terms)
    assert last_day is not None
    assert f"{last_day:%-d %B %Y}" in rows["last day of a claim"]


def test_the_steps_of_the_tutorial_are_the_example_and_need_no_python() -> None:
    example = ROOT / "examples" / "policies" / "nightjar.yaml"
    whole: dict[str, Any] = {}
    for block in blocks(TUTORIAL, "yaml"):
        assert block.text in example.read_text()
        whole |= Document.read(block.text, TUTORIAL.name).data
    assert whole == Document.read(example.read_text(), example.name).data
    policy = load_policy(example)
    assert [*all_warnings.warnings(policy)] == []
    folders = ("activities", "api", "backtest", "commands", "encryption", "policies", "workflows")
    code = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    assert [path for path in code if policy.policy in path.read_text()] == []


def test_the_template_of_the_reference_is_the_one_of_the_example() -> None:
    folder = ROOT / "examples" / "policies" / "templates" / "nightjar" / "en"
    [shown] = blocks(POLICIES, "jinja")
    assert shown.text == (folder / "opened.txt.j2").read_text()


def described_models() -> list[type[BaseModel]]:
    found: list[type[BaseModel]] = [Part]
    for model in found:
        found += model.__subclasses__()
    return [*found, Contract, Contact, Publication]


def test_every_key_of_a_policy_is_described() -> None:
    words = set(re.findall(r"\w+", POLICIES.read_text() + CONTRACTS.read_text()))
    keys = {name for model in described_models() for name in model.model_fields}
    assert keys - words == set()


@pytest.mark.parametrize(
    "values", [vocabulary.Guarantee, vocabulary.Reopening, vocabulary.PauseReason]
)
def test_every_value_of_a_policy_is_described(values: type[StrEnum]) -> None:
    assert [value for value in values if f"`{value}`" not in POLICIES.read_text()] == []


def test_every_dimension_of_tables_is_described() -> None:
    dimensions = [d for d in map(str, declared(reference_policy())) if not fact_of(d)]
    assert codes(dimensions) in POLICIES.read_text()


def test_the_durations_described_are_durations() -> None:
    texts = [text for row in rows_of(POLICIES, "Durations") for text in row[0].split("`, `")]
    assert len(texts) > 5
    for text in texts:
        assert str(Duration.parse(text.strip("`"))) == text.strip("`")


def test_the_words_of_support_pages_are_refused_with_the_form_that_is_described() -> None:
    section = POLICIES.read_text().split("| on a support page |", 1)[1].split("\n\n", 1)[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:1] == "|"][1:]
    durations = [(words, right.strip("`")) for words, right in rows if right.count("`") == 2]
    checked = 0
    for words, right in durations:
        if re.fullmatch(r"\d.*", right):
            for text in words.split(", "):
                with pytest.raises(ValueError, match=re.escape(f'write for example "{right}"')):
                    Duration.parse(text)
                checked += 1
    assert checked >= 9


def test_the_worked_cut_offs_are_right() -> None:
    section = POLICIES.read_text().split("\n### Cut-offs\n", 1)[1].split("\n### ", 1)[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:1] == "|"][2:]
    assert len(rows) == 3
    for received, counted_on, due in rows:
        at = datetime.strptime(received, "%A, %d %B %Y, %H:%M").replace(
            tzinfo=ZoneInfo("Europe/Rome")
        )
        explained = explain(reference_policy(), "delivery", at, plan="silver", priority="normal")
        assert explained.counts_from is not None
        assert explained.due_at is not None
        assert f"{explained.counts_from.astimezone(at.tzinfo):%A}" == counted_on
        assert f"{explained.due_at.astimezone(at.tzinfo):%A %H:%M}" == due


def test_the_calendar_of_the_reference_has_the_days_that_are_described() -> None:
    rule = reference_policy().calendars["warehouse"]
    days = days_in(rule, range(2027, 2029))
    stocktaking = [day for day, name in days.closed.items() if name == "Stocktaking"]
    assert stocktaking == [date(year, 9, day) for year in (2027, 2028) for day in (27, 28)]
    assert days.closed[date(2028, 12, 7)] == "Sant'Ambrogio"
    assert days.closed[date(2027, 3, 19)] == "Saint Joseph's Day"
    assert {day: half.until for day, half in days.half.items()} == {
        date(2027, 12, 24): "13:00",
        date(2027, 12, 31): "12:00",
        date(2028, 12, 24): "13:00",
    }
    assert days.working == {date(2027, 10, 30): "fri"}


def test_the_scenario_of_the_reference_is_one_that_ships() -> None:
    shipped = ROOT / "examples" / "scenarios" / "contently" / "answered-over-a-long-weekend.yaml"
    assert shipped.read_text() in [block.text for block in blocks(SCENARIOS, "yaml")]


PARTS = (account_expectation, expectation, scenario, steps)


def parts_of_scenarios() -> list[type[BaseModel]]:
    values = [v for m in PARTS for v in vars(m).values()]
    models = [v for v in values if isinstance(v, type) and issubclass(v, BaseModel)]
    return [model for model in models if model.__module__.startswith("commands.scenario")]


def test_every_key_of_a_scenario_is_described() -> None:
    words = set(re.findall(r"\w+", SCENARIOS.read_text()))
    keys = {name for model in parts_of_scenarios() for name in model.model_fields}
    assert len(keys) > 30
    assert keys - words == set()


def test_every_refusal_a_scenario_can_expect_is_listed() -> None:
    listed = " ".join(SCENARIOS.read_text().split())
    assert codes(REFUSALS) in listed
    assert codes(list(ACCOUNT_REFUSALS)) in listed


def test_the_worked_bands_of_the_accounts_document_are_right() -> None:
    [block] = blocks(ACCOUNTS, "yaml")
    remedies = Document.read(block.text, ACCOUNTS.name).data["remedies"]
    policy = reference_policy()
    data = policy.model_dump(mode="json", exclude_unset=True) | {"remedies": remedies}
    data |= {"service_levels": {}}
    contract = reference_contract().model_copy(update={"fees": {}, "overrides": {}})
    fees = {"monthly_fee": Money.parse("200000 INR")}
    promised = account_terms(type(policy).model_validate(data), contract, 2027).availability
    assert promised is not None
    for downtime, availability, worth in rows_of(ACCOUNTS, "Credits in money"):
        down = timedelta(minutes=int(downtime.split()[0]))
        share = share_up(down, timedelta(days=30))
        earned = availability_earned(share, down, promised).worth.priced(fees).rounded()
        assert availability == f"{percent(share)} %"
        assert worth == (f"{earned.amount} INR" if earned.amount else "nothing")
