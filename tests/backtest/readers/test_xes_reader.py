import gzip
from pathlib import Path

import pytest

from backtest.log.record import Record
from backtest.log.unreadable import Reason, Unreadable
from backtest.mapping.document import LogFormat, LogMapping
from backtest.readers.all_readers import read_log
from backtest.readers.xes_reader import LONGEST_TRACE
from tests.backtest.made_up_logs import named, xes

MAPPING = LogMapping(
    mapping="small",
    format=LogFormat.XES,
    ticket="case:concept:name",
    at="time:timestamp",
    state=("concept:name",),
    states={},
)
FIRST = named("New @ 2016-01-01T00:00:00Z", "Done @ 2016-01-02T00:00:00Z")
LOG = xes([("Case 1", FIRST), ("Case 2", named("New @ 2016-01-03T00:00:00Z"))])


def read(tmp_path: Path, content: str | bytes) -> list[Record | Unreadable]:
    path = tmp_path / "log.xes"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return [
        each._replace(fingerprint=None) if isinstance(each, Record) else each
        for each in read_log(path, MAPPING)
    ]


def record(place: int, case: str, at: str, name: str) -> Record:
    fields = {"case:concept:name": case, "time:timestamp": at, "concept:name": name}
    return Record(place, fields)


EXPECTED = [
    record(1, "Case 1", "2016-01-01T00:00:00Z", "New"),
    record(2, "Case 1", "2016-01-02T00:00:00Z", "Done"),
    record(3, "Case 2", "2016-01-03T00:00:00Z", "New"),
]


def test_an_event_has_its_attributes_and_those_of_its_trace(tmp_path: Path) -> None:
    assert read(tmp_path, LOG) == EXPECTED


def test_a_gzip_is_read_as_it_is(tmp_path: Path) -> None:
    assert read(tmp_path, gzip.compress(LOG.encode())) == EXPECTED


def test_attributes_of_a_trace_count_for_the_events_before_them(tmp_path: Path) -> None:
    name = '<string key="concept:name" value="Case 2"/>'
    moved = LOG.replace(name, "")
    moved = moved[: moved.rindex("</trace>")] + name + moved[moved.rindex("</trace>") :]
    assert read(tmp_path, moved) == EXPECTED


def test_globals_and_nested_attributes_are_no_values(tmp_path: Path) -> None:
    scope = '<global scope="event"><string key="concept:name" value="UNKNOWN"/></global>'
    nested = '"New"><string key="concept:name" value="inner"/></string>'
    content = LOG.replace("<trace>", scope + "<trace>", 1).replace('"New"/>', nested, 1)
    assert read(tmp_path, content) == EXPECTED


@pytest.mark.parametrize(
    ("cut", "complete", "lost"),
    [
        pytest.param('"Done"', 0, "Case 1", id="in the first trace"),
        pytest.param('"2016-01-03', 2, "Case 2", id="in the second"),
    ],
)
def test_xml_that_breaks_off_keeps_the_traces_that_are_complete(
    tmp_path: Path, cut: str, complete: int, lost: str
) -> None:
    *records, broken = read(tmp_path, LOG[: LOG.index(cut)])
    assert records == EXPECTED[:complete]
    assert isinstance(broken, Unreadable)
    assert (broken.reason, broken.ticket) == (Reason.BROKEN, lost)
    assert "the XML breaks off" in broken.text


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "aaaa">]><log>&a;</log>'
    [broken] = read(tmp_path, bomb)
    assert isinstance(broken, Unreadable)
    assert "declares a document type" in broken.text


def test_what_is_no_xml_is_reported(tmp_path: Path) -> None:
    [broken] = read(tmp_path, "at,id,state\n1,2,3\n")
    assert isinstance(broken, Unreadable)
    assert broken.text == "line 1: the XML is broken: syntax error"


def test_a_trace_that_is_too_long_is_left_out_alone(tmp_path: Path) -> None:
    many = LOG.replace("</trace>", "<event/>" * LONGEST_TRACE + "</trace>", 1)
    [first, second] = read(tmp_path, many)
    assert isinstance(first, Unreadable)
    assert first.ticket == "Case 1"
    assert first.text.endswith("a trace of more than 100,000 events")
    assert isinstance(second, Record)
    assert second.fields["case:concept:name"] == "Case 2"


def test_traces_between_which_end_and_beginning_are_missing_are_left_out_by_name(
    tmp_path: Path,
) -> None:
    merged = LOG.replace("</trace>", "", 1)
    second = merged.rindex("<trace>")
    found = read(tmp_path, merged[:second] + merged[second + len("<trace>") :])
    assert [each.ticket for each in found if isinstance(each, Unreadable)] == ["Case 1", "Case 2"]
    assert len(found) == 2


def test_a_trace_without_a_beginning_after_a_broken_one_is_named(tmp_path: Path) -> None:
    broken = LOG.replace('"Done"', '"Done').replace("</trace>", "", 1)
    second = broken.rindex("<trace>")
    found = read(tmp_path, broken[:second] + broken[second + len("<trace>") :])
    assert [each.ticket for each in found if isinstance(each, Unreadable)] == ["Case 1", "Case 2"]
    assert len(found) == 2
