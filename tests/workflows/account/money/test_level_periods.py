"""Service levels over time: what is settled, corrected, final, and no longer kept."""

from datetime import date, datetime, timedelta

import pytest

from policies.accounts.outcomes import OutcomeState
from tests.workflows.account.account_driver import AccountDriver
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
from tests.workflows.account.money.money_policies import INCIDENTS, at, terms_of
from workflows.account import service_levels
from workflows.account.model.action_inputs import AccountAction

LAST_DAY = at("2026-07-30T23:59:59+01:00")
FINAL = at("2026-07-31T00:00:00+01:00")
JULY = QUARTER_ENDS + timedelta(days=5)
DAY = timedelta(days=1)
MONTHLY = INCIDENTS.replace(
    "service_levels:\n",
    "service_levels:\n  p1_month: {clock: response, priorities: [p1], percent: 98, each: month, "
    "clause: response}\n",
)
PAID = INCIDENTS.replace(
    "notices:",
    "remedies:\n  credits:\n    - {service_level: p1_response, worth: 2 days, clause: response}\n"
    "notices:",
)


def figures(
    driver: AccountDriver, when: datetime, name: str = "p1_response", period: str = "2026-Q2"
) -> tuple[str, int, int, int] | None:
    """The state, the tickets that count, those in time, and the corrections."""
    view = level_view(driver, name, period, when)
    return (str(view.state), view.counted, view.kept, view.corrections) if view else None


def test_a_period_is_corrected_until_the_end_of_its_last_day_and_then_final() -> None:
    driver = reported("p1", 9, 0)
    report_outcome(driver, outcome_of(77, LATE), LAST_DAY)
    assert figures(driver, LAST_DAY) == ("missed", 10, 9, 1)
    report_outcome(driver, outcome_of(78, LATE), FINAL)
    assert figures(driver, FINAL) == ("missed", 10, 9, 1)


@pytest.mark.parametrize(("days", "is_corrected"), [(10, False), (60, True)])
def test_a_period_can_be_corrected_as_long_as_it_can_be_claimed(
    days: int, is_corrected: bool
) -> None:
    text = PAID.replace(
        "notices:", f"  claim_within: {days} days\n  claim_clause: response\nnotices:"
    )
    driver = reported("p1", 9, 0, text)
    report_outcome(driver, outcome_of(77, LATE), QUARTER_ENDS + 20 * DAY)
    expected = ("missed", 10, 9, 1) if is_corrected else ("kept", 9, 9, 0)
    assert figures(driver, QUARTER_ENDS + 20 * DAY) == expected


def test_every_quarter_is_settled_in_its_turn() -> None:
    driver = reported("p1", 3, 0)
    report_outcome(driver, outcome_of(50, LATE, started_at=JULY), JULY)
    after = at("2026-10-01T00:00:00+01:00")
    assert figures(driver, after) == ("kept", 3, 3, 0)
    assert figures(driver, after, period="2026-Q3") == ("missed", 1, 0, 0)


def test_a_correction_counts_all_tickets_of_its_period_while_a_later_one_goes_on() -> None:
    driver = reported("p1", 9, 0)
    report_outcome(driver, outcome_of(50, IN_TIME, started_at=JULY), JULY)
    report_outcome(driver, outcome_of(77, LATE), JULY)
    assert figures(driver, JULY) == ("missed", 10, 9, 1)


def test_nothing_is_settled_while_one_of_its_tickets_is_undecided() -> None:
    driver = reported("p1", 9, 0)
    report_outcome(driver, outcome_of(50, RUNNING))
    report_outcome(driver, outcome_of(51, IN_TIME), JULY)
    assert figures(driver, JULY) == ("open", 10, 10, 0)
    report_outcome(driver, outcome_of(50, LATE, number=2), JULY)
    assert figures(driver, JULY) == ("missed", 11, 10, 0)


def test_a_quarter_whose_only_ticket_was_dropped_is_empty_and_told_to_nobody() -> None:
    driver = level_account()
    report_outcome(driver, outcome_of(1, RUNNING))
    report_outcome(driver, outcome_of(1, OutcomeState.DROPPED, number=2))
    assert figures(driver, QUARTER_ENDS) == ("empty", 0, 0, 0)
    assert driver.state(QUARTER_ENDS).events == []


def test_news_of_a_ticket_that_change_no_figure_are_no_correction() -> None:
    driver = reported("p1", 9, 0)
    driver.account.catch_up(JULY)
    report_outcome(driver, outcome_of(0, IN_TIME, number=2), JULY)
    assert figures(driver, JULY) == ("kept", 9, 9, 0)


