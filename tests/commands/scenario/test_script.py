"""Scenarios that cannot be played: what is wrong with them, and where."""

import re
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from bootstrap.exit_codes import Failure
from commands.console.instant_argument import parse_instant
from commands.scenario.checks import similar_year
from commands.scenario.script import read_script
from commands.scenario.steps import _KINDS, AnyActionStep, AnyStep
from policies.documents.problems import PolicyErrors
from settings import ROOT
from tests.commands.scenario.sample_scenarios import CATALOG, NOW, SOUND, run

MALFORMED = {
    "no title": ("title: A question\n", "", 'the key "title" is missing'),
    "no such key": ("zone: ", "zon: ", 'the key "zon" is unknown; did you mean "zone"?'),
    "no such key of an action": (
        "message: It is here.",
        "mesage: It is here.",
        'steps[0].mesage: the key "mesage" is unknown; did you mean "message"?',
    ),
    "a key of another action": (
        "message: It is here.",
        "message: It is here.\n    resolution: It is there.",
        'steps[0].resolution: the key "resolution" is unknown; did you mean "questions"? '
        "allowed: at, expect, by, do, message, outcomes, questions",
    ),
    "several actions": (
        "do: respond",
        "do: [respond]",
        "steps[0].do: a list is not an allowed value",
    ),
    "nobody who acts": (
        "    by: ada\n",
        "",
        'steps[0]: the key "by" is missing; add a person of the scenario or a role',
    ),
    "no such action": (
        "do: respond",
        "do: respnd",
        'steps[0].do: "respnd" is not an allowed value; did you mean "respond"?',
    ),
    "no action": ("    do: respond\n", "", 'the key "do" is missing'),
    "no such outcome": ("[resolution]", "[solution]", 'did you mean "resolution"?'),
    "nobody": ("by: ada\n", "by: adda\n", '"adda" is not a person of this scenario or a role; did'),
    "the system": (
        "by: ada\n",
        "by: system\n",
        '"system" is not a person of this scenario or a role',
    ),
    "no such role": ("role: agent", "role: agnt", "people.ada.role"),
    "no such policy": (
        "policy: contently\ncon",
        "policy: contentl\ncon",
        'did you mean "contently"',
    ),
    "no such policy file": ("policy: contently\ncon", "policy: no.yaml\ncon", "cannot read"),
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
    "no place for a zone of the requester": (
        "email: mia@harbour.example",
        "email: mia@harbour.example, zone: localtime",
        'ticket.requester.zone: "localtime" is not a known time zone',
    ),
    "no time": ("at: 2031-03-05 10:00", "at: Wednesday", 'steps[0].at: "Wednesday" is not a time'),
    "a time that is skipped": (
        "at: 2031-03-05 10:00",
        "at: 2031-03-09 02:30",
        '"2031-03-09 02:30" does not exist in America/New_York',
    ),
    "out of order": ("at: 2031-03-05", "at: 2031-03-03", 'is before "2031-03-04 10:00"'),
    "the past": ("2031-03-04", "2021-03-04", '"2021-03-04 10:00" has passed'),
    "no refusal": (
        "[resolution]\n",
        "[resolution]\n    expect: {refused: Wrong}\n",
        "is not a kind of refusal",
    ),
    "no reason": (
        "[resolution]\n",
        "[resolution]\n    expect: {because: x}\n",
        "no refusal is expected here",
    ),
    "no such clock state": (
        "[resolution]\n",
        "[resolution]\n    expect: {clocks: {first_response: {state: run}}}\n",
        'steps[0].expect.clocks.first_response.state: "run" is not an allowed value',
    ),
    "no time due": (
        "[resolution]\n",
        "[resolution]\n    expect: {clocks: {first_response: {due_at: soon}}}\n",
        'steps[0].expect.clocks.first_response.due_at: "soon" is not a time',
    ),
    "nothing happens": (
        "    by: ada\n    do: respond\n    message: It is here.\n    outcomes: [resolution]\n",
        "",
        "the step has no action and no expectation",
    ),
    "steps after a refusal": (
        "channel: email",
        "channel: phone\n  expect: {refused: RequestRefused, stage: received}",
        "a refused opening leaves no ticket",
    ),
}


@pytest.mark.parametrize("case", MALFORMED.values(), ids=MALFORMED)
def test_an_error_in_a_scenario_is_reported_with_its_place(
    case: tuple[str, str, str], scenario: Path
) -> None:
    right, wrong, message = case
    assert SOUND.count(right) == 1
    scenario.write_text(SOUND.replace(right, wrong))
    result = run(scenario)
    assert isinstance(result.exception, Failure)
    assert result.exception.code == 1
    assert message in str(result.exception)
    assert re.search(rf"^{re.escape(str(scenario))}:\d+:\d+ ", str(result.exception))


