"""A pinned zone has the offsets of the zone database, and keeps them."""

# Local times are naive until a zone is attached.
# ruff: noqa: DTZ001

import copy
import pickle
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.business_time.errors import BusinessTimeError, UnknownZoneError
from policies.business_time.zones import (
    ABBREVIATIONS,
    PinnedZone,
    find_zone,
    fixed_offset,
    pin_zone,
    zone_names,
)

FIRST, LAST = 2005, 2034
EVERY_KIND = (
    "UTC",
    "Etc/GMT+12",
    "America/New_York",
    "America/Caracas",
    "America/St_Johns",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Asia/Pyongyang",
    "Asia/Tehran",
    "Antarctica/Troll",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/Istanbul",
    "Europe/Volgograd",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
)
HALF_HOUR = timedelta(minutes=30)

utc_times = st.datetimes(datetime(FIRST, 1, 1), datetime(LAST, 12, 31, 23), timezones=st.just(UTC))
wall_times = st.datetimes(datetime(FIRST, 1, 1), datetime(LAST, 12, 31, 23))


@cache
def pinned_zone(name: str) -> PinnedZone:
    return pin_zone(name, FIRST, LAST)


def turns(name: str) -> list[datetime]:
    return [datetime.fromtimestamp(at, UTC) for at, _, _ in pinned_zone(name).transitions[1:]]


def assert_same_at(name: str, wall: datetime) -> None:
    pinned, live = wall.replace(tzinfo=pinned_zone(name)), wall.replace(tzinfo=ZoneInfo(name))
    assert pinned.utcoffset() == live.utcoffset(), (name, wall, wall.fold)
    assert pinned.tzname() == live.tzname(), (name, wall, wall.fold)


def assert_same_from(name: str, at: datetime) -> None:
    pinned, live = at.astimezone(pinned_zone(name)), at.astimezone(ZoneInfo(name))
    assert pinned.replace(tzinfo=None) == live.replace(tzinfo=None), (name, at)
    assert (pinned.fold, pinned.tzname()) == (live.fold, live.tzname()), (name, at)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(EVERY_KIND), wall_times, st.integers(0, 1))
def test_offsets_equal_the_database_at_any_wall_time(name: str, wall: datetime, fold: int) -> None:
    assert_same_at(name, wall.replace(fold=fold))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(EVERY_KIND), utc_times)
def test_local_times_equal_the_database_at_any_instant(name: str, at: datetime) -> None:
    assert_same_from(name, at)


@pytest.mark.parametrize("name", EVERY_KIND)
def test_every_transition_is_exact_in_both_directions(name: str) -> None:
    for turn in turns(name):
        for microseconds in (-1, 0, 1):
            assert_same_from(name, turn + timedelta(microseconds=microseconds))
        wall = turn.astimezone(ZoneInfo(name)).replace(tzinfo=None, fold=0)
        for steps in range(-7, 8):
            for microseconds in (-1, 0, 1):
                near = wall + steps * HALF_HOUR + timedelta(microseconds=microseconds)
                assert_same_at(name, near.replace(fold=0))
                assert_same_at(name, near.replace(fold=1))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(zone_names())),
    st.integers(1975, 2090),
    st.integers(0, 366 * 86_400),
)
def test_any_zone_can_be_pinned_for_any_year(name: str, year: int, second: int) -> None:
    pinned, live = pin_zone(name, year, year), ZoneInfo(name)
    at = min(datetime(year, 1, 1) + timedelta(seconds=second), datetime(year, 12, 31, 23))
    for fold in (0, 1):
        wall = at.replace(fold=fold)
        assert pinned.utcoffset(wall) == live.utcoffset(wall)
        assert pinned.tzname(wall) == live.tzname(wall)


def test_the_first_entry_applies_when_the_range_starts() -> None:
    zone = pin_zone("Europe/Stockholm", 2024, 2024)
    assert [offset for _, offset, _ in zone.transitions] == [3600, 7200, 3600]
    assert zone.transitions[0][0] < datetime(2024, 1, 1, tzinfo=UTC).timestamp()
    assert zone.transitions[1] == (1711846800, 7200, "CEST")


