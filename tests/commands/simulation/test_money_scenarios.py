"""`desk simulate` of credits in money and of service levels, on a real server."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.simulation.test_account_runner import run
from tests.workflows.account.money.money_policies import INCIDENTS, PREMISES

MISSED_RESPONSE = """\
title: A missed response
story: The answer comes a day late. The customer may say so for three business days.
policy: premises.yaml
contract:
  account: harbour
  name: Harbour
  policy: premises
  plan: continuity
  starts_on: 2030-01-01
  fees: {licences_fee: 30000 EUR, yearly_fee: 40000 EUR}
zone: Europe/Brussels
people: {rita: {role: requester, name: Rita}}
account: {begins_at: 2030-07-01 00:00}
ticket:
  received_at: 2030-07-22 14:00
  requester: {name: Rita, email: rita@harbour.example}
  channel: email
steps:
  - at: 2030-07-24 10:00
    by: agent
    do: respond
    message: We are on it.
    outcomes: [work_started]
    expect:
      account:
        credits:
          "ticket:first_response:1":
            {amount: 75.00, currency: EUR, percent: 0.25, state: earned, claim_until_at: 2030-07-26 14:30}
  - at: 2030-07-26 14:29
    by: rita
    do: claim_credits
    credits: ["ticket:first_response:1"]
    statement: You answered late.
    expect:
      account:
        claims: {claim-1: {state: accepted, amounts: {EUR: 75.00}}}
"""  # noqa: E501  # a row reads easier in one line
QUARTER = """\
title: A quarter that waits
story: A question of the last day of the quarter is due in the next one.
policy: incidents.yaml
contract:
  account: harbour
  name: Harbour
  policy: incidents
  contacts: {customer: {name: Carla, email: carla@harbour.example}}
zone: Europe/London
account: {begins_at: 2031-06-01 00:00}
ticket:
  received_at: 2031-06-30 15:00
  requester: {name: Rita, email: rita@harbour.example}
  channel: email
steps:
  - at: 2031-07-01 14:00
    expect:
      account:
        service_levels:
          p4_response:2031-Q2: {state: open, pending: 1, counted: 0}
          p4_response:2031-Q3: {counted: 0}
  - at: 2031-07-01 14:31
    by: agent
    do: respond
    message: We are on it.
    outcomes: [work_started]
    expect:
      account:
        service_levels:
          p4_response:2031-Q2: {state: missed, pending: 0, counted: 1, kept: 0, percent: 0}
        told: {service_level_missed: [customer]}
        events: [service_level_missed]
"""

SHARE = """\
title: A share of fifty
story: Of fifty tickets of the quarter one is late, which keeps the promise.
policy: incidents.yaml
contract: {account: harbour, name: Harbour, policy: incidents}
zone: Europe/London
account: {begins_at: 2031-05-01 00:00}
steps:
  - at: 2031-05-05 10:00
    other_tickets: {clock: response, priority: p1, in_time: 49, late: 1}
    expect:
      account:
        service_levels: {p1_response:2031-Q2: {state: open, counted: 50, kept: 49, pending: 0}}
  - at: 2031-07-01 00:01
    expect:
      account:
        service_levels: {p1_response:2031-Q2: {state: kept, percent: 98}}
"""
FAILURES = (
    MISSED_RESPONSE[: MISSED_RESPONSE.index("  - at: 2030-07-26")]
    + """\
  - at: 2030-07-24 11:00
    other_tickets: {clock: first_response, late: 26}
    expect:
      account:
        credits:
          ticket:other-25:first_response:1: {amount: 75.00, claim_until_at: 2030-07-29 11:00}
          ticket:other-26:first_response:1: {amount: 50.00, before_cap: 75.00}
  - at: 2030-07-25 10:00
    by: rita
    do: claim_credits
    credits: ["ticket:first_response:1", "ticket:other-26:first_response:1"]
    statement: You answered late.
    expect: {account: {claims: {claim-1: {state: accepted, amounts: {EUR: 125.00}}}}}
"""
)


PLAYED = {
    "missed-response": MISSED_RESPONSE,
    "quarter": QUARTER,
    "share": SHARE,
    "failures": FAILURES,
}


@pytest.fixture(scope="module")
def failures_of(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the scenarios expected and did not find, by name; all are played on one server."""
    directory = tmp_path_factory.mktemp("money")
    (directory / "premises.yaml").write_text(PREMISES)
    (directory / "incidents.yaml").write_text(INCIDENTS)
    files = [directory / f"{name}.yaml" for name in PLAYED]
    for file, text in zip(files, PLAYED.values(), strict=True):
        file.write_text(text)
    results = json.loads(run(*files, "--json").stdout)["scenarios"]
    assert all(result["expectations"] for result in results)
    return {Path(result["file"]).stem: result["failures"] for result in results}


def test_a_missed_response_is_paid_and_claimed_in_business_days(
    failures_of: dict[str, Any],
) -> None:
    assert failures_of["missed-response"] == []


def test_a_quarter_is_settled_when_its_last_ticket_is_decided(failures_of: dict[str, Any]) -> None:
    assert failures_of["quarter"] == []


def test_a_step_counts_other_tickets_of_the_account(failures_of: dict[str, Any]) -> None:
    assert failures_of["share"] == []


def test_credits_of_other_tickets_are_named_by_their_numbers_and_share_a_cap(
    failures_of: dict[str, Any],
) -> None:
    assert failures_of["failures"] == []
