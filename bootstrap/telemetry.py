"""What a long-running process lets others see of it: logs, metrics, traces, as it is configured."""

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
    """The SDK's runtime with its metrics, and where spans go; None for what is off."""

    runtime: "Runtime | None" = None
    tracer_provider: "TracerProvider | None" = None

    @property
    def meter(self) -> "MetricMeter":
        """Makes metrics that are served with those of the SDK."""
        from temporalio.common import MetricMeter

        return self.runtime.metric_meter if self.runtime else MetricMeter.noop

    @property
    def client_options(self) -> dict[str, Any]:
        """What a Temporal client is to be connected with; its workers follow."""
        from workflows.temporal.tracing import tracing

        interceptors = [tracing(self.tracer_provider)] if self.tracer_provider else []
        return {"runtime": self.runtime, "interceptors": interceptors}


@contextmanager
def telemetry(settings: "Settings", service: str) -> Iterator[Telemetry]:
    """Logs, metrics and traces as the settings and OTEL_* have them; spans are sent at the end.

    `service` is what traces call this process. Raises Failure for what cannot be used.
    """
    from bootstrap.metrics import runtime

    log_to_terminal(settings.log_format)
    shown = Telemetry(runtime(settings), tracer_provider(service))
    if settings.metrics_address:
        LOG.info("metrics at http://%s/metrics", settings.metrics_address)
    try:
        yield shown
    finally:
        if shown.tracer_provider:
            shown.tracer_provider.shutdown()
