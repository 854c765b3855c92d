"""Prometheus metrics of a process: those of Temporal's SDK and of this project."""

from datetime import timedelta

from temporalio.runtime import (
    LoggingConfig,
    LoggingFormat,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from activities.delivery_metrics import LAG
from api.http.latency import LATENCY
from bootstrap.exit_codes import ExitCode, Failure
from bootstrap.setting_types import LogFormat
from bootstrap.tcp_ports import is_free
from settings import Settings
from workflows.ticket.runtime.metrics import LATENESS

_LOG_LEVELS = TelemetryFilter(core_level="WARN", other_level="ERROR")
INTERACTIVE_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Bucket bounds from an interactive response to a standstill."""
DELAY_SECONDS = tuple(
    timedelta(**{unit: count}).total_seconds()
    for unit, counts in {
        "milliseconds": (50, 100, 250, 500),
        "seconds": (1, 2, 5, 10, 30),
        "minutes": (1, 5, 15),
        "hours": (1, 4),
        "days": (1, 5),
    }.items()
    for count in counts
)
"""Bucket bounds from normal delivery to a long outage of the mail server."""
BUCKETS = {
    LAG: DELAY_SECONDS,
    LATENESS: DELAY_SECONDS,
    LATENCY: INTERACTIVE_SECONDS,
    "workflow_task_schedule_to_start_latency": INTERACTIVE_SECONDS,
    "activity_schedule_to_start_latency": INTERACTIVE_SECONDS,
}
"""For histograms of this project, and those whose default buckets are too coarse."""


def runtime(settings: Settings) -> Runtime | None:
    """An SDK runtime that exports metrics or logs as JSON; None for the default runtime.

    Raises Failure if DESK_METRICS_ADDRESS is taken.
    """
    is_json = settings.log_format is LogFormat.JSON
    if settings.metrics_address is None and not is_json:
        return None
    logging = LoggingConfig(_LOG_LEVELS, format=LoggingFormat.JSON if is_json else None)
    metrics = None if settings.metrics_address is None else _prometheus(settings.metrics_address)
    try:
        return Runtime(
            telemetry=TelemetryConfig(logging=logging, metrics=metrics, attach_service_name=False)
        )
    except ValueError as error:
        raise Failure(ExitCode.BAD_SETTINGS, f"DESK_METRICS_ADDRESS: {error}") from error


def _prometheus(address: str) -> PrometheusConfig:
    host, _, port = address.rpartition(":")
    if not is_free(host.strip("[]"), int(port)):
        raise Failure(
            ExitCode.PORT_TAKEN,
            f"Port {port} on {host} is already in use, so metrics cannot be served there. Stop "
            "the other process, or set DESK_METRICS_ADDRESS to another port: each process needs "
            "its own.",
        )
    return PrometheusConfig(
        bind_address=address,
        counters_total_suffix=True,
        unit_suffix=True,
        durations_as_seconds=True,
        histogram_bucket_overrides=BUCKETS,
    )
