"""CSV: one row for each record, in any order, with the names of the columns in the first line."""

import csv
import io
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO, NamedTuple

from backtest.log.record import Record
from backtest.log.unreadable import Reason, Unreadable
from backtest.mapping.document import LogMapping
from backtest.readers.log_file import LogError
from policies.documents.suggestions import MAX_CHOICES, closest, quoted

LONGEST_LINE = 1_000_000
"""Characters of a line; a longer one is skipped, so that no line fills the memory."""
LONGEST_HEADER = 500
"""Characters of a header that a message shows."""
TOO_LONG = f"has more than {LONGEST_LINE:,} characters"
LONGEST_FIELD = csv.field_size_limit()
DELIMITERS = ",;\t|"
"""What separates columns in most files."""
MOST_LINES = 1_000
"""Lines of one row, whose quoted columns can have line breaks."""


def read_csv(file: BinaryIO, mapping: LogMapping) -> Iterator[Record | Unreadable]:
    """The rows of a CSV; LogError if it lacks a column of the mapping."""
    # Bytes of another encoding stay visible, and equal texts stay equal.
    text = io.TextIOWrapper(
        file, encoding=mapping.csv.encoding, errors="backslashreplace", newline=""
    )
    try:
        yield from _records(_Lines(text), mapping)
    finally:
        text.detach()


def _records(lines: "_Lines", mapping: LogMapping) -> Iterator[Record | Unreadable]:
    rows = _Rows(lines, mapping.csv.delimiter)
    header = next((row for row in rows if isinstance(row, list)), None)
    if header is None:
        raise LogError(_no_header(lines))
    columns, places = mapping.columns, _places(header, mapping)
    number, ticket = len(header), header.index(mapping.ticket)
    yield from lines.unreadable()
    for row in rows:
        if isinstance(row, _Damaged):
            yield row.unreadable(ticket)
        elif len(row) == number:
            fields = dict(zip(columns, [row[p] for p in places], strict=True))
            yield Record(rows.line, fields, lines.fingerprint)
        else:
            wrong = f"{len(row)} columns in place of {number}"
            # The columns before a missing or additional one are right, and which that is, is not
            # known; but the last of a row that is too short may be cut off.
            is_short = len(row) < number
            before = row[:-1] if is_short else row[:1]
            yield _Damaged(rows.line, wrong, before).unreadable(ticket)
        if lines.too_long:
            yield from lines.unreadable()
    yield from lines.unreadable()


class _Damaged(NamedTuple):
    """A line that cannot be read, and its columns before the damage."""

    line: int
    wrong: str
    columns: list[str]

    def unreadable(self, place: int) -> Unreadable:
        """What cannot be read. It names a ticket, if that comes before the damage."""
        ticket = self.columns[place] if place < len(self.columns) else ""
        return Unreadable(Reason.BROKEN, self.line, self.wrong, ticket or None, is_certain=False)


def _no_header(lines: "_Lines") -> str:
    if lines.too_long:
        return f"the log is no CSV: its line {lines.too_long[0]} {TOO_LONG}"
    return "the log is empty"


