"""A ticket as it is, and as it would be with another priority or other facts.

Both may change while the ticket is open, so its terms have the promises and calendars of every
priority, and of every choice of a fact by which a table of the policy goes. Facts that the contract
states do not change.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from pydantic import JsonValue

from policies.checks.references import rows_of
from policies.schema.policy import SupportPolicy
from policies.schema.tables import (
    FACTS,
    OTHERWISE,
    SEPARATOR,
    Dimension,
    Table,
    dimensions_of,
    fact_of,
    row_of,
)
from policies.terms.model.calendar import PinnedCalendar
from policies.terms.pinned_calendar import pin_calendar
from policies.vocabulary import Received

Value = TypeVar("Value")


class Variant(NamedTuple):
    """A ticket: its values in tables, and the calendar of its support hours."""

    values: dict[str, str]
    hours: str | None


class FactRows(NamedTuple):
    """The facts by which tables and rules go: the rows of a ticket, and those it may get later."""

    values: dict[str, str]
    changing: dict[str, tuple[str, ...]]

    @classmethod
    def of(
        cls,
        policy: SupportPolicy,
        of_contract: Mapping[str, JsonValue],
        stated: Mapping[str, JsonValue],
    ) -> "FactRows":
        """The rows of a request with these facts. A fact of the contract never changes."""
        names = dict.fromkeys(_facts_in_rules(policy))
        facts = {**stated, **of_contract}
        rows = {FACTS + name: row_of(facts.get(name)) or OTHERWISE for name in names}
        changing = {
            FACTS + name: rows_of(policy.facts[name])
            for name in names
            if policy.facts[name].given_by == "request" and name not in of_contract
        }
        return cls(rows, changing)


class Variants:
    """The variants of one ticket. `now` is the ticket as it is."""

    def __init__(
        self, policy: SupportPolicy, values: dict[str, str], facts: FactRows, received_at: datetime
    ) -> None:
        self._policy = policy
        self._values = values | facts.values
        self._received_at = received_at
        self._calendars: dict[str, PinnedCalendar] = {}
        self._changing = {str(Dimension.PRIORITY): tuple(policy.priorities), **facts.changing}
        self.now = self._with(self._values)

    @property
    def by_priority(self) -> dict[str | None, Variant]:
        """The ticket as it is, under None, and with each priority."""
        priorities: list[str | None] = [None, *self._policy.priorities]
        return {p: self._having({Dimension.PRIORITY: p} if p else {}) for p in priorities}

    @property
    def facts(self) -> dict[str, str | None]:
        """The facts that may change and on which promises depend, with their rows now."""
        rows = {d: self._values[d] for d in self._changing if fact_of(d)}
        return {d.removeprefix(FACTS): None if r == OTHERWISE else r for d, r in rows.items()}

    def open_in(self, *choices: Any) -> tuple[str, ...]:
        """The dimensions of these tables that may change, with those of the support hours if a
        table goes by the time of receipt.
        """
        used = [dimension for choice in choices for dimension in dimensions_of(choice)]
        if Dimension.RECEIVED in used:
            used += dimensions_of(self._policy.support_hours)
        return tuple(name for name in self._changing if name in used)

    def tabulate(
        self, by: tuple[str, ...], value_of: Callable[[Variant], Value | None]
    ) -> dict[str, Value]:
        """The cells of a table by these dimensions. Rows that equal `otherwise` are left out."""
        rows = self._rows(by, {}, value_of)
        return {SEPARATOR.join(parts) or OTHERWISE: value for parts, value in rows.items()}

    def choice(self, choice: Any) -> tuple[Any, dict[str, Any]]:
        """The value of a choice for the ticket as it is, and the parts of a table of it, which are
        empty unless it can change.
        """
        by, now = self.open_in(choice), select(choice, self.now.values)
        if not by:
            return now, {}
        cells = self.tabulate(by, lambda variant: select(choice, variant.values))
        return now, {"by": by, "cells": cells}

    def pinned(self, name: str) -> PinnedCalendar:
        """A calendar of the policy as plain data, from the year of receipt on."""
        if name not in self._calendars:
            policy, year = self._policy, first_year(self._received_at)
            self._calendars[name] = pin_calendar(name, policy.calendars[name], year, policy.locale)
        return self._calendars[name]

    def _rows(
        self,
        by: tuple[str, ...],
        changes: dict[str, str],
        value_of: Callable[[Variant], Value | None],
    ) -> dict[tuple[str, ...], Value]:
        if not by:
            value = value_of(self._having(changes))
            return {} if value is None else {(): value}
        first, rest = by[0], by[1:]
        others = self._rows(rest, {**changes, first: OTHERWISE}, value_of)
        table = {(OTHERWISE, *parts): value for parts, value in others.items()}
        for name in self._changing[first]:
            rows = self._rows(rest, {**changes, first: name}, value_of)
            if rows != others:
                table |= {(name, *parts): value for parts, value in rows.items()}
        return table

    def _having(self, changes: Mapping[str, str]) -> Variant:
        return self._with({**self._values, **changes})

    def _with(self, values: dict[str, str]) -> Variant:
        hours = select(self._policy.support_hours, values)
        if not hours:
            return Variant(values, None)
        is_open = self.pinned(hours).calendar.is_open(self._received_at)
        received = Received.INSIDE_HOURS if is_open else Received.OUTSIDE_HOURS
        return Variant({**values, Dimension.RECEIVED: received}, hours)


def select(choice: Table[Any] | Any, values: Mapping[str, str]) -> Any:
    """The value of a table, None if it has none, or the value that stands in its place."""
    return choice.pick(values) if isinstance(choice, Table) else choice


def has_facts(dimensions: tuple[str, ...]) -> bool:
    """Whether a fact is among these dimensions."""
    return any(fact_of(dimension) for dimension in dimensions)


def first_year(received_at: datetime) -> int:
    """The first year of the calendars of a ticket."""
    # On 1 January in UTC, it may still be 31 December in the zone of a calendar.
    return (received_at - timedelta(days=1)).year


def _facts_in_rules(policy: SupportPolicy) -> Iterator[str]:
    clocks = policy.clocks.values()
    choices: list[Any] = [policy.support_hours, policy.unassigned]
    choices += [policy.process.idle.tell] if policy.process.idle else []
    for clock in clocks:
        choices += [clock.within, clock.calendar, *(rung.tell for rung in clock.ladder)]
    for choice in choices:
        yield from filter(None, map(fact_of, dimensions_of(choice)))
    for facts in (*(r.facts for r in policy.channels), *(r.facts for r in policy.notices)):
        yield from facts
