"""Audits of Zendesk: pages in any order, delivered more than once, of deleted tickets too."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backtest.log.record import Record
from backtest.log.unreadable import Reason, Unreadable
from backtest.mapping.document import LogMapping
from backtest.readers.all_readers import read_log
from backtest.results.backtest_report import Note
from backtest.results.clock_result import ClockResult
from tests.backtest.made_up_logs import EXAMPLES, judged, mapping_of

MAPPING = mapping_of("zendesk")
LATER = datetime(2027, 1, 1, tzinfo=UTC)
CREATED: dict[str, Any] = {
    "id": 1,
    "ticket_id": 7,
    "created_at": "2026-03-02T09:00:00Z",
    "author_id": 71,
    "via": {"channel": "email"},
    "events": [
        {"type": "Comment", "public": True},
        {"type": "Create", "field_name": "requester_id", "value": "71"},
        {"type": "Create", "field_name": "status", "value": "new"},
    ],
}
ADDED = {**CREATED, "id": 2, "created_at": "2026-03-02T09:30:00Z", "events": CREATED["events"][:1]}
ANSWERED = {**ADDED, "id": 3, "author_id": 12, "created_at": "2026-03-02T10:00:00Z"}


def log_of(directory: Path, *pages: object) -> Path:
    path = directory / "audits.json"
    path.write_text("\n".join(map(json.dumps, pages)))
    return path


def read(path: Path, mapping: LogMapping = MAPPING) -> list[Record | Unreadable]:
    return [*read_log(path, mapping)]


def results(path: Path) -> list[ClockResult]:
    _, found = judged("zendesk", path, now=LATER)
    return [result._replace(place=0) for result in found]


def test_the_requester_is_known_whatever_the_order_of_the_audits(tmp_path: Path) -> None:
    oldest = [CREATED, ADDED, ANSWERED]
    authors = {}
    for name, audits in (("oldest", oldest), ("newest", oldest[::-1])):
        records = read(log_of(tmp_path, {"audits": audits}))
        authors[name] = {
            r.fields["audit_id"]: r.fields["author"] for r in records if isinstance(r, Record)
        }
    assert authors["oldest"] == {"1": "requester", "2": "requester", "3": "other"}
    assert authors["newest"] == authors["oldest"]


def test_newest_first_has_the_results_of_oldest_first(tmp_path: Path) -> None:
    lines = (EXAMPLES / "zendesk" / "audits.json").read_text().splitlines()
    audits = [json.loads(line.removesuffix(",")) for line in lines if line.startswith('{"id"')]
    assert results(log_of(tmp_path, {"audits": audits[::-1]})) == results(
        EXAMPLES / "zendesk" / "audits.json"
    )


def test_pages_that_overlap_count_each_audit_once(tmp_path: Path) -> None:
    log = EXAMPLES / "zendesk" / "audits.json"
    once, expected = judged("zendesk", log, now=LATER)
    twice = tmp_path / "twice.json"
    twice.write_text(log.read_text() * 2)
    report, found = judged("zendesk", twice, now=LATER)
    assert [r._replace(place=0) for r in found] == [r._replace(place=0) for r in expected]
    assert report.notes[Note.REPEATED_ROWS] == once.records
    assert report.tickets == once.tickets


def test_a_requester_who_is_replaced_is_the_requester_until_then(tmp_path: Path) -> None:
    handed_over = {
        **CREATED,
        "id": 4,
        "created_at": "2026-03-02T11:00:00Z",
        "author_id": 12,
        "events": [{"type": "Change", "field_name": "requester_id", "value": "72"}],
    }
    late = {**ADDED, "id": 5, "created_at": "2026-03-02T12:00:00Z"}
    records = read(log_of(tmp_path, {"audits": [late, handed_over, ANSWERED, ADDED, CREATED]}))
    authors = [r.fields["author"] for r in records if isinstance(r, Record)]
    assert authors == ["other", "other", "other", "requester", "requester"]


def test_a_comment_on_a_ticket_whose_creation_is_missing_leaves_it_out(tmp_path: Path) -> None:
    [broken] = read(log_of(tmp_path, {"audits": [ADDED]}))
    assert isinstance(broken, Unreadable)
    assert (broken.reason, broken.ticket) == (Reason.BROKEN, "7")
    assert "the requester is not known" in broken.text


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        pytest.param(
            [{"type": "Change", "field_name": "status", "value": "deleted"}],
            Reason.UNKNOWN_VALUE,
            id="deleted, which the mapping does not have",
        ),
        pytest.param("gone", Reason.BROKEN, id="no list of events"),
        pytest.param(["gone"], Reason.BROKEN, id="a list of texts"),
    ],
)
def test_a_ticket_with_an_audit_that_has_no_meaning_is_left_out_by_name(
    events: object, reason: Reason, tmp_path: Path
) -> None:
    odd = {**ANSWERED, "events": events}
    report, found = judged("zendesk", log_of(tmp_path, {"audits": [CREATED, odd]}), now=LATER)
    assert not found
    assert dict(report.left_out.tickets) == {reason: 1}


def test_the_incremental_export_has_the_results_of_the_audits(tmp_path: Path) -> None:
    def exported(audit: dict[str, Any]) -> dict[str, Any]:
        children = [
            {"event_type": "Comment", "comment_public": each["public"], "comment_present": True}
            if each["type"] == "Comment"
            else {"event_type": each["type"], each["field_name"]: each["value"]}
            for each in audit["events"]
        ]
        own = {name: audit[name] for name in ("id", "ticket_id", "created_at")}
        return {**own, "updater_id": audit["author_id"], "via": "Web", "child_events": children}

    audits = [CREATED, ADDED, ANSWERED]
    expected = results(log_of(tmp_path, {"audits": audits}))
    first = {"ticket_events": [exported(each) for each in audits[:2]], "end_of_stream": False}
    second = {"ticket_events": [exported(each) for each in audits[1:]], "end_of_stream": True}
    assert results(log_of(tmp_path, first, second)) == expected
