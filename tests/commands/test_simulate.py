"""`desk simulate` runs scenarios on the real workflow and reports failed expectations."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from commands.scenario.script import read_script
from commands.timeline.account_timeline import AccountTimeline
from commands.timeline.ticket_timeline import Timeline
from settings import ROOT
from tests.commands.scenario.sample_scenarios import CATALOG, NOW, SOUND, run
from tests.workflows.ticket.placed_policy import PLACED

SCENARIOS = ROOT / "examples" / "scenarios"
SHIPPED = [path for slug in CATALOG.slugs for path in sorted((SCENARIOS / slug).glob("*.yaml"))]
JUDGED = ("a-contract-that-does-not-say", "answers-that-do-not-fit")
PLAYED = [path for i, path in enumerate(SHIPPED) if i % 10 == 0 or path.stem in JUDGED]
"""The scenarios that run on a server here. tests/workflows/ticket/test_core_player.py plays all of
them on the core, and `desk simulate examples/scenarios/*/*.yaml` all of them on a server.
"""


class Logged(logging.Handler):
    """Collects what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@pytest.fixture(scope="module")
def logged() -> Iterator[Logged]:
    handler = Logged()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


@pytest.fixture(scope="module")
def shipped(logged: Logged) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(run(*PLAYED, "--json").stdout)
    return report


def test_a_run_logs_nothing(shipped: dict[str, Any], logged: Logged) -> None:
    assert shipped["passed"]
    assert logged.messages == []


