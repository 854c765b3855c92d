"""A mapping proposed for a log, as YAML with comments on what is unsure."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from backtest.log.record import Record
from backtest.mapping.document import LogFormat, LogMapping
from backtest.readers.all_readers import read_log
from backtest.readers.log_file import LogError
from backtest.suggestion import columns as named
from backtest.suggestion.meanings import event_of, slug_of, state_of
from backtest.suggestion.sample import Sample, sample_of
from policies.documents.visible import visible_line

MOST_VALUES = 100
"""Values of a state or priority; a column with more is none."""
UNSURE = "unsure: "
_NOT_ANSWERED = re.compile(
    r"\b(new|open|opened|created?|queued|to do|registered|submitted|insert\w*)\b", re.IGNORECASE
)


def suggestion(path: Path) -> str:
    """The YAML of a mapping that loads. LogError if the log has no tickets with times."""
    return "\n".join(_Suggestion(path, sample_of(path)).lines()) + "\n"


class _Suggestion:
    """The parts of a mapping, found one after the other."""

    def __init__(self, path: Path, sample: Sample) -> None:
        self._path, self._sample = path, sample
        columns, records = sample.columns, sample.records
        self._nulls = named.nulls_of(records, columns)
        found = (named.times_of(column, self._values(column)) for column in columns)
        self._times = {each.column: each for each in found if each is not None}
        others = [column for column in columns if column not in self._times]
        ticket = named.ticket_of(records, others, self._nulls)
        if ticket is None:
            raise LogError(f"no column of {path} looks like the number of a ticket")
        if not self._times:
            raise LogError(f"no column of {path} looks like a time")
        self._ticket, self._others = ticket, [c for c in others if c != ticket]
        self._tickets = named.tickets_of(records, ticket)
        self._at = self._row_time()
        self._read = named.parser_of(self._times[self._at])
        self._leaks = {**dict(self._leaking_names()), **dict(self._leaking_times())}
        free = [c for c in self._others if c not in self._leaks]
        self._order = self._ordering(free)
        self._opened = self._opening()
        few = [c for c in free if 1 < len({*self._values(c)}) <= MOST_VALUES]
        self._state = self._state_columns(few)
        events = named.named([c for c in few if c not in self._state], named.EVENT)
        self._event = ["author", "comment"] if self._is_api else ([] if self._state else events[:1])
        used = {*self._state, *self._event}
        self._priorities = named.named([c for c in free if c not in used], named.PRIORITY)
        self._counts = self._all_values()

    @property
    def _is_api(self) -> bool:
        return self._sample.format in {LogFormat.JIRA, LogFormat.ZENDESK}

    def lines(self) -> Iterator[str]:
        """The lines of the file."""
        sample = self._sample
        name = visible_line(self._path.name)
        yield f"# Proposed for {name}. Correct what is unsure, then remove the comments."
        if not sample.is_whole:
            yield f"# Columns were judged by the first {len(sample.records):,} records."
        yield ""
        yield "mapping: " + (slug_of(re.sub(r"\..*", "", self._path.name)) or "log")
        yield f"format: {sample.format.value}"
        dialect = {
            **({"delimiter": sample.dialect.delimiter} if sample.dialect.delimiter != "," else {}),
            **({"encoding": sample.dialect.encoding} if sample.dialect.encoding != "utf-8" else {}),
        }
        if dialect:
            yield f"csv: {_yaml(dialect)}"
        if self._nulls:
            yield f"nulls: {_yaml(self._nulls)}"
        yield f"ticket: {_yaml(self._ticket)}"
        yield f"at: {_yaml(self._at)}"
        yield from self._time_lines()
        yield from self._order_lines()
        yield from self._state_lines()
        yield from self._event_lines()
        yield from self._priority_lines()
        if self._leaks:
            yield "leaks:"
            yield from (f"  {_yaml(c)}: {_yaml(why)}" for c, why in self._leaks.items())

    def _time_lines(self) -> Iterator[str]:
        times = self._times[self._at]
        # Another number of digits of the hour is no other time.
        day = times.format.partition(" ")[0]
        others = [name for name in times.others if name.partition(" ")[0] != day]
        others = [name for name in others if " H:" not in name or " H:" in times.format]
        if others and times.format != "iso":
            yield _comment(f"all times are also {', '.join(others)}")
        rule = {"format": times.format} if times.format != "iso" else {}
        if times.is_local:
            yield f"# {UNSURE}the times have no offset; name the zone in which they were written"
            yield f"time: {_yaml({**rule, 'zone': 'UTC'})}"
        elif rule:
            yield f"time: {_yaml(rule)}"

    def _order_lines(self) -> Iterator[str]:
        if self._order:
            yield f"order: {_yaml([self._order])}"
        elif (ties := self._ties()) > 0:
            yield f"# {UNSURE}{ties:,} rows have the time of the row before; the file orders them"
        if self._opened:
            rule: dict[str, Any] = {"at": self._opened}
            if self._order:
                rule["first_by"] = [self._order, self._at]
            yield f"opened: {_yaml(rule)}"

    def _state_lines(self) -> Iterator[str]:
        if not self._state and not self._event:
            yield f"# {UNSURE}no column looks like a state or an event"
            yield f"state: {_yaml(self._others[0] if self._others else self._at)}"
            yield 'states:\n  "*": []'
        if not self._state:
            return
        yield f"state: {_yaml(self._state[0] if len(self._state) == 1 else self._state)}"
        yield "states:"
        answers = self._answers()
        for name, number in self._counts["state"].most_common():
            meaning, unsure = self._meaning(name, number, answers)
            yield f"  {_yaml(name)}: {_yaml(meaning)}{_comment(unsure, '  ')}"
        if answers:
            yield _comment(f"any state but {', '.join(sorted(answers))} counts as a response")

    def _meaning(self, name: str, number: int, answers: set[str]) -> tuple[Any, str | None]:
        """The meaning of a state, and what is unsure about it."""
        if not re.search(r"[A-Za-z]", name):
            return "unchanged", f"{number:,} rows, no name of a state"
        events, waits, unsure = state_of(name)
        others = [other for other in self._counts["state"] if state_of(other)[1] and other != name]
        if waits and others:
            unsure = f"a wait, and so is {', '.join(others)}: are all of them for the requester?"
        if answers and name not in answers and "responded" not in events:
            events = ["responded", *events]
        if not waits:
            return events, unsure
        return ({"events": events} if events else {}) | {"waits": "information"}, unsure

    def _answers(self) -> set[str]:
        """The states in which nobody has responded yet: those whose name says so. None if few
        tickets begin in one of them.
        """
        if self._event:
            return set()
        begin = Counter(self._joined(ticket[0], self._state) for ticket in self._tickets)
        names = {n for n in self._counts["state"] if _NOT_ANSWERED.search(n)}
        is_usual = sum(begin[name] for name in names) >= 0.1 * len(self._tickets)
        return names if is_usual else set()

    def _event_lines(self) -> Iterator[str]:
        if self._is_api:
            yield "# A comment that the requester can read, by somebody else, is a response."
            yield "event: [author, comment]"
            yield 'events:\n  other/public: [responded]\n  "*": []'
        elif self._event:
            yield f"event: {_yaml(self._event[0])}"
            yield "events:"
            for name in self._counts["event"]:
                events, unsure = event_of(name)
                yield f"  {_yaml(name)}: {_yaml(events)}{_comment(unsure, '  ')}"

    def _priority_lines(self) -> Iterator[str]:
        for column in self._priorities[:1]:
            slugs = {name: slug_of(name) for name in self._counts["priority"]}
            if len(self._priorities) > 1:
                yield _comment(f"it could also be {', '.join(self._priorities[1:])}")
            yield "# The names of a policy's priorities are on the right."
            yield "priority:"
            yield f"  column: {_yaml(column)}"
            yield f"  values: {_yaml({name: slug for name, slug in slugs.items() if slug})}"

    def _values(self, column: str) -> list[str]:
        return named.values_of(self._sample.records, column, self._nulls)

    def _instants(self, ticket: Sequence[Record], column: str) -> list[datetime]:
        found = (self._read(r.fields.get(column) or "") for r in ticket)
        return [at for at in found if at is not None]

    def _row_time(self) -> str:
        """The column whose times differ from row to row of a ticket."""

        def moves(column: str) -> float:
            several = [ticket for ticket in self._tickets if len(ticket) > 1]
            changing = sum(len({r.fields.get(column) for r in t}) > 1 for t in several)
            return changing / len(several) if several else 0.0

        most = max(map(moves, self._times))
        moving = [c for c in self._times if moves(c) >= 0.9 * most and self._is_full(c)]
        return (named.named(moving, named.TIME) or moving or [*self._times])[0]

    def _is_full(self, column: str) -> bool:
        return len(self._values(column)) > 0.9 * len(self._sample.records)

    def _leaking_times(self) -> Iterator[tuple[str, str]]:
        """Columns with times after that of their own row."""
        for column, times in self._times.items():
            if column == self._at:
                continue
            read, late, known = named.parser_of(times), 0, 0
            for record in self._sample.records:
                own = self._read(record.fields.get(self._at) or "")
                at = read(record.fields.get(column) or "")
                if own is not None and at is not None:
                    known, late = known + 1, late + (at > own)
            if late > 0.05 * known:
                yield column, f"In {late / known:.0%} of the rows it is later than the row itself."

    def _leaking_names(self) -> Iterator[tuple[str, str]]:
        for column in self._sample.columns:
            if named.LEAKS.search(column) and column not in {self._at, self._ticket}:
                yield column, "By its name it is known at the end only."

    def _ordering(self, free: Sequence[str]) -> str | None:
        """A number that rises where rows of a ticket have the same time."""
        if self._is_api:
            return "id" if self._sample.format is LogFormat.JIRA else "audit_id"
        numbers = [c for c in free if self._is_full(c) and all(map(_is_number, self._values(c)))]

        def rises(column: str) -> tuple[int, int]:
            up = down = 0
            for ticket in self._tickets:
                rows = [(self._read(r.fields.get(self._at) or ""), r) for r in ticket]
                known = sorted((at, int(r.fields[column] or 0)) for at, r in rows if at)
                pairs = [*pairwise(known)]
                up += sum(b[1] > a[1] for a, b in pairs)
                down += sum(b[1] < a[1] for a, b in pairs)
            return up, down

        scores = {column: rises(column) for column in numbers}
        good = {c: up for c, (up, down) in scores.items() if up > 0 and down < 0.02 * up}
        likely = named.named(good, named.ORDER)
        return likely[0] if likely else max(good, key=lambda c: good[c]) if good else None

    def _ties(self) -> int:
        times = [[r.fields.get(self._at) for r in ticket] for ticket in self._tickets]
        return sum(a == b for ticket in times for a, b in pairwise(ticket))

    def _opening(self) -> str | None:
        """A time that a ticket has once, and that is not after its rows."""
        free = [c for c in self._times if c not in self._leaks and c != self._at]
        same = [
            column
            for column in free
            if self._is_full(column)
            and self._times[column].format == self._times[self._at].format
            and all(len({r.fields.get(column) for r in ticket}) == 1 for ticket in self._tickets)
        ]
        return next(iter(named.named(same, named.OPENED)), None)

    def _state_columns(self, few: Sequence[str]) -> list[str]:
        likely = named.named(few, named.STATE)
        if "concept:name" in likely and "lifecycle:transition" in few:
            return ["concept:name", "lifecycle:transition"]
        return likely[:1]

    def _all_values(self) -> dict[str, Counter[str]]:
        """All values of state, event and priority in the whole log."""
        wanted = {"state": self._state, "event": self._event, "priority": self._priorities[:1]}
        counts: dict[str, Counter[str]] = {name: Counter() for name in wanted}
        read = tuple(column for columns in wanted.values() for column in columns)
        mapping = LogMapping(
            mapping="values",
            format=self._sample.format,
            csv=self._sample.dialect,
            ticket=self._ticket,
            at=self._at,
            order=read,
        )
        for entry in read_log(self._path, mapping):
            if not isinstance(entry, Record):
                continue
            for name, columns in wanted.items():
                value = self._joined(entry, columns)
                if value and len(counts[name]) <= 10 * MOST_VALUES:
                    counts[name][value] += 1
        return counts

    def _joined(self, record: Record, columns: Sequence[str]) -> str:
        """The values of some columns, as a mapping joins them; empty if all of them are null."""
        nothing = {None, "", *self._nulls}
        values = [record.fields.get(column) for column in columns]
        known = ["" if v in nothing or v is None else v for v in values]
        return "/".join(known) if any(known) else ""


def _is_number(text: str) -> bool:
    return len(text) <= 15 and text.isascii() and text.isdecimal()


def _comment(unsure: str | None, before: str = "") -> str:
    """A comment on what is unsure, in the line of which it is."""
    return f"{before}# {UNSURE}{visible_line(unsure)}" if unsure else ""


def _yaml(value: Any) -> str:
    """A value in one line. JSON is YAML; plain words need no quotes."""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z_][\w.:]*\w|[A-Za-z]", value):
        plain = value.lower() not in {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}
        return value if plain else json.dumps(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_yaml(k)}: {_yaml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_yaml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
