"""Rungs are valid, in order of time, and given once."""

import pytest

from tests.policies.checks.case import Case, assert_is_reported

CASES = {
    "rungs out of order": Case(
        "      - {at: breach, tell: [assignee, lead]}",
        "      - {at: breach, tell: [assignee, lead]}\n      - {at: ¦75%, tell: [lead]}",
        "clocks.first_response.ladder[2].at",
        '"75%" is earlier than the rung above it',
    ),
    "a rung given twice": Case(
        "{at: 1 business hour after, tell: [lead]}",
        "{at: 1 business hour after, tell: [lead]}\n"
        "      - {at: ¦1 business hours after, tell: [assignee]}",
        "clocks.first_response.ladder[3].at",
        'the rung "1 business hours after" is given twice',
    ),
    "a rung zero hours before": Case(
        "at: 12 hours before",
        "at: ¦0 hours before",
        "clocks.triage.ladder[0].at",
        "is out of range",
    ),
    "a rung before the start": Case(
        "at: 12 hours before",
        "at: ¦48 hours before",
        "clocks.triage.ladder[0].at",
        '"48 hours before" is not after the start of a target "2 days"',
    ),
    "rungs on a clock without a time": Case(
        "    within: 2 days\n    pauses: [information]\n    ladder:",
        "    within: {guarantee: none}\n    pauses: [information]\n    ¦ladder:",
        "clocks.triage.ladder",
        "none of its targets has a time",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_error_is_reported_at_its_place_with_a_fix(case: Case) -> None:
    assert_is_reported(case)
