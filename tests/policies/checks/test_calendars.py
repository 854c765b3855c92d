"""Calendars have valid hours and holidays, and business time has a calendar."""

import pytest

from tests.policies.checks.case import Case, assert_is_reported
from tests.policies.sample_documents import broken, places_marked, problems_in

CASES = {
    "a date in an unknown zone": Case(
        "zone: UTC\nlocale",
        "zone: ¦Europe/Stokholm\nlocale",
        "zone",
        '"Europe/Stokholm" is not a known time zone',
        'did you mean "Europe/Stockholm"?',
    ),
    "a category that a country does not have": Case(
        "country: SE",
        "country: SE\n      categories: [public, ¦school]",
        "calendars.office.holidays.categories[1]",
        'SE has no holidays of the category "school"',
    ),
    "half days that end at no time of day": Case(
        "country: SE",
        'country: SE\n      half_day_until: ¦"25:00"',
        "calendars.office.holidays.half_day_until",
        '"25:00" does not end half a day',
        'write for example "13:00"',
    ),
    "maintenance at an invalid hour": Case(
        "  claim_within: 30 days",
        "  availability:\n    percent: 99.5\n    clause: credit\n    maintenance:\n"
        '      {offset: "+02:00", hours: {sat: ¦"08:00-25:00"}, clause: credit}\n'
        "  claim_within: 30 days",
        "remedies.availability.maintenance.hours.sat",
        '"08:00-25:00" has an invalid time',
    ),
    "availability in an unknown zone": Case(
        "  claim_within: 30 days",
        "  availability: {percent: 99.5, zone: ¦UTD, clause: credit}\n  claim_within: 30 days",
        "remedies.availability.zone",
        '"UTD" is not a known time zone',
    ),
    "availability in a zone without a fixed offset": Case(
        "  claim_within: 30 days",
        "  availability: {percent: 99.5, zone: ¦Europe/Paris, clause: credit}\n"
        "  claim_within: 30 days",
        "remedies.availability.zone",
        'the offset of "Europe/Paris" changes',
        "Etc/GMT-2",
    ),
    "an unknown calendar of a clock": Case(
        "{gold: always, silver: office}",
        "{gold: always, silver: ¦ofice}",
        "clocks.first_response.calendar.cells.silver",
        'the calendar "ofice" is not declared',
        'did you mean "office"?',
    ),
    "unknown support hours": Case(
        "    otherwise: office",
        "    otherwise: ¦ofice",
        "support_hours.cells.otherwise",
        'the calendar "ofice" is not declared',
        'did you mean "office"?',
    ),
    "an unknown zone": Case(
        "    zone: Europe/Stockholm",
        "    zone: ¦Europe/Stokholm",
        "calendars.office.zone",
        '"Europe/Stokholm" is not a known time zone',
        'did you mean "Europe/Stockholm"?',
    ),
    "a zone by its city alone": Case(
        "    zone: Europe/Stockholm",
        "    zone: ¦stockholm",
        "calendars.office.zone",
        '"stockholm" is not a known time zone',
        'did you mean "Europe/Stockholm"?',
    ),
    "a zone that climbs out of its directory": Case(
        "    zone: Europe/Stockholm",
        "    zone: ¦../../etc/passwd",
        "calendars.office.zone",
        "is not a known time zone",
    ),
    "an unknown country": Case(
        "country: SE",
        "country: ¦XX",
        "calendars.office.holidays.country",
        'no public holidays are known for "XX"',
    ),
    "an unknown subdivision": Case(
        "country: SE",
        "country: US\n      subdivision: ¦NYC",
        "calendars.office.holidays.subdivision",
        '"NYC" is not a subdivision of US',
        'did you mean "NY"?',
    ),
    "a subdivision without a country": Case(
        "country: SE",
        "subdivision: ¦BY",
        "calendars.office.holidays.subdivision",
        "the subdivision has no country",
        "add `country`",
    ),
    "a date both closed and kept open": Case(
        "never: [2026-01-06]",
        "never: [2026-01-06, ¦2026-12-31]",
        "calendars.office.holidays.never[1]",
        "2026-12-31 is closed under `also` and open under `never`",
    ),
    "a date both closed and special": Case(
        '      2026-12-23: "09:00-12:00"',
        '      ¦2026-12-31: "09:00-12:00"',
        "calendars.office.special_hours.2026-12-31",
        "2026-12-31 has special hours and is closed",
    ),
    "a day closed and half open every year": Case(
        "      also: {2026-12-31: New Year's closing}\n      never: [2026-01-06]\n",
        "      also: {12-31: New Year's closing}\n    half_days: {¦12-31: '12:00'}\n",
        "calendars.office.half_days.12-31",
        "12-31 is half a day and closed under `holidays.also`",
    ),
    "a date with half a day and special hours": Case(
        "    special_hours:\n",
        "    half_days: {¦2026-12-23: '12:00'}\n    special_hours:\n",
        "calendars.office.half_days.2026-12-23",
        "2026-12-23 is half a day and has special hours",
    ),
    "a half day that ends at midnight": Case(
        "    special_hours:\n",
        "    half_days: {12-24: ¦'24:00'}\n    special_hours:\n",
        "calendars.office.half_days.12-24",
        '"24:00" does not end half a day',
    ),
    "a working day that is closed": Case(
        "    special_hours:\n",
        "    working_days: [¦2026-12-31]\n    special_hours:\n",
        "calendars.office.working_days[0]",
        "2026-12-31 is a working day and is closed under `holidays.also`",
        "remove one of them",
    ),
    "a working day with special hours": Case(
        "    special_hours:\n",
        "    working_days: [¦2026-12-23]\n    special_hours:\n",
        "calendars.office.working_days[0]",
        "2026-12-23 is a working day and has special hours",
    ),
    "a working day given twice": Case(
        "    special_hours:\n",
        "    working_days: [2026-10-10, ¦2026-10-10]\n    special_hours:\n",
        "calendars.office.working_days[1]",
        '"2026-10-10" is given twice',
    ),
    "an unknown country of several": Case(
        "    holidays:\n      country: SE\n      also: {2026-12-31: New Year's closing}\n"
        "      never: [2026-01-06]\n",
        "    holidays:\n      - {country: SE}\n      - {country: ¦XX}\n",
        "calendars.office.holidays[1].country",
        'no public holidays are known for "XX"',
    ),
    "a file of closures without a directory": Case(
        "    special_hours:\n",
        "    ics: ¦closures.ics\n    special_hours:\n",
        "calendars.office.ics",
        '"closures.ics" cannot be read',
        "in the same directory",
    ),
    "an invalid hour": Case(
        'fri: "09:00-15:00"',
        'fri: ¦"09:00-25:00"',
        "calendars.office.hours.fri",
        '"09:00-25:00" has an invalid time',
        "24:00",
    ),
    "an invalid minute": Case(
        '"13:00-17:00"',
        '¦"13:00-16:60"',
        "calendars.office.hours.mon-thu[1]",
        '"13:00-16:60" has an invalid time',
    ),
    "an opening at 24:00": Case(
        '      2026-12-23: "09:00-12:00"',
        '      2026-12-23: ¦"24:00-12:00"',
        "calendars.office.special_hours.2026-12-23",
        '"24:00-12:00" has an invalid time',
    ),
    "an unknown weekday": Case(
        "      fri: ",
        "      ¦friday: ",
        "calendars.office.hours.friday",
        '"friday" is not a weekday',
        "mon-fri",
    ),
    "a weekday given twice": Case(
        "      fri: ",
        "      ¦thu-fri: ",
        "calendars.office.hours.thu-fri",
        'thu is in "thu-fri" and in "mon-thu"',
        "give each weekday once",
    ),
    "hours that overlap": Case(
        '["09:00-12:00", "13:00-17:00"]',
        '["09:00-12:00", ¦"11:00-17:00"]',
        "calendars.office.hours.mon-thu[1]",
        '"11:00-17:00" overlaps "09:00-12:00"',
        "merge the two windows",
    ),
    "a calendar that never opens": Case(
        '    hours: {mon-sun: "00:00-24:00"}',
        "    ¦hours: {mon-sun: []}",
        "calendars.always.hours",
        "the calendar has no opening hours",
    ),
}


