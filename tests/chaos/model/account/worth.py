"""What credits are worth, as exact decimals (docs/policies.md, `remedies`; docs/accounts.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from tests.chaos.model import business_time

DECIMALS = {"JPY": 0, "KRW": 0, "KWD": 3}
"""Of currencies whose minor unit is not a hundredth (ISO 4217); of those that tests use."""
DAY = business_time.plain_length("1 day")


@dataclass(frozen=True)
class Worth:
    """A number of days, of a currency, or of percent of a fee that is not known."""

    unit: str
    number: Decimal

    def times(self, number: int) -> "Worth":
        """Several of it."""
        return Worth(self.unit, self.number * number)

    def rounded(self, rounding: str = ROUND_HALF_UP) -> "Worth":
        """An amount of money in minor units, halves up. Other worths stay exact."""
        if self.unit == "days" or self.unit.startswith("%"):
            return self
        unit = Decimal(1).scaleb(-DECIMALS.get(self.unit, 2))
        return Worth(self.unit, self.number.quantize(unit, rounding=rounding))

    def rounded_down(self) -> "Worth":
        """The most minor units within it."""
        return self.rounded(ROUND_FLOOR)


def worth_of(rule: Any, fees: Mapping[str, str]) -> Worth:
    """A worth or a cap as a policy writes it, with the fees of the contract; not rounded."""
    if rule is None:
        return Worth("days", Decimal(1))
    if isinstance(rule, str):
        return Worth("days", Decimal(business_time.plain_length(rule) // DAY))
    if "time" in rule:
        return Worth("days", Decimal(business_time.plain_length(rule["time"]) // DAY))
    if "amount" in rule:
        amount, currency = rule["amount"].split()
        return Worth(currency, Decimal(amount))
    share = Decimal(str(rule["percent"]))
    if rule["of"] not in fees:
        return Worth(f"% of {rule['of']}", share)
    amount, currency = str(fees[rule["of"]]).split()
    return Worth(currency, share * Decimal(amount) / 100)
