"""The state of a ticket in the reference model, and what follows from it without changing it."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from tests.chaos.model import business_time
from tests.chaos.model.clocks import waits
from tests.chaos.model.clocks.clock import LateNote
from tests.chaos.model.clocks.ticket_clocks import Now, TicketClocks
from tests.chaos.model.clocks.waits import Wait
from tests.chaos.model.document import Plain
from tests.chaos.model.events import Event, NewEvent, Notice
from tests.chaos.model.terms import Request

WRONG_ROLE, UNMET, INVALID = "wrong-role", "condition-unmet", "invalid-content"
NOBODY = "nobody"
"""The audience of a level that does not exist for a plan or a priority."""
WITH_ENGINEERING = {
    *("engineering_review", "forecast_shared", "engineering_work", "scheduled_release"),
}


class TicketState:
    """The data of one ticket."""

    def __init__(self, number: str, request: Request) -> None:
        self.number = number
        self.request = request
        self.stage = "received"
        self.closed_as: str | None = None
        self.priority: str | None = request.values["priority"]
        self.assignee: Plain | None = None
        self.awaits_information = False
        self.owes_verdict = False
        self.reported_lacking: set[str] = set()
        self.is_overridden = self.is_refusal_final = False
        self.closed_at: datetime | None = None
        self.merge_targets: Collection[str] | None = None
        """Tickets that this one can be merged into; None if the check is off."""
        self.merged_in: list[str] = []
        """Tickets that were merged into this one."""
        self.followers: dict[str, str] = {}
        """Requester addresses of duplicates, by ticket number."""
        self.reviews: dict[str, str] = {}
        self.forecast: Plain | None = None
        self.concluded_at: datetime | None = None
        self.resolved_at: datetime | None = None
        self.merged_into: str | None = None
        self.level = 0
        self.waits: list[Wait] = []
        """When the ticket waited or was resolved, oldest first."""
        self.clocks = TicketClocks(request, self.waits)
        self.facts: dict[str, Any] = dict(request.body.get("facts", {}))
        self.verdict = request.verdict(self.facts)
        self.events: list[Event] = []
        self.notices: list[Notice] = []
        """Every notice ever owed."""
        self.held: dict[str, list[Notice]] = {}
        """Notices that the next digest tells of, by mailbox."""
        self.late_notes: list[LateNote] = []
        """Every breach, and every completion of a late clock."""
        self.is_delivered: Callable[[Notice], bool] = lambda _: True

    def now(self, at: datetime) -> Now:
        """The ticket at a time, as its clocks see it."""
        return Now(at, self.priority, self.facts, self.events, self.is_active)

    @property
    def owes_later_work(self) -> bool:
        """Resolved or closed, while a clock still waits for work."""
        return not self.is_active and any(cycle.is_open for cycle in self.clocks.cycles)

    @property
    def is_active(self) -> bool:
        """Neither resolved nor closed."""
        return self.stage not in {"resolved", "closed"}

    @property
    def is_reviewed(self) -> bool:
        """Every viewpoint that the forecast needs has given a priority."""
        forecast = self.request.process.get("forecast")
        return forecast is not None and all(v in self.reviews for v in forecast["viewpoints"])

    @property
    def waiting_on(self) -> str:
        """The party that must act next."""
        if not self.is_active:
            return "nobody"
        if self.awaits_information:
            return "requester"
        with_engineering = self.stage in WITH_ENGINEERING and not self._owes_forecast
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
        """The reason for which clocks pause now, if any."""
        return {"requester": "information", "engineering": "engineering"}.get(self.waiting_on)

    def note_waiting(self, types: Collection[str], at: datetime) -> None:
        """Keeps the record of waits up to date, after events of one moment."""
        own = self.request.rules.get("pauses", {})
        waits.follow(self.waits, own, types, at)
        reason = "resolved" if self.stage == "resolved" else self.pause
        present = [
            w for w in self.waits if w.until is None and "starts" not in own.get(w.reason, {})
        ]
        last = present[-1] if present else None
        if last is not None and last.reason != reason:
            last.until, last = at, None
        if last is None and reason is not None:
            self.waits.append(Wait(reason, at))

    @property
    def is_unanswered(self) -> bool:
        """Resolved because the requester did not answer."""
        resolved = (
            [e for e in self.events if e.type == "resolved"] if self.stage == "resolved" else []
        )
        return bool(resolved) and "by_clock" in resolved[-1].data

    @property
    def open_levels(self) -> list[str]:
        """The levels that the ticket can be raised to: the next one, or all that were not told."""
        levels, names = self.request.levels(self.priority), self.request.names_of_levels
        if self.is_ladder:
            return [level for level in levels[self.level :] if level != NOBODY][:1]
        told = {e.data["audience"] for e in self.events if e.type == "level_raised"}
        listed = zip(levels, names, strict=True)
        return [level for level, known in listed if level != NOBODY and not told & known]

    @property
    def is_ladder(self) -> bool:
        """Whether the levels follow one another, rather than stand side by side."""
        order = self.request.process.get("levels", {}).get("order", "ladder")
        return bool(order == "ladder")

    @property
    def steps_left(self) -> list[str]:
        """The steps of the checklist without a finding since the escalation."""
        done: set[str] = set()
        for event in self.events:
            if event.type == "escalated":
                done = set()
            elif event.type == "finding_recorded":
                done.add(event.data["step"])
        steps = self.request.process.get("triage", {}).get("checklist", [])
        return [step["id"] for step in steps if step["id"] not in done]

    @property
    def needs_facts(self) -> bool:
        """The verdict needs more facts."""
        return self.is_active and bool(self.verdict.missing)

    @property
    def contest_until(self) -> datetime | None:
        """The end of the time in which a refusal can be overridden (docs/policies.md)."""
        after = self.request.process.get("levels", {}).get("after", [])
        by_agent = self.closed_as in {"not_covered", "not_eligible"} and "refusal" in after
        if self.closed_at is None or not (self.verdict.closed_as or by_agent):
            return None
        hours = self.request.support_hours(self.priority, self.facts)
        within = "5 business days" if hours else "7 days"
        within = self.request.process.get("contest", {}).get("within", within)
        return business_time.due(within, self.closed_at, hours)

    @property
    def is_contestable(self) -> bool:
        """Closed by a verdict that can still be overridden."""
        return self.contest_until is not None and not self.is_refusal_final

    def can_merge_into(self, other: str) -> bool:
        """Whether the other ticket exists, and is neither this one nor its duplicate."""
        if other == self.number or other in self.merged_in:
            return False
        return self.merge_targets is None or other in self.merge_targets

    def unnotified_audiences(self) -> list[str]:
        """Audiences that must be notified before triage ends and have not been."""
        escalated = [e for e in self.events if e.type == "escalated"]
        required = self.request.process.get("escalation", {}).get("told_before_conclusion", [])
        action = escalated[-1].action_id if escalated else None
        # A response that escalates announces it in its own notice.
        events = {e.seq for e in self.events if e.action_id == action} if action else set()
        events |= {e.seq for e in escalated[-1:]}
        told = [n for n in self.notices if n.key[1] in events and self.is_delivered(n)]
        # A person in two roles is notified in one of them.
        mailboxes, audiences = {n.to.lower() for n in told}, {n.audience for n in told}
        contacts = self.request.contacts
        return [
            audience
            for audience in required
            if audience not in audiences and contacts.get(audience, "").lower() not in mailboxes
        ]

    def reset_progress(self) -> None:
        """Drops the results of an earlier attempt."""
        self.resolved_at = self.concluded_at = self.forecast = None
        self.reviews = {}

    def raise_level(self, number: int) -> NewEvent:
        """Raises the ticket to a management level. Levels side by side have no number."""
        audience = self.request.levels(self.priority)[number - 1]
        self.level = number if self.is_ladder else self.level + 1
        level = number if self.is_ladder else None
        return NewEvent("level_raised", {"level": level, "audience": audience})

    def resolve(self, at: datetime, by_clock: str | None = None) -> NewEvent:
        """Moves the ticket to resolved, by the clock of reminders that ran out if one did."""
        self.stage, self.resolved_at, self.awaits_information = "resolved", at, False
        return NewEvent("resolved", {"by_clock": by_clock})

    def close(self, closed_as: str, at: datetime, by_clock: str | None = None) -> NewEvent:
        """Closes the ticket, by the clock of reminders that ran out if one did."""
        self.stage, self.closed_as, self.awaits_information = "closed", closed_as, False
        self.owes_verdict, self.closed_at = False, at
        return NewEvent("closed", {"closed_as": closed_as, "by_clock": by_clock})