ERRORS_OF_FORM = {
    "hours round the clock": Case(
        'hours: {mon-sun: "00:00-24:00"}',
        "hours: ¦24/7",
        "calendars.always.hours",
        '"24/7" is not hours of a calendar',
        '{mon-sun: "00:00-24:00"}',
    ),
    "round the clock on a weekday": Case(
        '{mon-sun: "00:00-24:00"}',
        "{mon-sun: ¦24x7}",
        "calendars.always.hours.mon-sun",
        '"24x7" is not hours of a calendar',
        '{mon-sun: "00:00-24:00"}',
    ),
    "a target in words of support pages": Case(
        "within: 2 days",
        "within: ¦Next business day",
        "clocks.triage.within",
        '"Next business day" is not a duration',
        '"1 business day, end of day"',
    ),
    "a day of no month": Case(
        "    special_hours:\n",
        "    half_days: {¦02-30: '13:00'}\n    special_hours:\n",
        "calendars.office.half_days.02-30",
        '"02-30" is not a day',
        "12-24",
    ),
    "a closed day of no year": Case(
        "also: {2026-12-31: New Year's closing}",
        "also: {¦24 December: Christmas Eve}",
        "calendars.office.holidays.also.24 December",
        '"24 December" is not a day',
        "or month-day for every year",
    ),
    "an unknown key of one of several": Case(
        "    holidays:\n      country: SE\n      also: {2026-12-31: New Year's closing}\n"
        "      never: [2026-01-06]\n",
        "    holidays:\n      - {country: SE}\n      - {¦contry: NO}\n",
        "calendars.office.holidays[1].contry",
        'the key "contry" is unknown',
        'did you mean "country"?',
    ),
    "a file of closures elsewhere": Case(
        "    special_hours:\n",
        "    ics: ¦../closures.ics\n    special_hours:\n",
        "calendars.office.ics",
        '"../closures.ics" has the wrong format',
        "the name of an .ics file beside the policy",
    ),
}


