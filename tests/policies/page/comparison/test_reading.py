"""Numbers are read as people write them, in English and French."""

from decimal import Decimal

import pytest

from policies.page.comparison.quantities import DAY, Kind
from policies.page.comparison.reading import numbers_in

HOUR = 60
READ = [
    ("within two (2) business days", [(Kind.BUSINESS_DAYS, 2)]),
    ("within two (3) business days", [(Kind.BUSINESS_DAYS, 2), (Kind.BUSINESS_DAYS, 3)]),
    ("30 (thirty) days", [(Kind.ELAPSED, 30 * DAY)]),
    ("1 hour 30 minutes", [(Kind.ELAPSED, 90)]),
    ("2 heures et 15 minutes", [(Kind.ELAPSED, 135)]),
    ("an additional business day to triage", [(Kind.BUSINESS_DAYS, 1)]),
    ("after 2 and 5 business days", [(Kind.BUSINESS_DAYS, 2), (Kind.BUSINESS_DAYS, 5)]),
    ("acknowledge within one hour", [(Kind.ELAPSED, HOUR)]),
    ("a 30-minute response", [(Kind.ELAPSED, 30)]),
    ("forty-eight hours", [(Kind.ELAPSED, 2 * DAY)]),
    ("for 90-days", [(Kind.ELAPSED, 90 * DAY)]),
    ("half an hour", [(Kind.ELAPSED, 30)]),
    ("half a day", [(Kind.ELAPSED, 12 * HOUR)]),
    ("half a business day", [(Kind.BUSINESS_DAYS, Decimal("0.5"))]),
    ("one and a half hours", [(Kind.ELAPSED, 90)]),
    ("two-and-a-half business days", [(Kind.BUSINESS_DAYS, Decimal("2.5"))]),
    ("an hour and a half", [(Kind.ELAPSED, 90)]),
    ("1½ hours", [(Kind.ELAPSED, 90)]),
    ("1 1/2 hours", [(Kind.ELAPSED, 90)]),
    ("une heure et demie", [(Kind.ELAPSED, 90)]),
    ("deux heures ouvrées et demie", [(Kind.OPEN, 150)]),
    ("une heure ouvrée", [(Kind.OPEN, HOUR)]),
    ("by the next business day", [(Kind.BUSINESS_DAYS, 1)]),
    ("NBD", [(Kind.BUSINESS_DAYS, 1)]),
    ("le jour ouvré suivant", [(Kind.BUSINESS_DAYS, 1)]),
    ("one hundred and twenty minutes", [(Kind.ELAPSED, 120)]),
    ("two hundred (200) hours", [(Kind.ELAPSED, 200 * HOUR)]),
    ("a hundred days", [(Kind.ELAPSED, 100 * DAY)]),
    ("cent vingt minutes", [(Kind.ELAPSED, 120)]),
    ("deux cents heures", [(Kind.ELAPSED, 200 * HOUR)]),
    ("dix pour cent", [(Kind.PERCENT, 10)]),
    ("4 working hours", [(Kind.OPEN, 4 * HOUR)]),
    ("up to 8 hours / year", [(Kind.ELAPSED, 8 * HOUR)]),
    ("48 heures ouvrées", [(Kind.OPEN, 48 * HOUR)]),
    ("10 jours ouvrés", [(Kind.BUSINESS_DAYS, 10)]),
    ("trente (30) jours", [(Kind.ELAPSED, 30 * DAY)]),
    ("d’un (1) jour", [(Kind.ELAPSED, DAY)]),
    ("99.9 % and 5%", [(Kind.PERCENT, Decimal("99.9")), (Kind.PERCENT, 5)]),
    ("99,9\u00a0%", [(Kind.PERCENT, Decimal("99.9"))]),
    ("08:00", [(Kind.TIME, 8 * HOUR)]),
    ("8 am", [(Kind.TIME, 8 * HOUR)]),
    ("5:30 p.m.", [(Kind.TIME, 17 * HOUR + 30)]),
    ("de 9 h à 18 h 30", [(Kind.TIME, 9 * HOUR), (Kind.TIME, 18 * HOUR + 30)]),
    ("9:00–18:00", [(Kind.TIME, 9 * HOUR), (Kind.TIME, 18 * HOUR)]),
    ("24/7", [(Kind.ALWAYS, 1)]),
    ("24h/24 et 7j/7", [(Kind.ALWAYS, 1)]),
    ("24 hours a day, 7 days a week", [(Kind.ALWAYS, 1)]),
    ("8:00 (GMT+2)", [(Kind.TIME, 8 * HOUR), (Kind.OFFSET, 2 * HOUR)]),
    ("1er janvier 2027", [(Kind.DATE, (2027, 1, 1))]),
    ("December 25, 2027", [(Kind.DATE, (2027, 12, 25))]),
    ("3 April", [(Kind.DATE, (0, 4, 3))]),
    ("Modified on Wed, 15 Feb 2023 at 02:39 PM", [(Kind.DATE, (2023, 2, 15))]),
    ("€1,200 and 500 EUR", [(Kind.MONEY, 1200), (Kind.MONEY, 500)]),
    ("the following week", [(Kind.FOLLOWING_WEEK, 1)]),
]
NO_NUMBERS = [
    "category 2 issues",
    "a business day is a day with support hours",
    "call +44 20 7946 0958",
    "https://example.com/2026-01-01/4-hours",
    "you may 5 times",
    "one or all of the following",
    "un jour férié",
    "le jour ouvré commence à l'ouverture",
    "à partir d'une heure ouvrée",
]


@pytest.mark.parametrize(("text", "right"), READ)
def test_a_number_is_read_as_written(text: str, right: list[tuple[Kind, object]]) -> None:
    found = [number.alternatives[0] for number in numbers_in(text)]
    assert [(quantity.kind, quantity.value) for quantity in found] == right


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_measures_nothing_is_no_number(text: str) -> None:
    assert [n for n in numbers_in(text) if n.alternatives] == []


def test_hours_with_minutes_in_french_can_be_a_time_or_a_duration() -> None:
    [number] = numbers_in("sous 1 h 30")
    found: set[tuple[Kind, object]] = {(each.kind, each.value) for each in number.alternatives}
    assert found == {(Kind.TIME, 90), (Kind.ELAPSED, 90)}


def test_hours_in_french_can_be_a_time_or_a_duration() -> None:
    [number] = numbers_in("réponse sous 4 h")
    assert {quantity.kind for quantity in number.alternatives} == {Kind.ELAPSED, Kind.TIME}
