"""The inputs that an account accepts, and who may send them."""

from typing import Any

import pytest
from pydantic import ValidationError

from policies.vocabulary import Role
from workflows.account.actions import RULES
from workflows.account.messages import ACCOUNT_ACTION_INPUTS, AccountAction

OUTAGE: dict[str, Any] = {
    "starts_at": "2027-03-01T10:00:00Z",
    "category": "service_failure",
    "description": "It does not answer.",
}
SESSION: dict[str, Any] = {
    "date": "2027-03-01",
    "hours": "1",
    "topic": "Migration",
    "requested_by": "Mia",
}
CLAIM: dict[str, Any] = {"credits": ["month:2027-03"], "statement": "Please."}
BOUNDS: list[tuple[AccountAction, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    (AccountAction.RECORD_OUTAGE, OUTAGE, {"description": "x"}, {"description": ""}),
    (
        AccountAction.RECORD_OUTAGE,
        OUTAGE,
        {"description": "x" * 1_000},
        {"description": "x" * 1_001},
    ),
    (
        AccountAction.RECORD_OUTAGE,
        OUTAGE,
        {"starts_at": "2001-01-01T00:00:00Z"},
        {"starts_at": "2000-12-31T23:59:59Z"},
    ),
    (
        AccountAction.RECORD_OUTAGE,
        OUTAGE,
        {"starts_at": "2199-12-31T23:59:59Z"},
        {"starts_at": "2200-01-01T00:00:00Z"},
    ),
    (AccountAction.RECORD_OUTAGE, OUTAGE, {}, {"starts_at": "2027-03-01T10:00:00"}),
    (AccountAction.RECORD_OUTAGE, OUTAGE, {}, {"starts_at": 1_772_000_000}),
    (AccountAction.BOOK_SESSION, SESSION, {"date": "2000-01-01"}, {"date": "1999-12-31"}),
    (AccountAction.BOOK_SESSION, SESSION, {"date": "2199-12-31"}, {"date": "2200-01-01"}),
    (AccountAction.BOOK_SESSION, SESSION, {"hours": "0.25"}, {"hours": "0.24"}),
    (AccountAction.BOOK_SESSION, SESSION, {"hours": 24}, {"hours": "24.25"}),
    (AccountAction.BOOK_SESSION, SESSION, {"hours": 1}, {"hours": True}),
    (AccountAction.BOOK_SESSION, SESSION, {"topic": "x"}, {"topic": " "}),
    (AccountAction.BOOK_SESSION, SESSION, {"topic": "x" * 200}, {"topic": "x" * 201}),
    (AccountAction.CLAIM_CREDITS, CLAIM, {"credits": ["x" * 120]}, {"credits": ["x" * 121]}),
    (AccountAction.CLAIM_CREDITS, CLAIM, {"credits": ["x"]}, {"credits": []}),
    (AccountAction.CLAIM_CREDITS, CLAIM, {"credits": ["x"] * 100}, {"credits": ["x"] * 101}),
]


@pytest.mark.parametrize(("action", "inputs", "right", "wrong"), BOUNDS)
def test_an_input_is_accepted_up_to_its_limit(
    action: AccountAction, inputs: dict[str, Any], right: dict[str, Any], wrong: dict[str, Any]
) -> None:
    ACCOUNT_ACTION_INPUTS[action].model_validate(inputs | right)
    with pytest.raises(ValidationError):
        ACCOUNT_ACTION_INPUTS[action].model_validate(inputs | wrong)


def test_an_outage_is_not_withdrawn_unless_it_is_said() -> None:
    corrected = {"outage": "outage-1", "starts_at": OUTAGE["starts_at"], "category": "x"}
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
        AccountAction.REFUSE_CLAIM: {Role.OPERATOR, Role.ACCOUNT_MANAGER},
        AccountAction.REPORT_LATENESS: {Role.SYSTEM},
        AccountAction.REPORT_OUTCOME: {Role.SYSTEM},
        AccountAction.ADOPT_TERMS: {Role.OPERATOR, Role.SYSTEM},
    }
