"""Errors in mappings: each with its file, line and path, and what would be right."""

from pathlib import Path

import pytest

from backtest.mapping.loading import load_mapping
from policies.documents.problems import PolicyErrors
from tests.backtest.made_up_logs import EXAMPLES, policy_of

MAPPING = (EXAMPLES / "servicenow" / "mapping.yaml").read_text()


def problems(tmp_path: Path, old: str, new: str) -> str:
    assert old in MAPPING
    file = tmp_path / "mapping.yaml"
    file.write_text(MAPPING.replace(old, new, 1))
    with pytest.raises(PolicyErrors) as caught:
        load_mapping(file, policy_of("servicenow"))
    return str(caught.value).replace(f"{tmp_path}/", "")


@pytest.mark.parametrize("example", ["servicenow", "helpdesk", "volvo"])
def test_the_examples_have_no_errors(example: str) -> None:
    mapping = load_mapping(EXAMPLES / example / "mapping.yaml", policy_of(example))
    assert mapping.mapping == example


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "ticket: number\n",
            "",
            'mapping.yaml:3:1 the key "ticket" is missing; add the column with the number',
            id="a key is missing",
        ),
        pytest.param(
            "order:", "sort:", 'mapping.yaml:10:1 sort: the key "sort" is unknown', id="unknown key"
        ),
        pytest.param(
            "zone: UTC",
            "zone: Mars/Base",
            "mapping.yaml:9:38 time.zone: unknown time zone 'Mars/Base'; give an IANA name",
            id="unknown zone",
        ),
        pytest.param(
            "D/M/YYYY HH:mm",
            "HH:mm",
            'mapping.yaml:9:16 time.format: "HH:mm" is not a form of times',
            id="a form without a date",
        ),
        pytest.param(
            "at: sys_updated_at",
            "at: resolved_at",
            'mapping.yaml:29:3 leaks.resolved_at: the mapping reads "resolved_at", which leaks the',
            id="a column that leaks the future",
        ),
        pytest.param(
            "3 - Moderate: moderate",
            "3 - Moderate: modrate",
            'priority.values.3 - Moderate: the policy has no priority "modrate"; did you mean "mod',
            id="a priority that the policy does not have",
        ),
        pytest.param(
            "Active: [responded]",
            "Active: [responed]",
            'mapping.yaml:16:3 states.Active: "responed" is not an allowed value',
            id="an unknown event",
        ),
        pytest.param(
            "Active: [responded]",
            "Active: [milestone.shipped]",
            'mapping.yaml:16:3 states.Active: the policy has no milestone "shipped"',
            id="an unknown milestone",
        ),
        pytest.param(
            "Active: [responded]",
            "Active: [opened]",
            'states.Active: "opened" is not an event that a state or a row can stand for; `opened',
            id="an event that follows from another key",
        ),
        pytest.param(
            "waits: information",
            "waits: vendor",
            'mapping.yaml:17:52 states.Awaiting User Info.waits: the policy has no pause "vendor"',
            id="an unknown pause",
        ),
        pytest.param(
            "state: incident_state\n",
            "",
            "mapping.yaml:13:1 states: the column with the state is missing",
            id="states without a column",
        ),
        pytest.param(
            "  column: priority\n",
            "",
            "priority: a value is from a `column`, or `always` the same; write one of the two",
            id="a value from nowhere",
        ),
    ],
)
def test_an_error_names_its_place_and_what_is_right(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    assert expected in problems(tmp_path, old, new)


def test_all_errors_are_reported_at_once(tmp_path: Path) -> None:
    text = MAPPING.replace("zone: UTC", "zone: Mars/Base").replace("high}", "hgh}")
    file = tmp_path / "mapping.yaml"
    file.write_text(text.replace("2 - High: high", "2 - High: hgh"))
    with pytest.raises(PolicyErrors) as caught:
        load_mapping(file, policy_of("servicenow"))
    assert len(caught.value.problems) == 2
