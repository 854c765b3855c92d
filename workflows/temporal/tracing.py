"""Tracing: the SDK's interceptor, extended so that each request has one complete trace.

The SDK's interceptor puts everything that a workflow does, for weeks, into the trace of the request
that started it. Here an update, and the activities that it causes at once, belong to the trace of
the request that sent the update. Work after a timer stays in the trace of the opening. Trace
contexts are in headers, so they add no history events and do not affect replay.
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
    """An interceptor for a client, and thereby for its workers."""
    return _Tracing(provider.get_tracer(SCOPE))


class _Tracing(TracingInterceptor):
    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[TracingWorkflowInboundInterceptor]:
        super().workflow_interceptor_class(input)
        return _InTraceOfRequest


class _InTraceOfRequest(TracingWorkflowInboundInterceptor):
    _request: tuple[context.Context, int] | None = None
    """The trace context of the last update, and the workflow time at which it came.

    Workflow time stands still within a workflow task: work at that time belongs to the update.
    """

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

    def _completed_span(self, span_name: str, **options: Any) -> None:
        # A query is a separate request.
        is_query = options.get("new_span_even_on_replay", False)
        with _within(None if is_query else self._request):
            super()._completed_span(span_name, **options)


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
