"""`desk simulate` plays stories on the real workflow, and says what did not come of them."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from commands.scenario.script import read_script
from commands.timeline.account_timeline import AccountTimeline
from commands.timeline.ticket_timeline import Timeline
from settings import ROOT
from tests.commands.scenario.sample_scenarios import CATALOGUE, NOW, SOUND, run

SCENARIOS = ROOT / "examples" / "scenarios"
SHIPPED = [path for slug in CATALOGUE.slugs for path in sorted((SCENARIOS / slug).glob("*.yaml"))]


@pytest.fixture(scope="module")
def shipped() -> dict[str, Any]:
    report: dict[str, Any] = json.loads(run(*SHIPPED, "--json").stdout)
    return report


@pytest.fixture(scope="module")
def by_file(shipped: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {played["file"]: played for played in shipped["scenarios"]}


@pytest.mark.clause(
    "contently/eligibility",
    "contently/availability",
    "contently/channels",
    "contently/first-response",
    "contently/first-response-content",
    "contently/limitation",
    "contently/triage",
    "contently/escalation-update",
    "contently/engineering",
    "contently/handoff-content",
    "contently/forecast",
    "contently/forecast-basis",
)
@pytest.mark.clause(
    "prismic/plans",
    "prismic/basic",
    "prismic/premium-outage",
    "prismic/category-1",
    "prismic/category-2",
    "prismic/category-3",
    "prismic/enablement",
    "prismic/contract-prevails",
)
@pytest.mark.clause(
    "cention/channels",
    "cention/hours",
    "cention/holidays",
    "cention/response-times",
    "cention/measured-in-hours",
    "cention/responsibilities",
    "cention/exclusions",
    "cention/escalation",
)
@pytest.mark.clause(
    "contensive/user-support",
    "contensive/feature-correction",
    "contensive/feature-requirements",
    "contensive/framework-bug",
    "contensive/framework-not-bug",
    "contensive/fees",
)
@pytest.mark.clause(
    "contentsquare/hours",
    "contentsquare/critical-24x7",
    "contentsquare/classification",
    "contentsquare/p0",
    "contentsquare/p1",
    "contentsquare/p3",
    "contentsquare/response-definition",
    "contentsquare/resolution-definition",
    "contentsquare/browser",
    "contentsquare/escalation",
    "contentsquare/resolution-credit",
    "contentsquare/availability",
    "contentsquare/unavailability",
    "contentsquare/claims",
)
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_story_that_ships_holds(path: Path, by_file: dict[str, dict[str, Any]]) -> None:
    played = by_file[str(path)]
    assert played["failures"] == []
    assert played["passed"]
    assert played["expectations"] > 1


@pytest.mark.parametrize("slug", CATALOGUE.slugs)
def test_every_policy_has_at_least_four_stories(slug: str) -> None:
    assert len([path for path in SHIPPED if path.parent.name == slug]) >= 4


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_stories_that_ship_are_some_years_away(path: Path) -> None:
    script = read_script(path, CATALOGUE, NOW)
    assert script.scenario.begins[1] > NOW + timedelta(days=4 * 365)
    assert script.policy.policy == path.parent.name


def test_json_has_the_whole_story(shipped: dict[str, Any]) -> None:
    assert shipped.keys() == {"passed", "scenarios", "seconds"}
    assert shipped["passed"]
    for played in shipped["scenarios"]:
        assert played.keys() == {
            *("file", "title", "policy", "passed", "expectations", "failures", "refusal", "story"),
            "account",
        }
        assert any(played[key] for key in ("refusal", "story", "account"))
        if played["story"] is not None:
            story = Timeline.model_validate(played["story"])
            assert story.policy == played["policy"]
            assert all(story.ticket in mail.subject for mail in story.mails())
        if played["account"] is not None:
            account = AccountTimeline.model_validate(played["account"])
            assert account.policy == played["policy"]
            assert account.scenes


def test_stories_told_together_keep_their_mails_apart(shipped: dict[str, Any]) -> None:
    told = [Timeline.model_validate(p["story"]) for p in shipped["scenarios"] if p["story"]]
    ids = [mail.message_id for story in told for mail in story.mails()]
    assert len(ids) == len(set(ids)) == sum(story.notices_owed for story in told)


FAILING = (
    SOUND
    + """\
    expect:
      stage: triage
      clocks:
        first_response: {state: breached, due_at: 2031-03-06 17:00}
        next_update: absent
      told: {responded: [account_manager], closed: [requester]}
  - at: 2031-03-05 11:00
    by: ada
    do: escalate
    reason: After all.
  - {at: 2031-03-06 09:00, by: requester, do: reopen, reason: No., expect: {refused: WrongStage}}
"""
)
EXPECTED = [
    ("steps[0].expect.stage", "triage", "resolved"),
    ("steps[0].expect.clocks.first_response.state", "breached", "met"),
    ("steps[0].expect.clocks.first_response.due_at", "2031-03-06 17:00", "2031-03-06 10:00"),
    ("steps[0].expect.told.responded", "account_manager told", "requester told"),
    ("steps[0].expect.told.closed", "requester told", "nobody told"),
    (
        "steps[1].do",
        "no refusal",
        "WrongStage: escalate belongs to in_progress; ticket PLAY-0000-0001 is resolved",
    ),
    ("steps[2].expect.refused", "WrongStage", "no refusal"),
]


def test_everything_that_does_not_hold_is_named(scenario: Path) -> None:
    scenario.write_text(FAILING)
    result = run(scenario, "--json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert not report["passed"]
    [played] = report["scenarios"]
    assert [(f["path"], f["expected"], f["found"]) for f in played["failures"]] == EXPECTED
    lines = FAILING.splitlines()
    assert [lines[f["line"] - 1].split(":")[0].strip(" -") for f in played["failures"]] == [
        "stage",
        "first_response",
        "first_response",
        "told",
        "told",
        "do",
        "{at",
    ]


def test_people_see_the_timeline_and_what_does_not_hold(scenario: Path) -> None:
    scenario.write_text(FAILING)
    result = run(scenario, SCENARIOS / "contently" / "a-call-that-is-not-a-channel.yaml")
    assert result.exit_code == 1
    place, expected, found = EXPECTED[0]
    line = FAILING.splitlines().index("      stage: triage") + 1
    assert f"{scenario}:{line}:14 {place}: expected {expected}; found {found}" in result.output
    assert "Mia asks, Ada answers." in result.output
    assert "Ada Agent (agent) tries to escalate" in result.output
    assert "2 of 2 expectations hold" in result.output
    assert "2 scenarios, 1 of 2 do not hold" in result.output


def test_an_opening_that_should_be_refused_and_is_not_does_not_hold(scenario: Path) -> None:
    head, _ = SOUND.split("steps:")
    scenario.write_text(f"{head}  expect: {{refused: RequestRefused, because: no channel}}\n")
    [played] = json.loads(run(scenario, "--json").stdout)["scenarios"]
    assert [f["path"] for f in played["failures"]] == [
        "ticket.expect.refused",
        "ticket.expect.because",
    ]
