"""What the desk writes into Temporal's store of lists can be found there.

`make cluster-test` runs this on PostgreSQL, which treats some texts unlike the dev server.
"""

import asyncio
import string
import uuid
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.testing import WorkflowEnvironment

from policies.schema.contract import SLUG
from tests.polling import eventually
from workflows.temporal.connection import ASSIGNEE, BREACHED
from workflows.temporal.list_filters import any_of, quoted
from workflows.ticket.model.fields import is_findable

LONGEST_ID, LONGEST_SLUG = 200, 63
CHARACTERS = [*string.punctuation, " ", "é", "日", "🎉"]


async def start(client: Client, pair: SearchAttributePair[Any]) -> str:
    """Starts a workflow that nobody runs, with one attribute; returns the condition of its id."""
    id = f"attributes/{uuid.uuid4()}"
    attributes = TypedSearchAttributes([pair])
    await client.start_workflow("Nobody", id=id, task_queue="nobody", search_attributes=attributes)
    return f"WorkflowId = {quoted(id)}"


async def found(client: Client, *conditions: str) -> None:
    """Returns once one workflow meets all conditions; an error if none does."""

    async def count() -> int:
        return (await client.count_workflows(" AND ".join(conditions))).count

    await eventually(count, lambda number: number == 1)


async def test_every_id_that_the_desk_takes_is_found(env: WorkflowEnvironment) -> None:
    ids = [f"a{character}b" for character in CHARACTERS]
    ids += ["x" * LONGEST_ID, "é" * LONGEST_ID, "percent%", "under_score", "auth0|5f7c8ec7"]
    findable = [id for id in ids if is_findable(id)]
    assert len(ids) - len(findable) == 3

    async def is_found(id: str) -> None:
        mine = await start(env.client, SearchAttributePair(ASSIGNEE, id))
        await found(env.client, mine, any_of(ASSIGNEE.name, [id, "another"]))

    await asyncio.gather(*map(is_found, findable))


@pytest.mark.parametrize("number", [1, 30])
async def test_each_breached_clock_is_found(env: WorkflowEnvironment, number: int) -> None:
    clocks = [f"{index:02}-".ljust(LONGEST_SLUG, "x") for index in range(number)]
    assert all(len(clock) == LONGEST_SLUG for clock in clocks)
    assert SLUG.endswith("{0,62}$")
    mine = await start(env.client, SearchAttributePair(BREACHED, clocks))
    for clock in (clocks[0], clocks[-1]):
        await found(env.client, mine, any_of(BREACHED.name, ["another", clock]))
    await found(env.client, mine, f"{BREACHED.name} IS NOT NULL")
