"""Metrics of deliveries: the lag of each notice, and failures by cause."""

from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.runtime import BufferedMetricUpdate, MetricBuffer, Runtime, TelemetryConfig
from temporalio.testing import ActivityEnvironment

from activities.delivery_metrics import FAILURES, LAG, measured
from tests.activities.rendering.sample_notices import AT, notice


async def measurements(error: Exception | None, late: timedelta) -> list[BufferedMetricUpdate]:
    buffer = MetricBuffer(100)
    environment = ActivityEnvironment()
    environment.metric_meter = Runtime(telemetry=TelemetryConfig(metrics=buffer)).metric_meter

    async def deliver() -> None:
        with measured(notice("escalated"), lambda: AT + late):
            if error is not None:
                raise error

    if error is None:
        await environment.run(deliver)
    else:
        with pytest.raises(type(error)):
            await environment.run(deliver)
    return list(buffer.retrieve_updates())


@pytest.mark.parametrize(("late", "counted"), [(90, 90_000), (0, 0), (-5, 0)])
async def test_the_lag_runs_from_the_event_to_the_acceptance_and_is_never_negative(
    late: int, counted: int
) -> None:
    [lag] = await measurements(None, timedelta(seconds=late))
    assert (lag.metric.name, lag.value) == (LAG, counted)
    assert lag.attributes["template"] == "escalated"


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (ApplicationError("550", type="RecipientRefused"), "RecipientRefused"),
        (KeyError("a defect"), "KeyError"),
    ],
)
async def test_a_failure_is_counted_by_template_and_error(error: Exception, name: str) -> None:
    [failure] = await measurements(error, timedelta())
    assert (failure.metric.name, failure.value) == (FAILURES, 1)
    assert (failure.attributes["template"], failure.attributes["error"]) == ("escalated", name)
