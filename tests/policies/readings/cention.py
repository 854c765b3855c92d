"""Cention, "Support Policy": three levels of service and their hours, three priorities.

The page says CET all year; the reading is the clock on the wall in Sweden. Sweden's public
holidays are those of its law, without ordinary Sundays; eves are working days there.
"""

from tests.policies.readings.reading import EVERY_DAY, MON_FRI, Desk, Line, Reading, every

CLOSED = {
    "2026-01-01": "Nyårsdagen",
    "2026-01-06": "Trettondedag jul",
    "2026-04-03": "Långfredagen",
    "2026-04-05": "Påskdagen",
    "2026-04-06": "Annandag påsk",
    "2026-05-01": "Första maj",
    "2026-05-14": "Kristi himmelsfärdsdag",
    "2026-05-24": "Pingstdagen",
    "2026-06-06": "Sveriges nationaldag",
    "2026-06-20": "Midsommardagen",
    "2026-10-31": "Alla helgons dag",
    "2026-12-25": "Juldagen",
    "2026-12-26": "Annandag jul",
    "2027-01-01": "Nyårsdagen",
    "2027-01-06": "Trettondedag jul",
    "2027-03-26": "Långfredagen",
    "2027-03-28": "Påskdagen",
    "2027-03-29": "Annandag påsk",
    "2027-05-01": "Första maj",
    "2027-05-06": "Kristi himmelsfärdsdag",
    "2027-05-16": "Pingstdagen",
    "2027-06-06": "Sveriges nationaldag",
    "2027-06-26": "Midsommardagen",
    "2027-11-06": "Alla helgons dag",
    "2027-12-25": "Juldagen",
    "2027-12-26": "Annandag jul",
    "2028-01-01": "Nyårsdagen",
    "2028-01-06": "Trettondedag jul",
}
STOCKHOLM = "Europe/Stockholm"

READING = Reading(
    policy="cention",
    values=(("foundation", "professional", "enterprise"), ("critical", "serious", "minor")),
    # "3. Support Hours"; "Support hours exclude public holidays in Sweden", Enterprise's too
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
        # "5. Response Times", "measured during applicable support hours"
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
