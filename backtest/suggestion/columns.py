"""The columns of a sample, by their names and values: which is the ticket, the time, the state."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from backtest.log.record import Record
from backtest.mapping.document import TimeRule
from backtest.mapping.instants import parser

_DATES = ("D/M/YYYY", "M/D/YYYY", "D.M.YYYY", "YYYY/MM/DD", "D-M-YYYY", "M-D-YYYY")
_HOURS = ("HH:mm", "HH:mm:ss", "H:mm", "H:mm:ss")
FORMATS = ("iso", *(f"{d} {h}" for h in _HOURS for d in _DATES), "epoch", "epoch_ms")
NULLS = ("?", "NULL", "null", "None", "N/A", "n/a", "NaN", "nan", "-", "(null)", r"\N", "(empty)")
TESTED = 200
"""Values of a column that are tried as times."""
TICKET = ("case:concept:name", "number", "ticket", "incident", "case", "issue", "key", "id")
TIME = ("updated", "timestamp", "changed", "modified", "at", "time", "date", "created")
OPENED = ("opened", "open", "created", "start", "reported", "registered")
STATE = ("state", "status", "concept:name", "stage", "phase")
EVENT = ("event", "activity", "action", "operation")
PRIORITY = ("priority", "severity", "urgency", "impact")
ORDER = ("mod_count", "sequence", "seq", "version", "order", "revision", "id")
LEAKS = re.compile(
    r"(resol|clos|solv|complet|finish|end|due)\w*[ _-]?(at|by|date|time|code|on)\b|made_sla|\bsla\b"
    r"|satisf|rating|csat|reopen|duration|outcome",
    re.IGNORECASE,
)
_NOT_A_TICKET = re.compile(r"state|status|count|priority|time|date|_at$|_by$", re.IGNORECASE)


class Times(NamedTuple):
    """A column of times. `others` are other formats that fit all of its values."""

    column: str
    format: str
    others: tuple[str, ...]
    is_local: bool


def values_of(records: Iterable[Record], column: str, nulls: Sequence[str]) -> list[str]:
    """The values of a column that are not null."""
    nothing = {None, "", *nulls}
    return [v for r in records if (v := r.fields.get(column)) not in nothing and v is not None]


def nulls_of(records: Sequence[Record], columns: Sequence[str]) -> list[str]:
    """The texts that stand for no value."""
    seen = Counter(r.fields.get(column) for r in records[:2_000] for column in columns)
    return [text for text in NULLS if seen[text] > 1]


def times_of(column: str, values: Sequence[str]) -> Times | None:
    """A column as one of times; None if it is not one."""
    tried = [*dict.fromkeys(values)][:TESTED]
    if not tried or (tried[0].isdecimal() and len(tried[0]) not in {10, 13}):
        return None
    fitting = [name for name in FORMATS if _share(name, tried) >= 0.95]
    if not fitting:
        return None
    fitting.sort(key=lambda name: -_share(name, tried))
    best = [name for name in fitting if _share(name, tried) == _share(fitting[0], tried)]
    is_local = _share(best[0], tried, zone=None) < 0.5
    return Times(column, best[0], tuple(best[1:]), is_local)


def parser_of(times: Times) -> Callable[[str], datetime | None]:
    """Reads a time; None if it is not one."""
    parse = parser(TimeRule(format=times.format, zone="UTC"))

    def read(text: str) -> datetime | None:
        try:
            return parse(text)
        except ValueError:
            return None

    return read


def named(columns: Iterable[str], hints: Sequence[str]) -> list[str]:
    """The columns whose names have one of these words, those with the first words first."""
    ranked = [(_rank(column, hints), number, column) for number, column in enumerate(columns)]
    return [column for rank, _, column in sorted(ranked) if rank < len(hints) * 3]


def ticket_of(
    records: Sequence[Record], columns: Sequence[str], nulls: Sequence[str]
) -> str | None:
    """The column with the number of the ticket: values that come again, but are many."""
    likely = [
        column
        for column in columns
        if not _NOT_A_TICKET.search(column)
        and len({*(found := values_of(records, column, nulls))}) > 1
        and (len(found) > 0.9 * len(records))
    ]
    by_name = named(likely, TICKET)
    by_number = sorted(likely, key=lambda column: -len({*values_of(records, column, nulls)}))
    return next(iter([*by_name, *by_number]), None)


def tickets_of(records: Iterable[Record], ticket: str) -> list[list[Record]]:
    """The records of each ticket."""
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(record.fields.get(ticket) or "", []).append(record)
    return [*found.values()]


def _share(name: str, values: Sequence[str], zone: str | None = "UTC") -> float:
    parse = parser(TimeRule(format=name, zone=zone))
    good = 0
    for value in values:
        try:
            good += 1990 <= parse(value).year <= 2100
        except ValueError:
            continue
    return good / len(values)


def _rank(column: str, hints: Sequence[str]) -> int:
    """The place of its first word in the hints: the name itself before a part of it."""
    words = re.split(r"[^a-z0-9]+", column.lower())
    for number, hint in enumerate(hints):
        if column.lower() == hint:
            return number
    for number, hint in enumerate(hints):
        if hint in words:
            return len(hints) + number
    for number, hint in enumerate(hints):
        if hint in column.lower():
            return 2 * len(hints) + number
    return 3 * len(hints)
