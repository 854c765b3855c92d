"""`desk simulate` plays stories on the real workflow, and says what did not come of them."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from commands.account_story import AccountStory
from commands.failure import Failure
from commands.simulate import simulate
from commands.simulation.account_comparison import COMPARE as COMPARE_ACCOUNT
from commands.simulation.account_expectation import AccountExpectation
from commands.simulation.comparison import COMPARE, Sight, compare
from commands.simulation.consistency import year_alike
from commands.simulation.expectation import Expectation
from commands.simulation.script import read_script
from commands.story import Story
from policies.catalogue import Catalogue
from policies.problems import PolicyErrors, dotted
from policies.vocabulary import EventType, Role
from settings import ROOT
from tests.harness import NEW_YORK, new_york, opening
from workflows.ticket.lifecycle import allowed_actions
from workflows.ticket.ticket import Ticket
from workflows.ticket.views import view

SCENARIOS = ROOT / "examples" / "scenarios"
CATALOGUE = Catalogue.load()
SHIPPED = [path for slug in CATALOGUE.slugs for path in sorted((SCENARIOS / slug).glob("*.yaml"))]
NOW = datetime(2027, 1, 1, tzinfo=UTC)

app = typer.Typer(rich_markup_mode="rich")
app.command()(simulate)

SOUND = """\
title: A question
story: Mia asks, Ada answers.
policy: contently
contract:
  account: harbour-media
  name: Harbour Media
  policy: contently
  publications: [{name: tide}]
zone: America/New_York
people: {ada: {role: agent, name: Ada Agent}}
ticket:
  received_at: 2031-03-04 10:00
  requester: {name: Mia Harbour, email: mia@harbour.example}
  channel: email
steps:
  - at: 2031-03-05 10:00
    by: ada
    do: respond
    message: It is here.
    outcomes: [resolution]
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "300"})


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    return tmp_path / "story.yaml"


# --- what ships -----------------------------------------------------------------------------------


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
            story = Story.model_validate(played["story"])
            assert story.policy == played["policy"]
            assert all(story.ticket in mail.subject for mail in story.mails())
        if played["account"] is not None:
            account = AccountStory.model_validate(played["account"])
            assert account.policy == played["policy"]
            assert account.scenes


def test_stories_told_together_keep_their_mails_apart(shipped: dict[str, Any]) -> None:
    told = [Story.model_validate(p["story"]) for p in shipped["scenarios"] if p["story"]]
    ids = [mail.message_id for story in told for mail in story.mails()]
    assert len(ids) == len(set(ids)) == sum(story.notices_owed for story in told)


# --- what does not hold ---------------------------------------------------------------------------

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


# --- what cannot be played ------------------------------------------------------------------------

