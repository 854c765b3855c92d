"""An account whose workflow somebody cancels or terminates keeps its entries (fault 71)."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

from tests.policies.accounts.sample_accounts import PRISMIC, utc
from tests.polling import eventually
from tests.workflows.account.life import AccountLife
from workflows.account.model.action_inputs import AccountAction
from workflows.client.accounts import AccountEnded, ended_accounts, recorded_accounts
from workflows.release import THIS_CODE
from workflows.temporal.connection import TASK_QUEUE, account_workflow_id

pytestmark = pytest.mark.fault(71)
BOOKING: dict[str, Any] = {
    "date": "2027-03-10",
    "hours": 8,
    "topic": "Migration",
    "requested_by": "Mia",
}


@pytest.fixture
async def booked(desk: WorkflowEnvironment) -> AccountLife:
    """An account that has used its allowance."""
    life = await AccountLife.begin(desk, PRISMIC, utc("2027-03-01 10:00"))
    await life.act(AccountAction.BOOK_SESSION, **BOOKING)
    return life


async def left(life: AccountLife) -> list[Decimal]:
    return [year.left for year in (await life.view()).years]


async def test_a_cancellation_has_no_effect(booked: AccountLife) -> None:
    await booked.handle.cancel()
    [session] = (await booked.view()).sessions
    await booked.act(AccountAction.CANCEL_SESSION, session=session.id)
    assert await left(booked) == [Decimal(8)]
    await booked.act(AccountAction.BOOK_SESSION, **BOOKING | {"date": "2027-03-11"})
    assert await left(booked) == [Decimal(0)]
    await THIS_CODE.replayer().replay_workflow(await booked.handle.fetch_history())


async def test_a_terminated_account_does_not_begin_again_without_its_entries(
    booked: AccountLife,
) -> None:
    await booked.handle.terminate()
    with pytest.raises(AccountEnded, match="was ended in Temporal"):
        await booked.act(AccountAction.BOOK_SESSION, **BOOKING)
    with pytest.raises(AccountEnded, match="an operator must reset it"):
        await booked.view()


async def test_a_reset_restores_it_with_its_entries(
    desk: WorkflowEnvironment, booked: AccountLife
) -> None:
    before = await eventually(lambda: ended_accounts(desk.client), lambda _: True)
    await booked.handle.terminate()
    await eventually(lambda: ended_accounts(desk.client), lambda ended: ended > before)
    await reset(desk, booked)
    assert await left(booked) == [Decimal(0)]
    await eventually(lambda: ended_accounts(desk.client), lambda ended: ended == before)


async def test_an_account_that_was_ended_is_on_the_record_and_a_start_that_was_refused_is_not(
    desk: WorkflowEnvironment, booked: AccountLife
) -> None:
    refused = await desk.client.start_workflow(
        "Account", "no terms", id=account_workflow_id("refused"), task_queue=TASK_QUEUE
    )
    with pytest.raises(WorkflowFailureError):
        await refused.result()
    await booked.handle.terminate()

    async def listed() -> list[WorkflowExecutionStatus | None]:
        ids = f"WorkflowId IN ('{refused.id}', '{booked.handle.id}')"
        return [each.status async for each in desk.client.list_workflows(ids)]

    ended = {WorkflowExecutionStatus.FAILED, WorkflowExecutionStatus.TERMINATED}
    await eventually(listed, lambda statuses: set(statuses) == ended)
    recorded = {account_workflow_id(each) async for each in recorded_accounts(desk.client)}
    assert (booked.handle.id in recorded, refused.id in recorded) == (True, False)


async def reset(desk: WorkflowEnvironment, life: AccountLife) -> None:
    """As `temporal workflow reset --type LastWorkflowTask`."""
    done = HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    events = (await life.handle.fetch_history()).events
    await desk.client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=desk.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=life.handle.id),
            reason="ended by mistake",
            workflow_task_finish_event_id=max(e.event_id for e in events if e.event_type == done),
            request_id=str(uuid4()),
        )
    )