@pytest.mark.parametrize("case", ERRORS_OF_FORM.values(), ids=ERRORS_OF_FORM.keys())
def test_an_error_of_form_is_reported_at_its_place_with_a_fix(case: Case) -> None:
    assert_is_reported(case)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_error_is_reported_at_its_place_with_a_fix(case: Case) -> None:
    assert_is_reported(case)


WITHOUT_HOURS = broken(
    "support_hours:\n  by: [plan]\n  cells:\n    gold: always\n    otherwise: office\n", ""
)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("within: 2 days", "within: ¦1 business day", "clocks.triage.within"),
        ("within: 2 days", "within: ¦the following week", "clocks.triage.within"),
        ("at: 12 hours before", "at: ¦1 business hour before", "clocks.triage.ladder[0].at"),
        ("  assignment:", "  closing: {after: ¦1 business day, clause: response}\n  assignment:",
         "process.closing.after"),
    ],
)  # fmt: skip
def test_business_time_without_a_calendar_to_count_it_on_is_an_error(
    old: str, new: str, path: str
) -> None:
    text = broken(old, new, WITHOUT_HOURS)
    [problem] = [p for p in problems_in(text) if p.path == path]
    assert "needs a calendar" in problem.wrong
    assert "support_hours" in problem.right
    assert [(problem.line, problem.column)] == places_marked(text)


def test_weekdays_may_wrap_around_and_hours_may_cross_midnight() -> None:
    text = broken('fri: "09:00-15:00"', 'fri: "09:00-15:00"\n      sat-sun: "22:00-06:00"')
    assert problems_in(text) == []
    assert problems_in(broken("mon-sun", "fri-thu")) == []
