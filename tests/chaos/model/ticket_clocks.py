"""How the clocks of a ticket follow its events (docs/policies.md, `clocks`)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from tests.chaos.model.clock import Cycle, Promise, Wait
from tests.chaos.model.document import Plain
from tests.chaos.model.events import Event
from tests.chaos.model.terms import Request

ENDINGS = {"resolved", "closed", "withdrawn", "merged"}
WITHDRAWING = {"triage_concluded", "handed_over", "verdict_overridden"}
"""After these, the requester need not answer what was asked before."""


class TicketClocks:
    """All cycles of all clocks, oldest first."""

    def __init__(self, request: Request, waits: list[Wait]) -> None:
        self._request, self._waits = request, waits
        self.cycles: list[Cycle] = []

    def latest(self, name: str) -> Cycle | None:
        """The latest cycle of a clock."""
        return next((c for c in reversed(self.cycles) if c.name == name), None)

    def follow(
        self,
        types: Sequence[str],
        at: datetime,
        is_active: bool,
        priority: str | None,
        past: Sequence[Event] = (),
        facts: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """Applies events of one moment to each clock."""
        for name, rule in self._request.clocks.items():
            is_stopped = self._end(name, rule, set(types), at)
            if "reopened" in types and not _has_assignee(rule, past):
                self._reopen(name, rule, at, priority, past, facts)
            latest = self.latest(name)
            is_started = bool(set(types) & set(rule["starts"]))
            is_free = is_active and not (latest and latest.is_open)
            is_free = is_free and not _has_assignee(rule, past)
            if is_free and (is_started or (is_stopped and rule.get("repeats"))):
                self.start(name, rule, at, priority, facts)

    def reaim(
        self,
        priority: str | None,
        at: datetime,
        events: Sequence[Event],
        facts: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """Applies a new priority, or new facts (rules of change C1 to C4)."""
        for name, rule in self._request.clocks.items():
            cycle, begun = self._run(name, rule, events)
            promise = self._request.promise(rule, priority, facts)
            continues = rule.get("on_change") == "continue"
            used = cycle.used(at) if cycle is not None and continues else None
            if cycle is not None and cycle.is_open and not cycle.is_overdue:
                if not _ignores(rule, cycle.promise, promise):
                    cycle.reaim(at, promise, priority, used)
                continue
            if cycle is not None and cycle.is_overdue:
                if cycle.promise.is_same_time(promise):
                    continue
                begun = cycle.started_at
                cycle.finish(at, "met")
            if begun is None or promise.length is None or _has_assignee(rule, events):
                continue
            restarts = rule.get("on_change") == "restart"
            if cycle is None or not cycle.is_suspended or restarts:
                self.start(name, rule, at if restarts else begun, priority, facts)
                cycle = self.cycles[-1]
            cycle.reaim(at, promise, priority, used)

    def start(
        self,
        name: str,
        rule: Plain,
        at: datetime,
        priority: str | None,
        facts: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """Starts the next cycle, if the policy promises a time."""
        promise = self._request.promise(rule, priority, facts)
        if promise.length is not None:
            latest = self.latest(name)
            number = latest.number + 1 if latest else 1
            self.cycles.append(Cycle(name, number, at, at, promise, priority, rule, self._waits))

    def _end(self, name: str, rule: Plain, types: set[str], at: datetime) -> bool:
        cycle = self.latest(name)
        if cycle is None or not cycle.is_open:
            return False
        is_stopped = bool(types & set(rule["stops"]))
        if is_stopped:
            cycle.finish(at, "met")
        elif types & _endings(rule):
            cycle.finish(at, "cancelled")
        return is_stopped

    def _run(
        self, name: str, rule: Plain, events: Sequence[Event]
    ) -> tuple[Cycle | None, datetime | None]:
        """The latest cycle, unless it belongs to a run that is over, and when the run began. A
        reminder that has come to its end does not run again.
        """
        cycle, begun = self.latest(name), _begun_at(rule, events)
        if cycle is None or cycle.is_open:
            return cycle, begun
        if begun is None or begun > cycle.started_at:
            return None, begun
        return cycle, None if cycle.has_reminded else begun

    def _reopen(
        self,
        name: str,
        rule: Plain,
        at: datetime,
        priority: str | None,
        past: Sequence[Event],
        facts: Mapping[str, Any],
    ) -> None:
        cycle, reopening = self.latest(name), rule.get("reopening", "none")
        if _has_assignee(rule, past):
            return
        if cycle is None:
            # The response that would have started it also resolved the ticket.
            if reopening != "none" and _begun_at(rule, past) is not None:
                self.start(name, rule, at, priority, facts)
            return
        if reopening == "same_cycle":
            cycle.reopen(at, self._request.promise(rule, priority, facts))
        if reopening == "new_cycle" and not cycle.is_open:
            self.start(name, rule, at, priority, facts)


def _ignores(rule: Plain, old: Promise, new: Promise) -> bool:
    """Whether a running clock goes on as before under another promise (rule of change C4)."""
    on_change = rule.get("on_change")
    if on_change == "keep":
        return new.length is not None
    return on_change in {"restart", "continue"} and old.is_same_time(new)


def _endings(rule: Plain) -> set[str]:
    """The events that end the clock without completing it."""
    is_of_question = rule.get("reminds") and "information_requested" in rule["starts"]
    return {*ENDINGS, *rule.get("cancels", ()), *(WITHDRAWING if is_of_question else ())}


def _has_assignee(rule: Plain, events: Sequence[Event]) -> bool:
    """The clock is about the assignment, and the ticket has an assignee."""
    changes = [e.type for e in events if e.type in {"assigned", "unassigned"}]
    return "assigned" in rule["stops"] and changes[-1:] == ["assigned"]


def _begun_at(rule: Plain, events: Sequence[Event]) -> datetime | None:
    """When the cycle began that would be open after these events; None if none would be."""
    reopening = rule.get("reopening", "none")
    begun: datetime | None = None
    before: datetime | None = None
    was_new, is_over = False, False
    for number, event in enumerate(events, start=1):
        is_free = not _has_assignee(rule, events[:number])
        for kind in event.counts_as:
            is_over = kind not in {"opened", "reopened"} and (is_over or kind in ENDINGS)
            if kind in rule["starts"]:
                if is_free and not is_over:
                    begun = begun or event.at
            elif begun is not None and kind in {*rule["stops"], *_endings(rule)}:
                # A cycle that ended as it began has counted nothing; it begins at the re-opening.
                was_new = begun == event.at
                before = begun
                is_next = kind in rule["stops"] and rule.get("repeats")
                begun = event.at if is_next else None
            elif kind == "reopened" and before is not None and reopening != "none" and is_free:
                begun = event.at if reopening == "new_cycle" or was_new else before
    return begun
