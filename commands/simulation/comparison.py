"""Compares the expectations about a ticket with its state."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, JsonValue

from commands.scenario.expectation import (
    ClockExpectation,
    Expectation,
    ForecastExpectation,
    VerdictExpectation,
)
from commands.scenario.expectation_base import Audiences
from policies.coverage.verdict import Verdict
from policies.documents.problems import Path
from policies.documents.suggestions import quoted
from policies.vocabulary import Action, EventType, Role
from workflows.shared.notice_view import NoticeView
from workflows.ticket.model.views import ClockView, TicketView

ABSENT = "absent"
NOBODY = "nobody"


@dataclass(frozen=True)
class Comparison:
    """The comparison of one expectation; `path` is its place in the scenario."""

    path: Path
    expected: str
    found: str
    holds: bool

    def under(self, path: Path) -> "Comparison":
        """The same comparison, with its path below another one."""
        return Comparison((*path, *self.path), self.expected, self.found, self.holds)


@dataclass(frozen=True)
class Snapshot:
    """The state of a ticket after a step, with what is new since the previous step. `addresses` are
    those of the audiences that the policy and the contract name.
    """

    view: TicketView
    new_events: tuple[EventType, ...]
    notified: tuple[NoticeView, ...]
    allowed: Mapping[Role, tuple[Action, ...]]
    verdict: Verdict
    to_utc: Callable[[str], datetime]
    local: Callable[[datetime], str]
    addresses: Mapping[str, str] = field(default_factory=dict)


Comparisons = Iterator[Comparison]


def compare(expect: Expectation, snapshot: Snapshot) -> Comparisons:
    """Compares all expectations about the ticket, except refusals."""
    for name in Expectation.model_fields:
        if name in expect.model_fields_set and name in COMPARE:
            expectation = getattr(expect, name)
            yield from (c.under((name,)) for c in COMPARE[name](expectation, snapshot))


def compare_refusal(expect: Expectation, kind: str, reason: str) -> Comparisons:
    """Compares a refusal with the expected one; `kind` is empty without a refusal."""
    found = f"{kind}: {reason}" if kind else "no refusal"
    expected = expect.refused or "no refusal"
    yield Comparison(("refused",), expected, found, (expect.refused or "") == kind)
    if expect.because is not None:
        expected = f"a reason with {quoted(expect.because)}"
        yield Comparison(("because",), expected, found, expect.because in reason)


def equal(expected: Any, found: Any) -> Comparison:
    """Compares two values for equality."""
    return Comparison((), _value_text(expected), _value_text(found), expected == found)


def _field(name: str) -> Callable[[Any, Snapshot], Comparisons]:
    def compare_field(expectation: Any, snapshot: Snapshot) -> Comparisons:
        yield equal(expectation, getattr(snapshot.view, name))

    return compare_field


def _assignee(expectation: str | None, snapshot: Snapshot) -> Comparisons:
    assignee = snapshot.view.assignee
    yield equal(expectation, assignee.name if assignee else None)


def _clocks(expectation: Mapping[str, ClockExpectation | str], snapshot: Snapshot) -> Comparisons:
    latest = {clock.name: clock for clock in snapshot.view.clocks}
    for name, expected in expectation.items():
        clock = latest.get(name)
        if not isinstance(expected, ClockExpectation):
            found = ABSENT if clock is None else f"a clock that is {clock.state}"
            yield Comparison((name,), ABSENT, found, clock is None)
        elif clock is None:
            names = ", ".join(latest) or "none"
            yield Comparison((name,), "a clock", f"{ABSENT}; clocks: {names}", False)
        else:
            yield from (c.under((name,)) for c in _clock(expected, clock, snapshot))


def _clock(expectation: ClockExpectation, clock: ClockView, snapshot: Snapshot) -> Comparisons:
    due_at = _to_the_second(clock.due_at, snapshot) if clock.due_at else None
    found = {
        "state": clock.state,
        "cycle": clock.cycle,
        "due_at": due_at,
        "breached": clock.breached_at is not None,
        "left": None if clock.owed is None else hours(clock.owed),
    }
    expected = expectation.model_dump(include=expectation.model_fields_set)
    if expectation.due_at is not None:
        expected["due_at"] = _to_the_second(snapshot.to_utc(expectation.due_at), snapshot)
    for name, value in expected.items():
        yield equal(value, found[name]).under((name,))


def _to_the_second(at: datetime, snapshot: Snapshot) -> str:
    """The local time, with its seconds if there are any. What the workflow does by itself, such as
    a late settlement, takes some milliseconds; these are rounded.
    """
    exact = (at + timedelta(seconds=0.5)).replace(microsecond=0)
    return snapshot.local(exact) + (f":{exact:%S}" if exact.second else "")


def hours(seconds: float) -> str:
    """A duration in hours and minutes."""
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _guarantees(expectation: Mapping[str, str], snapshot: Snapshot) -> Comparisons:
    for clock, text in expectation.items():
        found = snapshot.view.guarantees.get(clock)
        holds = found is not None and text in found
        yield Comparison((clock,), f"a text with {quoted(text)}", _value_text(found), holds)


def _forecast(expectation: ForecastExpectation | None, snapshot: Snapshot) -> Comparisons:
    forecast = snapshot.view.forecast
    if expectation is None or forecast is None:
        yield Comparison(
            (), _fields_text(expectation), _fields_text(forecast), not (expectation or forecast)
        )
        return
    found = forecast.model_dump(mode="json")
    for name in sorted(expectation.model_fields_set):
        yield equal(getattr(expectation, name), found[name]).under((name,))


def _overrides(expectation: Mapping[str, JsonValue], snapshot: Snapshot) -> Comparisons:
    found = {override.path: override.contract for override in snapshot.view.overrides}
    for path, value in expectation.items():
        yield equal(value, found.get(path)).under((path,))


def _fields_text(forecast: BaseModel | None) -> str:
    fields = forecast.model_dump(mode="json", exclude_unset=True) if forecast else {}
    return ", ".join(f"{name} {value}" for name, value in fields.items()) or "none"


def _compare_notified(expectation: Audiences, snapshot: Snapshot) -> Comparisons:
    return compare_notified(expectation, snapshot.notified, snapshot.addresses)


def _compare_not_notified(unexpected: Audiences, snapshot: Snapshot) -> Comparisons:
    return compare_not_notified(unexpected, snapshot.notified)


def compare_notified(
    expectation: Mapping[str, tuple[str, ...]],
    received: Sequence[NoticeView],
    addresses: Mapping[str, str],
) -> Comparisons:
    """Compares that each audience received each notice. A person who is several audiences gets one
    e-mail, as the first of them, and was notified as all.
    """
    for notice, audiences in expectation.items():
        notified = _audiences(notice, received)
        reached = {n.to.casefold() for n in _matching(notice, received)}
        also = {name for name, address in addresses.items() if address.casefold() in reached}
        expected, found = ", ".join(audiences), ", ".join(notified) or NOBODY
        holds = {*audiences} <= {*notified} | also
        yield Comparison((notice,), f"{expected} notified", f"{found} notified", holds)


def compare_not_notified(
    unexpected: Mapping[str, tuple[str, ...]], received: Sequence[NoticeView]
) -> Comparisons:
    """Compares that none of the audiences received the notice."""
    for notice, audiences in unexpected.items():
        notified = _audiences(notice, received)
        expected, found = ", ".join(audiences), ", ".join(notified) or NOBODY
        holds = {*audiences}.isdisjoint(notified)
        yield Comparison((notice,), f"{expected} not notified", f"{found} notified", holds)


def _audiences(notice: str, received: Sequence[NoticeView]) -> list[str]:
    return list(dict.fromkeys(n.audience for n in _matching(notice, received)))


def _matching(notice: str, received: Sequence[NoticeView]) -> list[NoticeView]:
    """What was sent of a notice, which is named by its template or by clock, cycle and rung."""
    return [n for n in received if n.template == notice or n.key.startswith(f"{notice}/")]


def _events(expectation: tuple[EventType, ...] | None, snapshot: Snapshot) -> Comparisons:
    yield equal(expectation, snapshot.new_events)


def _allowed(expectation: Mapping[Role, tuple[Action, ...]], snapshot: Snapshot) -> Comparisons:
    for role, actions in expectation.items():
        allowed = snapshot.allowed[role]
        missing = [action for action in actions if action not in allowed]
        found = f"all but {', '.join(missing)}" if missing else "all of them"
        yield Comparison((role,), ", ".join(actions), found, not missing)


def _not_allowed(unexpected: Mapping[Role, tuple[Action, ...]], snapshot: Snapshot) -> Comparisons:
    for role, actions in unexpected.items():
        allowed = [action for action in actions if action in snapshot.allowed[role]]
        found = f"{', '.join(allowed)} allowed" if allowed else "none of them allowed"
        yield Comparison((role,), f"no {' or '.join(actions)}", found, not allowed)


def _verdict(expectation: VerdictExpectation, snapshot: Snapshot) -> Comparisons:
    for name in sorted(expectation.model_fields_set):
        yield equal(getattr(expectation, name), getattr(snapshot.verdict, name)).under((name,))


def _value_text(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(_value_text, value)) or "none" if isinstance(value, tuple) else str(value)


COMPARE: dict[str, Callable[[Any, Snapshot], Comparisons]] = {
    "stage": _field("stage"),
    "waiting_on": _field("waiting_on"),
    "closed_as": _field("closed_as"),
    "priority": _field("priority"),
    "assignee": _assignee,
    "level": _field("level"),
    "clocks": _clocks,
    "guarantees": _guarantees,
    "forecast": _forecast,
    "overrides": _overrides,
    "told": _compare_notified,
    "not_told": _compare_not_notified,
    "events": _events,
    "allowed_actions": _allowed,
    "not_allowed_actions": _not_allowed,
    "verdict": _verdict,
}
