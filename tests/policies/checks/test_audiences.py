"""Whoever is told can be reached."""

import pytest

from tests.policies.checks.case import Case, assert_is_reported
from tests.policies.sample_documents import broken, problems_in

CASES = {
    "a notice about an internal note": Case(
        "event: resolved, tell: [requester]",
        "event: ¦note_added, tell: [requester]",
        "notices[1].event",
        '"note_added" is internal: no notice is sent about it',
    ),
    "a referral to nobody": Case(
        "says: Betas are not supported.",
        "says: Betas are not supported.\n    refers_to: ¦sales",
        "coverage[1].refers_to",
        'the audience "sales" is nobody we know',
    ),
    "a level of nobody": Case(
        "  assignment: {keep_assigned: [urgent], clause: response}",
        "  assignment: {keep_assigned: [urgent], clause: response}\n  levels:\n    ladder:\n"
        "      - {audience: ¦boss, says: The boss, clause: escalation}",
        "process.levels.ladder[0].audience",
        'the audience "boss" is nobody we know',
    ),
    "somebody twice on one rung": Case(
        "{at: breach, tell: [lead]}",
        "{at: breach, tell: [lead, ¦lead]}",
        "clocks.triage.ladder[1].tell[1]",
        '"lead" is named twice',
    ),
    "an unknown audience of a rung": Case(
        "{at: breach, tell: [lead]}",
        "{at: breach, tell: [¦leed]}",
        "clocks.triage.ladder[1].tell[0]",
        'the audience "leed" is nobody we know',
        'did you mean "lead"?',
    ),
    "an unknown audience of a notice": Case(
        "event: resolved, tell: [requester]",
        "event: resolved, tell: [¦custmer]",
        "notices[1].tell[0]",
        'the audience "custmer" is nobody we know',
        "add it under `contacts`",
    ),
    "an unknown contact for unassigned tickets": Case(
        "unassigned: lead",
        "unassigned: ¦leed",
        "unassigned",
        'the contact "leed" is not declared',
        'did you mean "lead"?',
    ),
    "triage waiting for somebody who is never told": Case(
        "told_before_conclusion: [requester]",
        "told_before_conclusion: [requester, ¦account_manager]",
        "process.escalation.told_before_conclusion[1]",
        'triage waits until "account_manager" is told, but no notice tells them',
        "{event: escalated, tell: [account_manager], ...}",
    ),
    "the same notice twice": Case(
        "  - {event: resolved,",
        "  - {event: escalated, tell: [¦requester], clause: escalation}\n  - {event: resolved,",
        "notices[1].tell[0]",
        '"requester" is told of "escalated" by notices[0] too',
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_disagreement_is_reported_where_it_stands_with_what_would_be_right(case: Case) -> None:
    assert_is_reported(case)


def test_different_templates_may_tell_the_same_people_of_one_event() -> None:
    notice = "  - {event: escalated, tell: [requester], template: more, clause: escalation}\n"
    assert problems_in(broken("  - {event: resolved,", notice + "  - {event: resolved,")) == []
