"""`desk demo` runs the whole documented process on real servers and checks the result."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner, Result

from commands.demo import demo
from commands.simulation import contently_demo
from commands.simulation.open_days import wednesday_before_a_long_weekend
from commands.timeline.ticket_timeline import Timeline
from commands.timeline.ticket_view import print_timeline

app = typer.Typer(rich_markup_mode="rich")
app.command()(demo)

Instants = list[dict[str, Any]]


@pytest.fixture(scope="module")
def result() -> Result:
    return CliRunner().invoke(app, ["--json"])


@pytest.fixture(scope="module")
def report(result: Result) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(result.stdout)
    return parsed


def events(report: dict[str, Any]) -> list[str]:
    return [event["event"] for scene in report["scenes"] for event in scene["events"]]


def test_it_succeeds_and_every_commitment_is_met(result: Result, report: dict[str, Any]) -> None:
    assert result.exit_code == 0
    assert report["checks"]
    assert [check["promise"] for check in report["checks"] if not check["kept"]] == []


@pytest.mark.clause(
    "contently/first-response-content", "contently/escalation-update", "contently/forecast-basis"
)
def test_the_documented_process_happens_in_its_order(report: dict[str, Any]) -> None:
    assert events(report) == [
        "opened",
        "clock_warned",
        "assigned",
        "responded",
        "information_requested",
        "escalated",
        "information_provided",
        *["finding_recorded"] * 4,
        "triage_concluded",
        "engineering_needed",
        "handed_over",
        "reviewed",
        "reviewed",
        "review_completed",
        "forecast_shared",
        "forecast_lapsed",
        "forecast_shared",
        "engineering_started",
        "resolved",
        "reopened",
        "resolved",
        "closed",
    ]


def test_it_takes_weeks_and_crosses_a_holiday(report: dict[str, Any]) -> None:
    opened, closed = (datetime.fromisoformat(report[at]) for at in ("opened_at", "closed_at"))
    assert closed - opened > timedelta(weeks=4)
    clocks = [news for scene in report["scenes"] for news in scene["clocks"]]
    assert all(
        clock["over"]
        for clock in clocks
        if clock["clock"] == "engineering_handoff" and clock["news"] == "starts"
    )
    assert {news["news"] for news in clocks} >= {"starts", "pauses", "resumes", "met"}


def test_received_emails_are_in_the_timeline(report: dict[str, Any]) -> None:
    emails = [mail for scene in report["scenes"] for mail in scene["mails"]]
    assert len(emails) == report["notices_owed"]
    assert {"mia@harbour.example", "ines@contently.example", "engineering@contently.example"} <= {
        mail["address"] for mail in emails
    }
    assert all(report["ticket"] in mail["subject"] for mail in emails)


def test_text_output_is_a_timeline_in_local_time(report: dict[str, Any]) -> None:
    console = Console(width=200, record=True, quiet=False, file=None)
    with console.capture() as capture:
        print_timeline(console, Timeline.model_validate(report))
    output = capture.get()
    assert "times are local in America/New_York" in output
    assert "14:00           In-platform widget (service) opened" in output
    assert "triage pauses, 8:00 h left" in output
    assert "refused  Ada Agent (agent) tries to share forecast" in output


def test_an_unknown_policy_is_refused_with_those_there_are() -> None:
    result = CliRunner().invoke(app, ["--policy", "contentl"])
    assert result.exit_code == 2
    assert "available: contently" in " ".join(result.output.split())


@pytest.mark.parametrize("month", range(1, 13))
def test_there_is_a_life_for_every_month(month: int) -> None:
    now = datetime(2027, month, 20, 23, tzinfo=UTC)
    prepared = contently_demo.prepare(now)
    received = prepared.opening.received_at
    desk = prepared.opening.terms.desk_calendar
    assert desk is not None
    assert received > now
    assert desk.local_date(received) == wednesday_before_a_long_weekend(desk, now)
    monday = desk.local_date(received) + timedelta(days=5)
    assert monday.isoformat() in desk.closed


def test_it_notices_a_mail_that_went_missing(report: dict[str, Any]) -> None:
    timeline = Timeline.model_validate(report)
    prepared = contently_demo.prepare(timeline.opened_at - timedelta(days=3))
    scenes = (timeline.scenes[0].model_copy(update={"mails": ()}), *timeline.scenes[1:])
    broken = timeline.model_copy(update={"scenes": scenes})
    kept = dict(contently_demo.checks(broken, prepared))
    assert [promise for promise, is_kept in kept.items() if not is_kept] == [
        "Every notice arrived exactly once"
    ]
