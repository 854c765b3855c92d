"""`desk simulate` runs scenarios of accounts, alone and with a ticket."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from bootstrap.exit_codes import Failure
from commands.simulate import simulate

app = typer.Typer(rich_markup_mode="rich")
app.command()(simulate)

SOUND = """\
title: An hour of workshops
story: Mia books an hour.
policy: prismic
contract:
  account: papier
  name: Papier
  policy: prismic
  plan: enterprise_premium
  starts_on: 2030-03-01
zone: Europe/Oslo
people: {mia: {role: requester, name: Mia Papier}}
account:
  begins_at: 2031-03-03 10:00
steps:
  - at: 2031-03-03 11:00
    by: mia
    do: book_session
    date: 2031-03-10
    hours: 1
    topic: Slices
    requested_by: Mia
"""
EXPECT = "    expect:\n      account:\n"
LATE = """\
title: Too late
story: The first response is a day late, by a policy that gives credits for that.
policy: slow.yaml
contract:
  account: papier
  name: Papier
  policy: slow
  contacts: {customer: {name: Pia, email: pia@papier.example}}
zone: UTC
account: {begins_at: 2031-03-03 09:00}
ticket:
  received_at: 2031-03-03 10:00
  requester: {name: Mia, email: mia@papier.example}
  channel: email
steps:
  - at: 2031-03-03 13:30
    by: agent
    do: respond
    message: Sorry.
    outcomes: [resolution]
    expect:
      account:
        credits: {"ticket:first_response:1": {credits: 3, days: 6, state: earned, clause: late}}
        told: {credit_earned: [customer]}
"""
SLOW = """\
policy: slow
title: Slow
revision: 2031-01-01
clauses:
  late: {says: "An answer in an hour, or two days more for each hour begun.", at: Page}
clocks:
  first_response:
    starts: [opened]
    stops: [responded]
    within: 1 hour
    ladder: [{at: breach, tell: [requester]}]
    clause: late
remedies:
  credits: [{clock: first_response, each: 1 hour, worth: 2 days, clause: late}]
notices: [{event: credit_earned, tell: [customer], clause: late}]
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "300"})


