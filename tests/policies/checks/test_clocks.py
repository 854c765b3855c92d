"""Clocks can start, stop and pause."""

import pytest

from tests.policies.checks.case import Case, assert_is_reported
from tests.policies.sample_documents import POLICY, broken, places_marked, problems_in

CLOCKS = "clocks:\n  first_response:"
UPDATES = (
    "clocks:\n  updates:\n    starts: [responded]\n    stops: [¦responded]\n"
    "    within: 1 day\n    clause: response\n  first_response:"
)

PROPOSAL = (
    "  proposal: {starts: [milestone.proposed], stops: [milestone.refused], clause: response}"
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
    "a pause of its own that nothing stops": Case(
        PROPOSAL,
        "  ¦proposal: {starts: [milestone.proposed], clause: response}",
        "pauses.proposal",
        'nothing stops the pause "proposal"',
        "add stops",
    ),
    "a pause that starts and stops at once": Case(
        "stops: [milestone.refused]",
        "stops: [milestone.refused, ¦milestone.proposed]",
        "pauses.proposal.stops[1]",
        'the event "milestone.proposed" both starts and stops this pause',
        "remove one of them",
    ),
    "a pause of every policy with events": Case(
        "  information: {clause: response}",
        "  information: {¦stops: [opened], clause: response}",
        "pauses.information.stops",
        '"information" lasts as long as the ticket waits',
        "remove `stops`",
    ),
    "a promise that ends a ticket": Case(
        "    reminds: true\n    on_expiry: resolve\n",
        "    on_expiry: ¦resolve\n",
        "clocks.information_reminder.on_expiry",
        '"on_expiry: resolve" is for clocks that remind of an answer',
        "add `reminds: true`",
    ),
    "an end that no answer prevents": Case(
        "stops: [information_provided]",
        "¦stops: [update_posted]",
        "clocks.information_reminder.stops",
        "an answer does not stop this clock",
        "add `information_provided` to `stops`",
    ),
    "an unknown milestone of a clock": Case(
        "stops: [triage_concluded]",
        "stops: [triage_concluded, ¦milestone.propose]",
        "clocks.triage.stops[1]",
        'the milestone "propose" is not declared',
        'did you mean "proposed"?',
    ),
    "an unknown milestone of a notice": Case(
        "{event: escalated, tell: [requester, lead]",
        "{event: ¦milestone.done, tell: [requester, lead]",
        "notices[0].event",
        'the milestone "done" is not declared',
        "proposed",
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
    "a clock that goes on after re-opening, and nothing stops it": Case(
        "    starts: [opened]\n    stops: [responded]\n    announced: true\n",
        "    starts: [opened]\n    reopening: ¦same_cycle\n    stops: [responded]\n",
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
        "pauses: [information, proposal]",
        "pauses: [information, proposal, ¦engineering]",
        "clocks.triage.pauses[2]",
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
