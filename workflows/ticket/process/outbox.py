"""The outbox of a ticket: which notices its events give rise to, and how far each has come.

A notice has an identity (event or rung, cycle, recipient), and there is one of each, ever:
what is owed twice is owed once. Delivering is somebody else's work.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

from pydantic import JsonValue

from activities.notices import PAGE_ACKNOWLEDGED, PAGE_RESOLVED, PAGED, Notice, TicketRef
from policies.terms.ticket_terms import Recipient, Terms
from policies.vocabulary import Carrier, ClockState, ClosedAs, EventType, Role
from workflows.shared.outbox import BaseOutbox
from workflows.ticket.model.messages import Event
from workflows.ticket.model.state import NoticeRecord, TicketState, steps_done
from workflows.ticket.process.page_follow_ups import follow_ups, page_of

WITH_RESPONSE = frozenset({EventType.RESOLVED, EventType.INFORMATION_REQUESTED})
"""What a first response says itself."""
WITH_REFUSAL = frozenset({EventType.OPENED, EventType.REVISION_CHANGED})
"""What a refusal says itself."""
NEWS = frozenset(
    {
        EventType.RESPONDED,
        EventType.UPDATE_POSTED,
        EventType.ESCALATED,
        EventType.HANDED_OVER,
        EventType.FORECAST_SHARED,
        EventType.ENGINEERING_STARTED,
        EventType.RELEASE_SCHEDULED,
        EventType.RESOLVED,
        EventType.CLOSED,
    }
)
"""What the requesters of duplicates are told as well; questions are for whoever asked first."""
FOLLOWER = "requester/"
"""Before the number of a duplicate: the audience that is its requester."""
URGENCY = ("clock", "due_at", "priority")
"""What a page says of how urgent it is."""
REFERRED = "referred"
"""The letter to those who are there for a request that support is not for."""


class Outbox(BaseOutbox[NoticeRecord]):
    """The notices of a ticket."""

    def __init__(self, state: TicketState) -> None:
        super().__init__(state.notices)
        self._state = state

    def announce(self, events: Sequence[Event]) -> None:
        """Owes what the policy says about events that became true together."""
        together = {event.type for event in events}
        for event in events:
            said = _said_elsewhere(event, together)
            informed = self._told_of(said) if said else frozenset()
            for rule in self._state.terms.notices:
                if rule.event is event.type and rule.concerns(self._state.priority):
                    audiences = [a for a in rule.tell if a not in informed]
                    if "requester" in audiences and event.type in NEWS:
                        audiences += self._followers
                    self.enqueue(event, audiences, rule.template or _template(event))
            self._enqueue_always(event)
        self._follow_up_pages()

    def sent(self, key: str, message_id: str, carrier: Carrier = Carrier.MAIL) -> None:
        """A notice was delivered. A page may have been taken when the ticket had moved on."""
        super().sent(key, message_id, carrier)
        self._follow_up_pages()

    def _enqueue_always(self, event: Event) -> None:
        """What somebody is told whatever the policy's notices say."""
        referred = [str(event.data["refers_to"])] if "refers_to" in event.data else []
        if event.type is EventType.LEVEL_RAISED:
            self.enqueue(event, [str(event.data["audience"]), "requester"], event.type)
        elif event.type is EventType.CLOSED:
            self.enqueue(event, referred, REFERRED)
        elif event.takes_on:
            self.enqueue(event, ["requester", *self._followers, *referred], event.type)

    def enqueue(self, event: Event, audiences: Sequence[str], template: str) -> None:
        """Owes one notice of this event to each audience that has somebody to tell."""
        told: set[str] = set()
        for audience in audiences:
            recipient = self._recipient(audience)
            key = _identity(event, template, audience)
            if recipient is None or recipient.email in told:
                continue
            told.add(recipient.email)
            self.add(
                NoticeRecord(
                    key=key,
                    template=template,
                    audience=audience,
                    to=recipient,
                    event=event.seq,
                    deadline=self._urgency() if template == PAGED else self._deadline(event),
                )
            )

    @cached_property
    def _ticket(self) -> TicketRef:
        opening = self._state.opening
        return TicketRef(
            number=opening.number,
            subject=opening.subject,
            account=opening.terms.account,
            account_name=opening.terms.account_name,
            policy_title=opening.terms.title,
            requester_name=opening.terms.contacts["requester"].name,
        )

    def weight(self, record: NoticeRecord) -> int:
        """About how many bytes the letter takes: what became true, or all that was gathered."""
        if record.template == EventType.HANDED_OVER:
            return self._state.weight
        return self._state.events[record.event - 1].weight

    def compose(self, record: NoticeRecord) -> Notice:
        """What the recipient is to be told."""
        event = self._state.events[record.event - 1]
        return Notice(
            key=record.key,
            template=record.template,
            audience=record.audience,
            contact=record.to,
            ticket=self._ticket,
            facts=self._facts(record, event),
            at=event.at,
        )

    def _follow_up_pages(self) -> None:
        for record in list(follow_ups(self._state)):
            self.add(record)

    def _facts(self, record: NoticeRecord, event: Event) -> dict[str, JsonValue]:
        if record.template in (PAGE_ACKNOWLEDGED, PAGE_RESOLVED):
            return {"page": page_of(record, self._state).message_id}
        facts: dict[str, JsonValue] = {"by": event.by.shown, **event.data, **record.deadline}
        for clock in ("clock", "by_clock"):
            if clock in facts:
                facts[clock] = self._clock_label(str(facts[clock]))
        if event.data.get("clock") in _asking(self._state.terms):
            del facts["due_at"]
            facts.update(self._question(event))
        facts.update(self._of_kind(event))
        if record.template == EventType.HANDED_OVER:
            facts.update(self._packet(event))
        if record.template == PAGED:
            said = event.data.get("reason") or self._state.opening.description
            facts.update({name: record.deadline.get(name) for name in URGENCY}, message=said)
        return facts

    def _of_kind(self, event: Event) -> dict[str, JsonValue]:
        """What letters about events of this kind say besides what the event has."""
        match event.type:
            case EventType.HANDED_OVER:
                return {"opened_at": self._state.opening.received_at.isoformat()}
            case EventType.REVISION_CHANGED:
                return {"clocks": self._promises_moved(event)}
            case EventType.FORECAST_SHARED:
                return {"priorities": self._labelled(event.data["priorities"])}
            case EventType.CLOSED:
                return self._referral(event)
        return {}

    def _clock_label(self, name: str) -> str:
        """The policy's label of a clock; without one, templates know the name."""
        return self._state.terms.labels.get("clock", {}).get(name, name)

    def _labelled(self, priorities: JsonValue) -> JsonValue:
        """What reviews were given, by viewpoint, as people call it."""
        assert isinstance(priorities, dict)
        terms = self._state.terms
        return {viewpoint: terms.label("review", str(p)) for viewpoint, p in priorities.items()}

    def _deadline(self, event: Event) -> dict[str, str]:
        """When the announced clock that this event started is due."""
        announced = (c for c in self._state.terms.clocks if c.announced)
        terms = next((c for c in announced if set(c.starts).intersection(event.counts_as)), None)
        if terms is None:
            return {}
        for cycle in self._state.clocks:
            if cycle.name == terms.name and cycle.started_at == event.at:
                is_paused = cycle.state is ClockState.PAUSED
                due = {} if is_paused else {"due_at": cycle.due_at.isoformat()}
                return {"promise": str(cycle.promise.within), **due}
        says = terms.promise(self._state.priority).says
        return {"guarantee": says} if says else {}

    def _packet(self, handed_over: Event) -> dict[str, JsonValue]:
        """Everything that was gathered until then (contently/handoff-content)."""
        before = [e for e in self._state.events if e.seq < handed_over.seq]
        concluded = [e for e in before if e.type is EventType.TRIAGE_CONCLUDED]
        done = steps_done(before)
        return {
            "description": self._state.opening.description,
            "requested_by": self._state.terms.contacts["requester"].name,
            "conclusion": concluded[-1].data["conclusion"] if concluded else "",
            "findings": [
                {**e.data, "step": self._step(e), "by": e.by.shown, "at": e.at.isoformat()}
                for e in before
                if e.type is EventType.FINDING_RECORDED
            ],
            "information": list(_answers(before)),
            "not_run": [
                step.does for step in self._state.terms.process.checklist if step.id not in done
            ],
        }

    def _promises_moved(self, changed: Event) -> list[JsonValue]:
        """What was promised, and when it was and is due; the desk's own targets are not told."""
        clocks = changed.data.get("clocks")
        promised = {clock.name for clock in self._state.terms.clocks if clock.promised}
        return [
            {**clock, "name": self._clock_label(str(clock["name"]))}
            for clock in (clocks if isinstance(clocks, list) else [])
            if isinstance(clock, dict)
            and clock["name"] in promised
            and (clock["was"] or clock["now"])
        ]

    def _referral(self, closed: Event) -> dict[str, JsonValue]:
        """Who is there for the request instead, and whose request it is."""
        contacts = self._state.terms.contacts
        there = contacts.get(str(closed.data.get("refers_to")))
        if there is None:
            return {}
        return {
            "turn_to": {"name": there.name, "email": there.email},
            "requester_email": contacts["requester"].email,
            "description": self._state.opening.description,
        }

    def _step(self, finding: Event) -> str:
        """What was done: a step of the checklist in its words, or the agent's own."""
        step = str(finding.data["step"])
        checklist = self._state.terms.process.checklist
        return next((known.does for known in checklist if known.id == step), step)

    def _told_of(self, event: EventType) -> frozenset[str]:
        rules = (rule for rule in self._state.terms.notices if rule.event is event)
        return frozenset(audience for rule in rules for audience in rule.tell)

    def _question(self, reminder: Event) -> dict[str, JsonValue]:
        """What the requester was last asked before they were reminded of it, and when."""
        for event in reversed(self._state.events[: reminder.seq - 1]):
            if event.type is EventType.INFORMATION_REQUESTED:
                questions = event.data.get("questions", [])
                return {"questions": questions, "asked_at": event.at.isoformat()}
        return {}

    def _urgency(self) -> dict[str, str]:
        """How urgent it is that whoever is on call comes, and until when; by `URGENCY`."""
        promised = {clock.name for clock in self._state.terms.clocks if clock.promised}
        running = [c for c in self._state.clocks if c.is_open and c.name in promised]
        next_due = min(running, key=lambda clock: clock.due_at, default=None)
        priority = self._state.priority
        due = (
            {"clock": self._clock_label(next_due.name), "due_at": next_due.due_at.isoformat()}
            if next_due
            else {}
        )
        if priority is not None:
            due["priority"] = self._state.terms.label("priority", priority)
        return due

    @property
    def _followers(self) -> list[str]:
        """The requesters of tickets that were merged into this one, each an audience."""
        return [f"{FOLLOWER}{duplicate.number}" for duplicate in self._state.duplicates]

    def _recipient(self, audience: str) -> Recipient | None:
        terms, assignee = self._state.terms, self._state.assignee
        if audience.startswith(FOLLOWER):
            number = audience.removeprefix(FOLLOWER)
            return next((d.requester for d in self._state.duplicates if d.number == number), None)
        if audience != "assignee":
            return terms.contacts.get(audience)
        if assignee is None:
            return terms.contacts.get(terms.unassigned or "")
        return Recipient(
            name=assignee.name, email=assignee.email, zone=terms.zone, locale=terms.locale
        )


def _asking(terms: Terms) -> set[str]:
    """The clocks that remind of what was asked."""
    asked = EventType.INFORMATION_REQUESTED
    return {clock.name for clock in terms.clocks if clock.reminds and asked in clock.starts}


def _template(event: Event) -> str:
    is_ours = event.by.role is Role.SYSTEM and event.type is EventType.INFORMATION_REQUESTED
    return "information_needed" if is_ours else event.type


def _said_elsewhere(event: Event, together: set[EventType]) -> EventType | None:
    """The event whose notice says this one's news as well, so that nobody gets it twice: a
    refusal says that the request arrived or came under other terms, a response what it asks and
    resolves, and a resolution when the ticket closes by itself.
    """
    if event.type in WITH_REFUSAL and EventType.CLOSED in together:
        return EventType.CLOSED
    if event.type in WITH_RESPONSE and EventType.RESPONDED in together:
        return EventType.RESPONDED
    closes_by_itself = event.type is EventType.CLOSED and event.by.role is Role.SYSTEM
    if closes_by_itself and event.data["closed_as"] == ClosedAs.RESOLVED:
        return EventType.RESOLVED
    return None


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
