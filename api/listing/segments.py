"""Segments of a list: tickets with a deadline, then open tickets without one, then closed tickets.

Each segment is ordered by one attribute that visibility queries can filter by, so that it can be
read window by window. A ticket is in exactly one segment.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.client import WorkflowExecution

from api.listing.cursor import Cursor
from api.listing.filters import EARLIEST, LATEST, TicketFilters
from api.listing.time_windows import Window
from policies.vocabulary import Stage
from workflows.temporal.connection import NEXT_DUE, STAGE, ticket_workflow_id
from workflows.temporal.list_filters import quoted

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PREFIX = ticket_workflow_id("")
_CLOSED = quoted(Stage.CLOSED)


@dataclass(frozen=True)
class ListSegment:
    """Tickets in the order of one attribute, then of their number."""

    name: str
    attribute: str
    condition: str
    is_newest_first: bool = True

    def window(self, filters: TicketFilters, last: Cursor | None) -> Window:
        """The times that remain to be read: within the filters, from the last ticket on."""
        begins, ends = filters.due_after or EARLIEST, filters.due_before or LATEST
        if last is not None and self.is_newest_first:
            ends = min(ends, last.at + _MICROSECOND)
        elif last is not None:
            begins = max(begins, last.at)
        return Window(begins, ends)

    def own(self, last: Cursor | None) -> Cursor | None:
        """The last ticket that was read, if it is in this segment."""
        return last if last and last.segment == self.name else None

    def subdivide(self, window: Window, now: datetime) -> list[Window]:
        """The parts of a window, in reading order."""
        parts = window.parts(now)
        return parts[::-1] if self.is_newest_first else parts

    def position(self, execution: WorkflowExecution) -> Cursor:
        """The position of a ticket in the segment."""
        due = execution.typed_search_attributes.get(NEXT_DUE)
        at = execution.start_time if self.is_newest_first or due is None else due
        return Cursor(self.name, at, execution.id.removeprefix(_PREFIX))

    def sort_key(self, position: Cursor) -> tuple[int, str]:
        """The key that orders the segment."""
        microseconds = (position.at - _EPOCH) // _MICROSECOND
        return (-microseconds if self.is_newest_first else microseconds, position.number)


DUE = ListSegment("due", NEXT_DUE.name, f"{NEXT_DUE.name} IS NOT NULL", is_newest_first=False)
OPEN = ListSegment("open", "StartTime", f"{NEXT_DUE.name} IS NULL AND {STAGE.name} != {_CLOSED}")
CLOSED = ListSegment("closed", "StartTime", f"{NEXT_DUE.name} IS NULL AND {STAGE.name} = {_CLOSED}")


ALL_OPEN = ListSegment("open", "StartTime", f"{STAGE.name} != {_CLOSED}")
ALL_CLOSED = ListSegment("closed", "StartTime", f"{STAGE.name} = {_CLOSED}")


def segments_from(
    filters: TicketFilters, last: Cursor | None, *, sees_deadlines: bool = True
) -> list[ListSegment]:
    """The segments that remain to be read, beginning with that of the last ticket.

    The order of a list would tell a reader who does not see deadlines of them.
    """
    segments = [DUE] if filters.is_about_deadlines else [DUE, OPEN, CLOSED]
    if not sees_deadlines:
        segments = [ALL_OPEN, ALL_CLOSED]
    current = [segment.name for segment in segments].index(last.segment) if last else 0
    return segments[current:]
