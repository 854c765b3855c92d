"""Announcements on a server: an upcoming revision, accounts in memory, a mailer that can hang."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from email.message import EmailMessage
from itertools import count

from temporalio.client import Client, WorkflowHistory

from activities.adapters.contract_memory import InMemoryContracts
from activities.announcements import Announced
from activities.ports import MailServerUnavailable, RecipientRefused
from bootstrap.senders import senders
from policies.loading.policy_catalog import PolicyCatalog
from policies.reports.announcements import announcement_of
from policies.schema.contract import Contact, Contract
from tests.harness import CATALOG, IDENTITY
from worker import make_worker
from workflows.announcement.state import AnnouncementState
from workflows.announcement.workflow import AnnouncementWorkflow
from workflows.client.announcements import AnnouncementClient, AnnouncementView

PRESENT = CATALOG.latest("cention")
QUEUE = "announcements"
"""A task queue of its own, beside the worker of other tests."""
_days = count(1)


def revision() -> date:
    """A date that no other test announces."""
    return date(2190, 1, 1) + timedelta(days=next(_days))


def catalog(day: date, says: str = "We answer sooner.") -> PolicyCatalog:
    """Cention's policy, and an upcoming revision of it."""
    upcoming = PRESENT.model_copy(update={"revision": day, "announcement": says})
    return PolicyCatalog([PRESENT, upcoming])


def contract(account: str, *addresses: str, policy: str = "cention") -> Contract:
    """The contract of an account with these addresses, by default one."""
    first, *others = addresses or (f"mia@{account}.example",)
    return Contract(
        account=account,
        name=account.title(),
        policy=policy,
        plan="enterprise" if policy == "cention" else None,
        contacts={"owner": Contact(name="Mia", email=first)},
        designated=tuple(others),
    )


@dataclass
class Mailer:
    """Counts the e-mails to each address. Can hold all from some number on, or refuse addresses."""

    sent: Counter[str] = field(default_factory=Counter)
    ids: Counter[str] = field(default_factory=Counter)
    refused: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)
    is_down: bool = False
    holds_after: int | None = None
    is_held: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> str:
        """Takes an e-mail, or does not."""
        del sender
        if self.is_down or recipient in self.busy:
            raise MailServerUnavailable(f"450 {recipient}: try again later")
        if recipient in self.refused:
            raise RecipientRefused(f"550 {recipient}: no such user")
        if self.holds_after is not None and self.sent.total() >= self.holds_after:
            self.is_held.set()
            await self.go_on.wait()
        self.sent[recipient] += 1
        self.ids[message["Message-ID"]] += 1
        return "250 OK"


@dataclass
class Scene:
    """One announcement, its accounts and its mailer."""

    client: Client
    day: date
    contracts: InMemoryContracts
    mailer: Mailer = field(default_factory=Mailer)

    @classmethod
    def of(cls, client: Client, contracts: Iterable[Contract]) -> "Scene":
        """The scene with these accounts."""
        return cls(client, revision(), InMemoryContracts(contracts))

    @asynccontextmanager
    async def worker(
        self, says: str = "We answer sooner.", grace: timedelta = timedelta(0)
    ) -> AsyncIterator[None]:
        """A worker with the revision, that sends by the mailer."""
        async with make_worker(
            self.client,
            senders=senders(self.mailer, IDENTITY),
            contracts=self.contracts,
            catalog=catalog(self.day, says),
            task_queue=QUEUE,
            grace=grace,
        ):
            yield

    @property
    def announced(self) -> Announced:
        """What is announced."""
        fingerprint = announcement_of(catalog(self.day), "cention", self.day).fingerprint
        return Announced(policy="cention", revision=self.day, fingerprint=fingerprint)

    def announcement(self, account: str | None = None) -> AnnouncementClient:
        """The announcement of the revision, to all accounts or to one."""
        return AnnouncementClient(self.client, self.announced, account, QUEUE)

    async def ended(self, account: str | None = None) -> AnnouncementState:
        """The state of the announcement when it has told everybody."""
        handle = self.client.get_workflow_handle_for(
            AnnouncementWorkflow.run, self.announcement(account).id
        )
        return await handle.result()

    async def view(self) -> AnnouncementView:
        """The announcement now."""
        view = await self.announcement().view()
        assert view is not None
        return view

    async def runs(self) -> list[WorkflowHistory]:
        """The history of each run, oldest first."""
        found: list[WorkflowHistory] = []
        run: str | None = None
        while run != "":
            handle = self.client.get_workflow_handle(self.announcement().id, run_id=run)
            history = await handle.fetch_history()
            found.insert(0, history)
            started = history.events[0].workflow_execution_started_event_attributes
            run = started.continued_execution_run_id
        return found

    async def state(self) -> AnnouncementState:
        """Its state now."""
        return (await self.view()).state
