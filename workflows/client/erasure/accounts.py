"""Removes the person from accounts, and deletes their earlier runs.

An account goes on: its credits and claims stay. It is asked first by a query, which leaves no trace
in its history, and told only if it has the person in its state, or tickets of the person.
"""

import asyncio
from dataclasses import dataclass
from time import monotonic

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowUpdateFailedError
from temporalio.service import RPCError, RPCStatusCode

from workflows.account.model.person import Person, PersonInAccount
from workflows.account.workflow import FORGET_REQUESTER, AccountWorkflow
from workflows.client.accounts import AccountEnded
from workflows.client.calls import query
from workflows.client.erasure.runs import delete_runs, latest_run
from workflows.temporal.connection import RPC_TIMEOUT, account_workflow_id

ATTEMPTS = 3
"""An update can come just when the account continues as new."""
PAUSE = 0.1


@dataclass(frozen=True)
class Removal:
    """What was done with one account, or has to be."""

    is_removed: bool
    is_contact: bool
    runs: int = 0


class RunGoesOn(Exception):
    """The person is removed from the state, but the run has not continued as new yet."""


class Accounts:
    """The accounts of a deployment. `wait` is in seconds."""

    def __init__(self, client: Client, wait: float) -> None:
        self._client = client
        self._wait = wait

    async def mentions(self, account: str, person: Person) -> PersonInAccount | None:
        """What an account has of the person; None for an account without a workflow."""
        handle = self._client.get_workflow_handle_for(
            AccountWorkflow.run, account_workflow_id(account)
        )
        try:
            found: PersonInAccount = await query(
                self._client, handle, AccountWorkflow.personal_data, person
            )
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
        return found

    async def remove(self, account: str, person: Person, *, has_tickets: bool) -> Removal:
        """Removes the person. Raises RunGoesOn if the deliveries of the account take too long, and
        AccountEnded if its workflow was ended, so that nobody can change it.
        """
        found = await self.mentions(account, person)
        if found is None:
            return Removal(is_removed=False, is_contact=False)
        is_removed = found.mentions > 0 or has_tickets
        if is_removed or found.is_renewing:
            await self._renew(account, person if is_removed else None)
        runs = 0
        if is_removed or found.scrubbed_at is not None:
            workflow_id = account_workflow_id(account)
            kept = await latest_run(self._client, workflow_id)
            runs = await delete_runs(self._client, workflow_id, but=kept)
        return Removal(is_removed, found.is_contact, runs)

    async def _renew(self, account: str, person: Person | None) -> None:
        """Returns once a new run has begun, without the person if there is one to forget."""
        workflow_id = account_workflow_id(account)
        description = await self._client.get_workflow_handle(workflow_id).describe(
            rpc_timeout=RPC_TIMEOUT
        )
        if description.status is not WorkflowExecutionStatus.RUNNING:
            raise AccountEnded(account)
        before = description.run_id
        if person is not None:
            await self._forget(workflow_id, person)
        until = monotonic() + self._wait
        while await latest_run(self._client, workflow_id) == before:
            if monotonic() > until:
                raise RunGoesOn("its history names the person until its deliveries have ended")
            await asyncio.sleep(PAUSE)

    async def _forget(self, workflow_id: str, person: Person) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._client.get_workflow_handle(workflow_id).execute_update(
                    FORGET_REQUESTER, person, rpc_timeout=RPC_TIMEOUT
                )
                return
            except (RPCError, WorkflowUpdateFailedError):
                if attempt == ATTEMPTS:
                    raise
                await asyncio.sleep(PAUSE)
