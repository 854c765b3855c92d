"""Money and percentages in documents: exact decimals, never floats; currencies of ISO 4217."""

import re
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from difflib import get_close_matches
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_TWO_DECIMALS = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ "
    "GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL "
    "MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR "
    "PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT "
    "TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
DECIMALS: dict[str, int] = {
    **dict.fromkeys(_TWO_DECIMALS.split(), 2),
    **dict.fromkeys(_NO_DECIMALS.split(), 0),
    **dict.fromkeys(_THREE_DECIMALS.split(), 3),
}
"""The currencies in use (ISO 4217), each with the decimals of its minor unit."""

_TEXT = re.compile(r"(?P<amount>[0-9]{1,12}(\.[0-9]{1,4})?) (?P<currency>[A-Z]{3})")
_EXAMPLE = 'write for example "40000 EUR"'


@dataclass(frozen=True)
class Money:
    """An amount in one currency."""

    amount: Decimal
    currency: str

    @classmethod
    def parse(cls, text: str) -> "Money":
        """The money in a text such as `40000 EUR`; ValueError states what would be right."""
        match = _TEXT.fullmatch(text.strip())
        if match is None:
            raise ValueError(f'"{text}" is not an amount; {_EXAMPLE}')
        amount, currency = Decimal(match["amount"]), match["currency"]
        if currency not in DECIMALS:
            likely = get_close_matches(currency, DECIMALS, n=1)
            right = f'did you mean "{likely[0]}"?' if likely else _EXAMPLE
            raise ValueError(f'"{currency}" is not a currency of ISO 4217; {right}')
        if -_exponent(amount) > DECIMALS[currency]:
            raise ValueError(f'"{text}" has too many decimals; {currency} has {DECIMALS[currency]}')
        return cls(amount, currency)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def rounded(amount: Decimal, currency: str) -> Decimal:
    """An amount in whole minor units, halves rounded up."""
    return amount.quantize(_minor_unit(currency), rounding=ROUND_HALF_UP)


def rounded_down(amount: Decimal, currency: str) -> Decimal:
    """The most whole minor units within an amount."""
    return amount.quantize(_minor_unit(currency), rounding=ROUND_DOWN)


def _minor_unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-DECIMALS.get(currency, 2))


def _exponent(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent


def _money(value: Any) -> Money:
    if isinstance(value, Money):
        return value
    if isinstance(value, str):
        return Money.parse(value)
    raise ValueError(f"is not an amount with its currency; {_EXAMPLE}")


MoneyText = Annotated[
    Money,
    BeforeValidator(_money),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^ *\d{1,12}(\.\d{1,4})? [A-Z]{3} *$",
            "description": "An amount and its currency by ISO 4217: 40000 EUR.",
            "examples": ["40000 EUR", "99.50 USD"],
        }
    ),
]
"""`Money` in a model, read from and written as its text."""


def _percent(value: Any) -> Decimal:
    # Through its text, so that 99.9 is exactly 99.9 and not the nearest float.
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    is_text = isinstance(value, str) and re.fullmatch(r"\d{1,3}(\.\d{1,9})?", value)
    percent = Decimal(str(value)) if is_number or is_text else None
    if percent is None or not 0 < percent <= 100:
        raise ValueError("is not a percentage; write for example 99.5")
    return percent


def _number(percent: Decimal) -> int | float:
    # The shortest text of a float is the text that it was read from.
    return int(percent) if percent == percent.to_integral_value() else float(percent)


Percent: TypeAlias = Annotated[
    Decimal,
    BeforeValidator(_percent),
    PlainSerializer(_number, when_used="json"),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 100}),
]
"""A percentage above 0 and up to 100, exact."""
