"""Traces through Temporal: the SDK's own interceptor, with the trace of each request kept whole.

A ticket lives for weeks. By itself the interceptor puts all that its workflow does into the
trace of the request that opened it, weeks later too. Here an update, and the activities that
follow from it at once, belong to the trace of the request that asked for it; what a timer
brings about stays with the trace of the opening. Nothing of this is in a workflow's commands:
trace contexts travel in headers, which neither cost events nor matter to replay.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry import context
from opentelemetry.trace import TracerProvider
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.contrib.opentelemetry import TracingInterceptor, TracingWorkflowInboundInterceptor
from temporalio.worker import HandleUpdateInput, WorkflowInterceptorClassInput

SCOPE = "durable-desk"


def tracing(provider: TracerProvider) -> TracingInterceptor:
    """An interceptor for a client, and so for the workers made with it."""
    return _Tracing(provider.get_tracer(SCOPE))


class _Tracing(TracingInterceptor):
    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[TracingWorkflowInboundInterceptor]:
        super().workflow_interceptor_class(input)
        return _InTraceOfRequest


class _InTraceOfRequest(TracingWorkflowInboundInterceptor):
    _request: tuple[context.Context, int] | None = None
    """Where the update that was taken last came from, and the workflow's time then. That time
    stands still until the workflow is woken again, and whatever it does meanwhile follows."""

    def handle_update_validator(self, input: HandleUpdateInput) -> None:
        before = self._request
        self._follow(input.headers)
        try:
            super().handle_update_validator(input)
        finally:
            self._request = before

    async def handle_update_handler(self, input: HandleUpdateInput) -> Any:
        self._follow(input.headers)
        return await super().handle_update_handler(input)

    def _follow(self, headers: Mapping[str, Payload]) -> None:
        header = headers.get(self.header_key)
        if header is not None:
            [carrier] = self.payload_converter.from_payloads([header])
            origin = self.text_map_propagator.extract(carrier)
            self._request = self._set_on_context(origin), workflow.time_ns()

    def _completed_span(self, span_name: str, **how: Any) -> None:
        # A query is a request of its own.
        is_query = how.get("new_span_even_on_replay", False)
        with _within(None if is_query else self._request):
            super()._completed_span(span_name, **how)


@contextmanager
def _within(request: tuple[context.Context, int] | None) -> Iterator[None]:
    if request is None or request[1] != workflow.time_ns():
        yield
        return
    token = context.attach(request[0])
    try:
        yield
    finally:
        context.detach(token)
