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
        self._shown = -1
        self._known: dict[str, Any] = {}

    def show(self) -> None:
        """Brings the search attributes up to date."""
        if self._shown == self._ticket.changes:
            return
        if self._shown < 0:
            attributes = workflow.info().typed_search_attributes
            self._known = {pair.key.name: pair.value for pair in attributes}
        self._shown = self._ticket.changes
        wanted = search_attributes(views.attributes(self._ticket.state))
        changed = [(key, value) for key, value in wanted if self._known.get(key.name) != value]
        if changed:
            self._known.update((key.name, value) for key, value in changed)
            workflow.upsert_search_attributes(
                [
                    key.value_unset() if value is None else key.value_set(value)
                    for key, value in changed
                ]
            )


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
