"""An account on a real Temporal server, moved through its time by the test."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Self

from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.testing import WorkflowEnvironment

from policies.account_terms import AccountTerms
from policies.months import Month
from policies.vocabulary import NoticeStatus
from tests.workflows.account.ledger import act_of
from workflows.account.messages import AccountAction, AccountReply, AccountView, MonthView
from workflows.account.workflow import AccountStart, AccountWorkflow
from workflows.account_gateway import Accounts, start_options
from workflows.ticket.messages import Actor

_accounts = count(1)
SHORT_RUNS = {"limit.historyCount.suggestContinueAsNew": "60"}
"""Server settings by which a run is over after a few months."""


class AccountLife:
    """One account on a server with movable time."""

    def __init__(self, env: WorkflowEnvironment, terms: AccountTerms) -> None:
        self._env = env
        self._ids = count(1)
        self.terms = terms
        self.accounts = Accounts(env.client)
        self.handle: WorkflowHandle[AccountWorkflow, None] = env.client.get_workflow_handle_for(
            AccountWorkflow.run, f"account/{terms.account}"
        )

    @classmethod
    async def begin(cls, env: WorkflowEnvironment, terms: AccountTerms, since: datetime) -> Self:
        """An account of its own with these terms, from an instant in the future on."""
        account = f"{terms.account}-{next(_accounts)}"
        life = cls(env, terms.model_copy(update={"account": account}))
        wait = since - datetime.now(UTC)
        handle = await env.client.start_workflow(
            AccountWorkflow.run,
            AccountStart(terms=life.terms),
            start_delay=wait,
            **start_options(life.terms),
        )
        await env.fast_forward(handle, wait)
        await life.view()
        return life

    async def now(self) -> datetime:
        """What time it is for the account."""
        return await self._env.get_current_time(self.handle)

    async def until(self, at: datetime) -> None:
        """Moves the account's time to an instant."""
        await self._env.fast_forward(self.handle, max(at - await self.now(), timedelta(0)))

    async def act(
        self, action: AccountAction, id: str | None = None, by: Actor | None = None, **said: Any
    ) -> AccountReply:
        """Takes an action, as who usually does."""
        act = act_of(action, id or f"act-{next(self._ids)}", by, **said)
        return await self.accounts.act(self.terms, action, act)

    async def down(self, begins: datetime, ends: datetime | None) -> AccountReply:
        """Records an outage that counts."""
        return await self.act(
            AccountAction.RECORD_OUTAGE,
            starts_at=begins,
            ends_at=ends,
            category="service_failure",
            description="The interface does not answer.",
        )

    async def view(self) -> AccountView:
        """The account as it stands."""
        return await self.accounts.view(self.terms, await self.now())

    async def settled(self, count: int) -> None:
        """Returns once this many letters were sent or given up; TimeoutError after 10 s."""
        async with asyncio.timeout(10):
            while await self._settled() < count:
                pass

    async def _settled(self) -> int:
        notices = (await self.view()).notices
        return sum(notice.status is not NoticeStatus.OWED for notice in notices)

    async def availability(self, month: str) -> MonthView | None:
        """The availability of a month."""
        return await self.accounts.availability(self.terms, Month.parse(month), await self.now())

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
        """How many events of each type the current run has, those of moving time left out."""
        history = await self.handle.fetch_history()
        names = [HistoryEvent.Name(event.event_type) for event in history.events]
        moving = ("TIME_SKIPPING_TRANSITIONED", "OPTIONS_UPDATED")
        return Counter(name for name in names if not name.endswith(moving))
