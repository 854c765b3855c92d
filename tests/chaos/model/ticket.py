"""The ticket of the reference model: actions and duties applied to its state.

Written from docs/lifecycle.md, docs/policies.md and the clauses of the policies. It is slow and
simple: no Temporal, nothing pinned, no product code. Where those documents leave a choice open,
a comment names the choice.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from tests.chaos.model import business_time, process
from tests.chaos.model.business_time import NOTHING
from tests.chaos.model.clocks.clock import BREACH, Cycle, LateNote
from tests.chaos.model.clocks.ladder import is_overtaken, rungs
from tests.chaos.model.coverage import Verdict
from tests.chaos.model.document import Plain
from tests.chaos.model.effects import EFFECTS, Body
from tests.chaos.model.events import Event, NewEvent
from tests.chaos.model.outbox import Outbox
from tests.chaos.model.state import NOBODY, TicketState
from tests.chaos.model.terms import Request

Perform = Callable[[], None]
NO_BODY: Body = {}


class Ticket(TicketState):
    """A ticket as it should be."""

    def __init__(self, number: str, request: Request) -> None:
        super().__init__(number, request)
        self.outbox = Outbox(self)
        events = [NewEvent("opened"), *self._verdict_events(self.verdict, request.received_at)]
        self._apply_events(events, request.received_at, request.body["role"], None)

    @property
    def cycles(self) -> list[Cycle]:
        """All cycles of all clocks, in the order of their starts."""
        return self.clocks.cycles

    def advance(self, to: datetime) -> None:
        """Performs every duty due by then, in the order of their due times."""
        while due := [(at, n, perform) for n, (at, perform) in enumerate(self._duties())]:
            at, _, perform = min(due, key=lambda duty: duty[:2])
            if at > to:
                return
            perform()

    def refusal(self, action: str, role: str, body: Body, at: datetime) -> str | None:
        """The problem type with which an action is refused now; None if it is possible."""
        return process.refusal(self, action, role, body, at)

    def act(self, action: str, role: str, body: Body, at: datetime, action_id: str) -> None:
        """Applies an action that is possible."""
        before, overdue = self._decides_promises(), self._overdue
        events = list(EFFECTS[action](self, body, at))
        reaims = self._decides_promises() != before
        self._apply_events(events, at, role, action_id, reaims=reaims)
        self._note_completed(overdue, at)
        self.advance(at)

    def reach_verdict(self, at: datetime) -> None:
        """Decides on coverage with the facts given. The desk chooses the time."""
        self.verdict, self.owes_verdict = self.request.verdict(self.facts), False
        decision = (
            "needs_facts"
            if self.verdict.missing
            else "not_covered"
            if self.verdict.closed_as
            else "covered"
        )
        reached = NewEvent("verdict_reached", {"decision": decision})
        events = [reached, *self._verdict_events(self.verdict, at)]
        self._apply_events(events, at, "system", None)

    def merge_in(self, number: str, role: str, followers: Mapping[str, str], at: datetime) -> None:
        """Another ticket was merged into this one and brings these requesters."""
        self.merged_in.append(number)
        new = {n: to for n, to in followers.items() if n not in {self.number, *self.followers}}
        self.followers |= new
        self._apply_events([NewEvent("merged_in")], at, role, None)

    def undeliverable(self, key: tuple[Any, ...], at: datetime) -> None:
        """A notice was refused permanently."""
        lost = next(n for n in self.notices if n.key == key)
        data = {"audience": lost.audience, "to": lost.to}
        event = self._record(NewEvent("notice_undeliverable", data), at, "system", None)
        self.clocks.follow([event.type], self.now(at))
        if lost.template != "notice_undeliverable":
            self.outbox.announce([event])

    def _duties(self) -> Iterator[tuple[datetime, Perform]]:
        """In the order of docs/lifecycle.md, which decides between duties due at the same time."""
        due = [
            (cycle, min(rungs(cycle), key=lambda rung: rung[0], default=None))
            for cycle in self.cycles
            if cycle.is_open
        ]
        # A rung that a change has put into the past belongs to the change.
        firsts = [(cycle, rung) for cycle, rung in due if rung is not None]
        for cycle, rung in sorted(firsts, key=lambda first: not is_overtaken(*first)):
            yield rung[0], lambda c=cycle, r=rung: self._fire(c, *r)  # type: ignore[misc]
        yield from self._stage_duties()

    def _stage_duties(self) -> Iterator[tuple[datetime, Perform]]:
        hours, rules = self.request.support_hours(self.priority, self.facts), self.request.process
        # A policy without this key hands over automatically.
        is_automatic = rules.get("handoff", {}).get("automatic", True)
        if self.stage == "awaiting_handoff" and is_automatic and hours and self.concluded_at:
            opens, _ = hours.week_after(self.concluded_at)
            yield opens, lambda: self._act_automatically("hand_over", opens)
        forecast = self.forecast if self.stage == "forecast_shared" else None
        if hours and forecast and not forecast["lapsed"]:
            over = self.request.end_of(forecast["begins_by"])
            yield over, lambda: self._lapse_forecast(over)
        after = rules.get("closing", {}).get("after")
        if self.stage == "resolved" and after and self.resolved_at:
            closes = business_time.due(after, self.resolved_at, hours)
            body = {"closed_as": "no_reply"} if self.is_unanswered else {}
            yield closes, lambda: self._act_automatically("close", closes, body)
        until = self.contest_until
        if until is not None and not self.is_refusal_final:
            yield until, self._finalize_refusal
        reminds = any(True for cycle in self.cycles if cycle.is_open for _ in rungs(cycle))
        if (self.is_active or self.owes_later_work) and not reminds:
            idle = rules.get("idle", {}).get("after", "20 business days" if hours else "28 days")
            at = business_time.due(idle, self.events[-1].at, hours)
            yield at, lambda: self._remind_of_idleness(at)
        yield from self.outbox.digests()

    def _remind_of_idleness(self, at: datetime) -> None:
        event = self._record(NewEvent("ticket_idle"), at, "system", None)
        tell = self.request.process.get("idle", {}).get("tell", ["assignee"])
        self.outbox.enqueue(event, self._chosen(tell), "ticket_idle")

    def _chosen(self, choice: Any) -> Any:
        return self.request.chosen(choice, self.priority, self.facts)

    def _finalize_refusal(self) -> None:
        self.is_refusal_final = True

    def _act_automatically(self, action: str, at: datetime, body: Body = NO_BODY) -> None:
        self._apply_events(list(EFFECTS[action](self, body, at)), at, "system", "automatic")

    def _lapse_forecast(self, at: datetime) -> None:
        assert self.forecast is not None
        self.forecast = {**self.forecast, "lapsed": True}
        data = {"begins_by": str(self.forecast["begins_by"])}
        data["revision"] = self.forecast["revision"]
        self._apply_events([NewEvent("forecast_lapsed", data)], at, "system", None)

    def _fire(self, cycle: Cycle, at: datetime, name: str, rung: Plain) -> None:
        if name == BREACH:
            cycle.breach()
        if cycle.is_overdue and name == BREACH:
            self.late_notes.append(LateNote(cycle, at, NOTHING, is_completed=False))
        cycle.fired.add(name)
        kind = "clock_warned"
        if cycle.is_overdue:
            kind = "clock_breached" if name == BREACH else "clock_overdue"
        data = {"clock": cycle.name, "cycle": cycle.number, "rung": name}
        event = self._record(NewEvent(kind, data), at, "system", None)
        on_expiry = cycle.rule.get("on_expiry")
        asks = "information_requested" in cycle.rule["starts"] or on_expiry
        is_reminder = cycle.rule.get("reminds") and asks
        usual = "reminder" if is_reminder else kind
        told = self._chosen(rung.get("tell", []))
        self.outbox.enqueue(event, told, rung.get("template") or usual)
        for number in self._levels_told(self._level_of(cycle, rung)):
            self._apply_events([self.raise_level(number)], at, "system", None)
        if name == BREACH and on_expiry is not None:
            ended = self.close("no_reply", at, cycle.name) if on_expiry == "close" else None
            ended = ended or self.resolve(at, cycle.name)
            self._apply_events([ended], at, "system", None)

    def _levels_told(self, level: int) -> list[int]:
        """The level of a rung, on a ladder after those below it that were not told yet. No level is
        told twice, and one that has nobody is not told.
        """
        levels = self.request.levels(self.priority)
        if not self.is_ladder:
            audiences = levels[level - 1 : level] if level else []
            return [level] if set(audiences) & set(self.open_levels) else []
        return [
            n for n in range(self.level + 1, level + 1) if levels[n - 1 : n] not in ([], [NOBODY])
        ]

    def _level_of(self, cycle: Cycle, rung: Plain) -> int:
        """The level that a rung names; `true` is one above the raising rung before it."""
        level = 0
        for each in cycle.rule.get("ladder", ()):
            raises = each.get("raises_level", False)
            if isinstance(raises, str):
                named = [
                    n for n, known in enumerate(self.request.names_of_levels) if raises in known
                ]
                here = named[0] + 1 if named else 0
            else:
                here = level + 1 if raises is True else int(raises)
            level = here or level
            if each["at"] == rung["at"]:
                return here
        return 0

    def _verdict_events(self, verdict: Verdict, at: datetime) -> Iterator[NewEvent]:
        if verdict.missing:
            of_contract = self.request.contract_facts
            asked = [name for name in verdict.missing if name not in of_contract]
            lacking = [name for name in verdict.missing if name in of_contract]
            if asked:
                self.awaits_information = True
                yield NewEvent("information_requested", {"facts": asked}, "system")
            if set(lacking) - self.reported_lacking:
                self.reported_lacking |= set(lacking)
                yield NewEvent("contract_incomplete", {"facts": lacking}, "system")
        elif verdict.closed_as:
            closed = self.close(verdict.closed_as, at)
            yield NewEvent(closed.type, {**closed.data, "refers_to": verdict.refers_to}, "system")

    def _apply_events(
        self,
        new: list[NewEvent],
        at: datetime,
        role: str,
        action_id: str | None,
        reaims: bool = False,
    ) -> None:
        events = [self._record(event, at, event.role or role, action_id) for event in new]
        types = [kind for event in events for kind in event.counts_as]
        overdue = self._overdue
        self.note_waiting(types, at)
        self.clocks.follow(types, self.now(at))
        if reaims:
            self.clocks.reaim(self.now(at))
        self._note_completed(overdue, at)
        for cycle in self.cycles:
            known = cycle.priority_at_completion or self.priority
            cycle.priority_at_completion = None if cycle.is_open else known
        self.outbox.announce(events)

    @property
    def _overdue(self) -> list[Cycle]:
        return [cycle for cycle in self.cycles if cycle.is_overdue]

    def _note_completed(self, overdue: list[Cycle], at: datetime) -> None:
        """What was overdue and is not any more has earned what it has earned (rule R1)."""
        for cycle in overdue:
            note = LateNote(cycle, at, cycle.late(at), is_completed=True)
            if not cycle.is_overdue and note not in self.late_notes:
                self.late_notes.append(note)

    def _decides_promises(self) -> tuple[str | None, dict[str, Any]]:
        """The priority, and the facts that tables use."""
        used = self.request.facts_in_tables
        return self.priority, {name: self.facts.get(name) for name in used}

    def _record(self, new: NewEvent, at: datetime, role: str, action_id: str | None) -> Event:
        data = {name: value for name, value in new.data.items() if value is not None}
        event = Event(len(self.events) + 1, new.type, at, role, action_id, data)
        self.events.append(event)
        return event
