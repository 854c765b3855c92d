"""Tickets whose due times were worked out by hand, under the three example policies."""

from datetime import datetime
from pathlib import Path

import pytest

from backtest.results.clock_result import ClockResult, ResultState, Why
from tests.backtest.made_up_logs import incident, judged, judged_incidents, named, xes

# The end of the log, long after every ticket.
LATER = incident("INC9", "4 - Low", "1/3/2017 09:00", "New @ 1/3/2017 09:00")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00Z" if len(text) == len("2016-03-01T09:00") else text)


def shown(result: ClockResult) -> tuple[str, datetime | None, datetime | None]:
    return result.state.value, result.due, result.completed


def resolution(tmp_path: Path, *rows: str) -> ClockResult:
    return judged_incidents(tmp_path, *rows, *LATER)["INC1", "resolution"]


def first_response(tmp_path: Path, *rows: str) -> ClockResult:
    return judged_incidents(tmp_path, *rows, *LATER)["INC1", "first_response"]


def test_a_target_counts_open_time_from_the_opening(tmp_path: Path) -> None:
    """Monday 01:16; four hours are over at 12:00, four full days on Thursday at 18:00."""
    rows = incident(
        *("INC1", "3 - Moderate", "29/2/2016 01:16"),
        *("New @ 29/2/2016 01:23", "Resolved @ 29/2/2016 08:53", "Closed @ 5/3/2016 12:00"),
    )
    results = judged_incidents(tmp_path, *rows)
    answered, resolved = results["INC1", "first_response"], results["INC1", "resolution"]
    assert shown(answered) == ("met", utc("2016-02-29T12:00"), utc("2016-02-29T08:53"))
    assert shown(resolved) == ("met", utc("2016-03-03T18:00"), utc("2016-02-29T08:53"))
    assert (resolved.counted_seconds, resolved.target_seconds) == (53 * 60, 40 * 3600)


def test_a_clock_breaches_under_the_priority_that_it_had(tmp_path: Path) -> None:
    """8 hours of Critical are used up at 11:21; Low, from 12:01 on, has 80."""
    rows = incident(
        *("INC1", "3 - Moderate", "2/3/2016 13:21"),
        "New @ 2/3/2016 13:21",
        "Active @ 3/3/2016 10:55 @ 1 - Critical",
        "Active @ 3/3/2016 12:01 @ 4 - Low",
        "Resolved @ 8/3/2016 09:00",
    )
    result = resolution(tmp_path, *rows)
    assert shown(result) == ("breached", utc("2016-03-03T11:21"), utc("2016-03-08T09:00"))
    assert (result.why, result.priority, result.cycles) == (Why.EARLIER_PROMISE, "low", 2)


def test_a_change_that_puts_the_due_time_into_the_past_breaches_at_the_change(
    tmp_path: Path,
) -> None:
    """20 hours are counted when it becomes High (16) on Good Friday, in closed time."""
    rows = incident(
        *("INC1", "3 - Moderate", "22/3/2016 21:02"),
        "New @ 22/3/2016 21:02",
        "Active @ 25/3/2016 02:36 @ 2 - High",
        "Resolved @ 29/3/2016 09:00",
    )
    result = resolution(tmp_path, *rows)
    assert shown(result)[:2] == ("breached", utc("2016-03-25T02:36"))
    assert result.why is Why.CHANGE


@pytest.mark.parametrize(
    ("resolved", "state", "why"),
    [
        pytest.param("9/3/2016 18:00", "met", None, id="at the close itself"),
        pytest.param("9/3/2016 18:01", "breached", Why.CLOSING, id="a minute later, closed"),
        pytest.param("10/3/2016 08:00", "breached", Why.CLOSING, id="at the next opening"),
        pytest.param("10/3/2016 08:01", "breached", Why.DEADLINE, id="a minute of open time later"),
    ],
)
def test_a_target_used_up_at_the_close_rings_at_the_close(
    tmp_path: Path, resolved: str, state: str, why: Why | None
) -> None:
    """Opened on Thursday at 18:13, after the close: 40 hours end on Wednesday at 18:00."""
    rows = incident(
        *("INC1", "3 - Moderate", "3/3/2016 18:13"),
        *("New @ 3/3/2016 18:13", f"Resolved @ {resolved}"),
    )
    result = resolution(tmp_path, *rows)
    assert (result.state.value, result.why) == (state, why)
    assert result.due == utc("2016-03-09T18:00")


