"""Reading: the records of one ticket as its rows, by a mapping."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import JsonValue

from backtest.log.record import Record
from backtest.log.ticket import LoggedTicket, Request, Row, number_in
from backtest.log.unreadable import Reason, Unreadable
from backtest.mapping.document import LogMapping, StateRule, ValueRule
from backtest.mapping.instants import parser
from backtest.mapping.translation import UnknownValueError, translator
from policies.documents.visible import visible_line
from policies.schema.clocks import PauseRule
from policies.schema.policy import SupportPolicy
from policies.vocabulary import EventType, PauseReason

ENDS = frozenset({EventType.RESOLVED, EventType.CLOSED, EventType.WITHDRAWN, EventType.MERGED})
"""Events after which a ticket is not worked on."""
UNKNOWN = StateRule()
"""The state before the first one that is known."""
JOINT = "/"
_ASKED = PauseRule(
    clause="information",
    starts=(EventType.INFORMATION_REQUESTED,),
    stops=(EventType.INFORMATION_PROVIDED,),
)
"""The events of the wait for the requester, which every ticket has."""
_OF_EVERY_POLICY = frozenset(PauseReason)
MOST_DIGITS = 18
"""A longer text is sorted as a text, even if all of it are digits."""


class Entry(NamedTuple):
    """A record of a ticket with its time; `fields` are the values of `LogMapping.columns`."""

    at: datetime
    place: int
    fields: tuple[str | None, ...]
    fingerprint: int | None = None


class Reading:
    """A mapping, compiled. It reads records in two steps: each by itself into an entry or what is
    wrong with it, then all entries of a ticket.
    """

    def __init__(self, mapping: LogMapping, policy: SupportPolicy | None, now: datetime) -> None:
        """`policy` has the events of its own reasons to pause, which single entries do not need;
        `now` is the time of the run.
        """
        self.mapping = mapping
        self._now = now
        pauses = policy.pauses if policy is not None else {}
        own = {name: rule for name, rule in pauses.items() if rule.starts}
        self._waits = {PauseReason.INFORMATION: _ASKED, **own}
        self._nulls = frozenset({None, "", *mapping.nulls})
        self._columns = mapping.columns
        self._parse = parser(mapping.time)
        self._index = {name: number for number, name in enumerate(self._columns)}
        self._state = translator(mapping.states, "state")
        self._event = translator(mapping.events, "event")
        self._requests = {
            name: self._value(rule, name)
            for name in ("priority", "kind", "channel", "plan", "region")
            if (rule := getattr(mapping, name)) is not None
        }
        self._facts = {name: self._value(rule, name) for name, rule in mapping.facts.items()}

    def entry(self, record: Record) -> tuple[str, Entry] | Unreadable:
        """The ticket of a record, and the record as an entry of it."""
        mapping, get, nulls = self.mapping, record.fields.get, self._nulls
        ticket, text = get(mapping.ticket), get(mapping.at)
        if ticket is None or ticket in nulls:
            wrong = f'the column "{mapping.ticket}" names no ticket'
            return Unreadable(Reason.NO_TICKET, record.place, wrong)
        number = number_in(ticket)
        if number is None:
            wrong = f'the number in the column "{mapping.ticket}" has {len(ticket):,} characters'
            return Unreadable(Reason.BROKEN, record.place, wrong)
        ticket = number
        if text is None or text in nulls:
            wrong = f'the column "{mapping.at}" has no time'
            return Unreadable(Reason.NO_TIME, record.place, wrong, ticket)
        try:
            at = self._parse(text)
        except ValueError as error:
            return self._bad_time(record.place, ticket, text, str(error))
        if at > self._now:
            return Unreadable(Reason.FUTURE, record.place, f'"{text}" is in the future', ticket)
        values = [None if (value := get(column)) in nulls else value for column in self._columns]
        return ticket, Entry(at, record.place, tuple(values), record.fingerprint)

    def _bad_time(self, place: int, ticket: str, text: str, wrong: str) -> Unreadable:
        """A record whose time cannot be read. If its ticket is a time, the columns are swapped."""
        if not ticket.isdecimal():
            with suppress(ValueError):
                self._parse(ticket)
                columns = f'"{self.mapping.ticket}" and "{self.mapping.at}"'
                wrong = f"the columns {columns} seem to be swapped"
                return Unreadable(Reason.BROKEN, place, wrong, text, is_certain=False)
        return Unreadable(Reason.BAD_TIME, place, wrong, ticket)

    def ticket(self, number: str, entries: Iterable[Entry]) -> LoggedTicket | Unreadable:
        """The ticket with these entries, of which there is at least one, in any order."""
        every = sorted(entries, key=self._order)
        ordered = [*_once(every)]
        first = self._first(ordered)
        try:
            opened_at = self._opened_at(first, ordered[0])
            request = self._request(first)
            rows = tuple(self._rows(ordered, opened_at))
        except UnknownValueError as error:
            place = self._unknown_at(ordered) or first.place
            return Unreadable(Reason.UNKNOWN_VALUE, place, str(error), number)
        except ValueError as error:
            return Unreadable(Reason.BAD_TIME, first.place, str(error), number)
        moved = sum(entry.at < opened_at for entry in ordered)
        repeated = len(every) - len(ordered)
        return LoggedTicket(number, opened_at, request, rows, first.place, moved, repeated)

    def _unknown_at(self, ordered: Sequence[Entry]) -> int | None:
        """The place of the first entry with a state, event or value that is unknown."""
        for entry in ordered:
            try:
                tuple(self._rows([entry], entry.at))
            except UnknownValueError:
                return entry.place
        return None

    def _get(self, entry: Entry, column: str) -> str | None:
        return entry.fields[self._index[column]]

    def _order(self, entry: Entry) -> tuple[Any, ...]:
        values = (_sortable(self._get(entry, column)) for column in self.mapping.order)
        return (entry.at, *values, entry.place)

    def _first(self, ordered: Sequence[Entry]) -> Entry:
        """The entry that says as what the ticket was opened."""
        columns = self.mapping.opened.first_by
        if not columns:
            return ordered[0]

        def key(entry: Entry) -> tuple[Any, ...]:
            return (*(self._placed(entry, column) for column in columns), entry.place)

        return min(ordered, key=key)

    def _placed(self, entry: Entry, column: str) -> Any:
        return entry.at if column == self.mapping.at else _sortable(self._get(entry, column))

    def _opened_at(self, first: Entry, earliest: Entry) -> datetime:
        column = self.mapping.opened.at
        if column is None:
            return earliest.at
        text = self._get(first, column)
        if text is None:
            raise ValueError(f'the column "{column}" has no time of the opening')
        at = self._parse(text)
        if at > self._now:
            raise ValueError(f'"{text}" is in the future')
        return at

    def _request(self, first: Entry) -> Request:
        values = {name: value(first) for name, value in self._requests.items()}
        return Request(**values, facts=dict(self._stated(first)))

    def _stated(self, entry: Entry) -> Iterator[tuple[str, JsonValue]]:
        for name, value in self._facts.items():
            stated = value(entry)
            if stated is not None:
                yield name, stated

    def _rows(self, ordered: Sequence[Entry], opened_at: datetime) -> Iterator[Row]:
        state, before, is_open = UNKNOWN, None, True
        facts: Mapping[str, JsonValue] = {}
        for entry in ordered:
            name = self._joined(entry, self.mapping.state)
            rule = UNKNOWN if name is None else self._state(name)
            if name is None or rule.unchanged:
                rule, name = state, before
            is_entered = name != before
            if is_entered:
                is_open = ENDS.isdisjoint(rule.events)
            waiting = self._waiting(state.waits, rule.waits, is_open=is_open)
            happened = self._joined(entry, self.mapping.event)
            events = self._event(happened) if happened is not None else ()
            stated = dict(self._stated(entry))
            facts = {**facts, **stated} if stated else facts
            yield Row(
                at=max(entry.at, opened_at),
                place=entry.place,
                state=None if name is None else visible_line(name),
                events=(*events, *(rule.events if is_entered else ()), *waiting),
                waits=rule.waits if rule.waits in _OF_EVERY_POLICY else None,
                is_open=is_open if self.mapping.state else None,
                priority=self._priority(entry),
                facts=facts,
            )
            state, before = rule, name

    def _waiting(self, before: str | None, now: str | None, *, is_open: bool) -> Iterator[str]:
        """The events by which a wait ends and the next one begins. A ticket that ends is not
        answered.
        """
        if before == now:
            return
        ended, begun = self._waits.get(before or ""), self._waits.get(now or "")
        if ended is not None and is_open:
            yield from ended.stops[:1]
        if begun is not None:
            yield from begun.starts[:1]

    def _priority(self, entry: Entry) -> str | None:
        value = self._requests.get("priority")
        return value(entry) if value is not None else None

    def _joined(self, entry: Entry, columns: Sequence[str] | None) -> str | None:
        """The value of a column, or of several: null if all of them are."""
        if not columns:
            return None
        if len(columns) == 1:
            return self._get(entry, columns[0])
        values = [self._get(entry, column) for column in columns]
        return JOINT.join(value or "" for value in values) if any(values) else None

    def _value(self, rule: ValueRule, what: str) -> Callable[[Entry], str | None]:
        if rule.column is None:
            return lambda _: rule.always
        index = self._index[rule.column]
        names = dict(rule.values)
        if rule.otherwise is not None:
            names.setdefault("*", rule.otherwise)
        translate = translator(names, what) if names else str

        def value(entry: Entry) -> str | None:
            text = entry.fields[index]
            return None if text is None else translate(text)

        return value


def _once(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries without those that were delivered before."""
    seen: set[int] = set()
    for entry in entries:
        if entry.fingerprint is None or entry.fingerprint not in seen:
            yield entry
        if entry.fingerprint is not None:
            seen.add(entry.fingerprint)


def _sortable(text: str | None) -> tuple[int, int, str]:
    """Numbers by value, before other texts; nulls first."""
    if text is None:
        return (0, 0, "")
    if len(text) <= MOST_DIGITS and text.isascii() and text.removeprefix("-").isdecimal():
        return (1, int(text), "")
    return (2, 0, text)
