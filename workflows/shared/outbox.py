"""The outbox that tickets and accounts have: notices, and the state of each delivery.

It is a transactional outbox: notices are part of the state of the workflow, and `Deliveries` sends
them from there.
"""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from policies.terms.model.recipient import Recipient
from policies.vocabulary import Carrier, NoticeStatus
from workflows.shared.payload import Payload


class OutboxEntry(Payload):
    """A notice and the state of its delivery. The key is its identity."""

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
    """The notices of one ticket or account, oldest first."""

    def __init__(self, records: list[Record]) -> None:
        self._records = records

    def add(self, record: Record) -> None:
        """Adds a notice, unless there is one with its key."""
        if all(other.key != record.key for other in self._records):
            self._records.append(record)

    def pending(self) -> Iterator[Record]:
        """The notices that are not delivered yet."""
        return (n for n in self._records if n.status is NoticeStatus.OWED)

    def sent(self, key: str, message_id: str, carrier: Carrier = Carrier.MAIL) -> None:
        """Marks a notice as sent."""
        self._update(key, status=NoticeStatus.SENT, message_id=message_id, carrier=carrier)

    def fail(self, key: str, error: str) -> Record:
        """Marks a notice as undeliverable."""
        return self._update(key, status=NoticeStatus.UNDELIVERABLE, error=error)

    def _update(self, key: str, **changes: Any) -> Record:
        for index, record in enumerate(self._records):
            if record.key == key:
                self._records[index] = record.model_copy(update=changes)
                return self._records[index]
        raise KeyError(key)
