"""Actions of an account: their inputs and roles, and that accepted ones are not checked again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from policies.accounts.account_terms import ReviewTerms
from policies.accounts.outcomes import ClockOutcome, OutcomeState
from policies.vocabulary import Role
from tests.policies.accounts.sample_accounts import (
    CONTENTSQUARE,
    PRISMIC,
    east,
    lateness,
    utc,
)
from tests.workflows.account.account_driver import AccountDriver, request_for
from tests.workflows.account.money.money_policies import INCIDENTS, terms_of
from workflows.account.account import RULES, Account
from workflows.account.model.action_inputs import ACCOUNT_ACTION_INPUTS, AccountAction
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
REVIEW = ReviewTerms(by=(Role.OPERATOR,), clause="claims")
REVIEWED = CONTENTSQUARE.model_copy(update={"claim_review": REVIEW})
TERMS = (REVIEWED, PRISMIC, terms_of(INCIDENTS))


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
        (0, AccountAction.ACCEPT_CLAIM, BEGINS + timedelta(days=4), {"claim": "claim-1"}),
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

    rules = {action: replace(rule, by=(), check=refuse) for action, rule in RULES.items()}
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


NEW_OUTAGE: dict[str, Any] = {
    "starts_at": "2027-03-01T10:00:00Z",
    "category": "service_failure",
    "description": "It does not answer.",
}
NEW_SESSION: dict[str, Any] = {
    "date": "2027-03-01",
    "hours": "1",
    "topic": "Migration",
    "requested_by": "Mia",
}
NEW_CLAIM: dict[str, Any] = {"credits": ["month:2027-03"], "statement": "Please."}
BOUNDS: list[tuple[AccountAction, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    (AccountAction.RECORD_OUTAGE, NEW_OUTAGE, {"description": "x"}, {"description": ""}),
    (
        AccountAction.RECORD_OUTAGE,
        NEW_OUTAGE,
        {"description": "x" * 1_000},
        {"description": "x" * 1_001},
    ),
    (
        AccountAction.RECORD_OUTAGE,
        NEW_OUTAGE,
        {"starts_at": "2001-01-01T00:00:00Z"},
        {"starts_at": "2000-12-31T23:59:59Z"},
    ),
    (
        AccountAction.RECORD_OUTAGE,
        NEW_OUTAGE,
        {"starts_at": "2199-12-31T23:59:59Z"},
        {"starts_at": "2200-01-01T00:00:00Z"},
    ),
    (AccountAction.RECORD_OUTAGE, NEW_OUTAGE, {}, {"starts_at": "2027-03-01T10:00:00"}),
    (AccountAction.RECORD_OUTAGE, NEW_OUTAGE, {}, {"starts_at": 1_772_000_000}),
    (AccountAction.BOOK_SESSION, NEW_SESSION, {"date": "2000-01-01"}, {"date": "1999-12-31"}),
    (AccountAction.BOOK_SESSION, NEW_SESSION, {"date": "2199-12-31"}, {"date": "2200-01-01"}),
    (AccountAction.BOOK_SESSION, NEW_SESSION, {"hours": "0.25"}, {"hours": "0.24"}),
    (AccountAction.BOOK_SESSION, NEW_SESSION, {"hours": 24}, {"hours": "24.25"}),
    (AccountAction.BOOK_SESSION, NEW_SESSION, {"hours": 1}, {"hours": True}),
    (AccountAction.BOOK_SESSION, NEW_SESSION, {"topic": "x"}, {"topic": " "}),
    (AccountAction.BOOK_SESSION, NEW_SESSION, {"topic": "x" * 200}, {"topic": "x" * 201}),
    (AccountAction.CLAIM_CREDITS, NEW_CLAIM, {"credits": ["x" * 120]}, {"credits": ["x" * 121]}),
    (AccountAction.CLAIM_CREDITS, NEW_CLAIM, {"credits": ["x"]}, {"credits": []}),
    (AccountAction.CLAIM_CREDITS, NEW_CLAIM, {"credits": ["x"] * 100}, {"credits": ["x"] * 101}),
]


@pytest.mark.parametrize(("action", "inputs", "right", "wrong"), BOUNDS)
def test_an_input_is_accepted_up_to_its_limit(
    action: AccountAction, inputs: dict[str, Any], right: dict[str, Any], wrong: dict[str, Any]
) -> None:
    ACCOUNT_ACTION_INPUTS[action].model_validate(inputs | right)
    with pytest.raises(ValidationError):
        ACCOUNT_ACTION_INPUTS[action].model_validate(inputs | wrong)


def test_an_outage_is_not_withdrawn_unless_it_is_said() -> None:
    corrected = {"outage": "outage-1", "starts_at": NEW_OUTAGE["starts_at"], "category": "x"}
    found = ACCOUNT_ACTION_INPUTS[AccountAction.CORRECT_OUTAGE].model_validate(
        corrected | {"reason": "A typing error."}
    )
    assert found.model_dump()["withdrawn"] is False


def test_an_action_is_for_its_roles() -> None:
    customer = {Role.REQUESTER, Role.SERVICE, Role.ACCOUNT_MANAGER}
    assert {action: set(rule.by) for action, rule in RULES.items()} == {
        AccountAction.RECORD_OUTAGE: {Role.OPERATOR},
        AccountAction.END_OUTAGE: {Role.OPERATOR},
        AccountAction.CORRECT_OUTAGE: {Role.OPERATOR},
        AccountAction.BOOK_SESSION: customer,
        AccountAction.CANCEL_SESSION: customer,
        AccountAction.CLAIM_CREDITS: customer,
        AccountAction.ACCEPT_CLAIM: {Role.AGENT, Role.OPERATOR, Role.ACCOUNT_MANAGER},
        AccountAction.REFUSE_CLAIM: {Role.AGENT, Role.OPERATOR, Role.ACCOUNT_MANAGER},
        AccountAction.REPORT_LATENESS: {Role.SYSTEM},
        AccountAction.REPORT_OUTCOME: {Role.SYSTEM},
        AccountAction.ADOPT_TERMS: {Role.OPERATOR, Role.SYSTEM},
    }