MALFORMED = {
    "no title": ("title: A question\n", "", 'the key "title" is missing'),
    "no such key": ("zone: ", "zon: ", 'the key "zon" is unknown; did you mean "zone"?'),
    "no such key of an action": (
        "message: It is here.",
        "mesage: It is here.",
        'steps[0].mesage: the key "mesage" is unknown; did you mean "message"?',
    ),
    "no such action": (
        "do: respond",
        "do: respnd",
        'steps[0].do: "respnd" is not known here; did you mean "respond"?',
    ),
    "no action": ("    do: respond\n", "", 'the key "do" is missing'),
    "no such outcome": ("[resolution]", "[solution]", 'did you mean "resolution"?'),
    "nobody": ("by: ada\n", "by: adda\n", '"adda" is nobody of this scenario; did you mean'),
    "the system": ("by: ada\n", "by: system\n", '"system" is nobody of this scenario'),
    "no such role": ("role: agent", "role: agnt", "people.ada.role"),
    "no such policy": (
        "policy: contently\ncon",
        "policy: contentl\ncon",
        'did you mean "contently"',
    ),
    "no such policy file": ("policy: contently\ncon", "policy: no.yaml\ncon", "cannot be read"),
    "no contract for it": (
        "  policy: contently",
        "  policy: prism",
        "contract.policy: there is no",
    ),
    "no such plan": ("  name: Harbour", "  plan: gold\n  name: Harbour", "contract.plan"),
    "no such override": (
        "  name: Harbour",
        "  overrides: {clocks.first_response.within: soon}\n  name: Harbour",
        'contract.overrides.clocks.first_response.within: "soon" is not a duration',
    ),
    "no such zone": ("America/New_York", "America/New_Yrk", "zone"),
    "no time": ("at: 2031-03-05 10:00", "at: Wednesday", 'steps[0].at: "Wednesday" is no time'),
    "a time that is skipped": (
        "at: 2031-03-05 10:00",
        "at: 2031-03-09 02:30",
        '"2031-03-09 02:30" is skipped in America/New_York',
    ),
    "out of order": ("at: 2031-03-05", "at: 2031-03-03", 'is before "2031-03-04 10:00"'),
    "the past": ("2031-03-04", "2021-03-04", '"2021-03-04 10:00" has passed'),
    "no refusal": (
        "[resolution]\n",
        "[resolution]\n    expect: {refused: Wrong}\n",
        "is no refusal",
    ),
    "no reason": (
        "[resolution]\n",
        "[resolution]\n    expect: {because: x}\n",
        "nothing is refused here",
    ),
    "no such clock state": (
        "[resolution]\n",
        "[resolution]\n    expect: {clocks: {first_response: {state: run}}}\n",
        'steps[0].expect.clocks.first_response.state: "run" is not known here',
    ),
    "no time due": (
        "[resolution]\n",
        "[resolution]\n    expect: {clocks: {first_response: {due_at: soon}}}\n",
        'steps[0].expect.clocks.first_response.due_at: "soon" is no time',
    ),
    "nothing happens": (
        "    by: ada\n    do: respond\n    message: It is here.\n    outcomes: [resolution]\n",
        "",
        "nothing happens in this step",
    ),
    "steps after a refusal": (
        "channel: email",
        "channel: phone\n  expect: {refused: RequestRefused, stage: received}",
        "there is no ticket when the opening is refused",
    ),
}


@pytest.mark.parametrize("case", MALFORMED.values(), ids=MALFORMED)
def test_what_is_wrong_with_a_scenario_is_said_with_its_place(
    case: tuple[str, str, str], scenario: Path
) -> None:
    right, wrong, said = case
    assert SOUND.count(right) == 1
    scenario.write_text(SOUND.replace(right, wrong))
    result = run(scenario)
    assert isinstance(result.exception, Failure)
    assert result.exception.code == 1
    assert said in str(result.exception)
    assert re.search(rf"^{re.escape(str(scenario))}:\d+:\d+ ", str(result.exception))


def test_all_problems_of_all_files_are_said_at_once(scenario: Path, tmp_path: Path) -> None:
    scenario.write_text(
        SOUND.replace("by: ada", "by: eve").replace("at: 2031-03-05", "at: 2030-03")
    )
    missing = tmp_path / "missing.yaml"
    result = run(scenario, missing)
    assert isinstance(result.exception, Failure)
    said = str(result.exception)
    assert '"eve" is nobody' in said
    assert '"2030-03 10:00" is no time' in said
    assert f"{missing}: cannot be read: No such file or directory" in said


def test_a_policy_that_is_no_file_of_the_catalogue_can_be_tried(scenario: Path) -> None:
    policy = scenario.parent / "mine.yaml"
    shipped = (ROOT / "policies" / "catalog" / "contently.yaml").read_text()
    policy.write_text(shipped.replace("revision: 2023-02-15", "revision: 2029-01-01"))
    scenario.write_text(SOUND.replace("policy: contently\ncon", "policy: mine.yaml\ncon"))
    script = read_script(scenario, CATALOGUE, NOW)
    assert script.policy.revision == date(2029, 1, 1)
    policy.write_text(shipped.replace("revision:", "revison:"))
    with pytest.raises(PolicyErrors, match="revison"):
        read_script(scenario, CATALOGUE, NOW)


@pytest.mark.parametrize("year", range(2027, 2060))
def test_a_story_that_has_passed_is_moved_to_a_year_like_its_own(year: int) -> None:
    alike = year_alike(year, year)
    assert year < alike <= year + 40
    days = [date(y, m, d).weekday() for y in (year, alike) for m, d in ((1, 1), (2, 28), (3, 1))]
    assert days[:3] == days[3:]


