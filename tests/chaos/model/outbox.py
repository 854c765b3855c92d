"""The notices that events and rungs owe, each once (docs/policies.md, `notices` and `ladder`)."""

from collections.abc import Sequence

from tests.chaos.model.document import Plain
from tests.chaos.model.events import Event, Notice
from tests.chaos.model.state import TicketState

FOR_FOLLOWERS = {
    *("responded", "update_posted", "escalated", "handed_over", "forecast_shared"),
    *("engineering_started", "release_scheduled", "resolved", "closed"),
}
"""Events that requesters of duplicates are notified of too. Questions go to the first requester."""
FOLLOWER = "requester/"


class Outbox:
    """Adds the notices that a ticket owes."""

    def __init__(self, ticket: TicketState) -> None:
        self._ticket = ticket

    def announce(self, events: Sequence[Event]) -> None:
        """Enqueues the notices that the policy attaches to events of one moment."""
        types = {event.type for event in events}
        for event in events:
            covering = _covered_by(event, types)
            covered = {a for rule in self._rules(covering) for a in rule["tell"]}
            for rule in self._rules(event.type):
                priorities = rule.get("priorities")
                if not priorities or self._ticket.priority in priorities:
                    audiences = [a for a in rule["tell"] if a not in covered]
                    if "requester" in audiences and event.type in FOR_FOLLOWERS:
                        audiences += self._followers
                    self.enqueue(event, audiences, rule.get("template") or _template(event))
            if event.type == "level_raised":
                self.enqueue(event, [event.data["audience"], "requester"], event.type)
            # A refusal can be referred to a contact (cention/professional-services).
            referred = [event.data["refers_to"]] if "refers_to" in event.data else []
            if event.type == "closed":
                self.enqueue(event, referred, "referred")
            if event.takes_on:
                self.enqueue(event, ["requester", *self._followers, *referred], event.type)

    def enqueue(self, event: Event, audiences: Sequence[str], template: str) -> None:
        """One notice for each audience, and one for each address."""
        addresses: set[str] = set()
        for audience in audiences:
            address = self._address(audience)
            key = _identity(event, template, audience)
            if address is None or address in addresses:
                continue
            addresses.add(address)
            if all(notice.key != key for notice in self._ticket.notices):
                self._ticket.notices.append(Notice(template, audience, address, event.at, key))

    def _rules(self, event_type: str | None) -> list[Plain]:
        return [rule for rule in self._ticket.request.notices if rule["event"] == event_type]

    @property
    def _followers(self) -> list[str]:
        """The requesters of duplicates (docs/api.md, `merge`)."""
        return [f"{FOLLOWER}{number}" for number in self._ticket.followers]

    def _address(self, audience: str) -> str | None:
        if audience.startswith(FOLLOWER):
            return self._ticket.followers[audience.removeprefix(FOLLOWER)]
        if audience != "assignee":
            return self._ticket.request.contacts.get(audience)
        if self._ticket.assignee is not None:
            return str(self._ticket.assignee["email"])
        return self._ticket.request.contacts.get(self._ticket.request.rules.get("unassigned", ""))


def _template(event: Event) -> str:
    is_automatic = event.type == "information_requested" and event.role == "system"
    return "information_needed" if is_automatic else event.type


def _covered_by(event: Event, types: set[str]) -> str | None:
    """The event whose notices already contain this one: a refusal reports the receipt, a response
    its question, its resolution and its escalation, a resolution the automatic closing.
    """
    if event.type == "opened" and "closed" in types:
        return "closed"
    if event.type in {"resolved", "information_requested", "escalated"} and "responded" in types:
        return "responded"
    is_automatic = event.type == "closed" and event.role == "system"
    return "resolved" if is_automatic and event.data["closed_as"] == "resolved" else None


def _identity(event: Event, template: str, audience: str) -> tuple[object, ...]:
    """A rung has one notice per cycle and audience, an event one per template and audience."""
    if "rung" in event.data:
        rung = (event.data["clock"], event.data["cycle"], event.data["rung"])
        return (event.type, 0, *rung, audience)
    return (template, event.seq, audience)
