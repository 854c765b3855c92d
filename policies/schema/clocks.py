"""Clocks: SLA targets with start and stop events, pauses, and a ladder of notices.

`within` holds the target. `policies/terms/deadlines.py` computes the due time from it.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    WithJsonSchema,
)

from policies.business_time.durations import Duration, DurationText
from policies.schema.contract import SLUG, Slug
from policies.schema.events import EventName
from policies.schema.fields import Audience, ClauseId, Part, Rule, Says, TimeOfDay
from policies.schema.tables import Table
from policies.vocabulary import (
    EventType,
    Guarantee,
    LatenessMeasure,
    OnChange,
    OnExpiry,
    Reopening,
)


class NoGuarantee(Part):
    """A target without a time: the kind of guarantee, and its text."""

    guarantee: Guarantee
    says: Says | None = None
    clause: ClauseId | None = None


class Within(Part):
    """A target with a clause of its own."""

    within: DurationText
    clause: ClauseId


def _promise_kind(value: Any) -> str:
    if isinstance(value, Within) or (isinstance(value, dict) and "within" in value):
        return "<target>"
    return "<guarantee>" if isinstance(value, dict | NoGuarantee) else "<duration>"


Promise = Annotated[
    Annotated[NoGuarantee, Tag("<guarantee>")]
    | Annotated[Within, Tag("<target>")]
    | Annotated[DurationText, Tag("<duration>")],
    Discriminator(_promise_kind),
]


def length_of(promise: Any) -> Duration | None:
    """The duration of a target; None for a guarantee without a time."""
    length = promise.within if isinstance(promise, Within) else promise
    return length if isinstance(length, Duration) else None


def table_or_value(value: Any) -> str:
    """The tag of a value that may be a table."""
    is_table = isinstance(value, Table) or (isinstance(value, dict) and "by" in value)
    return "<table>" if is_table else "<value>"


Promises = Annotated[
    Annotated[Table[Promise], Tag("<table>")] | Annotated[Promise, Tag("<value>")],
    Discriminator(table_or_value),
]
CalendarChoice = Annotated[
    Annotated[Table[Slug], Tag("<table>")] | Annotated[Slug, Tag("<value>")],
    Discriminator(table_or_value),
]
AudienceChoice = Annotated[
    Annotated[Table[Audience], Tag("<table>")] | Annotated[Audience, Tag("<value>")],
    Discriminator(table_or_value),
]
Audiences = tuple[Audience, ...]
AudiencesChoice = Annotated[
    Annotated[Table[Audiences], Tag("<table>")] | Annotated[Audiences, Tag("<value>")],
    Discriminator(table_or_value),
]
RungPoint = Annotated[
    str,
    StringConstraints(
        pattern=r"^(breach|[1-9]\d?%"
        r"|\d+ (business )?(minute|hour|day)s?(, same time)? (before|after|after start))$"
    ),
]


def _raised_level(value: Any) -> Any:
    is_name = isinstance(value, str) and re.fullmatch(SLUG, value)
    if isinstance(value, bool) or (isinstance(value, int) and value > 0) or is_name:
        return value
    raise ValueError("is not a level; write its number, the name of its audience, or true")


RaisedLevel = Annotated[
    bool | int | str,
    BeforeValidator(_raised_level),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "boolean"},
                {"type": "integer", "minimum": 1},
                {"type": "string", "pattern": SLUG},
            ],
            "description": "The number of the level, the name of its audience, or true.",
        }
    ),
]


class Rung(Part):
    """A notification step of a clock: when, to which audiences, with which e-mail template, and
    the management level to which it raises the ticket.

    `at` is `75%`, `2 business hours before`, `breach`, `1 business day after` the deadline, or
    `2 business days after start`. `raises_level` is the number or the audience of a level, or true
    for the level after that of the raising rung before it. A rung that raises a level tells its
    audience, and needs no `tell`. `tell` can be a table.
    """

    at: RungPoint
    tell: AudiencesChoice = ()
    template: Slug | None = None
    raises_level: RaisedLevel = False


def raised_levels(
    ladder: Sequence[Rung], audiences: Sequence[Collection[str]]
) -> Iterator[int | None]:
    """For each rung the number of the level that it raises to; None if it raises to none.

    `audiences` are those that each level can have.

    `true` is the level after that of the raising rung before it, so each ladder has its own count,
    whatever people raised meanwhile. A name that is not among the audiences raises to none.
    """
    last = 0
    for rung in ladder:
        level = _number(rung.raises_level, last, audiences)
        last = level or last
        yield level


def _number(
    raises: bool | int | str, last: int, audiences: Sequence[Collection[str]]
) -> int | None:
    if isinstance(raises, bool):
        return last + 1 if raises else None
    if isinstance(raises, int):
        return raises
    numbers = (number for number, names in enumerate(audiences, 1) if raises in names)
    return next(numbers, None)


class ClockRule(Rule):
    """An SLA clock: start and stop events, target, calendar, pauses and ladder.

    `promised: false` marks an internal target. `repeats` starts the next cycle when a cycle stops
    while the ticket is open. A clock that only `reminds` runs out without a breach; `on_expiry`
    states whether it then closes or resolves the ticket, for want of an answer. Notices about
    the event that starts an `announced` clock state its due time; the acknowledgement can be
    announced besides another clock.

    `on_change` states what an open clock does when its promise changes: `recount` the same past
    against the new promise, `restart` the whole target from the change, `keep` the old due time, or
    `continue` from the change with the rest of the new target: time already used stays used.
    With `agreed`, an agent can agree another due time with the requester.
    `lateness` grows in elapsed time, or in the open time of the clock. A start event after the
    local time `cut_off`, or on a date without open time, counts from the opening of the next open
    day.
    """

    starts: tuple[EventName, ...] = Field(min_length=1)
    stops: tuple[EventName, ...] = Field(min_length=1)
    cancels: tuple[EventName, ...] = ()
    within: Promises
    calendar: CalendarChoice | None = None
    pauses: tuple[Slug, ...] = ()
    ladder: tuple[Rung, ...] = ()
    reopening: Reopening = Reopening.NONE
    on_change: OnChange = OnChange.RECOUNT
    lateness: LatenessMeasure = LatenessMeasure.ELAPSED
    cut_off: TimeOfDay | None = None
    repeats: bool = False
    promised: bool = True
    reminds: bool = False
    on_expiry: OnExpiry | None = None
    announced: bool = False
    agreed: bool = False

    @property
    def reminds_of_questions(self) -> bool:
        """Whether its rungs remind the requester of an answer that is awaited."""
        is_question = EventType.INFORMATION_REQUESTED in self.starts
        return self.reminds and (is_question or self.on_expiry is not None)


class PauseRule(Rule):
    """A reason for which clocks of this policy may pause. A reason of the policy's own lasts from
    an event of `starts` to one of `stops`.
    """

    starts: tuple[EventName, ...] = ()
    stops: tuple[EventName, ...] = ()
