"""The outbox of an account: whom its policy tells of what became true of the account.

A notice says all it has to say itself, since an account forgets what can change nothing more.
"""

from pydantic import JsonValue

from activities.notices import Notice, TicketRef
from policies.terms.ticket_terms import Recipient
from workflows.account.messages import AccountEvent
from workflows.account.state import AccountState, NoticeRecord
from workflows.shared.outbox import BaseOutbox


class Outbox(BaseOutbox[NoticeRecord]):
    """The notices of an account."""

    def __init__(self, state: AccountState) -> None:
        super().__init__(state.notices)
        self._state = state

    def announce(self, since: int) -> None:
        """Owes what the policy says about the events after this one."""
        for event in self._state.events:
            if event.seq > since:
                self._owe(event)

    def weight(self, record: NoticeRecord) -> int:
        """About how many bytes the letter takes."""
        return len(repr(record.facts).encode())

    def compose(self, record: NoticeRecord) -> Notice:
        """What the recipient is to be told."""
        terms = self._state.terms
        return Notice(
            key=record.key,
            template=record.template,
            audience=record.audience,
            contact=record.to,
            ticket=TicketRef.to_account(terms.account, terms.account_name, terms.title),
            facts=record.facts,
            at=record.at,
        )

    def _owe(self, event: AccountEvent) -> None:
        """One notice of this event to each audience that has somebody to tell."""
        told: set[str] = set()
        for rule in self._state.terms.notices:
            if rule.event != event.type:
                continue
            for audience in rule.tell:
                recipient = self._recipient(audience, event)
                if recipient is not None and recipient.email.lower() not in told:
                    told.add(recipient.email.lower())
                    self.add(_record(event, rule.template or event.type, audience, recipient))

    def _recipient(self, audience: str, event: AccountEvent) -> Recipient | None:
        """Who is meant; the requester is whose ticket earned the credit, if one did."""
        if audience != "requester":
            return self._state.terms.contacts.get(audience)
        credit = event.data.get("credit")
        return next((c.requester for c in self._state.credits if c.id == credit), None)


def _record(
    event: AccountEvent, template: str, audience: str, recipient: Recipient
) -> NoticeRecord:
    facts: dict[str, JsonValue] = {"by": event.by.shown, **event.data}
    about = event.data.get("credit") or event.data.get("claim") or event.data.get("key")
    return NoticeRecord(
        key=f"{template}/{about}/{event.seq}/{audience}",
        template=template,
        audience=audience,
        to=recipient,
        facts=facts,
        at=event.at,
    )
