"""What a story is expected to come to, compared with what it came to."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from commands.scenario.account_expectation import AccountExpectation
from commands.scenario.expectation import Expectation
from commands.simulation.account_comparison import COMPARE as COMPARE_ACCOUNT
from commands.simulation.comparison import COMPARE, Snapshot, compare
from policies.documents.problems import dotted
from policies.vocabulary import EventType, Role
from tests.harness import NEW_YORK, new_york, opening
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.process.ticket import Ticket
from workflows.ticket.process.views import view


def test_every_expectation_is_compared() -> None:
    assert {*COMPARE, "refused", "because", "account"} == Expectation.model_fields.keys()
    assert COMPARE_ACCOUNT.keys() == AccountExpectation.model_fields.keys()


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    state = Ticket.open(opening(new_york("2031-03-04 10:00"))).state
    ticket = view(state)
    return Snapshot(
        view=ticket,
        new_events=(EventType.OPENED,),
        notified=ticket.notices,
        allowed={role: allowed_actions(state, role) for role in Role},
        verdict=state.terms.verdict,
        to_utc=new_york,
        local=lambda at: f"{at.astimezone(NEW_YORK):%Y-%m-%d %H:%M}",
    )


def test_a_person_who_is_several_audiences_was_notified_as_all(snapshot: Snapshot) -> None:
    told = Expectation.model_validate({"told": {"opened": ["team_lead"]}})
    [requester] = [notice for notice in snapshot.notified if notice.audience == "requester"]
    as_both = replace(snapshot, addresses={"team_lead": requester.to.upper()})
    assert [c.holds for c in compare(told, as_both)] == [True]
    elsewhere = replace(snapshot, addresses={"team_lead": "another@desk.example"})
    assert [c.holds for c in compare(told, elsewhere)] == [False]


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
        "clocks.triage: expected a clock, found absent; clocks: first_response",
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
        "not_told.opened: expected requester not notified, found requester notified",
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
def test_met_expectations(expect: dict[str, Any], snapshot: Snapshot) -> None:
    found = list(compare(Expectation.model_validate(expect), snapshot))
    assert found
    assert [comparison for comparison in found if not comparison.holds] == []


@pytest.mark.parametrize(
    ("moment", "holds"), [(-1, False), (-0.4, True), (0, True), (0.4, True), (1, False)]
)
def test_a_due_time_is_compared_to_the_second(
    snapshot: Snapshot, moment: float, holds: bool
) -> None:
    due = new_york("2031-03-06 10:00") + timedelta(seconds=moment)
    [clock] = snapshot.view.clocks
    shifted = snapshot.view.model_copy(
        update={"clocks": (clock.model_copy(update={"due_at": due}),)}
    )
    expect = {"clocks": {"first_response": {"due_at": "2031-03-06 10:00"}}}
    [found] = compare(Expectation.model_validate(expect), replace(snapshot, view=shifted))
    assert found.holds is holds
    assert holds or found.expected != found.found, "a failure shows the seconds"


@pytest.mark.parametrize(("expect", "said"), HOLD_NOT, ids=str)
def test_failed_expectations(expect: dict[str, Any], said: str, snapshot: Snapshot) -> None:
    [found] = compare(Expectation.model_validate(expect), snapshot)
    assert not found.holds
    assert f"{dotted(found.path)}: expected {found.expected}, found {found.found}" == said
