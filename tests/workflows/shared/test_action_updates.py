"""Replies to actions, also after a replay."""

from contextlib import suppress
from typing import Any

from temporalio.testing import WorkflowEnvironment

from policies.vocabulary import Action, Stage
from tests.harness import Life, desk_worker, new_york, opening
from workflows.client.calls import DeskUnavailable
from workflows.ticket.model.views import Reply

ANSWER: dict[str, Any] = {"message": "We look deeper.", "outcomes": ["escalation"]}
FINDING: dict[str, Any] = {"step": "reproduce", "result": "Yes, in every browser."}


async def recorded(life: Life) -> Reply:
    """Records a finding. Its task may wait for the worker that has gone, until the client gives up
    and sends the same action again.
    """
    with suppress(DeskUnavailable):
        return await life.act(Action.RECORD_FINDING, id="finding", **FINDING)
    return await life.act(Action.RECORD_FINDING, id="finding", **FINDING)


async def test_a_worker_that_has_to_replay_first_replies_in_full(
    server: WorkflowEnvironment,
) -> None:
    async with desk_worker(server):
        life = await Life.begin(server, opening(new_york("2027-01-06 14:00")))
        responded = await life.act(Action.RESPOND, id="respond", **ANSWER)
    async with desk_worker(server):
        found = await recorded(life)
        again = await life.act(Action.RESPOND, id="respond", **ANSWER)
    assert again == responded
    assert (found.number, found.stage) == (life.number, Stage.TRIAGE)
    assert [clock.name for clock in found.clocks] == [clock.name for clock in responded.clocks]
    assert Action.CONCLUDE_TRIAGE in found.allowed_actions
