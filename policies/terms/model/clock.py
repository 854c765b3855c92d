"""The terms of a clock: its events, its promises, and the ladder of its rungs."""

from collections.abc import Mapping
from functools import cached_property

from policies.business_time.durations import Duration, parse_duration
from policies.schema.tables import OTHERWISE, Dimension, Table
from policies.terms.model.pinned import Sparse
from policies.terms.model.promise import NOTHING_PROMISED, PromiseTerms
from policies.terms.model.table_rows import NO_FACTS, AudiencesTable, row_values
from policies.vocabulary import EventType, LatenessMeasure, OnChange, OnExpiry, Reopening

Audiences = tuple[str, ...]


class RungTerms(Sparse):
    """A rung: a share of the target, or a duration before or after its end, or after its start."""

    at: str
    tell: tuple[str, ...]
    template: str | None = None
    raises_level: bool = False
    level: int | None = None
    """The level to which it raises the ticket; in terms pinned before levels had names, None."""
    tell_by: AudiencesTable | None = None
    """The audiences by priority and facts, if they depend on these; `tell` are those at first."""

    def audiences(self, priority: str | None, facts: Mapping[str, str] = NO_FACTS) -> Audiences:
        """Whom it notifies, for a ticket of this priority with these rows of facts."""
        if self.tell_by is None:
            return self.tell
        return self.tell_by.pick(row_values(priority, facts)) or ()

    @property
    def every_audience(self) -> frozenset[str]:
        """All whom it may notify."""
        tables = self.tell_by.cells.values() if self.tell_by else ()
        return frozenset(self.tell).union(*tables)

    @property
    def share(self) -> float | None:
        """0.75 for `75%`, 1.0 for `breach`; None for a duration."""
        if self.at == "breach":
            return 1.0
        return int(self.at[:-1]) / 100 if self.at.endswith("%") else None

    @property
    def distance(self) -> tuple[Duration, bool]:
        """The duration, and whether it is after the deadline; ValueError for a share."""
        length, _, _ = self.at.removesuffix(" start").rpartition(" ")
        return parse_duration(length), self.is_after

    @property
    def is_after_start(self) -> bool:
        """Whether the rung is counted from the start of the clock."""
        return self.at.endswith(" after start")

    @property
    def is_after(self) -> bool:
        """Whether the rung is after the deadline."""
        return self.at.endswith(" after")


BY_PRIORITY = (str(Dimension.PRIORITY),)


class ClockTerms(Sparse):
    """One clock of a ticket. `promises` are by priority; `otherwise` is for all others.

    Events are named by their type, or as `milestone.NAME`.

    Where tables go by facts that may change, `by` has the dimensions of the promises, and
    `calendars` the calendar for each priority and each choice of the facts.
    """

    name: str
    clause: str
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    promises: dict[str, PromiseTerms]
    by: tuple[str, ...] = BY_PRIORITY
    calendars: Table[str] | None = None
    cancels: tuple[str, ...] = ()
    calendar: str | None = None
    cut_off: str | None = None
    pauses: tuple[str, ...] = ()
    ladder: tuple[RungTerms, ...] = ()
    reopening: Reopening = Reopening.NONE
    on_change: OnChange = OnChange.RECOUNT
    lateness: LatenessMeasure = LatenessMeasure.ELAPSED
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

    @property
    def outlasts_resolution(self) -> bool:
        """Whether it counts work that is promised after the resolution, such as a report."""
        return EventType.RESOLVED in self.starts

    @property
    def is_acknowledgement(self) -> bool:
        """Whether it counts the time until the ticket is acknowledged."""
        return EventType.ACKNOWLEDGED in self.stops

    @cached_property
    def starting_events(self) -> frozenset[str]:
        """The events that may start a cycle, or continue the last one."""
        return frozenset((*self.starts, EventType.REOPENED))

    def promise(self, priority: str | None, facts: Mapping[str, str] = NO_FACTS) -> PromiseTerms:
        """The promise for a ticket of this priority, with these facts: their rows by name."""
        promise = self._target(priority, facts)
        if self.calendars is None:
            return promise
        calendar = self.calendars.pick(row_values(priority, facts))
        return promise.model_copy(update={"calendar": calendar})

    def _target(self, priority: str | None, facts: Mapping[str, str]) -> PromiseTerms:
        if self.by == BY_PRIORITY:
            others = self.promises.get(OTHERWISE, NOTHING_PROMISED)
            return self.promises.get(priority or OTHERWISE, others)
        table = Table[PromiseTerms].model_construct(by=self.by, cells=self.promises)
        return table.pick(row_values(priority, facts)) or NOTHING_PROMISED
