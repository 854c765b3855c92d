"""The JSON Schema accepts what `desk check` accepts, and finds structural errors."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from commands.schema import schema_text
from policies.business_time.durations import Duration
from policies.documents.document import Document
from policies.documents.json_schema import DocumentKind, document_schema
from policies.documents.key_help import KEY_HELP
from policies.loading.policy_catalog import SHIPPED
from settings import ROOT
from tests.policies.sample_documents import CONTRACT, POLICY, broken

EXAMPLES = ROOT / "examples"
POLICIES = sorted([*SHIPPED.glob("*.yaml"), *EXAMPLES.glob("policies/*.yaml")])
CONTRACTS = sorted(EXAMPLES.glob("contracts/*.yaml"))
SCHEMAS = {kind: document_schema(kind) for kind in DocumentKind}


def faults(kind: DocumentKind, text: str | bytes) -> list[str]:
    """The paths of the errors in a document."""
    validator = jsonschema_rs.Draft202012Validator(SCHEMAS[kind])
    errors = validator.iter_errors(Document.read(text, "document").data)
    return [".".join(map(str, error.instance_path)) for error in errors]


def faults_of_policy(text: str | bytes) -> list[str]:
    return faults(DocumentKind.POLICY, text)


def faults_of_contract(text: str | bytes) -> list[str]:
    return faults(DocumentKind.CONTRACT, text)


@pytest.mark.parametrize("kind", DocumentKind)
def test_the_published_schema_is_current(kind: DocumentKind) -> None:
    published = ROOT / "docs" / "schema" / f"{kind}.schema.json"
    right = f"run: desk schema {kind} > docs/schema/{kind}.schema.json"
    assert published.read_text() == schema_text(kind), right


@pytest.mark.parametrize("kind", DocumentKind)
def test_the_schema_is_valid_and_complete(kind: DocumentKind) -> None:
    schema = SCHEMAS[kind]
    assert jsonschema_rs.meta.is_valid(schema)
    text = schema_text(kind)
    used = {line.split("#/$defs/")[1].strip('",') for line in text.splitlines() if '"$ref"' in line}
    assert used <= schema["$defs"].keys()
    assert "Table_" not in text


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_shipped_policies_are_valid(path: Path) -> None:
    assert faults_of_policy(path.read_bytes()) == []


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.stem)
def test_example_contracts_are_valid(path: Path) -> None:
    assert faults_of_contract(path.read_bytes()) == []


def test_a_policy_that_uses_every_part_is_valid() -> None:
    assert faults_of_policy(POLICY) == []
    assert faults_of_contract(CONTRACT) == []


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("within: 2 days", "within: 2 dais", "clocks.triage.within"),
        ("within: 2 days", "within: 2", "clocks.triage.within"),
        ("within: 2 days", "withn: 2 days", "clocks.triage"),
        ("within: 2 days", "within: 2 days, end of day", "clocks.triage.within"),
        ("within: 2 days", "within: {guarantee: nothing}", "clocks.triage.within"),
        ("within: 2 days", "within: {by: [plans], cells: {a: 2 days}}", "clocks.triage.within"),
        ("within: 2 days", "within: {by: [plan], cells: {}}", "clocks.triage.within"),
        ("within: 2 days", "within: {by: [plan], cells: {a: x}}", "clocks.triage.within"),
        (
            "within: 2 days",
            "within: {by: [plan, kind], cells: {a: {b: 2 dayz}}}",
            "clocks.triage.within",
        ),
        ("starts: [escalated]", "starts: [escalatd]", "clocks.triage.starts.0"),
        ("starts: [escalated]", "starts: escalated", "clocks.triage.starts"),
        ("{at: 50%, tell", "{at: 150%, tell", "clocks.first_response.ladder.0.at"),
        ("{at: 50%, tell: [assignee]}", "{tell: [assignee]}", "clocks.first_response.ladder.0"),
        ('fri: "09:00-15:00"', 'fry: "09:00-15:00"', "calendars.office.hours"),
        ('fri: "09:00-15:00"', 'fri: "9-15"', "calendars.office.hours.fri"),
        ('2026-12-23: "09:00', '23 Dec: "09:00', "calendars.office.special_hours"),
        ("revision: 2026-01-31", "revision: January", "revision"),
        ("beta: {type: bool", "beta: {type: boolean", "facts.beta.type"),
        ("title: Acme support", "titel: Acme support", ""),
        ("says: Silver", "say: Silver", "plans.silver"),
        ("  silver: {says: Silver}", "  Silver Plan: {says: Silver}", "plans"),
    ],
)
def test_a_typical_error_is_found_at_its_place(old: str, new: str, where: str) -> None:
    assert where in faults_of_policy(broken(old, new))


@pytest.mark.parametrize(
    ("overrides", "is_valid"),
    [
        ("clocks.first_response.within: 1 business day", True),
        ("clocks.first_response.within.cells.gold/urgent: 30 minutes", True),
        ("clocks.first_response.ladder[0].tell: [lead]", True),
        ("titles: Acme", True),
        ("revision: 2027-01-01", False),
        ("clauses.hours.says: Never.", False),
        ("clocks first_response: 1 day", False),
    ],
)
def test_overrides_are_paths_of_values_that_can_be_overridden(
    overrides: str, is_valid: bool
) -> None:
    assert (faults_of_contract(f"{CONTRACT}overrides:\n  {overrides}\n") == []) is is_valid


@pytest.mark.parametrize(
    "text",
    [
        *("1 minute", "30 minutes", "4 hours", "2 days", "3 weeks", "the following week"),
        *("1 business minute", "8 business hours", "2 business days"),
        "2 business days, end of day",
    ],
)
def test_every_duration_is_valid(text: str) -> None:
    assert str(Duration.parse(text)) == text
    assert faults_of_policy(broken("within: 2 days", f'within: "{text}"')) == []


def keys_of(schema: dict[str, Any], model: str) -> set[str]:
    return {f"{model}.{key}" for key in schema.get("properties", {})}


def test_the_help_of_keys_is_for_keys_that_exist() -> None:
    known = keys_of(SCHEMAS[DocumentKind.POLICY], "SupportPolicy")
    known |= keys_of(SCHEMAS[DocumentKind.CONTRACT], "Contract")
    for schema in SCHEMAS.values():
        for name, definition in schema["$defs"].items():
            known |= keys_of(definition, name)
    assert KEY_HELP.keys() - known == set()


@pytest.mark.parametrize("kind", DocumentKind)
def test_every_key_has_a_description(kind: DocumentKind) -> None:
    properties = SCHEMAS[kind]["properties"]
    unexplained = [k for k, s in properties.items() if "description" not in s and "$ref" not in s]
    assert unexplained == []