FAILING = (
    SOUND
    + EXPECT
    + "        years: {2031-03-01: {booked: 2, left: 7}, 2032-03-01: {left: 8}}\n"
    + "        sessions: {session-1: absent, session-2: {hours: 1}}\n"
    + "        events: []\n"
)
AGAIN = SOUND + EXPECT + "        years: {2031-03-01: {booked: 1}}\n"
PLAYED = {"failing": FAILING, "late": LATE, "once": AGAIN, "again": AGAIN}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The results of the scenarios, by name; all are played on one server."""
    directory = tmp_path_factory.mktemp("accounts")
    (directory / "slow.yaml").write_text(SLOW)
    files = [directory / f"{name}.yaml" for name in PLAYED]
    for file, text in zip(files, PLAYED.values(), strict=True):
        file.write_text(text)
    result = run(*files, "--json")
    assert result.exit_code == 1
    return {Path(each["file"]).stem: each for each in json.loads(result.stdout)["scenarios"]}


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    return tmp_path / "story.yaml"


def test_a_failed_expectation_of_an_account_has_its_place(played: dict[str, Any]) -> None:
    failing = played["failing"]
    found = {f["path"]: (f["line"], f["expected"], f["found"]) for f in failing["failures"]}
    here = "steps[0].expect.account"
    assert found == {
        f"{here}.years.2031-03-01.booked": (24, "2", "1"),
        f"{here}.years.2032-03-01": (24, "a contract year", "absent; entries: 2031-03-01"),
        f"{here}.sessions.session-1": (25, "absent", "a session"),
        f"{here}.sessions.session-2": (25, "a session", "absent; entries: session-1"),
        f"{here}.events": (26, "none", "session_booked"),
    }
    assert failing["story"] is None
    [scene] = failing["account"]["scenes"]
    assert scene["events"][0]["event"] == "session_booked"
    assert scene["local"] == "2031-03-03T11:00:00+01:00"


def test_an_unexpected_refusal_is_a_failure_and_in_the_timeline(scenario: Path) -> None:
    scenario.write_text(SOUND.replace("hours: 1", "hours: 9"))
    result = run(scenario)
    assert result.exit_code == 1
    assert "Mia Papier (requester) tries to book session: 8 hours are included" in result.stdout
    assert "steps[0].do: expected no refusal; found NothingLeft" in result.stdout


def test_any_clock_of_the_policy_earns_the_account_credits(played: dict[str, Any]) -> None:
    late = played["late"]
    assert late["failures"] == []
    assert late["account"]["credits"][0]["clause"] == "late"
    mails = [mail for scene in late["account"]["scenes"] for mail in scene["mails"]]
    assert [mail["subject"] for mail in mails] == ["3 service credits for Papier"]


MALFORMED: dict[str, tuple[str, str, str]] = {
    "nothing at all": (
        "account:\n  begins_at: 2031-03-03 10:00\n",
        "",
        "add a `ticket`, an `account`, or both",
    ),
    "a key that is none": (
        "  begins_at:",
        "  expect: {year: {}}\n  begins_at:",
        'account.expect.year: the key "year" is unknown; did you mean "years"?',
    ),
    "no such action": (
        "do: book_session",
        "do: book_sesion",
        'story.yaml:17:9 steps[0].do: "book_sesion" is not an allowed value; did you mean "book_se',
    ),
    "nobody reports for a ticket": (
        "do: book_session",
        "do: report_lateness",
        '"report_lateness" is not an allowed value',
    ),
    "too little said": (
        "    topic: Slices\n",
        "",
        'the key "topic" is missing',
    ),
    "hours that are none": ("hours: 1", "hours: 0.1", "steps[0].hours"),
    "an instant that is none": (
        "do: book_session\n    date: 2031-03-10\n    hours: 1\n    topic: Slices\n"
        "    requested_by: Mia\n",
        "do: record_outage\n    starts_at: Monday\n    category: x\n    description: Down\n",
        'steps[0].starts_at: "Monday" is not a time',
    ),
    "before it begins": ("at: 2031-03-03 11", "at: 2031-03-03 09", 'is before "2031-03-03 10:00"'),
    "the past": ("begins_at: 2031", "begins_at: 2021", 'account.begins_at: "2021-03-03 10:00"'),
    "a refusal of tickets": (
        "requested_by: Mia\n",
        "requested_by: Mia\n    expect: {refused: WrongStage}\n",
        '"WrongStage" is not a kind of refusal',
    ),
    "a month that is none": (
        "requested_by: Mia\n",
        "requested_by: Mia\n" + EXPECT + "        months: {2031-13: {credits: 1}}\n",
        "steps[0].expect.account.months",
    ),
    "a day that is none": (
        "requested_by: Mia\n",
        "requested_by: Mia\n" + EXPECT + "        years: {2031: {left: 1}}\n",
        "steps[0].expect.account.years",
    ),
    "a ticket that is not there": (
        "requested_by: Mia\n",
        "requested_by: Mia\n    expect: {stage: received}\n",
        "steps[0].expect.stage: the scenario has no ticket",
    ),
    "a ticket that is acted on": (
        "do: book_session\n    date: 2031-03-10\n    hours: 1\n    topic: Slices\n"
        "    requested_by: Mia\n",
        "do: withdraw\n",
        "steps[0].do: the scenario has no ticket",
    ),
    "other tickets of an unknown clock": (
        "steps:\n",
        "steps:\n  - {at: 2031-03-03 10:30, other_tickets: {clock: first_respons, late: 1}}\n",
        'steps[0].other_tickets.clock: the policy has no clock "first_respons"; '
        'did you mean "first_response"?',
    ),
    "other tickets of an unknown priority": (
        "steps:\n",
        "steps:\n  - at: 2031-03-03 10:30\n"
        "    other_tickets: {clock: first_response, priority: p9, late: 1}\n",
        'steps[0].other_tickets.priority: the policy has no priority "p9"',
    ),
    "no other tickets": (
        "steps:\n",
        "steps:\n  - {at: 2031-03-03 10:30, other_tickets: {clock: first_response}}\n",
        'steps[0].other_tickets: there is no ticket; write for example "in_time: 49"',
    ),
    "other tickets without an account": (
        SOUND[SOUND.index("account:\n  begins_at") :],
        "ticket:\n  received_at: 2031-03-03 10:00\n  channel: email\n"
        "  requester: {name: Mia, email: mia@papier.example}\n"
        "steps:\n  - {at: 2031-03-03 10:30, other_tickets: {clock: first_response, late: 1}}\n",
        "steps[0].other_tickets: the scenario has no account",
    ),
    "an account that is not there": (
        "account:\n  begins_at: 2031-03-03 10:00\n",
        "ticket:\n  received_at: 2031-03-03 10:00\n  channel: email\n"
        "  requester: {name: Mia, email: mia@papier.example}\n",
        "steps[0].do: the scenario has no account",
    ),
}


@pytest.mark.parametrize("case", MALFORMED.values(), ids=MALFORMED)
def test_an_error_is_reported_with_its_place(case: tuple[str, str, str], scenario: Path) -> None:
    right, wrong, said = case
    assert SOUND.count(right) == 1
    scenario.write_text(SOUND.replace(right, wrong))
    result = run(scenario)
    assert isinstance(result.exception, Failure)
    assert result.exception.code == 1
    assert said in str(result.exception)


def test_each_scenario_has_an_account_of_its_own(played: dict[str, Any]) -> None:
    for name in ("once", "again"):
        assert played[name]["failures"] == []
        assert played[name]["expectations"] == 1
