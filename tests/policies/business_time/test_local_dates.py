"""The windows of local dates, from one time to another."""

from policies.business_time.local_dates import EPOCH, LocalDates
from tests.policies.business_time.sample_calendars import OFFICE, at


def test_the_last_date_of_a_range_counts_up_to_its_end() -> None:
    dates = LocalDates(OFFICE.zone, OFFICE.hours)
    begin, end = at("2024-07-02 16:00") - EPOCH, at("2024-07-03 10:00") - EPOCH
    windows = [w for w in dates.windows_between(begin, end) if w.opens < w.closes]
    assert [(w.opens, w.closes) for w in windows] == [
        (begin, at("2024-07-02 17:00") - EPOCH),
        (at("2024-07-03 09:00") - EPOCH, end),
    ]
