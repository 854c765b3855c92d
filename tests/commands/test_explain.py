"""`desk explain` shows how a deadline is computed, and reports invalid options."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from bootstrap.exit_codes import Failure
from commands.explain import explain
from policies.loading.policy_catalog import SHIPPED

app = typer.Typer(rich_markup_mode="rich")
app.command()(explain)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(
        app, [str(argument) for argument in arguments], env={"TERMINAL_WIDTH": "200"}
    )


def explained(*arguments: object) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def usage_error(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    return " ".join(result.output.replace("│", " ").split())


@pytest.mark.clause("contently/availability", "contently/first-response")
def test_the_effect_of_a_change_of_priority_is_shown() -> None:
    arguments = ["contentsquare", "--clock", "resolution", "--priority", "p2"]
    arguments += ["--at", "2031-05-19T10:00", "--zone", "Europe/London"]
    found = run(*arguments, "--change", "p1@2031-06-10T10:00")
    assert "p1" in found.stdout
    assert "Mon 2031-06-02 10:00 BST, so it breaches at the change" in found.stdout


def test_json_has_everything_about_the_deadline() -> None:
    report = explained("contently", "--clock", "first_response", "--at", "2026-11-24T14:00-05:00")
    assert report["policy"] == "contently"
    assert report["revision"] == "2023-02-15"
    assert report["clock"] == "first_response"
    assert report["clause"] == "first-response"
    assert report["target"] == "2 business days"
    assert report["calendar"]["zone"] == "America/New_York"
    assert report["starts_at"] == "2026-11-24T19:00:00Z"
    assert report["due_at"] == "2026-11-27T19:00:00Z"
    assert [window["date"] for window in report["counted"]] == [
        "2026-11-24",
        "2026-11-25",
        "2026-11-27",
    ]
    assert report["skipped"] == [{"date": "2026-11-26", "name": "Thanksgiving Day"}]


ISTANBUL = """\
policy: half-days
title: A desk with half days
revision: 2026-01-01
clauses: {hours: {says: Weekdays from nine to five., at: Hours}}
kinds: {issue: {says: Something is broken}}
defaults: {kind: issue}
calendars:
  office:
    zone: Europe/Istanbul
    hours: {mon-fri: ["09:00-12:00", "12:30-17:00"]}
    holidays: {country: TR, categories: [public, half_day]}
    clause: hours
support_hours: office
clocks:
  answer: {starts: [opened], stops: [responded], within: 4 business hours, clause: hours}
"""


@pytest.mark.fault(29)
def test_a_half_day_is_open_until_13_00_and_named_in_the_explanation(tmp_path: Path) -> None:
    policy = tmp_path / "half-days.yaml"
    policy.write_text(ISTANBUL)
    evening_before = (policy, "--clock", "answer", "--at", "2031-10-27T15:00+03:00")
    report = explained(*evening_before)
    assert report["due_at"] == "2031-10-28T08:00:00Z"
    assert report["half_days"] == [{"date": "2031-10-28", "name": "Republic Day (from 1pm)"}]
    table = run(*evening_before).stdout
    assert "09:00-11:00  half day: Republic Day (from 1pm)" in table
    afternoon = run(policy, "--clock", "answer", "--at", "2031-10-28T14:00+03:00").stdout
    assert "half day: Republic Day (from 1pm)" in afternoon
    assert "Thu 2031-10-30 13:30" in afternoon
    every_clock = run(policy, "--at", "2031-10-27T15:00+03:00").stdout
    assert "Republic Day (from 1pm) (half day)" in every_clock


def test_a_cut_off_is_shown_with_the_time_from_which_it_counts(tmp_path: Path) -> None:
    policy = tmp_path / "half-days.yaml"
    clock = "within: 4 business hours, cut_off: '15:00'"
    policy.write_text(ISTANBUL.replace("within: 4 business hours", clock))
    late = (policy, "--clock", "answer", "--at", "2031-10-22T15:01+03:00")
    report = explained(*late)
    assert report["cut_off"] == "15:00"
    assert (report["starts_at"], report["counts_from"], report["due_at"]) == (
        "2031-10-22T12:01:00Z",
        "2031-10-23T06:00:00Z",
        "2031-10-23T10:30:00Z",
    )
    table = run(*late).stdout
    assert "15:00; later, or on a closed day, it counts from the next open day" in table
    assert "counts from  Thu 2031-10-23 09:00" in table


REMEDIES = """\
facts: {place: {type: string, ask: Where?, choices: {izmir: Izmir, ankara: Ankara}}}
contacts: {lead: {name: Lead, email: lead@desk.example}}
notices:
  - {event: opened, tell: [lead], facts: {place: [izmir]}, clause: hours}
