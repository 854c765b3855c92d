"""Dates on pages, in English and French, with the time of a timestamp that stands after them."""

import re
from collections.abc import Iterator
from datetime import date

from policies.page.comparison.quantities import Kind, Quantity

_ENGLISH = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_FRENCH = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
_SHORT = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9}
_SHORT |= {"sept": 9, "oct": 10, "nov": 11, "dec": 12, "janv": 1, "févr": 2, "avr": 4, "juil": 7}
_SHORT |= {"déc": 12, "fevrier": 2, "aout": 8, "decembre": 12}
MONTHS = {name: number for names in (_ENGLISH, _FRENCH) for number, name in enumerate(names, 1)}
MONTHS |= _SHORT
_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_STAMP = r"(?:,? (?:at|à) \d{1,2}(?::|\s?h\s?)\d{2}(?::\d{2})?(?:\s?[ap]\.?m\b\.?)?)?"
DATE = re.compile(
    rf"(?<![\w-])(?P<iso>[12]\d{{3}}-\d{{2}}-\d{{2}})(?:t\d{{2}}:\d{{2}}\S{{0,12}})?(?![\w-])"
    rf"|(?<![\w.,:/-])(?P<slashed>\d{{1,2}}[/.]\d{{1,2}}[/.][12]\d{{3}})(?![\w]){_STAMP}"
    rf"|(?<![\w.,:/-])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er)?(?: of)? (?P<month>{_NAMES})\b\.?"
    rf"(?:,? (?P<year>[12]\d{{3}})\b)?{_STAMP}"
    rf"|\b(?P<month2>{_NAMES})\b\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?![\w:%]|[.,]\d)"
    rf"(?:,? (?P<year2>[12]\d{{3}})\b)?{_STAMP}"
)


def date_alternatives(match: re.Match[str], written: str) -> tuple[Quantity, ...]:
    """The dates that a match can mean; `written` is the same text as it stands on the page."""
    return tuple(_dates(match, written))


def _dates(match: re.Match[str], written: str) -> Iterator[Quantity]:
    if match["iso"]:
        year, month, day = map(int, match["iso"].split("-"))
        yield from _existing(year, month, day)
    elif match["slashed"]:
        first, second, year = map(int, re.split("[/.]", match["slashed"]))
        yield from _existing(year, second, first)
        if first != second:
            yield from _existing(year, first, second)
    else:
        name = match["month"] or match["month2"]
        # A verb, not a month.
        if name == "may" and "May" not in written and "MAY" not in written:
            return
        day = int(match["day"] or match["day2"])
        year = int(match["year"] or match["year2"] or 0)
        yield from _existing(year, MONTHS[name], day)


def _existing(year: int, month: int, day: int) -> Iterator[Quantity]:
    try:
        date(year or 2024, month, day)
    except ValueError:
        return
    yield Quantity(Kind.DATE, (year, month, day))


def on_date(day: date) -> Quantity:
    """A date as a quantity."""
    return Quantity(Kind.DATE, (day.year, day.month, day.day))
