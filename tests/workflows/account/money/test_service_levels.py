"""Service levels: the share of tickets in time, by account and period."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.accounts.outcomes import OutcomeState
from tests.workflows.account.money.level_accounts import (
    IN_TIME,
    LATE,
    MAY,
    MINUTE,
    QUARTER_ENDS,
    RUNNING,
    level_account,
    level_view,
    outcome_of,
    report_outcome,
    reported,
)
from tests.workflows.account.money.money_policies import INCIDENTS, at
from workflows.account import service_levels
from workflows.account.account import Account


@pytest.mark.parametrize(
    ("priority", "logged", "late", "state", "percent"),
    [
        ("p1", 49, 1, "missed", "97.9591"),
        ("p1", 50, 1, "kept", "98.0000"),
        ("p2", 20, 2, "kept", "90.0000"),
        ("p2", 21, 3, "missed", "85.7142"),
        ("p3", 7, 1, "kept", "85.7142"),
        ("p3", 7, 2, "missed", "71.4285"),
        ("p4", 20, 1, "kept", "95.0000"),
    ],
)
def test_a_percentage_is_kept_by_at_least_its_exact_share(
    priority: str, logged: int, late: int, state: str, percent: str
) -> None:
    driver = reported(priority, logged, late)
    name = f"{priority}_response"
    open_ = level_view(driver, name, "2026-Q2", QUARTER_ENDS - MINUTE)
    assert open_ is not None
    assert (str(open_.state), open_.counted, open_.kept) == ("open", logged, logged - late)
    settled = level_view(driver, name, "2026-Q2", QUARTER_ENDS)
    assert settled is not None
    assert (str(settled.state), str(settled.percent)) == (state, percent)
    (event,) = driver.state(QUARTER_ENDS).events
    assert (event.type, event.at) == (f"service_level_{state}", QUARTER_ENDS)
    assert event.data["kept"] == logged - late


def test_a_quarter_without_tickets_has_nothing_to_keep_or_to_miss() -> None:
    driver = level_account()
    assert driver.state(QUARTER_ENDS + timedelta(days=1)).events == []
    level = level_view(driver, "p1_response", "2026-Q2", QUARTER_ENDS - MINUTE)
    assert level is not None
    assert (str(level.state), level.counted, level.percent) == ("open", 0, None)


def test_a_quarter_waits_for_a_ticket_that_is_due_in_the_next_one() -> None:
    driver = reported("p4", 19, 0)
    logged, due = at("2026-06-30T15:00:00+01:00"), at("2026-07-01T14:30:00+01:00")
    pending = outcome_of(99, RUNNING, "p4", started_at=logged, due_at=due)
    report_outcome(driver, pending, logged)
    waiting = level_view(driver, "p4_response", "2026-Q2", due - MINUTE)
    assert waiting is not None
    assert (str(waiting.state), waiting.pending, waiting.counted) == ("open", 1, 19)
    report_outcome(driver, pending.model_copy(update={"number": 2, "state": LATE}), due)
    settled = level_view(driver, "p4_response", "2026-Q2", due)
    assert settled is not None
    assert (str(settled.state), settled.kept, settled.counted) == ("kept", 19, 20)
    assert driver.state(due).events[-1].at == due
    other = level_view(driver, "p4_response", "2026-Q3", due)
    assert other is not None
    assert other.counted == 0


def test_the_quarter_is_that_of_local_time() -> None:
    driver = level_account()
    last_second = at("2026-06-30T23:59:59+01:00")
    report_outcome(driver, outcome_of(1, IN_TIME, started_at=last_second), last_second)
    report_outcome(driver, outcome_of(2, IN_TIME, started_at=QUARTER_ENDS), QUARTER_ENDS)
    counts = {v.period: v.counted for v in driver.view(QUARTER_ENDS).service_levels if v.counted}
    assert counts == {"2026-Q2": 1, "2026-Q3": 1}


def test_an_outcome_that_comes_after_the_settlement_corrects_it_once() -> None:
    driver = reported("p1", 49, 0)
    later = QUARTER_ENDS + timedelta(days=1)
    late = outcome_of(77, LATE)
    for _ in range(3):
        report_outcome(driver, late, later)
    level = level_view(driver, "p1_response", "2026-Q2", later)
    assert level is not None
    assert (level.counted, level.kept, str(level.state), level.corrections) == (50, 49, "kept", 1)
    report_outcome(driver, outcome_of(78, LATE), later)
    kinds = [event.type for event in driver.state(later).events]
    assert kinds == ["service_level_kept", "service_level_missed"]
    assert driver.state(later).events[-1].data["corrected"] is True


def test_figures_are_final_after_their_claim_period() -> None:
    driver = reported("p1", 49, 0)
    final = QUARTER_ENDS + timedelta(days=31)
    report_outcome(driver, outcome_of(77, LATE), final)
    level = level_view(driver, "p1_response", "2026-Q2", final)
    assert level is not None
    assert (level.counted, level.kept) == (49, 49)


def test_an_older_report_changes_nothing_and_a_dropped_cycle_does_not_count() -> None:
    driver = level_account()
    report_outcome(driver, outcome_of(1, LATE, number=3))
    report_outcome(driver, outcome_of(1, RUNNING, number=2))
    report_outcome(driver, outcome_of(2, RUNNING))
    report_outcome(driver, outcome_of(2, OutcomeState.DROPPED, number=2))
    level = level_view(driver, "p1_response", "2026-Q2", MAY)
    assert level is not None
    assert (level.counted, level.kept, level.pending) == (1, 0, 0)


def test_outcomes_beyond_the_limit_are_counted_and_dropped() -> None:
    driver = reported("p1", 25, 2)
    service_levels.prune(driver.account.state, MAY, most=10)
    report_outcome(driver, outcome_of(0, IN_TIME, number=2))
    assert len(driver.account.state.outcomes) == 10
    level = level_view(driver, "p1_response", "2026-Q2", MAY)
    assert level is not None
    assert (level.counted, level.kept) == (25, 23)


def test_a_missed_service_level_is_remedied_by_its_band() -> None:
    remedies = """\
