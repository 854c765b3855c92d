"""The numbers of a text, each with its place in it and what it can mean.

`4 h` in French is a duration or a time of day, so a number has alternatives; one of them has to be
in the policy.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from policies.page.comparison import patterns
from policies.page.comparison.dates import DATE, date_alternatives
from policies.page.comparison.number_words import number_of
from policies.page.comparison.quantities import ALWAYS, DAY, Kind, Quantity, percent

_SAME = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u2007\u2009\u202f\t", " "),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        "\u2019": "'",
    }
)
_MINUTES = {"m": 1, "h": 60, "d": DAY, "w": 7 * DAY}
_CURRENCIES = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
_CURRENCIES |= {"euro": "EUR", "dollar": "USD", "pound": "GBP"}
_ARTICLES = frozenset(("a", "an", "un", "une"))
_NUMBER = re.compile(patterns.NUMBER)
_BRACKETS = re.compile(r"\([^)]*\)")
_TWICE = re.compile(rf"({patterns.NUMBER})\s{{0,2}}\(\s?({patterns.NUMBER})\s?\)")


class Number(NamedTuple):
    """A number on a page: where it begins and ends in its text, and its alternatives.

    `contradicts_itself`: it stands in words and in brackets, and they differ. A number that is not
    `certain` may be none: it can only be what the policy promises.
    """

    start: int
    end: int
    alternatives: tuple[Quantity, ...]
    contradicts_itself: bool = False
    certain: bool = True


Reader = Callable[[re.Match[str], str], Iterable[Quantity]]
"""The quantities of a match, in the text as it is written; several are separate numbers."""
Reading = Callable[[re.Match[str], str], Iterable[Number]]


def normal(text: str) -> str:
    """The text in lower case, with one kind of space, dash and apostrophe; as long as before."""
    lower = text.translate(_SAME).lower()
    return lower if len(lower) == len(text) else text.translate(_SAME)


def numbers_in(text: str) -> list[Number]:
    """The numbers of a text, in their order."""
    rest = normal(text)
    found: list[Number] = []
    for pattern, read in _READERS:

        def taken(match: re.Match[str], read: Reading = read) -> str:
            found.extend(read(match, text[match.start() : match.end()]))
            return "\0" * len(match[0])

        rest = pattern.sub(taken, rest)
    return sorted(found, key=lambda number: number.start)


def counts_in_hours(text: str) -> bool:
    """Whether a text says that times are counted during support hours. A text that says so of
    business hours explains them, and says nothing of plain hours.
    """
    plain = normal(text)
    match = patterns.IN_HOURS.search(plain)
    return match is not None and not patterns.OPEN_WORDS.search(plain, 0, match.start())


def _each(read: Reader) -> Reading:
    """Every quantity of a match is a number of its own."""

    def numbers(match: re.Match[str], written: str) -> Iterator[Number]:
        for quantity in read(match, written):
            yield Number(match.start(), match.end(), (quantity,))

    return numbers


def _date(match: re.Match[str], written: str) -> Iterator[Number]:
    alternatives = date_alternatives(match, written)
    if alternatives:
        yield Number(match.start(), match.end(), alternatives)


def _nothing(_: re.Match[str], __: str) -> Iterator[Quantity]:
    return iter(())


def _always(_: re.Match[str], __: str) -> Iterator[Quantity]:
    yield ALWAYS


def _offset(match: re.Match[str], _: str) -> Iterator[Quantity]:
    minutes = int(match["hours"]) * 60 + int(match["minutes"] or 0)
    yield Quantity(Kind.OFFSET, Decimal(minutes if match["sign"] == "+" else -minutes))


def _percent(match: re.Match[str], _: str) -> Iterator[Quantity]:
    yield percent(_decimal(match["number"]))


def _money(match: re.Match[str], _: str) -> Iterator[Quantity]:
    name = match["before"] or match["after"]
    amount = _decimal(match["first"] or match["second"])
    currency = _CURRENCIES.get(name, _CURRENCIES.get(name.rstrip("s"), name.upper()))
    yield Quantity(Kind.MONEY, amount.normalize(), currency)


def _clock(hour: str, minute: str | None, half: str | None = None) -> Quantity:
    hours = int(hour)
    if half is not None:
        hours = hours % 12 + (12 if half == "p" else 0)
    return Quantity(Kind.TIME, Decimal((hours * 60 + int(minute or 0)) % DAY))


def _time(match: re.Match[str], _: str) -> Iterator[Quantity]:
    if match["hour12"]:
        yield _clock(match["hour12"], None, match["half12"])
    else:
        yield _clock(match["hour"], match["minute"], match["half"])


def _dotted_range(match: re.Match[str], _: str) -> Iterator[Quantity]:
    for name in ("a", "b"):
        yield _clock(*match[name].split("."))


def _first_of_range(match: re.Match[str], _: str) -> Iterator[Number]:
    """`9 to 5 pm`: the first is in the morning, or like the second in the afternoon."""
    hour = match["a"]
    morning, evening = _clock(hour, None), _clock(hour, None, "p")
    yield Number(match.start(), match.end(), (morning, evening))


def _french_range(match: re.Match[str], _: str) -> Iterator[Quantity]:
    for name in "abcd":
        if match[name]:
            yield _clock(match[name], match[f"{name}m"])


def _french_time(match: re.Match[str], _: str) -> Iterator[Number]:
    """`1 h 30` is a time of day or a duration."""
    length = Decimal(int(match["hour"]) * 60 + int(match["minute"]))
    alternatives = _clock(match["hour"], match["minute"]), Quantity(Kind.ELAPSED, length)
    yield Number(match.start(), match.end(), alternatives)


def _named_time(match: re.Match[str], _: str) -> Iterator[Quantity]:
    yield _clock("12" if match["name"] in ("noon", "midi") else "0", None)


def _following_week(_: re.Match[str], __: str) -> Iterator[Quantity]:
    yield Quantity(Kind.FOLLOWING_WEEK, Decimal(1))


def _next_business_day(match: re.Match[str], _: str) -> Iterator[Number]:
    """A promise if something is due by it; otherwise it is mostly about requests that come late."""
    alternatives = (Quantity(Kind.BUSINESS_DAYS, Decimal(1)),)
    yield Number(match.start(), match.end(), alternatives, certain=bool(match["by"]))


def _half(match: re.Match[str], _: str) -> Iterator[Quantity]:
    yield _length(Decimal("0.5"), match["unit"] or match["unit_fr"], is_open=bool(match["open"]))


def _and_a_half(match: re.Match[str], _: str) -> Iterator[Quantity]:
    number = match["number"] or match["number_unit"] or match["digits"] or "0"
    whole = Decimal(1) if number in _ARTICLES else _decimal(number)
    unit = match["unit"] or match["unit_then"] or match["unit_sign"]
    is_open = match["open"] or match["open_then"] or match["open_fr"] or match["open_sign"]
    yield _length(whole + Decimal("0.5"), unit, is_open=bool(is_open))


def _one(match: re.Match[str], _: str) -> Iterator[Quantity]:
    unit = match["unit"] or match["unit_fr"] or match["unit_open"]
    yield _length(
        Decimal(1), unit, is_open=bool(match["open"] or match["open_fr"] or match["unit_open"])
    )


def _hours_and_minutes(match: re.Match[str], _: str) -> Iterator[Quantity]:
    hours, minutes = _decimal(match["hours"]), _decimal(match["minutes"])
    yield Quantity(Kind.ELAPSED, hours * 60 + minutes)


def _duration(match: re.Match[str], _: str) -> Iterator[Number]:
    """`two (2) days` is one number, and `two (3) days` are two that contradict each other."""
    text = _BRACKETS.sub("", match["numbers"])
    in_brackets = " ".join(_BRACKETS.findall(match["numbers"]))
    is_open = bool(match["open"] or match["open_after"])
    values = [_decimal(each) for each in _NUMBER.findall(text)] or [Decimal(1)]
    again = (_decimal(each) for each in _NUMBER.findall(in_brackets))
    values += [value for value in again if value not in values]
    pairs = _TWICE.findall(match["numbers"])
    differ = any(_decimal(words) != _decimal(digits) for words, digits in pairs)
    for value in values:
        alternatives = [_length(value, match["unit"], is_open=is_open)]
        if match["unit"] == "h" and value == int(value) and value <= 24:
            alternatives.append(_clock(str(int(value)), None))
        yield Number(match.start(), match.end(), tuple(alternatives), differ)


def _length(value: Decimal, unit: str, *, is_open: bool) -> Quantity:
    name = _unit(unit)
    if name in ("month", "year"):
        return Quantity(Kind.LONG, value * (12 if name == "year" else 1))
    if is_open and name == "d":
        return Quantity(Kind.BUSINESS_DAYS, value)
    return Quantity(Kind.OPEN if is_open else Kind.ELAPSED, value * _MINUTES[name])


def _unit(unit: str) -> str:
    if unit.startswith(("month", "mois")):
        return "month"
    if unit.startswith(("year", "an")):
        return "year"
    return {"m": "m", "h": "h", "d": "d", "j": "d", "w": "w", "s": "w"}[unit[0]]


def _decimal(text: str) -> Decimal:
    """The value of digits or of a word. Groups of three digits after `,`, `.` or a space are
    thousands; any other `,` or `.` is the decimal point.
    """
    text = text.strip()
    in_words = number_of(text)
    if in_words is not None:
        return Decimal(in_words)
    if re.fullmatch(r"\d{1,3}(?:[ ,]\d{3})+|\d{1,3}(?:\.\d{3}){2,}", text):
        return Decimal(re.sub("[ ,.]", "", text))
    return Decimal(text.replace(" ", "").replace(",", "."))


_READERS: tuple[tuple[re.Pattern[str], Reading], ...] = (
    (patterns.ADDRESS, _each(_nothing)),
    (patterns.ALWAYS, _each(_always)),
    (patterns.OFFSET, _each(_offset)),
    (DATE, _date),
    (patterns.FRENCH_RANGE, _each(_french_range)),
    (patterns.RANGE_OF_DOTS, _each(_dotted_range)),
    (patterns.HOURS_TO, _first_of_range),
    (patterns.TIME, _each(_time)),
    (patterns.FRENCH_TIME, _french_time),
    (patterns.MIDNIGHT, _each(_named_time)),
    (patterns.PERCENT, _each(_percent)),
    (patterns.MONEY, _each(_money)),
    (patterns.FOLLOWING_WEEK, _each(_following_week)),
    (patterns.NEXT_BUSINESS_DAY, _next_business_day),
    (patterns.AND_A_HALF, _each(_and_a_half)),
    (patterns.HALF, _each(_half)),
    (patterns.ONE, _each(_one)),
    (patterns.HOURS_AND_MINUTES, _each(_hours_and_minutes)),
    (patterns.DURATION, _duration),
)
