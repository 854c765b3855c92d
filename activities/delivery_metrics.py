"""Metrics of deliveries: the time until a notice is accepted, and failures by cause."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.notices import Notice

LAG = "desk_notice_delivery_lag"
FAILURES = "desk_notice_failures"


@contextmanager
def measured(notice: Notice, now: Callable[[], datetime]) -> Iterator[None]:
    """Measures the attempt to deliver a notice that is made inside, in an activity."""
    meter, template = activity.metric_meter(), notice.template
    try:
        yield
    except Exception as error:
        failures = meter.create_counter(FAILURES, "Attempts to deliver a notice that failed")
        failures.add(1, {"template": template, "error": _error_type(error)})
        raise
    lag = meter.create_histogram_timedelta(LAG, "From the event of a notice to its acceptance")
    lag.record(max(now() - notice.at, timedelta(0)), {"template": template})


def _error_type(error: Exception) -> str:
    declared = error.type if isinstance(error, ApplicationError) else None
    return declared or type(error).__name__
