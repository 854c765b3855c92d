"""Starts of ticket workflows by a client that has nothing of this project: plain JSON, by name."""

from itertools import count
from typing import Any, TypeAlias

import pytest
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowFailureError,
    WorkflowHandle,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from tests.api.caller import request
from workflows.temporal.connection import TASK_QUEUE
from workflows.ticket.model.ticket_number import number_of

Handle: TypeAlias = WorkflowHandle[Any, Any]
REQUEST = request()
_numbers = count(32**3)


def free_number() -> str:
    """A ticket number that no other test uses."""
    number = next(_numbers)
    return number_of([30] + [number // 32**place % 32 for place in range(11)])


class PlainClient:
    """A Temporal client with the default data converter, as in any SDK."""

    def __init__(self, client: Client) -> None:
        self.client = client

    @classmethod
    async def connect(cls, env: WorkflowEnvironment) -> "PlainClient":
        """A second client of the server."""
        return cls(Client(env.client.service_client, namespace=env.client.namespace))

    async def start(self, *arguments: Any, id: str | None = None, **options: Any) -> Handle:
        """Starts a ticket workflow with these arguments."""
        return await self.client.start_workflow(
            "Ticket",
            args=list(arguments),
            id=id or f"ticket/{free_number()}",
            task_queue=TASK_QUEUE,
            **options,
        )

    async def start_with(self, update: str, *arguments: Any, **changes: Any) -> tuple[Handle, Any]:
        """Starts a ticket together with an update, which is in its first workflow task."""
        operation: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            "Ticket",
            request(**changes),
            id=f"ticket/{free_number()}",
            task_queue=TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        answer = await self.client.execute_update_with_start_workflow(
            update, args=list(arguments), start_workflow_operation=operation
        )
        return await operation.workflow_handle(), answer

    async def open(self, **changes: Any) -> Handle:
        """Starts a ticket, and returns when it is open."""
        handle = await self.start(request(**changes))
        await handle.execute_update("open")
        return handle

    async def refusal(self, *arguments: Any, **options: Any) -> ApplicationError:
        """The error with which a start fails."""
        handle = await self.start(*arguments, **options)
        return await refusal_of(handle)


async def refusal_of(handle: Handle) -> ApplicationError:
    """The error with which a workflow fails."""
    with pytest.raises(WorkflowFailureError) as failure:
        await handle.result()
    assert isinstance(failure.value.cause, ApplicationError)
    return failure.value.cause


def fields(error: ApplicationError) -> dict[str, str]:
    """The objections of a refusal, by field."""
    [details] = error.details
    return {objection["field"]: objection["reason"] for objection in details["objections"]}
