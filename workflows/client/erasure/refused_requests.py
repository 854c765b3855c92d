"""Requests over Temporal that were refused. They are failed workflows without search attributes, so
each of them is read.
"""

from collections.abc import AsyncIterator

from temporalio.client import Client, WorkflowExecution

from policies.email_addresses import comparable
from workflows.client.opening_data import opening_of

PAGE_SIZE = 1_000


async def refused_requests_of(client: Client, address: str) -> AsyncIterator[WorkflowExecution]:
    """The refused requests from this address."""
    query = "WorkflowType = 'Ticket' AND ExecutionStatus = 'Failed'"
    async for execution in client.list_workflows(query, page_size=PAGE_SIZE):
        opening = await opening_of(client, execution.id, execution.run_id)
        if opening is not None and comparable(opening.address) == comparable(address):
            yield execution
