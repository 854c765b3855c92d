"""The checker counts the credits of an account as the desk has recorded them."""

from decimal import Decimal
from typing import Any

from tests.chaos.checker.accounts import desk_recorded

EUROS = {"amount": "12.50", "currency": "EUR", "percent": "0.25", "of": "fee"}


def credit(name: str, days: int, state: str, **worth: Any) -> dict[str, Any]:
    return {"id": name, "credits": 1, "days": days, "state": state, **worth}


def event(kind: str, name: str, credits: int) -> dict[str, Any]:
    return {"type": kind, "data": {"credit": name, "credits": credits}}


def test_a_credit_that_accrues_again_after_a_reopening_counts_as_it_was_recorded() -> None:
    account = {
        "credits": [credit("reopened", 9, "accruing"), credit("met", 3, "earned")],
        "events": [
            event("credit_earned", "reopened", 1),
            event("credit_earned", "met", 3),
            event("credit_corrected", "reopened", 7),
        ],
    }
    expected = {"reopened": (7, None), "met": (1, ("days", Decimal(3)))}
    assert desk_recorded(account) == expected


def test_a_credit_of_a_clock_that_was_never_completed_is_not_recorded() -> None:
    account = {"credits": [credit("overdue", 1, "accruing")], "events": []}
    assert desk_recorded(account) == {}


def test_a_credit_in_money_counts_as_it_was_before_the_cap() -> None:
    capped = {"worth": EUROS | {"amount": "2.00"}, "before_cap": EUROS}
    account = {"credits": [credit("capped", 0, "earned", **capped)], "events": []}
    assert desk_recorded(account) == {"capped": (1, ("EUR", Decimal("12.50")))}


def test_an_account_without_credits_has_none() -> None:
    assert desk_recorded({}) == {}
