"""How the clocks of a ticket follow its events (docs/policies.md, `clocks`)."""

from collections.abc import Sequence
from datetime import datetime

from tests.chaos.model.clock import Cycle
from tests.chaos.model.document import Plain
from tests.chaos.model.events import Event
from tests.chaos.model.terms import Request

ENDINGS = {"resolved", "closed", "withdrawn", "merged"}


class TicketClocks:
    """All cycles of all clocks, oldest first."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.cycles: list[Cycle] = []

    def latest(self, name: str) -> Cycle | None:
        """The latest cycle of a clock."""
        return next((c for c in reversed(self.cycles) if c.name == name), None)

    def follow(
        self,
        types: Sequence[str],
        at: datetime,
        is_active: bool,
        pause: str | None,
        priority: str | None,
        past: Sequence[Event] = (),
    ) -> None:
        """Applies events of one moment to each clock."""
        for name, rule in self._request.clocks.items():
            is_stopped = self._end(name, rule, set(types), at)
            if "reopened" in types:
                self._reopen(name, rule, at, priority, past)
            latest = self.latest(name)
            is_started = bool(set(types) & set(rule["starts"]))
            is_free = is_active and not (latest and latest.is_open)
            if is_free and (is_started or (is_stopped and rule.get("repeats"))):
                self.start(name, rule, at, priority)
            self._pause(name, rule, at, pause)

    def reaim(self, priority: str | None, at: datetime, events: Sequence[Event]) -> None:
        """Applies a new priority: open clocks count against its promises, and a clock that only
        this priority has starts now.
        """
        for name, rule in self._request.clocks.items():
            cycle = self.latest(name)
            is_begun = _is_begun(rule, events)
            if cycle is not None and (cycle.is_open or (cycle.is_suspended and is_begun)):
                cycle.reaim(at, self._request.promise(rule, priority))
            elif cycle is None and is_begun:
                self.start(name, rule, at, priority)

    def start(self, name: str, rule: Plain, at: datetime, priority: str | None) -> None:
        """Starts the next cycle, if the policy promises a time."""
        promise = self._request.promise(rule, priority)
        if promise.length is not None:
            latest = self.latest(name)
            number = latest.number + 1 if latest else 1
            calendar = self._request.calendar_of(rule)
            self.cycles.append(Cycle(name, number, at, promise, calendar, rule))

    def _end(self, name: str, rule: Plain, types: set[str], at: datetime) -> bool:
        cycle = self.latest(name)
        if cycle is None or not cycle.is_open:
            return False
        is_stopped = bool(types & set(rule["stops"]))
        if is_stopped:
            cycle.finish(at, "met")
        elif types & (ENDINGS | set(rule.get("cancels", ()))):
            cycle.finish(at, "cancelled")
        return is_stopped

    def _reopen(
        self,
        name: str,
        rule: Plain,
        at: datetime,
        priority: str | None,
        past: Sequence[Event],
    ) -> None:
        cycle, reopening = self.latest(name), rule.get("reopening", "none")
        if cycle is None:
            # The response that would have started it also resolved the ticket.
            if reopening != "none" and _is_begun(rule, past):
                self.start(name, rule, at, priority)
            return
        if reopening == "same_cycle":
            cycle.reopen(at)
        if reopening == "new_cycle" and not cycle.is_open:
            self.start(name, rule, at, priority)

    def _pause(self, name: str, rule: Plain, at: datetime, pause: str | None) -> None:
        cycle = self.latest(name)
        if cycle is None or not cycle.is_open:
            return
        if pause in rule.get("pauses", ()):
            cycle.pause(at)
        else:
            cycle.resume(at)


def _is_begun(rule: Plain, events: Sequence[Event]) -> bool:
    """Whether a starting event of the clock happened, and no ending one since."""
    goes_on = {"reopened"} if rule.get("reopening", "none") != "none" else set()
    ends = set(rule["stops"]) | set(rule.get("cancels", ())) | ENDINGS
    kinds = [kind for event in events for kind in event.counts_as]
    concerned = [kind for kind in kinds if kind in {*rule["starts"], *ends, *goes_on}]
    if not set(concerned) & set(rule["starts"]):
        return False
    last = concerned[-1]
    return (
        last not in ends
        or last in rule["starts"]
        or bool(rule.get("repeats") and last in rule["stops"])
    )
