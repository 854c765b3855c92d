"""Prismic, "Support Model": three tables of who gets what, and one of three categories.

The page publishes no hours of support: its hours are hours of the clock on the wall, day and
night. Where it promises no response time there is no clock at all.
"""

from tests.policies.catalog.readings.reading import Line, Reading

BASIC = "free|starter|small|medium|platinum"
ADVANCED, PREMIUM = "enterprise_advanced", "enterprise_premium"
ISSUES = "issue_report|api_outage"
NOT_LISTED = "feature_request|pricing"
EVERY_CLOCK = "acknowledgement|first_response|assignment"

NO_TIME = ("no response time",)
FLAG = ("flag", *NO_TIME)
BEST = ("best", *NO_TIME)
RELEASE = ("as time", "maintenance release")

READING = Reading(
    policy="prismic",
    values=(
        # the headings of the three tables
        (
            "free",
            "starter",
            "small",
            "medium",
            "platinum",
            "enterprise_advanced",
            "enterprise_premium",
        ),
        # "Type of issue"
        (
            "developer_support",
            "issue_report",
            "product_support",
            "feature_request",
            "pricing",
            "api_outage",
            "enablement",
        ),
        # "Category"
        ("category_1", "category_2", "category_3"),
    ),
    desks={},
    served_by={},
    lines=(
        # "Basic Support": no line of it has a response time, and outages and sessions have no line
        Line(f"{BASIC} / * / *", EVERY_CLOCK, None, "basic", says=NO_TIME),
        # "Enterprise Advanced Support": wishes and prices have no line of their own there
        Line(f"{ADVANCED} / {NOT_LISTED} / *", EVERY_CLOCK, None, "basic", says=NO_TIME),
        Line(f"{ADVANCED} / developer_support / *", EVERY_CLOCK, None, "basic", says=NO_TIME),
        Line(f"{ADVANCED} / {ISSUES} / *", EVERY_CLOCK, None, "advanced-issues", says=FLAG),
        Line(
            f"{ADVANCED} / product_support / *",
            EVERY_CLOCK,
            None,
            "advanced-channels",
            says=NO_TIME,
        ),
        Line(f"{ADVANCED} / enablement / *", EVERY_CLOCK, None, "enablement", says=BEST),
        # "Enterprise Premium Support"
        Line(f"{PREMIUM} / {NOT_LISTED} / *", EVERY_CLOCK, None, "basic", says=NO_TIME),
        Line(
            f"{PREMIUM} / developer_support / *",
            EVERY_CLOCK,
            None,
            "premium-developer",
            says=NO_TIME,
        ),
        Line(
            f"{PREMIUM} / product_support / *", EVERY_CLOCK, None, "product-best-effort", says=BEST
        ),
        Line(f"{PREMIUM} / enablement / *", EVERY_CLOCK, None, "enablement", says=BEST),
        # "Category" 1 and 2: acknowledge, initial response
        Line(f"{PREMIUM} / {ISSUES} / category_1", "acknowledgement", "1 hour", "category-1"),
        Line(f"{PREMIUM} / {ISSUES} / category_1", "first_response", "4 hours", "category-1"),
        Line(f"{PREMIUM} / {ISSUES} / category_2", "acknowledgement", "4 hours", "category-2"),
        Line(f"{PREMIUM} / {ISSUES} / category_2", "first_response", "8 hours", "category-2"),
        # 3 has no hours in its agreement
        Line(f"{PREMIUM} / {ISSUES} / category_3", EVERY_CLOCK, None, "category-3", says=RELEASE),
        # Promptly: by the time of the acknowledgement is the reading; the assignment stands under
        # "Agreement", so it is promised
        Line(f"{PREMIUM} / {ISSUES} / category_1", "assignment", "1 hour", "category-1"),
        Line(f"{PREMIUM} / {ISSUES} / category_2", "assignment", "4 hours", "category-2"),
    ),
    by_hand={
        ("enterprise_premium / api_outage / category_1", "acknowledgement"): {
            "a Saturday": "Sat 2026-02-28 13:00 UTC",
        },
        ("enterprise_premium / api_outage / category_1", "first_response"): {
            "Sunday at 23:30": "Mon 2026-03-02 03:30 UTC",
        },
        ("enterprise_premium / issue_report / category_2", "acknowledgement"): {
            "on Christmas Day": "Fri 2026-12-25 16:00 UTC",
        },
        ("enterprise_premium / issue_report / category_2", "first_response"): {
            "the last of the year": "Fri 2027-01-01 00:00 UTC",
            "in the night the clocks go forward in Europe": "Sun 2026-03-29 08:30 UTC",
        },
    },
)

# "up to 8 hours / year", on the lines of both Enterprise plans; Basic has no such line.
ENABLEMENT_HOURS = {
    "free": None,
    "starter": None,
    "small": None,
    "medium": None,
    "platinum": None,
    "enterprise_advanced": 8,
    "enterprise_premium": 8,
}
