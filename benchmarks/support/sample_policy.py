"""A policy made up for benchmarks: one clock of an hour, and one notice at its breach."""

import asyncio
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from time import time

from benchmarks.support.concurrency import Numbers
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.contract import Contract
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle
from policies.vocabulary import Role
from workflows.shared.action_request import Actor
from workflows.ticket.model.opening import Opening

POLICIES = Path(__file__).parents[1] / "policies"
CATALOG = PolicyCatalog.load(POLICIES)
POLICY = "herd"
WIDGET = Actor(id="widget", role=Role.SERVICE, name="In-platform widget")
MIA = Requester(name="Mia Harbour", email="mia@harbour.example")
_NUMBERS = Numbers()


def opening(received_at: datetime, priority: str, account: str = "harbour") -> Opening:
    """A ticket whose first response is due one hour after `received_at`."""
    contract = Contract(account=account, name="Harbour Media", policy=POLICY)
    facts = TicketFacts(requester=MIA, channel="email", priority=priority)
    policy = CATALOG.in_force(POLICY, received_at)
    number = _NUMBERS.next()
    return Opening(
        number=number,
        received_at=received_at,
        opened_by=WIDGET,
        subject="The editor stays blank",
        description="Since this morning the editor opens without any text.",
        terms=settle(policy, contract, facts, received_at),
        fingerprint=number,
    )


class TimedMailer:
    """A mailer that records the time of each e-mail. It is full at the expected number."""

    def __init__(self, expected: int) -> None:
        self.emails: list[tuple[float, str]] = []
        self.is_full = asyncio.Event()
        self._expected = expected

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> str:
        """Accepts the e-mail and records its time and subject."""
        del sender, recipient
        self.emails.append((time(), str(message["Subject"])))
        if len(self.emails) >= self._expected:
            self.is_full.set()
        return "250 OK"
