"""The document of a mapping: structure only. `checks.py` checks that its parts agree.

mapping: servicenow
title: Audit log of incidents
format: csv
nulls: ["?"]
ticket: number
at: sys_updated_at
time: {format: D/M/YYYY HH:mm, zone: UTC}
order: [sys_mod_count]
opened: {at: opened_at}
state: incident_state
states:
  New: []
  Active: [responded]
  Awaiting User Info: {events: [responded], waits: information}
  Resolved: [responded, resolved]
  "-100": unchanged
priority: {column: priority, values: {1 - Critical: critical}}
leaks: {resolved_at: known only at the end}
"""

from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from policies.schema.contract import Slug
from policies.schema.events import EventName
from policies.schema.fields import Text

Column = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""A column of a CSV, the key of an XES attribute, or the name that a JSON reader gives a field."""


class MappingPart(BaseModel):
    """Any part of a mapping: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LogFormat(StrEnum):
    """The format of a log. `.gz` and `.zip` are seen by the file itself."""

    CSV = "csv"
    XES = "xes"
    JIRA = "jira"
    ZENDESK = "zendesk"


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Columns = Annotated[tuple[Column, ...], BeforeValidator(_listed), Field(min_length=1, max_length=5)]
"""A column, or several whose values are joined by `/`."""


class TimeRule(MappingPart):
    """How times are written. `format` is `iso`, `epoch`, `epoch_ms`, or a pattern such as
    `D/M/YYYY HH:mm`. `zone` is the zone of times without an offset; without it they are errors.
    """

    format: Annotated[str, StringConstraints(min_length=1, max_length=60)] = "iso"
    zone: str | None = None


class CsvRule(MappingPart):
    """The dialect of a CSV. `member` is the name of the file in a `.zip` that has several."""

    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8"
    member: str | None = None


class OpenedRule(MappingPart):
    """The opening of a ticket. `at` is the column with its time, by default that of the first row.
    The first row by the columns `first_by` has the priority, kind and facts at the opening; by
    default the first in order.
    """

    at: Column | None = None
    first_by: Annotated[tuple[Column, ...], BeforeValidator(_listed)] = ()


class StateRule(MappingPart):
    """The meaning of a state. `events` happen when a ticket enters it. `waits` is the reason for
    which clocks can pause in it: `information`, `engineering`, or a reason of the policy's own. A
    state that is `unchanged` leaves the one before it in force.
    """

    events: tuple[EventName, ...] = ()
    waits: Slug | None = None
    unchanged: bool = False


def _state(value: Any) -> Any:
    if value == "unchanged":
        return {"unchanged": True}
    return {"events": value} if isinstance(value, list | tuple) else value


State = Annotated[StateRule, BeforeValidator(_state)]
Events = Annotated[tuple[EventName, ...], BeforeValidator(_listed)]


class ValueRule(MappingPart):
    """A value of the request: from a column, translated by `values`, or the same for all tickets.
    `otherwise` is for what `values` does not have, and without it such a value is an error.
    """

    column: Column | None = None
    values: dict[str, Slug] = Field(default_factory=dict)
    otherwise: Slug | None = None
    always: Slug | None = None


def _value(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


Value = Annotated[ValueRule, BeforeValidator(_value)]


class LogMapping(MappingPart):
    """The meaning of a log. `states` has what happens when a ticket enters a state, `events` what a
    row stands for whatever was before it. A value is translated by its own name, else by the
    longest name that ends in `*` and fits; one that fits none is an error. In place of a column
    that is null, the row before holds.
    """

    missing_key_hints: ClassVar[dict[str, str]] = {
        "mapping": 'add its name, for example "mapping: servicenow"',
        "format": 'add the format of the log, for example "format: csv"',
        "ticket": 'add the column with the number of the ticket, for example "ticket: number"',
        "at": 'add the column with the time of a row, for example "at: updated_at"',
    }

    mapping: Slug
    title: Text | None = None
    format: LogFormat
    csv: CsvRule = CsvRule()
    nulls: tuple[str, ...] = ()
    ticket: Column
    at: Column
    time: TimeRule = TimeRule()
    order: Annotated[tuple[Column, ...], BeforeValidator(_listed)] = ()
    opened: OpenedRule = OpenedRule()
    state: Columns | None = None
    states: dict[str, State] = Field(default_factory=dict)
    event: Columns | None = None
    events: dict[str, Events] = Field(default_factory=dict)
    priority: Value | None = None
    kind: Value | None = None
    channel: Value | None = None
    plan: Value | None = None
    region: Value | None = None
    facts: dict[Slug, Value] = Field(default_factory=dict)
    leaks: dict[Column, Text] = Field(default_factory=dict)
    """Columns that no rule may read, because they hold what was only known later, and why."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the mapping reads, each once."""
        values = (self.priority, self.kind, self.channel, self.plan, self.region)
        named = [value.column for value in (*values, *self.facts.values()) if value]
        opened = (self.opened.at, *self.opened.first_by)
        read = (self.ticket, self.at, *self.order, *opened, *(self.state or ()))
        return tuple(dict.fromkeys(c for c in (*read, *(self.event or ()), *named) if c))
