"""Clocks: SLA targets with start and stop events, pauses, and a ladder of notices.

`within` holds the target. `policies/terms/deadlines.py` computes the due time from it.
"""

from typing import Annotated, Any

from pydantic import Discriminator, Field, StringConstraints, Tag

from policies.business_time.durations import Duration, DurationText
from policies.schema.contract import Slug
from policies.schema.fields import Audience, ClauseId, Part, Rule, Text
from policies.schema.tables import Table
from policies.vocabulary import (
    EventType,
    Guarantee,
    LatenessMeasure,
    OnChange,
    PauseReason,
    Reopening,
)


class NoGuarantee(Part):
    """A target without a time: the kind of guarantee, and its text by locale."""

    guarantee: Guarantee
    says: dict[str, Text] = Field(default_factory=dict)
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


def _table_or_value(value: Any) -> str:
    is_table = isinstance(value, Table) or (isinstance(value, dict) and "by" in value)
    return "<table>" if is_table else "<value>"


Promises = Annotated[
    Annotated[Table[Promise], Tag("<table>")] | Annotated[Promise, Tag("<value>")],
    Discriminator(_table_or_value),
]
CalendarChoice = Annotated[
    Annotated[Table[Slug], Tag("<table>")] | Annotated[Slug, Tag("<value>")],
    Discriminator(_table_or_value),
]
RungPoint = Annotated[
    str,
    StringConstraints(
        pattern=r"^(breach|[1-9]\d?%|\d+ (business )?(minute|hour)s? before"
        r"|\d+ (business )?(minute|hour|day)s? after)$"
    ),
]


class Rung(Part):
    """A notification step of a clock: when, to which audiences, with which e-mail template, and
    whether it raises the ticket to the next management level.

    `at` is `75%`, `2 business hours before`, `breach`, or `1 business day after`.
    """

    at: RungPoint
    tell: tuple[Audience, ...] = Field(min_length=1)
    template: Slug | None = None
    raises_level: bool = False


class ClockRule(Rule):
    """An SLA clock: start and stop events, target, calendar, pauses and ladder.

    `promised: false` marks an internal target. `repeats` starts the next cycle when a cycle stops
    while the ticket is open. A clock that only `reminds` runs out without a breach. Notices about
    the event that starts an `announced` clock state its due time.

    `on_change` states what an open clock does when its promise changes: `recount` the same past
    against the new promise, `restart` the whole target from the change, or `keep` the old due time.
    `lateness` grows in elapsed time, or in the open time of the clock.
    """

    starts: tuple[EventType, ...] = Field(min_length=1)
    stops: tuple[EventType, ...] = Field(min_length=1)
    cancels: tuple[EventType, ...] = ()
    within: Promises
    calendar: CalendarChoice | None = None
    pauses: tuple[PauseReason, ...] = ()
    ladder: tuple[Rung, ...] = ()
    reopening: Reopening = Reopening.NONE
    on_change: OnChange = OnChange.RECOUNT
    lateness: LatenessMeasure = LatenessMeasure.ELAPSED
    repeats: bool = False
    promised: bool = True
    reminds: bool = False
    announced: bool = False


class PauseRule(Rule):
    """A reason for which clocks of this policy may pause."""
