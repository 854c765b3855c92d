"""Service levels: the share of tickets in time, by account and period."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.accounts.outcomes import ClockOutcome, OutcomeState
from policies.loading.loader import read_policy
from policies.schema.contract import Contract
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle
from policies.vocabulary import Action
from tests.harness import SERVICE, next_number
from tests.workflows.account.account_driver import AccountDriver
from tests.workflows.account.money.money_policies import INCIDENTS, PREMISES, at, terms_of
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.account import service_levels
from workflows.account.account import Account
from workflows.account.messages import AccountAction, LevelView
from workflows.account.refusals import TooLate
from workflows.ticket.model.messages import Opening

MAY = at("2026-05-04T10:00:00+01:00")
QUARTER_ENDS = at("2026-07-01T00:00:00+01:00")
MINUTE = timedelta(minutes=1)
IN_TIME, LATE, RUNNING = OutcomeState.IN_TIME, OutcomeState.LATE, OutcomeState.RUNNING


def _account(text: str = INCIDENTS) -> AccountDriver:
    contacts = {"customer": {"name": "Carla", "email": "carla@harbour.example"}}
    return AccountDriver(terms_of(text, contacts=contacts), at("2026-04-01T00:00:00+01:00"))


def _outcome(
    ticket: int, state: OutcomeState, priority: str = "p1", **more: object
) -> ClockOutcome:
    fields: dict[str, object] = {
        "account": "harbour",
        "ticket": f"AAAA-AAAA-{ticket:04d}",
        "clock": "response",
        "number": 1,
        "state": state,
        "priority": priority,
        "started_at": MAY,
        "due_at": MAY + 30 * MINUTE,
    }
    return ClockOutcome.model_validate(fields | more)


def _report(driver: AccountDriver, outcome: ClockOutcome, when: datetime = MAY) -> None:
    driver.act(AccountAction.REPORT_OUTCOME, when, id=outcome.id, outcome=outcome)


def _reported(priority: str, logged: int, late: int, text: str = INCIDENTS) -> AccountDriver:
    driver = _account(text)
    for number in range(logged):
        _report(driver, _outcome(number, LATE if number < late else IN_TIME, priority))
    return driver


def _level(driver: AccountDriver, name: str, period: str, when: datetime) -> LevelView | None:
    levels = driver.view(when).service_levels
    return next((v for v in levels if (v.name, v.period) == (name, period)), None)


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
    driver = _reported(priority, logged, late)
    name = f"{priority}_response"
    open_ = _level(driver, name, "2026-Q2", QUARTER_ENDS - MINUTE)
    assert open_ is not None
    assert (str(open_.state), open_.counted, open_.kept) == ("open", logged, logged - late)
    settled = _level(driver, name, "2026-Q2", QUARTER_ENDS)
    assert settled is not None
    assert (str(settled.state), str(settled.percent)) == (state, percent)
    (event,) = driver.state(QUARTER_ENDS).events
    assert (event.type, event.at) == (f"service_level_{state}", QUARTER_ENDS)
    assert event.data["kept"] == logged - late


def test_a_quarter_without_tickets_has_nothing_to_keep_or_to_miss() -> None:
    driver = _account()
    assert driver.state(QUARTER_ENDS + timedelta(days=1)).events == []
    level = _level(driver, "p1_response", "2026-Q2", QUARTER_ENDS - MINUTE)
    assert level is not None
    assert (str(level.state), level.counted, level.percent) == ("open", 0, None)


def test_a_quarter_waits_for_a_ticket_that_is_due_in_the_next_one() -> None:
    driver = _reported("p4", 19, 0)
    logged, due = at("2026-06-30T15:00:00+01:00"), at("2026-07-01T14:30:00+01:00")
    pending = _outcome(99, RUNNING, "p4", started_at=logged, due_at=due)
    _report(driver, pending, logged)
    waiting = _level(driver, "p4_response", "2026-Q2", due - MINUTE)
    assert waiting is not None
    assert (str(waiting.state), waiting.pending, waiting.counted) == ("open", 1, 19)
    _report(driver, pending.model_copy(update={"number": 2, "state": LATE}), due)
    settled = _level(driver, "p4_response", "2026-Q2", due)
    assert settled is not None
    assert (str(settled.state), settled.kept, settled.counted) == ("kept", 19, 20)
    assert driver.state(due).events[-1].at == due
    other = _level(driver, "p4_response", "2026-Q3", due)
    assert other is not None
    assert other.counted == 0


def test_the_quarter_is_that_of_local_time() -> None:
    driver = _account()
    last_second = at("2026-06-30T23:59:59+01:00")
    _report(driver, _outcome(1, IN_TIME, started_at=last_second), last_second)
    _report(driver, _outcome(2, IN_TIME, started_at=QUARTER_ENDS), QUARTER_ENDS)
    counts = {v.period: v.counted for v in driver.view(QUARTER_ENDS).service_levels if v.counted}
    assert counts == {"2026-Q2": 1, "2026-Q3": 1}


def test_an_outcome_that_comes_after_the_settlement_corrects_it_once() -> None:
    driver = _reported("p1", 49, 0)
    later = QUARTER_ENDS + timedelta(days=1)
    late = _outcome(77, LATE)
    for _ in range(3):
        _report(driver, late, later)
    level = _level(driver, "p1_response", "2026-Q2", later)
    assert level is not None
    assert (level.counted, level.kept, str(level.state), level.corrections) == (50, 49, "kept", 1)
    _report(driver, _outcome(78, LATE), later)
    kinds = [event.type for event in driver.state(later).events]
    assert kinds == ["service_level_kept", "service_level_missed"]
    assert driver.state(later).events[-1].data["corrected"] is True


def test_figures_are_final_after_their_claim_period() -> None:
    driver = _reported("p1", 49, 0)
    final = QUARTER_ENDS + timedelta(days=31)
    _report(driver, _outcome(77, LATE), final)
    level = _level(driver, "p1_response", "2026-Q2", final)
    assert level is not None
    assert (level.counted, level.kept) == (49, 49)


def test_an_older_report_changes_nothing_and_a_dropped_cycle_does_not_count() -> None:
    driver = _account()
    _report(driver, _outcome(1, LATE, number=3))
    _report(driver, _outcome(1, RUNNING, number=2))
    _report(driver, _outcome(2, RUNNING))
    _report(driver, _outcome(2, OutcomeState.DROPPED, number=2))
    level = _level(driver, "p1_response", "2026-Q2", MAY)
    assert level is not None
    assert (level.counted, level.kept, level.pending) == (1, 0, 0)


def test_outcomes_beyond_the_limit_are_counted_and_dropped() -> None:
    driver = _reported("p1", 25, 2)
    service_levels.prune(driver.account.state, MAY, most=10)
    _report(driver, _outcome(0, IN_TIME, number=2))
    assert len(driver.account.state.outcomes) == 10
    level = _level(driver, "p1_response", "2026-Q2", MAY)
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
        credits = _reported("p2", logged, late, text).view(QUARTER_ENDS).credits
        worths.append([credit.worth.amount for credit in credits if credit.worth])
    assert worths == [[100], [100], [300], []]
    driver = _reported("p2", 21, 3, text)
    (credit,) = driver.view(QUARTER_ENDS).credits
    assert credit.id == "service_level:p2_response:2026-Q2"
    assert credit.basis["kept"] == 18


def test_the_people_of_the_account_are_told_of_a_missed_service_level() -> None:
    driver = _reported("p1", 49, 1)
    driver.account.catch_up(QUARTER_ENDS)
    told = driver.notified()
    assert told == [("service_level_missed", "customer", "carla@harbour.example")]


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_the_figures_do_not_depend_on_the_order_of_reports(data: st.DataObject) -> None:
    states = data.draw(st.lists(st.sampled_from([IN_TIME, LATE]), min_size=1, max_size=12))
    reports = [_outcome(n, RUNNING) for n in range(len(states))]
    reports += [_outcome(n, state, number=2) for n, state in enumerate(states)]
    driver = _account()
    for report in data.draw(st.permutations(reports)):
        _report(driver, report)
    level = _level(driver, "p1_response", "2026-Q2", QUARTER_ENDS)
    assert level is not None
    kept = states.count(IN_TIME)
    assert (level.counted, level.kept) == (len(states), kept)
    assert (str(level.state) == "kept") == (kept * 100 >= 98 * len(states))


def _ticket(text: str, received: str, priority: str) -> TicketDriver:
    policy = read_policy(text)
    requester = Requester(name="Rita", email="rita@harbour.example")
    plan = next(iter(policy.plans), None)
    contract = Contract(account="harbour", name="Harbour", policy=policy.policy, plan=plan)
    facts = TicketFacts(requester=requester, priority=priority, channel="email")
    number, received_at = next_number(), at(received)
    return TicketDriver(
        opened=Opening(
            number=number,
            received_at=received_at,
            opened_by=SERVICE,
            subject="It is slow",
            description="It is slow.",
            terms=settle(policy, contract, facts, received_at),
            fingerprint=number,
        )
    )


def _told(driver: TicketDriver) -> list[tuple[int, str, str | None]]:
    return [(o.number, str(o.state), o.priority) for o in driver.state.outcomes]


ANSWER: dict[str, Any] = {"message": "We are on it.", "outcomes": ["work_started"]}


def test_a_ticket_tells_its_account_the_outcome_of_a_measured_clock() -> None:
    driver = _ticket(INCIDENTS, "2026-06-30T15:00:00+01:00", "p4")
    driver.until_instant(at("2026-07-01T14:31:00+01:00")).act(Action.RESPOND, **ANSWER)
    assert _told(driver) == [(1, "running", "p4"), (2, "late", "p4")]
    outcome = driver.state.outcomes[-1]
    assert outcome.started_at == at("2026-06-30T15:00:00+01:00")
    assert outcome.due_at == at("2026-07-01T14:30:00+01:00")


def test_the_priority_at_the_answer_counts_with_its_time_from_the_logging() -> None:
    driver = _ticket(INCIDENTS, "2026-05-04T10:00:00+01:00", "p2")
    driver.until_instant(at("2026-05-04T10:20:00+01:00"))
    driver.act(Action.RECLASSIFY, priority="p1", reason="All of it is down.")
    driver.until_instant(at("2026-05-04T10:29:00+01:00")).act(Action.RESPOND, **ANSWER)
    driver.act(Action.RECLASSIFY, priority="p3", reason="It was small.")
    assert _told(driver) == [(1, "running", "p2"), (2, "running", "p1"), (3, "in_time", "p1")]


def test_a_breach_whose_promise_was_replaced_counts_once_by_the_new_promise() -> None:
    driver = _ticket(INCIDENTS, "2026-05-05T10:00:00+01:00", "p1")
    driver.until_instant(at("2026-05-05T11:00:00+01:00"))
    driver.act(Action.RECLASSIFY, priority="p3", reason="It is small.")
    driver.until_instant(at("2026-05-05T13:00:00+01:00")).act(Action.RESPOND, **ANSWER)
    last = {o.cycle: (str(o.state), o.priority) for o in driver.state.outcomes}
    assert last == {1: ("dropped", "p3"), 2: ("in_time", "p3")}


def test_a_policy_without_service_levels_tells_nothing() -> None:
    driver = _ticket(PREMISES, "2026-05-05T10:00:00+01:00", "l1").act(Action.RESPOND, **ANSWER)
    assert driver.state.outcomes == []
    assert driver.state.told_outcomes == {}


def test_business_days_of_a_claim_run_from_the_due_time_on_the_calendar_of_the_ticket() -> None:
    driver = _ticket(PREMISES, "2026-07-20T14:00:00+02:00", "l2")
    due, until = at("2026-07-22T14:30:00+02:00"), at("2026-07-27T14:30:00+02:00")
    driver.until_instant(at("2026-07-23T10:00:00+02:00")).act(Action.RESPOND, **ANSWER)
    report = driver.state.late[-1]
    assert (report.breached_at, report.claim_until) == (due, until)
    fees = {"licences_fee": "30000 EUR"}
    terms = terms_of(PREMISES, plan="continuity", fees=fees)
    account = AccountDriver(terms, at("2026-07-01T00:00:00+02:00"))
    for late in driver.state.late:
        account.act(AccountAction.REPORT_LATENESS, late.reported_at, id=late.id, lateness=late)
    (credit,) = account.view(until).credits
    assert (credit.claim_until_at, str(credit.state)) == (until, "earned")
    assert credit.worth is not None
    assert credit.worth.amount == Decimal("75.00")
    with pytest.raises(TooLate, match="27 July 2026, 14:30 CEST"):
        account.claim(until + timedelta(seconds=1), credit.id)
    account.claim(until, credit.id)


def test_an_account_is_restored_from_its_recorded_state() -> None:
    driver = _reported("p1", 3, 1)
    state = type(driver.account.state).model_validate_json(driver.account.state.model_dump_json())
    account = Account(state)
    account.catch_up(QUARTER_ENDS)
    assert [event.type for event in account.state.events] == ["service_level_missed"]
