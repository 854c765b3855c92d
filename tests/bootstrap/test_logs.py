"""Log lines as JSON: one object a line, with its ticket and Temporal context."""

import json
import logging
import sys
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from temporalio import activity
from temporalio.testing import ActivityEnvironment

from bootstrap.logs import JsonLines


def line(**attributes: Any) -> dict[str, Any]:
    record = {"name": "desk", "levelname": "INFO", "created": 1_800_000_000.25, **attributes}
    text = JsonLines().format(logging.makeLogRecord(record))
    assert "\n" not in text
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def test_a_line_has_time_level_logger_and_message() -> None:
    assert line(msg="%s mails\nin all", args=(3,)) == {
        "time": "2027-01-15T08:00:00.250+00:00",
        "level": "info",
        "logger": "desk",
        "message": "3 mails\nin all",
    }


def test_extra_fields_are_written_unless_they_are_none() -> None:
    fields = line(msg="", ticket="4K7Q-2M9X-8TBD", account=None)
    assert fields["ticket"] == "4K7Q-2M9X-8TBD"
    assert "account" not in fields


def test_a_workflow_logs_its_ticket_run_and_attempt() -> None:
    context = {
        "workflow_id": "ticket/4K7Q-2M9X-8TBD",
        "workflow_type": "Ticket",
        "run_id": "a-run",
        "attempt": 2,
        "namespace": "default",
    }
    fields = line(msg="respond failed", temporal_workflow=context)
    assert (fields["ticket"], fields["run_id"], fields["attempt"]) == ("4K7Q-2M9X-8TBD", "a-run", 2)
    assert fields["workflow_id"] == "ticket/4K7Q-2M9X-8TBD"


async def test_an_activity_logs_its_ticket_run_and_attempt(
    caplog: pytest.LogCaptureFixture,
) -> None:
    environment = ActivityEnvironment()
    environment.info = ActivityEnvironment.default_info()
    environment.info = type(environment.info)(
        **{**vars(environment.info), "workflow_id": "ticket/4K7Q-2M9X-8TBD", "attempt": 3}
    )

    @activity.defn
    async def deliver() -> None:
        activity.logger.warning("not now")

    await environment.run(deliver)
    fields = json.loads(JsonLines().format(caplog.records[-1]))
    assert (fields["ticket"], fields["attempt"]) == ("4K7Q-2M9X-8TBD", 3)
    assert fields["run_id"] == environment.info.workflow_run_id
    assert fields["activity_type"] == environment.info.activity_type


def test_the_workflow_of_an_account_logs_its_account() -> None:
    fields = line(msg="", temporal_workflow={"workflow_id": "account/harbour-media"})
    assert fields["account"] == "harbour-media"
    assert "ticket" not in fields


def test_an_error_is_part_of_its_line() -> None:
    try:
        raise ValueError("no such step")
    except ValueError:
        fields = line(msg="failed", levelname="ERROR", exc_info=sys.exc_info())
    assert fields["error"].endswith("ValueError: no such step")


def test_a_line_names_the_trace_it_belongs_to() -> None:
    with TracerProvider().get_tracer("test").start_as_current_span("asked") as span:
        fields = line(msg="")
    assert fields["trace_id"] == f"{span.get_span_context().trace_id:032x}"
    assert "trace_id" not in line(msg="")