def test_a_change_on_the_last_day_of_the_range_is_pinned() -> None:
    zone = pin_zone("Pacific/Kiritimati", 1994, 1994)  # moved over the date line that night
    new_years_eve = datetime(1994, 12, 31, 23, fold=1)
    live = ZoneInfo("Pacific/Kiritimati").utcoffset(new_years_eve)
    assert zone.utcoffset(new_years_eve) == live
    assert zone.utcoffset(new_years_eve - timedelta(days=2)) != live


def test_a_zone_without_summer_time_is_one_entry() -> None:
    assert len(pin_zone("Asia/Kathmandu", 2000, 2050).transitions) == 1


def test_a_zone_is_rebuilt_from_its_name_and_transitions() -> None:
    zone = pinned_zone("Australia/Lord_Howe")
    again = PinnedZone(zone.name, [list(entry) for entry in zone.transitions])  # type: ignore[misc]
    assert again == zone
    assert hash(again) == hash(zone)
    assert pickle.loads(pickle.dumps(zone)) == zone
    assert copy.deepcopy(zone) == zone
    assert zone != pin_zone("Australia/Lord_Howe", FIRST, LAST - 1)
    assert str(zone) == zone.name == "Australia/Lord_Howe"


def test_outside_its_range_the_nearest_offset_applies() -> None:
    zone = PinnedZone("Made/Up", [(0, 3600, "A"), (1000, 7200, "B")])
    assert zone.utcoffset(datetime(1900, 1, 1)) == timedelta(hours=1)
    assert zone.utcoffset(datetime(2100, 1, 1)) == timedelta(hours=2)


def test_none_has_no_offset_and_summer_time_is_not_pinned() -> None:
    zone = pinned_zone("UTC")
    assert zone.utcoffset(None) is None
    assert zone.tzname(None) is None
    assert zone.dst(datetime(2024, 7, 1)) is None


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Europe/Stokholm", "Europe/Stockholm"),
        ("europe/stockholm", "Europe/Stockholm"),
        ("America/New York", "America/New_York"),
        ("Kathmandu", "Asia/Kathmandu"),
    ],
)
def test_an_unknown_zone_is_an_error_that_suggests_similar_names(name: str, meant: str) -> None:
    with pytest.raises(
        UnknownZoneError, match=f"unknown time zone '{name}'; did you mean .*{meant}"
    ):
        find_zone(name)


@pytest.mark.parametrize(("name", "number"), [("Etc/GMT+", 3), ("ome", 2)])
def test_an_unknown_zone_suggests_three_names_or_two_places_at_most(name: str, number: int) -> None:
    with pytest.raises(UnknownZoneError) as refused:
        find_zone(name)
    _, _, suggested = str(refused.value).partition("did you mean ")
    assert len(suggested.split(" or ")) == number


@pytest.mark.parametrize("name", ["", "America", "../etc/passwd", "/etc/localtime", "\0", "Mars/X"])
def test_any_other_name_is_an_unknown_zone(name: str) -> None:
    with pytest.raises(UnknownZoneError, match="unknown time zone"):
        pin_zone(name, 2024, 2024)


def test_an_unknown_zone_is_an_error_of_business_time() -> None:
    assert issubclass(UnknownZoneError, BusinessTimeError)


