"""Audiences can be reached, and get a notice once."""

import pytest

from tests.policies.checks.case import Case, assert_is_reported
from tests.policies.sample_documents import broken, problems_in

CASES = {
    "a finding for the requester": Case(
        "event: resolved, tell: [requester]",
        "event: finding_recorded, tell: [¦requester]",
        "notices[1].tell[0]",
        '"finding_recorded" is about the work of the support team; customers do not see it',
        "notify others",
    ),
    "the packet for engineering, for the customer": Case(
        "event: resolved, tell: [requester]",
        "event: handed_over, tell: [lead, ¦customer]",
        "notices[1].tell[1]",
        '"handed_over" is about the work of the support team',
        "add `template: with_engineering`",
    ),
    "a claim that waits for a decision, for the customer": Case(
        "event: resolved, tell: [requester]",
        "event: claim_overdue, tell: [¦customer]",
        "notices[1].tell[0]",
        '"claim_overdue" is about the work of the support team; customers do not see it',
        "notify others",
    ),
    "a notice about an internal note": Case(
        "event: resolved, tell: [requester]",
        "event: ¦note_added, tell: [requester]",
        "notices[1].event",
        '"note_added" is an internal event, which has no notices',
    ),
    "a referral to an undeclared audience": Case(
        "says: Betas are not supported.",
        "says: Betas are not supported.\n    refers_to: ¦sales",
        "coverage[1].refers_to",
        'the audience "sales" is not declared',
    ),
    "a level of an undeclared audience": Case(
        "  assignment: {keep_assigned: [urgent], clause: response}",
        "  assignment: {keep_assigned: [urgent], clause: response}\n  levels:\n    ladder:\n"
        "      - {audience: ¦boss, says: The boss, clause: escalation}",
        "process.levels.ladder[0].audience",
        'the audience "boss" is not declared',
    ),
    "an audience twice on one rung": Case(
        "{at: breach, tell: [lead]}",
        "{at: breach, tell: [lead, ¦lead]}",
        "clocks.triage.ladder[1].tell[1]",
        '"lead" is given twice',
    ),
    "an unknown audience of a rung": Case(
        "{at: breach, tell: [lead]}",
        "{at: breach, tell: [¦leed]}",
        "clocks.triage.ladder[1].tell[0]",
        'the audience "leed" is not declared',
        'did you mean "lead"?',
    ),
    "an unknown audience of a notice": Case(
        "event: resolved, tell: [requester]",
        "event: resolved, tell: [¦custmer]",
        "notices[1].tell[0]",
        'the audience "custmer" is not declared',
        "or add it to `contacts`",
    ),
    "an unknown contact for unassigned tickets": Case(
        "unassigned: lead",
        "unassigned: ¦leed",
        "unassigned",
        'the contact "leed" is not declared',
        'did you mean "lead"?',
    ),
    "nobody for idle tickets": Case(
        "  assignment: {keep_assigned: [urgent], clause: response}",
        "  assignment: {keep_assigned: [urgent], clause: response}\n"
        "  idle: {after: 5 days, ¦tell: [], clause: response}",
        "process.idle.tell",
        "nobody is reminded of an idle ticket",
        "add at least one audience",
    ),
    "triage waits for an audience that is not notified": Case(
        "told_before_conclusion: [requester]",
        "told_before_conclusion: [requester, ¦account_manager]",
        "process.escalation.told_before_conclusion[1]",
        'triage waits until "account_manager" is notified, but no notice does so',
        "{event: escalated, tell: [account_manager], ...}",
    ),
    "a notice for a region that is not declared": Case(
        "event: resolved, tell: [requester]",
        "event: resolved, regions: [¦nort], tell: [requester]",
        "notices[1].regions[0]",
        'the region "nort" is not declared',
        'did you mean "north"?',
    ),
    "the same notice twice": Case(
        "  - {event: resolved,",
        "  - {event: escalated, tell: [¦requester], clause: escalation}\n  - {event: resolved,",
        "notices[1].tell[0]",
        'notices[0] already notifies "requester" of "escalated"',
    ),
}


def test_notices_for_different_regions_are_not_repeated() -> None:
    text = broken("  north: {says: The north}", "  north: {says: The north}\n  south: {says: X}")
    text = text.replace(
        "  - {event: escalated, tell: [requester, lead], clause: escalation}",
        "  - {event: escalated, regions: [north], tell: [requester], clause: escalation}\n"
        "  - {event: escalated, regions: [south], tell: [requester], clause: escalation}",
    )
    assert not [problem for problem in problems_in(text) if "already notifies" in problem.wrong]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_error_is_reported_at_its_place_with_a_fix(case: Case) -> None:
    assert_is_reported(case)


def test_an_audience_may_get_different_templates_for_one_event() -> None:
    notice = "  - {event: escalated, tell: [requester], template: more, clause: escalation}\n"
    assert problems_in(broken("  - {event: resolved,", notice + "  - {event: resolved,")) == []
