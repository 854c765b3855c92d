"""A small chaos test on real processes, and tests that the checker finds every kind of defect.

`python tests/chaos/run_chaos.py --seed N` is the full test. A defect that it finds gets a test of
its own next to the defective code.
"""

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from tests.chaos.checker.checker import failures
from tests.chaos.checker.comparison import Comparison
from tests.chaos.checker.differences import Difference, Emails, Observed, emails_sent
from tests.chaos.checker.merges import compare_all, merge_differences
from tests.chaos.experiment import Plan, run
from tests.chaos.model.outbox import FOLLOWER
from tests.chaos.nemesis.desk import MailFaults
from tests.chaos.nemesis.faults import FaultPlan
from tests.chaos.workload.http_client import Answer
from tests.workflows.ticket.simulated_ticket import CONTRACTS, CoreWorkload
from workflows.shared.refusals import InvalidContent

SEED = "small"
FAULTS = FaultPlan(
    faults=2,
    kinds={"worker killed": 16, "server killed": 10},
    longest_away=0.5,
    is_gentle=True,
)


async def test_a_desk_and_the_model_agree_after_faults(tmp_path: Path) -> None:
    mail_faults = MailFaults(percent=10, kinds=("busy", "hang-up"))
    plan = Plan(SEED, tickets=6, faults=FAULTS, mail_faults=mail_faults, concurrency=8)
    outcome = await run(plan, tmp_path)
    assert outcome.differences == []
    assert sum(outcome.faults.values()) == FAULTS.faults
    assert outcome.counts["tickets"] == 6
    assert outcome.counts["actions accepted"] > 6


@cache
def _merged() -> tuple[list[CoreWorkload], list[Observed]]:
    path = next(path for path in CONTRACTS if path.stem == "harbour-media")
    for seed in range(100):
        tickets = [CoreWorkload(f"{seed}-{name}", path) for name in "abc"]
        first, second, third = tickets
        if all(ticket.is_open_after(3) for ticket in tickets):
            assert first.merge_into(second)
            if second.is_open_after(2):
                assert second.merge_into(third)
                third.take_steps(8)
                observed = [ticket.observed() for ticket in tickets]
                if len(followers_notified(observed[2])) > 1:
                    return tickets, observed
    raise AssertionError("no such tickets")


def merged() -> tuple[list[CoreWorkload], list[Observed]]:
    """Three tickets of one account. The first was merged into the second and the second into the
    third, whose later notices went to all three requesters.
    """
    return copy.deepcopy(_merged())


def followers_notified(observed: Observed) -> set[str]:
    audiences = {notice["audience"] for notice in observed.view["notices"]}
    return {audience for audience in audiences if audience.startswith(FOLLOWER)}


def differences_of(tickets: list[CoreWorkload], observed: list[Observed]) -> list[Difference]:
    comparisons = compare_all([ticket.workload for ticket in tickets], observed)
    own = (d for comparison in comparisons for d in comparison.differences)
    return [*own, *merge_differences(comparisons)]


@pytest.mark.fault(19)
@pytest.mark.parametrize("size", [2, 3])
def test_tickets_merged_in_a_ring_at_once_agree_with_the_model(size: int) -> None:
    tickets = open_tickets("abc"[:size])
    following = [*tickets[1:], tickets[0]]
    assert all(t.begin_merge(into) for t, into in zip(tickets, following, strict=True))
    done = [ticket.ask(into) for ticket, into in zip(tickets, following, strict=True)]
    assert sum(done) == 1
    assert differences_of(tickets, [ticket.observed() for ticket in tickets]) == []


@pytest.mark.fault(19)
def test_a_ring_in_which_every_ticket_is_closed_is_a_difference() -> None:
    tickets = open_tickets("ab")
    for ticket, into in zip(tickets, reversed(tickets), strict=True):
        assert ticket.begin_merge(into)
        ticket.end_merge(into, None)
    differences = differences_of(tickets, [ticket.observed() for ticket in tickets])
    assert any("a ring" in str(difference.found) for difference in differences)


