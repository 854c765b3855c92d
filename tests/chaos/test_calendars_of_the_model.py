"""The reference model and the product find the same open time in every kind of calendar."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from policies.schema.calendars import CalendarRule
from policies.terms.pinned_calendar import pin_calendar
from tests.chaos.model import business_time

OFFICE: dict[str, Any] = {
    "zone": "Europe/Brussels",
    "hours": {"mon-thu": ["09:00-12:00", "13:00-17:00"], "fri": "09:00-15:00"},
    "clause": "hours",
}
CALENDARS: dict[str, dict[str, Any]] = {
    "days of every year": {
        "holidays": {
            "country": "BE",
            "also": {"12-24": "Eve", "02-29": "Leap day"},
            "never": ["11-11"],
        }
    },
    "holidays of several places": {
        "holidays": [
            {"country": "BE", "also": {"2027-12-28": "Outing"}},
            {"country": "NL", "never": ["2027-12-28", "05-05"]},
            {"country": "DE", "subdivision": "BY"},
        ]
    },
    "half days": {
        "holidays": [{"country": "BE"}, {"country": "TR", "categories": ["public", "half_day"]}],
        "half_days": {"12-24": "12:00", "12-31": "13:00", "2027-12-31": "14:00", "07-21": "10:00"},
    },
    "working days": {
        "holidays": {"country": "BE"},
        "working_days": ["2027-12-25", "2027-12-11", "2027-12-12"],
        "half_days": {"2027-12-11": "12:00"},
        "special_hours": {"2027-12-18": ["10:00-11:00"]},
    },
    "nights that are made up": {
        "hours": {"mon-fri": "22:00-06:00"},
        "working_days": ["2027-12-11", "2027-12-12"],
    },
}


@pytest.mark.parametrize("name", CALENDARS)
@pytest.mark.parametrize("around", [date(2027, 12, 1), date(2028, 2, 20), date(2027, 7, 10)])
def test_the_model_has_the_same_open_time_on_every_day(name: str, around: date) -> None:
    rule = OFFICE | CALENDARS[name]
    product = pin_calendar("office", CalendarRule.model_validate(rule), around.year).calendar
    model = business_time.calendar_of(rule, around)
    for n in range(60):
        day = datetime(around.year, around.month, around.day, tzinfo=UTC) + timedelta(n)
        found = product.between(day, day + timedelta(1)), product.from_cut_off(day, "15:00")
        right = model.between(day, day + timedelta(1)), model.from_cut_off(day, "15:00")
        assert found == right, day
