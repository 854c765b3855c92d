"""The windows of local dates, from one time to another."""

from datetime import UTC, datetime

import pytest

from policies.business_time.errors import BusinessTimeError
from policies.business_time.local_dates import EPOCH, LocalDates, check_range
from tests.policies.business_time.sample_calendars import MICROSECOND, OFFICE, at


def test_the_last_date_of_a_range_counts_up_to_its_end() -> None:
    dates = LocalDates(OFFICE.zone, OFFICE.hours)
    begin, end = at("2024-07-02 16:00") - EPOCH, at("2024-07-03 10:00") - EPOCH
    windows = [w for w in dates.windows_between(begin, end) if w.opens < w.closes]
    assert [(w.opens, w.closes) for w in windows] == [
        (begin, at("2024-07-02 17:00") - EPOCH),
        (at("2024-07-03 09:00") - EPOCH, end),
    ]


def test_business_time_is_counted_from_the_first_moment_of_1900_to_the_last_of_2399() -> None:
    begin = datetime(1900, 1, 1, tzinfo=UTC) - EPOCH
    end = datetime(2400, 1, 1, tzinfo=UTC) - EPOCH
    check_range(begin)
    check_range(end - MICROSECOND)
    for outside in (begin - MICROSECOND, end):
        with pytest.raises(BusinessTimeError, match="outside the years 1900 to 2399"):
            check_range(outside)
