"""Issues of Jira: the changelog in any order gives the fields at the creation."""

import json
from pathlib import Path
from typing import Any

import pytest

from backtest.log.record import Record
from backtest.log.unreadable import Reason, Unreadable
from backtest.readers.all_readers import read_log
from tests.backtest.made_up_logs import mapping_of

CREATED = "2026-03-02T09:00:00.000+0100"
Changes = list[dict[str, Any]]


def change(number: int, at: str, field: str, before: str | None, after: str | None) -> Any:
    item = {"field": field, "fieldId": field, "fromString": before, "toString": after}
    return {"id": str(number), "created": at, "author": {"accountId": "a2"}, "items": [item]}


CHANGES = [
    change(101, "2026-03-02T10:00:00.000+0100", "status", "Open", "In Progress"),
    change(102, "2026-03-02T10:00:00.000+0100", "status", "In Progress", "Waiting for customer"),
    change(103, "2026-03-02T11:00:00.000+0100", "priority", "Low", "High"),
    change(104, "2026-03-03T11:00:00.000+0100", "status", "Waiting for customer", "Resolved"),
]


def read(directory: Path, histories: Changes, **changed: Any) -> list[Record | Unreadable]:
    issue = {
        "key": "SUP-1",
        "fields": {
            "created": CREATED,
            "status": {"name": "Resolved"},
            "priority": {"name": "High"},
            "comment": {"comments": [], "total": 0},
        },
        "changelog": {"total": len(histories), "histories": histories, **changed},
    }
    path = directory / "issues.json"
    path.write_text(json.dumps({"issues": [issue]}))
    return [*read_log(path, mapping_of("jira"))]


@pytest.mark.parametrize(
    "histories",
    [
        pytest.param(CHANGES, id="oldest first"),
        pytest.param(CHANGES[::-1], id="newest first"),
        pytest.param([CHANGES[1], CHANGES[3], CHANGES[0], CHANGES[2]], id="in no order"),
    ],
)
def test_the_creation_has_the_fields_from_before_the_first_change(
    histories: Changes, tmp_path: Path
) -> None:
    first, *_ = read(tmp_path, histories)
    assert isinstance(first, Record)
    assert (first.fields["at"], first.fields["status"]) == (CREATED, "Open")
    assert first.fields["priority"] == "Low"


def test_a_field_that_was_deleted_since_does_not_matter(tmp_path: Path) -> None:
    deleted = {"field": "Old severity", "fieldtype": "custom", "fromString": "1", "toString": "2"}
    gone = {**CHANGES[0], "id": "99", "items": [deleted]}
    both = {**CHANGES[0], "items": [deleted, *CHANGES[0]["items"]]}
    assert read(tmp_path, [gone, both, *CHANGES[1:]]) == read(tmp_path, CHANGES)


def test_an_issue_with_the_first_page_of_its_changelog_is_left_out(tmp_path: Path) -> None:
    [broken] = read(tmp_path, CHANGES, total=140, maxResults=100)
    assert isinstance(broken, Unreadable)
    assert (broken.reason, broken.ticket) == (Reason.BROKEN, "SUP-1")
    assert broken.text == "line 1: 4 of 140 entries of its changelog are there; fetch the rest"


@pytest.mark.parametrize("item", ["x", None, {"field": 7}, {}])
def test_a_change_that_is_not_one_is_reported_or_has_no_effect(
    item: object, tmp_path: Path
) -> None:
    odd = {**CHANGES[0], "items": [item, *CHANGES[0]["items"]]}
    found = read(tmp_path, [odd, *CHANGES[1:]])
    if isinstance(item, dict):
        assert found == read(tmp_path, CHANGES)
    else:
        assert [type(each) for each in found] == [Unreadable]
