"""Clocks can start, stop and pause."""

import pytest

from tests.policies.checks.case import Case, assert_is_reported
from tests.policies.sample_documents import POLICY, broken, places_marked, problems_in

CLOCKS = "clocks:\n  first_response:"
UPDATES = (
    "clocks:\n  updates:\n    starts: [responded]\n    stops: [¦responded]\n"
    "    within: 1 day\n    clause: response\n  first_response:"
)

WITHOUT_HOURS = broken(
    "support_hours:\n  by: [plan]\n  cells:\n    gold: always\n    otherwise: office\n", "", POLICY
)
CASES = {
    "a cut-off that is no time of day": Case(
        "    within: 2 days\n",
        '    within: 2 days\n    cut_off: ¦"15:60"\n',
        "clocks.triage.cut_off",
        '"15:60" is not a time of day',
        'for example "15:00"',
    ),
    "a clock that continues into the following week": Case(
        "within: 2 days",
        "within: ¦the following week\n    on_change: continue",
        "clocks.triage.within",
        '"the following week" has no rest to continue with',
        "use `on_change: recount`",
    ),
    "a clock that starts and stops at once": Case(
        CLOCKS,
        UPDATES,
        "clocks.updates.stops[0]",
        'the event "responded" both starts and ends this clock',
        "repeats: true",
    ),
    "a clock that follows another clock": Case(
        "stops: [triage_concluded]",
        "stops: [triage_concluded, ¦clock_breached]",
        "clocks.triage.stops[1]",
        "is an event of a clock",
        "event of the ticket lifecycle",
    ),
    "a clock that nothing stops after re-opening": Case(
        "    starts: [opened]\n    stops: [responded]\n    announced: true\n",
        "    starts: [opened]\n    reopening: ¦new_cycle\n    stops: [responded]\n",
        "clocks.first_response.reopening",
        "nothing stops this clock after the ticket is reopened",
        "reopening: none",
    ),
    "two announced clocks that start together": Case(
        "    starts: [escalated]\n    stops: [triage_concluded]\n    announced: true",
        "    starts: [escalated, opened]\n    stops: [triage_concluded]\n    announced: ¦true",
        "clocks.triage.announced",
        'notices of "opened" already announce the clock "first_response"',
        "remove `announced` from one",
    ),
    "a clock that is stopped and cancelled at once": Case(
        "stops: [triage_concluded]",
        "stops: [triage_concluded]\n    cancels: [¦triage_concluded]",
        "clocks.triage.cancels[0]",
        "both stops and cancels this clock",
    ),
    "an event named twice": Case(
        "starts: [escalated]",
        "starts: [escalated, ¦escalated]",
        "clocks.triage.starts[1]",
        '"escalated" is given twice',
    ),
    "an undeclared pause": Case(
        "pauses: [information]",
        "pauses: [information, ¦engineering]",
        "clocks.triage.pauses[1]",
        'the pause "engineering" is not declared',
        "add `engineering` to `pauses`",
    ),
    "a pause that no clock has": Case(
        "  information: {clause: response}",
        "  information: {clause: response}\n  ¦engineering: {clause: response}",
        "pauses.engineering",
        'no clock pauses for "engineering"',
    ),
    "a clock of an account": Case(
        CLOCKS,
        CLOCKS + "\n    cancels: [¦credit_earned]",
        "clocks.first_response.cancels[0]",
        "a clock belongs to a ticket",
    ),
}


def test_a_cut_off_needs_a_calendar() -> None:
    text = broken("within: 2 days", "within: 2 days\n    ¦cut_off: '15:00'", WITHOUT_HOURS)
    [problem] = [each for each in problems_in(text) if each.path == "clocks.triage.cut_off"]
    assert "the cut-off needs a calendar" in problem.wrong
    assert [(problem.line, problem.column)] == places_marked(text)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_error_is_reported_at_its_place_with_a_fix(case: Case) -> None:
    assert_is_reported(case)
