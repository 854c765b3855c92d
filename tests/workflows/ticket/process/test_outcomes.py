"""What a ticket tells its account about the clocks that service levels measure."""

from typing import Any

from policies.vocabulary import Action
from tests.workflows.account.money.money_policies import INCIDENTS, PREMISES, at
from tests.workflows.account.money.money_tickets import ticket_under
from tests.workflows.ticket.ticket_driver import TicketDriver

ANSWER: dict[str, Any] = {"message": "We are on it.", "outcomes": ["work_started"]}


def _told(driver: TicketDriver) -> list[tuple[int, str, str | None]]:
    return [(o.number, str(o.state), o.priority) for o in driver.state.outcomes]


def test_a_ticket_tells_its_account_the_outcome_of_a_measured_clock() -> None:
    driver = ticket_under(INCIDENTS, "2026-06-30T15:00:00+01:00", "p4")
    driver.until_instant(at("2026-07-01T14:31:00+01:00")).act(Action.RESPOND, **ANSWER)
    assert _told(driver) == [(1, "running", "p4"), (2, "late", "p4")]
    outcome = driver.state.outcomes[-1]
    assert outcome.started_at == at("2026-06-30T15:00:00+01:00")
    assert outcome.due_at == at("2026-07-01T14:30:00+01:00")


def test_the_priority_at_the_answer_counts_with_its_time_from_the_logging() -> None:
    driver = ticket_under(INCIDENTS, "2026-05-04T10:00:00+01:00", "p2")
    driver.until_instant(at("2026-05-04T10:20:00+01:00"))
    driver.act(Action.RECLASSIFY, priority="p1", reason="All of it is down.")
    driver.until_instant(at("2026-05-04T10:29:00+01:00")).act(Action.RESPOND, **ANSWER)
    driver.act(Action.RECLASSIFY, priority="p3", reason="It was small.")
    assert _told(driver) == [(1, "running", "p2"), (2, "running", "p1"), (3, "in_time", "p1")]


def test_the_priority_at_a_late_answer_stays_whatever_the_ticket_becomes() -> None:
    driver = ticket_under(INCIDENTS, "2026-05-04T10:00:00+01:00", "p1")
    driver.until_instant(at("2026-05-04T12:00:00+01:00")).act(Action.RESPOND, **ANSWER)
    driver.act(Action.RECLASSIFY, priority="p3", reason="It was small.")
    assert _told(driver) == [(1, "running", "p1"), (2, "late", "p1")]


def test_a_breach_whose_promise_was_replaced_counts_once_by_the_new_promise() -> None:
    driver = ticket_under(INCIDENTS, "2026-05-05T10:00:00+01:00", "p1")
    driver.until_instant(at("2026-05-05T11:00:00+01:00"))
    driver.act(Action.RECLASSIFY, priority="p3", reason="It is small.")
    driver.until_instant(at("2026-05-05T13:00:00+01:00")).act(Action.RESPOND, **ANSWER)
    last = {o.cycle: (str(o.state), o.priority) for o in driver.state.outcomes}
    assert last == {1: ("dropped", "p3"), 2: ("in_time", "p3")}


def test_a_policy_without_service_levels_tells_nothing() -> None:
    driver = ticket_under(PREMISES, "2026-05-05T10:00:00+01:00", "l1").act(Action.RESPOND, **ANSWER)
    assert driver.state.outcomes == []
    assert driver.state.told_outcomes == {}


def test_clocks_that_no_service_level_measures_tell_nothing_and_hide_no_other() -> None:
    clock = INCIDENTS.partition("clocks:\n")[2].partition("service_levels:")[0]
    other = clock.replace("  response:\n", "  answer:\n")
    text = INCIDENTS.replace("clocks:\n", f"clocks:\n{other}")
    driver = ticket_under(text, "2026-05-04T10:00:00+01:00", "p2").act(Action.RESPOND, **ANSWER)
    assert [clock.name for clock in driver.state.clocks] == ["answer", "response"]
    assert [(o.clock, str(o.state)) for o in driver.state.outcomes] == [
        ("response", "running"),
        ("response", "in_time"),
    ]


def test_a_missed_clock_is_told_at_its_due_time_whatever_happens_later() -> None:
    driver = ticket_under(INCIDENTS, "2026-06-30T15:00:00+01:00", "p4")
    driver.until_instant(at("2026-07-01T14:30:00+01:00"))
    assert _told(driver) == [(1, "running", "p4"), (2, "late", "p4")]
