"""A desk for tests: the real workflows and worker on a real Temporal server with movable time,
and a mailer that keeps its e-mails. Tests give times in local time.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from activities.ports import MailServerUnavailable, RecipientRefused
from bootstrap.senders import senders
from commands.simulation import simulated_desk
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.contract import Contact, Contract, Publication
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle
from policies.vocabulary import Action, NoticeStatus, Role
from tests.polling import eventually
from worker import DeskWorker, make_worker
from workflows.shared.action_request import Actor
from workflows.shared.notice_view import NoticeView
from workflows.temporal.dev_server import start_time_skipping_server
from workflows.ticket.model.opening import Opening
from workflows.ticket.model.views import Reply

IDENTITY = simulated_desk.IDENTITY
NEW_YORK = ZoneInfo("America/New_York")
AGENT = Actor(id="ada", role=Role.AGENT, name="Ada Agent")
REQUESTER = Actor(id="mia", role=Role.REQUESTER, name="Mia Harbour")
SERVICE = Actor(id="widget", role=Role.SERVICE, name="In-platform widget")
ENGINEERING = Actor(id="enzo", role=Role.ENGINEERING, name="Enzo Engineering")
PRODUCT = Actor(id="pia", role=Role.PRODUCT, name="Pia Product")
OPERATOR = Actor(id="olga", role=Role.OPERATOR, name="Olga Operator")
ACTORS = {actor.role: actor for actor in (AGENT, REQUESTER, ENGINEERING, PRODUCT, OPERATOR)}

HARBOUR = Contract(
    account="harbour-media",
    name="Harbour Media",
    policy="contently",
    publications=(
        Publication(name="tide", users=("*@harbour.example",)),
        Publication(name="ebb", active=False, users=("old@ebb.example",)),
    ),
    contacts={"account_manager": Contact(name="Ines", email="ines@contently.example")},
)
MIA = Requester(name="Mia Harbour", email="mia@harbour.example")

CATALOG = PolicyCatalog.shipped()
TICKET_OF_LETTER = re.compile(r"<(\d{4}-\d{4}-\d{4})\.")
_numbers = count(1)


def new_york(text: str) -> datetime:
    """`2027-01-06 14:00` in New York, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


def next_number() -> str:
    """The next ticket number."""
    digits = f"{next(_numbers):012d}"
    return "-".join((digits[:4], digits[4:8], digits[8:]))


def opening(
    received_at: datetime,
    *,
    contract: Contract = HARBOUR,
    requester: Requester = MIA,
    **facts: Any,
) -> Opening:
    """A request under a shipped policy, with the terms that the API would pin."""
    ticket = TicketFacts(requester=requester, **({"channel": "email"} | facts))
    policy = CATALOG.in_force(contract.policy, received_at)
    number = next_number()
    return Opening(
        number=number,
        received_at=received_at,
        opened_by=SERVICE,
        subject="The editor stays blank",
        description="Since this morning the editor opens without any text.",
        terms=settle(policy, contract, ticket, received_at),
        fingerprint=f"opening-{number}",
    )


@dataclass
class RecordingMailer:
    """A mailer that keeps its e-mails, and can be unavailable or refuse an address."""

    emails: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    is_down: bool = False
    first_ticket: str = ""

    def reset(self) -> None:
        """Drops all e-mails, and ignores those of tickets opened so far: e-mails of the previous
        test can still arrive.
        """
        self.emails.clear()
        self.refused.clear()
        self.is_down = False
        self.first_ticket = next_number()

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> str:
        """Keeps the e-mail if it belongs to this test."""
        del sender
        ticket = TICKET_OF_LETTER.match(message["Message-ID"])
        if ticket and ticket[1] < self.first_ticket:
            return "250 of an earlier test"
        if self.is_down:
            raise MailServerUnavailable("the mail server is down")
        if recipient in self.refused:
            raise RecipientRefused(f"550 {recipient}: no such user")
        self.emails.append(message)
        return "250 kept"


def temporal_variables(client: Client) -> dict[str, str]:
    """The variables by which a process reaches the server and the namespace of a client."""
    return {
        "TEMPORAL_ADDRESS": client.service_client.config.target_host,
        "TEMPORAL_NAMESPACE": client.namespace,
    }


def desk_worker(env: WorkflowEnvironment, mailer: RecordingMailer | None = None) -> DeskWorker:
    """A worker of a desk with one contract."""
    return make_worker(
        env.client,
        senders=senders(mailer or RecordingMailer(), IDENTITY),
        contracts=InMemoryContracts([HARBOUR]),
        catalog=CATALOG,
    )


@asynccontextmanager
async def desk_with_short_runs(
    events: int, mailer: RecordingMailer | None = None
) -> AsyncIterator[WorkflowEnvironment]:
    """A separate desk on which workflows continue as new after about this many history events."""
    short = {"limit.historyCount.suggestContinueAsNew": str(events)}
    async with await start_time_skipping_server(short) as env, desk_worker(env, mailer):
        yield env


class Life(simulated_desk.SimulatedTicket):
    """One ticket on the server, whose time the test moves."""

    async def act(
        self, action: Action, actor: Actor | None = None, *, id: str | None = None, **said: Any
    ) -> Reply:
        """Takes an action, by default as an agent."""
        return await super().act(action, actor or AGENT, id=id, **said)

    async def delivered(self, count: int) -> None:
        """Returns once this many notices were sent or given up."""
        await eventually(self._done, lambda done: len(done) >= count)

    async def _done(self) -> list[NoticeView]:
        notices = (await self.view()).notices
        return [notice for notice in notices if notice.status is not NoticeStatus.OWED]
