"""A document with errors is refused with all of them, each at its place in the file."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.documents.problems import PolicyErrors
from policies.documents.yaml_tree import MAX_DEPTH, MAX_NODES
from policies.loading.loader import load_contract, load_policy, read_contract, read_policy
from policies.loading.policy_catalog import SHIPPED
from tests.policies.sample_documents import (
    CONTRACT,
    HERE,
    POLICY,
    broken,
    places_marked,
    problems_in,
)

EXAMPLES = Path(__file__).parents[3] / "examples" / "contracts"


class Case(NamedTuple):
    """A passage, its replacement (with a mark at the place of the problem), and the message."""

    old: str
    new: str
    path: str
    wrong: str
    right: str


SCHEMA = {
    "a misspelt duration": Case(
        "within: 2 days",
        "within: ¦2 dais",
        "clocks.triage.within",
        '"2 dais" is not a duration',
        'write for example "2 days"',
    ),
    "a misspelt duration in a cell": Case(
        "urgent: 2 business hours",
        "urgent: ¦2 bussines hours",
        "clocks.first_response.within.cells.gold.urgent",
        '"2 bussines hours" is not a duration',
        '"2 business hours"',
    ),
    "a duration that is a number": Case(
        "within: 2 days",
        "within: ¦2",
        "clocks.triage.within",
        "a duration must be a text",
        '"2 business days"',
    ),
    "an unknown key": Case(
        "    within: 2 days",
        "    ¦withn: 1 day\n    within: 2 days",
        "clocks.triage.withn",
        'the key "withn" is unknown',
        'did you mean "within"? allowed: clause, see, starts,',
    ),
    "an unknown key in a cell": Case(
        "{guarantee: best_effort, says:",
        "{guarantee: best_effort, ¦sais: {}, says:",
        "clocks.first_response.within.cells.silver.normal.sais",
        'the key "sais" is unknown',
        'did you mean "says"? allowed: guarantee, says',
    ),
    "a duration cut at its comma": Case(
        "gold: {urgent: 2 business hours, otherwise: 8 business hours}",
        "gold: {urgent: 2 business hours, otherwise: 2 business days, ¦end of day}",
        "clocks.first_response.within.cells.gold.end of day",
        '"end of day" is not part of the duration: inside braces, a comma ends the value',
        'write the duration in quotes, for example "2 business days, end of day"',
    ),
    "a rung cut at its comma": Case(
        "{at: 1 business hour after, ",
        "{at: breach, ¦same time after start, ",
        "clocks.first_response.ladder[2].same time after start",
        '"same time after start" is not part of the duration',
        "write the duration in quotes",
    ),
    "an unknown part": Case(
        "notices:",
        "¦notcies: []\nnotices:",
        "notcies",
        'the key "notcies" is unknown',
        'did you mean "notices"?',
    ),
    "a missing key": Case(
        "  triage:\n    starts: [escalated]\n    stops: [triage_concluded]\n",
        "  ¦triage:\n    starts: [escalated]\n",
        "clocks.triage",
        'the key "stops" is missing',
        "stops: [responded]",
    ),
    "a missing key of the document": Case(
        "title: Acme support\n", "", "", 'the key "title" is missing', 'add "title: ..."'
    ),
    "an unknown event": Case(
        "starts: [escalated]",
        "starts: [¦escalatd]",
        "clocks.triage.starts[0]",
        '"escalatd" is not an allowed value',
        'did you mean "escalated"?',
    ),
    "an event of a support page": Case(
        "starts: [escalated]",
        "starts: [¦severity_changed]",
        "clocks.triage.starts[0]",
        '"severity_changed" is not an allowed value',
        'did you mean "priority_changed"?',
    ),
    "a dimension of a support page": Case(
        "by: [plan, priority]",
        "by: [plan, ¦severity]",
        "clocks.first_response.within.by[1]",
        '"severity" is not an allowed value',
        'did you mean "priority"?',
    ),
    "an unknown guarantee": Case(
        "{guarantee: best_effort,",
        "{guarantee: ¦best_efort,",
        "clocks.first_response.within.cells.silver.normal.guarantee",
        '"best_efort" is not an allowed value',
        'did you mean "best_effort"?',
    ),
    "an unknown dimension": Case(
        "by: [plan, priority]",
        "by: [plan, ¦prority]",
        "clocks.first_response.within.by[1]",
        '"prority" is not an allowed value',
        'did you mean "priority"?',
    ),
    "an unknown type of fact": Case(
        "{type: double,",
        "{type: ¦duble,",
        "facts.load.type",
        '"duble" is not an allowed value',
        'did you mean "double"?',
    ),
    "an unknown pause": Case(
        "  information: {clause: response}",
        "  ¦informaton: {clause: response}\n  information: {clause: response}",
        "pauses.informaton",
        'nothing starts the pause "informaton"',
        'did you mean "information"?',
    ),
    "a rung at no point": Case(
        "at: 50%",
        "at: ¦50 %",
        "clocks.first_response.ladder[0].at",
        '"50 %" has the wrong format',
        'write "50%"',
    ),
    "a name with capitals": Case(
        "  gold: {says: Gold}",
        "  gold: {says: Gold}\n  ¦Platinum: {says: P}",
        "plans.Platinum",
        '"Platinum" has the wrong format',
        "lower-case",
    ),
    "hours without minutes": Case(
        'fri: "09:00-15:00"',
        'fri: ¦"9-15"',
        "calendars.office.hours.fri",
        '"9-15" has the wrong format',
        "09:00-17:00",
    ),
    "a country by name": Case(
        "country: SE",
        "country: ¦Sweden",
        "calendars.office.holidays.country",
        '"Sweden" has the wrong format',
        "two capital letters",
    ),
    "a date in words": Case(
        "revision: 2026-01-31",
        "revision: ¦31 January 2026",
        "revision",
        '"31 January 2026" is not a date',
        "2026-12-24",
    ),
    "a date as a number": Case(
        "revision: 2026-01-31", "revision: ¦0", "revision", "0 is not a date", "2026-12-24"
    ),
    "a date that no year has": Case(
        "revision: 2026-01-31",
        "revision: ¦2026-02-30",
        "revision",
        '"2026-02-30" is not a valid date',
        "2026-12-24",
    ),
    "an address without a domain": Case(
        "lead@acme.example",
        "¦lead",
        "contacts.lead.email",
        '"lead" is not an e-mail address',
        "",
    ),
    "a name over two lines": Case(
        "{name: Lead,",
        '{name: ¦"Lead\\nBcc: all",',
        "contacts.lead.name",
        "is not a single line",
        "",
    ),
    "nothing where a value is needed": Case(
        "title: Acme support",
        "¦title:",
        "title",
        "the value is missing",
        "write a text",
    ),
    "a number for a text": Case(
        "title: Acme support", "title: ¦12", "title", "12 has the wrong type", "in quotes"
    ),
    "a text for a list": Case(
        "starts: [escalated]",
        "starts: ¦escalated",
        "clocks.triage.starts",
        '"escalated" has the wrong type',
        "write a list",
    ),
    "a list for a part": Case(
        "  lead: {name: Lead, email: lead@acme.example, zone: Europe/Stockholm, locale: fr}",
        "  ¦lead: []",
        "contacts.lead",
        "a list has the wrong type",
        "write a mapping",
    ),
    "a text for yes or no": Case(
        "    within: 2 days",
        "    within: 2 days\n    repeats: ¦perhaps",
        "clocks.triage.repeats",
        '"perhaps" has the wrong type',
        "true or false",
    ),
    "an empty list": Case(
        "starts: [escalated]",
        "¦starts: []",
        "clocks.triage.starts",
        "a list is too short",
        "at least 1",
    ),
    "a word of a support page for an event": Case(
        "starts: [escalated]",
        "starts: [¦created]",
        "clocks.triage.starts[0]",
        '"created" is not an allowed value',
        'did you mean "opened"?',
    ),
    "one event where a list is needed": Case(
        "starts: [escalated]",
        "starts: ¦created",
        "clocks.triage.starts",
        '"created" has the wrong type',
        "for example [opened]",
    ),
    "a clause that is called as a key": Case(
        "  hours: {says: Weekdays., at: Hours}",
        "  hours: ¦Weekdays.",
        "clauses.hours",
        '"Weekdays." has the wrong type',
        "with keys such as says, at",
    ),
    "one plan where a list is needed": Case(
        "plans: [gold], kinds: [issue], priorities: [urgent], clause: scope}",
        "plans: ¦gold, kinds: [issue], priorities: [urgent], clause: scope}",
        "channels[1].plans",
        '"gold" has the wrong type',
        "write a list, for example [gold]",
    ),
    "a text for the cells of a table": Case(
        "  cells:\n    gold: always\n    otherwise: office\n",
        "  cells: ¦always\n",
        "support_hours.cells",
        '"always" has the wrong type',
        "write a mapping of keys and values",
    ),
    "a word of a support page for a dimension": Case(
        "by: [plan, priority]",
        "by: [plan, ¦severity]",
        "clocks.first_response.within.by[1]",
        '"severity" is not an allowed value',
        'did you mean "priority"?',
    ),
    "a word of a support page for a type": Case(
        "{type: double,",
        "{type: ¦number,",
        "facts.load.type",
        '"number" is not an allowed value',
        'did you mean "int"?',
    ),
    "no time in the words of a support page": Case(
        "within: 2 days",
        "within: ¦N/A",
        "clocks.triage.within",
        '"N/A" is not a duration',
        'write {guarantee: none, says: "..."}',
    ),
    "best effort in a cell": Case(
        "urgent: 2 business hours",
        "urgent: ¦best effort",
        "clocks.first_response.within.cells.gold.urgent",
        '"best effort" is not a duration',
        "{guarantee: best_effort,",
    ),
    "a text without a guarantee": Case(
        "{guarantee: best_effort, says:",
        "{says:",
        "clocks.first_response.within.cells",
        'the cell "silver.normal" has a text, but neither a time nor a guarantee',
        "{guarantee: best_effort,",
    ),
    "a rung at the deadline": Case(
        "at: 50%",
        "at: ¦deadline",
        "clocks.first_response.ladder[0].at",
        '"deadline" has the wrong format',
        'write "breach"',
    ),
    "a rung before the deadline": Case(
        "at: 50%",
        "at: ¦2 hours before the deadline",
        "clocks.first_response.ladder[0].at",
        "has the wrong format",
        'write "2 hours before"',
    ),
    "a key at the wrong place": Case(
        "notices:",
        "¦availability: 99.9\nnotices:",
        "availability",
        'the key "availability" is unknown',
        "it is a key of `remedies`",
    ),
    "a promise that is written as a clock": Case(
        "notices:",
        "¦updates: {every: 4 hours}\nnotices:",
        "updates",
        'the key "updates" is unknown',
        "write a clock with `repeats: true`",
    ),
    "hours in a text": Case(
        '    hours: {mon-sun: "00:00-24:00"}',
        "    hours: ¦Mon-Fri 8am-5pm",
        "calendars.always.hours",
        "has the wrong type",
        'hours: {mon-fri: "09:00-17:00"}',
    ),
    "calendars by plan without a table": Case(
        "  by: [plan]\n  cells:\n    gold: always\n    otherwise: office\n",
        "  gold: always\n  otherwise: office\n",
        "support_hours",
        "a mapping has the wrong type",
        "{by: [plan], cells: {...}}",
    ),
    "a part without its keys": Case(
        "  lead: {name: Lead, email: lead@acme.example, zone: Europe/Stockholm, locale: fr}",
        "  lead: ¦lead@acme.example",
        "contacts.lead",
        "has the wrong type",
        "with keys such as name, email, zone, locale",
    ),
    "a verdict that is not a refusal": Case(
        "verdict: not_covered",
        "verdict: ¦resolved",
        "coverage[0].verdict",
        '"resolved" is not an allowed value',
        "allowed: covered, not_covered, not_eligible",
    ),
    "a row below the last dimension": Case(
        "gold: {urgent: 2 business hours,",
        "gold: {urgent: {issue: 2 business hours},",
        "clocks.first_response.within.cells",
        '"gold.urgent" has rows below it',
        "add a dimension",
    ),
    "a row without cells": Case(
        "      cells: {gold: always, silver: office}",
        "      ¦cells: {gold: {}, silver: office}",
        "clocks.first_response.calendar.cells",
        'the row "gold" has no cells',
        "remove it",
    ),
}


@pytest.mark.parametrize("case", SCHEMA.values(), ids=SCHEMA.keys())
def test_a_structural_error_is_reported_at_its_place_with_a_fix(case: Case) -> None:
    text = broken(case.old, case.new)
    [problem] = problems_in(text)
    assert (problem.file, problem.path) == ("acme.yaml", case.path)
    assert case.wrong in problem.wrong
    assert case.right in problem.right
    for place in places_marked(text):
        assert (problem.line, problem.column) == place


def test_a_problem_is_one_line_with_a_place_for_editors() -> None:
    [problem] = problems_in(broken("within: 2 days", "within: 2 bussines days"))
    assert str(problem) == (
        'acme.yaml:107:13 clocks.triage.within: "2 bussines days" is not a duration; '
        'write for example "2 business days"'
    )


def test_all_errors_are_reported_at_once_in_the_order_of_the_file() -> None:
    text = broken("title: Acme support", "title: ¦3")
    text = broken("country: SE", "country: ¦Sweden", text)
    text = broken("within: 2 days", "within: ¦2 dais", text)
    text = broken("starts: [escalated]", "starts: [¦escalatd]", text)
    problems = problems_in(text)
    assert sorted((p.line, p.column) for p in problems) == sorted(places_marked(text))
    assert [p.line for p in problems] == sorted(p.line for p in problems)


def test_clauses_are_named_like_everything_else_with_an_underscore_or_a_hyphen() -> None:
    text = re.sub(r"(?m)(clause: |^  )hours(?=$|[:}])", r"\1opening_hours", POLICY)
    assert "clause: opening_hours" in text
    assert list(problems_in(text)) == []


def test_a_wrong_dimension_is_not_blamed_on_the_cells() -> None:
    assert len(problems_in(broken("by: [plan, priority]", "by: [plan, foo]"))) == 1


YAML = {
    "a key given twice": (
        "locale: en\n\nclauses",
        "locale: en\n¦locale: sv\n\nclauses",
        'the key "locale" is given twice, first in line 5',
    ),
    "a tab": ("  silver: {says: Silver}", "¦\tsilver: {says: Silver}", "a tab is not allowed here"),
    "a tag": ("title: Acme", "title: ¦!!python/name:os.system Acme", "the tag"),
    "an unclosed bracket": ("stops: [responded]", "stops: [responded\n    x¦: 1", "invalid YAML"),
    "a colon in a text": ("title: Acme support", "title: Acme¦: support", "invalid YAML"),
    "an unclosed quote": ("title: Acme support", 'title: "Acme support', "invalid YAML"),
    "an unknown escape": ("title: Acme support", 'title: "¦\\q"', "invalid YAML"),
    "a control character": ("title: Acme support", "title: Ac¦\x07me", "the control character"),
    "an alias of nothing": ("title: Acme support", "title: ¦*name", 'the alias "*name"'),
    "an alias of what contains it": (
        "starts: [escalated]",
        "starts: &a [¦*a]",
        'the alias "*a" has no complete anchor above it',
    ),
    "a merge key": ("title: Acme support", "title: Acme support\n¦<<: {}", "merge keys"),
    "a key that is a list": ("title: Acme support", "title: A\n? ¦[a]\n: b", "a key must be a"),
    "a second document": ("  claim_clause: credit", "  claim_clause: credit\n¦---\na: b", "second"),
}


@pytest.mark.parametrize(("old", "new", "wrong"), YAML.values(), ids=YAML.keys())
def test_unsupported_yaml_is_reported_at_its_place(old: str, new: str, wrong: str) -> None:
    text = broken(old, new)
    [problem] = problems_in(text)
    assert wrong in problem.wrong
    for place in places_marked(text):
        assert (problem.line, problem.column) == place


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "just words", "- a\n- b\n", "3"])
def test_a_file_without_a_document_is_an_error(text: str) -> None:
    [problem] = problems_in(text)
    assert problem.wrong in ("the file is empty", "the document is not a mapping of keys")


def test_the_first_byte_that_is_not_utf_8_is_reported() -> None:
    with pytest.raises(PolicyErrors) as refusal:
        read_policy(b"policy: acme\ntitle: Caf\xe9\n", "acme.yaml")
    [problem] = refusal.value.problems
    assert (problem.line, problem.column) == (2, 11)
    assert problem.wrong == "the byte 0xe9 is not UTF-8"


def test_a_byte_order_mark_is_ignored() -> None:
    assert read_policy(b"\xef\xbb\xbf" + POLICY.encode()).policy == "acme"


def test_a_file_of_more_than_a_megabyte_is_refused_unread(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    large.write_text("policy: acme # " + "x" * 1_000_000)
    with pytest.raises(PolicyErrors, match="larger than 1,000,000 bytes"):
        load_policy(large)


def test_a_few_lines_of_aliases_cannot_expand_into_millions_of_values() -> None:
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]" for i in range(1, 10)]
    [problem] = problems_in("\n".join(lines))
    assert f"more than {MAX_NODES:,} values" in problem.wrong


@pytest.mark.parametrize("opening", ["[", "{a: "])
def test_deep_nesting_is_an_error(opening: str) -> None:
    [problem] = problems_in("a: " + opening * 5_000)
    assert f"nested more than {MAX_DEPTH} levels deep" in problem.wrong


def test_nesting_through_aliases_counts() -> None:
    lines = ["l0: &l0 [x]"] + [f"l{i}: &l{i} [[[[[[[[*l{i - 1}]]]]]]]]" for i in range(1, 30)]
    [problem] = problems_in("\n".join(lines))
    assert "nested more than" in problem.wrong


def test_an_alias_stands_for_the_value_it_names() -> None:
    text = broken("stops: [triage_concluded]", "stops: &end [triage_concluded]")
    text = broken("tell: [requester, lead], clause", "tell: &who [requester, lead], clause", text)
    text = broken("tell: [requester], clause", "tell: *who, clause", text)
    assert read_policy(text).notices[1].tell == ("requester", "lead")


def test_yes_no_dates_and_times_are_texts_as_in_yaml_1_2() -> None:
    text = broken("title: Acme support", "title: no")
    assert read_policy(text).title == "no"
    unquoted = broken('fri: "09:00-15:00"', "fri: 09:00-15:00")
    assert read_policy(unquoted).calendars["office"].hours["fri"] == ("09:00-15:00",)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_the_problems_of_a_damaged_file_are_inside_the_file(
    data: st.DataObject,
) -> None:
    start = data.draw(st.integers(0, len(POLICY) - 1))
    length = data.draw(st.integers(0, 40))
    junk = data.draw(st.text("[]{}:,-'\"*&!|>%@#? \t\nab1", max_size=6))
    text = POLICY[:start] + junk + POLICY[start + length :]
    for problem in problems_in(text):
        assert 1 <= problem.line <= text.count("\n") + 1
        assert problem.column >= 1
        assert problem.wrong
        assert "<" not in problem.path


def test_the_sample_and_every_shipped_document_load_without_problems() -> None:
    assert problems_in(POLICY) == []
    assert problems_in(CONTRACT, contract=True) == []
    for path in SHIPPED.glob("*.yaml"):
        assert load_policy(path).policy
    for path in EXAMPLES.glob("*.yaml"):
        assert load_contract(path).account == path.stem


@pytest.mark.clause("contently/eligibility", "contently/escalation-update")
def test_the_example_contracts_name_their_publications_and_account_manager() -> None:
    harbour = load_contract(EXAMPLES / "harbour-media.yaml")
    assert [publication.active for publication in harbour.publications] == [True, False]
    assert harbour.contacts["account_manager"].zone == "America/Chicago"


CONTRACTS = {
    "an unknown key": ("plan: gold", "¦plann: gold\nplan: gold", 'did you mean "plan"?'),
    "an unknown zone": ("zone: America/New_York", "zone: ¦America/NewYork", "America/New_York"),
    "an unknown locale": ("locale: en\ncontacts", "locale: ¦klingon\ncontacts", '"en"'),
    "a contact's zone": ("zone: America/Chicago", "zone: ¦Chicago", "America/Chicago"),
    "a user without address": ("jo@letters.example", "¦jo", "mia@example.com"),
    "a pattern of users": ('"*@harbour.example"', '¦"*harbour.example"', "*@example.com"),
    "a publication twice": ("name: monthly", "name: ¦weekly", "remove one"),
}


@pytest.mark.parametrize(("old", "new", "right"), CONTRACTS.values(), ids=CONTRACTS.keys())
def test_an_error_in_a_contract_is_reported_at_its_place(old: str, new: str, right: str) -> None:
    text = broken(old, new, CONTRACT)
    [problem] = problems_in(text, contract=True)
    assert right in problem.right
    assert [(problem.line, problem.column)] == places_marked(text)


def test_a_contract_is_not_a_policy() -> None:
    with pytest.raises(PolicyErrors, match='the key "clauses" is missing'):
        read_policy(CONTRACT)
    with pytest.raises(PolicyErrors, match='the key "account" is missing'):
        read_contract(POLICY)


def test_a_file_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_policy(tmp_path / "none.yaml")


def test_the_samples_have_no_marks() -> None:
    assert HERE not in POLICY + CONTRACT
