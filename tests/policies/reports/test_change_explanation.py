"""Explanations of changes agree with the clocks of tickets."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.reports.change_explanation import PriorityChange, UnknownPriority
from policies.reports.explain import explain
from policies.vocabulary import Action
from tests.workflows.ticket.changing_policy import changing_policy, changing_ticket

CHANGES = st.lists(
    st.tuples(st.sampled_from(["urgent", "normal", "low"]), st.integers(1, 60 * 40)), max_size=6
)


@pytest.mark.fault(3, 6, 7)
@given(CHANGES, st.sampled_from(["recount", "restart", "keep"]))
def test_the_explanation_of_a_change_is_what_a_ticket_does(
    steps: list[tuple[str, int]], on_change: str
) -> None:
    driver = changing_ticket(on_change=on_change)
    start, changes = driver.now, []
    given = [("normal", 0), *steps]
    for (before, _), (priority, minutes) in pairwise(given):
        driver.now += timedelta(minutes=minutes)
        if priority != before:
            driver.act(Action.RECLASSIFY, priority=priority, reason="It is so.")
            changes.append(PriorityChange(priority, driver.now))
    if not changes:
        return
    policy = changing_policy(on_change)
    explained = explain(policy, "fix", start, priority="normal", changes=changes)
    last, clock = explained.changes[-1], driver.clock("fix")
    assert (last.cycle, last.due_at) == (clock.cycle, clock.due_at)
    if last.breaches_at is not None:
        assert last.breaches_at == clock.breached_at


def test_an_unknown_priority_is_refused_with_the_choices() -> None:
    start = changing_ticket().now
    with pytest.raises(UnknownPriority, match="allowed: urgent, normal, low"):
        explain(changing_policy(), "fix", start, changes=[PriorityChange("high", start)])
