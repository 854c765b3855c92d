"""What searches find of a ticket."""

from collections.abc import Iterator, Sequence
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey

from workflows.temporal.connection import SEARCH_ATTRIBUTES
from workflows.ticket.process import views
from workflows.ticket.process.ticket import Ticket


class SearchAttributes:
    """What searches find of a ticket; only changes cost an event."""

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self._shown = -1
        self._known: Sequence[object] | None = None

    @property
    def is_stale(self) -> bool:
        """The ticket has changed since."""
        return self._shown != self._ticket.changes

    def upsert(self) -> None:
        """Brings the search attributes up to date."""
        if not self.is_stale:
            return
        self._shown = self._ticket.changes
        wanted = views.attributes(self._ticket.state)
        known, self._known = self._known or _as_found(), wanted
        changed = [
            key.value_unset() if value is None else key.value_set(value)
            for (key, value), before in zip(search_attributes(wanted), known, strict=True)
            if value != before
        ]
        if changed:
            workflow.upsert_search_attributes(changed)


def search_attributes(
    attributes: views.Attributes,
) -> Iterator[tuple[SearchAttributeKey[Any], Any]]:
    """The attributes of a ticket by their search attribute keys; None where there is no value."""
    return zip(SEARCH_ATTRIBUTES, attributes, strict=True)


def _as_found() -> Sequence[object]:
    found = workflow.info().typed_search_attributes
    return [found.get(key) for key in SEARCH_ATTRIBUTES]
