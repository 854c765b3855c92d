"""The census: how many tickets are open, by stage, and how those of each policy keep its promises.

It counts what the visibility store holds, so it is right from the first time after any restart,
and asks no ticket. `GROUP BY` only knows the status of a workflow, so each figure is a count of
its own: a few dozen, a fixed number however many tickets there are.
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

from api.listing.visibility_query import quoted
from policies.vocabulary import Stage
from workflows.temporal.connection import BREACHED, NEXT_DUE, POLICY, RPC_TIMEOUT, STAGE

EVERY = timedelta(seconds=15)
LARGEST_SHARE = 0.05
"""Of the time, at most this is spent counting: where counts are slow they are taken less often."""
OPEN_TICKETS = "desk_open_tickets"
BY_PROMISE = "desk_open_tickets_by_promise"
TAKEN_AT = "desk_census_timestamp_seconds"
FAILURES = "desk_census_failures"
_OPEN = f"WorkflowType = 'Ticket' AND ExecutionStatus = 'Running' AND {STAGE.name} != 'closed'"
logger = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class _Figure(NamedTuple):
    metric: str
    labels: dict[str, str]
    query: str


class OpenTicketMetrics:
    """Counts the open tickets of a desk, and shows the counts as metrics."""

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
                "Open tickets by policy: whose next deadline is ahead (running) or missed and "
                "still to be met (overdue), and who ever missed one (breached)",
            ),
        }
        self._taken_at = meter.create_gauge_float(TAKEN_AT, "When the census was last taken")
        self._failures = meter.create_counter(FAILURES, "Censuses that could not be taken")

    async def run(self) -> NoReturn:
        """Takes it again and again. What goes wrong is counted, logged, and tried again."""
        while True:
            began = time.monotonic()
            try:
                await self.refresh()
            except RPCError as error:
                self._failures.add(1)
                logger.warning("the census cannot be taken: %s", error)
            took = time.monotonic() - began
            await asyncio.sleep(max(EVERY.total_seconds(), took / LARGEST_SHARE))

    async def refresh(self) -> None:
        """Counts once, and shows all counts together. Raises RPCError when that fails."""
        now = self._now()
        counts = [(figure, await self._count(figure)) for figure in self._figures(now)]
        for figure, count in counts:
            self._gauges[figure.metric].set(count, figure.labels)
        self._taken_at.set(now.timestamp())

    async def _count(self, figure: _Figure) -> int:
        counted = await self._client.count_workflows(
            f"{_OPEN} AND {figure.query}", rpc_timeout=RPC_TIMEOUT
        )
        return counted.count

    def _figures(self, now: datetime) -> Iterator[_Figure]:
        for stage in Stage:
            if stage is not Stage.CLOSED:
                query = f"{STAGE.name} = {quoted(stage)}"
                yield _Figure(OPEN_TICKETS, {"stage": stage}, query)
        at = quoted(now.isoformat(timespec="microseconds"))
        states = {
            "running": f"{NEXT_DUE.name} > {at}",
            "overdue": f"{NEXT_DUE.name} <= {at}",
            "breached": f"{BREACHED.name} IS NOT NULL",
        }
        for policy in self._policies:
            for state, query in states.items():
                labels = {"policy": policy, "state": state}
                of_policy = f"{POLICY.name} = {quoted(policy)}"
                yield _Figure(BY_PROMISE, labels, f"{of_policy} AND {query}")
