from datetime import datetime

import pytest

from backtest.mapping.document import TimeRule
from backtest.mapping.instants import parser


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text + "Z")


@pytest.mark.parametrize(
    ("form", "zone", "text", "expected"),
    [
        ("iso", None, "2016-02-29T08:53:00Z", "2016-02-29T08:53:00"),
        ("iso", None, "2016-02-29T08:53:00+02:00", "2016-02-29T06:53:00"),
        ("iso", "Europe/Rome", "2016-02-29 08:53:00", "2016-02-29T07:53:00"),
        ("D/M/YYYY HH:mm", "UTC", "29/2/2016 01:16", "2016-02-29T01:16:00"),
        ("D/M/YYYY HH:mm", "UTC", "5/03/2016 01:16", "2016-03-05T01:16:00"),
        ("M/D/YYYY H:mm:ss", "America/New_York", "7/4/2016 9:05:01", "2016-07-04T13:05:01"),
        ("YYYYMMDDHHmmss", "UTC", "20160229011600", "2016-02-29T01:16:00"),
        ("YYYY-MM-DD HH:mm:ss ZZ", None, "2016-02-29 01:16:00.25 +0530", "2016-02-28T19:46:00.25"),
        ("epoch", None, "1456735980", "2016-02-29T08:53:00"),
        ("epoch_ms", None, "1456735980500", "2016-02-29T08:53:00.5"),
        # The first of the two: clocks are set back from 03:00 to 02:00.
        ("iso", "Europe/Rome", "2016-10-30T02:30:00", "2016-10-30T00:30:00"),
    ],
)
def test_a_time_is_read_by_its_form(form: str, zone: str | None, text: str, expected: str) -> None:
    assert parser(TimeRule(format=form, zone=zone))(text) == utc(expected)


@pytest.mark.parametrize(
    ("form", "zone", "text", "wrong"),
    [
        ("iso", None, "2016-02-29T08:53:00", "has no offset from UTC, and the mapping has no zone"),
        ("iso", "UTC", "2016-02-29", "a date without a time of day"),
        ("iso", "UTC", "yesterday", "not a time such as"),
        ("D/M/YYYY HH:mm", "UTC", "31/4/2016 01:16", "not a time of the form"),
        ("D/M/YYYY HH:mm", "UTC", "2016-02-29", "not of the form D/M/YYYY HH:mm"),
        ("iso", "Europe/London", "2016-03-27T01:30:00", "does not exist in Europe/London"),
        ("iso", None, "0001-01-01T00:00:00+02:00", "out of range"),
        ("epoch", None, "1e30", "not a number of seconds"),
        ("epoch", None, "nan", "not a number of seconds"),
    ],
)
def test_a_text_that_is_no_such_time_is_refused(
    form: str, zone: str | None, text: str, wrong: str
) -> None:
    with pytest.raises(ValueError, match=wrong):
        parser(TimeRule(format=form, zone=zone))(text)


@pytest.mark.parametrize(
    ("form", "wrong"),
    [("HH:mm", "not a form of times"), ("D/D/M/YYYY", "a part of a time twice")],
)
def test_a_form_without_a_date_is_refused(form: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        parser(TimeRule(format=form))
