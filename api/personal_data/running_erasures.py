"""The erasures that this process runs.

An erasure can take minutes, because Temporal deletes in the background. So it goes on after the
response, and the same request again joins it. If the process ends meanwhile, the next request
begins anew, and finds what is left. Nothing about it is stored: that would be personal data.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, TypeAlias

from api.audit.entry import AuditedActor
from api.audit.log import AuditLog
from api.personal_data.audit_entries import entry_of
from policies.email_addresses import comparable
from workflows.client.erasure.erasure import Erasure, Order
from workflows.client.erasure.report import ErasureReport

ANSWER_WITHIN = 3.0
"""Seconds after which the response has the report so far."""
MOST = 16
"""Erasures of one process at a time."""
KEPT = 600.0
"""Seconds that the report of a finished erasure waits for its next request."""

MakeErasure: TypeAlias = Callable[[Order], Erasure]


_Asked: TypeAlias = tuple[str, bool, bool, frozenset[str]]
"""The person, and what was asked for: what else would be joined does less, or more."""


class TooManyErasures(Exception):
    """This process already runs as many erasures as it can."""


@dataclass
class _Running:
    erasure: Erasure
    task: asyncio.Task[ErasureReport]
    ended_at: float | None = None


class RunningErasures:
    """Starts erasures, and joins those that run. `clock` is monotonic; it and `within` are in
    seconds.
    """

    def __init__(
        self,
        make: MakeErasure,
        audit: AuditLog,
        now: Callable[[], datetime],
        clock: Callable[[], float] = monotonic,
        within: float = ANSWER_WITHIN,
    ) -> None:
        self._make = make
        self._audit = audit
        self._now = now
        self._clock = clock
        self._within = within
        self._running: dict[_Asked, _Running] = {}

    async def report(
        self,
        order: Order,
        actor: AuditedActor,
        source: str,
        *,
        is_plan: bool,
    ) -> ErasureReport:
        """The report of the erasure of this person, as it is once it ends or `within` is over.

        Raises TooManyErasures, or the error that ended the erasure.
        """
        self._drop_old()
        person, further = comparable(order.address), frozenset(order.actors)
        key = (person, is_plan, order.close_open, further)
        running = self._running.get(key)
        if running is None:
            if sum(not each.task.done() for each in self._running.values()) >= MOST:
                raise TooManyErasures
            erasure = self._make(order)
            work = erasure.plan() if is_plan else self._recorded(erasure, actor, source)
            running = self._running[key] = self._begin(erasure, work)
        await asyncio.wait([running.task], timeout=self._within)
        if running.task.done():
            if self._running.get(key) is running:
                del self._running[key]
            return running.task.result()
        return running.erasure.report

    def _begin(self, erasure: Erasure, work: Coroutine[Any, Any, ErasureReport]) -> _Running:
        running = _Running(erasure, asyncio.create_task(work))

        def end(_: object) -> None:
            running.ended_at = self._clock()

        running.task.add_done_callback(end)
        return running

    async def _recorded(self, erasure: Erasure, actor: AuditedActor, source: str) -> ErasureReport:
        at = self._now()
        try:
            return await erasure.run()
        finally:
            self._audit.write(entry_of(erasure.report, at, actor, source))

    def _drop_old(self) -> None:
        now = self._clock()
        for key, running in [*self._running.items()]:
            if running.ended_at is not None and now - running.ended_at > KEPT:
                del self._running[key]