remedies:
  credits: [{clock: answer, each: breach, clause: hours}]
  claim_within: 30 days
  claim_clause: hours
  claim_review: {by: [agent], within: 3 business days, clause: hours}
"""


@pytest.mark.parametrize("clock", [[], ["--clock", "answer"]])
def test_claims_reviews_and_notices_by_facts_are_lines_of_their_own(
    tmp_path: Path, clock: list[str]
) -> None:
    policy = tmp_path / "half-days.yaml"
    policy.write_text(ISTANBUL + REMEDIES)
    arguments = (policy, *clock, "--at", "2031-10-22T15:00+03:00", "--fact", "place=izmir")
    lines = " ".join(run(*arguments).stdout.split())
    for text in (
        "claims hours within 30 days of the breach",
        "review hours by agent, within 3 business days of office; "
        "filed Wed 2031-10-22, to decide by Mon 2031-10-27",
        "notice hours opened to lead if place is izmir: sent",
    ):
        assert text in lines
    report = explained(*arguments)
    claims = report["claims"] if clock else report["account"]["claims"]
    assert claims["review"]["until"] == "2031-10-27"
    assert [notice["is_sent"] for notice in report["notices"]] == [True]


def test_the_time_used_beyond_a_new_target_is_a_column_of_the_changes(tmp_path: Path) -> None:
    policy = tmp_path / "half-days.yaml"
    by = "{by: [priority], cells: {high: 2 business hours, low: 8 business hours}}"
    text = ISTANBUL.replace("within: 4 business hours", f"on_change: continue, within: {by}")
    priorities = "priorities: {high: {says: High}, low: {says: Low}}\ndefaults: {priority: low, "
    policy.write_text(text.replace("defaults: {", priorities))
    change = ("--change", "high@2031-10-22T12:00+03:00")
    arguments = (policy, "--clock", "answer", "--at", "2031-10-22T09:00+03:00", *change)
    assert "3:00 h, 1:00 h too much" in run(*arguments).stdout
    [found] = explained(*arguments)["changes"]
    assert (found["used"], found["overused"]) == ("PT3H", "PT1H")


@pytest.mark.parametrize("second", ["", ":01"])
def test_a_time_has_its_seconds_unless_they_are_zero(tmp_path: Path, second: str) -> None:
    policy = tmp_path / "half-days.yaml"
    cut_off = "within: 2 business hours, cut_off: '15:00'"
    policy.write_text(ISTANBUL.replace("within: 4 business hours", cut_off))
    table = run(policy, "--clock", "answer", "--at", f"2031-10-22T15:00{second}+03:00").stdout
    assert f"Wed 2031-10-22 15:00{second} +03" in table
    assert ("counts from  Thu 2031-10-23 09:00 +03" in table) == bool(second)
    early = run(policy, "--clock", "answer", "--at", f"2031-10-22T11:00{second}+03:00").stdout
    assert f"13:30{second} +03 (Wed 10:30{second} UTC)" in early


@pytest.mark.parametrize(
    "at",
    [
        ["--at", "2026-11-24T19:00Z"],
        ["--at", "2026-11-24T14:00[America/New_York]"],
        ["--at", "2026-11-24T14:00-05:00[America/New_York]"],
        ["--at", "2026-11-24 14:00", "--zone", "America/New_York"],
        ["--at", "2026-11-24T20:00", "--zone", "Europe/Paris"],
    ],
)
def test_a_time_can_be_written_in_many_ways(at: list[str]) -> None:
    report = explained("contently", "--clock", "triage", *at)
    assert report["starts_at"] == "2026-11-24T19:00:00Z"


def test_text_output_has_local_time_utc_and_the_holiday() -> None:
    result = run("contently", "--clock", "first_response", "--at", "2026-11-24T19:00Z")
    assert result.exit_code == 0
    for text in (
        "Fri 2026-11-27 14:00 EST (Fri 19:00 UTC)",
        "Thanksgiving Day",
        "09:00-14:00",
        "16:00 h",
        "1 business day after",
    ):
        assert text in result.output


def test_without_a_clock_all_are_shown() -> None:
    result = run("contently", "--at", "2027-01-15T19:00Z")
    assert "engineering_handoff" in result.output
    report = explained("contently", "--at", "2027-01-15T19:00Z")
    due = {clock["clock"]: clock["due_at"] for clock in report["clocks"]}
    assert due["first_response"] == "2027-01-20T19:00:00Z"


def test_the_default_time_is_now() -> None:
    assert explained("contently", "--clock", "triage")["due_at"]


def test_a_policy_can_be_a_file() -> None:
    report = explained(SHIPPED / "contently.yaml", "--clock", "triage", "--at", "2027-01-15T19:00Z")
    assert report["policy"] == "contently"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["contently", "--at", "2026-11-24T14:00"], "write 2026-11-24T14:00-05:00, or add --zone"),
        (["contently", "--at", "tomorrow"], '"tomorrow" is not a time'),
        (["contently", "--at", "2027-03-14T02:30[America/New_York]"], "clocks go forward then"),
        (["contently", "--at", "2027-01-06T14:00-04:00[America/New_York]"], "contradicts itself"),
        (["contently", "--at", "2027-01-06T14:00", "--zone", "America/New_Yrok"], "New_York"),
        (["contently", "--at", "9999-12-31T23:00-05:00"], "--at"),
        (["contently", "--at", "2001-01-01T00:00Z"], "takes effect on 2023-02-15"),
        (["contently", "--clock", "triag"], 'did you mean "triage"?'),
        (["contentl"], 'did you mean "contently"?'),
        (["none.yaml"], "cannot read"),
        (["contently", "--priority", "urgent"], "priorities: high, normal, low"),
        (["contently", "--change", "high@2027-01-06T14:00Z"], "add --clock"),
        (["contently", "--clock", "triage", "--change", "high"], "--change"),
        (["contently", "--plan", "gold"], "'gold' is not a plan of"),
    ],
)
def test_an_invalid_option_is_a_usage_error(arguments: list[str], message: str) -> None:
    assert message in usage_error(*arguments)


def test_all_errors_of_a_policy_file_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("policy: bad\ntitle: 3\n")
    result = run(path)
    assert isinstance(result.exception, Failure)
    assert result.exception.code == 1
    assert f"{path}:2:8 title" in str(result.exception)


OVERRIDING = """\
account: harbour
name: Harbour Media
policy: contently
overrides:
  clocks.first_response.within: 1 business day
  calendars.support.hours.mon-fri: "08:00-18:00"
  clocks.triage.within: 4 business hours
