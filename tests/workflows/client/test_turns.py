"""A burst of actions on one workflow waits for its turns, instead of aborting itself (fault 80)."""

import asyncio
from collections import Counter

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.api.caller import Caller, make_app
from workflows.client.turns import Turns

pytestmark = pytest.mark.fault(80)


async def test_a_workflow_has_so_many_updates_at_once_and_others_do_not_wait_for_them() -> None:
    turns, under_way, most = Turns(at_once=2), Counter[str](), Counter[str]()
    is_full, released = asyncio.Event(), asyncio.Event()

    async def update(workflow_id: str) -> None:
        async with turns.of(workflow_id):
            under_way[workflow_id] += 1
            most[workflow_id] = max(most[workflow_id], under_way[workflow_id])
            if under_way["a"] == 2:
                is_full.set()
            if workflow_id == "a":
                await released.wait()
            under_way[workflow_id] -= 1

    busy = [asyncio.create_task(update("a")) for _ in range(5)]
    await is_full.wait()
    await update("b")
    released.set()
    await asyncio.gather(*busy)
    assert most == {"a": 2, "b": 1}


async def test_a_turn_is_given_back_after_an_error() -> None:
    turns = Turns(at_once=1)
    for _ in range(3):
        with pytest.raises(LookupError):
            async with turns.of("a"):
                raise LookupError


@pytest.mark.usefixtures("mailer")
async def test_actions_that_come_at_once_are_all_taken(desk: WorkflowEnvironment) -> None:
    app = make_app(desk.client)
    agent, service = Caller(app, "agent-token"), Caller(app, "service-token")
    number = await service.opened()
    notes = (agent.act(number, "add-note", f"k{i}", note=f"Note {i}") for i in range(60))
    answers = await asyncio.gather(*notes)
    assert Counter(answer.status_code for answer in answers) == {200: 60}
    ticket = (await agent.get(f"/tickets/{number}")).json()
    assert {note["text"] for note in ticket["notes"]} == {f"Note {i}" for i in range(60)}
