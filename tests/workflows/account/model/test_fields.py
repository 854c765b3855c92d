"""The limits of the fields that messages of an account share."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from workflows.account.model.fields import (
    CreditIds,
    Day,
    EntryId,
    Exact,
    Hours,
    Instant,
    Line,
    Text,
)


def is_valid(kind: Any, value: object) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("kind", [Exact, Instant])
@pytest.mark.parametrize(
    ("value", "is_in"),
    [
        ("2000-12-31T23:59:59Z", False),
        ("2001-01-01T00:00:00Z", True),
        ("2199-12-31T23:59:59Z", True),
        ("2200-01-01T00:00:00Z", False),
        ("2027-03-01T10:00:00", False),
        (1_800_000_000, False),
    ],
)
def test_a_time_has_a_zone_and_lies_between_the_years_2000_and_2200(
    kind: Any, value: object, *, is_in: bool
) -> None:
    assert is_valid(kind, value) == is_in


def test_a_time_is_kept_in_utc_and_one_of_an_outage_to_the_second() -> None:
    text = "2027-03-01T10:00:00.5+02:00"
    exact = TypeAdapter(Exact).validate_python(text)
    assert exact == datetime(2027, 3, 1, 8, 0, 0, 500_000, tzinfo=UTC)
    assert exact.tzinfo is UTC
    assert TypeAdapter(Instant).validate_python(text) == exact.replace(microsecond=0)


@pytest.mark.parametrize(
    ("value", "is_in"),
    [
        ("1999-12-31", False),
        ("2000-01-01", True),
        ("2199-12-31", True),
        ("2200-01-01", False),
        (20_000, False),
    ],
)
def test_a_day_lies_between_the_years_2000_and_2200(value: object, *, is_in: bool) -> None:
    assert is_valid(Day, value) == is_in


@pytest.mark.parametrize(
    ("value", "is_in"),
    [("0", False), ("0.25", True), ("0.3", False), ("24", True), ("24.25", False), (True, False)],
)
def test_hours_are_quarters_of_one_day_at_most(value: object, *, is_in: bool) -> None:
    assert is_valid(Hours, value) == is_in


@pytest.mark.parametrize(("kind", "longest"), [(Text, 1_000), (Line, 200), (EntryId, 120)])
def test_a_text_has_a_character_at_least_and_a_limit(kind: Any, longest: int) -> None:
    for length, is_in in ((0, False), (1, True), (longest, True), (longest + 1, False)):
        assert is_valid(kind, "x" * length) == is_in
    assert is_valid(kind, "  ") is False


@pytest.mark.parametrize("kind", [Text, Line])
def test_spaces_around_a_text_do_not_count(kind: Any) -> None:
    assert TypeAdapter(kind).validate_python(" so ") == "so"


def test_a_claim_names_one_to_a_hundred_credits() -> None:
    for number, is_in in ((0, False), (1, True), (100, True), (101, False)):
        assert is_valid(CreditIds, ["month:2027-03"] * number) == is_in
