"""What credits are worth: contract time, money, or a percentage of a fee that is not known.

Values are exact decimals. An amount is rounded to the minor unit of its currency when a credit is
recorded, halves up, and a cap is rounded down, so that no sum of credits exceeds it.

**Reading.** A percentage of a fee that the contract lacks stays a percentage. It becomes an amount
once the account adopts terms that state the fee.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from policies.schema.money import Money, rounded, rounded_down
from policies.terms.model.pinned import Pinned


class Worth(Pinned):
    """Days of contract, an amount, or a percentage `of` a fee, which has an amount if the fee is
    known.
    """

    days: int = 0
    amount: Decimal | None = None
    currency: str | None = None
    percent: Decimal | None = None
    of: str | None = None

    @classmethod
    def of_money(cls, money: Money) -> "Worth":
        """This amount."""
        return cls(amount=money.amount, currency=money.currency)

    @property
    def unit(self) -> str:
        """The unit of `number`: a currency, the percentage of a fee, or days."""
        if self.currency is not None:
            return self.currency
        return f"% of {self.of}" if self.percent is not None else "days"

    @property
    def number(self) -> Decimal:
        """How much it is, in its unit."""
        if self.amount is not None:
            return self.amount
        return Decimal(self.days) if self.percent is None else self.percent

    @property
    def missing(self) -> str | None:
        """The fee that the contract lacks; None if nothing is missing."""
        return self.of if self.currency is None else None

    def priced(self, fees: Mapping[str, Money]) -> "Worth":
        """With its amount, if it is a percentage of a fee that is known."""
        fee = fees.get(self.of or "")
        if self.percent is None or self.currency is not None or fee is None:
            return self
        changes = {"amount": self.percent * fee.amount / 100, "currency": fee.currency}
        return self.model_copy(update=changes)

    def times(self, number: int) -> "Worth":
        """The worth of several credits of this worth."""
        changes: dict[str, object] = {"days": self.days * number}
        if self.amount is not None:
            changes["amount"] = self.amount * number
        if self.percent is not None:
            changes["percent"] = self.percent * number
        return self.model_copy(update=changes)

    def limited(self, number: Decimal) -> "Worth":
        """This much of it, in its unit; an amount no longer has a percentage then."""
        if number == self.number:
            return self
        if self.currency is not None:
            return Worth(amount=number, currency=self.currency, of=self.of)
        if self.percent is not None:
            return Worth(percent=number, of=self.of)
        return Worth(days=int(number))

    def rounded(self) -> "Worth":
        """In whole minor units of its currency, halves up."""
        if self.amount is None or self.currency is None:
            return self
        return self.model_copy(update={"amount": rounded(self.amount, self.currency)})

    def rounded_down(self) -> "Worth":
        """The most whole minor units within it."""
        if self.amount is None or self.currency is None:
            return self
        return self.model_copy(update={"amount": rounded_down(self.amount, self.currency)})


def total(worths: Iterable[Worth]) -> tuple[Worth, ...]:
    """The sum in each unit."""
    sums: dict[str, Worth] = {}
    for worth in worths:
        known = sums.get(worth.unit)
        sums[worth.unit] = worth if known is None else _sum(known, worth)
    return tuple(worth for worth in sums.values() if worth.number)


def _sum(one: Worth, other: Worth) -> Worth:
    number = one.number + other.number
    if one.currency is not None:
        return Worth(amount=number, currency=one.currency)
    if one.percent is not None:
        return Worth(percent=number, of=one.of)
    return Worth(days=int(number))
