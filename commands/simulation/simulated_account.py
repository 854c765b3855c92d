"""A simulated account on a real Temporal server that can skip time."""

from datetime import UTC, datetime
from itertools import count
from typing import Any, Self

from temporalio.client import WorkflowHandle
from temporalio.common import WorkflowIDReusePolicy
from temporalio.testing import WorkflowEnvironment

from commands.simulation.simulated_desk import TASK_TIME, move, wait_for
from policies.accounts.account_terms import AccountTerms
from policies.business_time.periods import Period
from workflows.account.model.action_inputs import ACCOUNT_ACTION_INPUTS, AccountAction
from workflows.account.model.views import AccountReply, AccountView, MonthView
from workflows.account.workflow import AccountStart, AccountWorkflow
from workflows.client.accounts import AccountClient, start_options
from workflows.shared.action_request import ActionInput, ActionRequest, Actor
from workflows.temporal.connection import account_workflow_id


class SimulatedAccount:
    """One account on a server that can skip time."""

    def __init__(self, env: WorkflowEnvironment, terms: AccountTerms, at: datetime) -> None:
        self._env = env
        self.at = at
        """The time to which the test or scenario has come. The server's clock has gone on since."""
        self._ids = count(1)
        self.terms = terms
        self.accounts = AccountClient(env.client)
        self.handle: WorkflowHandle[AccountWorkflow, None] = env.client.get_workflow_handle_for(
            AccountWorkflow.run, account_workflow_id(terms.account)
        )

    @classmethod
    async def begin(cls, env: WorkflowEnvironment, terms: AccountTerms, since: datetime) -> Self:
        """Starts an account at a time in the future."""
        account = cls(env, terms, since)
        wait = since - datetime.now(UTC)
        handle = await env.client.start_workflow(
            AccountWorkflow.run,
            AccountStart(terms=terms),
            start_delay=wait,
            # Scenarios that share a server can be about the same account.
            **start_options(terms) | {"id_reuse_policy": WorkflowIDReusePolicy.ALLOW_DUPLICATE},
        )
        await wait_for(env, handle, since)
        await account.view()
        return account

    async def now(self) -> datetime:
        """The current time of the account."""
        return await self._env.get_current_time(self.handle)

    async def until(self, at: datetime) -> None:
        """Advances the time of the account; months that end by then, inclusive, are closed."""
        self.at = at
        await move(self._env, self.handle, at + TASK_TIME)

    async def act(
        self, action: AccountAction, actor: Actor, *, id: str | None = None, **input: Any
    ) -> AccountReply:
        """Takes an action as this actor, received exactly at the time of the account."""
        request = ActionRequest[ActionInput](
            id=id or f"{action}-{next(self._ids)}",
            actor=actor,
            content=ACCOUNT_ACTION_INPUTS[action](**input),
            received_at=self.at,
        )
        return await self.accounts.act(self.terms, action, request)

    async def view(self) -> AccountView:
        """The state of the account."""
        return await self.accounts.view(self.terms, self.at)

    async def availability(self, month: str) -> MonthView | None:
        """The availability of a month."""
        period = Period.parse(month, self.terms.starts_on)
        return await self.accounts.availability(self.terms, period, self.at)
