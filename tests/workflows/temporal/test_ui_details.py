"""The details of a workflow in the Temporal UI, which reads them by a metadata query."""

from datetime import datetime
from typing import Any

from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from policies.vocabulary import Action, ClosedAs
from tests.harness import new_york
from tests.policies.accounts.sample_accounts import CONTENTSQUARE, east
from tests.server_fixtures import Begin
from tests.workflows.account.life import AccountLife

RECEIVED: datetime = new_york("2027-03-04 10:00")


async def test_the_ui_shows_the_present_ticket_and_its_next_duty(
    begin: Begin,
) -> None:
    life = await begin(RECEIVED)
    before = await details_of(life.handle)
    assert before.startswith("contently")
    assert "**received**, waiting on **support**" in before
    assert "Next by itself: first_response: " in before
    await life.act(Action.RESPOND, message="We look.", outcomes=["escalation"])
    after = await details_of(life.handle)
    assert "**triage**" in after
    assert "Next by itself: triage: " in after


async def test_the_ui_shows_a_ticket_that_has_ended(begin: Begin) -> None:
    life = await begin(RECEIVED)
    await life.act(Action.CLOSE, closed_as=ClosedAs.WITHDRAWN, reason="Sent twice")
    await life.handle.result()
    assert "**closed**, waiting on **nobody**, closed as **withdrawn**" in await details_of(
        life.handle
    )


async def test_the_ui_shows_an_account(desk: WorkflowEnvironment) -> None:
    life = await AccountLife.begin(desk, CONTENTSQUARE, east("2027-03-03 10:00"))
    await life.down(east("2027-03-02 00:00"), None)
    assert "2027-03" in await details_of(life.handle)


async def test_reading_details_adds_no_history_events(begin: Begin) -> None:
    life = await begin(RECEIVED)
    await life.delivered(1)
    before = (await life.handle.describe()).history_length
    await details_of(life.handle)
    assert (await life.handle.describe()).history_length == before


async def details_of(handle: WorkflowHandle[Any, Any]) -> str:
    """The details in the metadata of a workflow."""
    metadata: WorkflowMetadata = await handle.query(
        "__temporal_workflow_metadata", result_type=WorkflowMetadata
    )
    return str(metadata.current_details)
