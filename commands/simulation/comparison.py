"""Comparisons: what was expected at a place of a scenario, and what was found."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from workflows.ticket.model.messages import ClockView, TicketView

ABSENT = "absent"
NOBODY = "nobody"


@dataclass(frozen=True)
class Comparison:
    """One expectation: `path` leads to it in the scenario."""

    path: Path
    expected: str
    found: str
    holds: bool

    def under(self, path: Path) -> "Comparison":
        """The same, seen from further up."""
        return Comparison((*path, *self.path), self.expected, self.found, self.holds)


@dataclass(frozen=True)
class Snapshot:
    """What there is to see of a ticket at one point of its story."""

    view: TicketView
    news: tuple[EventType, ...]
    told: tuple[NoticeView, ...]
    allowed: Mapping[Role, tuple[Action, ...]]
    verdict: Verdict
    instant: Callable[[str], datetime]
    local: Callable[[datetime], str]


Comparisons = Iterator[Comparison]


def compare(expect: Expectation, snapshot: Snapshot) -> Comparisons:
    """Every expectation about the ticket, compared; refusals are compared where they happen."""
    for name in Expectation.model_fields:
        if name in expect.model_fields_set and name in COMPARE:
            wanted = getattr(expect, name)
            yield from (c.under((name,)) for c in COMPARE[name](wanted, snapshot))


def compare_refusal(expect: Expectation, kind: str, reason: str) -> Comparisons:
    """Whether something was refused as expected; `kind` is empty when it was not refused."""
    found = f"{kind}: {reason}" if kind else "no refusal"
    wanted = expect.refused or "no refusal"
    yield Comparison(("refused",), wanted, found, (expect.refused or "") == kind)
    if expect.because is not None:
        said = quoted(expect.because)
        yield Comparison(("because",), f"a reason with {said}", found, expect.because in reason)


def equal(wanted: Any, found: Any) -> Comparison:
    """Whether what was found is what was wanted."""
    return Comparison((), _value_text(wanted), _value_text(found), wanted == found)


def _field(name: str) -> Callable[[Any, Snapshot], Comparisons]:
    def compare_field(wanted: Any, snapshot: Snapshot) -> Comparisons:
        yield equal(wanted, getattr(snapshot.view, name))

    return compare_field


def _assignee(wanted: str | None, snapshot: Snapshot) -> Comparisons:
    assignee = snapshot.view.assignee
    yield equal(wanted, assignee.name if assignee else None)


def _clocks(wanted: Mapping[str, ClockExpectation | str], snapshot: Snapshot) -> Comparisons:
    latest = {clock.name: clock for clock in snapshot.view.clocks}
    for name, expected in wanted.items():
        clock = latest.get(name)
        if not isinstance(expected, ClockExpectation):
            found = ABSENT if clock is None else f"a clock that is {clock.state}"
            yield Comparison((name,), ABSENT, found, clock is None)
        elif clock is None:
            running = ", ".join(latest) or "none"
            yield Comparison((name,), "a clock", f"{ABSENT}; there is {running}", False)
        else:
            yield from (c.under((name,)) for c in _clock(expected, clock, snapshot))


def _clock(wanted: ClockExpectation, clock: ClockView, snapshot: Snapshot) -> Comparisons:
    due_at = snapshot.local(_to_the_minute(clock.due_at)) if clock.due_at else None
    found = {
        "state": clock.state,
        "cycle": clock.cycle,
        "due_at": due_at,
        "breached": clock.breached_at is not None,
        "left": None if clock.owed is None else hours(clock.owed),
    }
    expected = wanted.model_dump(include=wanted.model_fields_set)
    if wanted.due_at is not None:
        expected["due_at"] = snapshot.local(snapshot.instant(wanted.due_at))
    for name, value in expected.items():
        yield equal(value, found[name]).under((name,))


def _to_the_minute(at: datetime) -> datetime:
    """The nearest minute: each action of a story takes a moment, now a longer, now a shorter one,
    and a clock that was paused is due by so much sooner or later.
    """
    return (at + timedelta(seconds=30)).replace(second=0, microsecond=0)


def hours(seconds: float) -> str:
    """A length in hours and minutes."""
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _guarantees(wanted: Mapping[str, str], snapshot: Snapshot) -> Comparisons:
    for clock, says in wanted.items():
        found = snapshot.view.guarantees.get(clock)
        holds = found is not None and says in found
        yield Comparison((clock,), f"a text with {quoted(says)}", _value_text(found), holds)


def _forecast(wanted: ForecastExpectation | None, snapshot: Snapshot) -> Comparisons:
    forecast = snapshot.view.forecast
    if wanted is None or forecast is None:
        yield Comparison(
            (), _expected_fields(wanted), _expected_fields(forecast), not (wanted or forecast)
        )
        return
    found = forecast.model_dump(mode="json")
    for name in sorted(wanted.model_fields_set):
        yield equal(getattr(wanted, name), found[name]).under((name,))


def _overrides(wanted: Mapping[str, JsonValue], snapshot: Snapshot) -> Comparisons:
    found = {override.path: override.contract for override in snapshot.view.overrides}
    for path, value in wanted.items():
        yield equal(value, found.get(path)).under((path,))


def _expected_fields(forecast: BaseModel | None) -> str:
    said = forecast.model_dump(mode="json", exclude_unset=True) if forecast else {}
    return ", ".join(f"{name} {value}" for name, value in said.items()) or "none"


def _compare_notified(wanted: Audiences, snapshot: Snapshot) -> Comparisons:
    return compare_told(wanted, snapshot.told)


def _compare_not_notified(unwanted: Audiences, snapshot: Snapshot) -> Comparisons:
    return compare_not_told(unwanted, snapshot.told)


def compare_told(wanted: Mapping[str, tuple[str, ...]], got: Sequence[NoticeView]) -> Comparisons:
    """Whether each audience got each notice."""
    for notice, audiences in wanted.items():
        told = _audiences(notice, got)
        expected, found = ", ".join(audiences), ", ".join(told) or NOBODY
        yield Comparison((notice,), f"{expected} told", f"{found} told", {*audiences} <= {*told})


def compare_not_told(
    unwanted: Mapping[str, tuple[str, ...]], got: Sequence[NoticeView]
) -> Comparisons:
    """Whether none of the audiences got the notice."""
    for notice, audiences in unwanted.items():
        told = _audiences(notice, got)
        expected, found = ", ".join(audiences), ", ".join(told) or NOBODY
        holds = {*audiences}.isdisjoint(told)
        yield Comparison((notice,), f"{expected} not told", f"{found} told", holds)


def _audiences(notice: str, told: Sequence[NoticeView]) -> list[str]:
    """Who got a notice of this template, or of this clock, cycle or rung."""
    got = (n for n in told if n.template == notice or n.key.startswith(f"{notice}/"))
    return list(dict.fromkeys(n.audience for n in got))


def _events(wanted: tuple[EventType, ...] | None, snapshot: Snapshot) -> Comparisons:
    yield equal(wanted, snapshot.news)


def _allowed(wanted: Mapping[Role, tuple[Action, ...]], snapshot: Snapshot) -> Comparisons:
    for role, actions in wanted.items():
        allowed = snapshot.allowed[role]
        missing = [action for action in actions if action not in allowed]
        found = f"all but {', '.join(missing)}" if missing else "all of them"
        yield Comparison((role,), ", ".join(actions), found, not missing)


def _not_allowed(unwanted: Mapping[Role, tuple[Action, ...]], snapshot: Snapshot) -> Comparisons:
    for role, actions in unwanted.items():
        allowed = [action for action in actions if action in snapshot.allowed[role]]
        found = f"{', '.join(allowed)} allowed" if allowed else "none of them allowed"
        yield Comparison((role,), f"no {' or '.join(actions)}", found, not allowed)


def _verdict(wanted: VerdictExpectation, snapshot: Snapshot) -> Comparisons:
    for name in sorted(wanted.model_fields_set):
        yield equal(getattr(wanted, name), getattr(snapshot.verdict, name)).under((name,))


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
