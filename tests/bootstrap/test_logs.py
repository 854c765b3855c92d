"""Log lines as JSON: one object a line, with the ticket and where in Temporal it was logged."""

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
    given = {"name": "desk", "levelname": "INFO", "created": 1_800_000_000.25, **attributes}
    text = JsonLines().format(logging.makeLogRecord(given))
    assert "\n" not in text
    found: dict[str, Any] = json.loads(text)
    return found


def test_a_line_says_when_how_grave_who_and_what() -> None:
    assert line(msg="%s mails\nin all", args=(3,)) == {
        "time": "2027-01-15T08:00:00.250+00:00",
        "level": "info",
        "logger": "desk",
        "message": "3 mails\nin all",
    }


def test_what_is_given_beside_the_message_is_told_and_what_is_none_is_not() -> None:
    told = line(msg="", ticket="4K7Q-2M9X-8TBD", account=None)
    assert told["ticket"] == "4K7Q-2M9X-8TBD"
    assert "account" not in told


def test_a_workflow_tells_its_ticket_run_and_attempt() -> None:
    where = {
        "workflow_id": "ticket/4K7Q-2M9X-8TBD",
        "workflow_type": "Ticket",
        "run_id": "a-run",
        "attempt": 2,
        "namespace": "default",
    }
    told = line(msg="respond failed", temporal_workflow=where)
    assert (told["ticket"], told["run_id"], told["attempt"]) == ("4K7Q-2M9X-8TBD", "a-run", 2)
    assert told["workflow_id"] == "ticket/4K7Q-2M9X-8TBD"


async def test_an_activity_tells_its_ticket_run_and_attempt(
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
    told = json.loads(JsonLines().format(caplog.records[-1]))
    assert (told["ticket"], told["attempt"]) == ("4K7Q-2M9X-8TBD", 3)
    assert told["run_id"] == environment.info.workflow_run_id
    assert told["activity_type"] == environment.info.activity_type


def test_an_account_is_told_as_one() -> None:
    told = line(msg="", temporal_workflow={"workflow_id": "account/harbour-media"})
    assert told["account"] == "harbour-media"
    assert "ticket" not in told


def test_an_error_is_within_its_line() -> None:
    try:
        raise ValueError("no such step")
    except ValueError:
        told = line(msg="failed", levelname="ERROR", exc_info=sys.exc_info())
    assert told["error"].endswith("ValueError: no such step")


def test_a_line_names_the_trace_it_belongs_to() -> None:
    with TracerProvider().get_tracer("test").start_as_current_span("asked") as span:
        told = line(msg="")
    assert told["trace_id"] == f"{span.get_span_context().trace_id:032x}"
    assert "trace_id" not in line(msg="")
