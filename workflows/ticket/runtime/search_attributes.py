"""The search attributes and the memo of a ticket."""

from collections.abc import Iterator, Sequence
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey

from workflows.temporal.connection import REQUESTER, SEARCH_ATTRIBUTES
from workflows.ticket.process import views
from workflows.ticket.process.ticket import Ticket
from workflows.ticket.state.ticket_state import TicketState

HEADLINE, OPENED_AT = "headline", "opened_at"
"""Fields of lists that are no search attributes. They are in the memo of the workflow, which
continue-as-new keeps and every listing returns."""


class SearchAttributes:
    """Updates the search attributes of one ticket. Only changed values cost a history event."""

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self._upserted_changes = -1
        self._upserted: Sequence[object] | None = None

    @property
    def is_stale(self) -> bool:
        """Whether the ticket has changed since the last update."""
        return self._upserted_changes != self._ticket.changes

    def upsert(self) -> None:
        """Brings the search attributes up to date."""
        if not self.is_stale:
            return
        self._upserted_changes = self._ticket.changes
        attributes = views.attributes(self._ticket.state)
        previous = self._upserted = self._upserted or _recorded()
        updates = [
            key.value_unset() if value is None else key.value_set(value)
            for (key, value), before in zip(search_attributes(attributes), previous, strict=True)
            if value != before
        ]
        # The requester never changes: a ticket of an older build gets it with its next change.
        if any(update.key.name != REQUESTER.name for update in updates):
            workflow.upsert_search_attributes(updates)
            self._upserted = attributes


def search_attributes(
    attributes: views.Attributes,
) -> Iterator[tuple[SearchAttributeKey[Any], Any]]:
    """The attributes with their search attribute keys; None stands for no value."""
    return zip(SEARCH_ATTRIBUTES, attributes, strict=True)


def opening_memo(state: TicketState) -> dict[str, Any]:
    """The memo of a ticket."""
    return {HEADLINE: views.headline(state), OPENED_AT: state.opening.received_at}


def _recorded() -> Sequence[object]:
    recorded = workflow.info().typed_search_attributes
    return [recorded.get(key) for key in SEARCH_ATTRIBUTES]