def test_all_errors_of_all_files_are_reported_at_once(scenario: Path, tmp_path: Path) -> None:
    scenario.write_text(
        SOUND.replace("by: ada", "by: eve").replace("at: 2031-03-05", "at: 2030-03")
    )
    missing = tmp_path / "missing.yaml"
    result = run(scenario, missing)
    assert isinstance(result.exception, Failure)
    message = str(result.exception)
    assert '"eve" is not a person' in message
    assert '"2030-03 10:00" is not a time' in message
    assert f"cannot read {missing}: No such file or directory" in message
    assert result.exception.code == 2


@pytest.mark.fault(39)
@pytest.mark.parametrize("action", sorted(_KINDS.keys() - {"look", "count", "unknown"}))
def test_an_unknown_key_of_a_step_is_answered_with_the_keys_of_its_action(
    action: str, scenario: Path
) -> None:
    keys = _KINDS[action].model_fields.keys()
    wrong = (
        "message" if "message" not in keys else "resolution" if "resolution" not in keys else "x"
    )
    step = f"  - {{at: 2031-03-05 10:00, by: ada, do: {action}, {wrong}: It is here.}}\n"
    scenario.write_text(SOUND[: SOUND.index("  - at:")] + step)
    with pytest.raises(PolicyErrors) as refused:
        read_script(scenario, CATALOG, NOW)
    [unknown] = [p for p in refused.value.problems if p.path == f"steps[0].{wrong}"]
    assert f'did you mean "{wrong}"' not in unknown.right
    assert unknown.right.rpartition("allowed: ")[2].split(", ") == list(keys)


def action(**keys: object) -> AnyActionStep:
    step = TypeAdapter(AnyStep).validate_python({"at": "2031-06-09 09:00", "by": "agent"} | keys)
    assert isinstance(step, AnyActionStep)
    return step


def test_every_time_in_the_input_of_an_action_is_local_in_the_zone_of_the_scenario() -> None:
    new_york = partial(parse_instant, zone="America/New_York")
    estimate = action(do="give_estimate", resolved_by="2031-06-09 10:00", message="Soon.")
    assert estimate.input_in_utc(new_york)["resolved_by"] == datetime(2031, 6, 9, 14, tzinfo=UTC)
    agreement = action(
        do="agree_due_time",
        clock="fix",
        reason="They are away.",
        due_at="2031-11-02 01:40-05:00",
        consent={"by": "Jo", "at": "2031-06-09 10:00", "how": "by phone"},
    )
    assert agreement.input_in_utc(new_york) == {
        "clock": "fix",
        "reason": "They are away.",
        "due_at": datetime(2031, 11, 2, 6, 40, tzinfo=UTC),
        "consent": {"by": "Jo", "at": datetime(2031, 6, 9, 14, tzinfo=UTC), "how": "by phone"},
    }


def test_a_time_of_a_consent_that_does_not_exist_is_reported_with_its_place(
    scenario: Path,
) -> None:
    agrees = """do: agree_due_time
    clock: first_response
    every: 4 hours
    reason: They are away.
    consent: {by: Jo, at: 2031-03-09 02:30, how: by phone}
"""
    scenario.write_text(SOUND.partition("do: respond")[0] + agrees)
    with pytest.raises(PolicyErrors, match=re.escape("steps[0].consent.at")):
        read_script(scenario, CATALOG, NOW)


def test_a_policy_outside_the_catalog_can_be_used(scenario: Path) -> None:
    policy = scenario.parent / "mine.yaml"
    shipped = (ROOT / "policies" / "catalog" / "contently.yaml").read_text()
    policy.write_text(shipped.replace("revision: 2023-02-15", "revision: 2029-01-01"))
    scenario.write_text(SOUND.replace("policy: contently\ncon", "policy: mine.yaml\ncon"))
    script = read_script(scenario, CATALOG, NOW)
    assert script.policy.revision == date(2029, 1, 1)
    policy.write_text(shipped.replace("revision:", "revison:"))
    with pytest.raises(PolicyErrors, match="revison"):
        read_script(scenario, CATALOG, NOW)


@pytest.mark.parametrize("year", range(2027, 2060))
def test_a_scenario_in_the_past_can_move_to_a_similar_year(year: int) -> None:
    similar = similar_year(year, year)
    assert year < similar <= year + 40
    days = [date(y, m, d).weekday() for y in (year, similar) for m, d in ((1, 1), (2, 28), (3, 1))]
    assert days[:3] == days[3:]
