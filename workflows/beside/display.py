"""What searches find of a ticket."""

from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey

from workflows import connection
from workflows.ticket import views
from workflows.ticket.ticket import Ticket


class Display:
    """What searches find of a ticket; only changes cost an event."""

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self._attributes: views.Attributes | None = None
        self._shown = -1

    def show(self) -> None:
        """Brings the search attributes up to date."""
        if self._shown == self._ticket.changes:
            return
        self._shown = self._ticket.changes
        attributes = views.attributes(self._ticket.state)
        if attributes != self._attributes:
            self._attributes = attributes
            _upsert(attributes)


def _upsert(attributes: views.Attributes) -> None:
    known = {pair.key.name: pair.value for pair in workflow.info().typed_search_attributes}
    updates = [
        key.value_unset() if value is None else key.value_set(value)
        for key, value in search_attributes(attributes)
        if known.get(key.name) != value
    ]
    if updates:
        workflow.upsert_search_attributes(updates)


def search_attributes(
    attributes: views.Attributes,
) -> list[tuple[SearchAttributeKey[Any], Any]]:
    """The attributes of a ticket by their search attribute keys; None where there is no value."""
    return [
        (connection.STAGE, attributes.stage),
        (connection.WAITING_ON, attributes.waiting_on),
        (connection.POLICY, attributes.policy),
        (connection.PLAN, attributes.plan),
        (connection.PRIORITY, attributes.priority),
        (connection.ACCOUNT, attributes.account),
        (connection.ASSIGNEE, attributes.assignee),
        (connection.NEXT_DUE, attributes.next_due),
        (connection.BREACHED, list(attributes.breached) or None),
    ]
