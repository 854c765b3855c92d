"""Replies to actions, also after a replay."""

from typing import Any

from temporalio.testing import WorkflowEnvironment

from policies.vocabulary import Action, Stage
from tests.harness import Life, desk_worker, new_york, opening

ANSWER: dict[str, Any] = {"message": "We look deeper.", "outcomes": ["escalation"]}
FINDING: dict[str, Any] = {"step": "reproduce", "result": "Yes, in every browser."}


async def test_a_worker_that_has_to_replay_first_replies_in_full(
    server: WorkflowEnvironment,
) -> None:
    async with desk_worker(server):
        life = await Life.begin(server, opening(new_york("2027-01-06 14:00")))
        responded = await life.act(Action.RESPOND, id="respond", **ANSWER)
    async with desk_worker(server):
        found = await life.act(Action.RECORD_FINDING, **FINDING)
        again = await life.act(Action.RESPOND, id="respond", **ANSWER)
    assert again == responded
    assert (found.number, found.stage) == (life.number, Stage.TRIAGE)
    assert [clock.name for clock in found.clocks] == [clock.name for clock in responded.clocks]
    assert Action.CONCLUDE_TRIAGE in found.allowed_actions
