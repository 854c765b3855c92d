"""Who is told what, once each (docs/policies.md, `notices` and `ladder`)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.chaos.model.document import Plain
from tests.chaos.model.events import Event, Notice

if TYPE_CHECKING:
    from tests.chaos.model.ticket import Ticket


NEWS = {
    *("responded", "update_posted", "escalated", "handed_over", "forecast_shared"),
    *("engineering_started", "release_scheduled", "resolved", "closed"),
}
"""What concerns whoever asked in a duplicate as well; questions are for the first who asked."""
FOLLOWER = "requester/"


class Post:
    """The notices of a ticket, each once."""

    def __init__(self, ticket: "Ticket") -> None:
        self._ticket = ticket
        self.notices: list[Notice] = []

    def announce(self, events: Sequence[Event]) -> None:
        """Whom the policy has told of events that became true together."""
        types = {event.type for event in events}
        for event in events:
            elsewhere = _said_elsewhere(event, types)
            told = {a for rule in self._rules(elsewhere) for a in rule["tell"]}
            for rule in self._rules(event.type):
                priorities = rule.get("priorities")
                if not priorities or self._ticket.priority in priorities:
                    audiences = [a for a in rule["tell"] if a not in told]
                    if "requester" in audiences and event.type in NEWS:
                        audiences += self._followers
                    self.owe(event, audiences, rule.get("template") or _template(event))
            if event.type == "level_raised":
                self.owe(event, [event.data["audience"], "requester"], event.type)
            # Sales is told of what is theirs (cention/professional-services).
            referred = [event.data["refers_to"]] if "refers_to" in event.data else []
            if event.type == "closed":
                self.owe(event, referred, "referred")
            if event.takes_on:
                self.owe(event, ["requester", *self._followers, *referred], event.type)

    def owe(self, event: Event, audiences: Sequence[str], template: str) -> None:
        """One notice to each audience, and none twice to the same address."""
        told: set[str] = set()
        for audience in audiences:
            address = self._address(audience)
            key = _identity(event, template, audience)
            if address is None or address in told:
                continue
            told.add(address)
            if all(notice.key != key for notice in self.notices):
                self.notices.append(Notice(template, audience, address, event.at, key))

    def _rules(self, event_type: str | None) -> list[Plain]:
        return [rule for rule in self._ticket.request.notices if rule["event"] == event_type]

    @property
    def _followers(self) -> list[str]:
        """Whoever asked in a duplicate (docs/api.md, `merge`)."""
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
    is_ours = event.type == "information_requested" and event.role == "system"
    return "information_needed" if is_ours else event.type


def _said_elsewhere(event: Event, types: set[str]) -> str | None:
    """Nobody gets the same news twice: a refusal says that the request came in, a response what
    it asks and resolves, a resolution that the ticket will close by itself.
    """
    if event.type == "opened" and "closed" in types:
        return "closed"
    if event.type in {"resolved", "information_requested"} and "responded" in types:
        return "responded"
    is_by_itself = event.type == "closed" and event.role == "system"
    return "resolved" if is_by_itself and event.data["closed_as"] == "resolved" else None


def _identity(event: Event, template: str, audience: str) -> tuple[object, ...]:
    """A rung is told once in a cycle, an event once by each letter."""
    if "rung" in event.data:
        rung = (event.data["clock"], event.data["cycle"], event.data["rung"])
        return (event.type, 0, *rung, audience)
    return (template, event.seq, audience)
