"""The details of a workflow in the Temporal UI, built on query (docs/decisions/0018).

Otherwise a workflow would set this text after every change, and again on replay, although it is
rarely read.
"""

from typing import Any, Protocol, runtime_checkable

from temporalio import workflow
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.worker import (
    HandleQueryInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)


@runtime_checkable
class Detailed(Protocol):
    """A workflow with details."""

    def details(self) -> str:
        """The details, in Markdown."""


class DetailsOnDemand(Interceptor):
    """Adds the current details to a workflow's metadata, which the UI reads by a query."""

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor]:
        """The interceptor of every workflow of a worker."""
        del input
        return _AddDetails


class _AddDetails(WorkflowInboundInterceptor):
    async def handle_query(self, input: HandleQueryInput) -> Any:
        result = await super().handle_query(input)
        instance = workflow.instance()
        if isinstance(result, WorkflowMetadata) and isinstance(instance, Detailed):
            result.current_details = instance.details()
        return result
