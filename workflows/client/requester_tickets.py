"""The tickets of one person, open and closed, found by the address.

The search attribute of a requester is a hash of account and address, so the accounts that have
tickets are found first.
"""

from collections.abc import AsyncIterator

from temporalio.client import Client, WorkflowExecution

from workflows.temporal.connection import ACCOUNT, REQUESTER, RPC_TIMEOUT
from workflows.temporal.list_filters import any_of, none_of
from workflows.ticket.model.fields import requester_id

PAGE_SIZE = 1_000
ACCOUNTS_PER_QUERY = 100
"""Accounts whose tickets are found in one query. It names the hash of each."""
_TICKETS = (
    "WorkflowType = 'Ticket'",
    # One run for each ticket: those that continued as new are in the store as well.
    "ExecutionStatus != 'ContinuedAsNew'",
)


async def tickets_of(client: Client, address: str) -> AsyncIterator[WorkflowExecution]:
    """Every ticket whose requester has this address, whatever its case; each once, and of each its
    last run. Raises RPCError if Temporal cannot list them.
    """
    found: set[str] = set()
    accounts = sorted(await _accounts_with_tickets(client))
    for start in range(0, len(accounts), ACCOUNTS_PER_QUERY):
        batch = accounts[start : start + ACCOUNTS_PER_QUERY]
        hashes = (requester_id(account, address) for account in batch)
        async for execution in _listed(client, any_of(REQUESTER.name, hashes)):
            if execution.id not in found:
                found.add(execution.id)
                yield execution


async def _accounts_with_tickets(client: Client) -> set[str]:
    """The accounts that have tickets. Each query leaves out those that are known."""
    accounts: set[str] = set()
    while True:
        unknown = f"{ACCOUNT.name} IS NOT NULL"
        if accounts:
            unknown += f" AND {none_of(ACCOUNT.name, sorted(accounts))}"
        known = len(accounts)
        async for execution in _listed(client, unknown, limit=PAGE_SIZE):
            account = execution.typed_search_attributes.get(ACCOUNT)
            if account is not None:
                accounts.add(account)
        if len(accounts) == known:
            return accounts


def _listed(
    client: Client, condition: str, limit: int | None = None
) -> AsyncIterator[WorkflowExecution]:
    query = " AND ".join([*_TICKETS, condition])
    return client.list_workflows(query, limit=limit, page_size=PAGE_SIZE, rpc_timeout=RPC_TIMEOUT)
