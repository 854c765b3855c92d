"""The state of a ticket in the reference model, and what follows from it without changing it."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from tests.chaos.model import business_time
from tests.chaos.model.clock import Wait
from tests.chaos.model.document import Plain
from tests.chaos.model.events import Event, NewEvent, Notice
from tests.chaos.model.terms import Request

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
        self.facts: dict[str, Any] = dict(request.body.get("facts", {}))
        self.verdict = request.verdict(self.facts)
        self.events: list[Event] = []
        self.notices: list[Notice] = []
        """Every notice ever owed."""
        self.credits: dict[str, int] = {}
        self.credit_recipients: list[str] = []
        """Addresses that the account notifies, one entry for each credit."""
        self.is_delivered: Callable[[Notice], bool] = lambda _: True

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

    def note_waiting(self, at: datetime) -> None:
        """Keeps the record of waits up to date."""
        reason = "resolved" if self.stage == "resolved" else self.pause
        last = self.waits[-1] if self.waits and self.waits[-1].until is None else None
        if last is not None and last.reason != reason:
            last.until, last = at, None
        if last is None and reason is not None:
            self.waits.append(Wait(reason, at))

    @property
    def open_levels(self) -> list[str]:
        """The levels that the ticket can be raised to: the next one, or all that were not told."""
        levels = self.request.levels
        if self.request.process.get("levels", {}).get("order", "ladder") == "ladder":
            return levels[self.level : self.level + 1]
        told = [e.data["audience"] for e in self.events if e.type == "level_raised"]
        return [level for level in levels if level not in told]

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

    def raise_level(self, audience: str) -> NewEvent:
        """Raises the ticket to a management level. Levels side by side have no number."""
        if self.request.process["levels"].get("order", "ladder") == "any":
            self.level += 1
            return NewEvent("level_raised", {"audience": audience})
        self.level = self.request.levels.index(audience) + 1
        return NewEvent("level_raised", {"level": self.level, "audience": audience})

    def resolve(self, at: datetime) -> NewEvent:
        """Moves the ticket to resolved."""
        self.stage, self.resolved_at, self.awaits_information = "resolved", at, False
        return NewEvent("resolved")

    def close(self, closed_as: str, at: datetime) -> NewEvent:
        """Closes the ticket."""
        self.stage, self.closed_as, self.awaits_information = "closed", closed_as, False
        self.owes_verdict, self.closed_at = False, at
        return NewEvent("closed", {"closed_as": closed_as})
