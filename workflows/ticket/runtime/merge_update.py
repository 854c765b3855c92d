"""The action `merge` on Temporal: the survivor is asked by an activity, and the caller waits."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

from activities.merge_requests import MergeAnswer, MergeRefusal, MergeRequest, MergeRequests
from workflows.shared.action_request import ActionRequest
from workflows.shared.activity_options import ACTIVITY_TIMEOUT
from workflows.temporal.task_queues import own_internal_queue
from workflows.ticket.actions.closing import Merge
from workflows.ticket.process.ticket import Ticket

RETRY_POLICY = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=10)
)
"""A caller waits for the answer, so attempts follow each other closely."""


@dataclass
class _Merge:
    """A merge that was requested, and the survivor's decision."""

    request: ActionRequest[Merge]
    is_decided: bool = False
    refusal: MergeRefusal | None = None
    error: ApplicationError | None = None


class MergeUpdate:
    """One merge at a time: from its request until the survivor has answered.

    `close` closes the ticket as merged. Until then nothing else closes it, and it does not continue
    as new, so the request is in memory only.
    """

    def __init__(self, ticket: Ticket, close: Callable[[ActionRequest[Merge]], object]) -> None:
        self._ticket = ticket
        self._close = close
        self._merge: _Merge | None = None
        self._task: asyncio.Task[None] | None = None
        self.needs_attention = False

    async def decision(self, request: ActionRequest[Merge]) -> MergeRefusal | None:
        """Begins the merge and returns once the survivor has decided: its refusal, if any.

        Raises the error of a ticket that could not be closed. Changes nothing after the wait.
        """
        self._ticket.begin_merge(request.content.into)
        merge = self._merge = _Merge(request)
        await workflow.wait_condition(lambda: merge.is_decided)
        if merge.error is not None:
            raise merge.error
        return merge.refusal

    def start(self) -> None:
        """Asks the survivor if a merge was requested, unless it is being asked."""
        if self._merge is not None and self._task is None:
            self._task = asyncio.create_task(self._decide(self._merge))

    async def _decide(self, merge: _Merge) -> None:
        merge.refusal = (await self._ask(merge.request)).refusal
        if merge.refusal is None:
            try:
                self._close(merge.request)
            except ApplicationError as error:
                merge.error = error
        self._ticket.end_merge()
        merge.is_decided = True
        self._merge = self._task = None
        self.needs_attention = True

    async def _ask(self, request: ActionRequest[Merge]) -> MergeAnswer:
        state = self._ticket.state
        return await workflow.execute_activity_method(
            MergeRequests.request_merge,
            MergeRequest(
                into=request.content.into,
                number=state.opening.number,
                id=request.id,
                locale=state.terms.locale,
                news=self._ticket.merge_news(request).model_dump(mode="json"),
            ),
            task_queue=own_internal_queue(),
            start_to_close_timeout=ACTIVITY_TIMEOUT,
            retry_policy=RETRY_POLICY,
            summary=f"merge into {request.content.into}",
        )
