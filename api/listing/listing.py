"""Lists of tickets: soonest due first, then open ones with nothing due, then closed ones.

They are made from search attributes alone; no ticket is asked. So a list is as current as the
visibility store, which follows a ticket within some 40 milliseconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError

from api.listing import visibility_query
from api.listing.cursor import Cursor
from api.listing.filters import TicketFilters
from api.listing.models import ListedTicket, TicketPage
from api.listing.segments import ListSegment, segments_from
from api.listing.time_windows import Window
from policies.vocabulary import Stage, WaitingOn
from workflows.client.tickets import HEADLINE, OPENED_AT, DeskUnavailable
from workflows.temporal import connection

CROWD = 500
"""Tickets that are fetched and sorted at once."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class _Row:
    place: Cursor
    execution: WorkflowExecution


class Listing:
    """The tickets of a desk, found by what they are searched by."""

    def __init__(
        self, client: Client, now: Callable[[], datetime] = _utc_now, crowd: int = CROWD
    ) -> None:
        self._client = client
        self._now = now
        self._crowd = crowd

    async def page(self, filters: TicketFilters, account: str | None = None) -> TicketPage:
        """One page; `account` limits it to that account's tickets whatever else is asked for."""
        known, sent = filters.fingerprint, filters.cursor
        last = Cursor.decoded(sent, known) if sent is not None else None
        query = visibility_query.tickets(filters, account)
        try:
            rows = await self._read(query, filters, last)
            tickets = [await _listed(row) for row in rows[: filters.limit]]
        except RPCError as error:
            raise DeskUnavailable("tickets cannot be listed at the moment") from error
        ends = rows[filters.limit - 1].place if len(rows) > filters.limit else None
        return TicketPage(tickets=tuple(tickets), next_cursor=ends.encoded(known) if ends else None)

    async def _read(self, query: str, filters: TicketFilters, last: Cursor | None) -> list[_Row]:
        """The rows of a page and more, which tells that there is another page.

        Windows wait on a stack, the one to read next on top; a crowded one is replaced by its
        parts. `now` stands still meanwhile, or windows around it would be divided for ever.
        """
        now = self._now()
        rows: list[_Row] = []
        waiting = [
            (lane, lane.window(filters, last if last and last.lane == lane.name else None))
            for lane in reversed(segments_from(filters, last))
        ]
        while waiting and len(rows) <= filters.limit:
            lane, window = waiting.pop()
            narrowed = _narrowed(query, lane, window)
            count = 0 if window.is_empty else await self._count(narrowed)
            if count > self._crowd and not window.is_short:
                waiting += [(lane, part) for part in reversed(lane.subdivide(window, now))]
            elif count:
                rows += await self._fetch(narrowed, lane, window, last)
        return rows

    async def _count(self, query: str) -> int:
        counted = await self._client.count_workflows(query, rpc_timeout=connection.RPC_TIMEOUT)
        return counted.count

    async def _fetch(
        self, query: str, lane: ListSegment, window: Window, last: Cursor | None
    ) -> list[_Row]:
        found = self._client.list_workflows(
            query, page_size=1_000, rpc_timeout=connection.RPC_TIMEOUT
        )
        rows = [_Row(lane.place(execution), execution) async for execution in found]
        is_read = lane.sort_key(last) if last and last.lane == lane.name else None
        fresh = (
            row
            for row in rows
            if window.holds(row.place.at)
            and (is_read is None or lane.sort_key(row.place) > is_read)
        )
        return sorted(fresh, key=lambda row: lane.sort_key(row.place))


def _narrowed(query: str, lane: ListSegment, window: Window) -> str:
    inside = visibility_query.between(lane.attribute, window.begins, window.ends)
    return f"{query} AND {lane.condition} AND {inside}"


async def _listed(row: _Row) -> ListedTicket:
    attributes = row.execution.typed_search_attributes
    memo = await row.execution.memo()
    return ListedTicket(
        number=row.place.number,
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
