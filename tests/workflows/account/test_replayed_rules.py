"""Accepted actions are not checked again: on replay, stricter rules refuse nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from policies.accounts.outcomes import ClockOutcome, OutcomeState
from tests.policies.accounts.sample_accounts import (
    CONTENTSQUARE,
    PRISMIC,
    east,
    lateness,
    utc,
)
from tests.workflows.account.account_driver import AccountDriver, request_for
from tests.workflows.account.money_policies import INCIDENTS, terms_of
from workflows.account import actions
from workflows.account.account import Account
from workflows.account.messages import AccountAction
from workflows.shared.refusals import Refusal

AT = utc("2027-03-01 10:00")
BEGINS = east("2027-03-02 00:00")
BOOKING: dict[str, Any] = {"date": "2027-03-10", "hours": 8, "topic": "SEO", "requested_by": "Mia"}
LATE: dict[str, Any] = {"lateness": lateness(BEGINS, BEGINS + timedelta(days=1), ticket="T")}
OUTAGE: dict[str, Any] = {"starts_at": BEGINS, "category": "service_failure", "description": "Down"}


OUTCOME: dict[str, Any] = {
    "outcome": ClockOutcome(
        account="harbour",
        ticket="T",
        clock="response",
        state=OutcomeState.LATE,
        priority="p1",
        started_at=AT,
        due_at=AT,
    )
}
TERMS = (CONTENTSQUARE, PRISMIC, terms_of(INCIDENTS))


class StricterRule(Refusal):
    """A rule of a later release."""


def refuse(*_: Any) -> None:
    raise StricterRule("nothing is possible any more")


def test_a_replay_under_stricter_rules_has_the_same_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drivers = [AccountDriver(terms, AT) for terms in TERMS]
    steps: list[tuple[int, AccountAction, Any, dict[str, Any]]] = [
        (0, AccountAction.RECORD_OUTAGE, BEGINS, OUTAGE),
        (0, AccountAction.END_OUTAGE, BEGINS + timedelta(days=2),
         {"outage": "outage-1", "ends_at": BEGINS + timedelta(days=1)}),
        (0, AccountAction.REPORT_LATENESS, BEGINS + timedelta(days=2), LATE),
        (0, AccountAction.CLAIM_CREDITS, BEGINS + timedelta(days=3),
         {"credits": ["ticket:T:resolution:1"], "statement": "Please."}),
        (0, AccountAction.REFUSE_CLAIM, BEGINS + timedelta(days=4),
         {"claim": "claim-1", "reason": "No."}),
        (0, AccountAction.CORRECT_OUTAGE, BEGINS + timedelta(days=35),
         {k: v for k, v in OUTAGE.items() if k != "description"}
         | {"outage": "outage-1", "ends_at": BEGINS + timedelta(hours=1), "reason": "Probe."}),
        (0, AccountAction.ADOPT_TERMS, BEGINS + timedelta(days=36), {"terms": CONTENTSQUARE}),
        (2, AccountAction.REPORT_OUTCOME, AT + timedelta(hours=1), OUTCOME),
        (1, AccountAction.BOOK_SESSION, AT, BOOKING),
        (1, AccountAction.CANCEL_SESSION, AT + timedelta(days=1), {"session": "session-1"}),
    ]  # fmt: skip
    assert {action for _, action, _, _ in steps} == set(AccountAction)
    for which, action, at, inputs in steps:
        drivers[which].act(action, at, id=f"{action}-1", **inputs)

    rules = {action: replace(rule, by=(), check=refuse) for action, rule in actions.RULES.items()}
    monkeypatch.setattr("workflows.account.account.RULES", rules)
    again = [Account.begin(terms, AT) for terms in TERMS]
    for which, action, at, inputs in steps:
        again[which].act(action, request_for(action, f"{action}-1", **inputs), at)
    assert [account.state for account in again] == [driver.account.state for driver in drivers]
    with pytest.raises(Refusal):
        again[1].check(
            AccountAction.BOOK_SESSION,
            request_for(AccountAction.BOOK_SESSION, "new", **BOOKING),
            AT,
        )


def test_a_check_changes_nothing() -> None:
    account = Account.begin(CONTENTSQUARE, AT)
    before = account.state.model_dump()
    end = AT + timedelta(days=60)
    account.check(
        AccountAction.RECORD_OUTAGE, request_for(AccountAction.RECORD_OUTAGE, "x", **OUTAGE), end
    )
    assert account.state.model_dump() == before