@pytest.mark.fault(19)
def test_a_merge_that_is_refused_without_a_reason_is_a_difference() -> None:
    tickets = open_tickets("ab")
    assert tickets[0].begin_merge(tickets[1])
    tickets[0].end_merge(tickets[1], InvalidContent("no_ticket", number="any"))
    differences = differences_of(tickets, [ticket.observed() for ticket in tickets])
    assert [difference.expected for difference in differences] == ["possible"]


def open_tickets(names: str) -> list[CoreWorkload]:
    """Tickets of one account that were never closed, by number."""
    path = next(path for path in CONTRACTS if path.stem == "harbour-media")
    for seed in range(100):
        tickets = [CoreWorkload(f"{seed}-{name}", path) for name in names]
        if all(t.is_open_after(3) and not t.was_closed for t in tickets):
            return sorted(tickets, key=lambda ticket: ticket.workload.number)
    raise AssertionError("no such tickets")


def test_merged_tickets_agree_with_the_model_and_with_each_other() -> None:
    tickets, observed = merged()
    assert followers_notified(observed[2]) == {FOLLOWER + t.workload.number for t in tickets[:2]}
    assert differences_of(tickets, observed) == []


@pytest.mark.parametrize("which", [1, 2])
def test_a_merge_that_the_target_missed_is_a_difference(which: int) -> None:
    tickets, observed = merged()
    observed[which].events = [e for e in observed[which].events if e["type"] != "merged_in"]
    differences = differences_of(tickets, observed)
    assert any(difference.field.startswith("merge into") for difference in differences)


@cache
def _completed() -> tuple[CoreWorkload, Observed]:
    path = next(path for path in CONTRACTS if path.stem == "harbour-media")
    for seed in range(100):
        ticket = CoreWorkload(str(seed), path)
        ticket.run()
        if ticket.ticket is None:
            continue
        observed = ticket.observed()
        is_rich = len(observed.events) > 8 and len(observed.view["notices"]) > 4
        completed = [clock for clock in observed.view["clocks"] if clock.get("completed_at")]
        is_met = bool(completed) and completed[0]["state"] == "met"
        actions = [event["action_id"] for event in _taken(observed)]
        if is_rich and is_met and actions and actions.count(actions[-1]) == 1:
            assert Comparison(ticket.workload, observed).run() == []
            return ticket, observed
    raise AssertionError("no such ticket")


def completed() -> tuple[CoreWorkload, Observed]:
    """A ticket with events, notices, a clock that was met first, and a last action of one event. It
    agrees with the model.
    """
    return copy.deepcopy(_completed())


def _lose_an_action(ticket: Observed) -> None:
    ticket.events.remove(_taken(ticket)[-1])


def _taken(ticket: Observed) -> list[dict[str, Any]]:
    """The events of actions that people took."""
    return [e for e in ticket.events if e.get("action_id") and e["by"]["role"] != "system"]


def _clock_with(ticket: Observed, name: str) -> dict[str, Any]:
    clock: dict[str, Any] = next(c for c in ticket.view["clocks"] if c.get(name))
    return clock


def _move(ticket: Observed, name: str) -> None:
    clock = _clock_with(ticket, name)
    clock[name] = (datetime.fromisoformat(clock[name]) + timedelta(minutes=1)).isoformat()


def _move_a_deadline(ticket: Observed) -> None:
    _move(ticket, "due_at")


def _move_a_start(ticket: Observed) -> None:
    _move(ticket, "started_at")


def _move_a_completion(ticket: Observed) -> None:
    _move(ticket, "completed_at")


def _breach_a_clock_that_was_met(ticket: Observed) -> None:
    _clock_with(ticket, "completed_at")["state"] = "breached"


def _repeat_a_notice(ticket: Observed) -> None:
    ticket.view["notices"].append(ticket.view["notices"][0])


def _lose_a_notice(ticket: Observed) -> None:
    del ticket.view["notices"][-1]