@pytest.mark.parametrize(
    ("transitions", "fault"),
    [
        ([], "no transitions"),
        ([(10, 0, "A"), (10, 60, "B")], "sort transitions by time"),
        ([(10, 0, "A"), (5, 60, "B")], "sort transitions by time"),
        ([(0, 86_400, "A")], "a day or more"),
    ],
)
def test_invalid_transitions_are_refused(
    transitions: list[tuple[int, int, str]], fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        PinnedZone("Made/Up", transitions)


@pytest.mark.parametrize(("first", "last"), [(2025, 2024), (1, 2024), (2024, 9999)])
def test_years_that_cannot_be_pinned_are_refused(first: int, last: int) -> None:
    with pytest.raises(ValueError, match="cannot pin"):
        pin_zone("UTC", first, last)


@pytest.mark.fault(41)
@pytest.mark.parametrize(
    "name",
    [
        "localtime",
        "Factory",
        "posixrules",
        "posix/Europe/Paris",
        "right/UTC",
        "Europe",
        "",
        "tzdata",
    ],
)
def test_a_file_of_the_database_that_is_no_place_is_no_zone(name: str) -> None:
    assert name not in zone_names()
    with pytest.raises(UnknownZoneError):
        find_zone(name)


@pytest.mark.fault(41)
@pytest.mark.parametrize(
    "name", ["Europe/Paris", "UTC", "Asia/Calcutta", "US/Eastern", "Etc/GMT-2"]
)
def test_zones_and_links_that_people_write_are_zones(name: str) -> None:
    assert find_zone(name).key == name


def test_a_city_is_enough_to_be_understood() -> None:
    with pytest.raises(UnknownZoneError, match="Europe/Stockholm"):
        find_zone("Stokholm")


@pytest.mark.parametrize(
    ("year", "is_possible"), [(1, False), (2, True), (9998, True), (9999, False)]
)
def test_a_zone_is_pinned_for_the_years_around_which_there_are_others(
    year: int, is_possible: bool
) -> None:
    if is_possible:
        assert pin_zone("UTC", year, year).transitions
        return
    with pytest.raises(ValueError, match="within 2 to 9998"):
        pin_zone("UTC", year, year)


@pytest.mark.parametrize(
    ("zone", "offset"),
    [
        ("UTC", "+00:00"),
        ("Etc/GMT-2", "+02:00"),
        ("Etc/GMT+5", "-05:00"),
        ("Asia/Kolkata", "+05:30"),
        ("Europe/Paris", None),
        ("Asia/Dili", None),  # changed in 2000, and not since
    ],
)
def test_months_have_a_fixed_offset(zone: str, offset: str | None) -> None:
    assert fixed_offset(zone) == offset


@pytest.mark.parametrize(
    ("zone", "abbreviations"),
    [
        ("America/Los_Angeles", "PST PDT"),
        ("America/Denver", "MST MDT"),
        ("America/Chicago", "CST CDT"),
        ("America/New_York", "EST EDT"),
        ("Europe/London", "BST"),
        ("Europe/Berlin", "CET CEST"),
        ("Europe/Helsinki", "EET EEST"),
        ("Europe/Lisbon", "WET WEST"),
        ("Australia/Sydney", "AEST AEDT"),
        ("Asia/Kolkata", "IST"),
        ("Asia/Tokyo", "JST"),
        ("Asia/Hong_Kong", "HKT"),
        ("Africa/Johannesburg", "SAST"),
    ],
)
def test_a_zone_is_suggested_for_the_abbreviations_that_it_uses(
    zone: str, abbreviations: str
) -> None:
    used = {datetime(2027, month, 1, tzinfo=ZoneInfo(zone)).tzname() for month in (1, 7)}
    assert used >= set(abbreviations.split())
    assert {ABBREVIATIONS.get(name) for name in abbreviations.split()} == {zone}


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("PT", "America/Los_Angeles"),
        ("MT", "America/Denver"),
        ("CT", "America/Chicago"),
        ("ET", "America/New_York"),
        ("UK", "Europe/London"),
        ("AET", "Australia/Sydney"),
        ("SGT", "Asia/Singapore"),
        ("BRT", "America/Sao_Paulo"),
    ],
)
def test_a_zone_is_suggested_for_the_names_of_support_pages(name: str, zone: str) -> None:
    assert ABBREVIATIONS.get(name) == zone


@pytest.mark.parametrize(
    ("zone", "local"),
    [
        # The clocks went an hour forward as the year began, and an hour back as it ended.
        ("Asia/Khandyga", datetime(2004, 1, 1, 0, 30)),
        ("America/Managua", datetime(1996, 12, 31, 23, 30, fold=1)),
    ],
)
def test_a_change_at_new_year_is_pinned(zone: str, local: datetime) -> None:
    pinned = pin_zone(zone, local.year, local.year)
    assert pinned.utcoffset(local) == ZoneInfo(zone).utcoffset(local)
