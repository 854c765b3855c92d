"""Rungs are valid, in order of time, and given once."""

import pytest

from tests.policies.checks.case import Case, assert_is_reported
from tests.policies.sample_documents import broken, places_marked, problems_in

LEVELS = """\
process:
  levels:
    ladder:
      - {audience: lead, says: The lead, clause: response}
      - {audience: customer, says: The customer, clause: response}
"""


def raising(first: str, second: str) -> str:
    """The sample with levels of management, to which the last two rungs of a clock raise."""
    text = broken("process:\n", LEVELS)
    text = broken(
        "tell: [assignee, lead]}", f"tell: [assignee, lead], raises_level: {first}}}", text
    )
    return broken(
        "hour after, tell: [lead]}", f"hour after, tell: [lead], raises_level: {second}}}", text
    )


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
    "a rung that raises to no level": Case(
        "hour after, tell: [lead]}",
        "hour after, tell: [lead], raises_level: ¦1}",
        "clocks.first_response.ladder[2].raises_level",
        "there is no level 1; the process has 0",
        "add `levels` to `process`",
    ),
    "a rung that raises to a level below the one before": Case(
        "      - {at: breach, tell: [assignee, lead]}\n"
        "      - {at: 1 business hour after, tell: [lead]}",
        "      - {at: breach, tell: [assignee, lead], raises_level: 2}\n"
        "      - {at: 1 business hour after, tell: [lead], raises_level: ¦1}",
        "clocks.first_response.ladder[2].raises_level",
        "one above it raises to level 2 already",
    ),
    "a rung that does nothing": Case(
        "- {at: 2 business days after start, tell: [requester]}",
        "- ¦{at: 2 business days after start}",
        "clocks.information_reminder.ladder[0]",
        "this rung tells nobody, and raises no level",
        "tell: [assignee]",
    ),
    "a reminder after the end": Case(
        "at: 2 business days after start",
        "at: ¦10 business days after start",
        "clocks.information_reminder.ladder[0].at",
        '"10 business days after start" is not before the end of a target "10 business days"',
        "write a shorter time",
    ),
    "a reminder after the deadline": Case(
        "at: 2 business days after start",
        "at: ¦2 business days after",
        "clocks.information_reminder.ladder[0].at",
        "the clock has ended by then",
        "count it from the start",
    ),
    "rungs from the start that are not in order": Case(
        "      - {at: 2 business days after start, tell: [requester]}",
        "      - {at: 5 business days after start, tell: [requester]}\n"
        "      - {at: ¦2 business days after start, tell: [requester]}",
        "clocks.information_reminder.ladder[1].at",
        "is earlier than the rung above it",
        "put the rungs in order of time",
    ),
    "rungs on a clock without a time": Case(
        "    within: 2 days\n    pauses: [information, proposal]\n    ladder:",
        "    within: {guarantee: none}\n    pauses: [information, proposal]\n    ¦ladder:",
        "clocks.triage.ladder",
        "none of its targets has a time",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_error_is_reported_at_its_place_with_a_fix(case: Case) -> None:
    assert_is_reported(case)


@pytest.mark.fault(36)
@pytest.mark.parametrize(
    ("first", "second"),
    [("true", "true"), ("1", "2"), ("lead", "customer"), ("lead", "2"), ("2", "false")],
)
def test_a_rung_names_a_level_by_number_by_audience_or_by_its_count(
    first: str, second: str
) -> None:
    assert problems_in(raising(first, second)) == []


@pytest.mark.fault(36)
@pytest.mark.parametrize(
    ("first", "second", "wrong", "right"),
    [
        ("true", "¦3", "there is no level 3; the process has 2", "write 1 to 2"),
        (
            "true",
            "¦leed",
            'no level of the process has the audience "leed"',
            'did you mean "lead"?',
        ),
        ("2", "¦1", "one above it raises to level 2 already", "write a higher level"),
        ("¦0", "true", "0 is not a level", "write its number, the name of its audience, or true"),
        ("¦1.5", "true", "1.5 is not a level", "write its number"),
    ],
)
def test_a_level_that_a_rung_cannot_raise_to_is_an_error_at_the_rung(
    first: str, second: str, wrong: str, right: str
) -> None:
    marked = raising(first, second)
    [problem] = problems_in(marked)
    rung = 1 if "¦" in first else 2
    assert problem.path == f"clocks.first_response.ladder[{rung}].raises_level"
    assert wrong in problem.wrong
    assert right in problem.right
    assert (problem.line, problem.column) in places_marked(marked)


@pytest.mark.parametrize(("second", "wrong"), [("1", []), ("2", ["raises to level 2 already"])])
def test_levels_side_by_side_are_told_in_any_order_and_each_once(
    second: str, wrong: list[str]
) -> None:
    text = raising("2", second).replace("  levels:\n", "  levels:\n    order: any\n")
    found = [problem.wrong for problem in problems_in(text)]
    assert [text for text in found if "already" in text] == [
        f"this rung tells nobody: one above it {text}" for text in wrong
    ]