remedies:
  credits:
    - service_level: p2_response
      bands:
        - {below: 90, worth: {amount: 100 GBP}}
        - {below: 80, worth: {amount: 300 GBP}}
      clause: response
"""
    text = INCIDENTS.replace("notices:", f"{remedies}notices:")
    worths = []
    for logged, late in ((21, 3), (10, 2), (10, 3), (10, 1)):
        credits = reported("p2", logged, late, text).view(QUARTER_ENDS).credits
        worths.append([credit.worth.amount for credit in credits if credit.worth])
    assert worths == [[100], [100], [300], []]
    driver = reported("p2", 21, 3, text)
    (credit,) = driver.view(QUARTER_ENDS).credits
    assert credit.id == "service_level:p2_response:2026-Q2"
    assert credit.basis["kept"] == 18


def test_the_people_of_the_account_are_told_of_a_missed_service_level() -> None:
    driver = reported("p1", 49, 1)
    driver.account.catch_up(QUARTER_ENDS)
    told = driver.notified()
    assert told == [("service_level_missed", "customer", "carla@harbour.example")]


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_the_figures_do_not_depend_on_the_order_of_reports(data: st.DataObject) -> None:
    states = data.draw(st.lists(st.sampled_from([IN_TIME, LATE]), min_size=1, max_size=12))
    reports = [outcome_of(n, RUNNING) for n in range(len(states))]
    reports += [outcome_of(n, state, number=2) for n, state in enumerate(states)]
    driver = level_account()
    for report in data.draw(st.permutations(reports)):
        report_outcome(driver, report)
    level = level_view(driver, "p1_response", "2026-Q2", QUARTER_ENDS)
    assert level is not None
    kept = states.count(IN_TIME)
    assert (level.counted, level.kept) == (len(states), kept)
    assert (str(level.state) == "kept") == (kept * 100 >= 98 * len(states))


def test_an_account_is_restored_from_its_recorded_state() -> None:
    driver = reported("p1", 3, 1)
    state = type(driver.account.state).model_validate_json(driver.account.state.model_dump_json())
    account = Account(state)
    account.catch_up(QUARTER_ENDS)
    assert [event.type for event in account.state.events] == ["service_level_missed"]


def test_a_ticket_that_is_only_counted_is_not_counted_again() -> None:
    driver = reported("p1", 4, 2)
    service_levels.prune(driver.account.state, MAY, most=0)
    for number in range(4):
        report_outcome(driver, outcome_of(number, LATE, number=2))
    level = level_view(driver, "p1_response", "2026-Q2", MAY)
    assert level is not None
    assert (level.counted, level.kept) == (4, 2)
