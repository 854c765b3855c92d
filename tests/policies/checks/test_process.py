"""The lifecycle is complete, and uses declared names."""

import pytest

from tests.policies.checks.case import Case, assert_is_reported

WITH_TRIAGE = """\
  escalation: {told_before_conclusion: [requester], clause: escalation}
  triage:
    checklist:
      - {id: look, does: Look at it}
      - {id: ask, does: Ask about it}
    clause: escalation
"""
NOTICES = "notices:\n"
CASES = {
    "a notice for an unknown fact": Case(
        NOTICES,
        "notices:\n  - {event: resolved, tell: [lead], facts: {¦beeta: [true]}, clause: scope}\n",
        "notices[0].facts.beeta",
        'the fact "beeta" is not declared',
        'did you mean "beta"?',
    ),
    "a notice for a fact without choices": Case(
        NOTICES,
        "notices:\n  - {event: resolved, tell: [lead], facts: {¦users: ['3']}, clause: scope}\n",
        "notices[0].facts.users",
        'the fact "users" has no choices',
        "add `choices` to it",
    ),
    "a notice for a value that a fact cannot have": Case(
        NOTICES,
        "notices:\n  - {event: resolved, tell: [lead], facts: {beta: [¦maybe]}, clause: scope}\n",
        "notices[0].facts.beta[0]",
        'the choice "maybe" is not declared',
        "allowed: true, false",
    ),
    "a channel for re-opening that is not accepted": Case(
        "process:\n",
        "process:\n  closing: {after: 30 days, reopen_by: [¦fax], clause: response}\n",
        "process.closing.reopen_by[0]",
        'the channel "fax" is not declared',
        "phone",
    ),
    "a level that depends on the region": Case(
        "process:\n",
        "process:\n  levels:\n    ladder:\n      - says: Lead\n        clause: scope\n"
        "        audience: {by: [¦region], cells: {north: lead}}\n",
        "process.levels.ladder[0].audience.by[0]",
        'the audience of a level cannot depend on "region"',
        "use plan and priority",
    ),
    "an outcome that leads to a triage which the process lacks": Case(
        WITH_TRIAGE,
        "  first_response: {outcomes: [resolution, ¦escalation], clause: escalation}\n",
        "process.first_response.outcomes[1]",
        "leads to triage, which this process does not have",
        "work_started",
    ),
    "a rule for an undeclared kind": Case(
        "says: Betas are not supported.",
        "says: Betas are not supported.\n    kinds: [¦isue]",
        "coverage[1].kinds[0]",
        'the kind "isue" is not declared',
        'did you mean "issue"?',
    ),
    "a notice for an undeclared priority": Case(
        "{event: resolved, tell: [requester],",
        "{event: resolved, tell: [requester], priorities: [¦urgnt],",
        "notices[1].priorities[0]",
        'the priority "urgnt" is not declared',
        'did you mean "urgent"?',
    ),
    "a reason given twice": Case(
        "says: Betas are not supported.",
        "says: Betas are not supported.\n    id: a\n  - {id: ¦a, when: beta, verdict: "
        "not_covered, clause: scope, says: No.}",
        "coverage[2].id",
        'the reason "a" is given twice',
    ),
    "a notice about a clock": Case(
        "event: resolved, tell: [requester]",
        "event: ¦clock_breached, tell: [requester]",
        "notices[1].event",
        "the ladder of the clock notifies of it",
        "ladder",
    ),
    "a forecast from one viewpoint": Case(
        "viewpoints: [engineering, product]",
        "¦viewpoints: [engineering]",
        "process.forecast.viewpoints",
        "need the viewpoint product",
        "both viewpoints",
    ),
    "a policy from before the web": Case(
        "revision: 2026-01-31", "revision: ¦1026-01-31", "revision", "is before 1990-01-01"
    ),
    "a channel for an unknown plan": Case(
        "plans: [gold], kinds",
        "plans: [¦golden], kinds",
        "channels[1].plans[0]",
        'the plan "golden" is not declared',
        'did you mean "gold"?',
    ),
    "a channel for an unknown kind": Case(
        "kinds: [issue]",
        "kinds: [¦bug]",
        "channels[1].kinds[0]",
        'the kind "bug" is not declared',
    ),
    "a channel for an unknown priority": Case(
        "priorities: [urgent], clause: scope",
        "priorities: [¦high], clause: scope",
        "channels[1].priorities[0]",
        'the priority "high" is not declared',
    ),
    "a forecast without a row": Case(
        "    priorities: [high, low]\n    windows:",
        "    priorities: [high, low, wild]\n    ¦windows:",
        "process.forecast.windows",
        'no window for the engineering priority "wild"',
    ),
    "a forecast without a cell": Case(
        "      high: {high: 5 business days, low: 10 business days}",
        "      ¦high: {high: 5 business days}",
        "process.forecast.windows.high",
        'no window for engineering "high", product "low"',
        'add "low: 10 business days"',
    ),
    "a forecast for an unknown priority": Case(
        "      high: {high: 5",
        "      high: {¦hgh: 1 day, high: 5",
        "process.forecast.windows.high.hgh",
        'the forecast priority "hgh" is not declared',
        'did you mean "high"?',
    ),
    "a step of the checklist twice": Case(
        "{id: ask,",
        "{id: ¦look,",
        "process.triage.checklist[1].id",
        'the step "look" is given twice',
    ),
    "an assignment for an unknown priority": Case(
        "keep_assigned: [urgent]",
        "keep_assigned: [¦urgnt]",
        "process.assignment.keep_assigned[0]",
        'the priority "urgnt" is not declared',
        'did you mean "urgent"?',
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_error_is_reported_at_its_place_with_a_fix(case: Case) -> None:
    assert_is_reported(case)
