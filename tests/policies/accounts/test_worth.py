"""What credits are worth: sums, prices and limits, in each unit."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from policies.accounts.worth import Worth, total
from policies.schema.money import Money

FEE = Money(amount=Decimal(400), currency="EUR")


def days(number: int) -> Worth:
    return Worth(days=number)


def euros(number: int) -> Worth:
    return Worth(amount=Decimal(number), currency="EUR")


def percent(number: int, of: str = "monthly_fee") -> Worth:
    return Worth(percent=Decimal(number), of=of)


def test_credits_are_summed_in_each_unit_and_each_fee_by_itself() -> None:
    dollars = Worth(amount=Decimal(7), currency="USD")
    worths = [days(2), euros(10), percent(2), days(3), percent(1, "yearly_fee"), euros(5)]
    assert total([*worths, percent(3), dollars]) == (
        days(5),
        euros(15),
        percent(5),
        percent(1, "yearly_fee"),
        dollars,
    )


def test_what_is_worth_nothing_is_not_part_of_a_sum() -> None:
    assert total([days(0), euros(5), euros(-5), percent(1)]) == (percent(1),)


def test_a_sum_of_priced_percentages_is_an_amount() -> None:
    fees = {"monthly_fee": FEE, "yearly_fee": FEE}
    priced = [percent(5).priced(fees), percent(10, "yearly_fee").priced(fees)]
    assert [worth.amount for worth in priced] == [20, 40]
    assert total(priced) == (euros(60),)


@pytest.mark.parametrize("make", [days, euros, percent])
def test_a_limit_keeps_the_unit(make: Callable[[int], Worth]) -> None:
    worth = make(4)
    assert worth.limited(Decimal(3)) == make(3)
    assert worth.limited(Decimal(4)) is worth


def test_a_limited_amount_names_its_fee_without_the_percentage() -> None:
    limited = percent(5).priced({"monthly_fee": FEE}).limited(Decimal(7))
    assert limited == Worth(amount=Decimal(7), currency="EUR", of="monthly_fee")
    assert limited.missing is None


def test_a_percentage_lacks_its_fee_until_the_contract_states_it() -> None:
    unpriced = percent(5).priced({"yearly_fee": FEE})
    assert (unpriced, unpriced.missing) == (percent(5), "monthly_fee")
    assert unpriced.priced({"monthly_fee": FEE}).missing is None
    assert days(5).missing is None


@pytest.mark.parametrize("worth", [days(2), euros(2), percent(2)])
def test_several_credits_are_worth_a_multiple(worth: Worth) -> None:
    tripled = worth.times(3)
    assert (tripled.number, tripled.unit) == (Decimal(6), worth.unit)
    assert worth.times(0).number == 0


@pytest.mark.parametrize(
    ("amount", "rounded", "down"), [("2.345", "2.35", "2.34"), ("2.344", "2.34", "2.34")]
)
def test_an_amount_is_rounded_halves_up_and_a_limit_down(
    amount: str, rounded: str, down: str
) -> None:
    worth = Worth(amount=Decimal(amount), currency="EUR")
    assert (str(worth.rounded().amount), str(worth.rounded_down().amount)) == (rounded, down)
