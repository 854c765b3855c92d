"""CSV: one row for each record, in any order, with the names of the columns in the first line."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from backtest.log.record import Record
from backtest.log.unreadable import Reason, Unreadable
from backtest.mapping.document import LogMapping
from backtest.readers.log_file import LogError
from policies.documents.suggestions import closest, quoted

LONGEST_LINE = 1_000_000
"""Characters of a line; a longer one is skipped, so that no line fills the memory."""


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
    rows = csv.reader(lines, delimiter=mapping.csv.delimiter)
    header = next(rows, None)
    if header is None:
        raise LogError("the log is empty")
    columns, places = mapping.columns, _places([*header], mapping)
    number = len(header)
    while True:
        begins = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            yield _broken(begins, rows.line_num, f"no CSV: {error}")
            continue
        if len(row) == number:
            yield Record(rows.line_num, dict(zip(columns, [row[p] for p in places], strict=True)))
        elif row:
            yield _broken(begins, rows.line_num, f"{len(row)} columns in place of {number}")
    for line in lines.too_long:
        wrong = f"a line of more than {LONGEST_LINE:,} characters"
        yield Unreadable(Reason.BROKEN, line, wrong)


def _broken(begins: int, ends: int, wrong: str) -> Unreadable:
    """A row that cannot be read. A quote that is not closed can swallow many lines."""
    lines = f" in lines {begins} to {ends}" if ends > begins else ""
    return Unreadable(Reason.BROKEN, begins, wrong + lines)


class _Lines:
    """The lines of a text, empty in place of those that are too long."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.too_long: list[int] = []
        self._text = text
        self._number = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self._number += 1
        if len(line) < LONGEST_LINE or line.endswith("\n"):
            return line
        self.too_long.append(self._number)
        while line and not line.endswith("\n"):
            line = self._text.readline(LONGEST_LINE)
        return "\n"


def _places(header: list[str], mapping: LogMapping) -> list[int]:
    """The place of each column of the mapping in a row."""
    header[0] = header[0].removeprefix("\ufeff")
    missing = [column for column in mapping.columns if column not in header]
    if missing:
        likely = closest(missing[0], header)
        right = f"is it {quoted(likely)}?" if likely else f"it has {', '.join(header)}"
        names = ", ".join(map(quoted, missing))
        raise LogError(f"the log has no column {names}; {right}")
    twice = [column for column in mapping.columns if header.count(column) > 1]
    if twice:
        raise LogError(f"the log has the column {quoted(twice[0])} twice")
    return [header.index(column) for column in mapping.columns]
