"""Explanations of changes agree with the clocks of tickets."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policies.reports.change_explanation import LaterValue, NotAgreeable, UnknownPriority
from policies.reports.explain import explain
from policies.vocabulary import Action
from tests.workflows.ticket.changing_policy import changing_policy, changing_ticket
from tests.workflows.ticket.clocks.path_policy import PRIORITIES, path_policy, path_ticket, take
from tests.workflows.ticket.placed_policy import PLACED, placed_ticket, policy_of

CHANGES = st.lists(
    st.tuples(st.sampled_from(["urgent", "normal", "low"]), st.integers(1, 60 * 40)), max_size=6
)


@pytest.mark.fault(3, 6, 7)
@settings(deadline=None)
@given(CHANGES, st.sampled_from(["recount", "restart", "keep", "continue"]))
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
            changes.append(LaterValue(driver.now, priority=priority))
    if not changes:
        return
    policy = changing_policy(on_change)
    explained = explain(policy, "fix", start, priority="normal", changes=changes)
    last, clock = explained.changes[-1], driver.clock("fix")
    assert (last.cycle, last.due_at) == (clock.cycle, clock.due_at)
    if last.breaches_at is not None:
        assert last.breaches_at == clock.breached_at
    if on_change == "continue":
        assert (last.overused or timedelta(0)) == clock.overused


def test_a_change_names_the_time_used_and_what_exceeds_the_new_target() -> None:
    start = changing_ticket(on_change="continue").now
    later = start + timedelta(minutes=300)
    changes = [LaterValue(later, priority="urgent")]
    policy = changing_policy("continue")
    [change] = explain(policy, "fix", start, priority="normal", changes=changes).changes
    assert (change.target, change.breaches_at) == ("4 business hours", later)
    assert (change.used, change.overused) == (timedelta(hours=5), timedelta(hours=1))
    [recounted] = explain(
        changing_policy("recount"), "fix", start, priority="normal", changes=changes
    ).changes
    assert (recounted.used, recounted.overused) == (None, None)


LOST = st.lists(
    st.tuples(st.sampled_from(PRIORITIES), st.one_of(st.just(0), st.integers(1, 60 * 30))),
    min_size=1,
    max_size=6,
)


@pytest.mark.fault(3, 6, 7)
@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["2027-03-01 09:00", "2027-03-26 14:30", "2027-03-26 15:01"]),
    st.sampled_from(PRIORITIES),
    LOST,
    st.sampled_from(["recount", "restart", "keep", "continue"]),
)
@example("2027-03-01 09:00", "normal", [("low", 60), ("day", 60)], "restart")
@example("2027-03-01 09:00", "day", [("urgent", 999), ("low", 0), ("normal", 60)], "continue")
@example("2027-03-01 09:00", "day", [("urgent", 999), ("normal", 0)], "recount")
@example("2027-03-26 15:01", "day", [("urgent", 60)], "continue")
@example("2027-03-01 08:00", "normal", [("low", 30), ("day", 450)], "continue")
def test_the_explanation_of_promises_with_and_without_a_time_is_what_a_ticket_does(
    received: str, first: str, steps: list[tuple[str, int]], on_change: str
) -> None:
    driver = path_ticket(received, first, on_change)
    start, changes, before = driver.now, [], first
    for priority, minutes in steps:
        driver.now += timedelta(minutes=minutes)
        if priority != before:
            take(driver, priority)
            changes.append(LaterValue(driver.now, priority=priority))
            before = priority
    if not changes:
        return
    clock = driver.ticket.clocks.latest("delivery_none")
    [*_, last] = explain(
        path_policy(on_change), "delivery_none", start, priority=first, changes=changes
    ).changes
    if clock is None or not clock.is_open:
        assert last.due_at is None
    else:
        assert (last.cycle, last.due_at) == (clock.cycle, clock.due_at)
        is_late = clock.breached_at == last.at and (last.at > clock.due_at or clock.overused)
        assert last.breaches_at == (last.at if is_late else None)


def test_an_unknown_priority_is_refused_with_the_choices() -> None:
    start = changing_ticket().now
    with pytest.raises(UnknownPriority, match="allowed: urgent, normal, low"):
        explain(changing_policy(), "fix", start, changes=[LaterValue(start, priority="high")])


FACTS = st.tuples(
    st.sampled_from(["place", "agreed"]),
    st.sampled_from(["new_york", "chicago", "london"]),
    st.integers(1, 60 * 40),
)


@settings(deadline=None)
@given(st.lists(FACTS, min_size=1, max_size=6), st.sampled_from(["recount", "continue", "keep"]))
@example([("place", "london", minutes) for minutes in (1484, 1573, 1484, 1484)], "keep")
def test_the_explanation_of_changed_facts_and_agreements_is_what_a_ticket_does(
    steps: list[tuple[str, str, int]], on_change: str
) -> None:
    driver = placed_ticket("2026-07-02T16:30-04:00", priority="sev_3", on_change=on_change)
    start, changes = driver.now, []
    for kind, place, minutes in steps:
        driver.now += timedelta(minutes=minutes)
        if kind == "place":
            driver.act(Action.RECLASSIFY, facts={"place": place}, reason="It is so.")
            changes.append(LaterValue(driver.now, fact="place", value=place))
        else:
            due_at = driver.now + timedelta(minutes=minutes)
            consent = {"by": "Rita", "at": driver.now, "how": "by phone"}
            inputs: dict[str, Any] = {
                "clock": "first_response",
                "due_at": due_at,
                "consent": consent,
            }
            driver.act(Action.AGREE_DUE_TIME, reason="So.", **inputs)
            changes.append(LaterValue(driver.now, agreed=due_at))
    policy = policy_of(PLACED, on_change)
    request: dict[str, Any] = {"plan": "premium", "priority": "sev_3", "changes": changes}
    last, clock = explain(policy, "first_response", start, **request).changes[-1], driver.clock
    cycle = clock("first_response")
    assert (last.cycle, last.due_at) == (cycle.cycle, cycle.due_at)
    assert last.is_agreed == cycle.has_agreed_date


def test_a_due_time_that_cannot_be_agreed_is_not_explained() -> None:
    start = changing_ticket().now
    with pytest.raises(NotAgreeable, match="agreed: true"):
        explain(changing_policy(), "fix", start, changes=[LaterValue(start, agreed=start)])
