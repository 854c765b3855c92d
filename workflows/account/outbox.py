"""The outbox of an account: the notices that its events cause, and the state of each delivery.

A notice stores all its facts, because an account drops old events and entries.
"""

from collections.abc import Iterator

from pydantic import JsonValue

from activities.notices import Notice, TicketRef
from policies.terms.model.recipient import Recipient
from workflows.account.model.events import AccountEvent
from workflows.account.state import AccountState, NoticeRecord
from workflows.shared.outbox import BaseOutbox
from workflows.shared.visibility.redaction import public_name

WORTH = ("amount", "currency", "percent", "fee", "fee_missing")
"""The data of an event that state what a credit is worth in money."""
REQUESTER = "requester"
"""The audience of the requesters of tickets."""
SUBJECTS = ("credit", "claim", "session", "service_level", "key")
"""The data of an event that name what it is about."""


class Outbox(BaseOutbox[NoticeRecord]):
    """The notices of an account."""

    def __init__(self, state: AccountState) -> None:
        super().__init__(state.notices)
        self._state = state

    def announce(self, since: int) -> None:
        """Enqueues the notices of all events after the one with this number."""
        for event in self._state.events:
            if event.seq > since:
                self._enqueue(event)

    def weight(self, record: NoticeRecord) -> int:
        """An estimate of the bytes of a notice."""
        return len(repr(record.facts).encode())

    def compose(self, record: NoticeRecord) -> Notice:
        """The notice as the activity sends it."""
        terms = self._state.terms
        return Notice(
            key=record.key,
            template=record.template,
            audience=record.audience,
            contact=record.to,
            ticket=TicketRef.to_account(
                terms.account, terms.account_name, terms.title, terms.policy
            ),
            facts=self._facts(record),
            at=record.at,
            standard=record.standard,
        )

    def _facts(self, record: NoticeRecord) -> dict[str, JsonValue]:
        """The facts of the notice, with the heading of its clause (None if the terms lack it), and
        with the labels of its clock and of fees.
        """
        facts = dict(record.facts)
        if "clock" in facts:
            clock = str(facts["clock"])
            facts["clock"] = self._state.terms.clock_labels.get(clock, clock)
        if "clause" in facts:
            facts["clause"] = self._state.terms.headings.get(str(facts["clause"]))
        if "credit" in facts:
            worth = {name: facts.pop(name) for name in WORTH if name in facts}
            facts |= {"credit_worth": worth} if worth else {}
        return {name: self._with_fees(value) for name, value in facts.items()}

    def _with_fees(self, value: JsonValue) -> JsonValue:
        """What credits are worth, with the name of the fee for readers."""
        if isinstance(value, list):
            return [self._with_fees(each) for each in value]
        if not isinstance(value, dict) or "fee" not in value:
            return value
        fee = str(value["fee"])
        return value | {"fee": self._state.terms.fee_labels.get(fee, fee.replace("_", " "))}

    def _enqueue(self, event: AccountEvent) -> None:
        """Adds one notice of this event for each audience. A recipient is notified once."""
        notified: set[str] = set()
        for rule in self._state.terms.notices:
            if rule.event != event.type:
                continue
            template = rule.template or event.type
            for audience in rule.tell:
                for number, recipient in enumerate(self._recipients(audience, event)):
                    if recipient.mailbox not in notified:
                        notified.add(recipient.mailbox)
                        self.add(self._record(event, template, audience, recipient, number))

    def _recipients(self, audience: str, event: AccountEvent) -> Iterator[Recipient]:
        """The contact; for `requester`, the requesters of the tickets that earned the credit, or
        the credits of the claim.
        """
        if audience != REQUESTER:
            contact = self._state.terms.contacts.get(audience)
            yield from [contact] if contact else []
            return
        credit, claim = event.data.get("credit"), event.data.get("claim")
        for known in self._state.credits:
            is_concerned = known.id == credit or (claim is not None and known.claim == claim)
            if is_concerned and known.requester is not None:
                yield known.requester

    def _record(
        self,
        event: AccountEvent,
        template: str,
        audience: str,
        recipient: Recipient,
        number: int,
    ) -> NoticeRecord:
        """The notice of an event to one person, the first of the audience or a further one."""
        by = event.by.display_name
        if audience == REQUESTER:
            by = public_name(event.by, self._state.terms.title)
        subject = next((event.data[name] for name in SUBJECTS if name in event.data), None)
        return NoticeRecord(
            key=f"{template}/{subject}/{event.seq}/{audience}" + (f"/{number}" if number else ""),
            template=template,
            audience=audience,
            to=recipient,
            facts={"by": by, **event.data},
            at=event.at,
            standard="" if template == event.type else event.type,
        )
