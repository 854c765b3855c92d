"""The explanation of a result: what happened to its clock, step by step."""

from datetime import datetime
from typing import NamedTuple


class Step(NamedTuple):
    """A change of a clock. Times are in UTC.

    `events` are the names of what happened, as in the policy; `state` is the state in the log, and
    `place` where the row is in the file: None for what the clock did by itself. `clock` is its
    state after the step, `due` its due time if it does not pause, and `counted_seconds` the time
    counted so far.
    """

    at: datetime
    events: tuple[str, ...]
    clock: str
    due: datetime | None
    counted_seconds: int
    cycle: int = 1
    priority: str | None = None
    state: str | None = None
    place: int | None = None