def test_another_priority_after_the_settlement_corrects_both_levels() -> None:
    driver = reported("p1", 9, 0)
    report_outcome(driver, outcome_of(77, LATE), QUARTER_ENDS - DAY)
    assert figures(driver, QUARTER_ENDS) == ("missed", 10, 9, 0)
    report_outcome(driver, outcome_of(77, LATE, "p2", number=2), JULY)
    assert figures(driver, JULY) == ("kept", 9, 9, 1)
    assert figures(driver, JULY, "p2_response") == ("missed", 1, 0, 0)
    kinds = [event.type for event in driver.state(JULY).events]
    assert kinds == ["service_level_missed", "service_level_kept", "service_level_missed"]


def test_a_clock_that_no_service_level_measures_is_ignored() -> None:
    driver = level_account()
    report_outcome(driver, outcome_of(1, LATE, clock="fix"))
    assert driver.account.state.outcomes == {}
    assert figures(driver, QUARTER_ENDS - MINUTE) == ("open", 0, 0, 0)


def test_past_periods_are_shown_only_of_levels_that_had_tickets() -> None:
    driver = reported("p1", 9, 0)
    shown = [(view.name, view.period) for view in driver.view(JULY).service_levels]
    present = [(f"p{number}_response", "2026-Q3") for number in (1, 2, 3, 4)]
    assert shown == [("p1_response", "2026-Q2"), *present]


def test_a_final_month_stays_while_its_quarter_is_corrected() -> None:
    driver = reported("p1", 9, 0, MONTHLY)
    assert figures(driver, JULY, "p1_month", "2026-05") == ("kept", 9, 9, 0)
    report_outcome(driver, outcome_of(77, LATE), JULY)
    assert figures(driver, JULY, "p1_month", "2026-05") == ("kept", 9, 9, 0)
    assert figures(driver, JULY) == ("missed", 10, 9, 1)


def test_a_late_first_outcome_counts_in_its_level_even_if_those_of_others_are_final() -> None:
    driver = reported("p1", 9, 0)
    assert figures(driver, FINAL) == ("kept", 9, 9, 0)
    report_outcome(driver, outcome_of(77, LATE, "p2"), FINAL)
    assert figures(driver, FINAL, "p2_response") == ("missed", 1, 0, 0)
    assert figures(driver, FINAL) == ("kept", 9, 9, 0)


def test_the_event_of_a_service_level_states_its_figures_and_its_clause() -> None:
    driver = reported("p1", 49, 1)
    [missed] = driver.state(QUARTER_ENDS).events
    basis = {
        "service_level": "p1_response",
        "level": "p1 response",
        "period": "2026-Q2",
        "period_begins": "2026-04-01",
        "period_ends": "2026-06-30",
        "counted": 49,
        "kept": 48,
        "share": "97.9591",
        "target": "98",
    }
    assert missed.data == basis | {"clause": "response"}


def test_a_level_that_is_kept_after_all_loses_its_credit_with_an_event() -> None:
    driver = reported("p1", 49, 1, PAID)
    driver.account.catch_up(JULY)
    [credit] = driver.view(JULY).credits
    assert (credit.credits, credit.days, credit.breached_on) == (1, 2, date(2026, 6, 30))
    report_outcome(driver, outcome_of(77, IN_TIME), JULY)
    [credit] = driver.view(JULY).credits
    assert (credit.credits, credit.days, credit.basis["kept"]) == (0, 0, 49)
    kinds = [event.type for event in driver.account.state.events]
    assert kinds == [
        "service_level_missed",
        "credit_earned",
        "service_level_kept",
        "credit_corrected",
    ]


def test_a_level_that_was_always_kept_has_no_credit() -> None:
    driver = reported("p1", 9, 0, PAID)
    assert driver.view(JULY).credits == ()


def test_a_settled_quarter_keeps_what_it_was_measured_by_under_other_terms() -> None:
    driver = reported("p1", 49, 1)
    driver.account.catch_up(JULY)
    text = INCIDENTS.replace("percent: 98", "percent: 95")
    driver.act(AccountAction.ADOPT_TERMS, JULY, terms=terms_of(text))
    settled = level_view(driver, "p1_response", "2026-Q2", JULY)
    present = level_view(driver, "p1_response", "2026-Q3", JULY)
    assert settled is not None
    assert present is not None
    assert (str(settled.target), str(present.target)) == ("98", "95")
    assert str(settled.state) == "missed"


