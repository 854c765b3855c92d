"""Lists of tickets: next due first, then open tickets with nothing due, then closed tickets. The
lists of requesters and services have no deadlines, and are in the order of opening.

Lists come from search attributes alone, without queries of tickets. They are as current as the
visibility store, which follows a ticket within some 40 milliseconds.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError

from api.identity.caller import Caller
from api.listing import visibility_query
from api.listing.cursor import Cursor, is_ticket_number
from api.listing.filters import TicketFilters
from api.listing.models import ListedTicket, TicketPage
from api.listing.segments import ListSegment, segments_from
from api.listing.time_windows import Window
from encryption.errors import DataKeyDestroyed, EncryptionError
from policies.vocabulary import Stage, WaitingOn
from workflows.client.calls import DeskUnavailable
from workflows.shared.visibility.redaction import Redaction
from workflows.shared.visibility.sight import sees_internal
from workflows.shared.visibility.ticket_parts import TICKET_PARTS
from workflows.temporal import connection
from workflows.ticket.runtime.search_attributes import HEADLINE, OPENED_AT

_REDACTION = Redaction(TICKET_PARTS)
logger = logging.getLogger(__name__)

WINDOW_SIZE = 500
"""Most tickets in a window that are fetched and sorted at once."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class _Row:
    position: Cursor
    execution: WorkflowExecution


class Listing:
    """Reads pages of tickets from the visibility store."""

    def __init__(
        self, client: Client, now: Callable[[], datetime] = _utc_now, window_size: int = WINDOW_SIZE
    ) -> None:
        self._client = client
        self._now = now
        self._window_size = window_size

    async def page(self, filters: TicketFilters, caller: Caller) -> TicketPage:
        """Reads one page of the tickets that exist for the caller."""
        sees_deadlines = sees_internal(caller.actor.role)
        fingerprint, cursor = filters.fingerprint, filters.cursor
        if not sees_deadlines:
            # The list has another order, in which a cursor of staff has no place.
            fingerprint += "-public"
        last = Cursor.decoded(cursor, fingerprint) if cursor is not None else None
        query = visibility_query.tickets(filters, caller)
        try:
            segments = segments_from(filters, last, sees_deadlines=sees_deadlines)
            rows = await self._read(query, segments, filters, last)
            tickets = [await _listed(row) for row in rows[: filters.limit]]
        except RPCError as error:
            raise DeskUnavailable("tickets cannot be listed at the moment") from error
        end = rows[filters.limit - 1].position if len(rows) > filters.limit else None
        next_cursor = end.encoded(fingerprint) if end else None
        shown = (_REDACTION.shown(ticket, caller.actor.role) for ticket in tickets)
        return TicketPage(tickets=tuple(shown), next_cursor=next_cursor)

    async def has(self, attribute: str, value: str, caller: Caller) -> bool:
        """Whether a ticket that exists for the caller has this value of a search attribute."""
        try:
            return await self._count(visibility_query.with_value(attribute, value, caller)) > 0
        except RPCError as error:
            raise DeskUnavailable("tickets cannot be listed at the moment") from error

    async def _read(
        self,
        query: str,
        segments: list[ListSegment],
        filters: TicketFilters,
        last: Cursor | None,
    ) -> list[_Row]:
        """The rows of a page, and at least one more if there is a next page.

        Windows are on a stack with the next one on top; a window with too many tickets is replaced
        by its parts. `now` is fixed meanwhile, or windows around it would be divided without end.
        """
        now = self._now()
        rows: list[_Row] = []
        windows = [
            (
                segment,
                segment.window(filters, last if last and last.segment == segment.name else None),
            )
            for segment in reversed(segments)
        ]
        while windows and len(rows) <= filters.limit:
            segment, window = windows.pop()
            narrowed = _narrowed(query, segment, window)
            count = 0 if window.is_empty else await self._count(narrowed)
            if count > self._window_size and not window.is_short:
                windows += [(segment, part) for part in reversed(segment.subdivide(window, now))]
            elif count:
                rows += await self._fetch(narrowed, segment, window, last)
        return rows

    async def _count(self, query: str) -> int:
        count = await self._client.count_workflows(query, rpc_timeout=connection.RPC_TIMEOUT)
        return count.count

    async def _fetch(
        self, query: str, segment: ListSegment, window: Window, last: Cursor | None
    ) -> list[_Row]:
        executions = self._client.list_workflows(
            query, page_size=1_000, rpc_timeout=connection.RPC_TIMEOUT
        )
        rows = [_Row(segment.position(execution), execution) async for execution in executions]
        own_last = segment.own(last)
        last_key = segment.sort_key(own_last) if own_last else None
        unread = (
            row
            for row in rows
            if is_ticket_number(row.position.number)
            and window.contains(row.position.at)
            and (last_key is None or segment.sort_key(row.position) > last_key)
        )
        return sorted(unread, key=lambda row: segment.sort_key(row.position))


def _narrowed(query: str, segment: ListSegment, window: Window) -> str:
    times = visibility_query.between(segment.attribute, window.begins, window.ends)
    return f"{query} AND {segment.condition} AND {times}"


async def _memo(execution: WorkflowExecution) -> Mapping[str, Any]:
    """The memo of a ticket; empty if it cannot be decrypted, which must not hide the others."""
    try:
        return await execution.memo()
    except DataKeyDestroyed:
        # Erased, as intended, and listed until Temporal deletes it.
        return {}
    except EncryptionError as error:
        logger.warning("%s: %s", execution.id, error)
        return {}


async def _listed(row: _Row) -> ListedTicket:
    attributes = row.execution.typed_search_attributes
    memo = await _memo(row.execution)
    return ListedTicket(
        number=row.position.number,
        headline=memo.get(HEADLINE, ""),
        opened_at=memo.get(OPENED_AT, row.execution.start_time),
        stage=Stage(attributes[connection.STAGE]),
        waiting_on=WaitingOn(attributes[connection.WAITING_ON]),
        account=attributes[connection.ACCOUNT],
        policy=attributes[connection.POLICY],
        plan=attributes.get(connection.PLAN),
        priority=attributes.get(connection.PRIORITY),
        assignee=attributes.get(connection.ASSIGNEE),
        next_due=attributes.get(connection.NEXT_DUE),
        breached=tuple(attributes.get(connection.BREACHED) or ()),
    )
