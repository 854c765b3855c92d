"""Metrics of open tickets: by stage, and by policy and the state of their next deadline; and the
number of accounts that were ended.

They are counted in Temporal's visibility store: right after a restart, and without a query of each
ticket. `GROUP BY` supports only the execution status, so each time series is a count of its own: a
few dozen queries, whatever the number of tickets.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, NoReturn

from temporalio.client import Client
from temporalio.common import MetricMeter
from temporalio.service import RPCError

from policies.vocabulary import Stage
from workflows.client.accounts import ended_accounts
from workflows.temporal.connection import BREACHED, NEXT_DUE, POLICY, RPC_TIMEOUT, STAGE
from workflows.temporal.list_filters import quoted

INTERVAL = timedelta(seconds=15)
MAX_LOAD = 0.05
"""Largest share of time spent counting: slow counts are refreshed less often."""
OPEN_TICKETS = "desk_open_tickets"
BY_PROMISE = "desk_open_tickets_by_promise"
REFRESHED_AT = "desk_open_tickets_count_timestamp_seconds"
ENDED_ACCOUNTS = "desk_ended_accounts"
FAILURES = "desk_open_tickets_count_failures"
_OPEN = f"WorkflowType = 'Ticket' AND ExecutionStatus = 'Running' AND {STAGE.name} != 'closed'"
logger = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class _Series(NamedTuple):
    metric: str
    labels: dict[str, str]
    query: str


class OpenTicketMetrics:
    """Counts open tickets and sets the gauges."""

    def __init__(
        self,
        client: Client,
        policies: Sequence[str],
        meter: MetricMeter,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._client = client
        self._policies = policies
        self._now = now
        self._gauges = {
            OPEN_TICKETS: meter.create_gauge(OPEN_TICKETS, "Open tickets by stage"),
            BY_PROMISE: meter.create_gauge(
                BY_PROMISE,
                "Open tickets by policy whose next deadline is ahead (running), or past and unmet "
                "(overdue), and those that ever missed a deadline (breached)",
            ),
        }
        self._ended_accounts = meter.create_gauge(
            ENDED_ACCOUNTS, "Accounts whose workflow was ended in Temporal, and not restored"
        )
        self._refreshed_at = meter.create_gauge_float(
            REFRESHED_AT, "When open tickets were last counted"
        )
        self._failures = meter.create_counter(FAILURES, "Counts of open tickets that failed")

    async def run(self) -> NoReturn:
        """Refreshes periodically. Failures are counted and logged, and the next refresh retries."""
        while True:
            began = time.monotonic()
            try:
                await self.refresh()
            except RPCError as error:
                self._failures.add(1)
                logger.warning("open tickets cannot be counted: %s", error)
            took = time.monotonic() - began
            await asyncio.sleep(max(INTERVAL.total_seconds(), took / MAX_LOAD))

    async def refresh(self) -> None:
        """Counts all series, then sets all gauges. Raises RPCError on failure."""
        now = self._now()
        counts = [(series, await self._count(series)) for series in self._series(now)]
        ended = await ended_accounts(self._client)
        for series, count in counts:
            self._gauges[series.metric].set(count, series.labels)
        self._ended_accounts.set(ended)
        self._refreshed_at.set(now.timestamp())

    async def _count(self, series: _Series) -> int:
        count = await self._client.count_workflows(
            f"{_OPEN} AND {series.query}", rpc_timeout=RPC_TIMEOUT
        )
        return count.count

    def _series(self, now: datetime) -> Iterator[_Series]:
        for stage in Stage:
            if stage is not Stage.CLOSED:
                query = f"{STAGE.name} = {quoted(stage)}"
                yield _Series(OPEN_TICKETS, {"stage": stage}, query)
        at = quoted(now.isoformat(timespec="microseconds"))
        states = {
            "running": f"{NEXT_DUE.name} > {at}",
            "overdue": f"{NEXT_DUE.name} <= {at}",
            "breached": f"{BREACHED.name} IS NOT NULL",
        }
        for policy in self._policies:
            for state, query in states.items():
                labels = {"policy": policy, "state": state}
                is_policy = f"{POLICY.name} = {quoted(policy)}"
                yield _Series(BY_PROMISE, labels, f"{is_policy} AND {query}")
