"""The reference model reads from a timeline since when a clock counts."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.chaos.model.clocks.history import begun_at
from tests.chaos.model.events import Event

RESPONDED = datetime(2026, 6, 1, 9, tzinfo=UTC)
REOPENED = RESPONDED + timedelta(hours=1)
RULE = {"starts": ["responded"], "stops": ["resolved"], "reopening": "same_cycle"}


def test_a_clock_begins_no_interval_while_the_ticket_is_resolved_or_has_an_assignee() -> None:
    stops: list[str] = ["assigned", "resolved"]
    rule = {"starts": ["opened", "unassigned"], "stops": stops, "repeats": True}
    opened = Event(1, "opened", RESPONDED, "requester")
    assigned = Event(2, "assigned", RESPONDED, "agent", "a-1")
    unassigned = Event(3, "unassigned", REOPENED, "agent", "a-2")
    resolved = Event(2, "resolved", RESPONDED, "agent", "a-1")
    assert begun_at(rule, [opened, assigned, unassigned]) == REOPENED
    assert begun_at(rule, [opened, resolved]) is None


@pytest.mark.parametrize(("resolved_by", "since"), [("a-1", REOPENED), ("a-2", RESPONDED)])
def test_a_cycle_that_another_action_ends_at_the_same_instant_goes_on_when_it_is_reopened(
    resolved_by: str, since: datetime
) -> None:
    timeline = [
        Event(1, "opened", RESPONDED, "requester"),
        Event(2, "responded", RESPONDED, "agent", "a-1"),
        Event(3, "resolved", RESPONDED, "agent", resolved_by),
        Event(4, "reopened", REOPENED, "requester", "a-3"),
    ]
    assert begun_at(RULE, timeline) == since
