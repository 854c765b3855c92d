"""Cention, "Support Policy": three levels of service and their hours, three priorities.

The page says CET all year; the reading is the clock on the wall in Sweden. Sweden's public
holidays are those of its law, without ordinary Sundays; eves are working days there.
"""

from tests.policies.catalog.readings.reading import EVERY_DAY, MON_FRI, Desk, Line, Reading, every

CLOSED = {
    "2026-01-01": "New Year's Day",
    "2026-01-06": "Epiphany",
    "2026-04-03": "Good Friday",
    "2026-04-05": "Easter Sunday",
    "2026-04-06": "Easter Monday",
    "2026-05-01": "May Day",
    "2026-05-14": "Ascension Day",
    "2026-05-24": "Pentecost",
    "2026-06-06": "National Day",
    "2026-06-20": "Midsummer Day",
    "2026-10-31": "All Saints' Day",
    "2026-12-25": "Christmas Day",
    "2026-12-26": "Second Day of Christmas",
    "2027-01-01": "New Year's Day",
    "2027-01-06": "Epiphany",
    "2027-03-26": "Good Friday",
    "2027-03-28": "Easter Sunday",
    "2027-03-29": "Easter Monday",
    "2027-05-01": "May Day",
    "2027-05-06": "Ascension Day",
    "2027-05-16": "Pentecost",
    "2027-06-06": "National Day",
    "2027-06-26": "Midsummer Day",
    "2027-11-06": "All Saints' Day",
    "2027-12-25": "Christmas Day",
    "2027-12-26": "Second Day of Christmas",
    "2028-01-01": "New Year's Day",
    "2028-01-06": "Epiphany",
}
STOCKHOLM = "Europe/Stockholm"

READING = Reading(
    policy="cention",
    values=(("foundation", "professional", "enterprise"), ("critical", "serious", "minor")),
    # "3. Support Hours" and the note under its table, which makes no exception for Enterprise
    desks={
        "foundation": Desk(STOCKHOLM, every(MON_FRI, "09:00", "18:00"), CLOSED),
        "professional": Desk(STOCKHOLM, every(MON_FRI, "08:00", "22:00"), CLOSED),
        "enterprise": Desk(STOCKHOLM, every(EVERY_DAY, "00:00", "24:00"), CLOSED),
    },
    served_by={
        "foundation / *": "foundation",
        "professional / *": "professional",
        "enterprise / *": "enterprise",
    },
    lines=(
        # "5. Response Times" and the note under its table: hours in which there is support
        Line("foundation / critical", "first_response", "4 business hours", "response-times"),
        Line("professional / critical", "first_response", "1 business hour", "response-times"),
        Line("enterprise / critical", "first_response", "2 business hours", "response-times"),
        Line("foundation / serious", "first_response", "8 business hours", "response-times"),
        Line("professional / serious", "first_response", "4 business hours", "response-times"),
        Line("enterprise / serious", "first_response", "4 business hours", "response-times"),
        Line("foundation / minor", "first_response", "24 business hours", "response-times"),
        Line("professional / minor", "first_response", "12 business hours", "response-times"),
        Line("enterprise / minor", "first_response", "8 business hours", "response-times"),
        # "8. Customer Responsibilities" has no times; reminders after 2 and 5 days are the reading
        Line("* / *", "information_reminder", "5 business days", "responsibilities"),
    ),
    internal=("information_reminder",),
    by_hand={
        ("foundation / critical", "first_response"): {
            "an ordinary Wednesday": "Wed 2026-03-04 18:00 CET",
            "Friday at 17:30": "Mon 2026-03-02 12:30 CET",
            "Friday at 18:00": "Mon 2026-03-02 13:00 CET",
        },
        ("foundation / minor", "first_response"): {
            "an ordinary Wednesday": "Mon 2026-03-09 11:00 CET",
            "before Good Friday": "Thu 2027-04-01 13:00 CEST",
        },
        ("foundation / serious", "first_response"): {
            "before Ascension Day": "Fri 2026-05-15 15:00 CEST",
            "before Epiphany": "Thu 2027-01-07 15:00 CET",
        },
        ("professional / critical", "first_response"): {
            "Friday at 17:30": "Fri 2026-02-27 18:30 CET",
        },
        ("professional / minor", "first_response"): {
            "before Christmas": "Thu 2026-12-24 14:00 CET",
            "before Midsummer": "Fri 2026-06-19 14:00 CEST",
        },
        ("professional / serious", "first_response"): {
            "on Midsummer's Day": "Mon 2026-06-22 12:00 CEST",
        },
        ("enterprise / critical", "first_response"): {
            "a Saturday": "Sat 2026-02-28 14:00 CET",
            "on Christmas Day": "Sun 2026-12-27 02:00 CET",
        },
        ("enterprise / minor", "first_response"): {
            "before the clocks go back in America": "Sat 2026-10-31 00:00 CET",
            "the evening before Sweden's National Day": "Sun 2026-06-07 04:00 CEST",
            "the last of the year": "Fri 2027-01-01 00:00 CET",
        },
        ("enterprise / serious", "first_response"): {
            "in the night the clocks go forward in Europe": "Sun 2026-03-29 05:30 CEST",
            "in the night the clocks go back in Europe": "Sun 2026-10-25 03:30 CET",
        },
        ("foundation / minor", "information_reminder"): {
            "an ordinary Wednesday": "Wed 2026-03-11 14:00 CET",
        },
        ("enterprise / minor", "information_reminder"): {
            "an ordinary Wednesday": "Mon 2026-03-09 14:00 CET",
            "before a New Year's Day kept early": "Wed 2028-01-05 16:00 CET",
        },
        ("professional / critical", "information_reminder"): {
            "before Good Friday": "Mon 2027-04-05 16:00 CEST",
        },
    },
)

# The reading of "8. Customer Responsibilities": when the customer is reminded.
REMINDED_AFTER = ("2 business days", "5 business days")
