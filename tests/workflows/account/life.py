"""An account on a real Temporal server, whose time the test moves."""

from collections import Counter
from datetime import datetime
from itertools import count
from typing import Any, Self

from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.testing import WorkflowEnvironment

from commands.simulation.simulated_account import SimulatedAccount
from policies.accounts.account_terms import AccountTerms
from policies.vocabulary import NoticeStatus
from tests.harness import OPERATOR
from tests.polling import eventually
from tests.workflows.account.account_driver import WHO
from workflows.account.model.action_inputs import AccountAction
from workflows.account.model.views import AccountReply
from workflows.shared.action_request import Actor

_accounts = count(1)
SHORT_RUNS = {"limit.historyCount.suggestContinueAsNew": "60"}
"""Server settings that end a run after a few months."""


class AccountLife(SimulatedAccount):
    """One account on the server, whose time the test moves."""

    @classmethod
    async def begin(cls, env: WorkflowEnvironment, terms: AccountTerms, since: datetime) -> Self:
        """A new account with these terms, from a time in the future on."""
        account = f"{terms.account}-{next(_accounts)}"
        return await super().begin(env, terms.model_copy(update={"account": account}), since)

    async def act(
        self,
        action: AccountAction,
        actor: Actor | None = None,
        *,
        id: str | None = None,
        **inputs: Any,
    ) -> AccountReply:
        """Takes an action as its usual actor."""
        return await super().act(action, actor or WHO.get(action, OPERATOR), id=id, **inputs)

    async def down(self, begins: datetime, ends: datetime | None) -> AccountReply:
        """Records an outage that counts."""
        return await self.act(
            AccountAction.RECORD_OUTAGE,
            starts_at=begins,
            ends_at=ends,
            category="service_failure",
            description="The interface does not answer.",
        )

    async def settled(self, count: int) -> None:
        """Returns once this many notices were sent or given up."""
        await eventually(self._settled, lambda settled: settled >= count)

    async def _settled(self) -> int:
        notices = (await self.view()).notices
        return sum(notice.status is not NoticeStatus.OWED for notice in notices)

    async def runs(self) -> list[WorkflowHistory]:
        """The history of each run, oldest first."""
        found: list[WorkflowHistory] = []
        run = (await self.handle.describe()).run_id
        while run:
            handle = self._env.client.get_workflow_handle(self.handle.id, run_id=run)
            history = await handle.fetch_history()
            found.insert(0, history)
            started = history.events[0].workflow_execution_started_event_attributes
            run = started.continued_execution_run_id
        return found

    async def kinds(self) -> Counter[str]:
        """The history events of the current run by type, without those of moving time."""
        history = await self.handle.fetch_history()
        names = [HistoryEvent.Name(event.event_type) for event in history.events]
        moving = ("TIME_SKIPPING_TRANSITIONED", "OPTIONS_UPDATED")
        return Counter(name for name in names if not name.endswith(moving))
