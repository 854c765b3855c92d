"""The ladder of a cycle: when each rung is due (docs/policies.md, `ladder`)."""

from collections.abc import Iterator
from datetime import datetime

from tests.chaos.model import business_time
from tests.chaos.model.business_time import NOTHING
from tests.chaos.model.clocks.clock import BREACH, Cycle
from tests.chaos.model.document import Plain

AFTER_START, AFTER, BEFORE = " after start", " after", " before"


def rungs(cycle: Cycle) -> Iterator[tuple[datetime, str, Plain]]:
    """The rungs that have not fired, each with its time. A clock that pauses has none."""
    if not cycle.is_open or cycle.held_since is not None:
        return
    resumed_at = [pause.until for pause in cycle.pauses() if pause.until is not None]
    ladder = {rung["at"]: rung for rung in cycle.rule.get("ladder", ())}
    ladder.setdefault(BREACH, {"at": BREACH, "tell": []})
    for name, rung in ladder.items():
        at = _time_of(cycle, name) if name not in cycle.fired else None
        if at is not None:
            # What lay in a pause is told at its end, and what lay before the start at the start.
            at = max([at, cycle.started_at, *resumed_at])
            # A level that a change has put into the past is told at the change.
            yield max(at, cycle.promised_at) if rung.get("raises_level") else at, name, rung


def is_overtaken(cycle: Cycle, rung: tuple[datetime, str, Plain]) -> bool:
    """Whether a change has put the next rung into the past, so that it stands at the change."""
    at, name, rule = rung
    is_over = cycle.is_overtaken if name == BREACH else bool(rule.get("raises_level"))
    return is_over and at == cycle.promised_at


def skip_warnings(cycle: Cycle, at: datetime) -> None:
    """A warning whose time a new promise puts in the past is never sent."""
    progress = cycle.progress()
    waiting = [wait for wait in cycle.pauses() if wait.until is None]
    until = waiting[-1].since if cycle.is_held() else at
    owed = progress.owed
    if not cycle.is_held() or cycle.agreed_due is not None:
        owed = max(NOTHING, owed - max(NOTHING, cycle.between(progress.anchor, at)))
    for rung in cycle.rule.get("ladder", ()):
        name = rung["at"]
        if name == BREACH or rung.get("raises_level") or _is_after(name):
            continue
        if name.endswith(AFTER_START) or _days_before(name):
            time = _time_of(cycle, name)
            is_passed = time is not None and time <= until
        elif name.endswith("%"):
            is_passed = owed <= cycle.total * (1 - int(name[:-1]) / 100)
        else:
            is_passed = owed <= business_time.plain_length(name.removesuffix(BEFORE))
        if is_passed:
            cycle.fired.add(name)


def _is_after(name: str) -> bool:
    return name.endswith(AFTER)


def _days_before(name: str) -> int | None:
    """The business days of a rung that counts them back from the due time."""
    amount, _, unit = name.partition(" ")
    return int(amount) if unit in {"business day before", "business days before"} else None


def _time_of(cycle: Cycle, name: str) -> datetime | None:
    """The time of a rung; None for one after the deadline while there is no breach."""
    progress = cycle.progress()
    if name == BREACH:
        return cycle.runs_out_at
    if name.endswith(AFTER_START):
        return _time_since(cycle, cycle.begins, name.removesuffix(AFTER_START))
    if _is_after(name):
        # Pauses move it as they move a due time.
        breached = cycle.breached_at
        return _time_since(cycle, breached, name.removesuffix(AFTER)) if breached else None
    days = _days_before(name)
    if days is not None and cycle.calendar is not None:
        return cycle.calendar.days_before(progress.due, days)
    if name.endswith("%"):
        left = cycle.total * (1 - int(name[:-1]) / 100)
    else:
        left = business_time.plain_length(name.removesuffix(BEFORE))
        if business_time.is_elapsed(name.removesuffix(BEFORE)):
            return progress.due - left
    return cycle.add(progress.anchor, max(NOTHING, progress.owed - left))


def _time_since(cycle: Cycle, anchor: datetime, length: str) -> datetime:
    due = business_time.due(length, anchor, cycle.calendar)
    owed = business_time.between(length, anchor, due, cycle.calendar)
    for pause in cycle.pauses():
        begins = max(pause.since, anchor)
        if pause.until is None or pause.until <= begins:
            continue
        if begins > due:
            break
        owed -= business_time.between(length, anchor, begins, cycle.calendar)
        anchor = pause.until
        if business_time.between(length, begins, anchor, cycle.calendar):
            due = business_time.add(length, anchor, owed, cycle.calendar)
    return due
