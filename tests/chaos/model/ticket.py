"""One ticket of the reference: what people did to it, what it owed, and who was told.

Written from docs/lifecycle.md, docs/policies.md and the clauses of the policies. It is slow and
simple: no Temporal, nothing pinned, nothing of the product. Where those pages leave something
open, the line that decides says so.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.chaos.model import business_time, process
from tests.chaos.model.clocks import BREACH, Cycle
from tests.chaos.model.coverage import Verdict
from tests.chaos.model.document import Plain
from tests.chaos.model.effects import DEEDS, Said
from tests.chaos.model.events import Event, Fact, Notice
from tests.chaos.model.outbox import Post
from tests.chaos.model.terms import Request
from tests.chaos.model.ticket_clocks import Board

Performance = Callable[[], None]
DAY = timedelta(days=1)


class Ticket:
    """A ticket as it should be."""

    def __init__(self, number: str, request: Request) -> None:
        self.number = number
        self.request = request
        self.stage = "received"
        self.closed_as: str | None = None
        self.priority: str | None = request.values["priority"]
        self.assignee: Plain | None = None
        self.is_asked = False
        self.owes_verdict = False
        self.is_overridden = self.refusal_stands = False
        self.closed_at: datetime | None = None
        self.others: Collection[str] | None = None
        """Tickets that this one could be merged into; None where nobody asks."""
        self.followers: dict[str, str] = {}
        """The addresses of whoever asked in a duplicate, by its number."""
        self.reviews: dict[str, str] = {}
        self.forecast: Plain | None = None
        self.concluded_at: datetime | None = None
        self.resolved_at: datetime | None = None
        self.merged_into: str | None = None
        self.level = 0
        self.facts: dict[str, Any] = dict(request.body.get("facts", {}))
        self.events: list[Event] = []
        self.credits: dict[str, int] = {}
        self.told_of_credits: list[str] = []
        """Addresses that the account writes to, once for each credit."""
        self.delivered: Callable[[Notice], bool] = lambda _: True
        self.board = Board(request)
        self.post = Post(self)
        self.verdict = request.verdict(self.facts)
        facts = [Fact("opened"), *self._judged(self.verdict, request.received_at)]
        self._happen(facts, request.received_at, request.body["role"], None)

    @property
    def cycles(self) -> list[Cycle]:
        """Every cycle of every clock, in the order in which they started."""
        return self.board.cycles

    @property
    def notices(self) -> list[Notice]:
        """Every notice that was ever owed."""
        return self.post.notices

    @property
    def is_active(self) -> bool:
        """Neither resolved nor closed."""
        return self.stage not in {"resolved", "closed"}

    @property
    def is_reviewed(self) -> bool:
        """Every viewpoint that a forecast rests on gave its priority."""
        forecast = self.request.process.get("forecast")
        return forecast is not None and all(v in self.reviews for v in forecast["viewpoints"])

    @property
    def waiting_on(self) -> str:
        """Who has to move next."""
        if not self.is_active:
            return "nobody"
        if self.is_asked:
            return "requester"
        with_engineering = self.stage in process.WITH_ENGINEERING and not self._owes_forecast
        return "engineering" if with_engineering else "support"

    @property
    def _owes_forecast(self) -> bool:
        if self.stage == "engineering_review":
            return self.is_reviewed
        if self.stage != "forecast_shared" or self.forecast is None:
            return False
        return bool(self.forecast["lapsed"]) or self.forecast["priorities"] != self.reviews

    @property
    def pause(self) -> str | None:
        """Why clocks stand still now, if they do."""
        return {"requester": "information", "engineering": "engineering"}.get(self.waiting_on)

    @property
    def needs_facts(self) -> bool:
        """Facts are missing for a verdict."""
        return self.is_active and bool(self.verdict.missing)

    @property
    def contest_until(self) -> datetime | None:
        """Until when a verdict that closed the ticket can be overridden (docs/policies.md)."""
        if self.closed_at is None or not self.verdict.closed_as:
            return None
        desk = self.request.desk_hours
        within = "5 business days" if desk else "7 days"
        within = self.request.process.get("contest", {}).get("within", within)
        return business_time.due(within, self.closed_at, desk)

    @property
    def is_contestable(self) -> bool:
        """Closed by a verdict, and that can still be overridden."""
        return self.contest_until is not None and not self.refusal_stands

    def can_merge_into(self, other: str) -> bool:
        """Whether there is such a ticket, and it is not this one."""
        return other != self.number and (self.others is None or other in self.others)

    def untold(self) -> list[str]:
        """Whom triage waits for to be told, and who has not been."""
        escalated = [e for e in self.events if e.type == "escalated"]
        waits_for = self.request.process.get("escalation", {}).get("told_before_conclusion", [])
        last = escalated[-1].seq if escalated else 0
        told = {n.audience for n in self.notices if n.key[1] == last and self.delivered(n)}
        return [audience for audience in waits_for if audience not in told]

    def advance(self, to: datetime) -> None:
        """Does what the system owes by an instant, in the order in which it is owed."""
        while owed := [(at, n, perform) for n, (at, perform) in enumerate(self._duties())]:
            at, _, perform = min(owed, key=lambda duty: duty[:2])
            if at > to:
                return
            perform()

    def next_duty(self) -> datetime | None:
        """When the next thing is owed."""
        return min((at for at, _ in self._duties()), default=None)

    def refusal(self, action: str, role: str, said: Said, at: datetime) -> str | None:
        """Why an action is refused now; None when it is possible."""
        return process.refusal(self, action, role, said, at)

    def act(self, action: str, role: str, said: Said, at: datetime, action_id: str) -> None:
        """Takes an action that is possible."""
        priority = self.priority
        facts = list(DEEDS[action](self, said, at))
        self._happen(facts, at, role, action_id)
        if self.priority != priority:
            self.board.reaim(self.priority, at, self.events)
        self.advance(at)

    def reach_verdict(self, at: datetime) -> None:
        """The facts that were given are judged, at an instant that is the system's to choose."""
        self.verdict, self.owes_verdict = self.request.verdict(self.facts), False
        decision = (
            "needs_facts"
            if self.verdict.missing
            else "not_covered"
            if self.verdict.closed_as
            else "covered"
        )
        reached = Fact("verdict_reached", {"decision": decision})
        self._happen([reached, *self._judged(self.verdict, at)], at, "system", None)

    def follow(self, role: str, followers: Mapping[str, str], at: datetime) -> None:
        """Another ticket ended in favour of this one, and brought these requesters."""
        new = {n: to for n, to in followers.items() if n not in {self.number, *self.followers}}
        self.followers |= new
        self._happen([Fact("merged_in")], at, role, None)

    def lose_merge(self, at: datetime) -> None:
        """The ticket that this one was merged into knows nothing of it."""
        self._happen([Fact("merge_undelivered", {"into": self.merged_into})], at, "system", None)

    def lose_notice(self, key: tuple[Any, ...], at: datetime) -> None:
        """A notice could not be delivered, for good."""
        lost = next(n for n in self.notices if n.key == key)
        fact = Fact("notice_undeliverable", {"audience": lost.audience, "to": lost.to})
        event = self._record(fact, at, "system", None)
        self.board.follow([event.type], at, self.is_active, self.pause, self.priority)
        if lost.template != "notice_undeliverable":
            self.post.announce([event])

    def _duties(self) -> Iterator[tuple[datetime, Performance]]:
        """In the order of docs/lifecycle.md, which decides between duties of the same instant."""
        for cycle in self.cycles:
            if cycle.is_open:
                rung = min(cycle.rungs(), key=lambda rung: rung[0], default=None)
                if rung is not None:
                    yield rung[0], lambda c=cycle, r=rung: self._ring(c, *r)  # type: ignore[misc]
        yield from self._stage_duties()

    def _stage_duties(self) -> Iterator[tuple[datetime, Performance]]:
        desk, rules = self.request.desk_hours, self.request.process
        # A policy that says nothing of the handoff has it done by itself.
        is_automatic = rules.get("handoff", {}).get("automatic", True)
        if self.stage == "awaiting_handoff" and is_automatic and desk and self.concluded_at:
            opens, _ = desk.week_after(self.concluded_at)
            yield opens, lambda: self._by_itself(DEEDS["hand_over"](self, {}, opens), opens)
        forecast = self.forecast if self.stage == "forecast_shared" else None
        if desk and forecast and not forecast["lapsed"]:
            over = desk.end_of(forecast["begins_by"])
            yield over, lambda: self._lapse(over)
        after = rules.get("closing", {}).get("after")
        if self.stage == "resolved" and after and self.resolved_at:
            closes = business_time.due(after, self.resolved_at, desk)
            yield closes, lambda: self._by_itself(DEEDS["close"](self, {}, closes), closes)
        until = self.contest_until
        if until is not None and not self.refusal_stands:
            yield until, self._let_stand

    def _let_stand(self) -> None:
        self.refusal_stands = True

    def _by_itself(self, facts: Iterator[Fact], at: datetime) -> None:
        self._happen(list(facts), at, "system", "by itself")

    def _lapse(self, at: datetime) -> None:
        assert self.forecast is not None
        self.forecast = {**self.forecast, "lapsed": True}
        lapsed = {"begins_by": str(self.forecast["begins_by"])}
        lapsed["revision"] = self.forecast["revision"]
        self._happen([Fact("forecast_lapsed", lapsed)], at, "system", None)

    def _ring(self, cycle: Cycle, at: datetime, name: str, rung: Plain) -> None:
        if name == BREACH:
            cycle.run_out()
        cycle.fired.add(name)
        kind = "clock_warned"
        if cycle.is_overdue:
            kind = "clock_breached" if name == BREACH else "clock_overdue"
        data = {"clock": cycle.name, "cycle": cycle.number, "rung": name}
        event = self._record(Fact(kind, data), at, "system", None)
        self.post.owe(event, rung["tell"], rung.get("template") or kind)
        if rung.get("raises_level") and self.level < len(self.request.levels):
            self._happen([self.raised()], at, "system", None)

    def _judged(self, verdict: Verdict, at: datetime) -> Iterator[Fact]:
        if verdict.missing:
            self.is_asked = True
            yield Fact("information_requested", {"facts": list(verdict.missing)}, "system")
        elif verdict.closed_as:
            closed = self.end_closed(verdict.closed_as, at)
            yield Fact(closed.type, {**closed.data, "refers_to": verdict.refers_to}, "system")

    def start_over(self) -> None:
        """What an earlier attempt came to is no longer so."""
        self.resolved_at = self.concluded_at = self.forecast = None
        self.reviews = {}

    def raised(self) -> Fact:
        """The ticket at its next level."""
        self.level += 1
        audience = self.request.levels[self.level - 1]
        return Fact("level_raised", {"level": self.level, "audience": audience})

    def end_resolved(self, at: datetime) -> Fact:
        """The ticket is resolved, by whatever resolved it."""
        self.stage, self.resolved_at, self.is_asked = "resolved", at, False
        return Fact("resolved")

    def end_closed(self, closed_as: str, at: datetime) -> Fact:
        """The ticket ends as this."""
        self.stage, self.closed_as, self.is_asked = "closed", closed_as, False
        self.owes_verdict, self.closed_at = False, at
        return Fact("closed", {"closed_as": closed_as})

    def _happen(self, facts: list[Fact], at: datetime, role: str, action_id: str | None) -> None:
        events = [self._record(fact, at, fact.role or role, action_id) for fact in facts]
        types = [kind for event in events for kind in event.counts_as]
        overdue = [cycle for cycle in self.cycles if cycle.is_overdue]
        self.board.follow(types, at, self.is_active, self.pause, self.priority, self.events)
        for cycle in overdue:
            if not cycle.is_overdue and set(types) & set(cycle.rule["stops"]):
                self._earn(cycle, at)
        self.post.announce(events)

    def _record(self, fact: Fact, at: datetime, role: str, action_id: str | None) -> Event:
        data = {name: value for name, value in fact.data.items() if value is not None}
        event = Event(len(self.events) + 1, fact.type, at, role, action_id, data)
        self.events.append(event)
        return event

    def _earn(self, cycle: Cycle, at: datetime) -> None:
        """A credit for each started, or whole, period that a clock was stopped late."""
        for rule in self.request.rules.get("remedies", {}).get("credits", []):
            is_for_it = rule.get("clock") == cycle.name
            if is_for_it and self.priority in rule.get("priorities", [self.priority]):
                each, worth = (business_time.plain_length(rule[name]) for name in ("each", "worth"))
                late = at - cycle.due_at
                whole, rest = divmod(late, each)
                periods = whole + (1 if rest and rule.get("counts", "started") == "started" else 0)
                due = cycle.due_at.isoformat(timespec="seconds")
                self.credits[f"{self.number} {cycle.name} {due}"] = periods * (worth // DAY)
                self.told_of_credits += self._hearers_of("credit_earned")

    def _hearers_of(self, event: str) -> list[str]:
        rules = [r for r in self.request.rules.get("notices", ()) if r["event"] == event]
        named = [audience for rule in rules for audience in rule["tell"]]
        known = [self.request.contacts[name] for name in named if name in self.request.contacts]
        return list(dict.fromkeys(known))
