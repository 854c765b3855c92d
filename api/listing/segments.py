"""Lanes: a list is tickets with a deadline, then open ones without, then those that are closed.

Each lane is ordered by one attribute that visibility can be asked about, so that it can be
read window by window. A ticket is in one lane only.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.client import WorkflowExecution

from api.listing.cursor import Cursor
from api.listing.filters import EARLIEST, LATEST, TicketFilters
from api.listing.time_windows import Window
from api.listing.visibility_query import quoted
from policies.vocabulary import Stage
from workflows.temporal.connection import NEXT_DUE, STAGE, ticket_workflow_id

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PREFIX = ticket_workflow_id("")
_CLOSED = quoted(Stage.CLOSED)


@dataclass(frozen=True)
class ListSegment:
    """Tickets that are ordered by one attribute, and then by number."""

    name: str
    attribute: str
    condition: str
    is_newest_first: bool = True

    def window(self, filters: TicketFilters, last: Cursor | None) -> Window:
        """Where the list may go on: within what is asked for, from the last ticket on."""
        begins, ends = filters.due_after or EARLIEST, filters.due_before or LATEST
        if last is not None and self.is_newest_first:
            ends = min(ends, last.at + _MICROSECOND)
        elif last is not None:
            begins = max(begins, last.at)
        return Window(begins, ends)

    def subdivide(self, window: Window, now: datetime) -> list[Window]:
        """The window in pieces, in the order in which they are to be read."""
        parts = window.parts(now)
        return parts[::-1] if self.is_newest_first else parts

    def place(self, execution: WorkflowExecution) -> Cursor:
        """Where a ticket stands in the lane."""
        due = execution.typed_search_attributes.get(NEXT_DUE)
        at = execution.start_time if self.is_newest_first or due is None else due
        return Cursor(self.name, at, execution.id.removeprefix(_PREFIX))

    def sort_key(self, place: Cursor) -> tuple[int, str]:
        """The order of the lane."""
        since = (place.at - _EPOCH) // _MICROSECOND
        return (-since if self.is_newest_first else since, place.number)


DUE = ListSegment("due", NEXT_DUE.name, f"{NEXT_DUE.name} IS NOT NULL", is_newest_first=False)
OPEN = ListSegment("open", "StartTime", f"{NEXT_DUE.name} IS NULL AND {STAGE.name} != {_CLOSED}")
CLOSED = ListSegment("closed", "StartTime", f"{NEXT_DUE.name} IS NULL AND {STAGE.name} = {_CLOSED}")


def segments_from(filters: TicketFilters, last: Cursor | None) -> list[ListSegment]:
    """The lanes of a list, from the one on that the last ticket was in."""
    lanes = [DUE] if filters.is_about_deadlines else [DUE, OPEN, CLOSED]
    begun = [lane.name for lane in lanes].index(last.lane) if last else 0
    return lanes[begun:]