@pytest.fixture(scope="module")
def by_file(shipped: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {result["file"]: result for result in shipped["scenarios"]}


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
@pytest.mark.parametrize("path", PLAYED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_shipped_scenario_passes_on_a_server(
    path: Path, by_file: dict[str, dict[str, Any]]
) -> None:
    result = by_file[str(path)]
    assert result["failures"] == []
    assert result["passed"]
    assert result["expectations"] > 1


@pytest.mark.fault(15, 42)
@pytest.mark.parametrize("name", JUDGED)
def test_facts_in_steps_are_judged_as_by_the_api(
    name: str, by_file: dict[str, dict[str, Any]]
) -> None:
    (result,) = [by_file[path] for path in by_file if name in path]
    assert result["failures"] == []


@pytest.mark.parametrize("slug", CATALOG.slugs)
def test_every_policy_has_at_least_four_scenarios(slug: str) -> None:
    found = [path.name for path in SHIPPED if path.parent.name == slug]
    assert len(found) >= 4, f"add scenarios to examples/scenarios/{slug}; it has {found}"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_shipped_scenarios_are_some_years_away(path: Path) -> None:
    script = read_script(path, CATALOG, NOW)
    earliest = NOW + timedelta(days=4 * 365)
    assert script.scenario.begins[1] > earliest, f"move its dates to {earliest.year + 1} or later"
    assert script.policy.policy == path.parent.name, "the folder is named for the policy"


def test_json_has_the_timelines(shipped: dict[str, Any]) -> None:
    assert shipped.keys() == {"passed", "scenarios", "seconds"}
    assert shipped["passed"]
    for result in shipped["scenarios"]:
        assert result.keys() == {
            *("file", "title", "policy", "passed", "expectations", "failures", "refusal", "story"),
            "account",
        }
        assert any(result[key] for key in ("refusal", "story", "account"))
        if result["story"] is not None:
            timeline = Timeline.model_validate(result["story"])
            assert timeline.policy == result["policy"]
            assert all(timeline.ticket in email.subject for email in timeline.mails())
        if result["account"] is not None:
            account = AccountTimeline.model_validate(result["account"])
            assert account.policy == result["policy"]
            assert account.scenes


def test_scenarios_of_one_run_keep_their_emails_apart(shipped: dict[str, Any]) -> None:
    timelines = [Timeline.model_validate(p["story"]) for p in shipped["scenarios"] if p["story"]]
    ids = [email.message_id for timeline in timelines for email in timeline.mails()]
    assert len(ids) == len(set(ids)) == sum(timeline.notices_owed for timeline in timelines)


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
    ("steps[0].expect.told.responded", "account_manager notified", "requester notified"),
    ("steps[0].expect.told.closed", "requester notified", "nobody notified"),
    (
        "steps[1].do",
        "no refusal",
        "WrongStage: escalate is possible in these stages: in_progress; "
        "ticket PLAY-0000-0001 is resolved",
    ),
    ("steps[2].expect.refused", "WrongStage", "no refusal"),
]


NOT_REFUSED = (
    SOUND.partition("steps:")[0] + "  expect: {refused: RequestRefused, because: no channel}\n"
)


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The results of two scenarios that fail, by name."""
    directory = tmp_path_factory.mktemp("failed")
    for name, text in {"failing": FAILING, "not-refused": NOT_REFUSED}.items():
        (directory / f"{name}.yaml").write_text(text)
    result = run(*sorted(directory.iterdir()), "--json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert not report["passed"]
    return {Path(each["file"]).stem: each for each in report["scenarios"]}


def test_every_failed_expectation_is_listed(failed: dict[str, Any]) -> None:
    outcome = failed["failing"]
    assert [(f["path"], f["expected"], f["found"]) for f in outcome["failures"]] == EXPECTED
    lines = FAILING.splitlines()
    assert [lines[f["line"] - 1].split(":")[0].strip(" -") for f in outcome["failures"]] == [
        "stage",
        "first_response",
        "first_response",
        "told",
        "told",
        "do",
        "{at",
    ]


def test_text_output_has_the_timeline_and_the_failures(scenario: Path) -> None:
    scenario.write_text(FAILING)
    result = run(scenario, SCENARIOS / "contently" / "a-call-that-is-not-a-channel.yaml")
    assert result.exit_code == 1
    place, expected, found = EXPECTED[0]
    line = FAILING.splitlines().index("      stage: triage") + 1
    assert f"{scenario}:{line}:14 {place}: expected {expected}; found {found}" in result.output
    assert "Mia asks, Ada answers." in result.output
    assert "Ada Agent (agent) tries to escalate" in result.output
    assert "2 of 2 expectations met" in result.output
    assert "2 scenarios, 1 failed" in result.output


def test_an_opening_that_is_not_refused_as_expected_is_a_failure(failed: dict[str, Any]) -> None:
    outcome = failed["not-refused"]
    assert [f["path"] for f in outcome["failures"]] == [
        "ticket.expect.refused",
        "ticket.expect.because",
    ]


RECLASSIFIED = f"""\
title: Urgent after all
story: Robin's request turns out to be urgent. The scenario is told in Oslo.
policy: contentsquare
contract: {ROOT / "examples" / "contracts" / "redwood-outfitters.yaml"}
zone: Europe/Oslo
ticket:
  received_at: 2031-03-05 19:00
  requester: {{name: Robin, email: robin@redwood.example}}
  channel: email
  priority: p2
  facts: {{browser: chrome, browser_up_to_date: true}}
steps:
  - at: 2031-03-05 19:30
    by: agent
    do: respond
    message: We look.
    outcomes: [information_request]
    questions: [Since when?]
  - {{at: 2031-03-05 20:00, by: agent, do: reclassify, priority: p1, reason: It blocks them.}}
"""
RECLASSIFIED_LATE = RECLASSIFIED.replace("Urgent after all", "Urgent too late").replace(
    "at: 2031-03-05 20:00, by", "at: 2031-04-01 20:00, by"
)
DELIVERIES = """\
policy: deliveries
title: Spare parts
revision: 2026-01-01
clauses: {parts: {says: The part arrives on the day after., at: Parts}}
kinds: {issue: {says: Something is broken}}
defaults: {kind: issue}
calendars:
  site: {zone: Europe/Rome, hours: {mon-fri: "09:00-18:00"}, ics: closures.ics, clause: parts}
support_hours: site
contacts: {lead: {name: Lead, email: lead@parts.example}}
unassigned: lead
clocks:
  delivery:
    starts: [opened]
    stops: [resolved]
    within: 1 business day, end of day
    cut_off: "15:00"
    ladder: [{at: breach, tell: [lead]}]
    clause: parts
process: {closing: {after: 30 days, clause: parts}}
"""
CLOSURES = """\
BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;VALUE=DATE:20311027
SUMMARY:Stocktaking
END:VEVENT
END:VCALENDAR
"""
LATE_REQUEST = """\
title: A second too late
story: The request comes after the cut-off, before a weekend and a day of stocktaking.
policy: deliveries.yaml
contract: {account: quay, name: Quay, policy: deliveries}
zone: Europe/Rome
ticket:
  received_at: 2031-10-23 15:00:01
  requester: {name: Rita, email: rita@quay.example}
  channel: email
  expect: {clocks: {delivery: {state: running, due_at: 2031-10-28 18:00}}}
steps:
  - at: 2031-10-28 18:20
    by: agent
    do: respond
    message: It is there.
    outcomes: [resolution]
    expect: {clocks: {delivery: {state: breached, due_at: 2031-10-28 18:00}}}
"""


BY_PLACE = """\
title: Around the clock
story: A customer asks for work around the clock, and later for another due time.
policy: placed.yaml
contract: {account: quay, name: Quay, policy: placed, plan: premium}
zone: America/Chicago
people:
  ada: {role: agent, name: Ada Agent}
  rita: {role: requester, name: Rita}
ticket:
  received_at: 2031-06-06 17:15
  requester: {name: Rita, email: rita@quay.example}
  channel: email
  priority: sev_2
  facts: {place: chicago}
  subject: It is slow
  description: Since this morning.
  expect:
    clocks: {first_response: {due_at: 2031-06-09 10:15}}
steps:
  - at: 2031-06-07 10:00
    by: rita
    do: provide_information
    message: Around the clock, please.
    facts: {round_the_clock: true}
    expect:
      clocks: {first_response: {due_at: 2031-06-07 11:15}}
  - at: 2031-06-07 10:05
    by: ada
    do: agree_due_time
    clock: first_response
    due_at: 2031-06-08 12:00
    reason: They are at sea.
    expect: {refused: InvalidContent, because: the requester must agree}
  - at: 2031-06-07 10:10
    by: ada
    do: agree_due_time
    clock: first_response
    due_at: 2031-06-08 12:00
    reason: They are at sea.
    consent: {by: Rita, at: 2031-06-07 10:08, how: by phone}
    expect:
      clocks: {first_response: {due_at: 2031-06-08 12:00}}
      told: {due_time_agreed: [requester, lead]}
  - at: 2031-06-07 10:15
    by: ada
    do: reclassify
    facts: {place: london}
    reason: They moved.
    expect:
      clocks: {first_response: {due_at: 2031-06-08 12:00}}
"""


@pytest.fixture(scope="module")
def passed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The text output about scenarios that pass, by their titles."""
    directory = tmp_path_factory.mktemp("passed")
    (directory / "placed.yaml").write_text(PLACED.replace("ON_CHANGE", "continue"))
    (directory / "deliveries.yaml").write_text(DELIVERIES)
    (directory / "closures.ics").write_text(CLOSURES)
    texts = (RECLASSIFIED, RECLASSIFIED_LATE, LATE_REQUEST, BY_PLACE)
    files = [directory / f"{number}.yaml" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text)
    result = run(*files)
    assert result.exit_code == 0, result.output
    titles = "|".join(text.splitlines()[0].removeprefix("title: ") for text in texts)
    _, *parts = re.split(rf"^({titles}) ─+$", result.output, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.fault(38)
def test_a_timeline_is_in_the_zone_of_the_scenario_and_shows_due_times_that_moved(
    passed: dict[str, str],
) -> None:
    output = passed["Urgent after all"]
    assert "times are local in Europe/Oslo" in output
    assert re.search(r"^19:00 .* opened", output, re.MULTILINE)
    assert re.search(r"^20:00 .* reclassified", output, re.MULTILINE)
    assert re.search(r"clock +resolution is due at another time, due .* instead of .*", output)


@pytest.mark.fault(38)
def test_a_due_time_that_moves_into_the_past_is_shown(passed: dict[str, str]) -> None:
    output = passed["Urgent too late"]
    assert re.search(r"resolution is due at another time, due .* 19 Mar", output)


def test_a_ticket_after_the_cut_off_is_due_past_the_closures_of_the_policys_ics_file(
    passed: dict[str, str],
) -> None:
    assert "Stocktaking" in passed["A second too late"]


def test_a_policy_whose_ics_file_is_missing_is_not_played(scenario: Path) -> None:
    scenario.with_name("deliveries.yaml").write_text(DELIVERIES)
    scenario.write_text(LATE_REQUEST)
    refused = run(scenario)
    assert refused.exit_code != 0
    assert "no such file" in str(refused.exception)


def test_a_scenario_changes_facts_and_agrees_a_due_time(passed: dict[str, str]) -> None:
    output = passed["Around the clock"]
    assert re.search(r"first_response is due as agreed, due Sun 08 Jun 12:00", output)
