"""How long notices take from being owed to being accepted, and what they fail of."""

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
    """Measures one attempt to deliver a notice, which is made inside, in an activity."""
    meter, template = activity.metric_meter(), notice.template
    try:
        yield
    except Exception as error:
        failures = meter.create_counter(FAILURES, "Attempts to deliver a notice that failed")
        failures.add(1, {"template": template, "error": _class_of(error)})
        raise
    lag = meter.create_histogram_timedelta(
        LAG, "From the instant a notice was owed to its acceptance"
    )
    lag.record(max(now() - notice.at, timedelta(0)), {"template": template})


def _class_of(error: Exception) -> str:
    known = error.type if isinstance(error, ApplicationError) else None
    return known or type(error).__name__
