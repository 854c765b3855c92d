"""Which calls of a client may make a data key: only those that start a workflow.

Otherwise every request about a number that nobody has would leave a key in the store.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from temporalio.client import (
    Interceptor,
    OutboundInterceptor,
    QueryWorkflowInput,
    SignalWorkflowInput,
    StartWorkflowUpdateInput,
    TerminateWorkflowInput,
    WorkflowUpdateHandle,
)

from encryption.key_ring import KeyRing

only_known: ContextVar[bool] = ContextVar("only_known", default=False)
"""Whether payloads are encrypted for a workflow that may not exist."""


class KnownKeysOnly(Interceptor):
    """Makes no key for a call about an existing workflow. A call about a workflow whose keys were
    destroyed fails with DataKeyDestroyed, before it reaches Temporal.
    """

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """The interceptor of one client."""
        return _KnownKeysOnly(next, self._keys)


class _KnownKeysOnly(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, keys: KeyRing) -> None:
        super().__init__(next)
        self._keys = keys

    async def query_workflow(self, input: QueryWorkflowInput) -> Any:
        await self._keys.key_if_known(input.id)
        with _known():
            return await super().query_workflow(input)

    async def signal_workflow(self, input: SignalWorkflowInput) -> None:
        await self._keys.key_if_known(input.id)
        with _known():
            await super().signal_workflow(input)

    async def start_workflow_update(
        self, input: StartWorkflowUpdateInput
    ) -> WorkflowUpdateHandle[Any]:
        await self._keys.key_if_known(input.id)
        with _known():
            return await super().start_workflow_update(input)

    async def terminate_workflow(self, input: TerminateWorkflowInput) -> None:
        with _known():
            await super().terminate_workflow(input)


@contextmanager
def _known() -> Iterator[None]:
    token = only_known.set(True)
    try:
        yield
    finally:
        only_known.reset(token)
