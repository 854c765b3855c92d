"""A timeline names the holidays that a due time passes over, where they do not count."""

import pytest

from commands.timeline.ticket_timeline import build_timeline
from tests.harness import new_york, opening
from workflows.ticket.process.ticket import Ticket
from workflows.ticket.process.views import view


@pytest.mark.parametrize(
    ("target", "over"),
    [("2 business days", ("Martin Luther King Jr. Day",)), ("5 days", ())],
)
def test_holidays_are_passed_over_only_in_open_time(target: str, over: tuple[str, ...]) -> None:
    received = new_york("2031-01-17 14:00")
    state = Ticket.open(opening(received)).state
    ticket = view(state)
    [clock] = [each for each in ticket.clocks if each.name == "first_response"]
    snapshots = [(received, [clock.model_copy(update={"target": target})])]
    hours = state.terms.calendars[state.terms.support_hours or ""]
    timeline = build_timeline(ticket, [], [], snapshots, [], hours)
    assert [change.over for at in timeline.scenes for change in at.clocks] == [over]


def test_a_cycle_that_a_change_begins_is_shown_at_the_change() -> None:
    received, changed = new_york("2031-01-17 14:00"), new_york("2031-01-24 10:00")
    ticket = view(Ticket.open(opening(received)).state)
    [clock] = [each for each in ticket.clocks if each.name == "first_response"]
    again = clock.model_copy(update={"cycle": 2})
    snapshots = [(received, [clock]), (changed, [clock, again])]
    timeline = build_timeline(ticket, [], [], snapshots, [])
    starts = [(at.at, change.cycle) for at in timeline.scenes for change in at.clocks]
    assert starts == [(received, 1), (changed, 2)]
