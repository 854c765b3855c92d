"""Logs, metrics and traces of a long-running process."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bootstrap.logs import log_to_terminal
from bootstrap.tracing import tracer_provider

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from temporalio.common import MetricMeter
    from temporalio.runtime import Runtime

    from settings import Settings

LOG = logging.getLogger("desk")


@dataclass(frozen=True)
class Telemetry:
    """The SDK's runtime with its metrics, and the export of traces; None if off."""

    runtime: "Runtime | None" = None
    tracer_provider: "TracerProvider | None" = None

    @property
    def meter(self) -> "MetricMeter":
        """Creates metrics that are exported together with those of the SDK."""
        from temporalio.common import MetricMeter

        return self.runtime.metric_meter if self.runtime else MetricMeter.noop

    @property
    def client_options(self) -> dict[str, Any]:
        """Options for `connect`; they apply to the workers of that client, too."""
        from workflows.temporal.tracing import tracing

        interceptors = [tracing(self.tracer_provider)] if self.tracer_provider else []
        return {"runtime": self.runtime, "interceptors": interceptors}


@contextmanager
def telemetry(settings: "Settings", service: str) -> Iterator[Telemetry]:
    """Starts logs, metrics and traces as configured, and flushes spans at the end.

    `service` names this process in traces. Raises Failure for invalid settings.
    """
    from bootstrap.metrics import runtime

    log_to_terminal(settings.log_format)
    started = Telemetry(runtime(settings), tracer_provider(service))
    if settings.metrics_address:
        LOG.info("metrics at http://%s/metrics", settings.metrics_address)
    try:
        yield started
    finally:
        if started.tracer_provider:
            started.tracer_provider.shutdown()