# --- expectations ---------------------------------------------------------------------------------


def test_every_expectation_is_compared() -> None:
    assert {*COMPARE, "refused", "because", "account"} == Expectation.model_fields.keys()
    assert COMPARE_ACCOUNT.keys() == AccountExpectation.model_fields.keys()


@pytest.fixture(scope="module")
def sight() -> Sight:
    state = Ticket.open(opening(new_york("2031-03-04 10:00"))).state
    ticket = view(state)
    return Sight(
        view=ticket,
        news=(EventType.OPENED,),
        told=ticket.notices,
        allowed={role: allowed_actions(state, role) for role in Role},
        verdict=state.terms.verdict,
        instant=new_york,
        local=lambda at: f"{at.astimezone(NEW_YORK):%Y-%m-%d %H:%M}",
    )


HOLD: list[dict[str, Any]] = [
    {"stage": "received", "waiting_on": "support", "closed_as": None, "priority": "normal"},
    {"assignee": None, "level": 0, "forecast": None, "events": ["opened"]},
    {"clocks": {"first_response": {"state": "running", "cycle": 1, "breached": False}}},
    {"clocks": {"first_response": {"due_at": "2031-03-06 10:00", "left": None}}},
    {"clocks": {"triage": "absent"}},
    {"told": {"opened": ["requester"]}, "not_told": {"opened": ["team_lead"], "closed": ["a"]}},
    {"allowed_actions": {"agent": ["respond"], "requester": ["withdraw"]}},
    {"not_allowed_actions": {"agent": ["reopen", "escalate"], "product": ["respond"]}},
    {"verdict": {"decision": "covered", "missing": []}},
]
HOLD_NOT: list[tuple[dict[str, Any], str]] = [
    ({"stage": None}, "stage: expected none, found received"),
    ({"closed_as": "resolved"}, "closed_as: expected resolved, found none"),
    ({"assignee": "Ada"}, "assignee: expected Ada, found none"),
    ({"events": []}, "events: expected none, found opened"),
    ({"events": ["opened", "closed"]}, "events: expected opened, closed, found opened"),
    (
        {"clocks": {"first_response": "absent"}},
        "clocks.first_response: expected absent, found a clock that is running",
    ),
    (
        {"clocks": {"triage": {"state": "running"}}},
        "clocks.triage: expected a clock, found absent; there is first_response",
    ),
    (
        {"clocks": {"first_response": {"breached": True}}},
        "clocks.first_response.breached: expected true, found false",
    ),
    (
        {"clocks": {"first_response": {"left": "1:00"}}},
        "clocks.first_response.left: expected 1:00, found none",
    ),
    (
        {"guarantees": {"first_response": "best effort"}},
        'guarantees.first_response: expected a text with "best effort", found none',
    ),
    ({"overrides": {"locale": "fr"}}, "overrides.locale: expected fr, found none"),
    ({"forecast": {"revision": 1}}, "forecast: expected revision 1, found none"),
    (
        {"not_told": {"opened": ["requester"]}},
        "not_told.opened: expected requester not told, found requester told",
    ),
    (
        {"allowed_actions": {"agent": ["respond", "reopen"]}},
        "allowed_actions.agent: expected respond, reopen, found all but reopen",
    ),
    (
        {"not_allowed_actions": {"agent": ["respond"]}},
        "not_allowed_actions.agent: expected no respond, found respond allowed",
    ),
    (
        {"verdict": {"clauses": ["eligibility"]}},
        "verdict.clauses: expected eligibility, found eligibility, limitation",
    ),
]


@pytest.mark.parametrize("expect", HOLD, ids=str)
def test_what_is_so_holds(expect: dict[str, Any], sight: Sight) -> None:
    found = list(compare(Expectation.model_validate(expect), sight))
    assert found
    assert [comparison for comparison in found if not comparison.holds] == []


@pytest.mark.parametrize(("expect", "said"), HOLD_NOT, ids=str)
def test_what_is_not_so_does_not_hold(expect: dict[str, Any], said: str, sight: Sight) -> None:
    [found] = compare(Expectation.model_validate(expect), sight)
    assert not found.holds
    assert f"{dotted(found.path)}: expected {found.expected}, found {found.found}" == said
