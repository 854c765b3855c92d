"""A sample of a log: its format, and its first records with all their columns."""

import csv
import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from backtest.log.record import Record
from backtest.mapping.document import CsvRule, LogFormat, LogMapping
from backtest.readers.all_readers import read_log
from backtest.readers.csv_reader import DELIMITERS
from backtest.readers.log_file import BROKEN, LogError, open_log

HEAD = 1 << 18
"""Bytes by which format and columns are found."""
LONGEST_PREAMBLE = 1 << 26
"""Bytes of an XES log before its first trace."""
RECORDS = 20_000
JIRA = ("key", "at", "id", "author", "comment", "status", "priority", "issuetype", "resolution")
ZENDESK = ("ticket_id", "created_at", "audit_id", "author", "comment", "status", "priority", "type")
_KEY = re.compile(r"""<\w+ [^>]*?key=["']([^"']{1,200})["']""")
_EVENTS = re.compile(r"<event>.*?(?:</event>|\Z)", re.DOTALL)


class Sample(NamedTuple):
    """A log as far as it was read. `columns` are those with any value."""

    format: LogFormat
    dialect: CsvRule
    columns: tuple[str, ...]
    records: list[Record]
    is_whole: bool


def sample_of(path: Path) -> Sample:
    """Reads the beginning of a log. LogError if it is no log, OSError if it cannot be opened."""
    with open_log(path) as file:
        try:
            head = file.content.read(HEAD)
            if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
                head = _with_traces(head, file.content)
        except BROKEN as error:
            raise LogError(f"{path} cannot be read: {error}") from None
    encoding = _encoding(head)
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    kind = _format(text)
    dialect = CsvRule(
        encoding=encoding, delimiter=_delimiter(text) if kind is LogFormat.CSV else ","
    )
    columns = _columns(kind, text, dialect)
    first = LogMapping(
        mapping="sample", format=kind, csv=dialect, ticket=columns[0], at=columns[0], order=columns
    )
    entries = read_log(path, first)
    records = [each for each in islice(entries, RECORDS) if isinstance(each, Record)]
    is_whole = next(entries, None) is None
    used = tuple(c for c in columns if any(record.fields.get(c) for record in records))
    return Sample(kind, dialect, used, records, is_whole)


def _with_traces(head: bytes, file: BinaryIO) -> bytes:
    """The beginning of an XES log, and its first traces: some have statistics before them."""
    passed = head
    while b"<trace" not in passed:
        more = file.read(HEAD)
        if not more or file.tell() > LONGEST_PREAMBLE:
            return head
        passed = passed[-len(b"<trace") :] + more
    begin = passed.index(b"<trace")
    return head[:1_000] + passed[begin:] + file.read(HEAD)


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        head[: -4 if len(head) == HEAD else None].decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _format(text: str) -> LogFormat:
    begin = text.lstrip()[:1]
    if begin == "<":
        return LogFormat.XES
    if begin in {"{", "["}:
        return LogFormat.JIRA if '"changelog"' in text or '"issues"' in text else LogFormat.ZENDESK
    return LogFormat.CSV


def _delimiter(text: str) -> str:
    """The one that most rows have as often as the header."""
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    if not lines:
        raise LogError("the log is empty")

    def score(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines]
        return (sum(count == counts[0] for count in counts) if counts[0] else 0, counts[0])

    return max(DELIMITERS, key=score)


def _columns(kind: LogFormat, text: str, dialect: CsvRule) -> tuple[str, ...]:
    if kind is LogFormat.JIRA:
        return JIRA
    if kind is LogFormat.ZENDESK:
        return ZENDESK
    if kind is LogFormat.CSV:
        lines = (line for line in text.splitlines(keepends=True) if line.strip())
        header = next(csv.reader(lines, delimiter=dialect.delimiter), [])
        return _named(header, "the log has no header with the names of its columns")
    events = _unique(key for event in _EVENTS.findall(text) for key in _KEY.findall(event))
    around = _unique(f"case:{key}" for key in _KEY.findall(_EVENTS.sub("", text)))
    return _named([*around, *events], "the XML has no traces with attributes")


def _named(columns: Iterable[str], wrong: str) -> tuple[str, ...]:
    named = tuple(column for column in columns if 0 < len(column) <= 200)
    if not named:
        raise LogError(wrong)
    return named


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