"""
AT = ("--at", "2026-11-24T14:00-05:00")


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    path = tmp_path / "harbour.yaml"
    path.write_text(OVERRIDING)
    return path


@pytest.mark.clause("prismic/contract-prevails")
def test_overrides_of_a_contract_are_shown_with_their_clause(contract: Path) -> None:
    report = explained("contently", "--clock", "first_response", *AT, "--contract", contract)
    assert report["due_at"] == "2026-11-25T19:00:00Z"
    assert report["overrides"] == [
        {
            "path": "clocks.first_response.within",
            "policy": "2 business days",
            "contract": "1 business day",
            "clause": "first-response",
        },
        {
            "path": "calendars.support.hours.mon-fri",
            "policy": ["09:00-17:00"],
            "contract": ["08:00-18:00"],
            "clause": "availability",
        },
    ]
    assert explained("contently", "--clock", "first_response", *AT)["overrides"] == []
    result = run("contently", "--clock", "first_response", *AT, "--contract", contract)
    assert "1 business day  instead of 2 business days" in result.output


def test_all_clocks_are_shown_under_a_contract(contract: Path) -> None:
    result = run("contently", *AT, "--contract", contract)
    assert "clocks.triage.within: 4 business hours  instead of 1 bus" in result.output


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("1 business day", "1 busy day", "harbour.yaml:5:33 overrides.clocks.first_response"),
        ("policy: contently", "policy: prismatic", 'there is no policy "prismatic"'),
        ("account: harbour\n", "", 'the key "account" is missing'),
    ],
)
def test_errors_of_a_contract_are_shown(contract: Path, old: str, new: str, message: str) -> None:
    contract.write_text(OVERRIDING.replace(old, new))
    result = run("contently", *AT, "--contract", contract)
    assert isinstance(result.exception, Failure)
    assert message in str(result.exception)


def test_a_missing_contract_is_a_usage_error() -> None:
    assert "cannot read" in usage_error("contently", "--contract", "none.yaml")


@pytest.mark.fault(92)
@pytest.mark.parametrize("policy", [path.stem for path in sorted(SHIPPED.glob("*.yaml"))])
@pytest.mark.parametrize("at", ["2026-11-24T14:00Z", "2026-12-21T14:00Z"])
def test_the_table_of_clocks_fits_80_columns_with_every_name_whole(policy: str, at: str) -> None:
    result = run(policy, "--at", at)
    assert result.exit_code == 0, result.output
    assert max(map(len, result.output.splitlines())) <= 80
    for clock in explained(policy, "--at", at)["clocks"]:
        for part in ("clock", "clause", "target"):
            assert clock[part] is None or clock[part] in result.output
