"""What the Temporal UI tells of a workflow in words, composed when somebody looks.

Temporal keeps such a text with a workflow, which has to set it whenever something changed: work
for every change and again for each on replay, though hardly any of it is ever read.
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
    """A workflow that can be told of."""

    def details(self) -> str:
        """The workflow as it stands, in Markdown."""


class DetailsOnDemand(Interceptor):
    """Gives the UI, which asks for a workflow's metadata by a query, the details of that moment."""

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor]:
        """What stands before every workflow of a worker."""
        del input
        return _Teller


class _Teller(WorkflowInboundInterceptor):
    async def handle_query(self, input: HandleQueryInput) -> Any:
        answer = await super().handle_query(input)
        told = workflow.instance()
        if isinstance(answer, WorkflowMetadata) and isinstance(told, Detailed):
            answer.current_details = told.details()
        return answer