class _Rows:
    """The rows of a CSV, and what is none. `line` is the last line of the row.

    A quote that is not closed would take all lines after it into one column. If a row goes on for
    too long, or is not sound, its first line alone is damaged, and the lines
    after it are read again.
    """

    def __init__(self, lines: "_Lines", delimiter: str) -> None:
        self.line = 0
        self._lines = lines
        self._delimiter = delimiter
        self._columns = 0
        self._reader = self._new()

    def __iter__(self) -> Iterator["list[str] | _Damaged"]:
        lines = self._lines
        while True:
            lines.taken.clear()
            try:
                row = next(self._reader)
            except StopIteration:
                return
            except (csv.Error, _UnclosedError) as error:
                yield self._first_line(error)
                continue
            if not row:
                continue
            if len(lines.taken) > 1 and not self._is_sound(row):
                yield self._first_line(_UnclosedError())
                continue
            self.line = lines.number
            self._columns = self._columns or len(row)
            yield row

    def _new(self) -> Any:
        return csv.reader(self._lines, delimiter=self._delimiter)

    def _is_sound(self, row: list[str]) -> bool:
        """Whether a row of several lines is one: no text stands after a closing quote."""
        strict = csv.reader(self._lines.taken, delimiter=self._delimiter, strict=True)
        with suppress(csv.Error):
            return next(strict) == row and self._columns in {0, len(row)}
        return False

    def _first_line(self, error: Exception) -> _Damaged:
        """The first line of a row as what cannot be read; the others will be read again."""
        taken = self._lines.taken
        line = self._lines.number - len(taken) + 1
        self._lines.give_back(taken[1:])
        self._reader = self._new()
        wrong = "a quote that is not closed"
        if not isinstance(error, _UnclosedError):
            wrong = f"no CSV: {error}"
        columns = next(csv.reader([taken[0][:LONGEST_FIELD]], delimiter=self._delimiter), [])
        return _Damaged(line, wrong, columns[:-1])


class _UnclosedError(Exception):
    """A quote that is not closed."""


class _Lines:
    """The lines of a text, empty in place of those that are too long. `taken` are those of the row
    that is being read, and `number` is the last one.
    """

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.too_long: list[int] = []
        self.taken: list[str] = []
        self.number = 0
        self._text = text
        self._again: deque[str] = deque()

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._text.readline(LONGEST_LINE)
        # A reader that wants more lines has an open quote.
        if len(self.taken) >= MOST_LINES or (not line and self.taken):
            self._again.appendleft(line)
            raise _UnclosedError
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) >= LONGEST_LINE and not line.endswith("\n"):
            self.too_long.append(self.number)
            while line and not line.endswith("\n"):
                line = self._text.readline(LONGEST_LINE)
            line = "\n"
        self.taken.append(line)
        return line

    @property
    def fingerprint(self) -> int:
        """The same for rows that are equal in all columns, as they are written."""
        return hash("".join(self.taken).rstrip("\r\n"))

    def give_back(self, lines: list[str]) -> None:
        """The last lines are to be read again."""
        self._again.extendleft(reversed(lines))
        self.number -= len(lines)

    def unreadable(self) -> Iterator[Unreadable]:
        """The lines that were too long, each once."""
        for line in self.too_long:
            yield Unreadable(Reason.BROKEN, line, f"a line that {TOO_LONG}")
        self.too_long.clear()


def _places(header: list[str], mapping: LogMapping) -> list[int]:
    """The place of each column of the mapping in a row."""
    header[0] = header[0].removeprefix("\ufeff").strip('"')
    missing = [column for column in mapping.columns if column not in header]
    if missing:
        raise LogError(_missing(missing, header))
    twice = [column for column in mapping.columns if header.count(column) > 1]
    if twice:
        raise LogError(f"the log has the column {quoted(twice[0])} twice")
    return [header.index(column) for column in mapping.columns]


def _missing(missing: list[str], header: list[str]) -> str:
    names = ", ".join(map(quoted, missing))
    if any("\0" in name for name in header):
        return f"the log has no column {names}; if it is UTF-16, add `csv: {{encoding: utf-16}}`"
    other = next((each for each in DELIMITERS if len(header) == 1 and each in header[0]), None)
    if other is not None:
        right = f"separated by {quoted(other)}, add `csv: {{delimiter: {quoted(other)}}}`"
        return f"the log has no column {names}; if its columns are {right}"
    likely = closest(missing[0], header)
    shown = ", ".join(name if name.isprintable() else quoted(name) for name in header[:MAX_CHOICES])
    has = f"it has {shown[:LONGEST_HEADER]}{', ...' if len(header) > MAX_CHOICES else ''}"
    return f"the log has no column {names}; {f'is it {quoted(likely)}?' if likely else has}"
