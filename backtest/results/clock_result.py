"""The result of one clock of one ticket, over all its cycles."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class ResultState(StrEnum):
    """The end of a clock: exactly one of these."""

    MET = "met"
    BREACHED = "breached"
    """It ran out in some cycle, whether or not it was completed later."""
    OPEN = "open"
    """It runs or pauses at the end of the log, and has not run out."""
    CANCELLED = "cancelled"
    """It ended without completion and without a breach: nobody needed it any more."""


class Why(StrEnum):
    """The rule by which a clock breached where a look at the completion alone would say `met`."""

    DEADLINE = "deadline"
    """The plain case: more time was counted than the target."""
    CLOSING = "closing"
    """Exactly the target was counted: it was used up at a closing, and the clock was completed in
    closed time after it. It rings at the closing (business time rule 4).
    """
    EARLIER_PROMISE = "earlier_promise"
    """It ran out under a priority or fact that changed later (rule of change C3)."""
    CHANGE = "change"
    """A change put the due time into the past: it breaches at the change (rule of change C2)."""


class ClockResult(NamedTuple):
    """One clock of one ticket. Times are in UTC; lengths are in seconds.

    `due` is the time of the first breach, or the due time as it is at the completion or at the end
    of the log, None while the clock pauses. `completed` is that of the last cycle. `target`,
    `target_seconds` and `counted_seconds` are those of the promise in force at the completion, or
    at the end of the log: its text, what it comes to from this start, and the time counted against
    it. `overdue_seconds` is the lateness of all cycles, `credits` the credits for it before caps,
    and `earned` their worth: pairs of a unit, such as `days` or `EUR`, and a decimal number.
    `month` is that of the start, in the zone of the clock's calendar, as `2016-02`.
    """

    ticket: str
    clock: str
    started: datetime
    due: datetime | None
    completed: datetime | None
    state: ResultState
    priority: str | None
    month: str
    target: str
    target_seconds: int
    counted_seconds: int
    overdue_seconds: int = 0
    credits: int = 0
    earned: tuple[tuple[str, str], ...] = ()
    breached_at: datetime | None = None
    why: Why | None = None
    cycles: int = 1
    clause: str = ""
    place: int = 0
