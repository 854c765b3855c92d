"""Due times that support pages work out by hand: cut-offs, holidays, business days."""

from datetime import UTC, datetime

import pytest

from policies.loading.loader import read_policy
from policies.reports.explain import explain

OFFICES = {
    "rome": ("Europe/Rome", "09:00-18:00", "{country: IT}"),
    "milan": ("Europe/Rome", "09:00-18:00", "{country: IT, also: {12-07: Sant'Ambrogio}}"),
    "izegem": ("Europe/Brussels", "09:00-16:30", "{country: BE}"),
    "lisbon": ("Europe/Lisbon", "09:00-16:30", "{country: PT}"),
    "miami": ("America/New_York", "09:00-16:30", "{country: US}"),
    "singapore": ("Asia/Singapore", "09:00-16:30", "{country: SG}"),
    "new_york": ("America/New_York", "09:00-18:00", "{country: US}"),
    "new_york_contact": ("America/New_York", "09:00-17:00", "{country: US}"),
    "chicago": ("America/Chicago", "09:00-18:00", "{country: US}"),
    "london": ("Europe/London", "09:00-17:00", "{country: GB, subdivision: ENG}"),
    "london_longer": ("Europe/London", "09:00-17:30", "{country: GB, subdivision: ENG}"),
}
TARGETS = {
    "delivery": '1 business day, end of day, cut_off: "15:00"',
    **{f"h{n}": f"{n} business hours" for n in (1, 4, 8)},
    **{f"d{n}": f"{n} business days, same time" for n in (2, 5, 10)},
    "half_hour": "30 minutes",
}


def clock(name: str, target: str) -> str:
    within, _, cut_off = target.partition(", cut_off: ")
    more = f", cut_off: {cut_off}" if cut_off else ""
    return (
        f'  {name}: {{starts: [opened], stops: [resolved], within: "{within}"{more}, clause: page}}'
    )


def office(name: str) -> str:
    zone, hours, holidays = OFFICES[name]
    return (
        f'  {name}: {{zone: {zone}, hours: {{mon-fri: "{hours}"}}, '
        f"holidays: {holidays}, clause: page}}"
    )


POLICY = read_policy(f"""
policy: places
title: Places
revision: 2026-01-01
zone: Europe/Rome
clauses: {{page: {{says: The page., at: Page}}}}
regions: {{{", ".join(f"{place}: {{says: {place}}}" for place in OFFICES)}}}
calendars:
{chr(10).join(office(name) for name in OFFICES)}
support_hours:
  by: [region]
  cells: {{{", ".join(f"{place}: {place}" for place in OFFICES)}}}
clocks:
{chr(10).join(clock(name, target) for name, target in TARGETS.items())}
""")


def due(clock: str, place: str, start: str) -> str:
    at = datetime.fromisoformat(start)
    found = explain(POLICY, clock, at, region=place).due_at
    assert found is not None
    return found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("place", "received", "expected"),
    [
        ("rome", "2026-04-02T15:00:00+02:00", "2026-04-03T16:00:00Z"),  # Good Friday is worked
        ("rome", "2026-04-02T15:00:01+02:00", "2026-04-07T16:00:00Z"),  # Easter Monday is not
        ("rome", "2026-10-31T09:00:00+01:00", "2026-11-03T17:00:00Z"),  # a Saturday
        ("milan", "2026-12-04T11:00:00+01:00", "2026-12-09T17:00:00Z"),  # the town's holiday
        ("rome", "2026-12-04T11:00:00+01:00", "2026-12-07T17:00:00Z"),
    ],
)
def test_a_part_is_delivered_by_the_close_of_the_day_after_the_cut_off(
    place: str, received: str, expected: str
) -> None:
    assert due("delivery", place, received) == expected


@pytest.mark.parametrize(
    ("clock", "place", "start", "expected"),
    [
        # Independence Day 2026 is a Saturday, so it is observed on Friday.
        ("h4", "new_york", "2026-07-02T16:30:00-04:00", "2026-07-06T15:30:00Z"),
        ("h4", "london", "2026-07-02T21:30:00+01:00", "2026-07-03T12:00:00Z"),
        ("h8", "new_york", "2026-06-09T15:00:00-04:00", "2026-06-10T18:00:00Z"),
        ("h8", "new_york", "2026-06-12T10:30:00-04:00", "2026-06-15T13:30:00Z"),
        ("d2", "new_york", "2026-11-25T10:00:00-05:00", "2026-11-30T15:00:00Z"),  # Thanksgiving
        ("h8", "izegem", "2026-07-20T14:00:00+02:00", "2026-07-22T12:30:00Z"),  # 21 July, Belgium
        ("h8", "singapore", "2026-07-20T14:00:00+02:00", "2026-07-22T01:30:00Z"),
        ("h8", "lisbon", "2026-06-09T10:00:00+01:00", "2026-06-11T09:30:00Z"),  # 10 June, Portugal
        ("h1", "chicago", "2026-06-05T17:15:00-05:00", "2026-06-08T14:15:00Z"),
        ("h1", "miami", "2026-10-30T16:20:00-04:00", "2026-11-02T14:50:00Z"),
        ("h1", "miami", "2026-10-30T16:35:00-04:00", "2026-11-02T15:00:00Z"),
        # Good Friday and Easter Monday in England, then the clocks that go forward.
        ("h4", "london_longer", "2026-04-02T16:00:00+01:00", "2026-04-07T10:30:00Z"),
        ("half_hour", "london_longer", "2026-03-29T00:45:00+00:00", "2026-03-29T01:15:00Z"),
        ("h8", "london_longer", "2026-06-30T15:00:00+01:00", "2026-07-01T13:30:00Z"),
    ],
)
def test_open_time_of_a_place_leaves_out_its_own_holidays(
    clock: str, place: str, start: str, expected: str
) -> None:
    assert due(clock, place, start) == expected


@pytest.mark.parametrize(
    ("place", "start", "expected"),
    [
        (
            "new_york_contact",
            "2026-12-23T10:00:00-05:00",
            ("2026-12-28T15:00:00Z", "2026-12-31T15:00:00Z", "2027-01-08T15:00:00Z"),
        ),
        (
            "new_york_contact",
            "2027-01-04T18:30:00-05:00",  # after hours, so from Tuesday's opening
            ("2027-01-07T14:00:00Z", "2027-01-12T14:00:00Z", "2027-01-20T14:00:00Z"),
        ),
        (
            "new_york_contact",
            "2027-01-11T10:00:00-05:00",
            ("2027-01-13T15:00:00Z", "2027-01-19T15:00:00Z", "2027-01-26T15:00:00Z"),
        ),
        (
            "london",
            "2026-12-23T15:00:00+00:00",
            ("2026-12-29T15:00:00Z", "2027-01-04T15:00:00Z", "2027-01-11T15:00:00Z"),
        ),
    ],
)
def test_business_days_of_reminders_are_those_of_the_contact(
    place: str, start: str, expected: tuple[str, str, str]
) -> None:
    assert tuple(due(f"d{n}", place, start) for n in (2, 5, 10)) == expected
