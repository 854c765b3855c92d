"""Contently, "Product Support Service Agreement", read from the page of 15 Feb 2023.

The page knows no plans and no priorities: every line is for every request. It has no zone, no
hours and no names of holidays; those of the desk are the reading of `availability`.
"""

from tests.policies.catalog.readings.reading import MON_FRI, Desk, Line, Reading, every

# US federal holidays on the day they are kept: a Saturday's on Friday, a Sunday's on Monday.
CLOSED = {
    "2026-01-01": "New Year's Day",
    "2026-01-19": "Martin Luther King Jr. Day",
    "2026-02-16": "Washington's Birthday",
    "2026-05-25": "Memorial Day",
    "2026-06-19": "Juneteenth National Independence Day",
    "2026-07-03": "Independence Day",  # the 4th is a Saturday
    "2026-09-07": "Labor Day",
    "2026-10-12": "Columbus Day",
    "2026-11-11": "Veterans Day",
    "2026-11-26": "Thanksgiving Day",
    "2026-12-25": "Christmas Day",
    "2027-01-01": "New Year's Day",
    "2027-01-18": "Martin Luther King Jr. Day",
    "2027-02-15": "Washington's Birthday",
    "2027-05-31": "Memorial Day",
    "2027-06-18": "Juneteenth National Independence Day",  # the 19th is a Saturday
    "2027-07-05": "Independence Day",  # the 4th is a Sunday
    "2027-09-06": "Labor Day",
    "2027-10-11": "Columbus Day",
    "2027-11-11": "Veterans Day",
    "2027-11-25": "Thanksgiving Day",
    "2027-12-24": "Christmas Day",  # the 25th is a Saturday
    "2027-12-31": "New Year's Day",  # 1 January 2028 is a Saturday
    "2028-01-17": "Martin Luther King Jr. Day",
}

READING = Reading(
    policy="contently",
    values=(("technical", "question"), ("high", "normal", "low")),
    desks={"support": Desk("America/New_York", every(MON_FRI, "09:00", "17:00"), CLOSED)},
    served_by={"* / *": "support"},
    lines=(
        # "First Response Time"
        Line("* / *", "first_response", "2 business days", "first-response"),
        # "Product Support Process": an additional business day; the following week
        Line("* / *", "triage", "1 business day", "triage"),
        Line("* / *", "engineering_handoff", "the following week", "engineering"),
        # "Connecting with the Engineering team" has no times; these are the reading's, for us
        Line("* / *", "review", "5 business days", "forecast"),
        Line("* / *", "forecast", "1 business day", "forecast"),
        # "Issue Resolution": kept informed, no time; the reading's
        Line("* / *", "next_update", "5 business days", "progress"),
    ),
    internal=("review", "forecast", "next_update"),
    modified="2023-02-15",
    by_hand={
        ("* / *", "first_response"): {
            "an ordinary Wednesday": "Fri 2026-03-06 14:00 EST",
            "Friday at 17:00": "Tue 2026-03-03 17:00 EST",
            "Friday at 17:30": "Tue 2026-03-03 17:00 EST",
            "a Saturday": "Tue 2026-03-03 17:00 EST",
            "Monday at opening": "Tue 2026-03-03 17:00 EST",
            "before the clocks go forward in America": "Tue 2026-03-10 16:00 EDT",
            "before Midsummer": "Tue 2026-06-23 16:00 EDT",
            "before Independence Day": "Tue 2026-07-07 16:00 EDT",
            "before the clocks go back in America": "Tue 2026-11-03 16:00 EST",
            "before Thanksgiving": "Mon 2026-11-30 16:00 EST",
            "on Thanksgiving": "Mon 2026-11-30 17:00 EST",
            "before Christmas": "Mon 2026-12-28 16:00 EST",
            "on Christmas Day": "Tue 2026-12-29 17:00 EST",
            "the last of the year": "Tue 2027-01-05 16:00 EST",
            "before Martin Luther King Day": "Wed 2027-01-20 16:00 EST",
            "before Good Friday": "Mon 2027-03-29 16:00 EDT",
            "before a New Year's Day kept early": "Tue 2028-01-04 16:00 EST",
        },
        ("* / *", "triage"): {
            "before Thanksgiving": "Fri 2026-11-27 16:00 EST",
            "Friday at 17:30": "Mon 2026-03-02 17:00 EST",
        },
        ("* / *", "engineering_handoff"): {
            "an ordinary Wednesday": "Fri 2026-03-13 17:00 EDT",
            "a Saturday": "Fri 2026-03-06 17:00 EST",
            "Sunday at 23:30": "Fri 2026-03-06 17:00 EST",
            "before Thanksgiving": "Fri 2026-12-04 17:00 EST",
            "before Christmas": "Thu 2026-12-31 17:00 EST",
            "the last of the year": "Fri 2027-01-08 17:00 EST",
            "before Martin Luther King Day": "Fri 2027-01-22 17:00 EST",
        },
        ("* / *", "review"): {
            "before Thanksgiving": "Thu 2026-12-03 16:00 EST",
        },
        ("* / *", "next_update"): {
            "before Christmas": "Thu 2026-12-31 16:00 EST",
        },
    },
)