def test_a_pause_keeps_the_time_that_is_left(tmp_path: Path) -> None:
    """39 h 56 min are left at the pause, from Monday 09:45, and end on the fourth day."""
    rows = incident(
        *("INC1", "3 - Moderate", "29/2/2016 09:41"),
        "New @ 29/2/2016 09:41",
        "Awaiting User Info @ 29/2/2016 09:45",
        "Active @ 3/3/2016 09:27",
        "Resolved @ 3/3/2016 09:28",
    )
    result = resolution(tmp_path, *rows)
    assert shown(result)[:2] == ("met", utc("2016-03-09T09:23"))
    assert result.counted_seconds == 5 * 60


def test_a_row_before_the_opening_happens_at_the_opening(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    rows = incident(
        *("INC1", "3 - Moderate", "29/2/2016 09:41"),
        *("Active @ 29/2/2016 07:14", "Resolved @ 29/2/2016 10:00"),
    )
    results = judged_incidents(tmp_path, *rows)
    assert results["INC1", "first_response"].completed == utc("2016-02-29T09:41")
    report, _ = judged("servicenow", log)
    assert dict(report.notes) == {"moved_rows": 1, "moved_tickets": 1}


def test_rows_of_one_minute_follow_the_order_of_the_mapping(tmp_path: Path) -> None:
    rows = [
        "INC1|Resolved|2|1/3/2016 09:00|1/3/2016 10:00|3 - Moderate",
        "INC1|Active|1|1/3/2016 09:00|1/3/2016 10:00|3 - Moderate",
        "INC1|New|0|1/3/2016 09:00|1/3/2016 09:30|3 - Moderate",
        "INC1|Awaiting User Info|3|1/3/2016 09:00|1/3/2016 10:00|3 - Moderate",
    ]
    assert resolution(tmp_path, *rows).completed == utc("2016-03-01T10:00")


def test_a_clock_that_keeps_its_target_has_that_of_the_opening(tmp_path: Path) -> None:
    """The row with the lowest number says the priority at the opening, though its time is later."""
    rows = [
        "INC1|New|1|1/3/2016 09:00|1/3/2016 09:10|4 - Low",
        "INC1|New|0|1/3/2016 09:00|1/3/2016 09:20|1 - Critical",
        "INC1|Active|2|1/3/2016 09:00|1/3/2016 12:00|4 - Low",
    ]
    result = first_response(tmp_path, *rows)
    assert shown(result)[:2] == ("breached", utc("2016-03-01T10:00"))
    assert (result.priority, result.target_seconds) == ("critical", 3600)


def test_a_state_that_means_nothing_leaves_the_one_before(tmp_path: Path) -> None:
    rows = incident(
        *("INC1", "3 - Moderate", "1/3/2016 09:00"),
        *("New @ 1/3/2016 09:00", "-100 @ 1/3/2016 10:00", "Active @ 1/3/2016 11:00"),
    )
    assert first_response(tmp_path, *rows).completed == utc("2016-03-01T11:00")


def test_a_reopening_neither_restarts_nor_moves_a_clock_whose_policy_says_so(
    tmp_path: Path,
) -> None:
    rows = incident(
        *("INC1", "3 - Moderate", "1/3/2016 09:00"),
        *("New @ 1/3/2016 09:00", "Resolved @ 1/3/2016 10:00", "Active @ 2/3/2016 10:00"),
        "Resolved @ 1/4/2016 10:00",
    )
    result = resolution(tmp_path, *rows)
    assert shown(result)[::2] == ("met", utc("2016-03-01T10:00"))
    assert result.cycles == 1


def test_what_is_not_completed_is_judged_at_the_end_of_the_log(tmp_path: Path) -> None:
    rows = [
        *incident("INC1", "3 - Moderate", "1/3/2016 09:00", "New @ 1/3/2016 09:00"),
        *incident("INC2", "3 - Moderate", "1/3/2016 12:00", "New @ 1/3/2016 12:00"),
        *incident("INC3", "4 - Low", "1/3/2016 09:00", "Active @ 1/3/2016 13:01"),
    ]
    results = judged_incidents(tmp_path, *rows)
    late, due = results["INC1", "first_response"], results["INC2", "first_response"]
    assert (late.state, late.completed) == (ResultState.BREACHED, None)
    assert (due.state, due.due) == (ResultState.OPEN, utc("2016-03-01T16:00"))


def test_an_open_clock_that_pauses_has_no_due_time(tmp_path: Path) -> None:
    rows = incident(
        *("INC1", "3 - Moderate", "1/3/2017 09:00"),
        *("New @ 1/3/2017 09:00", "Awaiting User Info @ 1/3/2017 10:00"),
    )
    result = resolution(tmp_path, *rows)
    assert shown(result) == ("open", None, None)


def test_summer_time_moves_the_hours_of_the_help_desk(tmp_path: Path) -> None:
    """Rome, 23 March 2012 10:57:46; waits Mon 16:09:16 to Thu 08:58:17; due Mon 2 April 16:48:30"""
    log = tmp_path / "log.xes"
    events = named(
        "Assign seriousness @ 2012-03-23T09:57:46+00:00",
        "Wait @ 2012-03-26T14:09:16+00:00",
        "Take in charge ticket @ 2012-03-29T06:58:17+00:00",
        "Resolve ticket @ 2012-03-29T06:58:17+00:00",
    )
    log.write_text(xes([("Case 1", events)]))
    _, (answered, resolved) = judged("helpdesk", log)
    assert resolved.due == utc("2012-04-02T14:48:30Z")
    assert (resolved.state.value, resolved.counted_seconds) == ("met", 51_090)
    assert answered.state is ResultState.BREACHED


def test_a_resolution_leaves_the_response_open_where_the_mapping_has_it_as_a_milestone(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log.xes"
    events = named(
        "Assign seriousness @ 2012-03-20T09:00:00+00:00",
        "Resolve ticket @ 2012-03-20T10:00:00+00:00",
        "Take in charge ticket @ 2012-03-20T11:00:00+00:00",
    )
    log.write_text(xes([("Case 1", events)]))
    _, (answered, resolved) = judged("helpdesk", log)
    assert answered.completed == utc("2012-03-20T11:00:00Z")
    assert resolved.completed == utc("2012-03-20T10:00:00Z")


def test_elapsed_time_waits_for_the_user_only(tmp_path: Path) -> None:
    def event(status: str, sub: str, at: str) -> dict[str, str]:
        names = {"concept:name": status, "lifecycle:transition": sub, "impact": "High"}
        return {**names, "time:timestamp": at}

    log = tmp_path / "log.xes"
    events = [
        event("Accepted", "In Progress", "2012-01-16T08:53:59+01:00"),
        event("Accepted", "Wait - Vendor", "2012-01-16T09:53:59+01:00"),
        event("Accepted", "Wait - User", "2012-01-17T00:53:59+01:00"),
        event("Accepted", "In Progress", "2012-05-03T14:48:40+02:00"),
        event("Completed", "Resolved", "2012-05-03T14:50:04+02:00"),
    ]
    log.write_text(xes([("1-64", events)]))
    _, [result] = judged("volvo", log)
    assert (result.state.value, result.counted_seconds) == ("met", 16 * 3600 + 84)
    assert result.due == utc("2012-05-03T20:48:40Z")
