"""Metrics for Prometheus: those of Temporal's SDK and our own, from one address of a process."""

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
from bootstrap.tcp_ports import is_free
from settings import LogFormat, Settings
from workflows.ticket.runtime.metrics import LATENESS

_LOGGED = TelemetryFilter(core_level="WARN", other_level="ERROR")
QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Seconds from what somebody waits for to what tells that nothing moves."""
PATIENT = tuple(
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
"""Seconds from what is expected to what an outage of the mail server makes of it."""
BUCKETS = {
    LAG: PATIENT,
    LATENESS: PATIENT,
    LATENCY: QUICK,
    "workflow_task_schedule_to_start_latency": QUICK,
    "activity_schedule_to_start_latency": QUICK,
}
"""Of our own histograms, and of those of the SDK that it counts too coarsely."""


def runtime(settings: Settings) -> Runtime | None:
    """The SDK's runtime where it is to serve metrics, or to log as JSON; else None, its default.

    Raises Failure when something else listens at DESK_METRICS_ADDRESS.
    """
    is_json = settings.log_format is LogFormat.JSON
    if settings.metrics_address is None and not is_json:
        return None
    logging = LoggingConfig(_LOGGED, format=LoggingFormat.JSON if is_json else None)
    metrics = None if settings.metrics_address is None else _served_at(settings.metrics_address)
    try:
        return Runtime(
            telemetry=TelemetryConfig(logging=logging, metrics=metrics, attach_service_name=False)
        )
    except ValueError as error:
        raise Failure(ExitCode.BAD_SETTINGS, f"DESK_METRICS_ADDRESS: {error}") from error


def _served_at(address: str) -> PrometheusConfig:
    host, _, port = address.rpartition(":")
    if not is_free(host.strip("[]"), int(port)):
        raise Failure(
            ExitCode.PORT_TAKEN,
            f"Port {port} on {host} is taken: the metrics cannot be served there. Stop what "
            "listens there, or set DESK_METRICS_ADDRESS to another port; each process needs "
            "one of its own.",
        )
    return PrometheusConfig(
        bind_address=address,
        counters_total_suffix=True,
        unit_suffix=True,
        durations_as_seconds=True,
        histogram_bucket_overrides=BUCKETS,
    )
