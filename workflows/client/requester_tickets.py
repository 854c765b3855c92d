"""The tickets of one requester, of every account.

The search attribute of the requester is a hash of account and address, so the accounts are found
first: each query returns tickets of accounts that no earlier one has returned.
"""

from collections.abc import AsyncIterator

from temporalio.client import Client, WorkflowExecution

from policies.email_addresses import comparable
from workflows.client.opening_data import opening_of
from workflows.temporal.connection import ACCOUNT, REQUESTER
from workflows.temporal.list_filters import any_of, quoted
from workflows.ticket.model.fields import requester_id

TICKETS = "WorkflowType = 'Ticket'"
LATEST_RUN = "ExecutionStatus != 'ContinuedAsNew'"
PAGE = 500
"""Tickets that one page of a list has, and accounts that one query names."""


async def tickets_of(client: Client, address: str) -> AsyncIterator[WorkflowExecution]:
    """The latest run of each ticket whose requester has this address, open or ended."""
    accounts = [account async for account in accounts_with_tickets(client)]
    for first in range(0, len(accounts), PAGE):
        ids = [requester_id(each, address) for each in accounts[first : first + PAGE]]
        requesters = any_of(REQUESTER.name, ids)
        query = f"{TICKETS} AND {LATEST_RUN} AND {requesters}"
        async for execution in client.list_workflows(query, page_size=PAGE):
            yield execution


async def accounts_with_tickets(client: Client) -> AsyncIterator[str]:
    """Every account that has a ticket."""
    known: list[str] = []
    while True:
        others = f" AND {ACCOUNT.name} NOT IN ({', '.join(map(quoted, known))})" if known else ""
        query = f"{TICKETS} AND {ACCOUNT.name} IS NOT NULL{others}"
        found = {
            execution.typed_search_attributes[ACCOUNT]
            async for execution in client.list_workflows(query, page_size=PAGE, limit=PAGE)
        }
        for account in sorted(found):
            yield account
        if not found:
            return
        known += sorted(found)


async def refused_requests_of(client: Client, address: str) -> AsyncIterator[WorkflowExecution]:
    """The requests over Temporal from this address that were refused. They have no search
    attributes, so each refused request is read.
    """
    query = f"{TICKETS} AND ExecutionStatus = 'Failed'"
    async for execution in client.list_workflows(query, page_size=PAGE):
        opening = await opening_of(client, execution.id, execution.run_id)
        if (
            opening is not None
            and opening.address
            and comparable(opening.address) == comparable(address)
        ):
            yield execution
