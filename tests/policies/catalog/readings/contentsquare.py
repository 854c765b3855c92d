"""Contentsquare, « Support Client et Engagement de Services » : quatre priorités, trois équipes.

« Heures ouvrées » and « jours ouvrés » are business hours and days. The page publishes no
holidays. A desk is there from 9:00 up to 18:00 and no longer: what comes in at 18:00 comes in
outside its hours.
"""

from tests.policies.catalog.readings.reading import MON_FRI, Desk, Line, Reading, every

REASONABLE = ("raisonnable",)

READING = Reading(
    policy="contentsquare",
    values=(("p0", "p1", "p2", "p3"), ("gmt", "us_est", "us_pst")),
    # « 2. Horaires », a.
    desks={
        "gmt": Desk("Europe/London", every(MON_FRI, "09:00", "18:00")),
        "us_est": Desk("America/New_York", every(MON_FRI, "09:00", "18:00")),
        "us_pst": Desk("America/Los_Angeles", every(MON_FRI, "09:00", "18:00")),
    },
    served_by={"* / gmt": "gmt", "* / us_est": "us_est", "* / us_pst": "us_pst"},
    # « 3. Niveaux de Service (SLA) », a. ; the last line of its table has one delay for both
    lines=(
        Line("p0 / *", "first_response", "2 business hours", "p0", outside="2 hours"),
        Line("p1 / *", "first_response", "6 business hours", "p1"),
        Line("p2 / *", "first_response", "8 business hours", "p2"),
        Line("p3 / *", "first_response", None, "p3", says=REASONABLE),
        Line("p0 / *", "resolution", "48 business hours", "p0"),
        Line("p1 / *", "resolution", "10 business days", "p1"),
        Line("p2 / *", "resolution", "20 business days", "p2"),
        Line("p3 / *", "resolution", None, "p3", says=REASONABLE),
    ),
    by_hand={
        ("p0 / gmt", "first_response"): {
            "an ordinary Wednesday": "Wed 2026-03-04 16:00 GMT",
            "Monday at opening": "Mon 2026-03-02 11:00 GMT",
            "Monday before opening": "Mon 2026-03-02 09:30 GMT (2 hours)",
            "Friday at 18:00": "Fri 2026-02-27 20:00 GMT (2 hours)",
            "Friday at 18:01": "Fri 2026-02-27 20:01 GMT (2 hours)",
            "in the night the clocks go forward in Europe": "Sun 2026-03-29 03:30 BST (2 hours)",
        },
        ("p0 / *", "first_response"): {
            "Friday at 17:00": "Mon 2026-03-02 10:00",
            "Friday at 17:30": "Mon 2026-03-02 10:30",
        },
        ("p0 / us_pst", "first_response"): {
            "a Saturday": "Sat 2026-02-28 14:00 PST (2 hours)",
            "in the night the clocks go forward in America": "Sun 2026-03-08 04:30 PDT (2 hours)",
        },
        ("p0 / us_est", "first_response"): {
            "in the night the clocks go back in America": "Sun 2026-11-01 01:30 EST (2 hours)",
            "on Thanksgiving": "Thu 2026-11-26 14:00 EST",
        },
        ("p1 / gmt", "first_response"): {
            "an ordinary Wednesday": "Thu 2026-03-05 11:00 GMT",
        },
        ("p1 / us_est", "first_response"): {
            "before Thanksgiving": "Thu 2026-11-26 13:00 EST",
        },
        ("p2 / gmt", "first_response"): {
            "an ordinary Wednesday": "Thu 2026-03-05 13:00 GMT",
        },
        ("p2 / us_pst", "first_response"): {
            "Friday at 17:30": "Mon 2026-03-02 16:30 PST",
        },
        ("p0 / gmt", "resolution"): {
            "an ordinary Wednesday": "Wed 2026-03-11 17:00 GMT",
            "a Saturday": "Mon 2026-03-09 12:00 GMT",
        },
        ("p0 / us_est", "resolution"): {
            "an ordinary Wednesday": "Wed 2026-03-11 17:00 EDT",
        },
        ("p1 / gmt", "resolution"): {
            "an ordinary Wednesday": "Wed 2026-03-18 14:00 GMT",
            "a Saturday": "Fri 2026-03-13 18:00 GMT",
        },
        ("p1 / us_est", "resolution"): {
            "before Christmas": "Wed 2027-01-06 16:00 EST",
        },
        ("p2 / gmt", "resolution"): {
            "before the clocks go back in Europe": "Fri 2026-11-20 16:00 GMT",
        },
        ("p2 / us_pst", "resolution"): {
            "before the clocks go forward in America": "Fri 2026-04-03 16:00 PDT",
        },
    },
)
AVAILABLE = "99.5"
"""The percentage of a month."""

