"""Postbox: notices by identity, and how far each has come; the same for tickets and accounts.

There is one of each, ever: what is owed twice is owed once. Delivering is somebody else's work.
"""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from policies.terms.ticket_terms import Recipient
from policies.vocabulary import Carrier, NoticeStatus
from workflows.shared.payload import Payload


class OutboxEntry(Payload):
    """A notice that is owed or was sent. Its key is its identity."""

    key: str
    template: str
    audience: str
    to: Recipient
    status: NoticeStatus = NoticeStatus.OWED
    message_id: str | None = None
    carrier: Carrier | None = None
    error: str | None = None


Record = TypeVar("Record", bound=OutboxEntry)


class BaseOutbox(Generic[Record]):
    """The notices of one ticket or account, in the order in which they became owed."""

    def __init__(self, records: list[Record]) -> None:
        self._records = records

    def add(self, record: Record) -> None:
        """Owes a notice, unless there is one of its key."""
        if all(known.key != record.key for known in self._records):
            self._records.append(record)

    def owed(self) -> Iterator[Record]:
        """The notices still to be delivered."""
        return (n for n in self._records if n.status is NoticeStatus.OWED)

    def sent(self, key: str, message_id: str, carrier: Carrier = Carrier.MAIL) -> None:
        """A notice was delivered, by mail or to the pager."""
        self._update(key, status=NoticeStatus.SENT, message_id=message_id, carrier=carrier)

    def fail(self, key: str, error: str) -> Record:
        """A notice cannot be delivered, and why."""
        return self._update(key, status=NoticeStatus.UNDELIVERABLE, error=error)

    def _update(self, key: str, **changes: Any) -> Record:
        for index, record in enumerate(self._records):
            if record.key == key:
                self._records[index] = record.model_copy(update=changes)
                return self._records[index]
        raise KeyError(key)
