"""The outbox of a ticket: which notices its events give rise to, and how far each has come.

A notice has an identity (event or rung, cycle, recipient), and there is one of each, ever:
what is owed twice is owed once. Delivering is somebody else's work.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import JsonValue

from activities.notices import Notice, TicketRef
from policies.terms import Recipient, Terms
from policies.vocabulary import ClosedAs, EventType, NoticeStatus, Role
from workflows.ticket.messages import Event
from workflows.ticket.state import NoticeRecord, TicketState

WITH_RESPONSE = frozenset({EventType.RESOLVED, EventType.INFORMATION_REQUESTED})
"""What a first response says itself."""


class Outbox:
    """Notices by identity, in the order in which they became owed."""

    def __init__(self, state: TicketState) -> None:
        self._state = state

    def announce(self, events: Sequence[Event]) -> None:
        """Owes what the policy says about events that became true together."""
        together = {event.type for event in events}
        for event in events:
            for rule in self._state.terms.notices:
                is_due = rule.event is event.type and rule.concerns(self._state.priority)
                if is_due and not _is_said_elsewhere(event, together):
                    self.owe(event, rule.tell, rule.template or rule.event)

    def owe(self, event: Event, audiences: Sequence[str], template: str) -> None:
        """Owes one notice of this event to each audience that has somebody to tell."""
        told: set[str] = set()
        for audience in audiences:
            recipient = self._recipient(audience)
            key = _identity(event, template, audience)
            if recipient is None or recipient.email in told:
                continue
            told.add(recipient.email)
            if self._find(key) is None:
                record = NoticeRecord(
                    key=key, template=template, audience=audience, to=recipient, event=event.seq
                )
                self._state.notices.append(record)

    def owed(self) -> Iterator[NoticeRecord]:
        """The notices still to be delivered."""
        return (n for n in self._state.notices if n.status is NoticeStatus.OWED)

    def sent(self, key: str, message_id: str) -> None:
        """A notice was delivered."""
        self._update(key, status=NoticeStatus.SENT, message_id=message_id)

    def fail(self, key: str, error: str) -> NoticeRecord:
        """A notice cannot be delivered, and why."""
        return self._update(key, status=NoticeStatus.UNDELIVERABLE, error=error)

    def letter(self, record: NoticeRecord) -> Notice:
        """What the recipient is to be told."""
        state, event = self._state, self._state.events[record.event - 1]
        opening = state.opening
        return Notice(
            key=record.key,
            template=record.template,
            audience=record.audience,
            contact=record.to,
            ticket=TicketRef(
                number=opening.number,
                subject=opening.subject,
                account=opening.terms.account,
                account_name=opening.terms.account_name,
                policy_title=opening.terms.title,
                requester_name=opening.terms.contacts["requester"].name,
            ),
            facts=self._facts(event),
            at=event.at,
        )

    def _facts(self, event: Event) -> dict[str, JsonValue]:
        facts: dict[str, JsonValue] = {"by": event.by.shown, **event.data}
        clock = _CLOCK_TOLD_OF.get(event.type)
        if clock is not None:
            facts.update(self._deadline(clock, event))
        if event.data.get("clock") in _asking(self._state.terms):
            facts["questions"] = self._questions(event)
        if event.type is EventType.HANDED_OVER:
            facts["opened_at"] = self._state.opening.received_at.isoformat()
            facts.update(self._packet(event))
        return facts

    def _deadline(self, clock: str, event: Event) -> dict[str, JsonValue]:
        """When what this event started is due; only what is promised is told outside."""
        terms = next((c for c in self._state.terms.clocks if c.name == clock), None)
        if terms is None or not (terms.promised or event.type is EventType.HANDED_OVER):
            return {}
        for cycle in self._state.clocks:
            if cycle.name == clock and cycle.started_at == event.at:
                return {
                    "promise": str(cycle.promise.within),
                    "due_at": cycle.due_at.isoformat(),
                }
        says = terms.promise(self._state.priority).says
        return {"guarantee": says} if says else {}

    def _packet(self, handed_over: Event) -> dict[str, JsonValue]:
        """Everything that was gathered until then (contently/handoff-content)."""
        before = [e for e in self._state.events if e.seq < handed_over.seq]
        concluded = [e for e in before if e.type is EventType.TRIAGE_CONCLUDED]
        return {
            "description": self._state.opening.description,
            "requested_by": self._state.terms.contacts["requester"].name,
            "conclusion": concluded[-1].data["conclusion"] if concluded else "",
            "findings": [
                {**e.data, "by": e.by.shown, "at": e.at.isoformat()}
                for e in before
                if e.type is EventType.FINDING_RECORDED
            ],
            "information": list(_answers(before)),
        }

    def _questions(self, reminder: Event) -> list[JsonValue]:
        """What the requester was last asked before they were reminded of it."""
        for event in reversed(self._state.events[: reminder.seq - 1]):
            if event.type is EventType.INFORMATION_REQUESTED:
                asked = event.data.get("questions")
                return asked if isinstance(asked, list) else []
        return []

    def _recipient(self, audience: str) -> Recipient | None:
        terms, assignee = self._state.terms, self._state.assignee
        if audience != "assignee":
            return terms.contacts.get(audience)
        if assignee is None:
            return terms.contacts.get(terms.unassigned or "")
        return Recipient(
            name=assignee.name, email=assignee.email, zone=terms.zone, locale=terms.locale
        )

    def _find(self, key: str) -> NoticeRecord | None:
        return next((n for n in self._state.notices if n.key == key), None)

    def _update(self, key: str, **changes: Any) -> NoticeRecord:
        for index, record in enumerate(self._state.notices):
            if record.key == key:
                self._state.notices[index] = record.model_copy(update=changes)
                return self._state.notices[index]
        raise KeyError(key)


_CLOCK_TOLD_OF = {
    EventType.OPENED: "first_response",
    EventType.ESCALATED: "triage",
    EventType.HANDED_OVER: "review",
}


def _asking(terms: Terms) -> set[str]:
    """The clocks that remind of what was asked."""
    asked = EventType.INFORMATION_REQUESTED
    return {clock.name for clock in terms.clocks if clock.reminds and asked in clock.starts}


def _is_said_elsewhere(event: Event, together: set[EventType]) -> bool:
    """Nobody gets the same news twice: a refusal says that the request arrived, a response says
    what it asks and resolves, and a resolution says when the ticket closes by itself.
    """
    if event.type is EventType.OPENED:
        return EventType.CLOSED in together
    if event.type is EventType.CLOSED:
        return event.by.role is Role.SYSTEM and event.data["closed_as"] == ClosedAs.RESOLVED
    return EventType.RESPONDED in together and event.type in WITH_RESPONSE


def _identity(event: Event, template: str, audience: str) -> str:
    if "rung" in event.data:
        data = event.data
        return f"{event.type}/{data['clock']}/{data['cycle']}/{data['rung']}/{audience}"
    return f"{template}/{event.seq}/{audience}"


def _answers(events: Sequence[Event]) -> Iterator[dict[str, JsonValue]]:
    question = ""
    for event in events:
        if event.type is EventType.INFORMATION_REQUESTED:
            questions = event.data.get("questions")
            asked = questions if isinstance(questions, list) else []
            question = " ".join(str(q) for q in asked) or str(event.data.get("message", ""))
        elif event.type is EventType.INFORMATION_PROVIDED:
            yield {"question": question, "answer": event.data["message"]}
            question = ""
