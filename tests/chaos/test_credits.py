"""The checker counts the credits of an account as the desk has recorded them."""

from typing import Any

from tests.chaos.checker.checker import earned_credits


def credit(name: str, days: int, state: str) -> dict[str, Any]:
    return {"id": name, "days": days, "state": state}


def event(kind: str, name: str, days: int) -> dict[str, Any]:
    return {"type": kind, "data": {"credit": name, "days": days}}


def test_a_credit_that_accrues_again_after_a_reopening_counts_as_it_was_recorded() -> None:
    account = {
        "credits": [credit("reopened", 9, "accruing"), credit("met", 3, "earned")],
        "events": [
            event("credit_earned", "reopened", 1),
            event("credit_earned", "met", 3),
            event("credit_corrected", "reopened", 7),
        ],
    }
    assert earned_credits(account) == {"reopened": 7, "met": 3}


def test_a_credit_of_a_clock_that_was_never_completed_is_not_recorded() -> None:
    account = {"credits": [credit("overdue", 1, "accruing")], "events": []}
    assert earned_credits(account) == {}


def test_an_account_without_credits_has_none() -> None:
    assert earned_credits({}) == {}
