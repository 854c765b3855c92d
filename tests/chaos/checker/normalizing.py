"""Brings parts of a ticket of the model and of the desk into one shape for comparison."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tests.chaos.model.clocks.clock import Cycle
from tests.chaos.model.document import Plain
from tests.chaos.model.events import Notice
from tests.chaos.model.ticket import Ticket

EQUAL = timedelta(milliseconds=1)


class ComparableEvent(NamedTuple):
    """An event with the part of its data that model and desk share."""

    type: str
    at: datetime
    role: str
    action_id: str | None
    data: dict[str, Any]

    def is_same(self, other: "ComparableEvent") -> bool:
        """Equal in everything, with times equal to the millisecond."""
        return self._replace(at=other.at) == other and abs(self.at - other.at) <= EQUAL


def model_event(
    kind: str, at: datetime, role: str, action_id: str | None, data: dict[str, Any]
) -> ComparableEvent:
    """An event of the model."""
    names = _COMPARED | {"due_at"} if kind == "due_time_agreed" else _COMPARED
    compared = {name: value for name, value in data.items() if name in names and value is not None}
    return ComparableEvent(kind, at, role, None if role == "system" else action_id, compared)


def desk_event(event: Plain) -> ComparableEvent:
    """An event of the desk's timeline."""
    data = event.get("data", {})
    at, role = parse_time(event["at"]), event["by"]["role"]
    return model_event(event["type"], at, role, event.get("action_id"), data)


_COMPARED = {
    *("clock", "cycle", "rung", "closed_as", "level", "audience", "begins_by", "proposed"),
    *("revision", "from", "to", "assignee", "outcomes", "viewpoint", "priority", "resolved"),
    *("decision", "facts", "release", "into", "milestone", "every"),
}


def status_fields(ticket: Ticket, view: Plain) -> Iterator[tuple[str, object, object]]:
    """Fields of a ticket: the name, the value of the model, and the value of the desk."""
    assignee = (view.get("assignee") or {}).get("id")
    yield "stage", ticket.stage, view["stage"]
    yield "waiting_on", ticket.waiting_on, view["waiting_on"]
    yield "closed_as", ticket.closed_as, view.get("closed_as")
    yield "priority", ticket.priority, view.get("priority")
    yield "assignee", (ticket.assignee or {}).get("id"), assignee
    until = view.get("contest_until")
    if not is_equal(ticket.contest_until, until):
        yield "contest_until", ticket.contest_until, until
    yield "merged_into", ticket.merged_into, view.get("merged_into")
    yield "forecast", _forecast(ticket.forecast), _forecast(view.get("forecast"))
    pending = [c.due_at for c in ticket.cycles if c.state == "running" or c.is_overdue]
    due = view.get("next_due")
    expected, found = min(pending, default=None), parse_time(due) if due else None
    if not is_equal(expected, due):
        yield "next_due", expected, found


def _forecast(forecast: Plain | None) -> object:
    if forecast is None:
        return None
    days = (str(forecast["begins_by"]), str(forecast["proposed"]))
    return (*days, forecast["revision"], bool(forecast.get("lapsed")), forecast["priorities"])


def model_clock(cycle: Cycle) -> dict[str, object]:
    """A cycle of the model, under the API's field names."""
    is_paused = cycle.state == "paused" and cycle.agreed_due is None
    return {
        "state": cycle.state,
        "clause": cycle.promise.clause or cycle.rule["clause"],
        "promised": cycle.rule.get("promised", True),
        "target": cycle.target_name,
        "started_at": cycle.started_at,
        "due_at": None if is_paused else cycle.due_at,
        "owed_seconds": cycle.owed.total_seconds() if is_paused else None,
        "paused_at": cycle.held_since,
        "breached_at": cycle.breached_at,
        "completed_at": cycle.completed_at,
    }


def is_equal(expected: object, found: object) -> bool:
    """Whether a value of the model equals one of an API document; times to the millisecond."""
    if isinstance(expected, datetime) and isinstance(found, str):
        return abs(expected - parse_time(found)) <= EQUAL
    if isinstance(expected, float) and isinstance(found, float | int):
        return abs(expected - found) < EQUAL.total_seconds()
    return expected == found


def model_notice(notice: Notice) -> tuple[object, ...]:
    """A notice of the model after its delivery or refusal, or in a digest."""
    is_refused = notice.to.endswith("@refused.example")
    status = "in_digest" if notice.is_held else "undeliverable" if is_refused else "sent"
    return (key_text(notice), notice.template, notice.audience, notice.to, status)


def desk_notice(notice: Plain) -> tuple[object, ...]:
    """A notice of the desk's document."""
    return tuple(notice[name] for name in ("key", "template", "audience", "to", "status"))


def key_text(notice: Notice) -> str:
    """A notice key in the API's form."""
    parts: Sequence[object] = [p for p in notice.key if p != 0]
    return "/".join(str(part) for part in parts)


def parse_time(text: str) -> datetime:
    """A time of an API document."""
    return datetime.fromisoformat(text)