def test_a_level_that_the_terms_no_longer_have_shows_its_settled_periods_only() -> None:
    driver = reported("p1", 49, 1)
    report_outcome(driver, outcome_of(50, IN_TIME, started_at=JULY), JULY)
    text = INCIDENTS.replace("p1_response: {clock", "p1_answer: {clock")
    driver.act(AccountAction.ADOPT_TERMS, JULY, terms=terms_of(text))
    later = at("2026-10-01T00:00:00+01:00")
    [view] = [view for view in driver.view(later).service_levels if view.name == "p1_response"]
    assert (view.period, view.label, view.clause) == ("2026-Q2", "p1_response", None)
    assert (str(view.state), view.counted, view.kept) == ("missed", 49, 48)
    assert str(view.target) == "98"


def test_outcomes_are_kept_until_their_figures_are_final() -> None:
    driver = reported("p1", 9, 0)
    for when, kept in ((LAST_DAY, 9), (FINAL, 0)):
        state = driver.state(when)
        service_levels.prune(state, when)
        assert len(state.outcomes) == kept
    service_levels.prune(driver.account.state, JULY)
    assert figures(driver, JULY) == ("kept", 9, 9, 0)


def test_dropped_outcomes_beyond_the_limit_count_for_nothing() -> None:
    driver = reported("p2", 4, 1)
    for number in range(10, 14):
        report_outcome(driver, outcome_of(number, OutcomeState.DROPPED, "p2"))
    service_levels.prune(driver.account.state, MAY, most=1)
    assert len(driver.account.state.outcomes) == 1
    assert figures(driver, MAY, "p2_response") == ("open", 4, 3, 0)


def test_a_new_ticket_counts_beside_those_that_are_only_counted() -> None:
    driver = reported("p1", 9, 0)
    service_levels.prune(driver.account.state, MAY, most=2)
    report_outcome(driver, outcome_of(50, LATE))
    assert figures(driver, MAY) == ("open", 10, 9, 0)


def test_an_undecided_outcome_is_never_only_counted() -> None:
    driver = reported("p1", 9, 0)
    report_outcome(driver, outcome_of(50, RUNNING))
    service_levels.prune(driver.account.state, MAY, most=0)
    assert [outcome.state for outcome in driver.account.state.outcomes.values()] == [RUNNING]
    report_outcome(driver, outcome_of(50, LATE, number=2))
    assert figures(driver, MAY) == ("open", 10, 9, 0)


@pytest.mark.parametrize(("periods", "kept"), [(240, 240), (241, 240)])
def test_an_account_keeps_the_latest_240_periods_of_its_levels(periods: int, kept: int) -> None:
    driver = reported("p1", 1, 0)
    state = driver.account.state
    [period] = state.levels
    state.levels = [period.model_copy(update={"period": str(n)}) for n in range(periods)]
    service_levels.prune(state, MAY + MINUTE)
    assert [level.period for level in state.levels] == [str(n) for n in range(periods)][-kept:]


def test_the_present_period_is_shown_once_also_when_it_has_tickets() -> None:
    shown = [(view.name, view.period) for view in reported("p1", 2, 0).view(MAY).service_levels]
    assert sorted(shown) == [(f"p{number}_response", "2026-Q2") for number in (1, 2, 3, 4)]


def test_a_missed_quarter_without_any_ticket_left_loses_its_credit() -> None:
    driver = level_account(PAID)
    report_outcome(driver, outcome_of(1, LATE))
    report_outcome(driver, outcome_of(1, OutcomeState.DROPPED, number=2), JULY)
    assert figures(driver, JULY) == ("empty", 0, 0, 1)
    [credit] = driver.view(JULY).credits
    assert (credit.days, credit.basis["counted"], credit.basis["share"]) == (0, 0, "100.0000")


def test_the_next_action_drops_the_outcomes_of_a_final_quarter_but_not_of_the_present_one() -> None:
    driver = reported("p1", 3, 0)
    report_outcome(driver, outcome_of(50, IN_TIME, started_at=QUARTER_ENDS), QUARTER_ENDS)
    report_outcome(driver, outcome_of(51, IN_TIME, started_at=FINAL), FINAL)
    started = [outcome.started_at for outcome in driver.account.state.outcomes.values()]
    assert started == [QUARTER_ENDS, FINAL]


def test_an_account_keeps_two_thousand_outcomes_and_only_counts_the_oldest_of_more() -> None:
    driver = reported("p1", 1, 0)
    state = driver.account.state
    [outcome] = state.outcomes.values()
    more = (outcome.model_copy(update={"cycle": cycle}) for cycle in range(1, 2_003))
    state.outcomes = {each.cycle_id: each for each in more}
    service_levels.prune(state, MAY)
    assert len(state.outcomes) == 2_000
    assert figures(driver, MAY) == ("open", 2_002, 2_002, 0)
