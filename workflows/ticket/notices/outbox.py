"""The outbox of a ticket: the notices that its events cause, and the state of each delivery.

The key of a notice is its identity: event or rung, cycle, and audience. `Deliveries` sends them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from pydantic import JsonValue

from activities.notices import (
    DIGEST,
    PAGE_ACKNOWLEDGED,
    PAGE_RESOLVED,
    PAGED,
    REMINDER,
    Notice,
    TicketRef,
)
from policies.terms.model.notice import NoticeTerms
from policies.terms.model.recipient import Recipient
from policies.vocabulary import Carrier, EventType, NoticeStatus, Role
from workflows.shared.outbox import BaseOutbox
from workflows.ticket.model.events import Event
from workflows.ticket.model.visibility import FOLLOWER_PREFIX, REQUESTER
from workflows.ticket.notices.digests import (
    LARGEST_DIGEST,
    PERIOD,
    digest_of,
    is_over_quota,
)
from workflows.ticket.notices.notice_deadline import (
    announced_deadline,
    page_urgency,
    promises_now,
)
from workflows.ticket.notices.notice_facts import notice_facts, reminding_clocks
from workflows.ticket.notices.notice_selection import (
    Candidate,
    closes_automatically,
    one_to_each_person,
)
from workflows.ticket.notices.page_follow_ups import follow_ups
from workflows.ticket.state.notice_record import NoticeRecord
from workflows.ticket.state.record_size import record_weight
from workflows.ticket.state.ticket_state import TicketState

WORK_FOR_THE_DESK = frozenset({EventType.CONTRACT_INCOMPLETE, EventType.OBJECTIONS_FOUND})
"""Events that the assignee, or whoever has unassigned tickets, is notified of by every ticket."""
FOLLOWED_EVENTS = frozenset(
    {
        EventType.RESPONDED,
        EventType.UPDATE_POSTED,
        EventType.WORKAROUND_PROVIDED,
        EventType.WORKAROUND_WITHDRAWN,
        EventType.ESTIMATE_GIVEN,
        EventType.MILESTONE_RECORDED,
        EventType.ESCALATED,
        EventType.HANDED_OVER,
        EventType.FORECAST_SHARED,
        EventType.ENGINEERING_STARTED,
        EventType.RELEASE_SCHEDULED,
        EventType.RESOLVED,
        EventType.CLOSED,
    }
)
"""Events that requesters of duplicates are notified of; questions go to the first requester only.
"""
REFERRED = "referred"
"""The template for the contact that a refused requester is referred to."""
WITH_ENGINEERING = "with_engineering"
"""The template about a handoff for those who do not get the findings."""
WITHOUT_STANDARD = frozenset(
    {DIGEST, PAGED, PAGE_ACKNOWLEDGED, PAGE_RESOLVED, REFERRED, EventType.HANDED_OVER}
)
"""Templates that no other can stand for. All workers have them."""


class Outbox(BaseOutbox[NoticeRecord]):
    """The notices of a ticket."""

    def __init__(self, state: TicketState) -> None:
        super().__init__(state.notices)
        self._state = state

    def announce(self, events: Sequence[Event]) -> None:
        """Enqueues the notices of events that one change has added: one e-mail to each person."""
        for candidate in self._chosen(events):
            self._add_within_quota(self._record(candidate), candidate.event.at - PERIOD)
        self._follow_up_pages()

    def announce_past(self, events: Sequence[Event]) -> None:
        """Enqueues the notices of a timeline whose rules were not known: those of each change by
        itself. Of pages, only the last: there is one thing to look at. All of them are sent now,
        so that one quota holds for the whole timeline.
        """
        changes = [list(change) for _, change in groupby(events, key=_change)]
        emails = [c for change in changes for c in self._chosen(change) if c.template != PAGED]
        pages = [candidate for candidate in self._chosen(events) if candidate.template == PAGED]
        before = self._state.opening.received_at - PERIOD
        for candidate in sorted([*emails, *pages], key=lambda candidate: candidate.event.seq):
            self._add_within_quota(self._record(candidate), before)
        self._follow_up_pages()

    def add_digest(self, mailbox: str, at: datetime) -> None:
        """Enqueues the digest of what is held for this mailbox."""
        self.add(digest_of(self._state, mailbox, at))

    def enqueue(self, event: Event, audiences: Sequence[str], template: str) -> None:
        """Adds one notice of this event for each audience. A person is notified once."""
        for candidate in one_to_each_person(self._to(event, audiences, template)):
            self.add(self._record(candidate))

    def sent(self, key: str, message_id: str, carrier: Carrier = Carrier.MAIL) -> None:
        """Marks a notice as sent. If the ticket has moved on, a page is followed up at once."""
        super().sent(key, message_id, carrier)
        self._follow_up_pages()

    def weight(self, record: NoticeRecord) -> int:
        """An estimate of the bytes of a notice: its event, or everything in a packet."""
        if record.template == DIGEST:
            return LARGEST_DIGEST
        if record.template == EventType.HANDED_OVER:
            return record_weight(self._state)
        return self._state.events[record.event - 1].weight

    def compose(self, record: NoticeRecord) -> Notice:
        """The notice as the activity sends it."""
        return Notice(
            key=record.key,
            template=record.template,
            audience=record.audience,
            contact=record.to,
            ticket=self._ticket,
            facts=notice_facts(self._state, record),
            at=self._state.noticed_at(record),
            standard=self._standard_template(record),
        )

    def _standard_template(self, record: NoticeRecord) -> str:
        """The template that stands for one of the policy's own: that of the event."""
        if record.template in WITHOUT_STANDARD:
            return ""
        event = self._state.events[record.event - 1]
        standard = _template(event)
        if "rung" in event.data and event.data["clock"] in reminding_clocks(self._state.terms):
            standard = REMINDER
        elif event.type is EventType.HANDED_OVER:
            # Only the policy's rules decide who gets the findings.
            standard = WITH_ENGINEERING
        return "" if standard == record.template else standard

    def _add_within_quota(self, record: NoticeRecord, since: datetime) -> None:
        if is_over_quota(self._state, record, since):
            record = record.model_copy(update={"status": NoticeStatus.IN_DIGEST})
        self.add(record)

    def _chosen(self, events: Sequence[Event]) -> list[Candidate]:
        """The notices of one change: one e-mail, and one page, to each person."""
        candidates = [candidate for event in events for candidate in self._candidates(event)]
        return one_to_each_person(candidates, self._told_before(events))

    def _candidates(self, event: Event) -> Iterator[Candidate]:
        priority, facts = self._state.priority, self._state.fact_rows
        for rule in self._state.terms.notices:
            if self._is_due(rule, event) and rule.concerns(priority, facts):
                audiences = list(rule.tell)
                if REQUESTER in audiences and event.type in FOLLOWED_EVENTS:
                    audiences += self._followers
                yield from self._to(event, audiences, rule.template or _template(event))
        yield from self._mandatory(event)

    def _is_due(self, rule: NoticeTerms, event: Event) -> bool:
        """Whether a rule is about an event. A page calls for work: none goes out for a request that
        is refused at once, and one that is taken on after a refusal is paged like a new one.
        """
        if rule.template != PAGED:
            return rule.event in event.names
        return rule.event in event.counts_as and self._state.is_active

    def _mandatory(self, event: Event) -> Iterator[Candidate]:
        """Notices that need no rule of the policy."""
        referred = [str(event.data["refers_to"])] if "refers_to" in event.data else []
        if event.type in WORK_FOR_THE_DESK:
            yield from self._to(event, ["assignee"], event.type)
        elif event.type is EventType.LEVEL_RAISED:
            yield from self._to(event, [str(event.data["audience"]), REQUESTER], event.type)
        elif event.type is EventType.CLOSED:
            yield from self._to(event, referred, REFERRED)
        elif event.revives:
            yield from self._to(event, [REQUESTER, *self._followers, *referred], event.type)

    def _to(self, event: Event, audiences: Sequence[str], template: str) -> Iterator[Candidate]:
        for audience in audiences:
            recipient = self._recipient(audience)
            if recipient is not None:
                yield Candidate(event, template, audience, recipient)

    def _record(self, candidate: Candidate) -> NoticeRecord:
        event, template, audience, recipient = candidate
        return NoticeRecord(
            key=_key(event, template, audience),
            template=template,
            audience=audience,
            to=recipient,
            event=event.seq,
            deadline=self._deadline(event, template),
        )

    def _told_before(self, events: Sequence[Event]) -> frozenset[str]:
        """People who were told of an automatic closing when the ticket was resolved."""
        if not any(closes_automatically(event) for event in events):
            return frozenset()
        rules = [rule for rule in self._state.terms.notices if rule.event is EventType.RESOLVED]
        audiences = [*self._followers, *(audience for rule in rules for audience in rule.tell)]
        recipients = [self._recipient(audience) for audience in audiences]
        return frozenset(recipient.mailbox for recipient in recipients if recipient is not None)

    def _deadline(self, event: Event, template: str) -> dict[str, JsonValue]:
        if template == PAGED:
            return page_urgency(self._state)
        if template == EventType.RECLASSIFIED:
            return {"clocks": promises_now(self._state, event.at)}
        return announced_deadline(self._state, event)

    def _follow_up_pages(self) -> None:
        for record in list(follow_ups(self._state)):
            self.add(record)

    @property
    def _ticket(self) -> TicketRef:
        # Not cached: terms that are settled later give the ticket its policy.
        opening = self._state.opening
        return TicketRef(
            number=opening.number,
            subject=opening.subject,
            account=opening.terms.account,
            account_name=opening.terms.account_name,
            policy_title=opening.terms.title,
            requester_name=opening.terms.contacts["requester"].name,
            policy=opening.terms.policy,
        )

    @property
    def _followers(self) -> list[str]:
        """The audiences of duplicates' requesters."""
        return [f"{FOLLOWER_PREFIX}{duplicate.number}" for duplicate in self._state.duplicates]

    def _recipient(self, audience: str) -> Recipient | None:
        terms, assignee = self._state.terms, self._state.assignee
        if audience.startswith(FOLLOWER_PREFIX):
            number = audience.removeprefix(FOLLOWER_PREFIX)
            return next((d.requester for d in self._state.duplicates if d.number == number), None)
        if audience != "assignee":
            return terms.contacts.get(audience)
        if assignee is None:
            return terms.unassigned_contact(self._state.priority, self._state.fact_rows)
        return Recipient(
            name=assignee.name, email=assignee.email, zone=terms.zone, locale=terms.locale
        )


def _change(event: Event) -> tuple[datetime, str | None]:
    """The change that an event belongs to."""
    return event.at, event.action_id


def _template(event: Event) -> str:
    is_automatic = event.by.role is Role.SYSTEM and event.type is EventType.INFORMATION_REQUESTED
    return "information_needed" if is_automatic else event.type


def _key(event: Event, template: str, audience: str) -> str:
    if "rung" in event.data:
        data = event.data
        return f"{event.type}/{data['clock']}/{data['cycle']}/{data['rung']}/{audience}"
    return f"{template}/{event.seq}/{audience}"