def _change_the_stage(ticket: Observed) -> None:
    ticket.view["stage"] = "scheduled_release"


def _add_an_event(ticket: Observed) -> None:
    ticket.events.append(ticket.events[-1] | {"seq": len(ticket.events) + 1, "type": "reopened"})


def _add_an_email(ticket: Observed) -> None:
    another = {"id": "<another@desk.example>", "to": "mia@harbour.example", "digest": "1"}
    ticket.emails = Emails([*_emails_of(ticket), another], [*_emails_of(ticket), another])


def _lose_an_email(ticket: Observed) -> None:
    ticket.emails = Emails([], _emails_of(ticket)[1:])


def _change_an_email(ticket: Observed) -> None:
    emails = _emails_of(ticket)
    ticket.emails = Emails(emails, [*emails, emails[0] | {"digest": "another"}])


def _emails_of(ticket: Observed) -> list[dict[str, str]]:
    """The e-mails of all notices that the ticket reports as sent."""
    sent = emails_sent(ticket.view["number"], ticket)
    return [{"id": message, "to": to, "digest": "1"} for message, to in sorted(sent)]


@pytest.mark.parametrize(
    ("damage", "field"),
    [
        (_lose_an_action, "action"),
        (_move_a_deadline, "clock"),
        (_move_a_start, "clock"),
        (_move_a_completion, "clock"),
        (_breach_a_clock_that_was_met, "clock"),
        (_repeat_a_notice, "notice"),
        (_lose_a_notice, "notice"),
        (_change_the_stage, "stage"),
        (_add_an_event, "event"),
        (_add_an_email, "e-mail"),
        (_lose_an_email, "e-mail"),
        (_change_an_email, "e-mail"),
    ],
)
def test_the_checker_finds_every_kind_of_defect(
    damage: Callable[[Observed], Any], field: str
) -> None:
    ticket, observed = completed()
    damage(observed)
    differences = Comparison(ticket.workload, observed).run()
    assert any(difference.field.startswith(field) for difference in differences)


@pytest.mark.fault(67)
@pytest.mark.parametrize("off", [timedelta(minutes=-3), timedelta(minutes=3)])
def test_a_receipt_by_a_clock_that_is_off_is_a_difference(off: timedelta) -> None:
    ticket, observed = completed()
    received = datetime.fromisoformat(observed.view["received_at"])
    for moved, is_different in ((timedelta(0), False), (off, True)):
        ticket.workload.opened = Answer(201, {}, received + moved, received + moved, 1)
        differences = Comparison(ticket.workload, observed).run()
        assert [d.field for d in differences] == ["time of the opening"] * is_different


def test_an_email_that_arrives_during_the_check_is_no_difference() -> None:
    ticket, observed = completed()
    first, *others = _emails_of(observed)
    late = first | {"id": "<not-in-the-view-yet@desk.example>"}
    observed.emails = Emails(others, [first, *others, late])
    assert Comparison(ticket.workload, observed).run() == []


@pytest.mark.parametrize(
    ("cause", "is_failure"),
    [("UNHANDLED_COMMAND", False), ("NON_DETERMINISTIC_ERROR", True)],
)
def test_a_failed_workflow_task_is_a_difference(cause: str, is_failure: bool) -> None:
    event = HistoryEvent(event_type=EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)
    failed = event.workflow_task_failed_event_attributes
    failed.cause = WorkflowTaskFailedCause.Value(f"WORKFLOW_TASK_FAILED_CAUSE_{cause}")
    assert bool(list(failures(WorkflowHistory("ticket", [event])))) is is_failure


@pytest.mark.parametrize("end", ["FAILED", "TERMINATED", "TIMED_OUT"])
def test_a_run_that_failed_or_was_cut_short_is_a_difference(end: str) -> None:
    event = HistoryEvent(event_type=EventType.Value(f"EVENT_TYPE_WORKFLOW_EXECUTION_{end}"))
    assert len(list(failures(WorkflowHistory("ticket", [event])))) == 1