# « Période de Maintenance Hebdomadaire » : 8:00 à 16:00 (GMT+2), samedi et dimanche. In UTC:
MAINTENANCE = (
    ("2026-01-03 06:00", "2026-01-03 14:00"),
    ("2026-01-04 06:00", "2026-01-04 14:00"),
    # the days on which clocks change in France: at GMT+2 all the same
    ("2026-03-28 06:00", "2026-03-28 14:00"),
    ("2026-03-29 06:00", "2026-03-29 14:00"),
    ("2026-07-04 06:00", "2026-07-04 14:00"),
    ("2026-10-25 06:00", "2026-10-25 14:00"),
    ("2026-12-27 06:00", "2026-12-27 14:00"),
)
# Hours of a month that count: all of them, less 8 for each Saturday and Sunday.
COUNTED_HOURS = {
    "2026-01": 744 - 9 * 8,
    "2026-02": 672 - 8 * 8,
    "2026-03": 744 - 9 * 8,
    "2026-04": 720 - 8 * 8,
    "2026-05": 744 - 10 * 8,
    "2026-06": 720 - 8 * 8,
    "2026-07": 744 - 8 * 8,
    "2026-08": 744 - 10 * 8,
    "2026-09": 720 - 8 * 8,
    "2026-10": 744 - 9 * 8,
    "2026-11": 720 - 9 * 8,
    "2026-12": 744 - 8 * 8,
    "2027-01": 744 - 10 * 8,
    "2027-02": 672 - 8 * 8,
}
# « Recours du Client », Disponibilité, in November 2026, of which 648 hours count: hours, minutes
# and seconds without access, and the credits. 0.5 % is 3:14:24, a point is 6:28:48.
CREDITS_FOR_DOWNTIME = (
    ((0, 0, 0), 0),
    ((3, 14, 24), 0),
    ((3, 14, 25), 0),
    ((9, 43, 11), 0),
    ((9, 43, 12), 1),
    ((11, 39, 50), 1),  # 98.2 %
    ((16, 11, 59), 1),
    ((16, 12, 0), 2),
    ((324, 0, 0), 49),
)
# « Recours du Client », Délai de Résolution: a resolution was due on 10 March 2027 at 15:00 UTC.
CREDITS_FOR_RESOLUTION = (
    ("2027-03-10 15:00:00", 0),
    ("2027-03-10 15:00:01", 1),
    ("2027-03-11 15:00:00", 1),
    ("2027-03-11 15:00:01", 2),
    ("2027-03-20 15:00:00", 10),
)
CREDITED_PRIORITIES = ("p0", "p1", "p2")
# « Recours du Client », last paragraph: thirty days from the breach
CLAIMED_UNTIL = {"2026-11-30": "2026-12-30", "2027-01-31": "2027-03-02", "2027-03-10": "2027-04-09"}
# « Périodes d'Indisponibilité », (1) to (4); the last column: has to be told in advance
UNCOUNTED = {
    "network": False,
    "customer_systems": False,
    "scheduled": True,
    "outside_event": False,
}
# « 4. Procédure d'escalade »
LEVELS = ("Customer Support Manager", "Customer Account Manager", "WW Support Director")
